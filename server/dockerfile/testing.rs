//! What tests of rendered text need.

use crate::analysis::analyze;
use crate::context::{BuildContext, Files, NoContext};

/// The rendered text where no file of the build context is known; it has as many lines as origins.
pub(crate) fn render(toml: &str) -> String {
    render_in(toml, &NoContext::default())
}

/// The rendered text where the build context holds just these files.
pub(crate) fn render_with(toml: &str, files: &[(&str, &str)]) -> String {
    render_in(toml, &Files::new(files.iter().copied()))
}

fn render_in(toml: &str, context: &dyn BuildContext) -> String {
    let analysis = analyze(toml, context);
    let file = analysis
        .dockerfile()
        .unwrap_or_else(|| panic!("nothing to render: {:#?}", analysis.diagnostics));
    assert_eq!(file.text.lines().count(), file.origins.len());
    file.text.clone()
}

/// The text holds these lines, in this order and side by side.
#[track_caller]
pub(crate) fn has(toml: &str, expected: &str) {
    holds(&render(toml), expected);
}

/// A rendered text holds these lines, in this order and side by side.
#[track_caller]
pub(crate) fn holds(text: &str, expected: &str) {
    let expected = expected.trim_matches('\n');
    assert!(
        text.contains(&format!("{expected}\n")),
        "{expected}\n\nis not in\n\n{text}"
    );
}

/// The text holds this nowhere.
#[track_caller]
pub(crate) fn lacks(toml: &str, unexpected: &str) {
    let text = render(toml);
    assert!(
        !text.contains(unexpected),
        "{unexpected}\n\nis in\n\n{text}"
    );
}
