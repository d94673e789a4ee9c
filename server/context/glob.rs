//! The globs of `COPY` sources: Go's `filepath.Match`, each element of the path for itself.

use super::matching::{Run, Token, class};
use super::{Entry, LONGEST_LIST, Rooted};

/// Whether a `COPY` source holds an unescaped `*`, `?` or `[`.
pub fn is_glob(source: &str) -> bool {
    let mut is_escaped = false;
    for character in source.chars() {
        if !is_escaped && matches!(character, '*' | '?' | '[') {
            return true;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    false
}

/// Whether a path matches a pattern. A malformed pattern, such as `[a`, matches nothing.
pub fn matches(pattern: &str, path: &str) -> bool {
    let mut pattern = elements(pattern);
    let mut path = elements(path);
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if matches_name(pattern, name) => {}
            _ => return false,
        }
    }
}

/// The paths below the context root that match a pattern, sorted; folders count as well. `None` if that is not known:
/// nobody looked, or a folder is too large.
pub fn expand(rooted: &Rooted<'_>, pattern: &str) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    for element in elements(pattern) {
        let mut next = Vec::new();
        for folder in &found {
            step(rooted, folder, element, &mut next)?;
        }
        if next.len() >= LONGEST_LIST {
            return None;
        }
        found = next;
    }
    found.sort();
    Some(found)
}

/// What an element of a pattern matches in a folder.
fn step(rooted: &Rooted<'_>, folder: &str, element: &str, found: &mut Vec<String>) -> Option<()> {
    match rooted.entry(folder) {
        Entry::Folder => {}
        Entry::Unknown => return None,
        Entry::File { .. } | Entry::Missing | Entry::Outside => return Some(()),
    }
    if !is_glob(element) {
        let path = join(folder, &unescape(element));
        match rooted.entry(&path) {
            Entry::Unknown => return None,
            Entry::Missing => {}
            Entry::File { .. } | Entry::Folder | Entry::Outside => found.push(path),
        }
        return Some(());
    }
    let names = rooted.list(folder);
    if names.len() >= LONGEST_LIST {
        return None;
    }
    let matching = names.iter().filter(|name| matches_name(element, name));
    found.extend(matching.map(|name| join(folder, name)));
    Some(())
}

/// The elements of a path, without empty ones and `.`.
fn elements(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|element| !element.is_empty() && *element != ".")
}

fn join(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

fn unescape(element: &str) -> String {
    let mut characters = element.chars();
    let mut name = String::with_capacity(element.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => name.extend(characters.next()),
            character => name.push(character),
        }
    }
    name
}

fn matches_name(pattern: &str, name: &str) -> bool {
    let Some(tokens) = tokens(pattern) else {
        return false;
    };
    let mut run = Run::new(&tokens);
    for character in name.chars() {
        run.read(character);
    }
    run.is_match()
}

/// The pieces of one element; `None` if it is malformed.
fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut characters = pattern.char_indices().peekable();
    let mut tokens = Vec::new();
    while let Some((_, character)) = characters.next() {
        let token = match character {
            '*' => Token::Many,
            '?' => Token::One,
            '[' => Token::Class(class(&mut characters)?),
            '\\' => Token::Character(characters.next()?.1),
            character => Token::Character(character),
        };
        tokens.push(token);
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::{expand, is_glob, matches};
    use crate::context::{BuildContext, Files, NoContext, Rooted};

    #[test]
    fn a_glob_has_an_unescaped_sign() {
        for glob in ["*", "a?", "[a]", r"\\*"] {
            assert!(is_glob(glob), "{glob}");
        }
        for path in ["", "a/b.c", r"\*", r"a\?b\[", "a]"] {
            assert!(!is_glob(path), "{path}");
        }
    }

    #[test]
    fn names_match_as_in_go() {
        let rows = [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*", ".abc", true),
            ("*", "a/b", false),
            ("*c", "abc", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*b?c*x", "abxbbxdbxebxczzx", true),
            ("a*b?c*x", "abxbbxdbxebxczzy", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^e-g]", "abc", true),
            (r"a\*b", "a*b", true),
            (r"a\*b", "ab", false),
            ("a?b", "aéb", true),
            ("a[^a]b", "a☺b", true),
            ("a?b", "a/b", false),
            (r"[\]a]", "]", true),
            (r"[\-x]", "-", true),
            ("[x-]", "x", false),
            ("[]a]", "]", false),
            ("[", "a", false),
            ("a[", "a", false),
            (r"a\", "a", false),
            ("go.sum*", "go.sum", true),
            ("./a//b/", "a/b", true),
            ("**", "a/b", false),
            ("", "", true),
        ];
        for (pattern, path, expected) in rows {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn many_stars_take_no_more_than_their_time() {
        let pattern = "a*".repeat(200);
        assert!(!matches(&pattern, &"a".repeat(199)));
    }

    #[test]
    fn a_pattern_expands_to_files_and_folders() {
        let files = Files::new([
            ("web/a.js", ""),
            ("web/b.css", ""),
            ("web/lib/c.js", ""),
            ("api/a.js", ""),
            ("go*d", ""),
        ]);
        let found = |pattern| expand(&Rooted::new(&files, ""), pattern);
        let paths = |paths: &[&str]| Some(paths.iter().map(|&path| path.to_owned()).collect());
        assert_eq!(found("*/*.js"), paths(&["api/a.js", "web/a.js"]));
        assert_eq!(
            found("./web/*"),
            paths(&["web/a.js", "web/b.css", "web/lib"])
        );
        assert_eq!(found("web/a.js/*"), paths(&[]));
        assert_eq!(found("w*/lib/c.js"), paths(&["web/lib/c.js"]));
        assert_eq!(found("none/*"), paths(&[]));
        assert_eq!(found(r"go\*d"), paths(&["go*d"]));
        assert_eq!(found("[a"), paths(&[]));
    }

    #[test]
    fn what_nobody_looked_at_is_not_known() {
        let context: &dyn BuildContext = &NoContext::default();
        assert_eq!(expand(&Rooted::new(context, ""), "*.js"), None);
    }
}
