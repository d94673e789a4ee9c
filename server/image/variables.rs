//! The variables in an image reference: `${NAME}` and `$NAME`, as Dockerfiles have them.

use std::ops::Range;

/// The longest variable with its default, in bytes: a bound for texts that open many and close none.
const LONGEST: usize = 1024;

/// The variables in a text with the bytes that they take up, in order: `${NAME}`, `$NAME`, `${NAME:-default}`. Variables
/// in the default of another one follow it. `\$` begins none.
pub fn variables(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        if character == '$'
            && !escaped
            && let Some((name, end)) = variable(text, index)
        {
            found.push((name, index..end));
        }
        escaped = character == '\\' && !escaped;
    }
    found
}

/// The text with each byte of a variable replaced by a `0`, which may stand in every part of an image reference.
pub(super) fn mask(text: &str) -> String {
    let mut masked = text.to_owned();
    for (_, range) in variables(text) {
        let zeros = "0".repeat(range.len());
        // A variable within another's default is masked already, and of the same length.
        masked.replace_range(range, &zeros);
    }
    masked
}

/// Splits at the first separator that is not part of a variable.
pub(super) fn split_outside(text: &str, separator: char) -> Option<(&str, &str)> {
    let at = mask(text).find(separator)?;
    Some((text.get(..at)?, text.get(at + separator.len_utf8()..)?))
}

/// The name of the variable at a `$`, and where the variable ends.
fn variable(text: &str, dollar: usize) -> Option<(&str, usize)> {
    let rest = text.get(dollar + 1..)?;
    let Some(inside) = rest.strip_prefix('{') else {
        let name = name(rest)?;
        return Some((name, dollar + 1 + name.len()));
    };
    let name = name(inside)?;
    let start = dollar + 2 + name.len();
    let mut depth = 1_usize;
    for (index, character) in text.get(start..)?.char_indices() {
        if index > LONGEST {
            break;
        }
        depth = match character {
            '{' => depth + 1,
            '}' => depth - 1,
            _ => depth,
        };
        // Only a modifier, as in `${NAME:-default}`, may follow the name.
        if index == 0 && !matches!(character, '}' | ':' | '-' | '+' | '?' | '#' | '%' | '/') {
            return None;
        }
        if depth == 0 {
            return Some((name, start + index + 1));
        }
    }
    None
}

/// The name that a text begins with.
fn name(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let name = text.get(..end)?;
    let begins = name.starts_with(|c: char| !c.is_ascii_digit());
    begins.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{mask, variables};

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found: Vec<(&str, &str)> = variables(text)
            .into_iter()
            .map(|(name, range)| (name, &text[range]))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn variables_are_found_in_both_forms() {
        check("$A/b:${C_1}-alpine", &[("A", "$A"), ("C_1", "${C_1}")]);
        check("${A}${B}", &[("A", "${A}"), ("B", "${B}")]);
        check("${A:-alpine:3}", &[("A", "${A:-alpine:3}")]);
        check("${A:-${B}}x", &[("A", "${A:-${B}}"), ("B", "${B}")]);
        check("${A#v}", &[("A", "${A#v}")]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "", "a", "$", "$1", "${", "${}", "${A", "${A b}", "$(date)", r"\$A", "é$",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn a_mask_keeps_every_other_byte_in_place() {
        assert_eq!(mask("é${A:-${B}}x$C:1"), "é0000000000x00:1");
    }
}
