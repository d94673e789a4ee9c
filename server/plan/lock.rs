//! `docksmith.lock`: which digest each image has.
//!
//! One image a line, `reference digest`, sorted; comments begin with `#`. That is what the tools that resolve references
//! can print, what a merge keeps apart line by line, and what a review reads without knowing anything. There is no
//! version: a form that says more would put a word of its own in front, and this reader refuses what it does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::image::{Digest, ImageReference};
use crate::text::Span;

/// The name of the file. It lies beside the document.
pub const NAME: &str = "docksmith.lock";

/// What the file says of itself.
const HEADER: &str =
    "# The digests of the images in docksmith.toml. Commit this file; `docksmith lock` writes it.";

/// How many unreadable lines are told: a file with more is no lock at all.
const MOST_FAULTS: usize = 100;

/// The digests of images. Different spellings of a reference are one image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// By the canonical spelling of the image.
    entries: BTreeMap<String, Entry>,
    faults: Vec<Fault>,
}

/// The digest of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The reference as it is written.
    pub written: String,
    /// Its digest.
    pub digest: Digest,
    /// The place of the line, without white space around it.
    pub span: Span,
    /// The whole line with its end.
    pub line: Span,
}

/// A line that can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The smallest span that must change.
    pub span: Span,
    /// What is wrong, ready to be shown.
    pub message: String,
    /// The line with the same image that counts.
    pub first: Option<Span>,
}

impl Lock {
    /// Reads the text of a lock. What can't be read is left out and told as a fault.
    pub fn parse(text: &str) -> Self {
        let mut lock = Self::default();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let content = line.trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}');
            if !content.is_empty() && !content.starts_with('#') {
                let indent = line.find(content).unwrap_or_default();
                lock.read(content, start + indent, Span::new(start, end));
            }
            if lock.faults.len() >= MOST_FAULTS {
                break;
            }
            start = end;
        }
        lock
    }

    fn read(&mut self, line: &str, start: usize, whole: Span) {
        let span = Span::new(start, start + line.len());
        let fault = |span, message| Fault {
            span,
            message,
            first: None,
        };
        let words: Vec<&str> = line.split_whitespace().collect();
        let [reference, digest] = words.as_slice() else {
            let message = "a line is an image and its digest: `alpine:3.23 sha256:…`";
            self.faults.push(fault(span, message.to_owned()));
            return;
        };
        let place = Span::new(start, start + reference.len());
        let image = match image(reference) {
            Ok(image) => image,
            Err(message) => {
                self.faults.push(fault(place, message));
                return;
            }
        };
        let digest = match Digest::parse(digest) {
            Ok(digest) => digest,
            Err(error) => {
                let place = Span::new(start + line.len() - digest.len(), start + line.len());
                self.faults.push(fault(place, error.to_string()));
                return;
            }
        };
        let entry = Entry {
            written: (*reference).to_owned(),
            digest,
            span,
            line: whole,
        };
        let canonical = image.canonical();
        if let Some(first) = self.entries.get(&canonical) {
            let message = format!("`{reference}` is there already");
            self.faults.push(Fault {
                first: Some(first.span),
                ..fault(place, message)
            });
            return;
        }
        self.entries.insert(canonical, entry);
    }

    /// The digest of an image; nothing for a reference that has one of its own.
    pub fn digest(&self, image: &ImageReference) -> Option<&Digest> {
        if image.digest.is_some() {
            return None;
        }
        self.entries
            .get(&image.canonical())
            .map(|entry| &entry.digest)
    }

    /// The digest of an image by its canonical spelling.
    pub fn digest_of(&self, canonical: &str) -> Option<&Digest> {
        self.entries.get(canonical).map(|entry| &entry.digest)
    }

    /// The images, in canonical spelling, with what is said of them, sorted.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .map(|(canonical, entry)| (canonical.as_str(), entry))
    }

    /// What can't be read, in order; of very many the first.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The same lock with these images only, given in canonical spelling, and without faults.
    #[must_use]
    pub fn only(&self, images: &BTreeSet<&str>) -> Self {
        let mut entries = self.entries.clone();
        entries.retain(|canonical, _| images.contains(canonical.as_str()));
        Self {
            entries,
            faults: Vec::new(),
        }
    }
}

/// As it is written to the file.
impl fmt::Display for Lock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEADER}")?;
        for (canonical, entry) in &self.entries {
            writeln!(formatter, "{canonical} {}", entry.digest)?;
        }
        Ok(())
    }
}

/// The image of a line.
fn image(reference: &str) -> Result<ImageReference, String> {
    let image = ImageReference::parse(reference).map_err(|error| error.to_string())?;
    if image.has_variables() {
        return Err(format!(
            "`{reference}` is another image with each value of its variable"
        ));
    }
    if image.digest.is_some() {
        return Err(format!("`{reference}` has a digest of its own"));
    }
    if image.is_scratch() {
        return Err("`scratch` is no image, and has no digest".to_owned());
    }
    Ok(image)
}

