//! Credentials that are known by their form, wherever in a text they stand.

use std::ops::Range;

use crate::text::Span;

/// Known kinds of token: what they begin with, how many characters follow at least, and what they are.
const TOKENS: &[(&str, usize, &str)] = &[
    ("ghp_", 30, "a GitHub token"),
    ("gho_", 30, "a GitHub token"),
    ("ghu_", 30, "a GitHub token"),
    ("ghs_", 30, "a GitHub token"),
    ("ghr_", 30, "a GitHub token"),
    ("github_pat_", 30, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("gldt-", 20, "a GitLab token"),
    ("glrt-", 20, "a GitLab token"),
    ("AKIA", 16, "an AWS access key"),
    ("ASIA", 16, "an AWS access key"),
    ("xoxb-", 20, "a Slack token"),
    ("xoxp-", 20, "a Slack token"),
    ("xoxa-", 20, "a Slack token"),
    ("xoxr-", 20, "a Slack token"),
    ("xoxs-", 20, "a Slack token"),
    ("xapp-", 20, "a Slack token"),
    ("sk_live_", 16, "a Stripe key"),
    ("sk_test_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("npm_", 36, "an npm token"),
    ("pypi-AgE", 40, "a PyPI token"),
    ("AIza", 35, "a Google API key"),
    ("GOCSPX-", 20, "a Google client secret"),
    ("dckr_pat_", 20, "a Docker Hub token"),
    ("dop_v1_", 40, "a DigitalOcean token"),
    ("SG.", 40, "a SendGrid key"),
    ("sk-ant-", 20, "an API key"),
    ("sk-proj-", 20, "an API key"),
];

/// A credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// What it is, with its article.
    pub kind: &'static str,
    /// Where it stands.
    pub range: Range<usize>,
}

/// What kind of credential a value holds, if its form says so.
pub fn token_kind(value: &str) -> Option<&'static str> {
    tokens(value).first().map(|token| token.kind)
}

/// The credentials in a text whose form alone says that they are some, in order.
pub fn tokens(text: &str) -> Vec<Credential> {
    let mut found = prefixed(text);
    let of_kind = |kind| {
        move |span: Span| Credential {
            kind,
            range: span.range(),
        }
    };
    found.extend(
        web_tokens(text)
            .into_iter()
            .map(of_kind("a JSON web token")),
    );
    found.extend(private_keys(text).into_iter().map(of_kind("a private key")));
    found.sort_by_key(|it| it.range.start);
    found
}

fn is_json_web_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [head, body, signature]
        if head.starts_with("eyJ") && body.starts_with("eyJ") && head.len() >= 10 && signature.len() >= 20)
}

/// Whether it only shows what a token looks like.
fn is_placeholder(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let mut letters = lower.chars();
    let first = letters.next();
    lower.contains("example") || lower.contains("xxxx") || letters.all(|it| Some(it) == first)
}

/// The places of all credentials in a text, in order; they do not overlap.
pub fn credentials(text: &str) -> Vec<Span> {
    let tokens = tokens(text).into_iter();
    let mut places: Vec<Span> = tokens
        .map(|it| Span::new(it.range.start, it.range.end))
        .collect();
    places.extend(logins(text));
    places.extend(aws_secrets(text));
    places.sort_unstable();
    let mut apart: Vec<Span> = Vec::new();
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start <= last.end => *last = last.cover(place),
            _ => apart.push(place),
        }
    }
    apart
}

/// Tokens with a prefix of the table. What stands before may be a word of its own: `token-ghp_…`.
fn prefixed(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    for start in beginnings(text) {
        let Some(text) = text.get(start..) else {
            continue;
        };
        for (prefix, length, kind) in TOKENS {
            let Some(rest) = text.strip_prefix(prefix).map(word) else {
                continue;
            };
            if rest.len() >= *length && !is_placeholder(rest) {
                let range = start..start + prefix.len() + rest.len();
                found.push(Credential { kind, range });
            }
        }
    }
    found
}

/// JSON web tokens.
fn web_tokens(text: &str) -> Vec<Span> {
    let begun = begun_by(text, "eyJ");
    let words = begun.map(|(start, rest)| (start, 3 + word(rest).len()));
    words
        .filter(|(start, length)| {
            text.get(*start..start + length)
                .is_some_and(is_json_web_token)
        })
        .map(|(start, length)| Span::new(start, start + length))
        .collect()
}

