//! Matching a path against a pattern: what globs and `.dockerignore` share.

use std::iter::Peekable;
use std::str::CharIndices;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Character(char),
    /// Any character but `/`: `?`.
    One,
    /// Any number of characters but `/`: `*`.
    Many,
    /// One of some characters, or none of them: `[a-z]`, `[^a]`.
    Class(Class),
    /// Any number of whole folders: `**/`. [`Token::Inside`] follows it.
    Folders,
    /// Within those folders, until a `/`.
    Inside,
    /// Any number of any characters: `**` at the end.
    Everything,
}

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    is_negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn has(&self, character: char) -> bool {
        let is_listed = self
            .ranges
            .iter()
            .any(|&(low, high)| low <= character && character <= high);
        is_listed != self.is_negated
    }
}

/// The characters of a pattern with their offsets.
pub(super) type Characters<'a> = Peekable<CharIndices<'a>>;

/// Reads what follows a `[`. `None` if it does not follow Go's grammar: a range lacks an end, the class is empty or not
/// closed.
pub(super) fn class(characters: &mut Characters<'_>) -> Option<Class> {
    let is_negated = characters.next_if(|&(_, c)| c == '^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && characters.next_if(|&(_, c)| c == ']').is_some() {
            return Some(Class { is_negated, ranges });
        }
        let low = class_character(characters)?;
        let high = match characters.next_if(|&(_, c)| c == '-') {
            Some(_) => class_character(characters)?,
            None => low,
        };
        ranges.push((low, high));
    }
}

fn class_character(characters: &mut Characters<'_>) -> Option<char> {
    match characters.next()? {
        (_, '-' | ']') => None,
        (_, '\\') => characters.next().map(|(_, escaped)| escaped),
        (_, character) => Some(character),
    }
}

/// A run of a pattern along a text, one character at a time. All ways to match are followed at once, so that no pattern
/// takes more time than its length times that of the text.
pub(super) struct Run<'a> {
    tokens: &'a [Token],
    /// The tokens that may come next, without repetition; the number of tokens stands for a match.
    states: Vec<usize>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        let mut states = Vec::new();
        enter(tokens, 0, &mut states);
        Self { tokens, states }
    }

    /// Whether what was read so far matches the whole pattern.
    pub(super) fn is_match(&self) -> bool {
        self.states.contains(&self.tokens.len())
    }

    /// Whether nothing that follows can lead to a match.
    pub(super) fn is_dead(&self) -> bool {
        self.states.is_empty()
    }

    /// Whether a match is possible after at least one more character.
    pub(super) fn can_go_on(&self) -> bool {
        self.states.iter().any(|&state| state < self.tokens.len())
    }

    pub(super) fn read(&mut self, character: char) {
        let mut next = Vec::with_capacity(self.states.len());
        for &state in &self.states {
            let Some(token) = self.tokens.get(state) else {
                continue;
            };
            match token {
                Token::Character(wanted) if *wanted == character => {
                    enter(self.tokens, state + 1, &mut next);
                }
                Token::One if character != '/' => enter(self.tokens, state + 1, &mut next),
                Token::Class(class) if class.has(character) => {
                    enter(self.tokens, state + 1, &mut next);
                }
                Token::Many if character != '/' => enter(self.tokens, state, &mut next),
                Token::Everything => enter(self.tokens, state, &mut next),
                Token::Inside => {
                    enter(self.tokens, state, &mut next);
                    if character == '/' {
                        enter(self.tokens, state + 1, &mut next);
                    }
                }
                _ => {}
            }
        }
        self.states = next;
    }
}

/// Adds a state and those that need no further character.
fn enter(tokens: &[Token], first: usize, states: &mut Vec<usize>) {
    let mut state = first;
    while !states.contains(&state) {
        states.push(state);
        match tokens.get(state) {
            // Past `**/`; the state between is for paths that do have folders there.
            Some(Token::Folders) => {
                states.push(state + 1);
                state += 2;
            }
            Some(Token::Many | Token::Everything) => state += 1,
            _ => return,
        }
    }
}
