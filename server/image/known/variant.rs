//! What the tag of an image says about the system below it.

use crate::image::{ImageReference, variables};

/// The system that a tag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// Alpine.
    Alpine,
    /// Alpine or Debian with fewer packages: the word `slim`.
    Slim,
    /// Alpine and `slim` both.
    AlpineSlim,
    /// A release of Debian.
    Debian,
    /// Ubuntu before 23.04.
    OldUbuntu,
    /// Ubuntu from 23.04 on.
    NewUbuntu,
    /// No system: the image's own default.
    Plain,
    /// Something else, or not known.
    Other,
}

const DEBIAN: &[&str] = &["trixie", "bookworm", "bullseye", "buster", "stretch", "sid"];
const OLD_UBUNTU: &[&str] = &["bionic", "focal", "jammy", "kinetic"];
const NEW_UBUNTU: &[&str] = &["lunar", "mantic", "noble", "oracular", "plucky", "questing"];

/// Words of tags that leave the system as it is.
const NEUTRAL: &[&str] = &[
    "latest", "lts", "current", "stable", "mainline", "perl", "canary", "jre", "jdk", "apache",
    "fpm", "cli", "zts", "otp", "eclipse", "temurin", "debian",
];

/// A tag, read.
pub(super) struct Tag {
    text: String,
    /// Whether all of it is known now.
    is_certain: bool,
}

impl Tag {
    /// The tag of a reference; `latest` if it has neither tag nor digest.
    pub(super) fn of(reference: &ImageReference) -> Self {
        let text = match &reference.tag {
            Some(tag) => tag.clone(),
            None => "latest".to_owned(),
        };
        // A digest alone may belong to any tag.
        let is_certain =
            (reference.tag.is_some() || reference.digest.is_none()) && variables(&text).is_empty();
        Self { text, is_certain }
    }

    /// Whether all of it is known now.
    pub(super) fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// Whether a word between dashes is this one, a version behind it left out: `alpine` in `1.25-alpine3.21`.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words().any(|found| found == word)
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split('-').map(|word| {
            let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            if name.is_empty() { word } else { name }
        })
    }

    /// The system that the tag names.
    pub(super) fn variant(&self) -> Variant {
        let has_any = |words: &[&str]| words.iter().any(|word| self.has(word));
        if self.has("alpine") {
            return match self.has("slim") {
                true => Variant::AlpineSlim,
                false => Variant::Alpine,
            };
        }
        if self.has("slim") {
            return Variant::Slim;
        }
        if has_any(DEBIAN) {
            return Variant::Debian;
        }
        if has_any(NEW_UBUNTU) {
            return Variant::NewUbuntu;
        }
        if has_any(OLD_UBUNTU) {
            return Variant::OldUbuntu;
        }
        let is_neutral =
            |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) || NEUTRAL.contains(&word);
        if self.is_certain && self.words().all(is_neutral) {
            return Variant::Plain;
        }
        Variant::Other
    }

    /// The first number of the tag: 22 of `22.4-slim`.
    pub(super) fn major(&self) -> Option<u32> {
        let digits: String = self.text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}
