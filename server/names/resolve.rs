//! From each use to what makes its name.

use std::collections::HashMap;

use crate::names::{Form, Kind, Names};

/// The stages as far as variables are concerned: what each declares and reads, in order.
#[derive(Debug)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    by_name: HashMap<String, usize>,
    /// What declares a name in a scope, each with its place in the order of reading.
    declared: HashMap<(usize, String), Vec<Declared>>,
    /// The scope of each use, in order, with its place in the order of reading.
    uses: Vec<(usize, usize)>,
    image: Option<usize>,
    clock: usize,
}

#[derive(Debug, Default)]
struct Scope {
    name: Option<String>,
    base: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Declared {
    at: usize,
    target: usize,
}

/// The longest line of stages that build on each other which is followed.
const LONGEST_LINE: usize = 64;

impl Default for Scopes {
    fn default() -> Self {
        Self {
            scopes: vec![Scope::default()],
            by_name: HashMap::new(),
            declared: HashMap::new(),
            uses: Vec::new(),
            image: None,
            clock: 0,
        }
    }
}

impl Scopes {
    /// The scope before the first stage.
    pub(super) const GLOBAL: usize = 0;

    /// Begins a stage.
    pub(super) fn open(&mut self, name: Option<&str>, base: Option<String>) -> usize {
        let index = self.scopes.len();
        if let Some(name) = name {
            self.by_name.entry(name.to_owned()).or_insert(index);
        }
        self.scopes.push(Scope {
            name: name.map(str::to_owned),
            base,
        });
        index
    }

    /// Begins the final image.
    pub(super) fn open_image(&mut self) -> usize {
        let index = self.open(Some("runtime"), None);
        self.image = Some(index);
        index
    }

    /// The stage with a name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether a scope is the final image that docksmith makes.
    pub(super) fn is_image(&self, scope: usize) -> bool {
        self.image == Some(scope)
    }

    /// The name of a stage.
    pub(super) fn name(&self, scope: usize) -> Option<&str> {
        self.scopes.get(scope)?.name.as_deref()
    }

    /// A target declares a name in a scope.
    pub(super) fn declare(&mut self, scope: usize, name: &str, target: usize) {
        self.clock += 1;
        let at = self.clock;
        let list = self.declared.entry((scope, name.to_owned())).or_default();
        list.push(Declared { at, target });
    }

    /// The next use stands in a scope.
    pub(super) fn used(&mut self, scope: usize) {
        self.clock += 1;
        self.uses.push((scope, self.clock));
    }

    /// The names with every use led to what makes it.
    pub(super) fn resolve(self, mut names: Names) -> Names {
        let index = Index::new(&names);
        let mut found = Vec::with_capacity(names.uses.len());
        for (it, (scope, at)) in names.uses.iter().zip(&self.uses) {
            found.push(match it.kind {
                Kind::Variable => self.variable(&names, it.form, &it.name, *scope, *at),
                kind => index.find(kind, &it.name),
            });
        }
        for (it, target) in names.uses.iter_mut().zip(found) {
            it.target = target;
        }
        names
    }

    /// What a variable at a place reads: the latest that is declared before in its stage, else behind it, since a name
    /// that is declared too late is meant all the same; else what the stages before it leave, or the whole file.
    fn variable(
        &self,
        names: &Names,
        form: Form,
        name: &str,
        scope: usize,
        at: usize,
    ) -> Option<usize> {
        let name = name.to_owned();
        let counts = |it: &&Declared| {
            let kind = names.targets.get(it.target).map(|it| it.name.kind);
            match form {
                Form::InContainer => kind == Some(Kind::Variable),
                Form::Flag => kind == Some(Kind::Argument),
                _ => true,
            }
        };
        let mut key = (scope, name);
        if let Some(list) = self.declared.get(&key) {
            let before = list.iter().filter(|it| it.at < at).rfind(counts);
            if let Some(it) = before.or_else(|| list.iter().find(counts)) {
                return Some(it.target);
            }
        }
        let mut base = self.scopes.get(scope)?.base.as_ref();
        for _ in 0..LONGEST_LINE {
            let Some(next) = base.and_then(|base| self.by_name.get(base)) else {
                break;
            };
            key.0 = *next;
            let list = self.declared.get(&key);
            if let Some(it) = list.and_then(|list| list.iter().rfind(counts)) {
                return Some(it.target);
            }
            base = self.scopes.get(*next)?.base.as_ref();
        }
        key.0 = Self::GLOBAL;
        let list = self.declared.get(&key)?;
        list.iter().rfind(counts).map(|it| it.target)
    }
}

/// The targets by their names, each kind for itself.
struct Index<'a> {
    exact: HashMap<(Kind, &'a str), usize>,
    /// Stages in lower case: builders mind no case.
    lower: HashMap<String, usize>,
}

impl<'a> Index<'a> {
    fn new(names: &'a Names) -> Self {
        let mut exact = HashMap::new();
        let mut lower = HashMap::new();
        for (index, target) in names.targets.iter().enumerate() {
            let name = target.name.name.as_str();
            exact.entry((target.name.kind, name)).or_insert(index);
            if target.name.kind == Kind::Stage {
                lower.entry(name.to_ascii_lowercase()).or_insert(index);
            }
        }
        Self { exact, lower }
    }

    fn find(&self, kind: Kind, name: &str) -> Option<usize> {
        let exact = self.exact.get(&(kind, name)).copied();
        match kind {
            Kind::Stage => exact.or_else(|| self.lower.get(&name.to_ascii_lowercase()).copied()),
            _ => exact,
        }
    }
}
