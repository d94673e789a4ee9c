//! What credentials look like: the tokens of well-known services, private keys, and passwords in addresses.

use std::ops::Range;

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

/// The credentials in a text whose form says that they are some.
pub fn tokens(text: &str) -> Vec<Credential> {
    let mut found: Vec<Credential> = private_key(text).into_iter().collect();
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    let mut at = 0;
    for word in text.split(|character| !is_part(character)) {
        let range = at..at + word.len();
        at = range.end;
        at += text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        found.extend(kind_of(word).map(|kind| Credential { kind, range }));
    }
    found
}

/// A private key in its usual form, from its first line to its last.
fn private_key(text: &str) -> Option<Credential> {
    let start = text.find("-----BEGIN ")?;
    let rest = text.get(start..)?;
    let head = rest.find("PRIVATE KEY-----")?;
    let end = rest
        .rfind("PRIVATE KEY-----")
        .map_or(head, |end| end.max(head))
        + "PRIVATE KEY-----".len();
    // Without its end all that follows may be the key.
    let end = if rest.contains("-----END ") {
        end
    } else {
        rest.len()
    };
    Some(Credential {
        kind: "a private key",
        range: start..start + end,
    })
}

fn kind_of(word: &str) -> Option<&'static str> {
    if is_json_web_token(word) {
        return Some("a JSON web token");
    }
    let token = TOKENS.iter().find(|(prefix, length, _)| {
        let rest = word.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.len() >= *length && !is_placeholder(rest))
    });
    token.map(|(_, _, kind)| *kind)
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

/// The addresses in a text that carry a password, `scheme://user:password@host`: from the scheme to the `@`. A variable
/// or what only shows the form is no password.
pub fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let before = text.get(..at).unwrap_or_default();
        let is_scheme = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
        let scheme = before.len() - before.trim_end_matches(is_scheme).len();
        let start = at + "://".len();
        let rest = text.get(start..).unwrap_or_default();
        let ends = |it: char| it.is_whitespace() || "/?#\"'`\\;&|()<>".contains(it);
        let authority = rest.split(ends).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else {
            continue;
        };
        let password = user.split_once(':').map(|(_, password)| password);
        if password.is_some_and(is_password) {
            found.push(at - scheme..start + user.len() + 1);
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

#[cfg(test)]
mod tests {
    use super::{passwords, tokens};

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
