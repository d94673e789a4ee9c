//! One line for each diagnostic.

use crate::report::{Checked, one_line};

/// `path:line:column: severity[rule]: message`, one line each.
pub fn concise(checked: &[Checked]) -> String {
    let mut text = String::new();
    for document in checked {
        for diagnostic in &document.analysis.diagnostics {
            let start = document.place(&diagnostic.file, diagnostic.span).start;
            let line = format!(
                "{}:{}:{}: {}[{}]: {}",
                document.path_of(&diagnostic.file),
                start.line + 1,
                start.column + 1,
                diagnostic.severity.name(),
                diagnostic.rule,
                diagnostic.full_message(),
            );
            text.push_str(&one_line(&line));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::concise;
    use crate::report::tests::{checked, marked};
    use crate::text::Span;

    #[test]
    fn a_message_stays_on_its_line() {
        let mut file = marked("a = 1", Span::new(0, 1));
        file.analysis.diagnostics[0].message = "one\r\ntwo\u{1b}[0m".to_owned();
        let text = concise(&[file]);
        assert_eq!(text.lines().count(), 1);
        assert!(!text.contains('\u{1b}'));
    }

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
