//! What steps name, in the document and in other files.

use std::ops::Range;

use crate::diagnostic::File;
use crate::names::collect::{Collector, word};
use crate::names::words::{Word, has_type, words};
use crate::names::{Form, Kind, Made, Place};
use crate::plan::instructions::Reader;
use crate::plan::parse::shell_variables;
use crate::plan::scope::set_by;
use crate::plan::{InstructionKind, Written, WrittenMount};
use crate::syntax::string::{Places, decoded_open};
use crate::syntax::{Node, Table};
use crate::text::Span;

impl Collector<'_> {
    /// The steps of a stage.
    pub(super) fn steps(&mut self, steps: Option<&Node>) {
        for step in steps.and_then(Node::items).unwrap_or_default() {
            if let Some(table) = step.table() {
                self.table_step(table);
            } else if let Some(text) = step.string() {
                let planned = self.planned.get(&step.span).copied();
                match planned.map(|it| &it.kind) {
                    Some(InstructionKind::Written(written)) => {
                        self.written(written, &File::Document);
                    }
                    _ => self.half_written(step, text),
                }
            } else if let Some(text) = decoded_open(self.text, step.span) {
                self.half_written(step, &text);
            }
        }
    }

    fn table_step(&mut self, step: &Table) {
        let run = step.node("run");
        let is_planned = run.is_some_and(|run| self.planned.contains_key(&run.span));
        for bind in step.node("bind").and_then(Node::items).unwrap_or_default() {
            self.bind(bind, is_planned);
        }
        for id in step
            .node("secret")
            .and_then(Node::items)
            .unwrap_or_default()
        {
            if let Some(text) = id.string() {
                let place = self.whole(id);
                self.add_use(Kind::Secret, text, place, Form::SecretKey, true);
            }
        }
        if let Some(run) = run {
            self.shell(run);
        }
        if let Some(copy) = step.node("copy").and_then(Node::table) {
            self.copy(copy);
        }
        if let Some(add) = step.node("add").and_then(Node::table) {
            self.owner(add.node("chown"));
        }
        self.owner(step.node("user"));
        self.environment(step.node("env"));
        self.arguments(step.node("arg"));
    }

    fn bind(&mut self, bind: &Node, is_planned: bool) {
        let Some(from) = bind.table().and_then(|table| table.node("from")) else {
            return;
        };
        if let Some(text) = from.string() {
            let place = self.whole(from);
            self.add_use(Kind::Stage, text, place, Form::Bind, is_planned);
            self.image_reference(Some(from));
        }
    }

    /// An instruction that could be read. Its places are those of its file.
    pub(super) fn written(&mut self, written: &Written, file: &File) {
        for (name, span) in written.references() {
            let place = self.place(file, span, name);
            self.add_use(Kind::Stage, name, place, Form::Instruction, true);
        }
        for id in written.mounts.iter().filter_map(WrittenMount::secret) {
            let place = self.place(file, id.span, &id.value);
            self.add_use(Kind::Secret, &id.value, place, Form::Instruction, true);
        }
        self.written_owner(written, file);
        self.written_variables(written, file);
        let kind = match written.keyword.as_str() {
            "ARG" => Kind::Argument,
            "ENV" => Kind::Variable,
            _ => return,
        };
        for pair in &written.pairs {
            let name = pair.name.value.as_str();
            let place = self.place(file, pair.name.span, name);
            self.add_target(kind, name, place, Made::Written, None);
        }
    }

    /// `--chown=` and `USER`, where the image is made.
    fn written_owner(&mut self, written: &Written, file: &File) {
        if !self.scopes.is_image(self.scope) {
            return;
        }
        let chown = written.flag("chown");
        let chown = chown.and_then(|flag| Some((flag.value.as_deref()?, flag.span)));
        let user = (written.keyword == "USER").then(|| {
            let text = written.arguments.trim_end();
            let start = written.arguments_span.start as usize;
            (text, Span::new(start, start + text.len()))
        });
        for (text, span) in chown.into_iter().chain(user) {
            // Quotes and escapes would move the parts.
            if span.len() as usize != text.len() {
                continue;
            }
            let mut start = span.start as usize;
            for part in text.split(':') {
                let is_name = part.parse::<u64>().is_err()
                    && !part.is_empty()
                    && !part.contains(['$', '"', '\'', '\\']);
                if is_name {
                    let place = self.place(file, Span::new(start, start + part.len()), part);
                    self.add_use(Kind::User, part, place, Form::Instruction, true);
                }
                start += part.len() + 1;
            }
        }
    }

    fn written_variables(&mut self, written: &Written, file: &File) {
        let set = match written.keyword.as_str() {
            "RUN" => set_by(&written.arguments),
            _ => Default::default(),
        };
        for variable in &written.variables {
            let name = variable.name.value.as_str();
            let form = match variable.reader {
                Reader::Container => Form::InContainer,
                Reader::BuildShell if set.contains(name) => {
                    self.names.set_by_commands.insert(name.to_owned());
                    continue;
                }
                Reader::BuildShell | Reader::Builder => Form::Variable,
                Reader::Nobody => continue,
            };
            let place = self.place(file, variable.name.span, name);
            self.add_use(Kind::Variable, name, place, form, true);
        }
        if let Some(trigger) = &written.trigger {
            self.written_variables(trigger, file);
        }
    }

    /// The place of a word of an instruction. Of the document it is the word itself where quotes are around it.
    fn place(&self, file: &File, span: Span, name: &str) -> Place {
        let mut exact = span;
        if *file == File::Document {
            let source = span.of(self.text);
            let mut found = source.match_indices(name);
            if source != name
                && let (Some((at, _)), None) = (found.next(), found.next())
            {
                let start = span.start as usize + at;
                exact = Span::new(start, start + name.len());
            }
        }
        Place {
            file: file.clone(),
            span: exact,
            literal: span,
        }
    }

    /// A step that is still being written, or that cannot be read.
    fn half_written(&mut self, step: &Node, text: &str) {
        let places = Places::new(self.text, step.span);
        let place = |part: Range<usize>| word(places.span(part));
        let words = words(text);
        let keyword = words.first().map(|word| word.text.to_ascii_uppercase());
        let kind = match keyword.as_deref() {
            Some("ARG") => Some(Kind::Argument),
            Some("ENV") => Some(Kind::Variable),
            _ => None,
        };
        let set = match keyword.as_deref() {
            Some("RUN") => set_by(text),
            _ => Default::default(),
        };
        for variable in shell_variables(text) {
            let name = variable.name.value.as_str();
            if set.contains(name) {
                self.names.set_by_commands.insert(name.to_owned());
                continue;
            }
            let place = place(variable.name.span.range());
            self.add_use(Kind::Variable, name, place, Form::Variable, false);
        }
        for word in words.iter().skip(1) {
            for (kind, part) in flag_names(word) {
                let name = text.get(part.clone()).unwrap_or_default();
                self.add_use(kind, name, place(part), Form::Instruction, false);
            }
            if let Some(kind) = kind {
                let name = word.text.split('=').next().unwrap_or_default();
                let start = word.place.start;
                if !name.is_empty() {
                    let place = place(start..start + name.len());
                    self.add_target(kind, name, place, Made::Written, None);
                }
            }
        }
    }
}

/// The stages and secrets that a flag names, with their places in the step.
fn flag_names(word: &Word<'_>) -> Vec<(Kind, Range<usize>)> {
    let start = word.place.start;
    if word.text.starts_with("--from=") {
        return vec![(Kind::Stage, start + "--from=".len()..word.place.end)];
    }
    let Some(options) = word.text.strip_prefix("--mount=") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut at = start + "--mount=".len();
    for option in options.split(',') {
        let value = |key: &str| at + key.len()..at + option.len();
        if option.starts_with("from=") {
            found.push((Kind::Stage, value("from=")));
        } else if option.starts_with("id=") && has_type(word.text, "secret") {
            found.push((Kind::Secret, value("id=")));
        }
        at += option.len() + 1;
    }
    found
}
