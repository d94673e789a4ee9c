//! What can be wrong with an image reference.

use std::fmt;
use std::ops::Range;

use super::DigestError;

/// Why a text is not an image reference. Spans are byte ranges of that text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceError {
    /// There is no name.
    Empty {
        /// Where it would stand.
        span: Range<usize>,
    },
    /// A blank, tab or line break.
    WhiteSpace {
        /// The first one.
        span: Range<usize>,
        /// The reference without the white space around it, if it is one then.
        corrected: Option<String>,
    },
    /// It begins like a url.
    Scheme {
        /// The scheme with `://`.
        span: Range<usize>,
        /// The scheme, `https`.
        scheme: String,
        /// The reference without the scheme, if it is one then.
        corrected: Option<String>,
    },
    /// A part of the name is not in lower case.
    UpperCase {
        /// The part of the name.
        span: Range<usize>,
        /// That part.
        part: String,
        /// The reference with its name in lower case, if it is one then.
        corrected: Option<String>,
    },
    /// The host of the registry is none.
    Host {
        /// The host.
        span: Range<usize>,
        /// As written.
        host: String,
    },
    /// The port of the registry is none.
    Port {
        /// The port.
        span: Range<usize>,
        /// As written.
        port: String,
    },
    /// A part of the name between slashes is malformed.
    Part {
        /// The part.
        span: Range<usize>,
        /// As written.
        part: String,
    },
    /// The name has too many bytes.
    TooLong {
        /// The name.
        span: Range<usize>,
        /// How many bytes it has.
        length: usize,
    },
    /// The name is the id of an image on somebody's machine.
    Identifier {
        /// The id.
        span: Range<usize>,
    },
    /// The tag is malformed.
    Tag {
        /// The tag.
        span: Range<usize>,
        /// As written.
        tag: String,
    },
    /// The digest is malformed.
    Digest {
        /// The digest.
        span: Range<usize>,
        /// What is wrong with it.
        error: DigestError,
        /// The reference with the corrected digest, if it can be corrected.
        corrected: Option<String>,
    },
}

impl ReferenceError {
    /// The bytes of the reference that are wrong.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Empty { span }
            | Self::WhiteSpace { span, .. }
            | Self::Scheme { span, .. }
            | Self::UpperCase { span, .. }
            | Self::Host { span, .. }
            | Self::Port { span, .. }
            | Self::Part { span, .. }
            | Self::TooLong { span, .. }
            | Self::Identifier { span }
            | Self::Tag { span, .. }
            | Self::Digest { span, .. } => span.clone(),
        }
    }

    /// The whole reference, corrected, and whether that is safe: the intent is certain.
    pub fn suggestion(&self) -> Option<(String, bool)> {
        let (corrected, safe) = match self {
            Self::WhiteSpace { corrected, .. }
            | Self::Scheme { corrected, .. }
            | Self::Digest { corrected, .. } => (corrected, true),
            Self::UpperCase { corrected, .. } => (corrected, false),
            _ => return None,
        };
        corrected.clone().map(|corrected| (corrected, safe))
    }
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { .. } => {
                formatter.write_str("an image reference begins with a name, such as `alpine:3.23`")
            }
            Self::WhiteSpace { .. } => {
                formatter.write_str("an image reference has no white space in it")
            }
            Self::Scheme { scheme, .. } => {
                write!(formatter, "an image reference has no `{scheme}://`")
            }
            Self::UpperCase { part, .. } => {
                write!(formatter, "`{part}` is not lower case, as image names are")
            }
            Self::Host { host, .. } => write!(formatter, "`{host}` is not the host of a registry"),
            Self::Port { port, .. } if port.is_empty() => {
                formatter.write_str("the port of the registry is missing after `:`")
            }
            Self::Port { port, .. } => {
                write!(
                    formatter,
                    "`{port}` is not a port: a number from 1 to 65535"
                )
            }
            Self::Part { part, .. } if part.is_empty() => {
                formatter.write_str("an image name has no empty part before, after or between `/`")
            }
            Self::Part { part, .. } => write!(
                formatter,
                "`{part}` is not an image name: `a-z`, `0-9`, and `.`, `_`, `-` between them"
            ),
            Self::TooLong { length, .. } => write!(
                formatter,
                "the image name has {length} bytes, 255 are allowed"
            ),
            Self::Identifier { .. } => {
                formatter.write_str("64 hexadecimal digits are the id of an image, not a name")
            }
            Self::Tag { tag, .. } if tag.is_empty() => {
                formatter.write_str("the tag is missing after `:`")
            }
            Self::Tag { tag, .. } if tag.len() > super::LONGEST_TAG => write!(
                formatter,
                "the tag has {} characters, 128 are allowed",
                tag.chars().count()
            ),
            Self::Tag { tag, .. } => write!(
                formatter,
                "`{tag}` is not a tag: letters, digits, `_`, `.` and `-`"
            ),
            Self::Digest { error, .. } => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReferenceError {}
