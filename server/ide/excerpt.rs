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

/// The lines of a stage, as Markdown.
pub(super) fn rendered_stage(analysis: &Analysis, name: &str) -> Option<String> {
    let text = &analysis.dockerfile()?.text;
    let ending = format!(" AS {name}");
    let start = text
        .lines()
        .position(|line| line.starts_with("FROM ") && line.ends_with(&ending))?;
    let length = text
        .lines()
        .skip(start + 1)
        .position(|line| line.starts_with("FROM "));
    let end = length.map_or(usize::MAX, |length| start + 1 + length);
    excerpt(analysis, |index, _| (start..end).contains(&index))
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
            if origin.is_some_and(|origin| holds_credential(analysis, origin)) {
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

fn holds_credential(analysis: &Analysis, origin: &Origin) -> bool {
    let mut credentials = analysis.credentials.iter();
    origin.file == File::Document && credentials.any(|span| span.overlaps(origin.span))
}
