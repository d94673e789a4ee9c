//! Snippets in the protocol's notation: `$1` and `${1:word}` are places to fill in, `$0` is where the cursor ends.

use crate::config::docs;
use crate::syntax::Step;

/// The most values of an enumeration that a place offers as a choice.
const MOST_CHOICES: usize = 16;

/// Text that means itself inside a snippet.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '$' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A snippet without its places, their words kept, of a choice the first: what a client gets that knows none.
pub(super) fn plain(snippet: &str) -> String {
    let mut text = String::with_capacity(snippet.len());
    let mut characters = snippet.chars().peekable();
    // Whether a place with a word is open, whose brace is not the text's own.
    let mut is_open = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            '}' if is_open => is_open = false,
            '$' => {
                is_open |= characters.next_if_eq(&'{').is_some();
                while characters.next_if(char::is_ascii_digit).is_some() {}
                characters.next_if_eq(&':');
                if characters.next_if_eq(&'|').is_some() {
                    while let Some(word) = characters.next_if(|it| !matches!(it, ',' | '|')) {
                        text.push(word);
                    }
                    while characters.next_if(|it| *it != '}').is_some() {}
                }
            }
            other => text.push(other),
        }
    }
    text
}

/// The value of the key at `path`, with the place of number `index` in it: quotes for a string, brackets for an array,
/// and the words of an enumeration to choose from.
pub(super) fn value(path: &[Step], index: usize) -> String {
    let kinds = docs::kinds(path);
    let first = kinds.first().copied().unwrap_or_default();
    let values = docs::values(path);
    let texts: Vec<&str> = values.iter().map(|value| value.text.as_str()).collect();
    let strings: Option<Vec<&str>> = texts.iter().map(|text| unquoted(text)).collect();
    match (first, strings) {
        ("string", Some(strings)) if is_choice(&strings) => {
            format!("\"{}\"", choice(&strings, index))
        }
        ("string", _) => format!("\"${index}\""),
        ("boolean", _) => choice(&["true", "false"], index),
        ("array", _) => {
            let mut item = path.to_vec();
            item.push(Step::Index(0));
            match docs::kinds(&item).first() {
                Some(&"string") => format!("[\"${index}\"]"),
                Some(&"table") => format!("[{{ ${index} }}]"),
                _ => format!("[${index}]"),
            }
        }
        ("table", _) => format!("{{ ${index} }}"),
        _ => format!("${index}"),
    }
}

fn is_choice(words: &[&str]) -> bool {
    (2..=MOST_CHOICES).contains(&words.len())
}

fn choice(words: &[&str], index: usize) -> String {
    let words = words.iter().map(|word| literal(word).replace(',', "\\,"));
    format!("${{{index}|{}|}}", words.collect::<Vec<_>>().join(","))
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// The lines for the keys that the table at `path` needs, each with a place, and the line where the cursor ends.
pub(super) fn required(path: &[Step]) -> String {
    let keys = docs::keys(path).into_iter().filter(|key| key.required);
    let mut lines = String::new();
    for (index, key) in keys.enumerate() {
        let mut inner = path.to_vec();
        inner.push(Step::Key(key.name.clone()));
        lines.push_str(&format!("\n{} = {}", key.name, value(&inner, index + 1)));
    }
    format!("{lines}\n$0")
}

#[cfg(test)]
mod tests {
    use super::{literal, plain, required, value};
    use crate::syntax::Step;

    fn path(text: &str) -> Vec<Step> {
        let steps = text.split('.').map(|name| match name.parse() {
            Ok(index) => Step::Index(index),
            Err(_) => Step::Key(name.to_owned()),
        });
        steps.collect()
    }

    #[test]
    fn a_place_has_the_form_of_its_value() {
        for (key, expected) in [
            ("runtime.image", "\"$1\""),
            ("runtime.packages", "[\"$1\"]"),
            ("runtime.env", "{ $1 }"),
            ("build.cgo", "${1|true,false|}"),
            ("render.target", "\"${1|buildkit,portable|}\""),
            ("runtime.healthcheck.retries", "$1"),
        ] {
            assert_eq!(value(&path(key), 1), expected, "{key}");
        }
        assert_eq!(
            required(&path("stages.0")),
            "\nname = \"$1\"\nfrom = \"$2\"\n$0"
        );
        assert_eq!(required(&path("build")), "\n$0");
    }

    #[test]
    fn without_places_the_words_stay() {
        assert_eq!(
            plain("a = \"${1:./é}\" # {$2}\n\\${V\\}$0"),
            "a = \"./é\" # {}\n${V}"
        );
        assert_eq!(plain(&literal("$a ${b} \\ é")), "$a ${b} \\ é");
        assert_eq!(plain("p = \"${1|npm,é|}\""), "p = \"npm\"");
        assert_eq!(plain("${"), "");
    }
}
