//! Code actions: what is asked for, and where it comes from.
//!
//! Quick fixes come from the data of the diagnostics that the client sends back, as long as these speak of the version
//! that is there; from the analysis where the client sends none. Source actions are for menus and for saving: they are
//! there only for who names their kind.

use serde::Deserialize;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionParams,
    CodeActionResponse, CodeActionTriggerKind, NumberOrString, Range, TextEdit, Uri,
};

use crate::context::BuildContext;
use crate::diagnostic::Diagnostic;
use crate::ide::code_actions::findings_at;
use crate::ide::ignore::ignore;
use crate::ide::refactorings::{Kind, Place, refactorings};
use crate::lsp::Backend;
use crate::lsp::client_support::ClientSupport;
use crate::lsp::context::context_of;
use crate::lsp::documents::Snapshot;
use crate::lsp::from_proto;
use crate::lsp::settings::Settings;
use crate::lsp::to_proto;
use crate::lsp::to_proto::code_action::{code_action, kind, quick_fix, refactoring};
use crate::lsp::to_proto::workspace_edit::{of_files, workspace_edit};
use crate::rewrite::fix::{Kinds, fix};
use crate::rewrite::format::edits;
use crate::rewrite::migrate::migrate;
use crate::text::Span;

/// All safe fixes of a document.
pub(crate) const FIX_ALL: &str = "source.fixAll.docksmith";

/// Every kind of action that may come.
pub(crate) fn kinds() -> Vec<CodeActionKind> {
    vec![
        CodeActionKind::QUICKFIX,
        CodeActionKind::REFACTOR_REWRITE,
        CodeActionKind::REFACTOR_EXTRACT,
        CodeActionKind::from(FIX_ALL),
    ]
}

impl Backend {
    /// The actions of a place; nothing where there is none.
    ///
    /// # Errors
    /// Their search panics; the server goes on.
    pub(crate) async fn actions(
        &self,
        params: CodeActionParams,
    ) -> Result<Option<CodeActionResponse>> {
        let (support, settings) = (self.session.support(), self.session.settings());
        let CodeActionParams {
            text_document,
            range,
            context: asked,
            ..
        } = params;
        self.answer_on(text_document.uri, move |document| {
            let span = from_proto::document_span(document, range)?;
            let context = context_of(&document.uri);
            let request = Request {
                document,
                context: context.as_ref(),
                asked: &asked,
                span,
                support,
                settings,
            };
            Some(request.actions()).filter(|actions| !actions.is_empty())
        })
        .await
    }
}

/// What is asked for, and of what.
struct Request<'a> {
    document: &'a Snapshot,
    context: &'a dyn BuildContext,
    asked: &'a CodeActionContext,
    span: Span,
    support: ClientSupport,
    settings: Settings,
}

