//! One line for each diagnostic.

use crate::report::{Checked, without_controls};

/// `path:line:column: severity[rule]: message`, one line each.
pub fn concise(checked: &[Checked]) -> String {
    let mut text = String::new();
    for document in checked {
        for diagnostic in &document.analysis.diagnostics {
            let start = document.place(&diagnostic.file, diagnostic.span).start;
            let message = diagnostic.full_message().replace('\n', " ");
            text.push_str(&format!(
                "{}:{}:{}: {}[{}]: {}\n",
                document.path_of(&diagnostic.file),
                start.line + 1,
                start.column + 1,
                diagnostic.severity.name(),
                diagnostic.rule,
                without_controls(&message),
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::concise;
    use crate::report::tests::checked;

    #[test]
    fn a_line_names_the_place_and_the_rule() {
        let text = concise(&[checked(
            "language = \"go\"\n[runtime]\nhelthcheck = [\"/x\"]\n",
        )]);
        assert_eq!(
            text,
            "app/docksmith.toml:3:1: error[unknown-key]: `[runtime]` has no key `helthcheck`\n"
        );
    }
}
