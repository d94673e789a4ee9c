//! The open documents: their text, kept in step with the editor's, and one immutable snapshot per version.
//!
//! Nothing here waits: the notifications of the client are applied in the order in which they come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::Handle;
use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use crate::analysis::{Analysis, FoundInText, Options, sketch};
use crate::lsp::context::{Judgement, context_of, context_of_findings, judgement_of};
use crate::lsp::from_proto::{self, BadPlace};
use crate::lsp::looks::Looks;
use crate::text::{LineIndex, PositionEncoding};

/// The file name of the documents that are ours.
const FILE_NAME: &str = "docksmith.toml";

/// Whether a document is one of ours: its last path segment is exactly `docksmith.toml`.
pub(crate) fn is_ours(uri: &Uri) -> bool {
    let name = uri.path().split('/').next_back();
    name.is_some_and(|name| name.decode().to_string_lossy() == FILE_NAME)
}

/// One version of a document. What is computed from it is computed once, on first use.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The name that the client gave.
    pub(crate) uri: Uri,
    /// The number that the client gave.
    pub(crate) version: i32,
    /// The whole text.
    pub(crate) text: String,
    /// The lines of the text.
    pub(crate) line_index: LineIndex,
    /// How the client counts columns.
    pub(crate) encoding: PositionEncoding,
    /// How the client wants it judged.
    options: Options,
    judgement: OnceLock<Judgement>,
    sketch: OnceLock<Arc<Analysis>>,
    analysis: OnceLock<Arc<Analysis>>,
    /// What was found in the text, while the files around it are looked at.
    in_text: Mutex<Option<FoundInText>>,
    /// What was asked of those files.
    pub(crate) looks: Looks,
}

impl Snapshot {
    fn new(
        uri: Uri,
        version: i32,
        content: Content,
        encoding: PositionEncoding,
        options: Options,
    ) -> Self {
        Self {
            uri,
            version,
            text: content.text,
            line_index: content.line_index,
            encoding,
            options,
            judgement: OnceLock::new(),
            sketch: OnceLock::new(),
            analysis: OnceLock::new(),
            in_text: Mutex::new(None),
            looks: Looks::default(),
        }
    }

    /// A document that lies on the disk and is not open, as its first version.
    pub(crate) fn closed(uri: Uri, text: String, encoding: PositionEncoding) -> Self {
        Self::new(uri, 0, Content::new(text), encoding, Options::default())
    }

    /// What is known of this version without what is said about it: for features that do not show findings, because
    /// most of the time goes into those. Looks at the disk on first use.
    pub(crate) fn sketch(&self) -> &Arc<Analysis> {
        self.sketch.get_or_init(|| {
            let context = self.looks.noted(context_of(&self.uri));
            Arc::new(sketch(&self.text, &context, &self.options))
        })
    }

    /// What is known of this version; looks at the disk on first use.
    pub(crate) fn analysis(&self) -> &Arc<Analysis> {
        self.analysis.get_or_init(|| {
            let context = self.looks.noted(context_of_findings(&self.uri));
            let (sketch, options) = (self.sketch(), self.options());
            let found = sketch.found_in_text(&context, options);
            *self.in_text() = Some(found.clone());
            let analysis = sketch.judged(&context, options, found);
            *self.in_text() = None;
            Arc::new(analysis)
        })
    }

    /// While [`Self::analysis`] waits for the files around the document: what is known without them. Else nothing.
    pub(crate) fn analysis_of_text(&self) -> Option<Analysis> {
        let found = self.in_text().clone()?;
        let (context, options) = (context_of(&self.uri), self.options());
        let sketch = self.sketch();
        Some(sketch.judged_by_text(context.as_ref(), options, found))
    }

    fn in_text(&self) -> MutexGuard<'_, Option<FoundInText>> {
        // It is replaced whole, so a panic cannot leave half of it.
        self.in_text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it is judged, with the settings that it shares with others.
    pub(crate) fn options(&self) -> &Options {
        &self.judgement().options
    }

    /// Why the settings that it shares with others can't be read; nothing if they can.
    pub(crate) fn complaint(&self) -> Option<&str> {
        self.judgement().complaint.as_deref()
    }

    /// Looks at the disk on first use: every finding of a version is judged by the same settings.
    fn judgement(&self) -> &Judgement {
        self.judgement
            .get_or_init(|| judgement_of(&self.uri, &self.options))
    }

