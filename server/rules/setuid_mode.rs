//! `setuid-mode`.

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
    "setuid-mode", Error, check; also ["dockle CIS-DI-0008"]
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let copies = subject
        .config
        .build
        .copy
        .iter()
        .chain(&subject.config.runtime.copy);
    for mode in copies.filter_map(|copy| copy.chmod.as_ref()) {
        let Ok(bits) = u32::from_str_radix(mode, 8) else {
            continue;
        };
        if bits & 0o6000 != 0 {
            findings
                .report(
                    mode.span,
                    format!("`{}` lets the file run with its owner's rights", mode.value),
                )
                .help(format!(
                    "leave the bits out: `chmod = \"{:04o}\"`",
                    bits & 0o1777
                ));
        }
    }
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
    fn a_sticky_bit_is_another_thing() {
        check(
            "language = \"go\"\nruntime.copy = [{ src = \"x\", dst = \"/x\", chmod = \"1755\" }]\n",
        );
    }
}
