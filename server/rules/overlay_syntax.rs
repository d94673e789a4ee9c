//! `overlay-syntax`.

use crate::plan::ProblemKind;
use crate::rules::{Findings, Subject, rule};

rule! {
    /// An overlay, or a file named by `dockerfile`, that is not Dockerfile text.
    ///
    /// It is read and merged, never pasted; what can't be read is left out, and the image would lack it. A builder would stop
    /// with `unknown instruction: WROKDIR`.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:Dockerfile.overlay
    /// WORKDIR /srv
    /// WROKDIR /tmp
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: what cannot be read is missing in the image.
    "overlay-syntax", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for problem in &subject.plan.problems {
        if let ProblemKind::OverlaySyntax(fault) = &problem.kind {
            findings.fault(&problem.file, fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;
    use crate::diagnostic::File;

    fn places(overlay: &str) -> Vec<(File, u32)> {
        let files = Files::new([("Dockerfile.overlay", overlay)]);
        let text = "language = \"go\"\noverlay = \"Dockerfile.overlay\"\n";
        let analysis = analyze(text, &files);
        let found = analysis.diagnostics.into_iter();
        let found = found.filter(|it| it.rule == "overlay-syntax");
        found.map(|it| (it.file, it.span.start)).collect()
    }

    #[test]
    fn the_place_lies_in_the_overlay() {
        let file = File::Context("Dockerfile.overlay".to_owned());
        assert_eq!(places("USER app\nCOPPY a b\n"), [(file, 9)]);
    }

    #[test]
    fn every_mistake_is_said() {
        let found: Vec<u32> = places("USER app\nCOPPY a b\nRUN true\nCOPY --frm=x a b\nRUN \n")
            .into_iter()
            .map(|(_, at)| at)
            .collect();
        assert_eq!(found, [9, 33, 45]);
    }

    #[test]
    fn a_sound_overlay_is_fine() {
        assert_eq!(places("RUN true\n"), []);
    }
}
