//! Image references, digests, platforms, and what is known of images.

pub mod catalog;
pub mod known;
pub mod retired;

mod digest;
mod error;
mod platform;
mod variables;

use std::fmt;
use std::ops::Range;

pub use digest::{Digest, DigestError};
pub use error::ReferenceError;
pub use platform::{Platform, PlatformError};
pub use variables::variables;

/// The longest tag of the reference grammar.
const LONGEST_TAG: usize = 128;
/// The longest name of the reference grammar.
const LONGEST_NAME: usize = 255;

/// What names an image: `ghcr.io/acme/app:1.2@sha256:…`.
///
/// The grammar is that of <https://pkg.go.dev/github.com/distribution/reference>. Parts may hold variables such as
/// `${VERSION}`, verbatim: then nothing is known of what they become.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    /// The name with the registry, as written: `ghcr.io/acme/app`.
    pub name: String,
    /// The tag: `1.2`.
    pub tag: Option<String>,
    /// The digest. With variables in it, it is whatever stands after the `@`.
    pub digest: Option<Digest>,
}

impl ImageReference {
    /// Reads an image reference.
    ///
    /// # Errors
    /// The text does not follow the grammar. Variables count as text that fits where they stand.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        check_whole(text)?;
        let masked = variables::mask(text);
        let parts = Parts::of(&masked);
        check_name(text, &masked, parts.name.clone())?;
        let written = |range: Range<usize>| text.get(range).unwrap_or_default();
        let tag = parts
            .tag
            .map(|range| check_tag(written(range.clone()), range))
            .transpose()?;
        let digest = parts
            .digest
            .map(|range| check_digest(text, range))
            .transpose()?;
        Ok(Self {
            name: written(parts.name).to_owned(),
            tag,
            digest,
        })
    }

    /// The host of the registry: `docker.io` if the name has none. A first part that holds a variable counts as a host,
    /// since it can be one.
    pub fn registry(&self) -> &str {
        match self.split_registry().0 {
            None | Some("index.docker.io" | "registry-1.docker.io") => "docker.io",
            Some(registry) => registry,
        }
    }

    /// The name without the registry and without the `library/` of Docker's official images.
    pub fn repository(&self) -> &str {
        let (_, repository) = self.split_registry();
        if self.registry() != "docker.io" {
            return repository;
        }
        repository.strip_prefix("library/").unwrap_or(repository)
    }

    /// The one spelling that all references to the same image share, without a digest: `docker.io/library/alpine` and
    /// `alpine` are `alpine:latest`.
    pub fn canonical(&self) -> String {
        let tag = self.tag.as_deref().unwrap_or("latest");
        match (self.registry(), self.repository()) {
            ("docker.io", repository) => format!("{repository}:{tag}"),
            (registry, repository) => format!("{registry}/{repository}:{tag}"),
        }
    }

    /// Whether this is `scratch`, the empty image that exists in no registry.
    pub fn is_scratch(&self) -> bool {
        self.name == "scratch" && self.tag.is_none() && self.digest.is_none()
    }

    /// Whether a part of it is known only when the image is built.
    pub fn has_variables(&self) -> bool {
        !variables(&self.to_string()).is_empty()
    }

    fn split_registry(&self) -> (Option<&str>, &str) {
        match variables::split_outside(&self.name, '/') {
            Some((first, rest)) if is_host(first) || !variables(first).is_empty() => {
                (Some(first), rest)
            }
            _ => (None, &self.name),
        }
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

/// Where the parts of a reference stand.
struct Parts {
    name: Range<usize>,
    tag: Option<Range<usize>>,
    digest: Option<Range<usize>>,
}

impl Parts {
    fn of(text: &str) -> Self {
        let digest = text.find('@').map(|at| at + 1..text.len());
        let end = digest
            .as_ref()
            .map_or(text.len(), |digest| digest.start - 1);
        let before = text.get(..end).unwrap_or_default();
        // The colon of a port, as in `localhost:5000/app`, comes before a slash.
        let path = before.rfind('/').map_or(0, |slash| slash + 1);
        let colon = before
            .get(path..)
            .and_then(|last| last.find(':'))
            .map(|colon| path + colon);
        Self {
            name: 0..colon.unwrap_or(end),
            tag: colon.map(|colon| colon + 1..end),
            digest,
        }
    }
}

/// Whether the first part of a name is a host, as Docker decides it.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost"
}