/// The image that a reference names, if a lock can hold it: it has no digest of its own and no variables.
pub(crate) fn lockable(reference: &str) -> Option<ImageReference> {
    image(reference).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Lock, lockable};

    const ONE: &str = "sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";
    const OTHER: &str = "sha256:b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595";

    fn digest(lock: &Lock, reference: &str) -> Option<String> {
        let image = lockable(reference)?;
        lock.digest(&image).map(ToString::to_string)
    }

    fn faults(text: &str) -> Vec<(String, String)> {
        let lock = Lock::parse(text);
        let faults = lock.faults().iter();
        faults
            .map(|fault| (fault.span.of(text).to_owned(), fault.message.clone()))
            .collect()
    }

    #[test]
    fn comments_blank_lines_and_other_line_ends_are_read_past() {
        let text = format!("\u{feff}# a comment\r\n\r\n  alpine:3.23\t{ONE} \r\n#alpine {OTHER}");
        let lock = Lock::parse(&text);
        assert_eq!(lock.faults(), []);
        assert_eq!(lock.entries().count(), 1);
        assert_eq!(digest(&lock, "alpine:3.23").as_deref(), Some(ONE));
        let (_, entry) = lock.entries().next().expect("an entry");
        assert_eq!(entry.span.of(&text), format!("alpine:3.23\t{ONE}"));
    }

    #[test]
    fn all_spellings_of_an_image_have_its_digest() {
        let lock = Lock::parse(&format!(
            "docker.io/library/alpine:3.23 {ONE}\nalpine {OTHER}\n"
        ));
        for alpine in [
            "alpine:3.23",
            "library/alpine:3.23",
            "docker.io/alpine:3.23",
        ] {
            assert_eq!(digest(&lock, alpine).as_deref(), Some(ONE), "{alpine}");
        }
        assert_eq!(digest(&lock, "alpine:latest").as_deref(), Some(OTHER));
        assert_eq!(digest(&lock, "alpine:3"), None);
        assert_eq!(digest(&lock, "ghcr.io/library/alpine:3.23"), None);
    }

    #[test]
    fn what_a_lock_cannot_hold_has_no_digest() {
        for reference in [
            "scratch",
            "alpine:${V}",
            "$IMAGE",
            "Alpine",
            &format!("alpine@{ONE}"),
        ] {
            assert!(lockable(reference).is_none(), "{reference}");
        }
    }

    #[test]
    fn every_line_that_cannot_be_used_is_told_at_its_place() {
        let pair = |span: &str, message: &str| (span.to_owned(), message.to_owned());
        let form = "a line is an image and its digest: `alpine:3.23 sha256:…`";
        assert_eq!(faults("alpine:3.23\n"), [pair("alpine:3.23", form)]);
        assert_eq!(
            faults(&format!(" a b {ONE}\n")),
            [pair(&format!("a b {ONE}"), form)]
        );
        let short = "a digest is `sha256:` and 64 hexadecimal digits; here are 3";
        assert_eq!(faults("a sha256:abc"), [pair("sha256:abc", short)]);
        let variable = "`a:$B` is another image with each value of its variable";
        assert_eq!(faults(&format!("a:$B {ONE}")), [pair("a:$B", variable)]);
        let scratch = "`scratch` is no image, and has no digest";
        assert_eq!(
            faults(&format!("scratch {ONE}")),
            [pair("scratch", scratch)]
        );
        let own = format!("a@{ONE}");
        assert_eq!(
            faults(&format!("{own} {ONE}")),
            [pair(&own, &format!("`{own}` has a digest of its own"))]
        );
        assert_eq!(faults(&format!("Alpine {ONE}")).len(), 1);
    }

    #[test]
    fn of_two_lines_for_one_image_the_first_counts() {
        let text = format!("alpine {ONE}\ndocker.io/library/alpine:latest {OTHER}\n");
        let lock = Lock::parse(&text);
        assert_eq!(digest(&lock, "alpine").as_deref(), Some(ONE));
        let fault = &lock.faults()[0];
        assert_eq!(fault.span.of(&text), "docker.io/library/alpine:latest");
        assert_eq!(
            fault.first.map(|first| first.of(&text)),
            Some(&*format!("alpine {ONE}"))
        );
    }

    #[test]
    fn a_file_that_is_no_lock_is_not_told_line_by_line() {
        assert_eq!(Lock::parse(&"x\n".repeat(100_000)).faults().len(), 100);
    }

    #[test]
    fn what_is_written_is_sorted_and_read_back() {
        let text = format!("docker.io/library/b:1 {ONE}\na {OTHER}\nx:1 {ONE}\n");
        let lock = Lock::parse(&text).only(&BTreeSet::from(["a:latest", "b:1"]));
        let written = lock.to_string();
        assert!(written.ends_with(&format!("\na:latest {OTHER}\nb:1 {ONE}\n")));
        assert_eq!(Lock::parse(&written).to_string(), written);
    }
}
