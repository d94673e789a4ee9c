//! What the words inside strings are: stages, images, instructions, flags, variables.

use std::collections::HashSet;
use std::ops::Range;

use crate::analysis::Analysis;
use crate::ide::meaning::{Meaning, meaning, names, table};
use crate::ide::nodes::{Place, each_node};
use crate::ide::stages::stages;
use crate::ide::words::words;
use crate::image::variables;
use crate::plan::instructions::keyword;
use crate::plan::parse::{parse_step, shell_variables};
use crate::plan::{Flag, Written};
use crate::syntax::string::Places;
use crate::syntax::{Node, Step, Value};
use crate::text::Span;

/// A word of a string. It stands on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The word.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// What a word of a string is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The name of a stage.
    Stage,
    /// The registry and repository of an image.
    Image,
    /// The tag of an image.
    Tag,
    /// The digest of an image.
    Digest,
    /// The name of an instruction.
    Instruction,
    /// A flag of an instruction, with its dashes.
    Flag,
    /// A variable, with its `$`.
    Variable,
}

/// The longest text that is looked at as an image reference, in bytes; real ones are far shorter.
const LONGEST_REFERENCE: usize = 1024;

/// The words of all strings of a document that mean something, in order; none overlaps another.
pub fn tokens(analysis: &Analysis) -> Vec<Token> {
    let known = stages(analysis).into_iter().map(|stage| stage.name);
    let planned = analysis.plan.stages.iter().map(|stage| stage.name.clone());
    let mut reader = Reader {
        text: &analysis.text,
        stages: known.chain(planned).collect(),
        tokens: Vec::new(),
    };
    each_node(&analysis.document, &mut |Place { path, node, .. }| {
        if let Value::String(text) = &node.value {
            reader.string(analysis, path, node, text);
        }
    });
    let mut tokens = reader.tokens;
    tokens.sort_by_key(|token| (token.span.start, std::cmp::Reverse(token.span.end)));
    let mut end = 0;
    tokens.retain(|token| {
        let is_free = token.span.start >= end;
        end = end.max(token.span.end);
        is_free
    });
    tokens
}

