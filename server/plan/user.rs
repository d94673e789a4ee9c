//! The user of the final image: numbers wherever they can be known, created where the image lacks it.

use crate::config::runtime::{User, UserTable};
use crate::config::spellings::Canonical;
use crate::image::known::Family;
use crate::plan::{BaseFacts, Instruction, InstructionKind, Problem, ProblemKind, Run};
use crate::text::Span;

/// The id of a created user. 999 and 1000 are taken in common images, and old BusyBox stops at 256000.
pub(crate) const DEFAULT_ID: u32 = 10001;

/// The user that the image runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningUser {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// User and group id; nothing for a bare name on an image that nobody knows.
    pub ids: Option<(u32, u32)>,
    /// Whether docksmith creates it.
    pub created: bool,
    /// Where it is named; for a default the base image's place.
    pub span: Span,
}

impl RunningUser {
    /// What `USER` says.
    pub fn text(&self) -> String {
        match (&self.ids, &self.name) {
            (Some((uid, gid)), _) => format!("{uid}:{gid}"),
            (None, Some(name)) => name.clone(),
            (None, None) => "0:0".to_owned(),
        }
    }

    /// Whether it is root.
    pub fn is_root(&self) -> bool {
        self.ids.is_some_and(|(uid, _)| uid == 0)
    }
}

/// What a file says about the user, in whichever form.
struct Wanted<'a> {
    name: Option<&'a str>,
    uid: Option<u32>,
    gid: Option<u32>,
}

/// The user of the final image.
pub(super) fn running_user(
    config: &Canonical,
    base: &BaseFacts,
    base_span: Span,
    problems: &mut Vec<Problem>,
) -> RunningUser {
    let Some(user) = &config.runtime.user else {
        return default_user(base, base_span);
    };
    let wanted = match &user.value {
        User::Root(_) => return root(user.span),
        User::Text(text) if text.is_empty() => return root(user.span),
        User::Text(text) => parse(text),
        User::Table(table) => of_table(table),
    };
    resolve(&wanted, base, user.span, problems)
}

fn root(span: Span) -> RunningUser {
    RunningUser {
        name: None,
        ids: Some((0, 0)),
        created: false,
        span,
    }
}

/// The image's own non-root user where it is known, else one that is created.
fn default_user(base: &BaseFacts, span: Span) -> RunningUser {
    if let Some(user) = base
        .known
        .as_ref()
        .and_then(|known| known.application_user.as_ref())
    {
        return RunningUser {
            name: Some(user.name.to_owned()),
            ids: Some((user.uid, user.gid)),
            created: false,
            span,
        };
    }
    let created = can_create(base);
    let name = created.then(|| "app".to_owned());
    RunningUser {
        name,
        ids: Some((DEFAULT_ID, DEFAULT_ID)),
        created,
        span,
    }
}

/// `name`, `name:uid`, `name:uid:gid`, `uid` or `uid:gid`.
fn parse(text: &str) -> Wanted<'_> {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let numbers: Vec<Option<u32>> = parts.map(|part| part.parse().ok()).collect();
    let number = |index: usize| numbers.get(index).copied().flatten();
    match first.parse::<u32>() {
        Ok(uid) => Wanted {
            name: None,
            uid: Some(uid),
            gid: number(0),
        },
        Err(_) => Wanted {
            name: Some(first),
            uid: number(0),
            gid: number(1),
        },
    }
}

fn of_table(table: &UserTable) -> Wanted<'_> {
    let id = |value: &Option<crate::text::Spanned<i64>>| {
        value.as_ref().and_then(|id| u32::try_from(id.value).ok())
    };
    Wanted {
        name: table.name.as_ref().map(|name| name.value.as_str()),
        uid: id(&table.uid),
        gid: id(&table.gid),
    }
}

