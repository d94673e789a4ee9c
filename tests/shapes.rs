//! What follows the shape of a text fits every text: in bounds, in order, and never in the middle of a character.

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::{BuildContext, NoContext};
use docksmith::disk::Folder;
use docksmith::ide::symbols::Symbol;
use docksmith::ide::{folding, hints, lenses, links, selection, symbols, tokens};
use docksmith::text::Span;

use crate::dockerfiles::{documents, examples};

#[track_caller]
fn fits(text: &str, spans: &[Span]) {
    for span in spans {
        assert!(text.get(span.range()).is_some(), "{span:?} in\n{text}");
    }
    let is_sorted = spans.iter().is_sorted_by_key(|span| span.start);
    assert!(is_sorted, "{spans:?} in\n{text}");
}

#[track_caller]
fn selections_grow(text: &str, analysis: &Analysis, offset: usize) {
    let offset = u32::try_from(offset).expect("the text is short");
    let chain = selection::selection(analysis, offset);
    assert_eq!(chain.last(), Some(&Span::new(0, text.len())));
    for span in &chain {
        assert!(text.get(span.range()).is_some(), "{span:?} in\n{text}");
        assert!(span.touches(offset), "{span:?} in\n{text}");
    }
    for pair in chain.windows(2) {
        let grows = pair[1].covers(pair[0]) && pair[1] != pair[0];
        assert!(grows, "{chain:?} in\n{text}");
    }
}

#[track_caller]
fn symbols_nest(text: &str, symbols: &[Symbol]) {
    for symbol in symbols {
        assert!(!symbol.name.trim().is_empty(), "{symbol:?}");
        assert!(text.get(symbol.span.range()).is_some(), "{symbol:?}");
        assert!(symbol.span.covers(symbol.selection), "{symbol:?}");
        symbols_nest(text, &symbol.children);
    }
}

#[track_caller]
fn answers_fit(text: &str, context: &dyn BuildContext) {
    let analysis = analyze(text, &NoContext::default());
    let folds = folding::folding(&analysis);
    fits(text, &folds.iter().map(|it| it.span).collect::<Vec<_>>());
    for fold in &folds {
        assert!(fold.span.covers(fold.hidden), "{fold:?} in\n{text}");
        assert!(text.get(fold.hidden.range()).is_some(), "{fold:?}");
    }
    let tokens = tokens::tokens(&analysis);
    fits(text, &tokens.iter().map(|it| it.span).collect::<Vec<_>>());
    for token in &tokens {
        let word = token.span.of(text);
        assert!(!word.is_empty() && !word.contains(['\n', '\r']), "{word:?}");
    }
    for pair in tokens.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "{pair:?}");
    }
    let links = links::links(&analysis, context);
    fits(text, &links.iter().map(|it| it.span).collect::<Vec<_>>());
    let lenses = lenses::lenses(&analysis);
    fits(text, &lenses.iter().map(|it| it.span).collect::<Vec<_>>());
    let hints = hints::hints(&analysis, Span::new(0, text.len()));
    let at = |offset| Span {
        start: offset,
        end: offset,
    };
    let places = hints.iter().map(|hint| at(hint.offset));
    fits(text, &places.collect::<Vec<_>>());
    for edit in hints.iter().filter_map(|hint| hint.edit.as_ref()) {
        assert!(text.get(edit.span.range()).is_some(), "{edit:?} in\n{text}");
    }
    symbols_nest(text, &symbols::symbols(&analysis));
    for offset in [text.len(), text.len() / 2, text.len() * 3 / 4] {
        let offset = (0..=offset).rev().find(|at| text.is_char_boundary(*at));
        selections_grow(text, &analysis, offset.unwrap_or_default());
    }
}

#[test]
fn the_shape_of_every_prefix_of_every_example_fits() {
    for path in documents(&examples()) {
        let text = std::fs::read_to_string(&path).expect("an example");
        let context = Folder::new(path.parent().expect("a folder"));
        for (end, _) in text.char_indices().step_by(5) {
            answers_fit(&text[..end], &context);
        }
        answers_fit(&text, &context);
        answers_fit(&text.replace('\n', "\r\n"), &context);
        answers_fit(&text.replace("e", "é").replace("o", "😀"), &context);
    }
}

#[test]
fn the_shape_of_a_long_text_is_found_in_time() {
    let time = |count: usize| {
        let table =
            "# é\n[[stages]]\nname = \"s\"\nfrom = \"alpine:3\"\nsteps = [\n\"RUN echo $X\",\n]\n";
        let text = table.repeat(count);
        let analysis = analyze(&text, &NoContext::default());
        let start = std::time::Instant::now();
        for _ in 0..3 {
            folding::folding(&analysis);
            tokens::tokens(&analysis);
            selection::selection(&analysis, 40);
            links::links(&analysis, &NoContext::default());
            hints::hints(&analysis, Span::new(0, text.len()));
        }
        start.elapsed()
    };
    let (short, long) = (time(40), time(400));
    let limit = short * 40 + std::time::Duration::from_millis(200);
    assert!(long < limit, "{short:?} for 40, {long:?} for 400");
}
