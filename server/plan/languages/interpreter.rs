//! Languages whose programs run on an interpreter: builder and final image have the same one, on the same C library, since
//! what the builder compiles for it is loaded there.

use crate::config::runtime::ImageFamily;
use crate::config::spellings::Canonical;
use crate::image::ImageReference;
use crate::image::known::{Family, Libc};
use crate::plan::languages::project::{Project, tagged};
use crate::plan::languages::{family, project};
use crate::plan::{BaseFacts, Problem, ProblemKind};
use crate::text::{Span, Spanned};

/// An official image of an interpreter.
pub(super) struct Interpreter {
    /// Its repository: `python`.
    pub(super) repository: &'static str,
    /// The version that is taken unless the file says one.
    pub(super) version: &'static str,
}

impl Interpreter {
    /// The base of the final image: Debian's small form, unless `image_family` says otherwise.
    pub(super) fn image(&self, config: &Canonical) -> String {
        self.variant(config, family(config) == Some(ImageFamily::Alpine))
    }

    /// The builder's image: `build.image`; else the final image itself where it is one of the interpreter's; else the
    /// interpreter on the same C library.
    pub(super) fn builder(&self, project: &Project<'_>) -> Spanned<String> {
        let own = project.config.runtime.image.as_ref();
        if let Some(image) = own.filter(|image| self.tag(image).is_some()) {
            return project.builder_image(image.value.clone());
        }
        let libc = project.base.known.as_ref().and_then(|known| known.libc);
        project.builder_image(self.variant(project.config, libc == Some(Libc::Musl)))
    }

    fn variant(&self, config: &Canonical, alpine: bool) -> String {
        let variant = if alpine { "alpine" } else { "slim" };
        let tag = tagged(&self.number(config), variant);
        format!("{}:{tag}", self.repository)
    }

    /// `version`; else the number in the tag of `build.image`, so that both images have one interpreter.
    fn number(&self, config: &Canonical) -> String {
        let built = config
            .build
            .image
            .as_ref()
            .filter(|_| config.version.is_none());
        let number = built
            .and_then(|image| self.tag(image))
            .map(|tag| tag.split('-').next().unwrap_or_default().to_owned())
            .filter(|number| number.starts_with(|first: char| first.is_ascii_digit()));
        number.unwrap_or_else(|| project::version(config, self.version))
    }

    /// The tag of one of the interpreter's own images; nothing for other images.
    fn tag(&self, image: &str) -> Option<String> {
        let reference = ImageReference::parse(image).ok()?;
        let is_own =
            reference.registry() == "docker.io" && reference.repository() == self.repository;
        reference.tag.filter(|_| is_own)
    }

    /// Says that `version` counts for nothing where the file names the interpreter's image itself.
    pub(super) fn check_version(&self, project: &Project<'_>, problems: &mut Vec<Problem>) {
        let image = project.config.runtime.image.as_ref();
        if image.is_some_and(|image| self.tag(image).is_some()) {
            let version = project.config.version.as_ref().map(|version| version.span);
            no_effect(
                &["version"],
                version,
                "beside `runtime.image`, which names it",
                problems,
            );
        }
    }
}

/// Packages by what an image descends from; none for an image that nobody knows.
pub(super) fn packages<'a>(
    image: &BaseFacts,
    debian: &'a [&'a str],
    alpine: &'a [&'a str],
) -> &'a [&'a str] {
    match image.known.as_ref().map(|known| known.family) {
        Some(Family::Debian) => debian,
        Some(Family::Alpine) => alpine,
        _ => &[],
    }
}

/// Whether an image is known to have neither shell nor interpreter of its own in a known place.
pub(super) fn is_distroless(base: &BaseFacts) -> bool {
    let family = base.known.as_ref().map(|known| known.family);
    matches!(family, Some(Family::Distroless | Family::Scratch))
}

/// Says that a key counts for nothing, if it is set.
pub(super) fn no_effect(
    key: &'static [&'static str],
    place: Option<Span>,
    reason: &str,
    problems: &mut Vec<Problem>,
) {
    let kind = ProblemKind::NoEffect {
        key,
        reason: reason.to_owned(),
    };
    problems.extend(place.map(|span| Problem::new(kind, span)));
}

#[cfg(test)]
mod tests {
    use crate::dockerfile::testing::{has, render};

    #[test]
    fn builder_and_image_share_the_c_library() {
        let toml =
            |image: &str| format!("language = \"python\"\nruntime.cmd = [\"app\"]\n{image}\n");
        has(
            &toml("runtime.image_family = \"alpine\""),
            "FROM python:3.12-alpine AS builder",
        );
        has(
            &toml("runtime.image = \"alpine:3.23\""),
            "FROM python:3.12-alpine AS builder",
        );
        has(
            &toml("runtime.image = \"debian:bookworm-slim\""),
            "FROM python:3.12-slim AS builder",
        );
        has(
            &toml("runtime.image = \"ghcr.io/acme/python:1\""),
            "FROM python:3.12-slim AS builder",
        );
    }

    #[test]
    fn builder_and_image_have_one_interpreter() {
        let own =
            "language = \"ruby\"\nruntime.cmd = [\"app\"]\nruntime.image = \"ruby:3.4-alpine\"\n";
        has(own, "FROM ruby:3.4-alpine AS builder");
        let built = "language = \"ruby\"\nruntime.cmd = [\"app\"]\nbuild.image = \"ruby:3.4\"\n";
        has(built, "FROM ruby:3.4-slim AS runtime");
        let versioned = format!("version = \"3.2\"\n{built}");
        assert!(render(&versioned).contains("FROM ruby:3.2-slim AS runtime\n"));
    }
}
