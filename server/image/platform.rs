//! What an image runs on.

use std::fmt;
use std::ops::Range;

/// The operating systems and architectures that Go and container images share, as `go tool dist list` prints them.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "linux",
        &[
            "amd64", "arm64", "arm", "386", "loong64", "mips", "mips64", "mips64le", "mipsle",
            "ppc64", "ppc64le", "riscv64", "s390x",
        ],
    ),
    ("windows", &["amd64", "arm64", "arm", "386"]),
    ("darwin", &["amd64", "arm64"]),
    ("freebsd", &["amd64", "arm64", "arm", "386", "riscv64"]),
    ("netbsd", &["amd64", "arm64", "arm", "386"]),
    (
        "openbsd",
        &["amd64", "arm64", "arm", "386", "ppc64", "riscv64"],
    ),
    ("dragonfly", &["amd64"]),
    ("illumos", &["amd64"]),
    ("solaris", &["amd64"]),
    ("aix", &["ppc64"]),
    ("android", &["amd64", "arm64", "arm", "386"]),
    ("ios", &["amd64", "arm64"]),
    ("plan9", &["amd64", "arm", "386"]),
    ("js", &["wasm"]),
    ("wasip1", &["wasm"]),
];

/// The variants of the OCI image index, and those that Go adds in `GOARM`, `GOAMD64` and `GOARM64`.
const VARIANTS: &[(&str, &[&str])] = &[
    ("arm", &["v5", "v6", "v7", "v8"]),
    ("arm64", &["v8", "v9"]),
    ("amd64", &["v1", "v2", "v3", "v4"]),
];

/// Other names of architectures, and what images call them.
const OTHER_ARCHITECTURES: &[(&str, &str)] = &[
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("x64", "amd64"),
    ("aarch64", "arm64"),
    ("armhf", "arm/v7"),
    ("armv7", "arm/v7"),
    ("armv7l", "arm/v7"),
    ("armv6", "arm/v6"),
    ("armv6l", "arm/v6"),
    ("armel", "arm/v6"),
    ("i386", "386"),
    ("i686", "386"),
    ("x86", "386"),
    ("loongarch64", "loong64"),
    ("powerpc64le", "ppc64le"),
];

/// What an image runs on, such as `linux/arm64/v8`, in Go's names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system: `linux`.
    pub os: String,
    /// The architecture: `arm64`.
    pub architecture: String,
    /// The variant of the architecture: `v8`.
    pub variant: Option<String>,
}

impl Platform {
    /// Reads `os/architecture` or `os/architecture/variant`.
    ///
    /// # Errors
    /// The text has another form, or a name is not one of Go's and the OCI's.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            [os, architecture] => (*os, *architecture, None),
            [os, architecture, variant] => (*os, *architecture, Some(*variant)),
            _ => return Err(PlatformError::new(text, Part::Whole, 0..text.len())),
        };
        let error = |part, start: usize, name: &str| {
            Err(PlatformError::new(text, part, start..start + name.len()))
        };
        let after_os = os.len() + 1;
        let Some((_, architectures)) = KNOWN.iter().find(|(known, _)| *known == os) else {
            return error(Part::Os, 0, os);
        };
        if !architectures.contains(&architecture) {
            return error(Part::Architecture, after_os, architecture);
        }
        if let Some(variant) = variant
            && !variants(architecture).contains(&variant)
        {
            return error(Part::Variant, after_os + architecture.len() + 1, variant);
        }
        Ok(Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.map(str::to_owned),
        })
    }

    /// The value of `GOARM`; `None` where Go needs none or takes its default. Go knows no 8: 7 is what runs there.
    pub fn go_arm(&self) -> Option<u8> {
        if self.architecture != "arm" {
            return None;
        }
        match self.variant.as_deref()? {
            "v5" => Some(5),
            "v6" => Some(6),
            _ => Some(7),
        }
    }

    /// What tells a file for this platform from others: `linux-arm-v7`.
    pub fn suffix(&self) -> String {
        self.to_string().replace('/', "-")
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.os, self.architecture)?;
        if let Some(variant) = &self.variant {
            write!(formatter, "/{variant}")?;
        }
        Ok(())
    }
}

fn variants(architecture: &str) -> &'static [&'static str] {
    let known = VARIANTS.iter().find(|(known, _)| *known == architecture);
    known.map_or(&[], |(_, variants)| variants)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Os,
    Architecture,
    Variant,
}

/// Why a text is not a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformError {
    part: Part,
    span: Range<usize>,
    written: String,
    /// The operating system or architecture that the wrong name follows.
    before: String,
    corrected: Option<String>,
}

impl PlatformError {
    fn new(text: &str, part: Part, span: Range<usize>) -> Self {
        let before = text.get(..span.start.saturating_sub(1)).unwrap_or_default();
        let before = before.rsplit('/').next().unwrap_or_default();
        Self {
            part,
            written: text.get(span.clone()).unwrap_or_default().to_owned(),
            span,
            before: before.to_owned(),
            corrected: corrected(text),
        }
    }

    /// The bytes of the text that are wrong.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The platform that is meant, and whether that is safe: the intent is certain.
    pub fn suggestion(&self) -> Option<(String, bool)> {
        let safe = self.part != Part::Whole;
        self.corrected.clone().map(|corrected| (corrected, safe))
    }
}

