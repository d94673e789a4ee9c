//! The language server.
//!
//! [`Backend`] has one short method per message. What comes in is turned into bytes by `from_proto`, answered by a
//! function of `ide` on an immutable snapshot, and turned back by `to_proto`. Notifications change the documents before
//! anything is awaited, and requests to the client are made from tasks of their own.

mod actions;
mod capabilities;
mod client_requests;
mod client_support;
mod commands;
mod context;
mod documents;
mod framing;
mod from_proto;
mod leniency;
mod looks;
mod outbox;
mod parent;
mod publisher;
mod pull;
mod render_to_file;
mod session;
mod settings;
mod spellings;
mod testing;
mod to_proto;
mod transport;
mod watched;
mod workspace;
mod workspace_symbols;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::task::AbortHandle;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{
    CodeActionParams, CodeActionResponse, CodeLens, CodeLensParams, CompletionItem,
    CompletionParams, CompletionResponse, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    DocumentDiagnosticParams, DocumentDiagnosticReportResult, DocumentFormattingParams,
    DocumentHighlight, DocumentHighlightParams, DocumentLink, DocumentLinkParams,
    DocumentSymbolParams, DocumentSymbolResponse, ExecuteCommandParams, FoldingRange,
    FoldingRangeParams, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams,
    InitializeParams, InitializeResult, InitializedParams, InlayHint, InlayHintParams, Location,
    MessageType, PrepareRenameResponse, ReferenceParams, RenameParams, SelectionRange,
    SelectionRangeParams, SemanticTokensParams, SemanticTokensRangeParams,
    SemanticTokensRangeResult, SemanticTokensResult, ServerInfo, SetTraceParams,
    TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit, WorkspaceSymbolParams,
    WorkspaceSymbolResponse,
};
use tower_lsp::{Client, LanguageServer, LspService};

use crate::analysis;
use crate::ide;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::context_of;
use crate::lsp::documents::{Refusal, Snapshot, is_ours};
use crate::lsp::outbox::Room;
use crate::lsp::session::Session;
use crate::lsp::settings::Settings;
use crate::lsp::transport::panic_message;
use crate::rewrite::format::{edits, format};
use crate::text::Span;

/// The stack of every thread that analyzes; the main thread's is small on some systems.
const STACK: usize = 16 << 20;

/// How many threads analyze at once: one for the findings and one for what is asked meanwhile. The allocator keeps memory
/// for each of them, several times what one version of a large document needs.
const THREADS: usize = 2;

/// How many answers are computed at once or are next in line: enough for the threads to have work.
const TURNS: usize = 2 * THREADS;

/// Serves standard input and output until the client leaves. Gives the exit code: 0 after a `shutdown`, else 1.
///
/// A thread may still wait for input afterwards: leave by `process::exit`.
pub fn run() -> i32 {
    let server = thread::Builder::new().stack_size(STACK).spawn(serve);
    server
        .ok()
        .and_then(|server| server.join().ok())
        .unwrap_or(1)
}

fn serve() -> i32 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .thread_stack_size(STACK)
        .max_blocking_threads(THREADS)
        .build();
    let Ok(runtime) = runtime else { return 1 };
    let (process, client) = oneshot::channel();
    let (outbox, outgoing, room) = outbox::outbox();
    let server = LspService::build(|client| Backend::new(client, process, room));
    let server = server.custom_method("$/setTrace", Backend::set_trace);
    let server = testing::with_methods(server).finish();
    let streams = (std::io::stdin(), std::io::stdout());
    let queue = (outbox, outgoing);
    let code = runtime.block_on(transport::serve(
        server,
        streams,
        queue,
        parent::gone(client),
    ));
    runtime.shutdown_background();
    code
}

/// Cancels work that has not begun when the request that wants it goes away.
struct Cancel(AbortHandle);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the client hears of an answer that could not be given.
fn failed(message: String) -> Error {
    Error {
        message: message.into(),
        ..Error::internal_error()
    }
}

/// The server as the dispatcher sees it.
pub(crate) struct Backend {
    client: Client,
    session: Arc<Session>,
    /// Takes the id of the client's process, once.
    process: Mutex<Option<oneshot::Sender<u32>>>,
    /// Whether the client reads what it is told.
    room: Room,
    /// Who may compute an answer now.
    turns: Semaphore,
}

