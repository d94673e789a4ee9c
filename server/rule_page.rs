//! The page of a rule, in one place for the command line, the editor and the reference: from its doc comment, and from
//! what else it says of itself.

use crate::rules::{Fixes, Level, Rule};

/// The heading of a doc comment's last part.
const WHEN: &str = "# When to ignore";

/// A rule's page as Markdown, without its name; `heading` stands before the titles of its parts, such as `##`.
pub fn page(rule: &Rule, heading: &str) -> String {
    let (what, when) = parts(rule);
    let (summary, rest) = what.split_once('\n').unwrap_or((&what, ""));
    let mut page = format!("{summary}\n\n{}\n", facts(rule));
    if !rest.is_empty() {
        page.push_str(&format!("\n{}\n", rest.trim()));
    }
    page.push_str(&format!("\n{heading} Fix\n\n{}\n", fix(rule)));
    page.push_str(&format!("\n{heading} When to ignore\n"));
    if !when.is_empty() {
        page.push_str(&format!("\n{when}\n"));
    }
    page.push_str(&format!("\n{}\n", comment(rule)));
    page
}

/// The same for a terminal: code is indented, and nothing else is marked.
pub fn plain_page(rule: &Rule) -> String {
    let mut text = format!("{}\n\n", rule.name);
    let mut is_code = false;
    for line in page(rule, "#").lines() {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        match line {
            "" => {}
            code if is_code => text.push_str(&format!("    {code}")),
            line => text.push_str(line.strip_prefix("# ").unwrap_or(line)),
        }
        text.push('\n');
    }
    text
}

/// The doc comment for readers, before and behind the heading of its last part.
fn parts(rule: &Rule) -> (String, String) {
    let lines = rule.documentation.trim().lines();
    let mut what = Vec::new();
    let mut when = Vec::new();
    let mut is_code = false;
    let mut is_behind = false;
    for line in lines {
        // Each line begins with the blank behind the slashes.
        let line = line.strip_prefix(' ').unwrap_or(line);
        is_code ^= line.starts_with("```");
        if !is_code && line == WHEN {
            is_behind = true;
        } else if is_behind {
            when.push(line);
        } else {
            what.push(line);
        }
    }
    (examples(&what), when.join("\n").trim().to_owned())
}

/// The text with words for people in the place of those behind the fences, which are for the tests: first what is wrong
/// or right, then the files that it takes.
fn examples(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut files = String::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("```") else {
            // The blank lines between an example and its files belong to them.
            if !line.is_empty() || files.is_empty() {
                text.push_str(line);
                text.push('\n');
            }
            continue;
        };
        let code: Vec<&str> = lines
            .by_ref()
            .copied()
            .take_while(|line| *line != "```")
            .collect();
        let code = code.join("\n");
        if let Some(file) = mark.strip_prefix("text,file:") {
            files.push_str(&format!("\n{}\n\n```text\n{code}\n```\n", with(file)));
            continue;
        }
        let (kind, title) = match mark {
            "toml,bad" => ("toml", "Wrong:\n\n"),
            "toml,good" => ("toml", "Right:\n\n"),
            other => (other, ""),
        };
        text.push_str(&format!("{title}```{kind}\n{code}\n```\n"));
        text.push_str(&std::mem::take(&mut files));
    }
    text.trim().to_owned()
}

/// How a file of an example is named, with what its text can't show.
fn with(file: &str) -> String {
    match file.split_once(',') {
        Some((path, "crlf")) => format!("with `{path}`, whose lines end in CR LF:"),
        Some((path, "plain")) => format!("with `{path}`, which may not be executed:"),
        Some((path, size)) if size.ends_with("MB") => format!("with `{path}` of {size}:"),
        Some((path, "bom")) => format!("with `{path}`, which begins with a byte-order mark:"),
        _ => format!("with `{file}`:"),
    }
}

fn facts(rule: &Rule) -> String {
    let mut facts = format!(
        "Level: {}. Confidence: {}.",
        level(rule.level),
        rule.confidence.name()
    );
    if !rule.equivalents.is_empty() {
        let others = rule.equivalents.join(", ");
        facts.push_str(&format!("\nIn other linters: {others}."));
    }
    facts
}

/// A level in words.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::ErrorUnlessOld => "error, warning in old files",
        level => level.name(),
    }
}

