//! The image references that a file names, with their places.

use std::ops::Range;

use crate::config::runtime::Copy;
use crate::config::spellings::Canonical;
use crate::config::stage::{BindMount, Step};
use crate::config::values::Text;
use crate::diagnostic::File;
use crate::plan::{BaseImage, BuildPlan, InstructionKind};
use crate::syntax::string::decoded_span;
use crate::text::{Span, Spanned};

/// An image reference and the place that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The reference.
    pub text: String,
    /// The file that names it.
    pub file: File,
    /// The place: the literal with its quotes, or the part of a string that is the reference.
    pub span: Span,
    /// Where the reference begins in the literal, if it is all or the end of one.
    offset: Option<usize>,
    /// The literal.
    literal: Span,
    /// Whether a stage begins with it.
    pub is_base: bool,
}

impl Reference {
    fn whole(text: &Text, is_base: bool) -> Self {
        Self {
            text: text.value.clone(),
            file: File::Document,
            span: text.span,
            offset: Some(0),
            literal: text.span,
            is_base,
        }
    }

    /// The place of some bytes of the reference in the document.
    pub fn place(&self, document: &str, range: Range<usize>) -> Span {
        match self.offset {
            Some(_) if self.file != File::Document => {
                let start = self.span.start as usize;
                Span::new(start + range.start, start + range.end)
            }
            Some(offset) if !range.is_empty() => decoded_span(
                document,
                self.literal,
                range.start + offset..range.end + offset,
            ),
            _ => self.span,
        }
    }

    /// The place of the reference without quotes, if it can be replaced there.
    pub fn content(&self, document: &str) -> Option<Span> {
        let content = self.place(document, 0..self.text.len());
        (self.file == File::Document && content.of(document) == self.text).then_some(content)
    }
}

/// Every image reference of a configuration: base images, tools, and what is copied or mounted from images.
pub fn references(config: &Canonical, plan: &BuildPlan, text: &str) -> Vec<Reference> {
    let mut list = Vec::new();
    list.extend(
        config
            .runtime
            .image
            .iter()
            .map(|it| Reference::whole(it, true)),
    );
    list.extend(
        config
            .build
            .image
            .iter()
            .map(|it| Reference::whole(it, true)),
    );
    for stage in &config.stages {
        let names_stage = plan.stage(&stage.from).is_some() || *stage.from == stage.name.value;
        if !names_stage {
            list.push(Reference::whole(&stage.from, true));
        }
    }
    for tool in &config.external_tools {
        list.extend(tool.image.iter().map(|it| Reference::whole(it, false)));
    }
    let copies = config.runtime.copy.iter().chain(&config.build.copy);
    list.extend(copies.filter_map(|copy| copied(copy, text)));
    let stages = config.stages.iter().flat_map(|stage| &stage.steps);
    let steps = stages
        .chain(&config.build.steps)
        .chain(&config.runtime.steps);
    for step in steps {
        of_step(step, text, plan, &mut list);
    }
    list.extend(written(plan));
    list.retain(|it| it.text != "scratch");
    list
}

/// `from = "image:…"`.
fn copied(copy: &Copy, text: &str) -> Option<Reference> {
    const PREFIX: &str = "image:";
    let from = copy.source()?;
    let reference = from.strip_prefix(PREFIX)?;
    let span = decoded_span(text, from.span, PREFIX.len()..from.len());
    Some(Reference {
        text: reference.to_owned(),
        file: File::Document,
        span,
        offset: Some(PREFIX.len()),
        literal: from.span,
        is_base: false,
    })
}

fn of_step(step: &Spanned<Step>, text: &str, plan: &BuildPlan, list: &mut Vec<Reference>) {
    let Step::Table(table) = &step.value else {
        return;
    };
    list.extend(table.copy.iter().filter_map(|copy| copied(copy, text)));
    for bind in table.bind.iter().flat_map(|binds| binds.iter()) {
        if let BindMount::Table(bind) = &bind.value
            && let Some(from) = &bind.from
            && plan.is_image(from)
        {
            list.push(Reference::whole(from, false));
        }
    }
}

/// What instructions in Dockerfile's own language name, and the overlay's stages.
fn written(plan: &BuildPlan) -> Vec<Reference> {
    let mut list = Vec::new();
    let part = |text: &str, file: &File, span, is_base| Reference {
        text: text.to_owned(),
        file: file.clone(),
        span,
        offset: None,
        literal: span,
        is_base,
    };
    for stage in &plan.stages {
        if let (BaseImage::Image(image), File::Context(_)) = (&stage.base, &stage.origin.file) {
            list.push(Reference {
                offset: Some(0),
                ..part(image, &stage.origin.file, stage.origin.span, true)
            });
        }
    }
    for (_, instruction) in plan.instructions() {
        if let InstructionKind::Written(written) = &instruction.kind {
            let images = written.references().into_iter();
            let images = images.filter(|(name, _)| plan.is_image(name));
            list.extend(
                images.map(|(name, span)| part(name, &instruction.origin.file, span, false)),
            );
        }
    }
    list
}