struct Reader<'a> {
    text: &'a str,
    stages: HashSet<String>,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn string(&mut self, analysis: &Analysis, path: &[Step], node: &Node, text: &str) {
        let places = Literal {
            span: node.span,
            places: Places::new(self.text, node.span),
        };
        let whole = 0..text.len();
        match meaning(path) {
            Meaning::Step => self.step(&places, text),
            Meaning::Base => self.reference(&places, text, whole),
            Meaning::Image => self.image(&places, text, whole),
            Meaning::ToolStage => self.push(&places, whole, TokenKind::Stage),
            Meaning::CopyFrom => self.source(&places, text),
            Meaning::Other if names(path) == ["stages", "#", "name"] => {
                self.push(&places, whole, TokenKind::Stage);
            }
            Meaning::Other if is_shell_text(path) => {
                for variable in shell_variables(text) {
                    self.push(&places, variable.span.range(), TokenKind::Variable);
                }
            }
            Meaning::Other if has_variables(analysis, path) => {
                for (_, range) in variables(text) {
                    self.push(&places, range, TokenKind::Variable);
                }
            }
            _ => {}
        }
    }

    /// `from` of a copy.
    fn source(&mut self, places: &Literal, text: &str) {
        const IMAGE: &str = "image:";
        let whole = 0..text.len();
        match text.strip_prefix(IMAGE) {
            Some(_) => self.image(places, text, IMAGE.len()..text.len()),
            None if text.starts_with("context:") => {}
            None => self.push(places, whole, TokenKind::Stage),
        }
    }

    fn step(&mut self, places: &Literal, text: &str) {
        match parse_step(text).0 {
            Some(written) => self.written(places, text, &written),
            None => self.half_typed(places, text),
        }
    }

    fn written(&mut self, places: &Literal, text: &str, written: &Written) {
        self.push(places, written.keyword_span.range(), TokenKind::Instruction);
        for flag in &written.flags {
            self.push(places, flag.name_span.range(), TokenKind::Flag);
            self.origin(places, text, flag);
        }
        for mount in &written.mounts {
            if let Some(from) = mount.value(&["from"]) {
                self.reference(places, text, from.span.range());
            }
        }
        let command = written.arguments_span.of(text).get(..3);
        if written.keyword == "HEALTHCHECK" && command.is_some_and(is_command) {
            let start = written.arguments_span.start as usize;
            self.push(places, start..start + 3, TokenKind::Instruction);
        }
        for variable in &written.variables {
            self.push(places, variable.span.range(), TokenKind::Variable);
        }
        if let Some(trigger) = &written.trigger {
            self.written(places, text, trigger);
        }
    }

    /// What the flag `--from` names.
    fn origin(&mut self, places: &Literal, text: &str, flag: &Flag) {
        if flag.name == "from" && flag.value.is_some() {
            self.reference(places, text, flag.span.range());
        }
    }

    /// A step that is no instruction yet: its first words.
    fn half_typed(&mut self, places: &Literal, text: &str) {
        let words = words(text);
        let Some((first, rest)) = words.split_first() else {
            return;
        };
        if keyword(&first.text.to_ascii_uppercase()).is_none() {
            return;
        }
        self.push(places, first.place.clone(), TokenKind::Instruction);
        for word in rest.iter().take_while(|word| word.text.starts_with("--")) {
            let (start, end) = (word.place.start, word.place.end);
            let equals = word.text.find('=').map_or(end, |at| start + at);
            self.push(places, start..equals, TokenKind::Flag);
            if word.text.starts_with("--from=") {
                self.reference(places, text, equals + 1..end);
            }
        }
    }

    /// The name of a stage where there is one, else an image.
    fn reference(&mut self, places: &Literal, text: &str, range: Range<usize>) {
        let name = text.get(range.clone()).unwrap_or_default();
        if self.stages.contains(name) {
            self.push(places, range, TokenKind::Stage);
        } else {
            self.image(places, text, range);
        }
    }

    /// The parts of an image reference.
    fn image(&mut self, places: &Literal, text: &str, range: Range<usize>) {
        let reference = text.get(range.clone()).unwrap_or_default();
        if reference.len() > LONGEST_REFERENCE {
            return;
        }
        let variables: Vec<Range<usize>> = variables(reference)
            .into_iter()
            .map(|(_, range)| range)
            .collect();
        let is_free = |at: usize| !variables.iter().any(|it| it.contains(&at));
        let digest = reference
            .match_indices('@')
            .find(|(at, _)| is_free(*at))
            .map(|(at, _)| at);
        let name_end = digest.unwrap_or(reference.len());
        let named = reference.get(..name_end).unwrap_or_default();
        let slash = named.rfind('/').map_or(0, |at| at + 1);
        // The colon of a port comes before a slash.
        let tag = named
            .match_indices(':')
            .map(|(at, _)| at)
            .find(|at| *at >= slash && is_free(*at));
        let mut parts = vec![(0..tag.unwrap_or(name_end), TokenKind::Image)];
        parts.extend(tag.map(|at| (at + 1..name_end, TokenKind::Tag)));
        parts.extend(digest.map(|at| (at + 1..reference.len(), TokenKind::Digest)));
        for (part, kind) in parts {
            self.part(places, range.start, part, kind, &variables);
        }
    }

    /// A part of a reference that begins at `base`, and the variables in it.
    fn part(
        &mut self,
        places: &Literal,
        base: usize,
        part: Range<usize>,
        kind: TokenKind,
        variables: &[Range<usize>],
    ) {
        let mut at = part.start;
        for variable in variables {
            if variable.start < at || variable.end > part.end {
                continue;
            }
            self.push(places, base + at..base + variable.start, kind);
            let place = base + variable.start..base + variable.end;
            self.push(places, place, TokenKind::Variable);
            at = variable.end;
        }
        self.push(places, base + at..base + part.end, kind);
    }

    /// A word of the decoded text; what stands on several lines is several words.
    fn push(&mut self, literal: &Literal, range: Range<usize>, kind: TokenKind) {
        if range.is_empty() {
            return;
        }
        let span = literal.places.span(range);
        // A place that cannot be found is given as the whole literal.
        if span == literal.span {
            return;
        }
        let mut start = span.start as usize;
        for line in span.of(self.text).split_inclusive('\n') {
            let word = line.trim_end().trim_end_matches('\\').trim_end();
            let indent = word.len() - word.trim_start().len();
            let span = Span::new(start + indent, start + word.len());
            if !span.is_empty() {
                self.tokens.push(Token { span, kind });
            }
            start += line.len();
        }
    }
}

/// A string of the document.
struct Literal {
    span: Span,
    places: Places,
}

fn is_command(word: &str) -> bool {
    word.eq_ignore_ascii_case("cmd")
}

