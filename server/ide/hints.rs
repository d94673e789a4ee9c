//! What holds although nobody wrote it: default versions, images, ports, users and paths, and what urls become.

use crate::analysis::Analysis;
use crate::config::Language;
use crate::diagnostic::{Edit, File};
use crate::ide::nodes::{find, has_header};
use crate::plan::languages::images;
use crate::plan::paths::file_name;
use crate::plan::tool::addresses;
use crate::plan::{BaseImage, Instruction, InstructionKind, Source};
use crate::syntax::insertion::{insertion, into, line_break};
use crate::syntax::{Node, Notation};
use crate::text::Span;

/// A note behind a value or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Where it stands.
    pub offset: u32,
    /// What it says, short.
    pub label: String,
    /// What it says, in full.
    pub tooltip: String,
    /// What would write the default down.
    pub edit: Option<Edit>,
}

/// The most characters of a label.
const LONGEST: usize = 50;

/// The notes of a document that stand in a span, in order. None holds a credential.
pub fn hints(analysis: &Analysis, span: Span) -> Vec<Hint> {
    // Beside a Dockerfile that is used as it is no default applies.
    if analysis.plan.verbatim.is_some() || analysis.config.dockerfile.is_some() {
        return Vec::new();
    }
    let mut notes = Notes {
        analysis,
        hints: Vec::new(),
    };
    notes.version();
    notes.builder();
    notes.base();
    notes.port();
    notes.user();
    notes.programs();
    notes.addresses();
    let mut hints = notes.hints;
    hints.retain(|hint| span.touches(hint.offset));
    hints.sort_by_key(|hint| hint.offset);
    hints
}

struct Notes<'a> {
    analysis: &'a Analysis,
    hints: Vec<Hint>,
}

/// Where the default of a key of a table is said.
struct Place<'a> {
    offset: u32,
    /// The table, if the key can be written into it.
    table: Option<&'a Node>,
}

impl<'a> Notes<'a> {
    /// The version of the language, as the builder's image has it.
    fn version(&mut self) {
        let config = &self.analysis.config;
        let Some(language) = &config.language else {
            return;
        };
        let Some(version) = default_version(language.value) else {
            return;
        };
        let mut stages = self.analysis.plan.stages.iter();
        let is_used = stages.any(|stage| {
            stage.origin.span == language.span
                && matches!(&stage.base, BaseImage::Image(image) if holds_version(image, version))
        });
        let is_written = self.has(&["version"]) || self.has(&["build", "image"]);
        if is_written || !is_used {
            return;
        }
        let edit = self.below(language.span, &format!("version = \"{version}\""));
        self.push(
            language.span.end,
            format!("version {version}"),
            format!("the default version of the language: {version}"),
            edit,
        );
    }

    /// The image of the builder.
    fn builder(&mut self) {
        let config = &self.analysis.config;
        let Some(language) = &config.language else {
            return;
        };
        if self.has(&["build", "image"]) {
            return;
        }
        let mut stages = self.analysis.plan.stages.iter();
        let image = stages.find_map(|stage| match &stage.base {
            BaseImage::Image(image)
                if stage.name.starts_with("builder") || stage.name == "source" =>
            {
                (stage.origin.span == language.span).then_some(image)
            }
            _ => None,
        });
        let (Some(image), Some(place)) = (image, self.place(&["build"])) else {
            return;
        };
        let edit = self.first_of(&place, &format!("image = \"{image}\""));
        self.push(
            place.offset,
            format!("from {image}"),
            format!("builds in the default image {image}"),
            edit,
        );
    }

    /// The base of the final image.
    fn base(&mut self) {
        let config = &self.analysis.config;
        let (Some(image), Some(place)) = (&self.analysis.plan.image, self.runtime()) else {
            return;
        };
        if self.has_in_runtime("image") {
            return;
        }
        let reference = &image.base.reference;
        let edit = if config.runtime.image_family.is_none() {
            self.first_of(&place, &format!("image = \"{reference}\""))
        } else {
            None
        };
        self.push(
            place.offset,
            format!("image {reference}"),
            format!("the default base image {reference}"),
            edit,
        );
    }

