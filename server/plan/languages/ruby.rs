//! Ruby: Rails, and anything else that Bundler installs.

use std::ops::Deref;

use crate::plan::languages::interpreter::{Interpreter, is_distroless, no_effect, packages};
use crate::plan::languages::project::{BUILDER, Project};
use crate::plan::languages::{Built, Planner, Variable, images};
use crate::plan::{BaseFacts, BuildStage, Instruction, Problem};

/// The image that Ruby comes in.
const RUBY: Interpreter = Interpreter {
    repository: "ruby",
    version: images::RUBY,
};

/// Where Bundler puts gems, in builder and image.
const GEMS: &str = "/usr/local/bundle";

/// Where Bundler keeps the gems that it has downloaded.
const CACHE: &str = "/root/.bundle/cache";

/// What Bundler is told in builder and image.
const BUNDLER: [(&str, &str); 3] = [
    ("BUNDLE_DEPLOYMENT", "1"),
    ("BUNDLE_WITHOUT", "development:test"),
    ("BUNDLE_PATH", GEMS),
];

/// The gems that bring the task `assets:precompile`; a Rails application without any of them has no such task.
const ASSET_GEMS: &str = "propshaft|sprockets-rails|shakapacker|vite_rails|webpacker";

/// How Ruby programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| vec![BUILDER.to_owned()],
    image: |config| RUBY.image(config),
    plan: |project, problems| Ruby { project }.plan(problems),
};

/// A Ruby program.
struct Ruby<'a> {
    project: &'a Project<'a>,
}

/// Everything that languages share.
impl<'a> Deref for Ruby<'a> {
    type Target = Project<'a>;

    fn deref(&self) -> &Project<'a> {
        self.project
    }
}

impl Ruby<'_> {
    fn plan(&self, problems: &mut Vec<Problem>) -> Built {
        self.check_keys(problems);
        let home = self.home();
        let libraries = packages(&self.base, &["libpq5"], &["libpq"]);
        Built {
            stages: vec![self.builder(problems)],
            copies: vec![
                self.folder_from(BUILDER, GEMS),
                self.folder_from(BUILDER, &home),
            ],
            packages: libraries.iter().map(|name| self.package(name)).collect(),
            env: self.environment(),
            dirs: vec![format!("{home}/log"), format!("{home}/tmp")],
            check: self.port.filter(|_| !is_distroless(&self.base)).map(check),
            ..Built::default()
        }
    }

    fn builder(&self, problems: &mut Vec<Problem>) -> BuildStage {
        let image = RUBY.builder(self.project);
        let home = self.home().into_owned();
        let needed = packages(
            &BaseFacts::of(&image),
            &[
                "build-essential",
                "git",
                "libpq-dev",
                "libyaml-dev",
                "pkg-config",
            ],
            &["build-base", "git", "libpq-dev", "yaml-dev", "pkgconf"],
        );
        let mut list = self.begin(&image, &home, needed, problems);
        let env = BUNDLER.iter().chain(&[
            ("BUNDLE_GLOBAL_GEM_CACHE", "true"),
            ("RAILS_ENV", "production"),
        ]);
        list.extend(env.filter_map(|(name, value)| self.env(name, value, false)));
        let sources_first = self.gems_lie_beside();
        list.push(match sources_first {
            true => self.sources(),
            // A Gemfile can take Ruby's version from one of these.
            false => self.manifests(&[
                "Gemfile",
                "Gemfile.lock",
                ".ruby-version*",
                ".tool-versions*",
            ]),
        });
        let install = "bundle install --jobs 4 --retry 3".to_owned();
        list.push(self.install_step(&[CACHE], vec![install]));
        if !sources_first {
            list.push(self.sources());
        }
        list.extend(self.before_build(&home, problems));
        list.push(self.assets());
        BuildStage {
            instructions: list,
            ..self.stage_from(BUILDER, &image, true)
        }
    }

    /// Whether the Gemfile names gems, or parts of itself, that lie in the project.
    fn gems_lie_beside(&self) -> bool {
        let Some(text) = self.file("Gemfile") else {
            return false;
        };
        let lines = text.lines().map(str::trim);
        let mut lines = lines.filter(|line| !line.starts_with('#'));
        lines.any(|line| {
            line.contains("path:")
                || line.contains(":path")
                || ["path ", "gemspec", "eval_gemfile"]
                    .iter()
                    .any(|start| line.starts_with(start))
        })
    }

    /// The assets of a Rails application that has any.
    fn assets(&self) -> Instruction {
        let lines = vec![
            format!("if [ -f bin/rails ] && grep -Eq '^ +({ASSET_GEMS}) ' Gemfile.lock; then"),
            "SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile; fi".to_owned(),
        ];
        self.build_step(&[CACHE], lines)
    }

    /// The environment of the image. Servers other than Rails' own ask `RACK_ENV` and `PORT`.
    fn environment(&self) -> Vec<Variable> {
        let bundler = BUNDLER
            .iter()
            .map(|(name, value)| Variable::literal(name, *value));
        let rails = [
            Variable::literal("RAILS_ENV", "production"),
            Variable::literal("RACK_ENV", "production"),
            Variable::literal("RAILS_LOG_TO_STDOUT", "1"),
        ];
        let port = self
            .port
            .map(|port| Variable::literal("PORT", port.to_string()));
        bundler.chain(rails).chain(port).collect()
    }

    fn check_keys(&self, problems: &mut Vec<Problem>) {
        RUBY.check_version(self.project, problems);
        let target = self.config.build.target.as_ref().map(|target| target.span);
        no_effect(
            &["build", "target"],
            target,
            "here: the sources are copied whole",
            problems,
        );
    }
}

/// Any answer below 500 is healthy.
fn check(port: u16) -> Vec<String> {
    let program = format!("exit Net::HTTP.get_response('127.0.0.1', '/', {port}).code.to_i < 500");
    ["ruby", "-rnet/http", "-e", &program]
        .map(str::to_owned)
        .to_vec()
}

#[cfg(test)]
mod tests;
