//! The words of a step in Dockerfile's own language: what they name, whether the step is complete or not.

use std::ops::Range;

/// A word of a step, up to a blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// The word.
    pub(crate) text: &'a str,
    /// Its place in the step.
    pub(crate) place: Range<usize>,
}

/// The words of a step, the keyword first.
pub(crate) fn words(step: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in step.char_indices().chain([(step.len(), ' ')]) {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(begin)) => {
                let text = step.get(begin..at).unwrap_or_default();
                // The backslash before a line break is no word.
                if text != "\\" {
                    let place = begin..at;
                    words.push(Word { text, place });
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The value of a flag among the words, such as `--from`.
pub(crate) fn flag<'a>(words: &[Word<'a>], name: &str) -> Option<&'a str> {
    words.iter().find_map(|word| {
        word.text
            .strip_prefix("--")?
            .strip_prefix(name)?
            .strip_prefix('=')
    })
}

/// The option of a mount that holds the byte at `at` of its word, such as `from=web`, with where it begins.
pub(crate) fn mount_option(mount: &str, at: usize) -> Option<(usize, &str)> {
    let mut start = "--mount=".len();
    for option in mount.strip_prefix("--mount=")?.split(',') {
        if at <= start + option.len() {
            return (at >= start).then_some((start, option));
        }
        start += option.len() + 1;
    }
    None
}

/// The type of a mount, if it names one.
pub(crate) fn mount_type_of(mount: &str) -> Option<&str> {
    let mut options = mount.strip_prefix("--mount=")?.split(',');
    options.find_map(|option| option.strip_prefix("type="))
}

/// Whether a mount has a type; a mount without one is a bind mount.
pub(crate) fn has_type(mount: &str, name: &str) -> bool {
    mount_type_of(mount).unwrap_or("bind") == name
}

#[cfg(test)]
mod tests {
    use super::{flag, has_type, mount_option, words};

    #[test]
    fn words_end_at_blanks() {
        let step = "COPY --from=web  \\\n é\nx";
        let words = words(step);
        let texts: Vec<_> = words.iter().map(|word| word.text).collect();
        assert_eq!(texts, ["COPY", "--from=web", "é", "x"]);
        assert_eq!(flag(&words, "from"), Some("web"));
        assert_eq!(step.get(words[2].place.clone()), Some("é"));
    }

    #[test]
    fn the_options_of_a_mount_are_found_by_place() {
        let mount = "--mount=type=secret,id=x";
        assert_eq!(mount_option(mount, 8), Some((8, "type=secret")));
        assert_eq!(mount_option(mount, mount.len()), Some((20, "id=x")));
        assert_eq!(mount_option(mount, 3), None);
        assert!(has_type(mount, "secret"));
        assert!(has_type("--mount=target=/x", "bind"));
    }
}
