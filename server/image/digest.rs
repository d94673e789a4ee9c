//! The digest of an image.

use std::fmt;

const PREFIX: &str = "sha256:";
const DIGITS: usize = 64;

/// `sha256:` and 64 lower-case hexadecimal digits: what an image is, whatever its tag says later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// Reads a digest.
    ///
    /// # Errors
    /// The text is not `sha256:` and 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let Some(digits) = text.strip_prefix(PREFIX) else {
            return Err(DigestError::without_prefix(text));
        };
        if digits.bytes().all(is_hex) && digits.len() == DIGITS {
            return Ok(Self(text.to_owned()));
        }
        Err(DigestError::of_digits(digits))
    }

    /// What stands for a digest that is known only when the image is built.
    pub(super) fn unknown(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The whole digest, with `sha256:`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestError {
    /// It is one but for upper case, white space around it or the missing `sha256:`.
    Spelling {
        /// The digest that is meant.
        corrected: String,
    },
    /// It does not begin with `sha256:`.
    Algorithm {
        /// What stands before the colon, if there is one.
        found: Option<String>,
    },
    /// It has another number of digits.
    Length {
        /// How many there are.
        found: usize,
    },
    /// It holds something else than hexadecimal digits.
    Character {
        /// The first such character.
        found: char,
    },
}

impl DigestError {
    fn without_prefix(text: &str) -> Self {
        let trimmed = text.trim().to_ascii_lowercase();
        let digits = trimmed.strip_prefix(PREFIX).unwrap_or(&trimmed);
        if digits.len() == DIGITS && digits.bytes().all(is_hex) {
            return Self::Spelling {
                corrected: format!("{PREFIX}{digits}"),
            };
        }
        Self::Algorithm {
            found: text.split_once(':').map(|(before, _)| before.to_owned()),
        }
    }

    fn of_digits(digits: &str) -> Self {
        let lowered = digits.trim().to_ascii_lowercase();
        let wrong = lowered.chars().find(|c| !c.is_ascii_hexdigit());
        match wrong {
            Some(found) => Self::Character { found },
            None if lowered.len() == DIGITS => Self::Spelling {
                corrected: format!("{PREFIX}{lowered}"),
            },
            None => Self::Length {
                found: lowered.len(),
            },
        }
    }

    /// The digest that is certainly meant, and whether that is safe: it is.
    pub fn suggestion(&self) -> Option<(String, bool)> {
        match self {
            Self::Spelling { corrected } => Some((corrected.clone(), true)),
            _ => None,
        }
    }
}

impl fmt::Display for DigestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spelling { .. } => formatter
                .write_str("a digest is `sha256:` and 64 hexadecimal digits, in lower case"),
            Self::Algorithm { found: Some(found) } => write!(
                formatter,
                "a digest is `sha256:` and 64 hexadecimal digits, not `{found}:`"
            ),
            Self::Algorithm { found: None } => {
                formatter.write_str("a digest is `sha256:` and 64 hexadecimal digits")
            }
            Self::Length { found } => write!(
                formatter,
                "a digest is `sha256:` and 64 hexadecimal digits; here are {found}"
            ),
            Self::Character { found } => write!(
                formatter,
                "a digest is `sha256:` and 64 hexadecimal digits; `{found}` is none"
            ),
        }
    }
}

impl std::error::Error for DigestError {}

/// A hexadecimal digit in lower case.
pub(super) fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::Digest;

    const DIGITS: &str = "c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88";

    fn check(text: &str, message: &str, corrected: Option<&str>) {
        let error = Digest::parse(text).expect_err("the digest is wrong");
        assert_eq!(error.to_string(), message);
        let suggestion = error.suggestion().map(|(text, _)| text);
        assert_eq!(suggestion.as_deref(), corrected);
    }

    #[test]
    fn a_digest_is_printed_as_written() {
        let text = format!("sha256:{DIGITS}");
        let digest = Digest::parse(&text).expect("the digest is right");
        assert_eq!(digest.to_string(), text);
        assert_eq!(digest.as_str(), text);
    }

    #[test]
    fn what_is_certainly_meant_is_offered() {
        let right = format!("sha256:{DIGITS}");
        let message = "a digest is `sha256:` and 64 hexadecimal digits, in lower case";
        let upper = right.to_ascii_uppercase();
        let blank = format!("sha256:{DIGITS} ");
        for wrong in [DIGITS, &upper, &blank] {
            check(wrong, message, Some(&right));
        }
    }

    #[test]
    fn other_mistakes_are_named() {
        let digest = "a digest is `sha256:` and 64 hexadecimal digits";
        check("", digest, None);
        check("sha512:ab", &format!("{digest}, not `sha512:`"), None);
        check("sha256:abc", &format!("{digest}; here are 3"), None);
        check("sha256:xyz", &format!("{digest}; `x` is none"), None);
        check("sha256:", &format!("{digest}; here are 0"), None);
    }
}