    /// The port.
    fn port(&mut self) {
        let plan = &self.analysis.plan;
        // A stage of the user says its ports itself.
        if plan.image.is_none() || self.has_in_runtime("expose") {
            return;
        }
        let instructions = plan.final_stage().map(|stage| &stage.instructions);
        let port = instructions.into_iter().flatten().find_map(|instruction| {
            let InstructionKind::Expose(port) = &instruction.kind else {
                return None;
            };
            Some(port)
        });
        let (Some(port), Some(place)) = (port, self.runtime()) else {
            return;
        };
        let edit = self.first_of(&place, &format!("expose = {port}"));
        self.push(
            place.offset,
            format!("EXPOSE {port}"),
            format!("the default port of the language: {port}"),
            edit,
        );
    }

    /// The numbers of the user.
    fn user(&mut self) {
        let config = &self.analysis.config;
        let Some(image) = &self.analysis.plan.image else {
            return;
        };
        let user = &image.user;
        let text = user.text();
        let name = user.name.as_deref();
        if let Some(written) = &config.runtime.user {
            // Numbers that stand there need not be said again.
            let is_said = written.span.of(&self.analysis.text).contains(&text);
            if user.ids.is_some() && !is_said && !user.is_root() {
                let full = format!("the user and group of the image: {text}");
                self.push(written.span.end, format!("USER {text}"), full, None);
            }
            return;
        }
        let Some(place) = self.runtime() else { return };
        if self.has_in_runtime("user") {
            return;
        }
        let (full, value) = match (name, user.ids) {
            (Some(name), Some((uid, gid))) if user.created => (
                format!("the user {name}, which is created: {text}"),
                format!("{name}:{uid}:{gid}"),
            ),
            (Some(name), _) => (format!("the image's own user {name}: {text}"), text.clone()),
            (None, _) => (format!("the default user: {text}"), text.clone()),
        };
        let edit = self.first_of(&place, &format!("user = \"{value}\""));
        self.push(place.offset, format!("USER {text}"), full, edit);
    }

    /// Where binaries lie in the image, behind the value that decides it.
    fn programs(&mut self) {
        let analysis = self.analysis;
        let (Some(stage), Some(build)) = (
            analysis.plan.final_stage(),
            find(analysis, &["build"]).and_then(|found| found.node.table()),
        ) else {
            return;
        };
        let mut values: Vec<&Node> = build.node("target").into_iter().collect();
        let binaries = build.node("binaries").and_then(Node::items);
        for binary in binaries.unwrap_or_default() {
            values.push(binary);
            let table = binary.table();
            for key in ["name", "output_name", "dst"] {
                values.extend(table.and_then(|table| table.node(key)));
            }
        }
        for value in values {
            let here = stage.instructions.iter().filter(|instruction| {
                let origin = &instruction.origin;
                origin.file == File::Document && origin.span == value.span
            });
            let mut paths: Vec<String> = here.flat_map(copied).collect();
            paths.retain(|path| Some(path.as_str()) != value.string());
            if paths.is_empty() {
                continue;
            }
            let edit = self.output(value, &paths);
            let all = paths.join(", ");
            let full = format!("in the image: {all}");
            self.push(value.span.end, format!("→ {all}"), full, edit);
        }
    }

    /// `output`, for the one binary that `build.target` names.
    fn output(&self, value: &Node, paths: &[String]) -> Option<Edit> {
        let build = find(self.analysis, &["build"])?.node;
        let target = build.table()?.node("target")?;
        let [path] = paths else { return None };
        (target.span == value.span).then_some(())?;
        let line = format!("\"{path}\"");
        let (span, text) = insertion(&self.analysis.text, build, "output", &line)?;
        Some(edit(span, text))
    }

    /// What the urls of tools become.
    fn addresses(&mut self) {
        let analysis = self.analysis;
        for tool in &analysis.config.external_tools {
            let Some(url) = &tool.url else { continue };
            let addresses = addresses(tool, &analysis.config);
            if addresses.iter().all(|(_, address)| *address == url.value) {
                continue;
            }
            let short = |address: &String| match address.rsplit_once('/') {
                Some((_, name)) if !name.is_empty() => format!("…/{name}"),
                _ => address.clone(),
            };
            let names: Vec<String> = addresses.iter().map(|(_, it)| short(it)).collect();
            let lines = addresses.iter().map(|(architecture, address)| {
                architecture.as_ref().map_or_else(
                    || address.clone(),
                    |architecture| format!("{architecture}: {address}"),
                )
            });
            let lines: Vec<String> = lines.collect();
            self.push(
                url.span.end,
                format!("→ {}", names.join(", ")),
                lines.join("\n"),
                None,
            );
        }
    }

