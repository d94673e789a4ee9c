//! What leads somewhere else: addresses, files of the build context, the pages of images.

use std::collections::HashSet;

use crate::analysis::Analysis;
use crate::context::{BuildContext, Entry, Rooted};
use crate::diagnostic::File;
use crate::ide::meaning::{Meaning, meaning, source_of};
use crate::ide::nodes::{Place, content, each_node};
use crate::image::{ImageReference, variables};
use crate::plan::references::references;
use crate::plan::sources::{cleaned, context_sources};
use crate::plan::tool::addresses;
use crate::plan::{InstructionKind, SourcePath};
use crate::syntax::Value;
use crate::text::Span;

/// A part of the text that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The text, without quotes.
    pub span: Span,
    /// Where it leads.
    pub target: LinkTarget,
    /// What is there.
    pub tooltip: String,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// An address, over http or https.
    Address(String),
    /// A file, by its path below the context root.
    File(String),
}

/// The links of a document in order. None leads out of the build context, and none holds a credential.
pub fn links(analysis: &Analysis, context: &dyn BuildContext) -> Vec<Link> {
    let mut finder = Finder {
        analysis,
        context: analysis.layout.rooted(context),
        links: Vec::new(),
    };
    finder.tools();
    finder.downloads();
    finder.named_files();
    finder.sources();
    finder.images();
    let mut links = finder.links;
    links.sort_by_key(|link| link.span);
    let mut seen = HashSet::new();
    links.retain(|link| seen.insert(link.span) && !link.span.is_empty());
    links
}

struct Finder<'a> {
    analysis: &'a Analysis,
    context: Rooted<'a>,
    links: Vec<Link>,
}

impl Finder<'_> {
    fn tools(&mut self) {
        for tool in &self.analysis.config.external_tools {
            let Some(url) = &tool.url else { continue };
            if let Some((_, address)) = addresses(tool, &self.analysis.config).first() {
                self.address(url.span, address);
            }
        }
    }

    /// What `ADD` downloads, in whichever spelling.
    fn downloads(&mut self) {
        for (_, instruction) in self.analysis.plan.instructions() {
            let sources: &[SourcePath] = match &instruction.kind {
                InstructionKind::Add(add) => &add.sources,
                InstructionKind::Written(written) if written.keyword == "ADD" => {
                    written.paths.split_last().map_or(&[], |(_, paths)| paths)
                }
                _ => continue,
            };
            if instruction.origin.file != File::Document {
                continue;
            }
            for source in sources {
                if let Some(span) = source.span {
                    self.address(span, &source.path);
                }
            }
        }
    }

    fn address(&mut self, span: Span, address: &str) {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme);
        let is_page = scheme
            .is_some_and(|it| it.eq_ignore_ascii_case("https") || it.eq_ignore_ascii_case("http"));
        // What is not filled in leads nowhere.
        if is_page && !address.contains('$') {
            self.push(
                span,
                LinkTarget::Address(address.to_owned()),
                format!("download {address}"),
            );
        }
    }

    /// The strings that name a file of the build context, from the tree: they are there while the plan is not.
    fn named_files(&mut self) {
        let mut found = Vec::new();
        let analysis = self.analysis;
        each_node(&analysis.document, &mut |Place { path, node, .. }| {
            let Value::String(text) = &node.value else {
                return;
            };
            let is_file = match meaning(path) {
                Meaning::File => true,
                Meaning::Source => source_of(analysis, path).is_none(),
                _ => false,
            };
            if is_file {
                found.push((node.span, text.clone()));
            }
        });
        for (span, text) in found {
            let leads_out = text.starts_with('/') || text.split('/').any(|name| name == "..");
            if !leads_out && let Some(path) = cleaned(&analysis.layout.path(&text)) {
                self.file(span, path);
            }
        }
    }

    /// The sources of steps.
    fn sources(&mut self) {
        let analysis = self.analysis;
        let sources = context_sources(&analysis.config, &analysis.plan, &analysis.layout);
        for source in sources {
            if *source.file == File::Document
                && let (Some(path), Some(span)) = (source.plain(), source.span)
            {
                self.file(span, path.to_owned());
            }
        }
    }

    fn file(&mut self, span: Span, path: String) {
        let is_there = self.analysis.layout.is_placed()
            && matches!(self.context.entry(&path), Entry::File { .. });
        if is_there {
            let tooltip = format!("open {path}");
            self.push(span, LinkTarget::File(path), tooltip);
        }
    }

    fn images(&mut self) {
        let analysis = self.analysis;
        for reference in references(&analysis.config, &analysis.plan, &analysis.text) {
            let page = page(&reference.text);
            if let (Some(span), Some((address, tooltip))) =
                (reference.content(&analysis.text), page)
            {
                self.push(span, LinkTarget::Address(address), tooltip);
            }
        }
    }

    fn push(&mut self, span: Span, target: LinkTarget, tooltip: String) {
        let analysis = self.analysis;
        let is_secret = analysis
            .credentials
            .iter()
            .any(|credential| credential.overlaps(span))
            || analysis.redacted(&tooltip) != tooltip;
        if !is_secret {
            self.links.push(Link {
                span: content(&analysis.text, span).unwrap_or(span),
                target,
                tooltip,
            });
        }
    }
}