/// Whether the string at a path is run by a shell of the build.
fn is_shell_text(path: &[Step]) -> bool {
    matches!(
        names(path).as_slice(),
        [.., "steps", "#", "run"] | ["build" | "install", "command"]
    )
}

/// Whether variables are replaced in the string at a path.
fn has_variables(analysis: &Analysis, path: &[Step]) -> bool {
    match names(path).as_slice() {
        ["external_tools", "#", "url"]
        | ["build", "ldflags", _]
        | ["build", "flags", "#"]
        | [
            "build",
            "binaries",
            "#",
            "ldflags" | "flags" | "build_flags",
            _,
        ] => true,
        [.., "env", _, "value"] => {
            let parent = path.split_last().map(|(_, parent)| parent);
            let table = parent.and_then(|parent| table(analysis, parent));
            let expand = table.and_then(|table| table.node("expand"));
            expand.is_some_and(|it| matches!(it.value, Value::Boolean(true)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::tokens;
    use crate::analysis::analyze;
    use crate::ide::testing::{PROJECT, project};

    fn check(text: &str, expected: &Expect) {
        let analysis = analyze(text, &project());
        let mut shown = String::new();
        for token in tokens(&analysis) {
            let word = token.span.of(text);
            assert!(!word.is_empty() && !word.contains('\n'), "{token:?}");
            shown.push_str(&format!("{:?} {word}\n", token.kind));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn names_in_values_are_marked() {
        check(
            PROJECT,
            &expect![[r#"
                Stage web
                Image node
                Tag 22-alpine
                Instruction RUN
                Variable ${arch}
                Image alpine
                Tag 3.21
            "#]],
        );
    }

    #[test]
    fn a_step_is_marked_word_by_word() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let text = format!(
            "[[stages]]\nname = \"wéb\"\nfrom = \"localhost:5000/a/${{B}}:${{C:-1}}-x@{digest}\"\nsteps = [\n\
             \"copy --from=web --chown=$U:x é /x\",\n\
             'RUN --mount=type=bind,from=node:22,target=/x echo \"😀 $HOME\"',\n\
             \"HEALTHCHECK --interval=3s CMD é\",\n\
             \"ONBUILD COPY --link x /${{D}}\",\n\
             ]\n[[stages]]\nname = \"web\"\nfrom = \"wéb\"\n"
        );
        let expected = expect![[r#"
            Stage wéb
            Image localhost:5000/a/
            Variable ${B}
            Variable ${C:-1}
            Tag -x
            Digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            Instruction copy
            Flag --from
            Stage web
            Flag --chown
            Variable $U
            Instruction RUN
            Flag --mount
            Image node
            Tag 22
            Variable $HOME
            Instruction HEALTHCHECK
            Flag --interval
            Instruction CMD
            Instruction ONBUILD
            Instruction COPY
            Flag --link
            Variable ${D}
            Stage web
            Stage wéb
        "#]];
        check(&text, &expected);
    }

    #[test]
    fn no_word_spans_lines() {
        check(
            "[build]\r\nsteps = [\"\"\"\r\nRU\\\r\n  N --netw\\\r\n  ork=none \\u0024{é} $X\"\"\", { run = '''\r\necho ${A}\r\n$B é''' }]\r\n",
            &expect![[r#"
                Instruction RU
                Instruction N
                Flag --netw
                Flag ork
                Variable $X
                Variable ${A}
                Variable $B
            "#]],
        );
    }

    #[test]
    fn values_in_old_spellings_are_marked() {
        check(
            "runtime = \"go\"\n[build]\nldflags = [\"-X é=${V}\"]\n[runtime_config]\nimage = \"alpine\"\n[[runtime_config.copy]]\nfrom_stage = \"builder\"\n[[runtime_config.copy]]\nfrom-stage = \"image:ghcr.io/a/b:1\"\n[runtime_config.env]\nA = \"$X\"\nB = { value = \"$X\", expand = true }\n",
            &expect![[r#"
                Variable ${V}
                Image alpine
                Stage builder
                Image ghcr.io/a/b
                Tag 1
                Variable $X
            "#]],
        );
    }

    #[test]
    fn a_broken_document_is_marked_where_it_is_sound() {
        check(
            "[build]\nsteps = [\"COPY --from=web\", \"RU\", \"COPY --fr\", \"\", \"FROM é:1\"\n[runtime]\nimage = \"é:",
            &expect![[r#"
                Instruction COPY
                Flag --from
                Image web
                Instruction COPY
                Flag --fr
                Instruction FROM
            "#]],
        );
        check("", &expect![""]);
    }
}