/// Where a token of the table may begin: at such a letter that is not inside a word. Most texts have few of them, and
/// this is asked of every text.
fn beginnings(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let may_begin = move |(start, byte): (usize, &u8)| {
        let is_one = FIRST_LETTERS.contains(byte) && is_word_start(text, start);
        is_one.then_some(start)
    };
    bytes.iter().enumerate().filter_map(may_begin)
}

/// The letters that the tokens of the table begin with.
const FIRST_LETTERS: &[u8] = b"gAxsrnpGdS";

/// Where a text has a prefix that is not the end of a longer word, and what follows it.
fn begun_by<'a>(text: &'a str, prefix: &str) -> impl Iterator<Item = (usize, &'a str)> {
    let length = prefix.len();
    text.match_indices(prefix).filter_map(move |(start, _)| {
        is_word_start(text, start).then_some((start, text.get(start + length..)?))
    })
}

/// Whether a word may begin at a place of a text.
fn is_word_start(text: &str, start: usize) -> bool {
    let before = text.as_bytes().get(..start).unwrap_or_default();
    match before {
        // Behind an escaped line break comes a new word: the `n` belongs to the escape.
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., last] => !last.is_ascii_alphanumeric(),
        [] => true,
    }
}

/// The characters of tokens that a text begins with.
fn word(text: &str) -> &str {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    let end = text.find(|character| !is_part(character));
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .trim_end_matches('.')
}

/// Private keys, from the first line to the last; without a last one to where it can't go on.
fn private_keys(text: &str) -> Vec<Span> {
    const BEGIN: &str = "-----BEGIN ";
    const KEY: &str = "PRIVATE KEY-----";
    let is_part = |character: char| {
        character.is_ascii_alphanumeric() || "+/=\\-:,. \t\r\n".contains(character)
    };
    let mut places = Vec::new();
    for (start, _) in text.match_indices(BEGIN) {
        let rest = text.get(start + BEGIN.len()..).unwrap_or_default();
        let Some(head) = rest.find(KEY).filter(|length| *length <= 20) else {
            continue;
        };
        let body = rest.get(head + KEY.len()..).unwrap_or_default();
        let longest = body.find(|it| !is_part(it)).unwrap_or(body.len());
        let end = body
            .get(..longest)
            .and_then(|body| body.find(KEY))
            .map_or(longest, |end| end + KEY.len());
        let length = BEGIN.len() + head + KEY.len() + end;
        places.push(Span::new(start, start + length));
    }
    places
}

/// `user:password` in front of the host of a url; a variable is no password.
fn logins(text: &str) -> Vec<Span> {
    let mut places = Vec::new();
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let rest = text.get(start..).unwrap_or_default();
        let ends = |it: char| it.is_whitespace() || "/?#\"'`\\;&|()<>".contains(it);
        let authority = rest.get(..rest.find(ends).unwrap_or(rest.len()));
        let Some((login, _)) = authority.unwrap_or_default().rsplit_once('@') else {
            continue;
        };
        let has_password = login
            .split_once(':')
            .is_some_and(|(_, password)| !password.is_empty() && !password.contains('$'));
        if has_password {
            places.push(Span::new(start, start + login.len()));
        }
    }
    places
}

/// The addresses in a text that carry a password, `scheme://user:password@host`: from the scheme to the `@`. What only
/// shows the form is no password.
pub fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for login in logins(text) {
        let password = login.of(text).split_once(':').map(|(_, password)| password);
        let before = text.get(..login.start as usize).unwrap_or_default();
        let scheme = before.strip_suffix("://").unwrap_or_default();
        let is_scheme = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
        let start = scheme.trim_end_matches(is_scheme).len();
        if password.is_some_and(is_password) {
            found.push(start..login.end as usize + 1);
        }
    }
    found
}

fn is_password(text: &str) -> bool {
    let is_shown = text
        .chars()
        .all(|it| matches!(it, '*' | '.' | 'x' | 'X' | '…'));
    !is_shown && !text.contains(['$', '{'])
}

