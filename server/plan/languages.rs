//! What the languages build: one planner each.

pub(crate) mod go;
pub(crate) mod images;
pub(crate) mod javascript;
pub(in crate::plan) mod project;

mod bun;
mod compiled;
mod deno;
mod dotnet;
mod elixir;
mod interpreter;
mod java;
mod node;
mod php;
mod probe;
mod python;
mod ruby;
pub(crate) mod rust;
mod static_files;
#[cfg(test)]
mod testing;

use crate::config::Language;
use crate::config::runtime::ImageFamily;
use crate::config::spellings::Canonical;
use crate::config::values::Text;
use crate::plan::languages::project::Project;
use crate::plan::{BuildStage, Instruction, Problem};
use crate::text::Spanned;

/// What a language adds to the plan.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The builder's stages, in order.
    pub(super) stages: Vec<BuildStage>,
    /// The copies into the final stage.
    pub(super) copies: Vec<Instruction>,
    /// The binaries that run on the image's platform, the main one first.
    pub(super) binaries: Vec<Binary>,
    /// Packages that the program needs in the final image, before the file's own.
    pub(super) packages: Vec<Text>,
    /// Steps of root that make the base image fit, before anything is copied in.
    pub(super) setup: Vec<Instruction>,
    /// Environment variables of the final image, before the file's own. One that the file sets is left out.
    pub(super) env: Vec<Variable>,
    /// Folders that the program writes to: they belong to the image's user.
    pub(super) dirs: Vec<String>,
    /// What the container starts unless the file says it; for a language that builds binaries the first of them.
    pub(super) command: Option<Vec<String>>,
    /// Words that the file's own command lacks, for its end.
    pub(super) arguments: Vec<String>,
    /// The health check unless the file says one, in exec form: a program that the base image has.
    pub(super) check: Option<Vec<String>>,
    /// Whether the program leaves the reaping of its children to process 1.
    pub(super) needs_init: bool,
    /// Whether the base image may start something by itself, so that no command is missing.
    pub(super) base_starts: bool,
}

/// A binary in the final image.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    /// Its path in the image, with the place that decides it.
    pub(super) path: Spanned<String>,
}

/// An environment variable that a language sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    /// The name.
    pub(super) name: &'static str,
    /// The value.
    pub(super) value: String,
    /// Whether `$NAME` in it is replaced.
    pub(super) expand: bool,
}

impl Variable {
    /// A variable with a literal value.
    pub(super) fn literal(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: value.into(),
            expand: false,
        }
    }
}

/// How the programs of a language are planned.
pub(super) struct Planner {
    /// The names of the stages that it makes.
    pub(super) stages: fn(&Canonical) -> Vec<String>,
    /// The base of the final image unless the file names one.
    pub(super) image: fn(&Canonical) -> String,
    /// The plan.
    pub(super) plan: fn(&Project<'_>, &mut Vec<Problem>) -> Built,
}

/// The planner of a language.
pub(super) fn planner(language: Language) -> &'static Planner {
    match language {
        Language::Node => &node::PLANNER,
        Language::Python => &python::PLANNER,
        Language::Go => &go::PLANNER,
        Language::Php => &php::PLANNER,
        Language::Java => &java::PLANNER,
        Language::Dotnet => &dotnet::PLANNER,
        Language::Rust => &rust::PLANNER,
        Language::Ruby => &ruby::PLANNER,
        Language::Elixir => &elixir::PLANNER,
        Language::Deno => &deno::PLANNER,
        Language::Bun => &bun::PLANNER,
        Language::Static => &static_files::PLANNER,
    }
}

/// The name that a file uses for a language.
pub(crate) fn name(language: Language) -> &'static str {
    match language {
        Language::Node => "node",
        Language::Python => "python",
        Language::Go => "go",
        Language::Php => "php",
        Language::Java => "java",
        Language::Dotnet => "dotnet",
        Language::Rust => "rust",
        Language::Ruby => "ruby",
        Language::Elixir => "elixir",
        Language::Deno => "deno",
        Language::Bun => "bun",
        Language::Static => "static",
    }
}

/// The port that a language's programs listen on by custom. A user other than root can't bind port 80 everywhere, so it
/// is kept for old files only.
pub(super) fn port(config: &Canonical) -> Option<u16> {
    let language = config.language.as_ref()?.value;
    let is_old = config.old_style.is_some();
    Some(match language {
        Language::Node | Language::Ruby | Language::Bun => 3000,
        Language::Python | Language::Deno => 8000,
        Language::Go | Language::Java | Language::Dotnet | Language::Rust => 8080,
        Language::Elixir => 4000,
        Language::Php if php::port(config).is_some() => return php::port(config),
        Language::Php | Language::Static if is_old => 80,
        Language::Php | Language::Static => 8080,
    })
}

/// `image_family`, where it picks the base.
fn family(config: &Canonical) -> Option<ImageFamily> {
    config.runtime.image_family.as_ref().map(|it| it.value)
}
