//! `setuid-mode`.

use crate::config::words::short;
use crate::diagnostic::{Diagnostic, Fix};
use crate::plan::sources::{copy_tables, step_tables};
use crate::plan::{InstructionKind, Origin};
use crate::rules::{Findings, Subject, rule};

rule! {
    /// A mode that lets a file run as its owner or group.
    ///
    /// Whoever can run such a file gets the rights of its owner, root for most of an image. The bits 4000 and 2000 are
    /// what scanners of images look for first.
    ///
    /// ```toml,bad
    /// language = "go"
    /// [[runtime.copy]]
    /// src = "tool"
    /// dst = "/app/tool"
    /// chmod = "4755"
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// [[runtime.copy]]
    /// src = "tool"
    /// dst = "/app/tool"
    /// chmod = "0755"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Ignore it for a program whose task needs it, such as `ping` or `sudo`, in an image where others than root run
    /// it.
    "setuid-mode", Error, check; fix Unsafe; also ["dockle CIS-DI-0008"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let copies = copy_tables(subject.config).into_iter();
    let copies = copies.filter_map(|copy| copy.chmod.as_ref());
    let added = step_tables(subject.config).into_iter();
    let added = added.filter_map(|step| step.add.as_ref()?.chmod.as_ref());
    for mode in copies.chain(added) {
        if let Some(plain) = without_bits(mode) {
            let finding = report(mode, &Origin::document(mode.span), findings);
            finding.help(format!("leave the bits out: `chmod = \"{plain}\"`"));
            let title = format!("set the mode to `{plain}`");
            finding.fix(Fix::unsafe_(title, mode.span, format!("\"{plain}\"")));
        }
    }
    for (_, instruction) in subject.plan.instructions() {
        let InstructionKind::Written(written) = &instruction.kind else {
            continue;
        };
        let flag = written.flag("chmod");
        let Some((mode, flag)) = flag.and_then(|flag| Some((flag.value.as_deref()?, flag))) else {
            continue;
        };
        if let Some(plain) = without_bits(mode) {
            let origin = Origin {
                file: instruction.origin.file.clone(),
                span: flag.span,
            };
            let finding = report(mode, &origin, findings);
            finding.help(format!("leave the bits out: `--chmod={plain}`"));
            let title = format!("set the mode to `{plain}`");
            finding.fix(Fix::unsafe_(title, flag.span, plain).in_file(&origin.file));
        }
    }
}

/// The mode without the bits 4000 and 2000, if it has one of them.
fn without_bits(mode: &str) -> Option<String> {
    let bits = u32::from_str_radix(mode, 8).ok()?;
    (bits & 0o6000 != 0).then(|| format!("{:04o}", bits & 0o1777))
}

fn report<'a>(mode: &str, origin: &Origin, findings: &'a mut Findings<'_>) -> &'a mut Diagnostic {
    let message = format!(
        "`{}` lets the file run with its owner's rights",
        short(mode)
    );
    findings.report_in(origin.file.clone(), origin.span, message)
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::check;

    #[test]
    fn a_group_bit_counts_too() {
        check(
            r#"
language = "go"
runtime.copy = [{ src = "x", dst = "/x", chmod = "2755" }]
#                                                ^^^^^^ error: `2755` lets the file run with its owner's rights
"#,
        );
    }

    #[test]
    fn a_flag_of_a_step_counts() {
        check(
            r#"
language = "go"
runtime.steps = ["COPY --chmod=4755 x /x", "COPY --chmod=0755 y /y"]
#                              ^^^^ error: `4755` lets the file run with its owner's rights
"#,
        );
    }

    #[test]
    fn a_sticky_bit_is_another_thing() {
        check(
            "language = \"go\"\nruntime.copy = [{ src = \"x\", dst = \"/x\", chmod = \"1755\" }]\n",
        );
    }
}
