//! What the languages build: one planner each.

pub(crate) mod go;

use crate::config::Language;
use crate::plan::{BuildStage, Instruction};
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
}

/// A binary in the final image.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    /// Its path in the image, with the place that decides it.
    pub(super) path: Spanned<String>,
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

/// The port that a language's programs listen on by custom.
pub(super) fn port(language: Language) -> Option<u16> {
    (language == Language::Go).then_some(8080)
}