    /// Whether a key is there, in whatever state: then no default is said.
    fn has(&self, path: &[&str]) -> bool {
        find(self.analysis, path).is_some()
    }

    fn has_in_runtime(&self, key: &str) -> bool {
        self.has(&["runtime", key]) || self.has(&["runtime_config", key])
    }

    /// Where the defaults of `[runtime]` are said, in whichever spelling.
    fn runtime(&self) -> Option<Place<'a>> {
        let old = find(self.analysis, &["runtime_config"]).is_some();
        self.place(&[if old { "runtime_config" } else { "runtime" }])
    }

    /// Where the defaults of a table are said: behind its header, else behind the language.
    fn place(&self, path: &[&str]) -> Option<Place<'a>> {
        let analysis = self.analysis;
        let found = find(analysis, path);
        let node = found
            .map(|found| found.node)
            .filter(|node| is_whole(&analysis.text, node));
        if let Some(node) = node {
            return Some(Place {
                offset: node.span.end,
                table: Some(node),
            });
        }
        let language = analysis.config.language.as_ref()?;
        Some(Place {
            offset: language.span.end,
            table: None,
        })
    }

    /// A key at the head of a table.
    fn first_of(&self, place: &Place<'_>, line: &str) -> Option<Edit> {
        let node = place.table?;
        let (span, text) = into(&self.analysis.text, node.table()?, node.span, line)?;
        Some(edit(span, text))
    }

    /// A key on the line below the one that ends with the value at a place.
    fn below(&self, value: Span, line: &str) -> Option<Edit> {
        let text = &self.analysis.text;
        let (before, after) = (
            text.get(..value.start as usize)?,
            text.get(value.end as usize..)?,
        );
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let key = before.get(begin..)?;
        let rest = after.split('\n').next()?.trim_end();
        let is_alone = key.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_last = rest.is_empty() || rest.trim_start().starts_with('#');
        let end = value.end as usize + rest.len();
        (is_alone && is_last).then(|| edit(Span::new(end, end), line_break(text).to_owned() + line))
    }

    fn push(&mut self, offset: u32, label: String, tooltip: String, edit: Option<Edit>) {
        let analysis = self.analysis;
        let has_secret = |text: &str| analysis.redacted(text) != text;
        if has_secret(&tooltip) || has_secret(&label) {
            return;
        }
        self.hints.push(Hint {
            offset,
            label: cut(label),
            tooltip,
            edit,
        });
    }
}

fn edit(span: Span, text: String) -> Edit {
    Edit {
        file: File::Document,
        span,
        text,
    }
}

fn cut(label: String) -> String {
    let line = label.replace(['\r', '\n'], " ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{kept}…")
}

/// Whether a table stands in one place, so that a default can be said there.
fn is_whole(text: &str, node: &Node) -> bool {
    let table = node.table();
    let is_inline = table.is_some_and(|table| table.notation == Notation::Inline);
    (has_header(node) || is_inline) && node.span.of(text).ends_with([']', '}'])
}

/// Where an instruction puts what it copies from a stage.
fn copied(instruction: &Instruction) -> Vec<String> {
    match &instruction.kind {
        InstructionKind::Copy(copy) if matches!(copy.from, Source::Stage { .. }) => {
            let sources = copy.sources.iter().map(|source| {
                if copy.dst.ends_with('/') {
                    format!("{}{}", copy.dst, file_name(&source.path))
                } else {
                    copy.dst.clone()
                }
            });
            sources.collect()
        }
        _ => Vec::new(),
    }
}

/// The version that a language has where the file says none.
fn default_version(language: Language) -> Option<&'static str> {
    Some(match language {
        Language::Node => images::NODE,
        Language::Python => images::PYTHON,
        Language::Go => images::GO,
        Language::Php => images::PHP,
        Language::Java => images::JAVA,
        Language::Dotnet => images::DOTNET,
        Language::Rust => images::RUST,
        Language::Ruby => images::RUBY,
        Language::Elixir => images::ELIXIR,
        Language::Deno => images::DENO,
        Language::Bun => images::BUN,
        Language::Static => return None,
    })
}

