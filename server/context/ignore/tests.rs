//! Patterns and paths, with what Docker makes of them.

use super::{Ignore, Remaining, keeps_any, remaining};
use crate::context::{Files, NoContext, Rooted};

fn ignore(text: &str) -> Ignore {
    let (ignore, errors) = Ignore::parse(text);
    assert_eq!(errors, [], "{text}");
    ignore
}

#[test]
fn paths_are_left_out_as_docker_does() {
    let rows: &[(&str, &[&str], &[&str])] = &[
        // The patterns, what is left out, what stays.
        ("", &[], &["a"]),
        ("a", &["a", "a/b", "a/b/c"], &["b/a", "aa", "A"]),
        ("dist", &["dist", "dist/x"], &["web/dist"]),
        (
            "**/dist",
            &["dist", "web/dist", "a/b/dist/c"],
            &["mydist", "web/mydist"],
        ),
        ("/a", &["a"], &["b/a"]),
        ("//a", &["a"], &[]),
        ("./a/", &["a", "a/b"], &["b"]),
        ("a//b/./c", &["a/b/c"], &["a/b"]),
        ("a/../b", &["b"], &["a"]),
        ("/../a", &["a"], &[]),
        ("../a", &[], &["a"]),
        (".", &[], &["a", ".a"]),
        ("/", &[], &["a"]),
        ("  a \t", &["a"], &[]),
        ("a b", &["a b"], &["a"]),
        ("# a", &[], &["a", "# a"]),
        (" #a", &["#a"], &["a"]),
        ("\\#a", &["#a"], &[]),
        ("\u{feff}a", &["a"], &[]),
        ("\u{feff}#a", &[], &["a", "#a"]),
        ("a\r\nb\r\n", &["a", "b"], &[]),
        ("\n\n  \na", &["a"], &[]),
        ("*", &["a", "a/b", ".git"], &[]),
        ("*.md", &["README.md", ".md"], &["docs/a.md", "a.mdx"]),
        ("*/*.md", &["docs/a.md"], &["a.md", "a/b/c.md"]),
        ("**/*.md", &["a.md", "docs/a.md", "a/b/c.md"], &["a.mdx"]),
        ("a*c", &["ac", "abc", "abc/d"], &["ab/c"]),
        ("a?c", &["abc", "aéc"], &["ac", "a/c"]),
        ("a/*", &["a/b", "a/b/c"], &["a"]),
        ("a/**", &["a/b", "a/b/c"], &["a", "ab"]),
        ("a**", &["a", "ab", "ab/c"], &["b"]),
        ("**", &["a", "a/b", ".git"], &[]),
        ("**/", &["a", "a/b"], &[]),
        ("**/**", &["a", "a/b"], &[]),
        (
            "a/**/b",
            &["a/b", "a/x/b", "a/x/y/b/z"],
            &["a", "ab", "a/xb"],
        ),
        ("**/a/b", &["a/b", "x/a/b"], &["a", "xa/b"]),
        ("**/a/**", &["a/b", "x/a/b"], &["a", "x/a"]),
        ("**a", &["a", "xa", "x/ya"], &["ab"]),
        ("**a/b", &["a/b", "xa/b", "x/ya/b/c"], &["xab", "a/xb"]),
        ("**.b/c", &["a.b/c"], &["ab/c"]),
        ("**a*/b", &["a/b", "x/ay/b"], &["xa/b"]),
        ("a**b", &["ab", "ax/b"], &["axb"]),
        ("a/../../b", &[], &["b", "a"]),
        ("/a/../..//b", &["b"], &["a"]),
        ("a/**/b\n!a/x/b/keep", &["a/b", "a/x/b/c"], &["a/x/b/keep"]),
        ("**/b/\n!**/b/c", &["b/a", "x/b/a"], &["b/c", "x/b/c/d"]),
        ("*\n!*/", &[], &["a", "a/b"]),
        ("*\n!*/*", &["a"], &["a/b", "a/b/c"]),
        ("a \u{a0}", &["a"], &[]),
        ("\u{feff}\u{feff}a", &["\u{feff}a"], &["a"]),
        ("a\\ b", &["a b"], &["a"]),
        ("x[^a]b", &["xyb", "x/b"], &["xab"]),
        ("a\r", &["a"], &["a\r"]),
        ("**/*a*/b", &["xay/b", "q/a/b"], &["a", "x/b"]),
        ("***", &["a", "a/b"], &[]),
        ("*.go/**", &["a.go/b"], &["a.go"]),
        ("[a-c]", &["a", "b", "c/d"], &["d", "-"]),
        ("[^a-c]", &["d"], &["a"]),
        ("[!a]", &["!", "a"], &["b"]),
        ("[ab]c[0-9]", &["ac1", "bc9"], &["cc1", "ac"]),
        ("[\\]]", &["]"], &["\\"]),
        ("a]", &["a]"], &[]),
        ("\\*", &["*"], &["a"]),
        ("a\\?", &["a?"], &["ab"]),
        ("a.b", &["a.b"], &["axb"]),
        ("(a|b)+$", &["(a|b)+$"], &["a"]),
        ("{a,b}", &["{a,b}"], &["a"]),
        ("É", &["É"], &["é"]),
        ("*\n!a", &["b", "b/a"], &["a", "a/b"]),
        ("!a\n*", &["a", "b"], &[]),
        ("a\n!a/b", &["a", "a/c"], &["a/b", "a/b/c"]),
        ("a\n!a/b\na/b/c", &["a/c", "a/b/c"], &["a/b", "a/b/d"]),
        ("a/b\n!a", &[], &["a", "a/b", "a/b/c"]),
        ("*\n! a", &["b"], &["a"]),
        ("*\n!./a/", &["b"], &["a"]),
        ("*\n!/a", &["b"], &["a"]),
        ("*\n!**/*.go", &["a", "a/b"], &["x.go", "a/b/x.go"]),
        (
            "*.md\n!README*.md\nREADME-secret.md",
            &["a.md", "README-secret.md"],
            &["README.md", "README-x.md"],
        ),
        ("!!a", &[], &["!a", "a"]),
        ("*\n!!a", &["a"], &["!a"]),
        ("*\n/!a", &["b"], &["a"]),
        ("*\n./!a", &["b"], &["a"]),
        ("!../../a", &["a"], &["b"]),
        ("**\n!.", &["a"], &[]),
        (".*", &[".git", ".env", ".git/config"], &["a/.env", "a"]),
        ("**/.env*", &[".env", "a/.env.local"], &["env"]),
        ("node_modules", &["node_modules/a"], &["web/node_modules/a"]),
    ];
    for (text, excluded, kept) in rows {
        let ignore = ignore(text);
        for path in *excluded {
            assert!(ignore.excludes(path), "{text:?} leaves {path:?} out");
        }
        for path in *kept {
            assert!(!ignore.excludes(path), "{text:?} keeps {path:?}");
        }
    }
}

