//! What the overlay and the Dockerfile that `dockerfile` names say, through the plan.

use std::collections::HashMap;

use crate::diagnostic::File;
use crate::image::variables as image_variables;
use crate::names::collect::Collector;
use crate::names::resolve::Scopes;
use crate::names::{Form, Kind, Made, Place};
use crate::plan::{BaseImage, BuildStage, InstructionKind};
use crate::text::Span;

impl Collector<'_> {
    /// The stages that other files name.
    pub(super) fn stages_of_files(&mut self) {
        let plan = self.plan;
        let bases: HashMap<&str, &str> = plan
            .stages
            .iter()
            .filter(|stage| stage.origin.file != File::Document)
            .map(|stage| (stage.name.as_str(), stage.base.text()))
            .collect();
        for (name, origin) in &plan.written_names {
            let place = Place {
                file: origin.file.clone(),
                span: origin.span,
                literal: origin.span,
            };
            let base = bases.get(name.as_str()).map(|base| (*base).to_owned());
            self.add_target(Kind::Stage, name, place, Made::Written, base);
        }
    }

    /// What other files use, and the arguments and variables that they make.
    pub(super) fn other_files(&mut self) {
        let plan = self.plan;
        self.scope = Scopes::GLOBAL;
        for instruction in &plan.args {
            if let InstructionKind::Written(written) = &instruction.kind {
                self.written(written, &instruction.origin.file);
            }
        }
        for stage in &plan.stages {
            self.stage_with_files(stage);
        }
    }

    fn stage_with_files(&mut self, stage: &BuildStage) {
        let is_own = stage.origin.file != File::Document;
        let others = stage.instructions.iter();
        let mut others = others
            .filter(|it| it.origin.file != File::Document)
            .peekable();
        if !is_own && others.peek().is_none() {
            return;
        }
        self.scope = match self.scopes.find(&stage.name).filter(|_| !is_own) {
            Some(scope) => scope,
            None => self
                .scopes
                .open(Some(&stage.name), Some(stage.base.text().to_owned())),
        };
        if is_own {
            self.base_of_file(stage);
        }
        for instruction in others {
            if let InstructionKind::Written(written) = &instruction.kind {
                self.written(written, &instruction.origin.file);
            }
        }
    }

    /// What a `FROM` of another file begins with.
    fn base_of_file(&mut self, stage: &BuildStage) {
        let file = &stage.origin.file;
        let start = stage.origin.span.start as usize;
        let place = |part: std::ops::Range<usize>| {
            let span = Span::new(start + part.start, start + part.end);
            Place {
                file: file.clone(),
                span,
                literal: span,
            }
        };
        match &stage.base {
            BaseImage::Scratch => {}
            BaseImage::Stage(name) | BaseImage::Image(name) => {
                let whole = place(0..name.len());
                self.add_use(Kind::Stage, name, whole, Form::Base, true);
                let scope = std::mem::replace(&mut self.scope, Scopes::GLOBAL);
                for (variable, range) in image_variables(name) {
                    let written = name.get(range.clone()).unwrap_or_default();
                    let at = range.start + written.find(variable).unwrap_or(0);
                    let place = place(at..at + variable.len());
                    self.add_use(Kind::Variable, variable, place, Form::Variable, true);
                }
                self.scope = scope;
            }
        }
    }
}
