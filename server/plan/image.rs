//! The final image's base: which one, and what is known of it.

use crate::config::spellings::Canonical;
use crate::image::ImageReference;
use crate::image::known::{self, Family, Known, PackageManager};
use crate::plan::BaseImage;
use crate::plan::languages::images::ALPINE;
use crate::plan::languages::planner;
use crate::text::Span;

/// A base image and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFacts {
    /// The image reference as it is rendered.
    pub reference: String,
    /// What is known of it; nothing of an image that nobody knows.
    pub known: Option<Known>,
}

impl BaseFacts {
    /// What is known of an image by its reference.
    pub fn of(reference: &str) -> Self {
        let known = ImageReference::parse(reference)
            .ok()
            .and_then(|reference| known::known(&reference));
        Self {
            reference: reference.to_owned(),
            known,
        }
    }

    /// The package manager, if it is known; `PackageManager::None` is knowledge too.
    pub fn package_manager(&self) -> Option<PackageManager> {
        self.known.as_ref().and_then(|known| known.package_manager)
    }

    /// Whether there is a shell, if that is known.
    pub fn shell(&self) -> Option<bool> {
        self.known.as_ref().and_then(|known| known.shell)
    }

    /// Whether it is Alpine or built like it.
    pub fn is_alpine(&self) -> bool {
        self.known
            .as_ref()
            .is_some_and(|known| matches!(known.family, Family::Alpine | Family::Wolfi))
    }

    /// The numbers of a user that the image is known to have; root is in every image.
    pub fn user(&self, name: &str) -> Option<(u32, u32)> {
        if name == "root" {
            return Some((0, 0));
        }
        let users = self.known.iter().flat_map(|known| &known.users);
        users
            .into_iter()
            .find(|user| user.name == name)
            .map(|user| (user.uid, user.gid))
    }

    /// The number of a group that the image is known to have.
    pub fn group(&self, name: &str) -> Option<u32> {
        let group = self.known.as_ref()?.group_named(name)?;
        Some(group.gid)
    }
}

/// The base of the final image and the place that names it.
pub(crate) fn base_of(config: &Canonical) -> (BaseFacts, Span) {
    let language = config
        .language
        .as_ref()
        .map(|language| language.span)
        .unwrap_or_default();
    let runtime = &config.runtime;
    let family = runtime.image_family.as_ref();
    if let Some(image) = &runtime.image {
        let mut facts = BaseFacts::of(image);
        if facts.known.is_none() {
            facts.known = family.and_then(|family| known::family_defaults(family.name()));
        }
        return (facts, image.span);
    }
    let reference = match &config.language {
        Some(language) => (planner(language.value).image)(config),
        None => ALPINE.to_owned(),
    };
    (
        BaseFacts::of(&reference),
        family.map_or(language, |family| family.span),
    )
}

/// Whether any native binary links C code.
pub(crate) fn uses_cgo(config: &Canonical) -> bool {
    let build = &config.build;
    let default = build.cgo.as_ref().is_some_and(|cgo| cgo.value);
    let own = build
        .binaries
        .iter()
        .filter(|binary| binary.platforms.is_none() && binary.architectures.is_none());
    default
        || own
            .into_iter()
            .any(|binary| binary.cgo.as_ref().is_some_and(|cgo| cgo.value))
}

/// What a `FROM` names: a stage where one has the name, else an image.
pub(super) fn base_image(from: &str, names: &[String]) -> BaseImage {
    match from {
        "scratch" => BaseImage::Scratch,
        name if names.iter().any(|stage| stage == name) => BaseImage::Stage(name.to_owned()),
        reference => BaseImage::Image(reference.to_owned()),
    }
}