#[test]
fn the_context_root_is_never_left_out() {
    for text in ["*", "**", "."] {
        assert!(!ignore(text).excludes(""), "{text}");
    }
}

#[test]
fn the_last_pattern_that_matches_decides() {
    let text = "\u{feff}# web\n  **/dist \r\n!web/dist/keep\n";
    let ignore = ignore(text);
    let decision = |path| {
        ignore
            .decision(path)
            .map(|pattern| &text[pattern.span.clone()])
    };
    assert_eq!(decision("web/dist/a.js"), Some("**/dist"));
    assert_eq!(decision("web/dist/keep/a.js"), Some("!web/dist/keep"));
    assert_eq!(decision("web"), None);
    let excluded_by = |path| {
        ignore
            .excluded_by(path)
            .map(|pattern| pattern.text.as_str())
    };
    assert_eq!(excluded_by("web/dist/a.js"), Some("**/dist"));
    assert_eq!(excluded_by("web/dist/keep/a.js"), None);
}

#[test]
fn malformed_patterns_are_reported_and_left_out() {
    let class = "is malformed: a class is written `[abc]`, `[a-z]` or `[^a]`";
    let rows = [
        (
            "!",
            "`!` takes nothing back in: `!` needs a pattern".to_owned(),
        ),
        (
            "!  ",
            "`!` takes nothing back in: `!` needs a pattern".to_owned(),
        ),
        (
            "!/",
            "`!/` takes nothing back in: `!` needs a pattern".to_owned(),
        ),
        ("[a", format!("`[a` {class}")),
        ("[]", format!("`[]` {class}")),
        ("[a-]", format!("`[a-]` {class}")),
        ("[-a]", format!("`[-a]` {class}")),
        (
            "a\\",
            "`a\\` is malformed: nothing follows the `\\` at its end".to_owned(),
        ),
    ];
    for (pattern, message) in rows {
        let text = format!("a\n {pattern}\nb");
        let (ignore, errors) = Ignore::parse(&text);
        let found: Vec<_> = errors
            .iter()
            .map(|error| (&text[error.span.clone()], error.message.as_str()))
            .collect();
        assert_eq!(found, [(pattern.trim(), message.as_str())]);
        assert_eq!(ignore.patterns().len(), 2, "{pattern}");
    }
}