/// The mistakes that make the parts unrecognizable.
fn check_whole(text: &str) -> Result<(), ReferenceError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(ReferenceError::Empty {
            span: 0..text.len(),
        });
    }
    if let Some((start, space)) = text.char_indices().find(|(_, c)| c.is_whitespace()) {
        let corrected = ImageReference::parse_corrected(trimmed, trimmed != text);
        return Err(ReferenceError::WhiteSpace {
            span: start..start + space.len_utf8(),
            corrected,
        });
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Ok(());
    };
    let is_scheme = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '+' || c == '-');
    if !is_scheme {
        return Ok(());
    }
    // A page of Docker Hub is no image: `hub.docker.com/_/nginx`.
    let is_image = !rest.starts_with("hub.docker.com/");
    Err(ReferenceError::Scheme {
        span: 0..scheme.len() + "://".len(),
        scheme: scheme.to_owned(),
        corrected: ImageReference::parse_corrected(rest, is_image),
    })
}

impl ImageReference {
    /// The text, if it is to be offered and is a reference.
    fn parse_corrected(text: &str, offered: bool) -> Option<String> {
        (offered && Self::parse(text).is_ok()).then(|| text.to_owned())
    }
}

fn check_name(text: &str, masked: &str, range: Range<usize>) -> Result<(), ReferenceError> {
    let name = masked.get(range.clone()).unwrap_or_default();
    let written = text.get(range.clone()).unwrap_or_default();
    if name.is_empty() {
        return Err(ReferenceError::Empty { span: range });
    }
    if name.len() > LONGEST_NAME {
        return Err(ReferenceError::TooLong {
            span: range,
            length: name.len(),
        });
    }
    if name.len() == 64 && name == written && name.bytes().all(digest::is_hex) {
        return Err(ReferenceError::Identifier { span: range });
    }
    let mut start = 0;
    for (index, part) in name.split('/').enumerate() {
        let span = start..start + part.len();
        start = span.end + 1;
        if index == 0 && span.end < name.len() && is_host(part) {
            check_host(text, part, span)?;
        } else {
            check_part(text, part, span)?;
        }
    }
    Ok(())
}

fn check_host(text: &str, host: &str, span: Range<usize>) -> Result<(), ReferenceError> {
    // The colons of an IPv6 address stand in brackets.
    let bracket = host.find(']').map_or(0, |bracket| bracket + 1);
    let colon = host
        .get(bracket..)
        .and_then(|rest| rest.find(':'))
        .map(|colon| bracket + colon);
    let domain = host.get(..colon.unwrap_or(host.len())).unwrap_or_default();
    if !is_domain(domain) {
        return Err(ReferenceError::Host {
            span: span.start..span.start + domain.len(),
            host: slice(text, span.start..span.start + domain.len()),
        });
    }
    let Some(colon) = colon else { return Ok(()) };
    let port = span.start + colon + 1..span.end;
    let written = slice(text, port.clone());
    if variables(&written).is_empty() && !is_port(&written) {
        return Err(ReferenceError::Port {
            span: port,
            port: written,
        });
    }
    Ok(())
}

