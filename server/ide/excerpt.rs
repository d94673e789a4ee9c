//! Lines of the rendered Dockerfile, for reading.

use crate::analysis::Analysis;
use crate::diagnostic::File;
use crate::plan::Origin;
use crate::text::Span;

/// The most lines that are shown.
const LIMIT: usize = 24;

/// The lines that come from a span of the document, as Markdown; `None` if none do.
pub(super) fn rendered_from(analysis: &Analysis, span: Span) -> Option<String> {
    lines(analysis, |origin| {
        origin.file == File::Document && span.covers(origin.span)
    })
}

/// The lines of a stage, as Markdown; for a tool also those of the stages that download it.
pub(super) fn rendered_stage(analysis: &Analysis, name: &str) -> Option<String> {
    let base = analysis.plan.stage(name)?.base.text();
    let downloads = base.strip_suffix("${TARGETARCH}").unwrap_or(name);
    let mut wanted = Vec::new();
    let mut is_wanted = false;
    for line in analysis.dockerfile()?.text.lines() {
        let stage = line
            .strip_prefix("FROM ")
            .and_then(|line| line.rsplit_once(" AS "));
        if let Some((_, stage)) = stage {
            let architecture = stage.strip_prefix(downloads).filter(|_| downloads != name);
            is_wanted = stage == name || architecture.is_some();
        }
        wanted.push(is_wanted);
    }
    excerpt(analysis, |index, _| wanted.get(index) == Some(&true))
}

fn lines(analysis: &Analysis, wanted: impl Fn(&Origin) -> bool) -> Option<String> {
    excerpt(analysis, |_, origin| origin.is_some_and(&wanted))
}

fn excerpt(analysis: &Analysis, wanted: impl Fn(usize, Option<&Origin>) -> bool) -> Option<String> {
    let dockerfile = analysis.dockerfile()?;
    let origins = dockerfile.origins.iter().map(Option::as_ref);
    let found = dockerfile
        .text
        .lines()
        .zip(origins)
        .enumerate()
        .filter(|(index, (_, origin))| wanted(*index, *origin))
        .map(|(_, (line, origin))| {
            if holds_credential(analysis, line, origin) {
                "# (a line with a credential)"
            } else {
                line
            }
        });
    let mut found: Vec<&str> = found.collect();
    while found.last().is_some_and(|line| line.is_empty()) {
        found.pop();
    }
    if found.is_empty() {
        return None;
    }
    if found.len() > LIMIT {
        found.truncate(LIMIT);
        found.push("# …");
    }
    Some(format!("```dockerfile\n{}\n```", found.join("\n")))
}

/// Whether a line comes from a credential, or holds the text of one.
fn holds_credential(analysis: &Analysis, line: &str, origin: Option<&Origin>) -> bool {
    let place = origin
        .filter(|origin| origin.file == File::Document)
        .map(|origin| origin.span);
    analysis.credentials.iter().any(|credential| {
        let text = credential.of(&analysis.text);
        let text = text.trim_matches(['"', '\'']);
        place.is_some_and(|place| place.overlaps(*credential))
            || (!text.is_empty() && line.contains(text))
    })
}

#[cfg(test)]
mod tests {
    use super::{rendered_from, rendered_stage};
    use crate::ide::testing::fixture;
    use crate::text::Span;

    #[test]
    fn a_credential_is_not_shown() {
        let text = "language = \"go\"\nbuild.target = \"./x\"\nruntime.env.WORD = \"hunter22é\"\n";
        let (mut analysis, _) = fixture(&format!("{text}<|>"));
        let whole = Span::new(0, text.len());
        let shown = rendered_from(&analysis, whole).expect("lines");
        assert!(shown.contains("hunter22"), "{shown}");
        let start = text.find("\"hunter22").expect("the credential");
        analysis.credentials.push(Span::new(start, text.len() - 1));
        for shown in [
            rendered_from(&analysis, whole),
            rendered_stage(&analysis, "runtime"),
        ] {
            let shown = shown.expect("lines");
            assert!(!shown.contains("hunter22"), "{shown}");
            assert!(shown.contains("a line with a credential"), "{shown}");
        }
    }

    #[test]
    fn a_tool_shows_where_each_platform_downloads_it() {
        let (analysis, _) = fixture(&format!("{}<|>", crate::ide::testing::PROJECT));
        let shown = rendered_stage(&analysis, "tool-atlas").expect("lines");
        assert_eq!(
            shown.matches("ADD --checksum=sha256:").count(),
            2,
            "{shown}"
        );
        assert!(shown.ends_with("AS tool-atlas\n```"), "{shown}");
    }
}
