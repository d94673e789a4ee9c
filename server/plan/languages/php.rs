//! PHP: Composer's packages, and Apache or whatever the named image brings.

use std::ops::Deref;

use crate::config::spellings::Canonical;
use crate::image::ImageReference;
use crate::plan::languages::interpreter::no_effect;
use crate::plan::languages::project::{DEPENDENCIES, Project, tagged, version};
use crate::plan::languages::{Built, Planner, images};
use crate::plan::paths::absolute;
use crate::plan::shell::quote;
use crate::plan::{BuildStage, Copy, Instruction, InstructionKind, Problem, Run, Source};
use crate::text::Span;

/// Composer's downloads.
const CACHE: &str = "/cache";

const INSTALL: &str = "composer install --no-dev --no-scripts --no-autoloader --no-interaction --prefer-dist --ignore-platform-reqs";

const AUTOLOADER: &str = "composer dump-autoload --no-dev --optimize";

/// How PHP programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![DEPENDENCIES.to_owned()],
    image: default_image,
    plan: |project, problems| {
        let server = Server::of(&project.base.reference);
        Php { project, server }.plan(problems)
    },
};

fn default_image(config: &Canonical) -> String {
    let version = version(config, images::PHP);
    format!("php:{}", tagged(&version, "apache"))
}

/// The port that the image's own server listens on, where that is not the language's.
pub(super) fn port(config: &Canonical) -> Option<u16> {
    let named = config
        .runtime
        .image
        .as_ref()
        .map(|image| image.value.clone());
    let image = named.unwrap_or_else(|| default_image(config));
    (Server::of(&image) == Server::Fpm).then_some(9000)
}

/// What runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    /// Apache with PHP in it.
    Apache,
    /// PHP's own process manager, behind a web server elsewhere.
    Fpm,
    /// PHP's image without a server.
    Cli,
    /// An image that nobody knows, of which nothing is assumed.
    Other,
}

impl Server {
    fn of(image: &str) -> Self {
        let Ok(reference) = ImageReference::parse(image) else {
            return Self::Other;
        };
        if reference.registry() != "docker.io" || reference.repository() != "php" {
            return Self::Other;
        }
        let tag = reference.tag.unwrap_or_default();
        let has = |word| tag.split('-').any(|part| part == word);
        match () {
            () if has("apache") => Self::Apache,
            () if has("fpm") => Self::Fpm,
            () => Self::Cli,
        }
    }

    /// What the image starts; a program without a server has to say it.
    fn command(self) -> Option<&'static str> {
        match self {
            Self::Apache => Some("apache2-foreground"),
            Self::Fpm => Some("php-fpm"),
            Self::Cli | Self::Other => None,
        }
    }
}

/// A PHP program.
struct Php<'a> {
    project: &'a Project<'a>,
    server: Server,
}

/// Everything that languages share.
impl<'a> Deref for Php<'a> {
    type Target = Project<'a>;

    fn deref(&self) -> &Project<'a> {
        self.project
    }
}

