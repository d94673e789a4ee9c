//! One pattern of `.dockerignore`.

use std::ops::Range;

use super::below;
use crate::context::matching::{Characters, Run, Token, class};

/// A pattern of `.dockerignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written, without the white space around it.
    pub text: String,
    /// The bytes of the file that it takes up.
    pub span: Range<usize>,
    /// Whether it begins with `!`: what it matches reaches the build.
    pub takes_back: bool,
    tokens: Vec<Token>,
}

impl Pattern {
    /// Reads a trimmed line; the error is a message.
    pub(super) fn parse(text: &str, span: Range<usize>) -> Result<Self, String> {
        let cleaned = match text.strip_prefix('!') {
            Some(path) => format!("!{}", clean(path.trim())),
            None => clean(text),
        };
        // Docker cleans a second time and only then looks for the `!`: it may have been behind a `./`, and `..` takes it
        // away with the element that it stands in.
        let cleaned = clean(cleaned.trim());
        let (takes_back, cleaned) = match cleaned.strip_prefix('!') {
            Some(path) => (true, path),
            None => (false, cleaned.as_str()),
        };
        if takes_back && cleaned.is_empty() {
            return Err(format!(
                "`{text}` takes nothing back in: `!` needs a pattern"
            ));
        }
        let tokens = tokens(cleaned).map_err(|reason| format!("`{text}` {reason}"))?;
        Ok(Self {
            text: text.to_owned(),
            span,
            takes_back,
            tokens,
        })
    }

    /// Whether it matches a path or a folder above it.
    pub(super) fn matches(&self, path: &str) -> bool {
        // The root itself is never left out, whatever matches an empty text.
        if path.is_empty() {
            return false;
        }
        let mut run = Run::new(&self.tokens);
        for character in path.chars() {
            if character == '/' && run.is_match() {
                return true;
            }
            run.read(character);
            if run.is_dead() {
                return false;
            }
        }
        run.is_match()
    }

    /// Whether a path below a folder may match.
    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        below(Run::new(&self.tokens), folder).can_go_on()
    }
}

/// Go's `filepath.Clean`, without the `/` in front. The root, written `/`, becomes empty: it matches nothing.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut elements: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." if elements.last().is_some_and(|last| *last != "..") => {
                elements.pop();
            }
            ".." if is_rooted => {}
            element => elements.push(element),
        }
    }
    if elements.is_empty() && !is_rooted && !path.is_empty() {
        return ".".to_owned();
    }
    elements.join("/")
}

fn tokens(pattern: &str) -> Result<Vec<Token>, &'static str> {
    // `**name` and `**name/x` are compared as the end of the text, unlike `**/name`, if the rest has no signs.
    if let Some(rest) = pattern.strip_prefix("**")
        && !rest.is_empty()
        && !rest.starts_with('/')
        && !rest.contains(['*', '?', '[', ']', '\\'])
    {
        let rest = rest.chars().map(Token::Character);
        return Ok([Token::Everything].into_iter().chain(rest).collect());
    }
    let mut characters = pattern.char_indices().peekable();
    let mut tokens = Vec::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '*' => stars(&mut characters, &mut tokens),
            '?' => tokens.push(Token::One),
            '[' => {
                let class = class(&mut characters)
                    .ok_or("is malformed: a class is written `[abc]`, `[a-z]` or `[^a]`")?;
                tokens.push(Token::Class(class));
            }
            '\\' => {
                let (_, escaped) = characters
                    .next()
                    .ok_or("is malformed: nothing follows the `\\` at its end")?;
                tokens.push(Token::Character(escaped));
            }
            character => tokens.push(Token::Character(character)),
        }
    }
    Ok(tokens)
}

/// What follows a `*`.
fn stars(characters: &mut Characters<'_>, tokens: &mut Vec<Token>) {
    if characters.next_if(|&(_, c)| c == '*').is_none() {
        tokens.push(Token::Many);
        return;
    }
    characters.next_if(|&(_, c)| c == '/');
    if characters.peek().is_none() {
        tokens.push(Token::Everything);
    } else {
        tokens.extend([Token::Folders, Token::Inside]);
    }
}