fn is_domain(domain: &str) -> bool {
    if let Some(address) = domain.strip_prefix('[') {
        return address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn check_part(text: &str, part: &str, span: Range<usize>) -> Result<(), ReferenceError> {
    if is_part(part) {
        return Ok(());
    }
    if is_part(&part.to_ascii_lowercase()) {
        return Err(ReferenceError::UpperCase {
            corrected: lower_name(text),
            part: slice(text, span.clone()),
            span,
        });
    }
    Err(ReferenceError::Part {
        part: slice(text, span.clone()),
        span,
    })
}

/// The reference with a name in lower case, but for its variables.
fn lower_name(text: &str) -> Option<String> {
    let masked = variables::mask(text);
    let end = Parts::of(&masked).name.end;
    let mut corrected = String::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        let is_masked = !masked
            .get(index..)
            .unwrap_or_default()
            .starts_with(character);
        if index < end && !is_masked {
            corrected.push(character.to_ascii_lowercase());
        } else {
            corrected.push(character);
        }
    }
    ImageReference::parse_corrected(&corrected, true)
}

/// Letters and digits in lower case, with `.`, `_`, `__` or any number of `-` between them.
fn is_part(part: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let mut separators = part.split(|c: char| c.is_ascii() && is_letter(c as u8));
    let begins_and_ends = part.bytes().next().is_some_and(is_letter)
        && part.bytes().next_back().is_some_and(is_letter);
    begins_and_ends
        && separators.all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-')
        })
}

fn check_tag(tag: &str, span: Range<usize>) -> Result<String, ReferenceError> {
    let masked = variables::mask(tag);
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_tag = masked.bytes().next().is_some_and(is_word)
        && masked.bytes().all(|b| is_word(b) || b == b'.' || b == b'-')
        && (tag.len() <= LONGEST_TAG || masked != tag);
    if is_tag {
        return Ok(tag.to_owned());
    }
    Err(ReferenceError::Tag {
        span,
        tag: tag.to_owned(),
    })
}

fn check_digest(text: &str, span: Range<usize>) -> Result<Digest, ReferenceError> {
    let written = text.get(span.clone()).unwrap_or_default();
    if !variables(written).is_empty() {
        return Ok(Digest::unknown(written));
    }
    Digest::parse(written).map_err(|error| {
        let before = text.get(..span.start).unwrap_or_default();
        let corrected = error
            .suggestion()
            .map(|(digest, _)| format!("{before}{digest}"));
        ReferenceError::Digest {
            span,
            error,
            corrected,
        }
    })
}