#[test]
fn something_may_come_back_only_through_a_later_exception() {
    let rows = [
        ("a", "a", false),
        ("a", "a/b", false),
        ("a", "b", true),
        ("a\n!a/b", "a", true),
        ("a\n!a/b/c", "a/b", true),
        ("a\n!a/b", "a/c", false),
        ("a\n!b", "a", false),
        ("!a/b\na", "a", false),
        ("a\n!**/b", "a/x", true),
        ("*\n!a", "b", false),
        ("*\n!b/*/c", "b", true),
        ("*\n!b/*/c", "b/x", true),
        ("*", "", true),
    ];
    for (text, folder, expected) in rows {
        assert_eq!(
            ignore(text).may_keep_below(folder),
            expected,
            "{text:?} {folder}"
        );
    }
}

fn left(text: &str, path: &str) -> (usize, usize, Option<bool>) {
    let files = Files::new([
        ("web/dist/a.js", ""),
        ("web/dist/b.js", ""),
        ("web/index.html", ""),
        ("go.mod", ""),
    ]);
    let rooted = Rooted::new(&files, "");
    let ignore = ignore(text);
    let remaining = remaining(&rooted, &ignore, path);
    assert!(!remaining.bounded);
    let any = keeps_any(&rooted, &ignore, path);
    (remaining.files_on_disk, remaining.files_left, any)
}

#[test]
fn the_files_that_remain_are_counted() {
    assert_eq!(left("", ""), (4, 4, Some(true)));
    assert_eq!(left("**/dist", ""), (4, 2, Some(true)));
    assert_eq!(left("**/dist", "web/dist"), (2, 0, Some(false)));
    assert_eq!(left("**/dist\n!**/a.js", "web/dist/"), (2, 1, Some(true)));
    assert_eq!(left("go.mod", "go.mod"), (1, 0, Some(false)));
    assert_eq!(left("*\n!web/index.html", "web"), (3, 1, Some(true)));
    assert_eq!(left("", "none"), (0, 0, Some(false)));
}

#[test]
fn what_nobody_looked_at_is_not_counted() {
    let nothing = NoContext::default();
    let rooted = Rooted::new(&nothing, "");
    let unknown = Remaining {
        bounded: true,
        ..Remaining::default()
    };
    assert_eq!(remaining(&rooted, &ignore("a"), "a"), unknown);
    assert_eq!(keeps_any(&rooted, &ignore("a"), "a"), None);
}

#[test]
fn a_count_ends_after_ten_thousand_entries() {
    let files =
        Files::new((0..120).flat_map(|folder| {
            (0..100).map(move |file| (format!("{folder}/{file}"), String::new()))
        }));
    let count = remaining(&Rooted::new(&files, ""), &ignore("*"), "");
    assert!(count.bounded);
    assert_eq!(count.files_left, 0);
}

#[test]
fn long_patterns_take_no_more_than_their_time() {
    let ignore = ignore(&format!("{}/b", "**/a".repeat(100)));
    assert!(!ignore.excludes(&"a/".repeat(500)));
}
