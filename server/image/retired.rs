//! Images that get no more fixes, and what takes their place. As of November 2026; only certain ends are listed.

use crate::image::ImageReference;

/// What is known of an image whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// When the last fixes came: `November 2026`.
    pub since: &'static str,
    /// The image that takes its place, with its tag.
    pub successor: &'static str,
    /// The version that takes its place, where the name of the image stays.
    pub version: Option<&'static str>,
}

/// Images that were given up as a whole, under their names on Docker Hub.
const FROZEN: [(&str, &str, &str); 4] = [
    // <https://hub.docker.com/_/openjdk>: only early builds are still made.
    ("openjdk", "July 2022", "eclipse-temurin:21-jre"),
    // <https://hub.docker.com/_/adoptopenjdk>
    ("adoptopenjdk", "August 2021", "eclipse-temurin:21-jre"),
    // <https://hub.docker.com/_/java>
    ("java", "January 2017", "eclipse-temurin:21-jre"),
    // <https://hub.docker.com/_/centos>
    ("centos", "June 2024", "almalinux:9"),
];

/// The .NET version that is supported longest: <https://dotnet.microsoft.com/platform/support/policy/dotnet-core>.
const DOTNET: &str = "10.0";

/// What takes the place of an image that gets no more fixes; nothing for all others.
pub fn retired(reference: &ImageReference) -> Option<Retired> {
    if reference.registry() == "mcr.microsoft.com" {
        return dotnet(reference);
    }
    if reference.registry() != "docker.io" {
        return None;
    }
    let frozen = FROZEN
        .iter()
        .find(|(name, ..)| *name == reference.repository());
    frozen.map(|(_, since, successor)| Retired {
        since,
        successor,
        version: None,
    })
}

fn dotnet(reference: &ImageReference) -> Option<Retired> {
    let name = reference.repository().strip_prefix("dotnet/")?;
    let successor = match name {
        "sdk" => "mcr.microsoft.com/dotnet/sdk:10.0",
        "aspnet" => "mcr.microsoft.com/dotnet/aspnet:10.0",
        "runtime" => "mcr.microsoft.com/dotnet/runtime:10.0",
        "runtime-deps" => "mcr.microsoft.com/dotnet/runtime-deps:10.0",
        _ => return None,
    };
    let number = reference.tag.as_deref()?.split(['.', '-']).next()?;
    let since = match number.parse::<u32>().ok()? {
        // Versions 1 and 2 have no tags of their own here.
        3 => "December 2022",
        5 => "May 2022",
        6 => "November 2024",
        7 => "May 2024",
        8 | 9 => "November 2026",
        _ => return None,
    };
    Some(Retired {
        since,
        successor,
        version: Some(DOTNET),
    })
}

#[cfg(test)]
mod tests {
    use super::retired;
    use crate::image::ImageReference;

    fn since(reference: &str) -> Option<&'static str> {
        let reference = ImageReference::parse(reference).expect(reference);
        retired(&reference).map(|it| it.since)
    }

    #[test]
    fn versions_and_whole_images_end() {
        assert_eq!(
            since("mcr.microsoft.com/dotnet/aspnet:8.0-alpine"),
            Some("November 2026")
        );
        assert_eq!(
            since("mcr.microsoft.com/dotnet/sdk:6.0.400"),
            Some("November 2024")
        );
        assert_eq!(since("openjdk:17"), Some("July 2022"));
        assert_eq!(since("docker.io/library/centos:7"), Some("June 2024"));
    }

    #[test]
    fn what_is_supported_or_unknown_is_not_listed() {
        for reference in [
            "mcr.microsoft.com/dotnet/aspnet:10.0",
            "mcr.microsoft.com/dotnet/aspnet",
            "mcr.microsoft.com/dotnet/monitor:8",
            "ghcr.io/acme/openjdk:17",
            "eclipse-temurin:17",
        ] {
            assert_eq!(since(reference), None, "{reference}");
        }
    }
}