fn slice(text: &str, range: Range<usize>) -> String {
    text.get(range).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Digest, ImageReference};

    const DIGITS: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    fn parse(text: &str) -> ImageReference {
        ImageReference::parse(text).expect(text)
    }

    fn check(text: &str, wrong: &str, message: &str, corrected: Option<(&str, bool)>) {
        let error = ImageReference::parse(text).expect_err(text);
        assert_eq!(&text[error.span()], wrong, "{text}");
        assert_eq!(error.to_string(), message, "{text}");
        let suggestion = error.suggestion();
        let suggestion = suggestion
            .as_ref()
            .map(|(text, safe)| (text.as_str(), *safe));
        assert_eq!(suggestion, corrected, "{text}");
    }

    #[test]
    fn a_reference_is_printed_as_written() {
        let digest = format!("ghcr.io/acme/app:1.2@sha256:{DIGITS}");
        for text in [
            "alpine",
            "alpine:3.21",
            "docker.io/library/alpine:3.21",
            "localhost/app",
            "localhost:5000/app",
            "localhost:5000/app:1",
            "[::1]:5000/app:1",
            "REGISTRY.example.com/app",
            "a__b/c-d/e.f--g:V_1.2-x",
            "${REGISTRY}/app:${TAG:-1.2}",
            "$IMAGE",
            "$HOST:$PORT/app@$DIGEST",
            &digest,
        ] {
            assert_eq!(parse(text).to_string(), text);
        }
    }

    #[test]
    fn the_parts_of_a_reference_are_told_apart() {
        let text = format!("localhost:5000/app:1.2@sha256:{DIGITS}");
        let reference = parse(&text);
        assert_eq!(reference.name, "localhost:5000/app");
        assert_eq!(reference.tag.as_deref(), Some("1.2"));
        let digest = reference.digest.as_ref().map(Digest::as_str);
        assert_eq!(digest, Some(&*format!("sha256:{DIGITS}")));
    }

    #[test]
    fn docker_hub_is_the_registry_of_names_without_one() {
        let parts = |text| {
            let reference = parse(text);
            (
                reference.registry().to_owned(),
                reference.repository().to_owned(),
            )
        };
        let pair = |registry: &str, repository: &str| (registry.to_owned(), repository.to_owned());
        assert_eq!(parts("alpine:3"), pair("docker.io", "alpine"));
        assert_eq!(parts("library/alpine"), pair("docker.io", "alpine"));
        assert_eq!(
            parts("docker.io/library/alpine"),
            pair("docker.io", "alpine")
        );
        assert_eq!(
            parts("index.docker.io/acme/app"),
            pair("docker.io", "acme/app")
        );
        assert_eq!(parts("ghcr.io/library/app"), pair("ghcr.io", "library/app"));
        assert_eq!(parts("localhost:5000/app:1"), pair("localhost:5000", "app"));
        assert_eq!(parts("${R}/app"), pair("${R}", "app"));
        assert_eq!(parts("${R:-a/b}/app"), pair("${R:-a/b}", "app"));
    }

    #[test]
    fn an_image_has_one_canonical_spelling() {
        for alpine in [
            "alpine",
            "alpine:latest",
            "library/alpine",
            "docker.io/alpine",
            "index.docker.io/library/alpine:latest",
        ] {
            assert_eq!(parse(alpine).canonical(), "alpine:latest");
        }
        assert_eq!(parse("acme/app:1").canonical(), "acme/app:1");
        let own = "localhost:5000/library/app:1";
        assert_eq!(parse(own).canonical(), own);
        let pinned = format!("ghcr.io/acme/app:1@sha256:{DIGITS}");
        assert_eq!(parse(&pinned).canonical(), "ghcr.io/acme/app:1");
    }

    #[test]
    fn scratch_is_a_name_without_tag() {
        assert!(parse("scratch").is_scratch());
        assert!(!parse("scratch:1").is_scratch());
        assert!(!parse("acme/scratch").is_scratch());
    }

    #[test]
    fn variables_make_a_reference_uncertain() {
        assert!(parse("golang:${V}-alpine").has_variables());
        assert!(!parse("golang:1-alpine").has_variables());
        let reference = parse("golang:${V:-1:2}-alpine");
        assert_eq!(reference.name, "golang");
        assert_eq!(reference.tag.as_deref(), Some("${V:-1:2}-alpine"));
    }

    #[test]
    fn a_scheme_is_stripped() {
        let message = "an image reference has no `https://`";
        check(
            "https://ghcr.io/acme/app:1",
            "https://",
            message,
            Some(("ghcr.io/acme/app:1", true)),
        );
        check("https://Ghcr", "https://", message, None);
        check(
            "https://hub.docker.com/r/acme/app",
            "https://",
            message,
            None,
        );
    }

    #[test]
    fn white_space_is_trimmed_where_it_surrounds() {
        let message = "an image reference has no white space in it";
        check(" alpine:3\n", " ", message, Some(("alpine:3", true)));
        check("alpine 3", " ", message, None);
        check("alpine\u{a0}", "\u{a0}", message, Some(("alpine", true)));
    }

    #[test]
    fn a_reference_without_a_name_is_reported() {
        let message = "an image reference begins with a name, such as `alpine:3.23`";
        check("", "", message, None);
        check("  ", "  ", message, None);
        check(":1", "", message, None);
        check(&format!("@sha256:{DIGITS}"), "", message, None);
    }

    #[test]
    fn upper_case_is_lowered_in_the_name_only() {
        check(
            "ghcr.io/Acme/app:V1",
            "Acme",
            "`Acme` is not lower case, as image names are",
            Some(("ghcr.io/acme/app:V1", false)),
        );
        check(
            "Alpine${V}é",
            "Alpine${V}é",
            "`Alpine${V}é` is not an image name: `a-z`, `0-9`, and `.`, `_`, `-` between them",
            None,
        );
        check(
            "MyApp${V}:1",
            "MyApp${V}",
            "`MyApp${V}` is not lower case, as image names are",
            Some(("myapp${V}:1", false)),
        );
    }

    #[test]
    fn a_malformed_registry_is_reported() {
        let port = |port: &str| format!("`{port}` is not a port: a number from 1 to 65535");
        check("reg.io:80a/app", "80a", &port("80a"), None);
        check("reg.io:0/app", "0", &port("0"), None);
        check("reg.io:65536/app", "65536", &port("65536"), None);
        check("reg.io:+80/app", "+80", &port("+80"), None);
        let missing = "the port of the registry is missing after `:`";
        check("reg.io:/app", "", missing, None);
        let host = "`-reg.io` is not the host of a registry";
        check("-reg.io:80/app", "-reg.io", host, None);
        check(
            "reg..io/app",
            "reg..io",
            "`reg..io` is not the host of a registry",
            None,
        );
    }

    #[test]
    fn a_malformed_name_is_reported() {
        let part = |part: &str| {
            format!("`{part}` is not an image name: `a-z`, `0-9`, and `.`, `_`, `-` between them")
        };
        for wrong in [
            "app_", "-app", "a..b", "a___b", "a.-b", "a$", "$(date)", "é", "a;b",
        ] {
            check(&format!("acme/{wrong}:1"), wrong, &part(wrong), None);
        }
        let empty = "an image name has no empty part before, after or between `/`";
        for wrong in ["/app", "acme//app", "acme/", "acme/:1"] {
            check(wrong, "", empty, None);
        }
        let long = "a".repeat(256);
        let message = "the image name has 256 bytes, 255 are allowed";
        check(&long, &long, message, None);
        let message = "64 hexadecimal digits are the id of an image, not a name";
        check(DIGITS, DIGITS, message, None);
    }

    #[test]
    fn a_malformed_tag_is_reported() {
        let tag = |tag: &str| format!("`{tag}` is not a tag: letters, digits, `_`, `.` and `-`");
        for wrong in ["-1", ".1", "1:2", "1+2", "é"] {
            check(&format!("alpine:{wrong}"), wrong, &tag(wrong), None);
        }
        check("alpine:", "", "the tag is missing after `:`", None);
        let long = "1".repeat(129);
        let message = "the tag has 129 characters, 128 are allowed";
        check(&format!("alpine:{long}"), &long, message, None);
    }

    #[test]
    fn a_malformed_digest_is_reported() {
        let upper = format!("sha256:{}", DIGITS.to_uppercase());
        check(
            &format!("alpine:3@{upper}"),
            &upper,
            "a digest is `sha256:` and 64 hexadecimal digits, in lower case",
            Some((&format!("alpine:3@sha256:{DIGITS}"), true)),
        );
        check(
            "alpine@sha256:12",
            "sha256:12",
            "a digest is `sha256:` and 64 hexadecimal digits; here are 2",
            None,
        );
        check(
            "alpine@",
            "",
            "a digest is `sha256:` and 64 hexadecimal digits",
            None,
        );
    }

    #[test]
    fn no_text_makes_it_panic() {
        let pieces = [
            "", "a", "A", ":", "/", "@", "$", "{", "}", "é", "\\", " ", "-", "sha256:", "://", "[",
            "]",
        ];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let text = format!("{first}{second}{third}{first}");
                    if let Err(error) = ImageReference::parse(&text) {
                        assert!(text.get(error.span()).is_some(), "{text}");
                        assert!(!error.to_string().is_empty());
                    }
                }
            }
        }
    }
}
