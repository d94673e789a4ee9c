//! Which C library a Rust binary asks for when it starts.

use crate::config::spellings::Canonical;
use crate::image::known::Libc;
use crate::plan::BaseFacts;

/// The C library that the binary of a builder needs; nothing where it is linked in, or where nobody knows.
///
/// On Alpine the compiler links it in unless it is told otherwise, on Debian the reverse
/// (<https://doc.rust-lang.org/reference/linkage.html#static-and-dynamic-c-runtimes>).
pub(crate) fn needed(config: &Canonical, builder: &BaseFacts) -> Option<Libc> {
    let build = &config.build;
    let command = build.command.as_ref().map(|it| it.value.as_str());
    // What makes a binary with other tools can't be known.
    if command.is_some_and(|command| !command.contains("cargo")) {
        return None;
    }
    let flags = build.flags.iter().flat_map(|flags| flags.iter());
    let flags = flags.map(|flag| flag.value.as_str());
    let env = build
        .env
        .iter()
        .map(|(_, value)| value.text().value.as_str());
    let texts: Vec<&str> = command.into_iter().chain(flags).chain(env).collect();
    let says = |part: &str| texts.iter().any(|text| text.contains(part));
    let libc = builder.known.as_ref()?.libc?;
    match libc {
        _ if says("+crt-static") => None,
        Libc::Musl => says("-crt-static").then_some(libc),
        _ if says("-musl") => None,
        libc => Some(libc),
    }
}

#[cfg(test)]
mod tests {
    use super::needed;
    use crate::config::spellings::Canonical;
    use crate::image::known::Libc;
    use crate::plan::BaseFacts;
    use crate::text::{Span, Spanned};

    fn of(command: &str, builder: &str) -> Option<Libc> {
        let mut config = Canonical::default();
        config.build.command = Some(Spanned::new(command.to_owned(), Span::default()));
        needed(&config, &BaseFacts::of(builder))
    }

    #[test]
    fn alpine_links_the_library_in_and_debian_does_not() {
        let plain = "cargo build --release";
        assert_eq!(of(plain, "rust:1.85-alpine"), None);
        assert_eq!(of(plain, "rust:1.85-bookworm"), Some(Libc::Glibc));
        let dynamic = "RUSTFLAGS='-C target-feature=-crt-static' cargo build";
        assert_eq!(of(dynamic, "rust:1.85-alpine"), Some(Libc::Musl));
    }

    #[test]
    fn a_static_platform_needs_nothing() {
        let musl = "cargo build --release --target x86_64-unknown-linux-musl";
        assert_eq!(of(musl, "rust:1.85-bookworm"), None);
        assert_eq!(of("make", "rust:1.85-bookworm"), None);
    }
}