    /// The same version, to be analyzed again.
    fn anew(&self, options: Options) -> Self {
        let content = Content {
            text: self.text.clone(),
            line_index: self.line_index.clone(),
        };
        Self::new(
            self.uri.clone(),
            self.version,
            content,
            self.encoding,
            options,
        )
    }
}

/// Frees a version that is not needed here any more, on another thread: that of a large document takes as long as a part
/// of the next analysis, which does not wait for it.
pub(crate) fn let_go(version: Arc<Snapshot>) {
    let last = Arc::into_inner(version);
    // Without a runtime nobody waits for anything.
    if let (Some(version), Ok(runtime)) = (last, Handle::try_current()) {
        runtime.spawn_blocking(move || drop(version));
    }
}

/// Why a change was not applied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The document is not open.
    Unknown,
    /// A version is there that is as new.
    Overtaken {
        /// The version that is there.
        current: i32,
    },
    /// A range cannot be right. From now on the text here may differ from the editor's.
    BadRange(BadPlace),
    /// An earlier change was refused, and this one does not replace the whole text.
    Stale,
}

impl Refusal {
    /// Whether text here and text in the editor part with this refusal.
    pub(crate) fn parts_ways(&self) -> bool {
        matches!(self, Self::BadRange(_))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(formatter, "the document is not open; reopen it"),
            Self::Overtaken { current } => write!(formatter, "version {current} is there already"),
            Self::BadRange(place) => {
                write!(
                    formatter,
                    "{place}; the text may differ from the editor's: reopen it"
                )
            }
            Self::Stale => write!(formatter, "an earlier change was refused; reopen it"),
        }
    }
}

/// All open documents.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: BTreeMap<Uri, Open>,
    /// What changed since it was last taken; the closed ones too.
    changed: BTreeSet<Uri>,
    /// How documents are judged from now on.
    options: Options,
}

#[derive(Debug)]
struct Open {
    snapshot: Arc<Snapshot>,
    /// A change was refused: the text may differ from the editor's.
    stale: bool,
}

impl Documents {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state is replaced whole, so a panic cannot leave half of it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a document, or replaces one that is open already.
    pub(crate) fn open(&self, uri: Uri, version: i32, text: String, encoding: PositionEncoding) {
        let content = Content::new(text);
        let mut state = self.state();
        let options = state.options.clone();
        let snapshot = Snapshot::new(uri.clone(), version, content, encoding, options);
        state.put(uri, snapshot);
    }

    /// Applies the changes of one notification: all or none.
    ///
    /// # Errors
    /// The changes do not fit the document; text and version are what they were.
    pub(crate) fn change(
        &self,
        uri: &Uri,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
    ) -> Result<(), Refusal> {
        let mut state = self.state();
        let open = state.open.get_mut(uri).ok_or(Refusal::Unknown)?;
        let old = Arc::clone(&open.snapshot);
        if version <= old.version {
            return Err(Refusal::Overtaken {
                current: old.version,
            });
        }
        if open.stale && changes.iter().all(|change| change.range.is_some()) {
            return Err(Refusal::Stale);
        }
        let content = match changed(&old, changes) {
            Ok(content) => content,
            Err(place) => {
                open.stale = true;
                return Err(Refusal::BadRange(place));
            }
        };
        let options = state.options.clone();
        let snapshot = Snapshot::new(uri.clone(), version, content, old.encoding, options);
        state.put(uri.clone(), snapshot);
        drop(state);
        let_go(old);
        Ok(())
    }

    /// Closes a document. Says whether it was open.
    pub(crate) fn close(&self, uri: &Uri) -> bool {
        let mut state = self.state();
        let was_open = state.open.remove(uri).is_some();
        if was_open {
            state.changed.insert(uri.clone());
        }
        was_open
    }

    /// Judges documents that are opened or changed from now on in another way.
    pub(crate) fn judge_by(&self, options: Options) {
        self.state().options = options;
    }

    /// Forgets all analyses, because files around the documents changed.
    pub(crate) fn analyze_again(&self) {
        let mut state = self.state();
        let State {
            open,
            changed,
            options,
        } = &mut *state;
        for (uri, open) in open {
            open.snapshot = Arc::new(open.snapshot.anew(options.clone()));
            changed.insert(uri.clone());
        }
    }

