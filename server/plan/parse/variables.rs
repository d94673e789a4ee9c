//! The variables in Dockerfile text, in every form that builders and shells know.

use std::ops::Range;

use crate::plan::Variable;
use crate::plan::instructions::Reader;
use crate::plan::parse::Fault;
use crate::plan::parse::words::continuation;
use crate::text::{Span, Spanned};

/// The modifiers, the longer ones first.
const MODIFIERS: [&str; 12] = [
    ":-", ":+", ":?", "##", "%%", "//", "-", "+", "?", "#", "%", "/",
];

/// The longest word behind a modifier, in characters: a bound for texts that open many and close none.
const LONGEST: usize = 1024;

/// Text in which variables are looked for.
pub(super) struct Scan<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// The character that protects another.
    pub(super) escape: char,
    /// Who replaces the variables.
    pub(super) reader: Reader,
    /// Whether single quotes protect what is between them.
    pub(super) quotes: bool,
}

impl Scan<'_> {
    /// The variables between two offsets, in order; those in the word of another one follow it. What a builder refuses
    /// is a fault.
    pub(super) fn variables(&self, place: Range<usize>, faults: &mut Vec<Fault>) -> Vec<Variable> {
        let mut found = Vec::new();
        let (mut single, mut double) = (false, false);
        let mut at = place.start;
        while let Some(rest) = self.text.get(at..place.end)
            && let Some(character) = rest.chars().next()
        {
            // What follows the escape is protected; a continued line skips comments, which may hold anything.
            if character == self.escape && !single {
                let protected = rest.chars().nth(1).map_or(0, char::len_utf8);
                at += continuation(rest, self.escape).unwrap_or(character.len_utf8() + protected);
                continue;
            }
            match character {
                '\'' if self.quotes && !double => single = !single,
                '"' if self.quotes && !single => double = !double,
                '$' if !single => match self.variable(at, place.end) {
                    Ok(variable) => found.extend(variable),
                    Err(fault) => faults.push(fault),
                },
                _ => {}
            }
            at += character.len_utf8();
        }
        found
    }

    /// The variable at a `$`, if it is one.
    fn variable(&self, dollar: usize, end: usize) -> Result<Option<Variable>, Fault> {
        let rest = self.text.get(dollar + 1..end).unwrap_or_default();
        let Some(inside) = rest.strip_prefix('{') else {
            let name = name(rest);
            let start = dollar + 1;
            return Ok(
                (!name.is_empty()).then(|| self.found(name, start, dollar, start + name.len(), ""))
            );
        };
        let start = dollar + 2;
        let name = name(inside);
        let after = inside.get(name.len()..).unwrap_or_default();
        let closing = closing(after);
        let whole = closing.map_or(start + name.len(), |index| start + name.len() + index + 1);
        if name.is_empty() {
            return Ok(None);
        }
        let place = Span::new(dollar, whole);
        // Shells know more forms, and say themselves what they do not know.
        if self.reader != Reader::Builder {
            let modifier = MODIFIERS.into_iter().find(|it| after.starts_with(it));
            let modifier = modifier.unwrap_or_default();
            return Ok(Some(self.found(name, start, dollar, whole, modifier)));
        }
        if closing.is_none() {
            return Err(Fault::new(
                format!("`${{{name}` has no end: there is no `}}`"),
                Span::new(dollar, start + name.len()),
            ));
        }
        if after.starts_with('}') {
            return Ok(Some(self.found(name, start, dollar, whole, "")));
        }
        let known = MODIFIERS.into_iter().find(|it| after.starts_with(it));
        match known {
            Some(modifier) => Ok(Some(self.found(name, start, dollar, whole, modifier))),
            None => Err(Fault::new(
                format!(
                    "builders know no `{}` behind a variable's name",
                    first(after)
                ),
                place,
            )
            .help("they know `:-`, `:+`, `:?`, `-`, `+`, `?`, `#`, `##`, `%`, `%%`, `/` and `//`")),
        }
    }

    fn found(
        &self,
        name: &str,
        start: usize,
        dollar: usize,
        end: usize,
        modifier: &'static str,
    ) -> Variable {
        let name_span = Span::new(start, start + name.len());
        Variable {
            name: Spanned::new(name.to_owned(), name_span),
            span: Span::new(dollar, end),
            modifier,
            reader: self.reader,
        }
    }
}

fn first(text: &str) -> &str {
    let length = text.chars().next().map_or(0, char::len_utf8);
    text.get(..length).unwrap_or_default()
}

/// The name that a text begins with; numbers and signs are the shell's own parameters.
fn name(text: &str) -> &str {
    let end = text
        .find(|it: char| !it.is_ascii_alphanumeric() && it != '_')
        .unwrap_or(text.len());
    let name = text.get(..end).unwrap_or_default();
    if name.starts_with(|it: char| it.is_ascii_digit()) {
        return "";
    }
    name
}

/// The brace that closes what is open at the beginning of a text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (index, character) in text.char_indices().take(LONGEST) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Scan;
    use crate::plan::instructions::Reader;

    /// The variables of a text with their modifiers, and how many faults there are.
    fn check(text: &str, expected: &[(&str, &str, &str)], faults: usize) {
        let scan = Scan {
            text,
            escape: '\\',
            reader: Reader::Builder,
            quotes: true,
        };
        let mut found_faults = Vec::new();
        let found = scan.variables(0..text.len(), &mut found_faults);
        let found: Vec<(&str, &str, &str)> = found
            .iter()
            .map(|it| (it.name.span.of(text), it.modifier, it.span.of(text)))
            .collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(found_faults.len(), faults, "{text}");
    }

    #[test]
    fn every_form_is_known() {
        check("é$X", &[("X", "", "$X")], 0);
        check("${X}y", &[("X", "", "${X}")], 0);
        for modifier in super::MODIFIERS {
            let text = format!("${{X{modifier}y}}");
            check(&text, &[("X", modifier, &text)], 0);
        }
        check("${X/a/b}", &[("X", "/", "${X/a/b}")], 0);
        check(
            "${X:-${Y}}",
            &[("X", ":-", "${X:-${Y}}"), ("Y", "", "${Y}")],
            0,
        );
    }

    #[test]
    fn quotes_and_escapes_protect_the_dollar() {
        check("'$X' \"'$Y'\" \\$Z", &[("Y", "", "$Y")], 0);
    }

    #[test]
    fn other_parameters_are_no_variables() {
        check("$1 $@ ${1} $(date) $ ${} $$", &[], 0);
    }

    #[test]
    fn what_a_builder_refuses_is_a_fault() {
        check("${X", &[], 1);
        check("${X^^}", &[], 1);
        check("${X:0:1}", &[], 1);
    }
}
