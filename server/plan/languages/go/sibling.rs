//! Cross-built siblings: a stage of its own for each.

use crate::config::build::Binary as BinaryTable;
use crate::config::values::Text;
use crate::image::Platform;
use crate::plan::languages::Built;
use crate::plan::languages::go::Go;
use crate::plan::paths::can_link;
use crate::plan::{Copy, Instruction, InstructionKind, Problem, Source, SourcePath};
use crate::text::{Span, Spanned};

impl Go<'_> {
    /// A sibling: a stage of its own without `TARGET*` arguments, so that it is compiled once however many platforms the
    /// image has.
    pub(super) fn add_sibling(
        &self,
        binary: &Spanned<BinaryTable>,
        built: &mut Built,
        problems: &mut Vec<Problem>,
    ) {
        let name = binary.output_name.as_ref().unwrap_or(&binary.name);
        let own = binary.cgo.as_ref().or(self.config.build.cgo.as_ref());
        let cgo = if own.is_some_and(|cgo| cgo.value) {
            "1"
        } else {
            "0"
        };
        let mut list = self.arguments();
        let mut outputs = Vec::new();
        for (platform, suffix, span) in sibling_platforms(binary) {
            let output = format!("/out/{}-{suffix}", name.value);
            let arm = platform
                .go_arm()
                .map(|arm| format!(" GOARM={arm}"))
                .unwrap_or_default();
            let prefix = format!(
                "CGO_ENABLED={cgo} GOOS={} GOARCH={}{arm}",
                platform.os, platform.architecture
            );
            let line = self.build_line(Some(&binary.value), &output, &binary.path, problems);
            list.push(self.build_step(vec![prefix, line], span));
            outputs.push(SourcePath {
                path: output,
                span: None,
            });
        }
        let stage = format!("builder-{}", *binary.name);
        built
            .stages
            .push(self.stage(&stage, list, binary.name.span));
        let folder = binary
            .dst
            .as_ref()
            .map_or("/usr/local/bin/", |dst| dst.value.as_str());
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let source = Source::Stage {
            name: stage,
            span: None,
        };
        let copy = Copy {
            sources: outputs,
            link: can_link(&folder),
            ..Copy::plain(source, &[], &folder)
        };
        let span = binary.dst.as_ref().map_or(binary.span, |dst| dst.span);
        if !copy.sources.is_empty() {
            built
                .copies
                .push(Instruction::new(InstructionKind::Copy(copy), span));
        }
    }
}

/// The platforms of a sibling with the suffix of each file and the place that names it.
fn sibling_platforms(binary: &BinaryTable) -> Vec<(Platform, String, Span)> {
    if let Some(platforms) = &binary.platforms {
        let one = |text: &Text| {
            Platform::parse(text)
                .ok()
                .map(|platform| (platform.suffix(), platform, text.span))
        };
        return platforms
            .iter()
            .filter_map(one)
            .map(|(suffix, platform, span)| (platform, suffix, span))
            .collect();
    }
    let one = |text: &Text| {
        Platform::parse(&format!("linux/{}", text.value))
            .ok()
            .map(|it| (it, text.value.clone(), text.span))
    };
    binary
        .architectures
        .iter()
        .flat_map(|names| names.iter().filter_map(one))
        .collect()
}