impl Php<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        self.check_keys(problems);
        let command = self.server.command();
        let (stages, copies) = match self.needs_builder() {
            true => (
                vec![self.dependencies(problems)],
                self.folder_from(DEPENDENCIES, &self.home()),
            ),
            false => (Vec::new(), self.plain_sources()),
        };
        let packages = self.config.build.packages.as_ref();
        Built {
            stages,
            copies: vec![copies],
            // Extensions are compiled in the image itself; Composer's own has nothing to compile.
            packages: packages.map(|it| it.value.clone()).unwrap_or_default(),
            setup: self.setup(),
            command: command.map(|program| vec![program.to_owned()]),
            check: self
                .port
                .filter(|_| self.server != Server::Other)
                .map(check),
            ..Built::default()
        }
    }

    /// Whether anything is to be done before the sources can be copied: without packages of Composer's nothing is, unless
    /// the file asks for it.
    fn needs_builder(&self) -> bool {
        let (config, build) = (self.config, &self.config.build);
        self.has("composer.json") != Some(false)
            || !build.steps.is_empty()
            || !build.copy.is_empty()
            || !self.tools.is_empty()
            || config.install_command.is_some() && !self.installs_extensions()
            || config.runtime.copy.iter().any(|copy| copy.from.is_some())
    }

    fn plain_sources(&self) -> Instruction {
        let all = self.layout.path(".");
        let dst = format!("{}/", self.home());
        self.at(InstructionKind::Copy(Copy::plain(
            Source::Context,
            &[&all],
            &dst,
        )))
    }

    /// Composer's stage. What it installs are sources, the same on every platform. Where nobody can know whether there
    /// is a `composer.json`, the sources come first and the shell looks.
    fn dependencies(&self, problems: &mut Vec<Problem>) -> BuildStage {
        let image = self.builder_image(images::COMPOSER.to_owned());
        let home = self.home().into_owned();
        let mut list = self.begin_without_packages(&home);
        let has_manifest = self.has("composer.json");
        list.extend(self.env("COMPOSER_CACHE_DIR", CACHE, false));
        let sources_first = has_manifest != Some(true) || self.packages_lie_beside();
        list.push(match sources_first {
            true => self.sources(),
            false => self.manifests(&["composer.json", "composer.lock*"]),
        });
        let own = self.config.install_command.is_some() && !self.installs_extensions();
        if own {
            list.push(self.install_step(&[CACHE], Vec::new()));
        } else if has_manifest != Some(false) {
            list.push(self.run(&[CACHE], vec![self.guarded(INSTALL)]));
        }
        if !sources_first {
            list.push(self.sources());
        }
        list.extend(self.before_build(&home, problems));
        if has_manifest != Some(false) {
            list.push(self.run(&[CACHE], vec![self.guarded(AUTOLOADER)]));
        }
        BuildStage {
            instructions: list,
            ..self.stage_from(DEPENDENCIES, &image, false)
        }
    }

    /// A line of Composer's, which needs its manifest.
    fn guarded(&self, line: &str) -> String {
        match self.has("composer.json") {
            Some(_) => line.to_owned(),
            None => format!("if [ -f composer.json ]; then {line}; fi"),
        }
    }

    /// Whether the manifest names packages that lie in the project.
    fn packages_lie_beside(&self) -> bool {
        let manifest = self.file("composer.json").unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
        let repositories = manifest.get("repositories");
        let list = repositories.and_then(serde_json::Value::as_array);
        let table = repositories.and_then(serde_json::Value::as_object);
        let all = list
            .into_iter()
            .flatten()
            .chain(table.into_iter().flat_map(|it| it.values()));
        all.into_iter()
            .any(|it| it.get("type").and_then(serde_json::Value::as_str) == Some("path"))
    }

    /// Whether `install.command` is about PHP's extensions, which belong to the image, and not about Composer's packages.
    fn installs_extensions(&self) -> bool {
        let command = self.config.install_command.as_ref();
        command.is_some_and(|it| {
            ["docker-php-ext-", "pecl ", "apt-get "]
                .iter()
                .any(|word| it.contains(word))
        })
    }

    /// The extension for databases, and Apache's configuration.
    fn setup(&self) -> Vec<Instruction> {
        if self.server == Server::Other {
            return Vec::new();
        }
        let extension = vec!["docker-php-ext-install pdo_mysql".to_owned()];
        let mut list = match self.installs_extensions() {
            true => vec![self.install_step(&[], extension)],
            false => vec![self.at(InstructionKind::Run(Run::lines(extension)))],
        };
        if self.server == Server::Apache {
            list.push(self.at(InstructionKind::Run(Run::lines(self.apache()))));
        }
        list
    }

    /// Apache as Debian configures it, for another folder and port, and with the module that the `.htaccess` files of
    /// frameworks need.
    fn apache(&self) -> Vec<String> {
        let root = quote(&replacement("/var/www/html", &self.document_root()));
        let folder = quote(&replacement("/var/www/", &format!("{}/", self.home())));
        let mut lines = vec![
            format!("sed -i {root} /etc/apache2/sites-available/*.conf"),
            format!(
                "&& sed -i {folder} /etc/apache2/apache2.conf /etc/apache2/conf-available/*.conf"
            ),
        ];
        if let Some(port) = self.port.filter(|port| *port != 80) {
            lines.push(format!(
                "&& sed -i 's|^Listen 80$|Listen {port}|' /etc/apache2/ports.conf"
            ));
            lines.push(format!(
                "&& sed -i 's|<VirtualHost \\*:80>|<VirtualHost *:{port}>|' /etc/apache2/sites-available/*.conf"
            ));
        }
        lines.push("&& a2enmod rewrite".to_owned());
        lines
    }

    /// The folder that is served: `build.target`; else `public`, unless the project is known to have its index page at
    /// its top instead.
    fn document_root(&self) -> String {
        let is_flat = self.has("public") == Some(false) && self.has("index.php") == Some(true);
        let folder = match &self.config.build.target {
            Some(target) => target.value.as_str(),
            None if is_flat => ".",
            None => "public",
        };
        absolute(&self.home(), folder)
            .trim_end_matches('/')
            .to_owned()
    }

    /// Without a `composer.json` there is no stage for these.
    fn check_builder_keys(&self, problems: &mut Vec<Problem>) {
        let build = &self.config.build;
        let env = build.env.iter().next().map(|(name, _)| name.span);
        let args = build.args.iter().next().map(|(name, _)| name.span);
        let keys: [(&'static [&'static str], Option<Span>); 4] = [
            (&["build", "image"], build.image.as_ref().map(|it| it.span)),
            (
                &["build", "no_cache"],
                build.no_cache.as_ref().map(|it| it.span),
            ),
            (&["build", "env"], env),
            (&["build", "args"], args),
        ];
        for (key, place) in keys {
            no_effect(key, place, "here: there is no `composer.json`", problems);
        }
    }

    fn check_keys(&self, problems: &mut Vec<Problem>) {
        let (config, build) = (self.config, &self.config.build);
        let command = build.command.as_ref().map(|command| command.span);
        no_effect(
            &["build", "command"],
            command,
            "here: nothing is built",
            problems,
        );
        if !self.needs_builder() {
            self.check_builder_keys(problems);
        }
        if self.server != Server::Apache {
            let target = build.target.as_ref().map(|target| target.span);
            no_effect(
                &["build", "target"],
                target,
                "here: it is the folder that Apache serves",
                problems,
            );
        }
        if config.runtime.image.is_some() {
            let version = config.version.as_ref().map(|version| version.span);
            no_effect(
                &["version"],
                version,
                "beside `runtime.image`, which names it",
                problems,
            );
        }
    }
}

/// A command of `sed` that replaces a text by another, whatever that holds.
fn replacement(from: &str, to: &str) -> String {
    let mut escaped = String::new();
    for character in to.chars() {
        if matches!(character, '\\' | '&' | '|') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    format!("s|{from}|{escaped}|g")
}

/// Whether anybody is listening: a server that says 404 at `/` works.
fn check(port: u16) -> Vec<String> {
    let program = format!("exit(@fsockopen('127.0.0.1', {port}) ? 0 : 1);");
    vec!["php".to_owned(), "-r".to_owned(), program]
}

#[cfg(test)]
mod tests;