fn fix(rule: &Rule) -> &'static str {
    match rule.fixes {
        Fixes::None => "None: only you know what is meant.",
        Fixes::Safe => "Safe: `docksmith lint --fix` applies it, where a finding has one.",
        Fixes::Unsafe => {
            "Unsafe, it may change what the file means: `docksmith lint --fix --unsafe-fixes` applies it, where a\n\
             finding has one."
        }
        Fixes::Either => {
            "Safe or unsafe, by the case: `docksmith lint --fix` applies the safe ones, with `--unsafe-fixes` the\n\
             others too."
        }
    }
}

/// The comment that hides a finding, to be pasted.
fn comment(rule: &Rule) -> String {
    if !rule.can_be_silenced() {
        return "It cannot be ignored.".to_owned();
    }
    format!(
        "This comment hides a finding, behind the key, or alone above the key or its table:\n\n\
         ```toml\n# docksmith: ignore[{}] reason\n```",
        rule.name
    )
}

/// The reference of rules, as Markdown: a table of all, then the page of each.
pub fn reference(rules: &[&Rule]) -> String {
    let mut text = String::from(
        "# Rules\n\n\
         Rendered from the doc comments of the rules by `cargo bless`; change those. `docksmith explain NAME` prints a page.\n\n\
         | rule | level | confidence | fix | what it finds |\n| --- | --- | --- | --- | --- |\n",
    );
    for rule in rules {
        text.push_str(&format!(
            "| [`{0}`](#{0}) | {1} | {2} | {3} | {4} |\n",
            rule.name,
            level(rule.level),
            rule.confidence.name(),
            rule.fixes.name(),
            rule.summary()
        ));
    }
    for rule in rules {
        text.push_str(&format!("\n## {}\n\n{}", rule.name, page(rule, "###")));
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{page, plain_page};
    use crate::rules::{ALL, Confidence, Fixes, Level, Rule};

    fn rule(documentation: &'static str) -> Rule {
        Rule {
            name: "some-rule",
            level: Level::Warning,
            confidence: Confidence::High,
            reads_files: false,
            fixes: Fixes::Unsafe,
            equivalents: &["hadolint DL3002", "trivy DS-0002"],
            documentation,
            check: |_, _| {},
        }
    }

    const DOCUMENTATION: &str = " Something is wrong.\n \n It would fail with `no`.\n \n ```text,file:a.sh,crlf\n \
        #!/bin/sh\n ```\n \n ```toml,bad\n a = 1\n\n # When to ignore\n ```\n \n ```toml,good\n a = 2\n ```\n \n \
        # When to ignore\n \n If `a` must be 1.\n";

    #[test]
    fn a_page_says_what_is_wrong_and_what_to_do() {
        expect![[r#"
            Something is wrong.

            Level: warning. Confidence: high.
            In other linters: hadolint DL3002, trivy DS-0002.

            It would fail with `no`.

            Wrong:

            ```toml
            a = 1

            # When to ignore
            ```

            with `a.sh`, whose lines end in CR LF:

            ```text
            #!/bin/sh
            ```

            Right:

            ```toml
            a = 2
            ```

            ## Fix

            Unsafe, it may change what the file means: `docksmith lint --fix --unsafe-fixes` applies it, where a
            finding has one.

            ## When to ignore

            If `a` must be 1.

            This comment hides a finding, behind the key, or alone above the key or its table:

            ```toml
            # docksmith: ignore[some-rule] reason
            ```
        "#]].assert_eq(&page(&rule(DOCUMENTATION), "##"));
    }

    #[test]
    fn a_page_for_terminals_has_no_marks() {
        expect![[r#"
            some-rule

            Something is wrong.

            Level: warning. Confidence: high.
            In other linters: hadolint DL3002, trivy DS-0002.

            It would fail with `no`.

            Wrong:

                a = 1

                # When to ignore

            with `a.sh`, whose lines end in CR LF:

                #!/bin/sh

            Right:

                a = 2

            Fix

            Unsafe, it may change what the file means: `docksmith lint --fix --unsafe-fixes` applies it, where a
            finding has one.

            When to ignore

            If `a` must be 1.

            This comment hides a finding, behind the key, or alone above the key or its table:

                # docksmith: ignore[some-rule] reason
        "#]].assert_eq(&plain_page(&rule(DOCUMENTATION)));
    }

    #[test]
    fn every_page_is_whole() {
        for rule in ALL {
            let page = plain_page(rule);
            assert!(
                page.contains("\nWrong:\n") && page.contains("\nRight:\n"),
                "{page}"
            );
            assert!(!page.contains("```") && !page.contains(",file:"), "{page}");
            let comment = format!("    # docksmith: ignore[{}] reason\n", rule.name);
            let is_ignorable = page.contains(&comment);
            assert_eq!(is_ignorable, !page.contains("cannot be ignored"), "{page}");
        }
    }
}