impl Backend {
    fn new(client: Client, process: oneshot::Sender<u32>, room: Room) -> Self {
        Self {
            client,
            session: Arc::default(),
            process: Mutex::new(Some(process)),
            room,
            turns: Semaphore::new(TURNS),
        }
    }

    /// Waits until an answer may be computed: a few at once, and none while those before it are not read. So what waits
    /// is as small as the requests are, and the publisher gets its turn among however many.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let turn = self.turns.acquire().await;
        self.room.wait().await;
        // Nobody closes it.
        turn.ok()
    }

    /// Answers at a place of a document as [`Self::answer_on`] does.
    ///
    /// There is no answer if the document is not ours or the place lies inside a character.
    ///
    /// # Errors
    /// `answer` panics; the server goes on.
    pub(crate) async fn answer_at<T: Send + 'static>(
        &self,
        place: TextDocumentPositionParams,
        answer: impl FnOnce(&Arc<Snapshot>, u32) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let position = place.position;
        self.answer_on(place.text_document.uri, move |document| {
            let offset = from_proto::offset(document, position)?;
            answer(document, offset)
        })
        .await
    }

    /// Answers about a whole document on a thread of its own, where it may read files and take its time: other messages
    /// are served meanwhile.
    ///
    /// The version that is the latest now is taken at once, before anything is waited for. Work that has not begun
    /// when the request is cancelled is not done.
    ///
    /// # Errors
    /// `answer` panics; the server goes on.
    pub(crate) async fn answer_on<T: Send + 'static>(
        &self,
        uri: Uri,
        answer: impl FnOnce(&Arc<Snapshot>) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let Some(document) = self.session.documents.latest(&uri) else {
            return Ok(None);
        };
        let _turn = self.turn().await;
        let shown = Arc::clone(&document);
        let work = tokio::task::spawn_blocking(move || {
            catch_unwind(AssertUnwindSafe(|| answer(&document)))
                .map_err(|panic| panic_message(&*panic).to_owned())
        });
        let _cancel = Cancel(work.abort_handle());
        let answer = work.await;
        // Somebody looks at the document: what is said of it shall be true of the files as they are now.
        if shown.looks.are_due() {
            client_requests::look_at(&self.client, &self.session, shown);
        }
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(message)) => Err(failed(message)),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// Says why a change was not applied; loudly if the document is of no use until it is opened again.
    async fn report(&self, uri: &Uri, refusal: &Refusal) {
        let message = format!(
            "docksmith: a change of `{}` is refused: {refusal}",
            uri.as_str()
        );
        if refusal.parts_ways() && is_ours(uri) {
            self.client
                .show_message(MessageType::WARNING, message)
                .await;
        } else {
            self.client.log_message(MessageType::WARNING, message).await;
        }
    }

    /// Looks at the files around all documents again.
    fn look_again(&self) {
        self.session.analyze_again();
        client_requests::refresh_diagnostics(&self.client, &self.session);
    }

    async fn set_trace(&self, params: SetTraceParams) {
        self.session.set_trace(params.value);
    }

    fn watch_process(&self, id: Option<u32>) {
        let process = self
            .process
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let (Some(process), Some(id)) = (process, id) {
            // The transport stops listening only when it ends.
            let _ = process.send(id);
        }
    }
}

