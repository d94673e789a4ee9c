//! `timezone-data-missing`.

use crate::config::Language;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// `TZ` names a time zone, and the image has no time zones.
    ///
    /// The program takes UTC silently, or stops with `unknown time zone Europe/Berlin`. Alpine and Ubuntu have no zones
    /// without the package `tzdata`; distroless and Debian have them.
    ///
    /// ```toml,bad
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.env = { TZ = "Europe/Berlin" }
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// build.target = "./cmd/server"
    /// runtime.image = "alpine:3.23"
    /// runtime.packages = ["tzdata"]
    /// runtime.env = { TZ = "Europe/Berlin" }
    /// ```
    ///
    /// # When to ignore
    ///
    /// Where the program brings the zones itself, as one in Go does that imports `time/tzdata`:
    /// `# docksmith: ignore[timezone-data-missing] imports time/tzdata`. Nothing is said of languages that have them.
    "timezone-data-missing", Info, Medium, check; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(language) = &subject.config.language else {
        return;
    };
    let brings_zones = matches!(
        language.value,
        Language::Java | Language::Node | Language::Deno | Language::Bun | Language::Php
    );
    let image = subject.plan.image.as_ref();
    let known = image.and_then(|image| image.base.known.as_ref());
    let lacks = known.is_some_and(|known| known.zoneinfo == Some(false));
    let embeds = subject.config.build.tags.iter();
    let embeds = embeds
        .flat_map(|tags| tags.iter())
        .any(|tag| tag.value == "timetzdata");
    let may_be_brought =
        subject.image_names(&["tzdata", "zoneinfo", "ZONEINFO"]) || subject.copies_system();
    if brings_zones || !lacks || embeds || may_be_brought {
        return;
    }
    for (name, value) in &subject.config.env {
        let zone = value.text();
        if name.value != "TZ" || !is_zone(zone) {
            continue;
        }
        let message = format!("the image does not know the time zone `{}`", zone.value);
        let finding = findings.report(zone.span, message);
        finding.why("the program would take UTC silently");
        subject.label_base(finding, "has no time zones");
        finding.help("install them: `packages = [\"tzdata\"]`");
        finding.fix = subject.add_package("tzdata");
    }
}

/// Whether it names a zone of the database: `UTC` needs none, and neither does `CET-1CEST`, which says all by itself.
fn is_zone(zone: &str) -> bool {
    let is_name = |it: char| it.is_ascii_alphanumeric() || "/_+-".contains(it);
    zone.contains('/')
        && zone.len() <= 40
        && zone.chars().all(is_name)
        && !zone.starts_with("Etc/")
        && !zone.starts_with('/')
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    #[test]
    fn the_place_is_the_value() {
        check(
            r#"
language = "rust"
env = { TZ = "Asia/Ho_Chi_Minh" }
#            ^^^^^^^^^^^^^^^^^^ info: the image does not know the time zone `Asia/Ho_Chi_Minh`
build.target = "a"
[runtime]
image = "alpine:3.23"
packages = ["curl"]
"#,
        );
        check(
            r#"
language = "go"
build.target = "./cmd/server"
[runtime]
image = "scratch"
user = "1:1"
env.TZ = { value = "Europe/Berlin" }
#                  ^^^^^^^^^^^^^^^ info: the image does not know the time zone `Europe/Berlin`
"#,
        );
    }

    #[test]
    fn what_has_zones_or_needs_none_is_fine() {
        let alpine = "runtime.image = \"alpine:3.23\"";
        let zone = "env.TZ = \"Europe/Berlin\"";
        for (language, first, second) in [
            ("go", alpine, "env.TZ = \"UTC\""),
            ("go", alpine, "env.TZ = \"CET-1CEST\""),
            ("go", "build.cgo = false", zone),
            (
                "go",
                "build.tags = [\"timetzdata\"]\nruntime.image = \"alpine:3.23\"",
                zone,
            ),
            (
                "go",
                "runtime.image = \"alpine:3.23\"\nruntime.packages = [\"tzdata\"]",
                zone,
            ),
            ("java", alpine, zone),
        ] {
            let text = format!("language = \"{language}\"\n{first}\n{second}\n");
            let analysis = analyze(&text, &NoContext::default());
            let mut found = analysis.diagnostics.iter();
            assert!(found.all(|it| it.rule != "timezone-data-missing"), "{text}");
        }
    }
}