fn resolve(
    wanted: &Wanted<'_>,
    base: &BaseFacts,
    span: Span,
    problems: &mut Vec<Problem>,
) -> RunningUser {
    let Some(name) = wanted.name else {
        let uid = wanted.uid.unwrap_or(DEFAULT_ID);
        return RunningUser {
            name: None,
            ids: Some((uid, wanted.gid.unwrap_or(uid))),
            created: false,
            span,
        };
    };
    let named = |ids, created| RunningUser {
        name: Some(name.to_owned()),
        ids,
        created,
        span,
    };
    // Creating a name that the base has fails, so its known number is used and nothing is created.
    if let Some(ids) = base.user(name) {
        return named(Some(ids), false);
    }
    let uid = wanted.uid.unwrap_or(DEFAULT_ID);
    let ids = (uid, wanted.gid.unwrap_or(uid));
    if can_create(base) {
        return named(Some(ids), true);
    }
    let image = base.reference.clone();
    if base.known.is_some() {
        problems.push(Problem::new(
            ProblemKind::UserNotCreatable {
                name: name.to_owned(),
                image,
            },
            span,
        ));
        return named(Some(ids), false);
    }
    if wanted.uid.is_none() {
        problems.push(Problem::new(
            ProblemKind::UnknownUser {
                name: name.to_owned(),
                image,
            },
            span,
        ));
        return named(None, false);
    }
    named(Some(ids), false)
}

/// Whether users can be created in an image: it is known, and has the tools of its family.
fn can_create(base: &BaseFacts) -> bool {
    creation_tools(base).is_some()
}

/// The tools that create users: BusyBox's, or Debian's.
enum Tools {
    Busybox,
    Shadow,
}

fn creation_tools(base: &BaseFacts) -> Option<Tools> {
    let known = base.known.as_ref()?;
    if known.shell == Some(false) {
        return None;
    }
    match known.family {
        Family::Alpine | Family::Wolfi | Family::Busybox => Some(Tools::Busybox),
        Family::Debian | Family::Ubi => Some(Tools::Shadow),
        Family::Distroless | Family::Scratch => None,
    }
}

/// The step that creates the user, if it is to be created.
pub(super) fn creation(
    user: &RunningUser,
    config: &Canonical,
    base: &BaseFacts,
) -> Option<Instruction> {
    if !user.created {
        return None;
    }
    let name = user.name.as_deref()?;
    let (uid, gid) = user.ids?;
    let table = match config.runtime.user.as_ref().map(|user| &user.value) {
        Some(User::Table(table)) => table.clone(),
        _ => UserTable::default(),
    };
    let home = table
        .home
        .as_ref()
        .map_or("/app", |home| home.value.as_str());
    let shell = table.shell.as_ref().map(|shell| shell.value.as_str());
    let lines = match creation_tools(base)? {
        Tools::Busybox => {
            let shell = shell.unwrap_or("/sbin/nologin");
            vec![
                format!("addgroup -S -g {gid} {name}"),
                format!("&& adduser -S -D -H -u {uid} -G {name} -h {home} -s {shell} {name}"),
            ]
        }
        Tools::Shadow => {
            let shell = shell.unwrap_or("/usr/sbin/nologin");
            vec![
                format!("groupadd --gid {gid} {name}"),
                format!(
                    "&& useradd --uid {uid} --gid {name} --no-create-home --home-dir {home} --shell {shell} {name}"
                ),
            ]
        }
    };
    Some(Instruction::new(
        InstructionKind::Run(Run::lines(lines)),
        user.span,
    ))
}

/// The owner of copied files, as numbers wherever they can be known.
pub(super) fn owner(
    text: &str,
    span: Span,
    user: &RunningUser,
    base: &BaseFacts,
    problems: &mut Vec<Problem>,
) -> String {
    let (name, group) = match text.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (text, None),
    };
    let mut id = |name: &str| match ids(name, user, base) {
        Some(ids) => Some(ids),
        None => {
            let (name, image) = (name.to_owned(), base.reference.clone());
            problems.push(Problem::new(
                ProblemKind::UnresolvedOwner { name, image },
                span,
            ));
            None
        }
    };
    let uid = id(name);
    let gid = match group {
        // An empty group would silently be root's; a rule says so.
        None | Some("") => uid.map(|(_, gid)| gid),
        Some(group) if group == name => uid.map(|(_, gid)| gid),
        Some(group) => base.group(group).or_else(|| id(group).map(|(_, gid)| gid)),
    };
    match (uid, gid) {
        (Some((uid, _)), Some(gid)) => format!("{uid}:{gid}"),
        _ => text.trim_end_matches(':').to_owned(),
    }
}

fn ids(name: &str, user: &RunningUser, base: &BaseFacts) -> Option<(u32, u32)> {
    if let Ok(id) = name.parse::<u32>() {
        return Some((id, id));
    }
    // A user that is given with its number is that number, even on an image that nobody knows.
    let own = user.ids.filter(|_| user.name.as_deref() == Some(name));
    own.or_else(|| base.user(name))
}