/// Whether an image's tag names a version.
fn holds_version(image: &str, version: &str) -> bool {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let mut parts = tag.split('-');
    parts.any(|part| part == version || part.strip_prefix("jdk") == Some(version))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{LONGEST, hints};
    use crate::analysis::{Analysis, analyze};
    use crate::ide::testing::{PROJECT, project};
    use crate::text::Span;

    fn all(analysis: &Analysis) -> Vec<super::Hint> {
        hints(analysis, Span::new(0, analysis.text.len()))
    }

    fn check(text: &str, expected: &Expect) {
        let analysis = analyze(text, &project());
        let mut shown = String::new();
        for hint in all(&analysis) {
            assert!(hint.label.chars().count() <= LONGEST, "{hint:?}");
            let before = &text[..hint.offset as usize];
            let line = before.rsplit('\n').next().expect("a line");
            shown.push_str(&format!("{line}  {}\n", hint.label));
            if let Some(edit) = hint.edit {
                let mut changed = text.to_owned();
                changed.replace_range(edit.span.range(), &edit.text);
                let rendered = |analysis: &Analysis| {
                    let dockerfile = analysis.dockerfile().expect("it renders");
                    dockerfile.text.clone()
                };
                let after = analyze(&changed, &project());
                assert_eq!(rendered(&after), rendered(&analysis), "{changed}");
                let others = all(&after);
                assert!(others.iter().all(|it| it.label != hint.label), "{changed}");
                shown.push_str(&format!("    {:?}\n", edit.text));
            }
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_short_file_shows_all_defaults() {
        check(
            "language = \"go\" # é\n[build]\ntarget = \"./cmd/server\"\n[runtime]\n",
            &expect![[r#"
                language = "go"  version 1.26
                    "\nversion = \"1.26\""
                [build]  from golang:1.26-alpine
                    "\nimage = \"golang:1.26-alpine\""
                target = "./cmd/server"  → /usr/local/bin/server
                    "\"./cmd/server\"\noutput = \"/usr/local/bin/server\""
                [runtime]  image gcr.io/distroless/static-debian12:nonroot
                    "\nimage = \"gcr.io/distroless/static-debian12:nonroot\""
                [runtime]  EXPOSE 8080
                    "\nexpose = 8080"
                [runtime]  USER 65532:65532
                    "\nuser = \"65532:65532\""
            "#]],
        );
        check(
            "language = \"go\"\r\n",
            &expect![[r#"
            language = "go"  version 1.26
                "\r\nversion = \"1.26\""
            language = "go"  from golang:1.26-alpine
            language = "go"  image gcr.io/distroless/static-debian12:nonroot
            language = "go"  EXPOSE 8080
            language = "go"  USER 65532:65532
        "#]],
        );
    }

    #[test]
    fn what_is_written_is_not_repeated() {
        check(
            PROJECT,
            &expect![[r#"
            language = "go"  version 1.26
                "\nversion = \"1.26\""
            [build]  from golang:1.26-alpine
                "\nimage = \"golang:1.26-alpine\""
            target = "./cmd/server"  → /usr/local/bin/server
                "\"./cmd/server\"\noutput = \"/usr/local/bin/server\""
            [[build.binaries]]  → /usr/local/bin/agent-linux-amd64
            url = "https://example.com/atlas-${arch}"  → …/atlas-amd64, …/atlas-arm64
            [runtime]  EXPOSE 8080
                "\nexpose = 8080"
            user = { name = "app", uid = 10001 }  USER 10001:10001
        "#]],
        );
        check(
            "language = \"node\"\r\nversion = \"24\"\r\nruntime = { image = \"node:24\", expose = [], user = \"é:1:2\" }\r\n",
            &expect![[r#"
                language = "node"  from node:24-slim
            "#]],
        );
    }

    #[test]
    fn old_spellings_have_hints() {
        check(
            "runtime = \"python\"\n[start]\ncommand = \"python é.py\"\n[runtime_config]\nuser = \"app\"\n",
            &expect![[r#"
                runtime = "python"  version 3.12
                    "\nversion = \"3.12\""
                runtime = "python"  from python:3.12-slim
                [runtime_config]  image python:3.12-slim
                    "\nimage = \"python:3.12-slim\""
                [runtime_config]  EXPOSE 8000
                    "\nexpose = 8000"
                user = "app"  USER 10001:10001
            "#]],
        );
    }

    #[test]
    fn a_created_user_is_written_by_its_name() {
        check(
            "language = \"go\"\n[runtime]\nimage = \"alpine:3.22\"\n",
            &expect![[r#"
                language = "go"  version 1.26
                    "\nversion = \"1.26\""
                language = "go"  from golang:1.26-alpine
                [runtime]  EXPOSE 8080
                    "\nexpose = 8080"
                [runtime]  USER 10001:10001
                    "\nuser = \"app:10001:10001\""
            "#]],
        );
    }

    #[test]
    fn every_binary_and_url_says_what_it_becomes() {
        check(
            "language = \"go\"\nversion = \"1.25\"\nplatforms = [\"linux/amd64\"]\n[build]\nimage = \"golang:1.25\"\n[[build.binaries]]\nname = \"agent\"\npath = \"./é\"\n[[build.binaries]]\nname = \"x\"\npath = \"./x\"\nplatforms = [\"linux/amd64\"]\ndst = \"/opt/\"\n[[build.binaries]]\nname = \"y\"\npath = \"./y\"\nplatforms = [\"linux/amd64\", \"linux/arm64\"]\n[[external_tools]]\nname = \"t\"\nversion = \"1\"\nurl = \"https://example.com/v${version}/t\"\n[runtime]\nimage = \"scratch\"\nexpose = 1\nuser = false\n",
            &expect![[r#"
                name = "agent"  → /usr/local/bin/agent
                dst = "/opt/"  → /opt/x-linux-amd64
                [[build.binaries]]  → /usr/local/bin/y-linux-amd64, /usr/local/bin/y-…
                url = "https://example.com/v${version}/t"  → …/t
            "#]],
        );
    }

    #[test]
    fn a_long_note_is_cut_and_whole_in_its_tooltip() {
        let name = "é".repeat(80);
        let text = format!(
            "[[external_tools]]\nname = \"t\"\nurl = \"https://example.com/{name}-${{arch}}\"\n"
        );
        let analysis = analyze(&text, &project());
        let hints = all(&analysis);
        assert_eq!(hints[0].label.chars().count(), LONGEST);
        assert!(hints[0].label.ends_with('…'));
        assert!(
            hints[0]
                .tooltip
                .contains(&format!("amd64: https://example.com/{name}-amd64"))
        );
    }

    #[test]
    fn only_the_span_that_is_asked_for_is_answered() {
        let text = "language = \"go\"\n[build]\ntarget = \"./cmd/server\"\n[runtime]\n";
        let analysis = analyze(text, &project());
        let line = Span::new(0, 15);
        assert!(hints(&analysis, line).iter().all(|hint| hint.offset == 15));
        assert!(hints(&analysis, line).len() < all(&analysis).len());
    }

    #[test]
    fn a_secret_is_in_no_hint() {
        let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        let text = format!(
            "[[external_tools]]\nname = \"t\"\nurl = \"https://{secret}@example.com/${{arch}}\"\n"
        );
        let analysis = analyze(&text, &project());
        let shown = format!("{:?}", all(&analysis));
        assert!(!shown.contains("ghp_"), "{shown}");
    }

    #[test]
    fn a_broken_document_has_the_hints_of_its_sound_parts() {
        check(
            "language = \"go\"\n[build]\ntarget = \"./cmd/é\"\n[runtime\nexpose = [",
            &expect![[r#"
                language = "go"  version 1.26
                    "\nversion = \"1.26\""
                language = "go"  image gcr.io/distroless/static-debian12:nonroot
                language = "go"  USER 65532:65532
                [build]  from golang:1.26-alpine
                    "\nimage = \"golang:1.26-alpine\""
                target = "./cmd/é"  → /usr/local/bin/é
                    "\"./cmd/é\"\noutput = \"/usr/local/bin/é\""
            "#]],
        );
        check("", &expect![""]);
        check("dockerfile = \"go.mod\"\nlanguage = \"go\"\n", &expect![""]);
    }
}
