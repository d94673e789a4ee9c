//! `byte-order-mark`.

use crate::diagnostic::Fix;
use crate::rules::{Findings, Subject, rule};
use crate::text::Span;

rule! {
    /// The file begins with a byte-order mark.
    ///
    /// Some editors put these three invisible bytes in front. docksmith reads past them; other TOML readers stop there,
    /// as Python's with `Invalid statement (at line 1, column 1)`.
    ///
    /// ```toml,bad
    /// ﻿language = "go"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it where an editor that nobody can configure puts the mark back, and docksmith is the only reader of the
    /// file.
    "byte-order-mark", Warning, check; fix Safe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !subject.document.byte_order_mark {
        return;
    }
    let mark = Span::new(0, '\u{feff}'.len_utf8());
    findings
        .report(mark, "the file begins with a byte-order mark")
        .why("other TOML readers stop at it")
        .help("save the file as UTF-8 without a byte-order mark")
        .fix(Fix::safe("remove the byte-order mark", mark, ""));
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::NoContext;
    use crate::rules::tests::check;

    #[test]
    fn the_mark_is_all_that_is_marked() {
        let analysis = analyze("\u{feff}language = \"go\"\n", &NoContext::default());
        let found: Vec<(&str, u32)> = analysis
            .diagnostics
            .iter()
            .map(|it| (it.rule, it.span.end))
            .collect();
        assert_eq!(found, [("byte-order-mark", 3)]);
    }

    #[test]
    fn a_mark_inside_a_text_is_none() {
        check("language = \"go\"\nruntime.labels = { title = \"\u{feff}x\" }\n");
    }
}
