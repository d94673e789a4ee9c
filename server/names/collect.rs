//! What the tree says: every name that it makes and uses.

use std::collections::{HashMap, HashSet};

use crate::config::spellings::Canonical;
use crate::diagnostic::File;
use crate::image::variables as image_variables;
use crate::names::resolve::Scopes;
use crate::names::{Form, Kind, Made, Name, Names, Place, Target, Use};
use crate::plan::parse::shell_variables;
use crate::plan::scope::set_by;
use crate::plan::{BuildPlan, Instruction, InstructionKind, Source};
use crate::syntax::string::Places;
use crate::syntax::{Document, Entry, Key, Node, Table, Value};
use crate::text::Span;

/// Reads the names of a document.
pub(super) struct Collector<'a> {
    pub(super) document: &'a Document,
    pub(super) text: &'a str,
    pub(super) config: &'a Canonical,
    pub(super) plan: &'a BuildPlan,
    /// What the plan made of each value of the document.
    pub(super) planned: HashMap<Span, &'a Instruction>,
    /// The places of `from` that the plan has.
    copied: HashSet<Span>,
    pub(super) names: Names,
    pub(super) scopes: Scopes,
    /// The scope that is being read.
    pub(super) scope: usize,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        document: &'a Document,
        text: &'a str,
        config: &'a Canonical,
        plan: &'a BuildPlan,
    ) -> Self {
        let mut planned = HashMap::new();
        let mut copied = HashSet::new();
        for (_, instruction) in plan.instructions() {
            if instruction.origin.file != File::Document {
                continue;
            }
            match &instruction.kind {
                InstructionKind::Written(_) | InstructionKind::Run(_) => {
                    planned.insert(instruction.origin.span, instruction);
                }
                InstructionKind::Copy(copy) => {
                    if let Source::Stage { span, .. } = &copy.from {
                        copied.extend(*span);
                    }
                }
                _ => {}
            }
        }
        Self {
            document,
            text,
            config,
            plan,
            planned,
            copied,
            names: Names::default(),
            scopes: Scopes::default(),
            scope: Scopes::GLOBAL,
        }
    }

    /// Reads the tree. What makes stages comes first.
    pub(super) fn document(&mut self) {
        let root = &self.document.root;
        self.stages_of(root);
        self.generated_stages();
        self.stages_of_files();
        self.arguments(root.node("args"));
        self.top(root);
        for stage in tables(root.node("stages")) {
            self.stage(stage);
        }
        self.build(root);
        self.image(root);
    }

    pub(super) fn finish(self) -> Names {
        self.scopes.resolve(self.names)
    }

    /// The names of `[[stages]]`.
    fn stages_of(&mut self, root: &Table) {
        for stage in tables(root.node("stages")) {
            if let Some(name) = stage.node("name")
                && let Some(text) = name.string()
            {
                let base = stage.node("from").and_then(Node::string).map(str::to_owned);
                let place = self.whole(name);
                self.add_target(Kind::Stage, text, place, Made::Written, base);
            }
        }
    }

    /// What belongs to no stage: secrets and tools.
    fn top(&mut self, root: &Table) {
        for entry in entries(root.node("secrets")) {
            self.add_key(Kind::Secret, &entry.key);
        }
        for tool in tables(root.node("external_tools")) {
            self.add_named(Kind::Tool, tool);
            self.image_reference(tool.node("image"));
            if let Some(stage) = tool.node("stage")
                && let Some(text) = stage.string()
            {
                let place = self.whole(stage);
                self.add_use(Kind::Stage, text, place, Form::ToolStage, true);
            }
        }
    }

    fn stage(&mut self, stage: &Table) {
        let name = stage.node("name").and_then(Node::string);
        let from = stage.node("from");
        self.scope = self
            .scopes
            .open(name, from.and_then(Node::string).map(str::to_owned));
        if let Some(from) = from
            && let Some(text) = from.string()
        {
            let is_planned = name.is_some_and(|name| self.plan.stage(name).is_some());
            let place = self.whole(from);
            self.add_use(Kind::Stage, text, place, Form::Base, is_planned);
            self.image_reference(Some(from));
        }
        self.arguments(stage.node("args"));
        self.environment(stage.node("env"));
        self.steps(stage.node("steps"));
    }

    /// What is built: its stage is docksmith's.
    fn build(&mut self, root: &Table) {
        self.scope = self.scopes.open(Some("builder"), None);
        let install = root.node("install").and_then(Node::table);
        self.command(install.and_then(|it| it.node("command")));
        let Some(build) = root.node("build").and_then(Node::table) else {
            return;
        };
        self.image_reference(build.node("image"));
        for copy in tables(build.node("copy")) {
            self.copy(copy);
        }
        self.steps(build.node("steps"));
        self.arguments(build.node("args"));
        self.environment(build.node("env"));
        self.command(build.node("command"));
        self.flags(build);
        for binary in tables(build.node("binaries")) {
            self.add_named(Kind::Binary, binary);
            self.flags(binary);
        }
    }

    /// The final image, in both spellings.
    fn image(&mut self, root: &Table) {
        self.scope = self.scopes.open_image();
        for assets in tables(root.node("runtime_assets")) {
            self.owner(assets.node("chown"));
        }
        for name in ["runtime_config", "runtime"] {
            let Some(image) = root.node(name).and_then(Node::table) else {
                continue;
            };
            self.image_reference(image.node("image"));
            self.user(image.node("user"));
            self.arguments(image.node("args"));
            for copy in tables(image.node("copy")) {
                self.copy(copy);
            }
            self.steps(image.node("steps"));
            self.environment(image.node("env"));
        }
        self.environment(root.node("env"));
    }

    /// `user` of the final image, as a text or a table.
    fn user(&mut self, user: Option<&Node>) {
        let Some(user) = user else { return };
        let node = user.table().and_then(|table| table.node("name"));
        let node = node.unwrap_or(user);
        let Some(text) = node.string() else { return };
        let name = text.split(':').next().unwrap_or_default();
        if !name.is_empty() && name.parse::<u64>().is_err() {
            let place = self.part(node, text, 0..name.len());
            self.add_target(Kind::User, name, place, Made::Written, None);
        }
    }

    /// A table that copies: `from` in whichever spelling, and its owner.
    pub(super) fn copy(&mut self, copy: &Table) {
        self.owner(copy.node("chown"));
        let spellings = ["from", "from_stage", "from-stage"];
        let Some(from) = spellings.iter().find_map(|name| copy.node(name)) else {
            return;
        };
        let Some(text) = from.string() else { return };
        if text.starts_with("image:") {
            self.image_reference(Some(from));
        } else if !text.starts_with("context:") {
            let is_planned = self.copied.contains(&from.span);
            let place = self.whole(from);
            self.add_use(Kind::Stage, text, place, Form::Copy, is_planned);
        }
    }

    /// A user and a group in a value; they are the image's where the image is made.
    pub(super) fn owner(&mut self, owner: Option<&Node>) {
        let Some(owner) = owner.filter(|_| self.scopes.is_image(self.scope)) else {
            return;
        };
        let Some(text) = owner.string() else { return };
        let mut start = 0;
        for part in text.split(':') {
            if !part.is_empty() && part.parse::<u64>().is_err() {
                let place = self.part(owner, text, start..start + part.len());
                self.add_use(Kind::User, part, place, Form::Owner, true);
            }
            start += part.len() + 1;
        }
    }

    /// The names of a table of build arguments.
    pub(super) fn arguments(&mut self, table: Option<&Node>) {
        for entry in entries(table) {
            self.add_key(Kind::Argument, &entry.key);
        }
    }

    /// The names of a table of environment variables, and what their values take over.
    pub(super) fn environment(&mut self, table: Option<&Node>) {
        for entry in entries(table) {
            if let Some(value) = entry.value.table()
                && matches!(
                    value.node("expand").map(|it| &it.value),
                    Some(Value::Boolean(true))
                )
                && let Some(node) = value.node("value")
            {
                self.variables_in(node, Form::Variable);
            }
            self.add_key(Kind::Variable, &entry.key);
        }
    }

    /// A shell command of the user's.
    fn command(&mut self, command: Option<&Node>) {
        if let Some(node) = command {
            self.shell(node);
        }
    }

    /// The text of a `run` or a command: a shell replaces its variables, but for those that it sets itself.
    pub(super) fn shell(&mut self, node: &Node) {
        let Some(text) = node.string() else { return };
        let set = set_by(text);
        let places = Places::new(self.text, node.span);
        for variable in shell_variables(text) {
            let name = variable.name;
            if set.contains(name.value.as_str()) {
                self.names.set_by_commands.insert(name.value);
            } else {
                let place = word(places.span(name.span.range()));
                self.add_use(Kind::Variable, &name.value, place, Form::Variable, true);
            }
        }
    }

    /// The variables of a value that a builder replaces.
    pub(super) fn variables_in(&mut self, node: &Node, form: Form) {
        let Some(text) = node.string() else { return };
        let places = Places::new(self.text, node.span);
        for variable in shell_variables(text) {
            // Among flags only `${NAME}` is filled in; `$NAME` is literal.
            let is_literal = variable.span.of(text) != format!("${{{}}}", variable.name.value);
            if form == Form::Flag && is_literal {
                continue;
            }
            let place = word(places.span(variable.name.span.range()));
            self.add_use(Kind::Variable, &variable.name.value, place, form, true);
        }
    }

    /// `${NAME}` in the flags of a build or a binary.
    fn flags(&mut self, table: &Table) {
        for key in ["ldflags", "flags", "build_flags"] {
            let Some(node) = table.node(key) else {
                continue;
            };
            for item in node.items().unwrap_or_default() {
                self.variables_in(item, Form::Flag);
            }
            for entry in entries(Some(node)) {
                self.variables_in(&entry.value, Form::Flag);
            }
        }
    }

    /// The global arguments in an image reference.
    pub(super) fn image_reference(&mut self, node: Option<&Node>) {
        let Some(node) = node else { return };
        let Some(text) = node.string() else { return };
        let found = image_variables(text);
        if found.is_empty() {
            return;
        }
        let places = Places::new(self.text, node.span);
        let scope = std::mem::replace(&mut self.scope, Scopes::GLOBAL);
        for (name, range) in found {
            let start = range.start + text.get(range).and_then(|it| it.find(name)).unwrap_or(0);
            let place = word(places.span(start..start + name.len()));
            self.add_use(Kind::Variable, name, place, Form::Variable, true);
        }
        self.scope = scope;
    }

    /// The `name` of a table in an array.
    fn add_named(&mut self, kind: Kind, table: &Table) {
        if let Some(node) = table.node("name")
            && let Some(text) = node.string()
        {
            let place = self.whole(node);
            self.add_target(kind, text, place, Made::Written, None);
        }
    }

    fn add_key(&mut self, kind: Kind, key: &Key) {
        let content = Places::new(self.text, key.span).span(0..key.name.len());
        let place = Place {
            file: File::Document,
            span: if key.span.of(self.text) == key.name {
                key.span
            } else {
                content
            },
            literal: key.span,
        };
        self.add_target(kind, &key.name, place, Made::Written, None);
    }

    pub(super) fn add_target(
        &mut self,
        kind: Kind,
        name: &str,
        place: Place,
        made: Made,
        base: Option<String>,
    ) {
        let index = self.names.targets.len();
        if matches!(kind, Kind::Argument | Kind::Variable) {
            self.scopes.declare(self.scope, name, index);
        }
        let name = Name {
            kind,
            name: name.to_owned(),
        };
        self.names.targets.push(Target {
            name,
            place,
            made,
            base,
            is_inner: false,
        });
    }

    pub(super) fn add_use(
        &mut self,
        kind: Kind,
        name: &str,
        place: Place,
        form: Form,
        is_planned: bool,
    ) {
        self.scopes.used(self.scope);
        self.names.uses.push(Use {
            kind,
            name: name.to_owned(),
            place,
            form,
            inside: self.scopes.name(self.scope).map(str::to_owned),
            is_planned,
            target: None,
        });
    }

    /// The place of a string that is a name.
    pub(super) fn whole(&self, node: &Node) -> Place {
        let length = node.string().map_or(0, str::len);
        Place {
            file: File::Document,
            span: Places::new(self.text, node.span).span(0..length),
            literal: node.span,
        }
    }

    /// The place of a part of a string.
    fn part(&self, node: &Node, text: &str, part: std::ops::Range<usize>) -> Place {
        if part == (0..text.len()) {
            return self.whole(node);
        }
        word(Places::new(self.text, node.span).span(part))
    }
}

/// The place of a word that is not all of its literal.
pub(super) fn word(span: Span) -> Place {
    Place {
        file: File::Document,
        span,
        literal: span,
    }
}

/// The tables of an array.
fn tables(node: Option<&Node>) -> impl Iterator<Item = &Table> {
    let items = node.and_then(Node::items).unwrap_or_default();
    items.iter().filter_map(Node::table)
}

/// The keys of a table.
pub(super) fn entries(node: Option<&Node>) -> &[Entry] {
    let table = node.and_then(Node::table);
    table.map_or(&[], |table| table.entries.as_slice())
}
