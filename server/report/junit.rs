//! JUnit's XML, as the schema of Jenkins has it.

use crate::diagnostic::Diagnostic;
use crate::report::Checked;
use crate::report::escape::xml;

/// A suite for each document: a failed case for each finding, or one that passed.
pub fn junit(checked: &[Checked]) -> String {
    let failures: usize = checked.iter().map(failures).sum();
    let tests: usize = checked.iter().map(tests).sum();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <testsuites name=\"docksmith\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"0.000\">\n"
    );
    for document in checked {
        text.push_str(&suite(document));
    }
    text.push_str("</testsuites>\n");
    text
}

fn failures(document: &Checked) -> usize {
    document.analysis.diagnostics.len()
}

fn tests(document: &Checked) -> usize {
    failures(document).max(1)
}

fn suite(document: &Checked) -> String {
    let path = xml(&document.path);
    let mut text = format!(
        "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"0.000\">\n",
        tests(document),
        failures(document),
    );
    if document.analysis.diagnostics.is_empty() {
        text.push_str(&format!(
            "    <testcase name=\"docksmith\" classname=\"{path}\" time=\"0.000\"/>\n"
        ));
    }
    for diagnostic in &document.analysis.diagnostics {
        text.push_str(&case(document, diagnostic));
    }
    text.push_str("  </testsuite>\n");
    text
}

fn case(document: &Checked, diagnostic: &Diagnostic) -> String {
    let start = document.place(&diagnostic.file, diagnostic.span).start;
    let place = format!("{}:{}", start.line + 1, start.column + 1);
    let message = diagnostic.full_message();
    let mut body = format!("{}:{place}: {message}", document.path_of(&diagnostic.file));
    for (name, text) in [("why", &diagnostic.why), ("help", &diagnostic.help)] {
        if let Some(text) = text {
            body.push_str(&format!("\n{name}: {text}"));
        }
    }
    format!(
        "    <testcase name=\"{}\" classname=\"{}\" time=\"0.000\">\n      \
        <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
        xml(&format!("{} {place}", diagnostic.rule)),
        xml(&document.path),
        xml(&message),
        diagnostic.severity.name(),
        xml(&body),
    )
}
