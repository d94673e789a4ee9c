//! Markdown as plain text, for clients that show it as it comes: our own pages, not any Markdown.

/// The text without marks: code without back-ticks and fences, headings without signs, links with their address behind
/// them.
pub(super) fn plain(markdown: &str) -> String {
    let mut lines = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            lines.push(line.to_owned());
        } else {
            let heading = line.trim_start_matches('#');
            let is_heading = heading.len() < line.len() && heading.starts_with(' ');
            lines.push(inline(if is_heading {
                heading.trim_start()
            } else {
                line
            }));
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// A line without the marks in it; what stands between back-ticks is left as it is.
fn inline(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
        if index % 2 == 1 {
            text.push_str(part);
        } else {
            text.push_str(&links(&part.replace("**", "")));
        }
    }
    text
}

/// `[words](address)` as `words (address)`.
fn links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let parts = link.split_once("](").and_then(|(words, after)| {
            let (address, after) = after.split_once(')')?;
            (!words.contains(['[', ']'])).then_some((words, address, after))
        });
        let Some((words, address, after)) = parts else {
            plain.push_str(before);
            plain.push('[');
            rest = link;
            continue;
        };
        plain.push_str(&format!("{before}{words} ({address})"));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_are_taken_out() {
        for (markdown, expected) in [
            ("`a`: string", "a: string"),
            ("### Fix\n\nSay `[a](b)` é.", "Fix\n\nSay [a](b) é."),
            ("x\n\n```toml\n# `a`\n[b]\n```", "x\n\n# `a`\n[b]"),
            (
                "see [the page](https://x.y/z), **now**",
                "see the page (https://x.y/z), now",
            ),
            ("an [array] of [b](c) 😀", "an [array] of b (c) 😀"),
            ("- `x`: #1", "- x: #1"),
            ("", ""),
            ("`open", "open"),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown}");
        }
    }
}
