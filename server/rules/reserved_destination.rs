//! `reserved-destination`.

use crate::plan::paths::is_below;
use crate::rules::{Findings, Subject, rule};
use crate::text::Spanned;

rule! {
    /// Something is written where the running system has its own files.
    ///
    /// `/proc`, `/sys` and `/dev` are mounted over when the container starts: what the image holds there is never seen.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[runtime.copy]]
    /// src = "x"
    /// dst = "/proc/x"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[runtime.copy]]
    /// src = "x"
    /// dst = "/app/x"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: what lies there is hidden as soon as the container runs.
    "reserved-destination", Error, check; also ["trivy DS-0030"]
}

const RESERVED: [&str; 3] = ["/proc", "/sys", "/dev"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let config = subject.config;
    let mut places: Vec<&Spanned<String>> =
        config.runtime.copy.iter().map(|copy| &copy.dst).collect();
    places.extend(config.assets.iter().map(|asset| &asset.dst));
    places.extend(config.build.output.iter().chain(&config.runtime.workdir));
    places.extend(
        config
            .build
            .binaries
            .iter()
            .filter_map(|binary| binary.dst.as_ref()),
    );
    places.extend(
        config
            .external_tools
            .iter()
            .filter_map(|tool| tool.dst.as_ref().or(tool.install_path.as_ref())),
    );
    for place in places {
        if let Some(folder) = RESERVED.iter().find(|folder| is_below(place, folder)) {
            findings
                .report(
                    place.span,
                    format!("`{folder}` belongs to the running system"),
                )
                .why("it is mounted over when the container starts")
                .help("choose a folder of the image, such as `/app`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn the_working_folder_counts() {
        check(
            r#"
language = "go"
runtime.workdir = "/dev"
#                 ^^^^^^ error: `/dev` belongs to the running system
"#,
        );
    }

    #[test]
    fn a_name_that_only_begins_alike_is_fine() {
        check("language = \"go\"\nruntime.workdir = \"/devices\"\n");
    }
}