    /// Forgets all analyses, because files around the documents changed, and leaves it to a later call of
    /// [`Self::analyze_again`] that something is said: more may change. Costs next to nothing where nobody looked since.
    pub(crate) fn forget_analyses(&self) {
        let mut state = self.state();
        let State { open, options, .. } = &mut *state;
        for open in open.values_mut() {
            let snapshot = &open.snapshot;
            if snapshot.looks.have_begun() || snapshot.judgement.get().is_some() {
                open.snapshot = Arc::new(snapshot.anew(options.clone()));
            }
        }
    }

    /// Forgets what was found in one version, because files around it changed; not if there is a newer one.
    pub(crate) fn renew(&self, snapshot: &Arc<Snapshot>) {
        let mut state = self.state();
        let options = state.options.clone();
        if let Some(open) = state.open.get_mut(&snapshot.uri)
            && Arc::ptr_eq(&open.snapshot, snapshot)
        {
            open.snapshot = Arc::new(snapshot.anew(options));
            state.changed.insert(snapshot.uri.clone());
        }
    }

    /// The latest version of a document; `None` if it is not open, not ours, or not in step with the editor's.
    pub(crate) fn latest(&self, uri: &Uri) -> Option<Arc<Snapshot>> {
        if !is_ours(uri) {
            return None;
        }
        let state = self.state();
        let open = state.open.get(uri).filter(|open| !open.stale)?;
        Some(Arc::clone(&open.snapshot))
    }

    /// The latest versions of all open documents that are ours and in step with the editor's.
    pub(crate) fn all(&self) -> Vec<Arc<Snapshot>> {
        let state = self.state();
        let open = state.open.iter();
        let ours = open.filter(|(uri, open)| is_ours(uri) && !open.stale);
        ours.map(|(_, open)| Arc::clone(&open.snapshot)).collect()
    }

    /// Whether nothing newer has come since the snapshot was taken.
    pub(crate) fn is_latest(&self, snapshot: &Arc<Snapshot>) -> bool {
        self.latest(&snapshot.uri)
            .is_some_and(|latest| Arc::ptr_eq(&latest, snapshot))
    }

    /// Takes one document of ours that changed since it was last taken.
    pub(crate) fn take_changed(&self) -> Option<Changed> {
        let mut state = self.state();
        while let Some(uri) = state.changed.pop_first() {
            match state.open.get(&uri) {
                _ if !is_ours(&uri) => {}
                None => return Some(Changed::Closed(uri)),
                // Nothing is said about a text that is not in step with the editor's.
                Some(open) if open.stale => {}
                Some(open) => return Some(Changed::Open(Arc::clone(&open.snapshot))),
            }
        }
        None
    }
}

/// A document that changed.
#[derive(Debug)]
pub(crate) enum Changed {
    /// It has a new version or must be analyzed again.
    Open(Arc<Snapshot>),
    /// It was closed.
    Closed(Uri),
}

impl State {
    fn put(&mut self, uri: Uri, snapshot: Snapshot) {
        self.changed.insert(uri.clone());
        let open = Open {
            snapshot: Arc::new(snapshot),
            stale: false,
        };
        self.open.insert(uri, open);
    }
}

/// A text with its lines.
struct Content {
    text: String,
    line_index: LineIndex,
}

impl Content {
    fn new(text: String) -> Self {
        let line_index = LineIndex::new(&text);
        Self { text, line_index }
    }
}