/// A request that was understood and cannot be met, with the reason for the user (`RequestFailed`).
fn refused(reason: String) -> Error {
    Error {
        code: ErrorCode::ServerError(-32803),
        message: reason.into(),
        data: None,
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let support = ClientSupport::new(&params.capabilities);
        let capabilities = capabilities::capabilities(&support);
        self.session.workspace.begin(&params);
        let options = params.initialization_options.unwrap_or_default();
        self.session.begin(support, Settings::initial(&options));
        if let Some(trace) = params.trace {
            self.session.set_trace(trace);
        }
        self.watch_process(params.process_id);
        let session = Arc::clone(&self.session);
        let publisher = publisher::publish_changes(self.client.clone(), session, self.room.clone());
        tokio::spawn(publisher);
        Ok(InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _params: InitializedParams) {
        // Nobody waits for it: a document that is opened meanwhile does the same work.
        tokio::task::spawn_blocking(analysis::prepare);
        client_requests::pull_settings(&self.client, &self.session);
        client_requests::watch_files(&self.client, &self.session);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let encoding = self.session.support().encoding();
        self.session
            .documents
            .open(document.uri, document.version, document.text, encoding);
        self.session.changes.notify_one();
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let documents = &self.session.documents;
        let result = documents.change(&document.uri, document.version, &params.content_changes);
        match result {
            Ok(()) => self.session.changes.notify_one(),
            Err(refusal) => self.report(&document.uri, &refusal).await,
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        if self.session.documents.close(&uri) {
            self.session.changes.notify_one();
        }
        self.session.forget(&uri);
    }

    async fn did_save(&self, _params: DidSaveTextDocumentParams) {
        self.look_again();
    }

    async fn did_change_watched_files(&self, _params: DidChangeWatchedFilesParams) {
        self.session.workspace.look_again();
        client_requests::look_again_soon(&self.client, &self.session);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let event = params.event;
        self.session.workspace.change(event.added, &event.removed);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        // Clients that can be asked send nothing of use here.
        if params.settings.is_null() {
            client_requests::pull_settings(&self.client, &self.session);
        } else {
            let is_new = self.session.configure(&params.settings);
            if is_new {
                client_requests::refresh(&self.client, &self.session);
            }
        }
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let (session, support) = (Arc::clone(&self.session), self.session.support());
        self.answer_at(params.text_document_position, move |document, offset| {
            let context = context_of(&document.uri);
            let last = session.sound(document);
            let last = last.as_ref().map(|it| it.sketch().as_ref());
            let analysis = document.sketch();
            let found = ide::completion::completion(analysis, last, context.as_ref(), offset);
            Some(to_proto::completion::completion(document, found, &support))
        })
        .await
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        Ok(to_proto::completion::resolved(item, &self.session))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let (session, support) = (Arc::clone(&self.session), self.session.support());
        let place = params.text_document_position_params;
        self.answer_at(place, move |document, offset| {
            let context = context_of(&document.uri);
            let last = session.sound(document);
            let last = last.as_ref().map(|it| it.sketch().as_ref());
            let hover = ide::hover::hover(document.sketch(), last, context.as_ref(), offset)?;
            Some(to_proto::page::hover(document, hover, &support))
        })
        .await
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let support = self.session.support();
        let place = params.text_document_position_params;
        self.answer_at(place, move |document, offset| {
            let context = context_of(&document.uri);
            let analysis = document.sketch();
            let found = ide::definition::definition(analysis, context.as_ref(), offset)?;
            to_proto::page::definition(document, &found, &support)
        })
        .await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let with_declaration = params.context.include_declaration;
        self.answer_at(params.text_document_position, move |document, offset| {
            let found = ide::references::references(document.sketch(), offset)?;
            Some(to_proto::names::references(
                document,
                &found,
                with_declaration,
            ))
        })
        .await
    }

    async fn document_highlight(
        &self,
        params: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        self.answer_at(
            params.text_document_position_params,
            move |document, offset| {
                let found = ide::references::highlights(document.sketch(), offset)?;
                Some(to_proto::names::highlights(document, &found))
            },
        )
        .await
    }

    async fn prepare_rename(
        &self,
        params: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        let prepared = self.answer_at(params, move |document, offset| {
            let context = context_of(&document.uri);
            let found = ide::rename::prepare(document.sketch(), context.as_ref(), offset);
            Some(found.map(|it| to_proto::names::renamable(document, it)))
        });
        prepared.await?.transpose().map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let support = self.session.support();
        let renamed = self.answer_at(params.text_document_position, move |document, offset| {
            let (analysis, context) = (document.sketch(), context_of(&document.uri));
            let edits = ide::rename::rename(analysis, context.as_ref(), offset, &params.new_name);
            Some(edits.and_then(|edits| to_proto::names::renaming(document, &edits, &support)))
        });
        renamed.await?.transpose().map_err(refused)
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let support = self.session.support();
        self.answer_on(params.text_document.uri, move |document| {
            let symbols = ide::symbols::symbols(document.sketch());
            Some(to_proto::symbols::symbols(document, symbols, &support))
        })
        .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let support = self.session.support();
        self.answer_on(params.text_document.uri, move |document| {
            let folds = ide::folding::folding(document.sketch());
            Some(to_proto::folding::folding(document, folds, &support))
        })
        .await
    }

    async fn selection_range(
        &self,
        params: SelectionRangeParams,
    ) -> Result<Option<Vec<SelectionRange>>> {
        self.answer_on(params.text_document.uri, move |document| {
            Some(to_proto::selection::selections(document, &params.positions))
        })
        .await
    }

    async fn semantic_tokens_full(
        &self,
        params: SemanticTokensParams,
    ) -> Result<Option<SemanticTokensResult>> {
        let support = self.session.support();
        self.answer_on(params.text_document.uri, move |document| {
            let tokens = ide::tokens::tokens(document.sketch());
            let whole = Span::new(0, document.text.len());
            Some(to_proto::tokens::tokens(document, &tokens, whole, &support).into())
        })
        .await
    }

    async fn semantic_tokens_range(
        &self,
        params: SemanticTokensRangeParams,
    ) -> Result<Option<SemanticTokensRangeResult>> {
        let support = self.session.support();
        self.answer_on(params.text_document.uri, move |document| {
            let span = from_proto::document_span(document, params.range)?;
            let tokens = ide::tokens::tokens(document.sketch());
            Some(to_proto::tokens::tokens(document, &tokens, span, &support).into())
        })
        .await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        let support = self.session.support();
        self.answer_on(params.text_document.uri, move |document| {
            let context = context_of(&document.uri);
            let links = ide::links::links(document.sketch(), context.as_ref());
            Some(to_proto::notes::links(document, links, &support))
        })
        .await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        if !self.session.settings().code_lens {
            return Ok(None);
        }
        self.answer_on(params.text_document.uri, move |document| {
            let lenses = ide::lenses::lenses(document.sketch());
            Some(to_proto::notes::lenses(document, lenses))
        })
        .await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        if !self.session.settings().inlay_hints {
            return Ok(None);
        }
        self.answer_on(params.text_document.uri, move |document| {
            let span = from_proto::document_span(document, params.range)?;
            let hints = ide::hints::hints(document.sketch(), span);
            Some(to_proto::notes::hints(document, hints))
        })
        .await
    }

    /// The lines that formatting changes; nothing for a document that can't be formatted safely.
    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.answer_on(params.text_document.uri, move |document| {
            let formatted = format(&document.text).ok()?;
            Some(to_proto::text_edits(
                document,
                &edits(&document.text, &formatted),
            ))
        })
        .await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        self.actions(params).await
    }

    /// The diagnostics of the version that is the latest now. From then on the client is not told any more, and what it
    /// was told before is taken back.
    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        let document = self.session.documents.latest(&params.text_document.uri);
        if self.session.delivery.pulled() {
            for document in self.session.documents.all() {
                let uri = document.uri.clone();
                self.client.publish_diagnostics(uri, Vec::new(), None).await;
            }
        }
        let session = Arc::clone(&self.session);
        let _turn = self.turn().await;
        let items = match document {
            Some(document) => {
                let work = move || {
                    // A client asks again, as when its window gets the focus, for what holds now.
                    let is_new = session.look_at(&document);
                    let latest = session.documents.latest(&document.uri);
                    let document = latest.filter(|_| is_new).unwrap_or(document);
                    publisher::diagnostics(&session, &document)
                };
                tokio::task::spawn_blocking(work)
                    .await
                    .map_err(|_| Error::internal_error())?
            }
            None => Vec::new(),
        };
        let previous = params.previous_result_id.as_deref();
        Ok(to_proto::report::report(items, previous))
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        let open = self.session.documents.all();
        let session = Arc::clone(&self.session);
        let _turn = self.turn().await;
        let work = move || workspace_symbols::find(&session, &open, &params.query);
        let symbols = tokio::task::spawn_blocking(work).await;
        let symbols = symbols.map_err(|_| Error::internal_error())?;
        Ok(Some(symbols.into()))
    }

    async fn execute_command(
        &self,
        params: ExecuteCommandParams,
    ) -> Result<Option<serde_json::Value>> {
        self.execute(&params).await
    }
}
