//! The stage with the sources: all of the builder's work before the build itself.

use crate::plan::image::uses_cgo;
use crate::plan::languages::go::command::OwnCommand;
use crate::plan::languages::go::{Go, MODULE_CACHE};
use crate::plan::languages::images;
use crate::plan::languages::project::{BUILDER, tagged};
use crate::plan::{BaseFacts, BuildStage, Problem};

impl Go<'_> {
    /// The stage with the sources: all of the builder's work before the build itself.
    pub(super) fn source(
        &self,
        command: Option<&OwnCommand>,
        only: bool,
        problems: &mut Vec<Problem>,
    ) -> BuildStage {
        let native = uses_cgo(self.config) || matches!(command, Some(OwnCommand::Opaque { .. }));
        let name = if only { BUILDER } else { "source" };
        let image = self.builder_image(self.default_builder());
        let folder = self.source_folder();
        let needed = self.compiler(&image);
        let mut list = self.begin(&image, &folder, needed, problems);
        // `go.sum` is a pattern, so that a module without dependencies builds too (documented experiment e8).
        list.push(self.manifests(&["go.mod", "go.sum*"]));
        list.push(self.install_step(&[MODULE_CACHE], vec!["go mod download".to_owned()]));
        list.push(self.all_sources());
        list.extend(self.own_steps(&folder, problems));
        BuildStage {
            instructions: list,
            // What is built where it will run needs its sources there too.
            ..self.stage_from(name, &image, native)
        }
    }

    /// The builder's image. Where C code is linked in, it follows the base, so that both have the same C library.
    fn default_builder(&self) -> String {
        let version = self.version(images::GO);
        let debian = uses_cgo(self.config) && !self.base.is_alpine();
        let variant = if debian { "bookworm" } else { "alpine" };
        format!("golang:{}", tagged(&version, variant))
    }

    /// Alpine's Go has no C compiler.
    fn compiler(&self, image: &str) -> &'static [&'static str] {
        let needs = uses_cgo(self.config) && BaseFacts::of(image).is_alpine();
        if needs { &["build-base"] } else { &[] }
    }
}
