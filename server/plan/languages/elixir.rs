//! Elixir: a release of Mix, which brings its own Erlang.

use std::ops::Deref;

use crate::image::ImageReference;
use crate::image::known::Libc;
use crate::plan::languages::interpreter::{no_effect, packages};
use crate::plan::languages::project::{BUILDER, Project, tagged};
use crate::plan::languages::{Built, Planner, Variable, images, probe};
use crate::plan::shell::quote;
use crate::plan::{BaseFacts, BuildStage, Instruction, Problem};
use crate::text::Spanned;

/// Where the sources lie in the builder.
const SOURCES: &str = "/src";

/// Where the builder puts the release.
const RELEASE: &str = "/out";

/// Hex's downloads; Hex itself lies in `/root/.mix`, which no cache may hide.
const CACHE: &str = "/root/.hex/packages";

/// How Elixir programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image: |_| images::ELIXIR_BASE.to_owned(),
    plan: |project, problems| Elixir { project }.plan(problems),
};

/// An Elixir program.
struct Elixir<'a> {
    project: &'a Project<'a>,
}

/// Everything that languages share.
impl<'a> Deref for Elixir<'a> {
    type Target = Project<'a>;

    fn deref(&self) -> &Project<'a> {
        self.project
    }
}

impl Elixir<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        self.check_keys(problems);
        let home = self.home();
        // What Erlang itself is linked against.
        let libraries = packages(
            &self.base,
            &["libstdc++6", "libncurses6", "openssl"],
            &["libstdc++", "ncurses-libs", "openssl"],
        );
        let env = [
            Variable::literal("LANG", "C.UTF-8"),
            // The release's own folder belongs to root.
            Variable::literal("RELEASE_TMP", "/var/tmp"),
        ];
        let port = self
            .port
            .map(|port| Variable::literal("PORT", port.to_string()));
        Built {
            stages: vec![self.builder(problems)],
            copies: vec![self.copy_from(BUILDER, &format!("{RELEASE}/"), &format!("{home}/"))],
            packages: libraries.iter().map(|name| self.package(name)).collect(),
            env: env.into_iter().chain(port).collect(),
            command: self.command(),
            check: self.port.and_then(|port| probe::connects(&self.base, port)),
            ..Built::default()
        }
    }

    fn builder(&self, problems: &mut Vec<Problem>) -> BuildStage {
        let image = self.image();
        let folder = self.folder();
        let needed = packages(
            &BaseFacts::of(&image),
            &["build-essential", "git"],
            &["build-base", "git"],
        );
        let mut list = self.begin(&image, &folder, needed, problems);
        list.extend(self.env("MIX_ENV", "prod", false));
        list.push(self.run(
            &[],
            vec![
                "mix local.hex --force".to_owned(),
                "&& mix local.rebar --force".to_owned(),
            ],
        ));
        let sources_first = self.dependencies_lie_beside();
        match sources_first {
            true => list.push(self.sources()),
            false => list.extend(self.manifest_copies()),
        }
        let install = ["mix deps.get --only \"$MIX_ENV\"", "&& mix deps.compile"];
        list.push(self.install_step(&[CACHE], install.map(str::to_owned).to_vec()));
        if !sources_first {
            list.push(self.sources());
        }
        list.extend(self.before_build(&folder, problems));
        let name = self
            .release()
            .map(|name| format!("{name} "))
            .unwrap_or_default();
        let build = format!("mix release {name}--path {RELEASE}");
        list.push(self.build_step(&[CACHE], vec![build]));
        if self.config.build.command.is_some() {
            list.push(self.run(&[], self.collected()));
        }
        BuildStage {
            instructions: list,
            ..self.stage_from(BUILDER, &image, true)
        }
    }

    /// The release that a command of the file's own has left at its usual place, unless it wrote to `/out` itself.
    fn collected(&self) -> Vec<String> {
        let name = self.release().unwrap_or_else(|| "*".to_owned());
        vec![
            format!("if [ ! -d {RELEASE} ]; then"),
            format!("set -- _build/\"$MIX_ENV\"/rel/{name}/"),
            format!("&& test $# -eq 1 && cp -R \"$1\" {RELEASE}; fi"),
        ]
    }

    /// The folder in which the builder works.
    fn folder(&self) -> String {
        format!("{SOURCES}/{}", self.layout.application)
            .trim_end_matches('/')
            .to_owned()
    }

    /// The builder's image: `build.image`; else the final image where that is Elixir's own; else Elixir on the same C
    /// library, since a release holds the builder's Erlang.
    fn image(&self) -> Spanned<String> {
        let own = self
            .config
            .runtime
            .image
            .as_ref()
            .filter(|image| is_elixir(image));
        if let Some(image) = own {
            return self.builder_image(image.value.clone());
        }
        let libc = self.base.known.as_ref().and_then(|known| known.libc);
        let variant = match libc {
            Some(Libc::Glibc) => "slim",
            _ => "alpine",
        };
        self.builder_image(format!(
            "elixir:{}",
            tagged(&self.version(images::ELIXIR), variant)
        ))
    }

    /// What Mix needs to fetch and compile dependencies: a project need have neither a lock file nor a configuration.
    fn manifest_copies(&self) -> Vec<Instruction> {
        let mut list = vec![self.manifests(&["mix.exs", "mix.lock*"])];
        match self.has("config") {
            Some(true) => list.push(self.manifests_to(&["config/"], "config/")),
            Some(false) => {}
            None => list.push(self.manifests_to(&["config*"], "config/")),
        }
        list
    }

    /// Whether dependencies, or the applications of an umbrella, lie in the project.
    fn dependencies_lie_beside(&self) -> bool {
        let text = self.file("mix.exs").unwrap_or_default();
        let lines = text.lines().map(str::trim);
        let mut lines = lines.filter(|line| !line.starts_with('#'));
        lines.any(|line| line.contains("apps_path:") || line.contains(" path:"))
    }

    /// The release's name, where the file says it.
    fn release(&self) -> Option<String> {
        let target = self.config.build.target.as_ref()?;
        Some(quote(target))
    }

    /// What starts the release, where its name is known: the file's target, or the application of a `mix.exs` that
    /// describes no releases of other names. Phoenix generates a script that starts its server too.
    fn command(&self) -> Option<Vec<String>> {
        let target = self.config.build.target.as_ref();
        let name = target.map(|target| target.value.clone());
        let name = name.or_else(|| application(&self.file("mix.exs")?))?;
        let home = self.home();
        if self.has("rel/overlays/bin/server") == Some(true) {
            return Some(vec![format!("{home}/bin/server")]);
        }
        Some(vec![format!("{home}/bin/{name}"), "start".to_owned()])
    }

    fn check_keys(&self, problems: &mut Vec<Problem>) {
        let image = self.config.runtime.image.as_ref();
        if image.is_some_and(|image| is_elixir(image)) {
            let version = self.config.version.as_ref().map(|version| version.span);
            no_effect(
                &["version"],
                version,
                "beside `runtime.image`, which names it",
                problems,
            );
        }
    }
}

/// Whether an image is one of Elixir's own.
fn is_elixir(image: &str) -> bool {
    ImageReference::parse(image)
        .is_ok_and(|it| it.registry() == "docker.io" && it.repository() == "elixir")
}

/// The application that a `mix.exs` describes, whose name its only release has.
fn application(text: &str) -> Option<String> {
    if text.contains("releases:") || text.contains("apps_path:") {
        return None;
    }
    let (_, rest) = text.split_once("app: :")?;
    let is_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let name: String = rest.chars().take_while(|it| is_name(*it)).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