/// The text after the changes of one notification, each applied to the result of the one before.
fn changed(
    snapshot: &Snapshot,
    changes: &[TextDocumentContentChangeEvent],
) -> Result<Content, BadPlace> {
    // What comes before a change of the whole text does not count.
    let whole = changes.iter().rposition(|change| change.range.is_none());
    let (mut content, changes) = match whole.and_then(|index| changes.get(index..)) {
        Some([whole, rest @ ..]) => (Content::new(whole.text.clone()), rest),
        _ => {
            let content = Content {
                text: snapshot.text.clone(),
                line_index: snapshot.line_index.clone(),
            };
            (content, changes)
        }
    };
    for change in changes {
        let Some(range) = change.range else { continue };
        let Content { text, line_index } = &content;
        let span = from_proto::span(text, line_index, snapshot.encoding, range)?;
        content.text.replace_range(span.range(), &change.text);
        content = Content::new(content.text);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use tower_lsp::ls_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

    use super::{Changed, Documents, Refusal, is_ours};
    use crate::diagnostic::Diagnostic;
    use crate::lsp::context::context_of;
    use crate::lsp::from_proto::BadPlace;
    use crate::text::PositionEncoding::{self, Utf8, Utf16};

    fn uri(text: &str) -> Uri {
        text.parse().expect("a uri")
    }

    fn document() -> Uri {
        uri("file:///app/docksmith.toml")
    }

    fn whole(text: &str) -> TextDocumentContentChangeEvent {
        TextDocumentContentChangeEvent {
            range: None,
            range_length: None,
            text: text.to_owned(),
        }
    }

    fn part(start: (u32, u32), end: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let position = |(line, column)| Position::new(line, column);
        TextDocumentContentChangeEvent {
            range: Some(Range::new(position(start), position(end))),
            ..whole(text)
        }
    }

    fn opened(text: &str) -> Documents {
        let documents = Documents::default();
        documents.open(document(), 1, text.to_owned(), Utf16);
        documents
    }

    fn text(documents: &Documents) -> String {
        documents
            .latest(&document())
            .expect("it is open")
            .text
            .clone()
    }

    /// What is said without a look at the disk is said again with one.
    #[test]
    fn what_the_text_says_is_part_of_what_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let uri = Uri::from_file_path(folder.path().join("docksmith.toml")).expect("a uri");
        let documents = Documents::default();
        let text = "language = \"go\"\nruntime.user = \"root\"\n\
                    runtime.copy = [{ src = \"é\", dst = \"/x/\" }]\n";
        documents.open(uri.clone(), 1, text.to_owned(), Utf16);
        let document = documents.latest(&uri).expect("it is open");
        assert!(document.analysis_of_text().is_none());
        let (context, options) = (context_of(&uri), document.options());
        let found = document.sketch().found_in_text(context.as_ref(), options);
        *document.in_text() = Some(found);
        let early = document.analysis_of_text().expect("the rest is awaited");
        let early = early.diagnostics;
        let all = &document.analysis().diagnostics;
        assert!(document.analysis_of_text().is_none());
        let says = |rule| move |it: &Diagnostic| it.rule == rule;
        assert!(early.iter().any(says("root-user")), "{early:?}");
        assert!(!early.iter().any(says("copy-source-missing")), "{early:?}");
        assert!(all.iter().any(says("copy-source-missing")), "{all:?}");
        assert!(early.iter().all(|it| all.contains(it)), "{early:?}");
    }

    #[test]
    fn changes_apply_each_to_the_result_of_the_one_before() {
        let documents = opened("abc");
        let changes = [part((0, 1), (0, 2), "xyz"), part((0, 3), (0, 5), "")];
        assert_eq!(documents.change(&document(), 2, &changes), Ok(()));
        assert_eq!(text(&documents), "axy");
    }

    #[test]
    fn what_comes_before_a_whole_text_does_not_count() {
        let documents = opened("abc");
        let changes = [
            part((0, 9), (0, 1), "bad"),
            whole("new"),
            part((0, 0), (0, 1), "N"),
        ];
        assert_eq!(documents.change(&document(), 2, &changes), Ok(()));
        assert_eq!(text(&documents), "New");
    }

    #[test]
    fn a_bad_range_refuses_the_batch_until_the_text_is_known_again() {
        let documents = opened("a😀");
        let batch = [part((0, 0), (0, 1), "b"), part((0, 2), (0, 2), "x")];
        assert_eq!(
            documents.change(&document(), 2, &batch),
            Err(Refusal::BadRange(BadPlace::InsideCharacter))
        );
        assert!(documents.latest(&document()).is_none());
        let change = [part((0, 0), (0, 0), "x")];
        assert_eq!(
            documents.change(&document(), 3, &change),
            Err(Refusal::Stale)
        );
        assert_eq!(documents.change(&document(), 4, &[whole("x")]), Ok(()));
        assert_eq!(text(&documents), "x");
    }

    #[test]
    fn a_reversed_range_is_bad() {
        let documents = opened("abc");
        assert_eq!(
            documents.change(&document(), 2, &[part((0, 2), (0, 1), "")]),
            Err(Refusal::BadRange(BadPlace::Reversed))
        );
    }

    #[test]
    fn positions_past_an_end_mean_that_end() {
        let documents = opened("ab\ncd");
        let changes = [part((0, 99), (0, 99), "!"), part((99, 9), (99, 9), "?")];
        assert_eq!(documents.change(&document(), 2, &changes), Ok(()));
        assert_eq!(text(&documents), "ab!\ncd?");
    }

    #[test]
    fn a_version_that_is_not_newer_is_dropped() {
        let documents = opened("a");
        assert_eq!(
            documents.change(&document(), 1, &[whole("b")]),
            Err(Refusal::Overtaken { current: 1 })
        );
        assert_eq!(text(&documents), "a");
    }

    #[test]
    fn a_second_open_replaces() {
        let documents = opened("a");
        documents.open(document(), 1, "b".to_owned(), Utf16);
        assert_eq!(text(&documents), "b");
    }

    #[test]
    fn a_document_that_is_not_open_is_unknown() {
        let documents = Documents::default();
        assert_eq!(
            documents.change(&document(), 2, &[whole("b")]),
            Err(Refusal::Unknown)
        );
        assert!(!documents.close(&document()));
        assert!(documents.take_changed().is_none());
    }

    #[test]
    fn a_closed_document_is_reported_once() {
        let documents = opened("a");
        documents.close(&document());
        assert!(matches!(documents.take_changed(), Some(Changed::Closed(_))));
        assert!(documents.take_changed().is_none());
    }

    #[test]
    fn only_the_exact_file_name_is_ours() {
        for ours in [
            "file:///a/docksmith.toml",
            "untitled:docksmith.toml",
            "file://wsl%24/Ubuntu/docksmith.toml",
            "file:///c%3A/a%20b/docksmith%2Etoml",
        ] {
            assert!(is_ours(&uri(ours)), "{ours}");
        }
        for other in [
            "file:///a/Cargo.toml",
            "file:///a/my-docksmith.toml",
            "file:///docksmith.toml/x",
            "untitled:Untitled-1",
            "file:///a/Docksmith.toml",
            "file:///a/%FF",
        ] {
            assert!(!is_ours(&uri(other)), "{other}");
        }
    }

    /// Numbers that look random and are the same in every run (xorshift).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % limit as u64).expect("below `limit`")
        }

        fn text(&mut self) -> String {
            const PIECES: [&str; 12] = [
                "a",
                "key = 1",
                "é",
                "e\u{301}",
                "日本",
                "😀",
                "𝒳",
                "👩\u{200d}🚀",
                "\n",
                "\r\n",
                "\u{feff}",
                "",
            ];
            (0..self.below(6))
                .map(|_| PIECES[self.below(PIECES.len())])
                .collect()
        }
    }

    /// The editor's side, as simple as can be: a position is found by walking over the characters.
    fn position(text: &str, offset: usize, encoding: PositionEncoding) -> Position {
        let (mut line, mut column) = (0, 0);
        for character in text[..offset].chars() {
            column += match encoding {
                Utf8 => character.len_utf8(),
                _ => character.len_utf16(),
            };
            if character == '\n' {
                (line, column) = (line + 1, 0);
            }
        }
        Position::new(line, u32::try_from(column).expect("a short line"))
    }

    /// An offset that has a position: on a character boundary, not inside a line break.
    fn place(text: &str, numbers: &mut Numbers) -> usize {
        let places: Vec<usize> = (0..=text.len())
            .filter(|&offset| text.is_char_boundary(offset))
            .filter(|&offset| !(text[..offset].ends_with('\r') && text[offset..].starts_with('\n')))
            .collect();
        places[numbers.below(places.len())]
    }

    #[test]
    fn the_text_equals_the_editors_after_any_batches() {
        for encoding in [Utf8, Utf16] {
            let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
            for _ in 0..60 {
                let mut expected = numbers.text();
                let documents = Documents::default();
                documents.open(document(), 0, expected.clone(), encoding);
                for version in 1..30 {
                    let batch: Vec<_> = (0..numbers.below(4))
                        .map(|_| edit(&mut expected, &mut numbers, encoding))
                        .collect();
                    assert_eq!(documents.change(&document(), version, &batch), Ok(()));
                    assert_eq!(text(&documents), expected);
                }
            }
        }
    }

    fn edit(
        expected: &mut String,
        numbers: &mut Numbers,
        encoding: PositionEncoding,
    ) -> TextDocumentContentChangeEvent {
        let text = numbers.text();
        if numbers.below(8) == 0 {
            expected.clone_from(&text);
            return whole(&text);
        }
        let (one, other) = (place(expected, numbers), place(expected, numbers));
        let (start, end) = (one.min(other), one.max(other));
        let range = Range::new(
            position(expected, start, encoding),
            position(expected, end, encoding),
        );
        expected.replace_range(start..end, &text);
        TextDocumentContentChangeEvent {
            range: Some(range),
            ..whole(&text)
        }
    }
}