/// Secret keys of AWS: 40 characters without a mark of their own, so they count only in a text that speaks of such keys.
fn aws_secrets(text: &str) -> Vec<Span> {
    const LENGTH: usize = 40;
    let lower = text.to_ascii_lowercase();
    let speaks_of_them = lower.contains("secret_access_key")
        || lower.contains("aws_secret")
        || ["AKIA", "ASIA"].iter().any(|it| text.contains(it));
    if !speaks_of_them {
        return Vec::new();
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+".contains(byte);
    let mut places = Vec::new();
    let mut start = 0;
    for word in text.as_bytes().split(|byte| !is_part(byte)) {
        let is_mixed = word.iter().any(u8::is_ascii_uppercase)
            && word.iter().any(u8::is_ascii_lowercase)
            && word.iter().any(u8::is_ascii_digit);
        if word.len() == LENGTH && is_mixed && !word.ends_with(b"EXAMPLEKEY") {
            places.push(Span::new(start, start + LENGTH));
        }
        start += word.len() + 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{FIRST_LETTERS, TOKENS, credentials, passwords, tokens};

    #[test]
    fn every_kind_of_token_is_looked_for() {
        for (prefix, length, kind) in TOKENS {
            assert!(FIRST_LETTERS.contains(&prefix.as_bytes()[0]), "{prefix}");
            let token = format!("{prefix}{}", "0a1B2c3D4e".repeat(4));
            assert!(token.len() >= prefix.len() + length);
            for text in [token.clone(), format!("é😀 \\n{token}\"")] {
                let found: Vec<_> = tokens(&text).into_iter().map(|it| it.kind).collect();
                assert_eq!(found, [*kind], "{text}");
            }
            assert!(tokens(&format!("a{token}")).is_empty(), "{prefix}");
        }
    }

    fn found(text: &str) -> Vec<&str> {
        credentials(text)
            .into_iter()
            .map(|span| span.of(text))
            .collect()
    }

    #[test]
    fn tokens_are_found_inside_of_words_and_sentences() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let text = format!("tool-{token}. x\\n{token}\" = '{token}'");
        assert_eq!(found(&text), [&token, &token, &token]);
        assert!(found(&format!("a{token}")).is_empty());
        assert!(found(&format!("ghp_{}", "x".repeat(40))).is_empty());
    }

    #[test]
    fn a_login_needs_a_password_that_is_none_of_a_variable() {
        assert_eq!(
            found("git clone https://me:hunter2@example.com/x"),
            ["me:hunter2"]
        );
        assert!(
            found("https://me@example.com https://me:$X@example.com http://a:80/b@c").is_empty()
        );
    }

    #[test]
    fn a_private_key_ends_where_it_says_so_or_with_its_string() {
        let (head, end) = (
            ["-----BEGIN RSA PRIVATE", " KEY-----"].concat(),
            ["-----END RSA PRIVATE", " KEY-----"].concat(),
        );
        let whole = format!("{head}\nMIIEpAIBAAKCAQEA\n{end}");
        assert_eq!(
            found(&format!("a = \"\"\"{whole}\n\"\"\"\nb = 1")),
            [&whole]
        );
        let cut = format!("{head}\\nMIIEpAIBAAKCAQEA");
        assert_eq!(found(&format!("a = \"{cut}\"\nb = 1")), [&cut]);
    }

    #[test]
    fn forty_characters_are_a_secret_only_beside_their_key() {
        let secret = "wJalrXUtnFEMI0K7MDENG/bPxRfiCYzz9A1b2C3d";
        assert!(found(secret).is_empty());
        assert_eq!(found(&format!("AWS_SECRET={secret}")), [secret]);
    }

    #[test]
    fn a_token_has_its_place() {
        let token = format!("ghp_{}", "0a1B2c3D4e".repeat(4));
        let text = format!("é \"{token}\", {token}");
        let found: Vec<&str> = tokens(&text)
            .iter()
            .map(|it| &text[it.range.clone()])
            .collect();
        assert_eq!(found, [token.as_str(), token.as_str()]);
    }

    #[test]
    fn a_private_key_is_one_credential() {
        let text = "x -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- y";
        let found = tokens(text);
        assert_eq!(found.len(), 1);
        assert!(text[found[0].range.clone()].ends_with("END RSA PRIVATE KEY-----"));
        assert_eq!(tokens("echo -----BEGIN PUBLIC KEY-----"), []);
    }

    #[test]
    fn passwords_in_addresses() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = passwords(text).into_iter().map(|it| &text[it]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("a https://me:hunter2@x/ b", &["https://me:hunter2@"]);
        check("'git+ssh://a:p%40b@x'", &["git+ssh://a:p%40b@"]);
        check(
            "https://:pw@x postgres://a:b@c",
            &["https://:pw@", "postgres://a:b@"],
        );
        check("https://me:$TOKEN@x https://me@x https://x:80/a@b", &[]);
        check("https://me:@x https://me:***@x https://a:{{b}}@x", &[]);
        check("ssh://git@x:22/a 'a://b c:d@e'", &[]);
    }
}