/// The text with other people's names replaced by those of images, if it is a platform then.
fn corrected(text: &str) -> Option<String> {
    let lowered = text.trim().to_ascii_lowercase();
    let (os, rest) = match lowered.split_once('/') {
        Some(("macos", rest)) => ("darwin", rest),
        Some((os, rest)) => (os, rest),
        // An architecture alone means Linux.
        None => ("linux", lowered.as_str()),
    };
    let (architecture, variant) = match rest.split_once('/') {
        Some((architecture, variant)) => (architecture, Some(variant)),
        None => (rest, None),
    };
    let architecture = OTHER_ARCHITECTURES
        .iter()
        .find(|(other, _)| *other == architecture)
        .map_or(architecture, |(_, name)| *name);
    let corrected = match variant {
        // `armv7/v7` says it twice.
        Some(variant) if architecture.ends_with(&format!("/{variant}")) => {
            format!("{os}/{architecture}")
        }
        Some(variant) if variant.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{os}/{architecture}/v{variant}")
        }
        Some(variant) => format!("{os}/{architecture}/{variant}"),
        None => format!("{os}/{architecture}"),
    };
    (corrected != text && Platform::parse(&corrected).is_ok()).then_some(corrected)
}

impl fmt::Display for PlatformError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (written, before) = (&self.written, &self.before);
        match self.part {
            Part::Whole => write!(
                formatter,
                "`{written}` is not a platform: `os/architecture` or `os/architecture/variant`"
            ),
            Part::Os => write!(
                formatter,
                "`{written}` is not an operating system that images know, such as `linux`"
            ),
            Part::Architecture => write!(
                formatter,
                "`{written}` is not an architecture of `{before}`, such as `amd64`"
            ),
            Part::Variant if variants(before).is_empty() => {
                write!(formatter, "`{before}` has no variants")
            }
            Part::Variant => {
                let variants = variants(before).join("`, `");
                write!(
                    formatter,
                    "`{written}` is not a variant of `{before}`: `{variants}`"
                )
            }
        }
    }
}

impl std::error::Error for PlatformError {}

#[cfg(test)]
mod tests {
    use super::Platform;

    fn check(text: &str, span: &str, message: &str, corrected: Option<(&str, bool)>) {
        let error = Platform::parse(text).expect_err(text);
        assert_eq!(&text[error.span()], span, "{text}");
        assert_eq!(error.to_string(), message);
        let suggestion = error.suggestion();
        let suggestion = suggestion
            .as_ref()
            .map(|(text, safe)| (text.as_str(), *safe));
        assert_eq!(suggestion, corrected, "{text}");
    }

    #[test]
    fn a_platform_is_printed_as_written() {
        for text in [
            "linux/amd64",
            "linux/arm/v7",
            "linux/arm64/v8",
            "windows/amd64",
            "wasip1/wasm",
        ] {
            let platform = Platform::parse(text).expect(text);
            assert_eq!(platform.to_string(), text);
        }
    }

    #[test]
    fn only_32_bit_arm_has_a_goarm() {
        let go_arm = |text| Platform::parse(text).expect(text).go_arm();
        assert_eq!(go_arm("linux/arm/v5"), Some(5));
        assert_eq!(go_arm("linux/arm/v6"), Some(6));
        assert_eq!(go_arm("linux/arm/v7"), Some(7));
        assert_eq!(go_arm("linux/arm"), None);
        assert_eq!(go_arm("linux/arm64/v8"), None);
    }

    #[test]
    fn a_suffix_names_every_part() {
        let suffix = |text| Platform::parse(text).expect(text).suffix();
        assert_eq!(suffix("linux/arm/v7"), "linux-arm-v7");
        assert_eq!(suffix("linux/amd64"), "linux-amd64");
    }

    #[test]
    fn names_of_others_are_corrected() {
        let architecture =
            |name| format!("`{name}` is not an architecture of `linux`, such as `amd64`");
        check(
            "linux/x86_64",
            "x86_64",
            &architecture("x86_64"),
            Some(("linux/amd64", true)),
        );
        check(
            "linux/aarch64",
            "aarch64",
            &architecture("aarch64"),
            Some(("linux/arm64", true)),
        );
        check(
            "linux/armv7",
            "armv7",
            &architecture("armv7"),
            Some(("linux/arm/v7", true)),
        );
        check(
            "Linux/AMD64",
            "Linux",
            "`Linux` is not an operating system that images know, such as `linux`",
            Some(("linux/amd64", true)),
        );
        check(
            "linux/arm/7",
            "7",
            "`7` is not a variant of `arm`: `v5`, `v6`, `v7`, `v8`",
            Some(("linux/arm/v7", true)),
        );
    }

    #[test]
    fn what_nobody_can_mean_is_reported_alone() {
        let form = "is not a platform: `os/architecture` or `os/architecture/variant`";
        check("", "", &format!("`` {form}"), None);
        check("linux", "linux", &format!("`linux` {form}"), None);
        check("a/b/c/d", "a/b/c/d", &format!("`a/b/c/d` {form}"), None);
        check(
            "s390x/v1",
            "s390x",
            "`s390x` is not an operating system that images know, such as `linux`",
            None,
        );
        check("linux/s390x/v1", "v1", "`s390x` has no variants", None);
        check(
            "darwin/386",
            "386",
            "`386` is not an architecture of `darwin`, such as `amd64`",
            None,
        );
    }

    #[test]
    fn an_architecture_alone_is_taken_for_linux_with_care() {
        check(
            "arm64",
            "arm64",
            "`arm64` is not a platform: `os/architecture` or `os/architecture/variant`",
            Some(("linux/arm64", false)),
        );
    }
}