/// The page of an image where its registry is known to have one, and what it is.
fn page(reference: &str) -> Option<(String, String)> {
    let image = ImageReference::parse(reference).ok()?;
    if image.is_scratch() || !variables(&image.name).is_empty() {
        return None;
    }
    let repository = image.repository();
    let on = |registry: &str| format!("{repository} on {registry}");
    match (image.registry(), repository.matches('/').count()) {
        ("docker.io", 0) => Some((
            format!("https://hub.docker.com/_/{repository}"),
            on("Docker Hub"),
        )),
        ("docker.io", 1) => Some((
            format!("https://hub.docker.com/r/{repository}"),
            on("Docker Hub"),
        )),
        ("quay.io", 1) => Some((
            format!("https://quay.io/repository/{repository}"),
            on("Quay"),
        )),
        ("mcr.microsoft.com", _) => Some((
            format!("https://mcr.microsoft.com/en-us/artifact/mar/{repository}/about"),
            on("Microsoft Artifact Registry"),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::{LinkTarget, links, page};
    use crate::analysis::analyze;
    use crate::ide::testing::{PROJECT, project};

    fn check(text: &str, expected: &Expect) {
        let context = project();
        let analysis = analyze(text, &context);
        let mut shown = String::new();
        for link in links(&analysis, &context) {
            let target = match &link.target {
                LinkTarget::Address(address) => address.clone(),
                LinkTarget::File(path) => format!("file {path}"),
            };
            shown.push_str(&format!("{}: {target}\n", link.span.of(text)));
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn tools_files_and_images_are_linked() {
        let text = format!(
            "overlay = \"go.mod\"\n{PROJECT}entrypoint = \"entrypoint.sh\"\n[[runtime.copy]]\nsrc = [\"sql/é.sql\", \"sql\", \"missing\"]\ndst = \"/x/\"\n"
        );
        check(
            &text,
            &expect![[r#"
                go.mod: file go.mod
                node:22-alpine: https://hub.docker.com/_/node
                https://example.com/atlas-${arch}: https://example.com/atlas-amd64
                alpine:3.21: https://hub.docker.com/_/alpine
                entrypoint.sh: file entrypoint.sh
                sql/é.sql: file sql/é.sql
            "#]],
        );
    }

    #[test]
    fn steps_have_links() {
        check(
            "[[stages]]\r\nname = \"x\"\r\nfrom = \"quay.io/é/b\"\r\nsteps = [\r\n'COPY go.mod entrypoint.sh ./',\r\n\"ADD https://example.com/é.zip /x\",\r\n\"COPY --from=a/b:1 /x /x\",\r\n{ add = { src = \"http://example.com/x\", dst = \"/x\" } },\r\n{ copy = { src = \"/go.mod\", dst = \"/😀\" } },\r\n]\r\n",
            &expect![[r#"
                go.mod: file go.mod
                entrypoint.sh: file entrypoint.sh
                https://example.com/é.zip: https://example.com/é.zip
                a/b:1: https://hub.docker.com/r/a/b
                http://example.com/x: http://example.com/x
            "#]],
        );
    }

    #[test]
    fn nothing_leads_out_or_runs_something() {
        check(
            "dockerfile = \"../go.mod\"\n[[external_tools]]\nname = \"é\"\nurl = \"file:///etc/passwd\"\n[[external_tools]]\nname = \"b\"\nurl = \"command:x\"\n[[external_tools]]\nname = \"c\"\nurl = \"https://example.com/${x}\"\n[[runtime.copy]]\nsrc = [\"../go.mod\", \"/go.mod\", \"sql/../../go.mod\"]\ndst = \"/\"\n",
            &expect![""],
        );
    }

    #[test]
    fn an_address_with_a_credential_is_no_link() {
        let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        let text = format!(
            "[[external_tools]]\nname = \"x\"\nurl = \"https://user:{secret}@example.com/x\"\n"
        );
        check(&text, &expect![""]);
    }

    #[test]
    fn old_spellings_and_broken_documents_have_links() {
        check(
            "runtime = \"go\"\n[start]\nentrypoint_script = \"./entrypoint.sh\"\n[[runtime_assets]]\nsrc = \"go.mod\"\ndst = \"/é\n[runtime_config]\nimage = \"bitnami/redis",
            &expect![[r#"
                ./entrypoint.sh: file entrypoint.sh
                go.mod: file go.mod
            "#]],
        );
        check("", &expect![""]);
    }

    #[test]
    fn an_image_has_the_page_of_its_registry() {
        let of = |reference: &str| page(reference).map(|(address, _)| address);
        for (reference, expected) in [
            ("alpine", Some("https://hub.docker.com/_/alpine")),
            (
                "docker.io/library/alpine:3@sha256:0000000000000000000000000000000000000000000000000000000000000000",
                Some("https://hub.docker.com/_/alpine"),
            ),
            ("oven/bun:1", Some("https://hub.docker.com/r/oven/bun")),
            ("alpine:${V}", Some("https://hub.docker.com/_/alpine")),
            ("quay.io/a/b:1", Some("https://quay.io/repository/a/b")),
            ("${R}/alpine", None),
            ("ghcr.io/a/b", None),
            ("localhost:5000/a", None),
            ("scratch", None),
            ("Not An Image", None),
        ] {
            assert_eq!(of(reference).as_deref(), expected, "{reference}");
        }
    }
}
