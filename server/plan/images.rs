//! The images that a rendered Dockerfile names, wherever one can stand in it, and how each is written there.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::File;
use crate::plan::lock::lockable;
use crate::plan::{BaseImage, BuildPlan, Flag, InstructionKind, Mount, Origin, Source};
use crate::text::Span;

/// An image that is named without a digest, so that a lock can hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockable {
    /// The reference as the plan has it.
    pub reference: String,
    /// The spelling that all references to this image share.
    pub canonical: String,
    /// The file that names it or causes it.
    pub file: File,
    /// The place.
    pub span: Span,
}

impl BuildPlan {
    /// The images that a lock can hold, each once where it is first named, in the order of the text.
    pub fn lockable_images(&self) -> Vec<Lockable> {
        let mut list: Vec<Lockable> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut add = |reference: &str, origin: &Origin| {
            let Some(image) = lockable(reference) else {
                return;
            };
            let canonical = image.canonical();
            if seen.insert(canonical.clone()) {
                list.push(Lockable {
                    reference: reference.to_owned(),
                    canonical,
                    file: origin.file.clone(),
                    span: origin.span,
                });
            }
        };
        for stage in &self.stages {
            if let BaseImage::Image(reference) = &stage.base {
                add(reference, &stage.origin);
            }
            for instruction in &stage.instructions {
                for (reference, span) in self.images_of(&instruction.kind) {
                    let file = instruction.origin.file.clone();
                    let span = span.unwrap_or(instruction.origin.span);
                    add(reference, &Origin { file, span });
                }
            }
        }
        list
    }

    /// What an instruction copies or mounts from images, with the place where that has one of its own.
    fn images_of<'a>(&self, kind: &'a InstructionKind) -> Vec<(&'a str, Option<Span>)> {
        let mut list = Vec::new();
        match kind {
            InstructionKind::Copy(copy) => match &copy.from {
                Source::Image(reference) => list.push((reference.as_str(), None)),
                Source::Stage { name, span } if self.is_image(name) => {
                    list.push((name.as_str(), *span));
                }
                Source::Context | Source::Stage { .. } | Source::Named(_) => {}
            },
            InstructionKind::Run(run) => {
                for mount in &run.mounts {
                    if let Mount::Bind {
                        from: Some(name), ..
                    } = mount
                        && self.is_image(name)
                    {
                        list.push((name.as_str(), None));
                    }
                }
            }
            InstructionKind::Written(written) => {
                let named = written.references().into_iter();
                let images = named.filter(|(name, _)| self.is_image(name));
                list.extend(images.map(|(name, span)| (name, Some(span))));
            }
            _ => {}
        }
        list
    }

    /// An image reference as it is rendered: with the digest that the lock has for it.
    pub fn locked<'a>(&self, reference: &'a str) -> Cow<'a, str> {
        let image = self.lock.as_ref().and_then(|lock| {
            let image = lockable(reference)?;
            lock.digest(&image)
        });
        match image {
            Some(digest) => Cow::Owned(format!("{reference}@{digest}")),
            None => Cow::Borrowed(reference),
        }
    }

    /// The same of a name that may be a stage's.
    pub fn locked_source<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.is_image(name) {
            self.locked(name)
        } else {
            Cow::Borrowed(name)
        }
    }

    /// The value of a flag in Dockerfile's own language, as it is rendered.
    pub fn locked_flag<'a>(&self, flag: &'a Flag) -> Option<Cow<'a, str>> {
        let value = flag.value.as_deref()?;
        let Some(name) = flag.reference() else {
            return Some(Cow::Borrowed(value));
        };
        let locked = self.locked_source(name);
        if locked == name {
            return Some(Cow::Borrowed(value));
        }
        if flag.name == "from" {
            return Some(locked);
        }
        let parts = value.split(',').map(|part| match part.strip_prefix(FROM) {
            Some(other) if other == name => format!("{FROM}{locked}"),
            _ => part.to_owned(),
        });
        Some(Cow::Owned(parts.collect::<Vec<_>>().join(",")))
    }
}

/// What stands before the stage or image in a mount.
const FROM: &str = "from=";

impl Flag {
    /// The stage or image that the flag of a `COPY` or `RUN` names.
    fn reference(&self) -> Option<&str> {
        let value = self.value.as_deref()?;
        match self.name.as_str() {
            "from" => Some(value),
            "mount" => value.split(',').find_map(|part| part.strip_prefix(FROM)),
            _ => None,
        }
    }
}