impl Request<'_> {
    fn actions(&self) -> CodeActionResponse {
        let mut actions = Vec::new();
        if self.wants(CodeActionKind::QUICKFIX.as_str()) {
            actions.extend(self.quick_fixes());
        }
        let is_wanted = |it: Kind| self.wants(kind(it).as_str());
        if is_wanted(Kind::Rewrite) || is_wanted(Kind::Extract) {
            actions.extend(self.refactorings());
        }
        if self.asked.only.is_some() && self.wants(FIX_ALL) {
            actions.extend(self.fix_all());
        }
        actions
    }

    /// Whether a kind is asked for: by its name, by that of one above it, or by no name at all.
    fn wants(&self, kind: &str) -> bool {
        let is_above = |asked: &CodeActionKind| {
            let rest = kind.strip_prefix(asked.as_str());
            asked.as_str().is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let only = self.asked.only.as_ref();
        only.is_none_or(|kinds| kinds.iter().any(is_above))
    }

    /// The fixes, the single safe one preferred; then the comments that hide what is found.
    fn quick_fixes(&self) -> Vec<CodeActionOrCommand> {
        let sent = self.asked.diagnostics.iter();
        let ours: Vec<_> = sent
            .filter(|it| it.source.as_deref() == Some("docksmith"))
            .collect();
        let mut found = Found::default();
        if ours.is_empty() {
            self.add_found(&mut found);
        }
        for diagnostic in ours {
            self.add_offered(diagnostic, &mut found);
        }
        let mut safe = found.fixes.iter_mut().filter(|(is_safe, _)| *is_safe);
        if let (Some((_, only)), None) = (safe.next(), safe.next()) {
            only.is_preferred = Some(true);
        }
        let fixes = found.fixes.into_iter().map(|(_, fix)| fix);
        fixes
            .chain(found.comments)
            .map(CodeActionOrCommand::from)
            .collect()
    }

    /// What the findings of the place offer.
    fn add_found(&self, found: &mut Found) {
        let analysis = self.document.analysis();
        let is_shown = |it: &Diagnostic| it.severity >= self.settings.least_severity;
        for finding in findings_at(analysis, self.span).filter(|it| is_shown(it)) {
            self.add_fix(finding, found);
            self.add_comment(finding, found);
        }
    }

    /// What one diagnostic of the client offers, unless the document moved on.
    fn add_offered(&self, diagnostic: &tower_lsp::ls_types::Diagnostic, found: &mut Found) {
        let data = diagnostic.data.clone().map(serde_json::from_value::<Data>);
        let data = data.and_then(std::result::Result::ok);
        let document = self.document;
        if data
            .as_ref()
            .is_some_and(|data| data.version != document.version)
        {
            return;
        }
        let finding = document.analysis().diagnostics.iter().find(|it| {
            let is_same_rule =
                matches!(&diagnostic.code, Some(NumberOrString::String(rule)) if rule == it.rule);
            is_same_rule
                && to_proto::diagnostic(document, it, &self.support).range == diagnostic.range
        });
        match (data, finding) {
            (Some(Data { fix, .. }), _) => {
                let edits = fix.edits.into_iter();
                let edits = edits.map(|it| (it.uri, TextEdit::new(it.range, it.text)));
                let edit = of_files(document, edits.collect(), &self.support);
                let action = quick_fix(&fix.title, fix.safe, diagnostic.clone(), edit);
                found.fixes.push((fix.safe, action));
            }
            (None, Some(finding)) => self.add_fix(finding, found),
            (None, None) => {}
        }
        if let Some(finding) = finding {
            self.add_comment(finding, found);
        }
    }

    fn add_fix(&self, finding: &Diagnostic, found: &mut Found) {
        let (document, support) = (self.document, &self.support);
        let Some(fix) = &finding.fix else { return };
        let Some(edit) = workspace_edit(document, &fix.edits, support) else {
            return;
        };
        let diagnostic = to_proto::diagnostic(document, finding, support);
        let action = quick_fix(&fix.title, fix.safe, diagnostic, edit);
        found.fixes.push((fix.safe, action));
    }

    fn add_comment(&self, finding: &Diagnostic, found: &mut Found) {
        let (document, support) = (self.document, &self.support);
        let options = document.options();
        let edit = ignore(document.analysis(), finding, self.context, options);
        let Some(edit) = edit.and_then(|edit| workspace_edit(document, &[edit], support)) else {
            return;
        };
        let title = format!("ignore `{}` here", finding.rule);
        let diagnostic = to_proto::diagnostic(document, finding, support);
        found
            .comments
            .push(quick_fix(&title, true, diagnostic, edit));
    }

    fn refactorings(&self) -> Vec<CodeActionOrCommand> {
        let (document, support) = (self.document, &self.support);
        let options = document.options();
        let place = Place {
            analysis: document.analysis(),
            context: self.context,
            options,
            span: self.span,
        };
        let found = refactorings(&place);
        let actions = found.iter().filter(|it| self.wants(kind(it.kind).as_str()));
        let mut actions: Vec<_> = actions
            .filter_map(|it| refactoring(document, it, support))
            .collect();
        // An editor asks by itself at every move of the cursor, and this one takes a look at every key.
        let is_asked = self.asked.trigger_kind != Some(CodeActionTriggerKind::AUTOMATIC);
        if is_asked && self.wants(CodeActionKind::REFACTOR_REWRITE.as_str()) {
            actions.extend(self.migration());
        }
        actions
    }

    /// The whole file in the canonical spelling.
    fn migration(&self) -> Option<CodeActionOrCommand> {
        let analysis = self.document.analysis();
        let migrated = migrate(analysis, self.context, self.document.options()).ok()?;
        let edits = edits(&analysis.text, &migrated.analysis.text);
        if edits.is_empty() {
            return None;
        }
        let edit = workspace_edit(self.document, &edits, &self.support)?;
        let title = "rewrite the file in the canonical spelling".to_owned();
        Some(code_action(title, CodeActionKind::REFACTOR_REWRITE, edit).into())
    }

    /// All safe fixes at once, as few lines as change.
    fn fix_all(&self) -> Option<CodeActionOrCommand> {
        let analysis = self.document.analysis();
        let is_safe = |it: &Diagnostic| it.fix.as_ref().is_some_and(|fix| Kinds::Safe.take(fix));
        if !analysis.diagnostics.iter().any(is_safe) {
            return None;
        }
        let options = self.document.options();
        let fixed = fix((**analysis).clone(), self.context, options, Kinds::Safe);
        let edits = edits(&analysis.text, &fixed.analysis.text);
        if edits.is_empty() {
            return None;
        }
        let edit = workspace_edit(self.document, &edits, &self.support)?;
        let title = "apply all safe fixes of docksmith".to_owned();
        Some(code_action(title, CodeActionKind::from(FIX_ALL), edit).into())
    }
}

/// What was found for diagnostics.
#[derive(Default)]
struct Found {
    /// The fixes, and whether they are safe.
    fixes: Vec<(bool, CodeAction)>,
    /// The comments that hide a finding.
    comments: Vec<CodeAction>,
}

/// The data of a diagnostic, as `to_proto` writes it.
#[derive(Debug, Deserialize)]
struct Data {
    version: i32,
    fix: DataFix,
}

#[derive(Debug, Deserialize)]
struct DataFix {
    title: String,
    safe: bool,
    edits: Vec<DataEdit>,
}

#[derive(Debug, Deserialize)]
struct DataEdit {
    uri: Uri,
    range: Range,
    text: String,
}
