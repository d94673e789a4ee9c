//! Dockerfile text to instructions: string steps, the overlay, and the file that `dockerfile` names.
//!
//! The text is cut into its instructions as BuildKit cuts it, and each is read by the crate `parse-dockerfile`, which
//! has places; of the maintained parsers it is the only one that read every file of a corpus of ninety public
//! Dockerfiles. Nothing is pasted: what is not exactly one instruction is refused, and what is taken over keeps its own
//! spelling behind its flags.

mod fault;
mod flags;
mod instruction;
mod lines;
mod parts;
mod variables;
mod words;

pub use crate::plan::parse::fault::Fault;
pub use crate::plan::parse::lines::Directive;

use crate::plan::instructions::Reader as Replacer;
use crate::plan::parse::instruction::{After, Reader};
use crate::plan::parse::lines::cut;
use crate::plan::parse::variables::Scan;
use crate::plan::{Variable, Written};
use crate::text::{Span, Spanned};

/// A stage or an instruction of Dockerfile text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `FROM`.
    From(Box<From>),
    /// Any other instruction, with its place.
    Instruction(Box<Written>, Span),
}

/// `FROM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// `--platform=`.
    pub platform: Option<Spanned<String>>,
    /// The image or stage.
    pub image: Spanned<String>,
    /// The name behind `AS`.
    pub name: Option<Spanned<String>>,
    /// The variables of the platform and the image.
    pub variables: Vec<Variable>,
    /// The place of the whole instruction.
    pub span: Span,
}

/// What was read of a text, and what could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The parser directives at its head.
    pub directives: Vec<Directive>,
    /// Its instructions, in order; those with a fault in a part of them are there.
    pub items: Vec<Item>,
    /// Everything that is wrong, in order.
    pub faults: Vec<Fault>,
}

/// Reads a text that is exactly one instruction other than `FROM`. Places are relative to the text.
pub fn parse_step(text: &str) -> (Option<Written>, Vec<Fault>) {
    let all = Span::new(0, text.len());
    let refused = |message: &str, span| {
        let fault = Fault::new(message, span);
        (
            None,
            vec![fault.help("write one instruction, such as `\"COPY web/ ./\"`")],
        )
    };
    if text.trim_start().starts_with('#') {
        return refused(
            "a step begins with its instruction, not with a comment",
            all,
        );
    }
    if let Some(at) = lone_return(text) {
        return refused("a line ends in a line feed", Span::new(at, at + 1));
    }
    let Text { items, faults, .. } = parse_pieces(text, After::More, false);
    let mut items = items.into_iter();
    match (items.next(), items.next()) {
        (Some(Item::From(from)), _) => refused(
            "`FROM` begins a stage: write a `[[stages]]` table",
            from.span,
        ),
        (Some(_), Some(second)) => {
            let span = match second {
                Item::From(from) => from.span,
                Item::Instruction(_, span) => span,
            };
            refused(
                "a step is one instruction, and here a second one begins",
                span,
            )
        }
        (Some(Item::Instruction(written, _)), None) => (Some(*written), faults),
        (None, _) if faults.is_empty() => {
            refused("a step is one instruction, such as `COPY web/ ./`", all)
        }
        (None, _) => (None, faults),
    }
}

/// Reads a Dockerfile fragment, which other text follows. Places are relative to the text. Parser directives count for
/// nothing in it but are listed.
pub fn parse_fragment(text: &str) -> Text {
    let directives = cut(text, true).directives;
    Text {
        directives,
        ..parse_pieces(text, After::More, false)
    }
}

/// Reads a whole Dockerfile.
pub fn parse_file(text: &str) -> Text {
    let mut read = parse_pieces(text, After::Nothing, true);
    for directive in &read.directives {
        let value = directive.value.value.as_str();
        if directive.name == "escape" && !matches!(value, "\\" | "`") {
            let message = format!("`{value}` escapes nothing: it is `\\` or a back-tick");
            read.faults.push(Fault::new(message, directive.value.span));
        }
    }
    let mut has_stage = false;
    for item in &read.items {
        match item {
            Item::From(_) => has_stage = true,
            Item::Instruction(written, _) if !has_stage && written.keyword != "ARG" => {
                let message = format!("`{}` stands before the first `FROM`", written.keyword);
                read.faults.push(Fault::new(message, written.keyword_span));
            }
            Item::Instruction(..) => {}
        }
    }
    if !has_stage && read.faults.is_empty() {
        let end = Span::new(0, text.trim_end().len());
        read.faults
            .push(Fault::new("no `FROM` begins a stage", end));
    }
    read.faults.sort_by_key(|fault| fault.span);
    read
}

fn parse_pieces(text: &str, after: After, with_directives: bool) -> Text {
    let lines = cut(text, with_directives);
    let mut reader = Reader::new(text, lines.escape, after);
    let items = lines.pieces.iter().filter_map(|piece| reader.item(piece));
    let items = items.collect();
    Text {
        directives: lines.directives,
        items,
        faults: reader.faults,
    }
}

/// The variables in the text of a `run`, which a shell replaces.
pub fn shell_variables(text: &str) -> Vec<Variable> {
    let scan = Scan {
        text,
        escape: '\\',
        reader: Replacer::BuildShell,
        quotes: false,
    };
    scan.variables(0..text.len(), &mut Vec::new())
}

/// A carriage return that no line feed follows: builders and editors would not agree on the lines.
fn lone_return(text: &str) -> Option<usize> {
    let mut returns = text.match_indices('\r');
    returns
        .find(|(at, _)| text.as_bytes().get(at + 1) != Some(&b'\n'))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests;
