//! What the words inside strings are.

use tower_lsp::ls_types::{SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend};

use crate::ide::tokens::{Token, TokenKind};
use crate::lsp::client_support::ClientSupport;
use crate::lsp::documents::Snapshot;
use crate::text::{PositionEncoding, Span};

/// What the protocol has for each kind of word.
const TYPES: [(TokenKind, SemanticTokenType); 7] = [
    (TokenKind::Stage, SemanticTokenType::NAMESPACE),
    (TokenKind::Image, SemanticTokenType::TYPE),
    (TokenKind::Tag, SemanticTokenType::ENUM_MEMBER),
    (TokenKind::Digest, SemanticTokenType::NUMBER),
    (TokenKind::Instruction, SemanticTokenType::KEYWORD),
    (TokenKind::Flag, SemanticTokenType::PARAMETER),
    (TokenKind::Variable, SemanticTokenType::VARIABLE),
];

/// The types that the client knows, in the order by which tokens name them; all of them if it lists none.
pub(crate) fn legend(support: &ClientSupport) -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: known(support).map(|(_, name)| name).collect(),
        token_modifiers: Vec::new(),
    }
}

fn known(support: &ClientSupport) -> impl Iterator<Item = (TokenKind, SemanticTokenType)> {
    let listed = &support.token_types;
    TYPES
        .into_iter()
        .filter(|(_, name)| listed.is_empty() || listed.iter().any(|it| it == name.as_str()))
}

/// The tokens of a document that lie in a span, each counted from the one before.
pub(crate) fn tokens(
    document: &Snapshot,
    tokens: &[Token],
    span: Span,
    support: &ClientSupport,
) -> SemanticTokens {
    let kinds: Vec<TokenKind> = known(support).map(|(kind, _)| kind).collect();
    let mut place = Place::default();
    let mut data = Vec::new();
    for token in tokens {
        let number = kinds.iter().position(|kind| *kind == token.kind);
        let number = number.and_then(|number| u32::try_from(number).ok());
        let Some(token_type) = number.filter(|_| token.span.overlaps(span)) else {
            continue;
        };
        let start = place.moved(document, token.span.start);
        let is_same_line = start.line == place.line;
        data.push(SemanticToken {
            delta_line: start.line - place.line,
            delta_start: start.column - if is_same_line { place.column } else { 0 },
            length: units(document.encoding, token.span.of(&document.text)),
            token_type,
            token_modifiers_bitset: 0,
        });
        place = start;
    }
    SemanticTokens {
        result_id: None,
        data,
    }
}

/// A place that moves forward, so that a long line is counted once.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    offset: u32,
    line: u32,
    column: u32,
}

impl Place {
    fn moved(self, document: &Snapshot, offset: u32) -> Self {
        let line = document.line_index.line(offset);
        let (start, column) = if line == self.line {
            (self.offset, self.column)
        } else {
            let span = document.line_index.line_span(&document.text, line);
            (span.start, 0)
        };
        let between = Span { start, end: offset };
        Self {
            offset,
            line,
            column: column + units(document.encoding, between.of(&document.text)),
        }
    }
}

/// How many columns a text takes.
fn units(encoding: PositionEncoding, text: &str) -> u32 {
    let count = match encoding {
        PositionEncoding::Utf8 => text.len(),
        PositionEncoding::Utf16 => text.encode_utf16().count(),
        PositionEncoding::CodePoints => text.chars().count(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{legend, tokens};
    use crate::ide;
    use crate::lsp::client_support::ClientSupport;
    use crate::lsp::to_proto::testing::snapshot;
    use crate::text::Span;

    const TEXT: &str =
        "[build]\r\nsteps = [\"ADD 😀 $X\", \"RUN\"]\r\n[runtime]\r\nimage = \"alpine:3\"\r\n";

    /// Line, column, length and type of each token, all absolute.
    fn absolute(text: &str, span: Span, support: &ClientSupport) -> Vec<(u32, u32, u32, u32)> {
        let document = snapshot(text);
        let found = ide::tokens::tokens(document.sketch());
        let (mut line, mut column) = (0, 0);
        let data = tokens(&document, &found, span, support).data;
        let places = data.iter().map(|token| {
            column = token.delta_start + if token.delta_line == 0 { column } else { 0 };
            line += token.delta_line;
            (line, column, token.length, token.token_type)
        });
        places.collect()
    }

    #[test]
    fn tokens_are_counted_from_the_one_before() {
        let whole = Span::new(0, TEXT.len());
        assert_eq!(
            absolute(TEXT, whole, &ClientSupport::default()),
            [
                (1, 10, 3, 4),
                (1, 17, 2, 6),
                (1, 23, 3, 4),
                (3, 9, 6, 1),
                (3, 16, 1, 2)
            ]
        );
        let last = Span::new(TEXT.len() - 12, TEXT.len());
        assert_eq!(
            absolute(TEXT, last, &ClientSupport::default()),
            [(3, 9, 6, 1), (3, 16, 1, 2)]
        );
    }

    #[test]
    fn only_types_that_the_client_knows_are_used() {
        let support = ClientSupport {
            token_types: vec!["variable".to_owned(), "type".to_owned(), "x".to_owned()],
            ..ClientSupport::default()
        };
        let types = legend(&support).token_types;
        let types: Vec<&str> = types.iter().map(|it| it.as_str()).collect();
        assert_eq!(types, ["type", "variable"]);
        let whole = Span::new(0, TEXT.len());
        assert_eq!(
            absolute(TEXT, whole, &support),
            [(1, 17, 2, 1), (3, 9, 6, 0)]
        );
    }
}
