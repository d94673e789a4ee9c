//! The examples: each `docksmith.toml` renders to the Dockerfile beside it, byte for byte.

use std::path::{Path, PathBuf};

use docksmith::analysis::{Analysis, analyze};
use docksmith::context::Files;
use docksmith::context::ignore::Ignore;
use docksmith::plan::dockerignore::dockerignore;
use docksmith::plan::sources::context_sources;
use expect_test::expect_file;

/// The folder of the examples.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples")
}

/// Every `docksmith.toml` below a folder, sorted.
pub(crate) fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = folder
        .read_dir()
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(documents(&path));
        } else if path.ends_with("docksmith.toml") {
            found.push(path);
        }
    }
    found
}

/// The files below a folder, with paths relative to `root`.
fn files(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, root, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).expect("a path below the root");
            found.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

/// The analysis of an example with the files of its build context.
pub(crate) fn analysis(document: &Path) -> Analysis {
    let text = std::fs::read_to_string(document).expect("a document");
    analysis_of(document, &text, &[])
}

/// The same of another text in its place, with further files beside it.
pub(crate) fn analysis_of(document: &Path, text: &str, beside: &[(&str, &str)]) -> Analysis {
    let folder = document.parent().expect("a folder");
    let climbs = text
        .lines()
        .find_map(|line| line.strip_prefix("context_root"))
        .map_or(0, |it| it.matches("..").count());
    let root = folder.ancestors().nth(climbs).expect("an ancestor");
    let prefix = vec![".."; climbs].join("/");
    let mut list = Vec::new();
    files(root, root, &mut list);
    let own = folder.strip_prefix(root).expect("below the root");
    list.extend(beside.iter().map(|(name, text)| {
        let path = own.join(name).to_string_lossy().replace('\\', "/");
        (path, (*text).to_owned())
    }));
    let list = list.into_iter().map(|(path, text)| match climbs {
        0 => (path, text),
        _ => (format!("{prefix}/{path}"), text),
    });
    analyze(
        text,
        &Files::new(list).in_folder(&folder.to_string_lossy().replace('\\', "/")),
    )
}

#[test]
fn every_example_renders_to_its_dockerfile() {
    let documents = documents(&examples());
    assert!(documents.len() >= 12, "too few examples");
    for document in documents {
        let analysis = analysis(&document);
        let file = analysis
            .dockerfile()
            .unwrap_or_else(|| panic!("{}: nothing is rendered", document.display()));
        let golden = match &analysis.config.dockerfile {
            Some(name) => document.with_file_name(&name.value),
            None => document.with_file_name("Dockerfile"),
        };
        expect_file![golden].assert_eq(&file.text);
        assert_eq!(file.text.lines().count(), file.origins.len());
    }
}

#[test]
fn every_example_is_free_of_findings() {
    for document in documents(&examples()) {
        let analysis = analysis(&document);
        assert!(
            analysis.diagnostics.is_empty(),
            "{}: {:#?}",
            document.display(),
            analysis.diagnostics
        );
    }
}

#[test]
fn three_spellings_of_the_composite_image_render_to_the_same_bytes() {
    let text = |name: &str| {
        let analysis = analysis(&examples().join(name).join("docksmith.toml"));
        analysis.dockerfile().expect("a Dockerfile").text.clone()
    };
    assert_eq!(text("composite"), text("composite-old"));
    assert_eq!(text("composite"), text("composite-request"));
}

/// A TOML document as the schema's readers see it.
fn json(text: &str) -> serde_json::Value {
    let table: toml::Table = toml::from_str(text).expect("the example is TOML");
    serde_json::to_value(table).expect("a table is JSON")
}

#[test]
fn the_committed_schema_accepts_every_example() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/docksmith.schema.json");
    let schema = std::fs::read_to_string(path).expect("the schema");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for document in documents(&examples()) {
        let text = std::fs::read_to_string(&document).expect("a document");
        let errors: Vec<String> = validator
            .iter_errors(&json(&text))
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", document.display());
    }
}

/// The names of the instructions that a second reader finds in a Dockerfile.
fn instructions(text: &str) -> Vec<String> {
    let file = parse_dockerfile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let name = |it: &parse_dockerfile::Instruction<'_>| {
        format!("{it:?}")
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    file.instructions.iter().map(name).collect()
}

#[test]
fn every_rendered_file_is_read_back_with_the_planned_instructions() {
    for document in documents(&examples()) {
        let analysis = analysis(&document);
        let text = &analysis.dockerfile().expect("a Dockerfile").text;
        let found = instructions(text);
        if analysis.config.dockerfile.is_none() {
            let planned: usize = analysis
                .plan
                .stages
                .iter()
                .map(|stage| 1 + stage.instructions.len())
                .sum();
            assert_eq!(
                found.len(),
                analysis.plan.args.len() + planned,
                "{}",
                document.display()
            );
        }
    }
}

#[test]
fn the_composite_image_is_read_back_as_its_instructions() {
    let analysis = analysis(&examples().join("composite/docksmith.toml"));
    let found = instructions(&analysis.dockerfile().expect("a Dockerfile").text);
    let expected = "From Workdir Copy Run Copy \
        From Arg Arg Arg Arg Run \
        From Arg Arg Run Run \
        From Add From Add From \
        From Run Run Workdir Copy Copy Copy Copy Copy Copy Copy Copy Env Env Env Env Expose User Healthcheck Entrypoint Cmd";
    assert_eq!(
        found.join(" "),
        expected.split_whitespace().collect::<Vec<_>>().join(" ")
    );
}

/// Digests come in with the lock, at every image and nowhere else, and change nothing beside.
#[test]
fn a_lock_holds_every_image_of_every_example() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let mut held = 0;
    for document in documents(&examples()) {
        let plain = analysis(&document);
        let images = plain.plan.lockable_images();
        if plain.plan.verbatim.is_some() {
            continue;
        }
        assert!(!images.is_empty(), "{}", document.display());
        let lock: String = images
            .iter()
            .map(|image| format!("docker.io/{} {digest}\n", image.canonical))
            .map(|line| {
                line.replace("docker.io/gcr.io", "gcr.io")
                    .replace("docker.io/ghcr.io", "ghcr.io")
            })
            .collect();
        let text = std::fs::read_to_string(&document).expect("a document");
        let locked = analysis_of(&document, &text, &[("docksmith.lock", &lock)]);
        assert!(locked.diagnostics.is_empty(), "{:#?}", locked.diagnostics);
        let rendered = &locked.dockerfile().expect("a Dockerfile").text;
        held += rendered.matches(&digest).count();
        let unlocked = &plain.dockerfile().expect("a Dockerfile").text;
        assert_eq!(&rendered.replace(&format!("@{digest}"), ""), unlocked);
        for line in rendered.lines().filter(|line| line.starts_with("FROM ")) {
            let image = line
                .split(' ')
                .find(|it| *it != "FROM" && !it.starts_with("--"));
            let image = image.expect("a FROM has an image");
            let is_stage = image == "scratch" || locked.plan.stage(image).is_some();
            assert!(
                is_stage || image.contains("${") || image.contains('@'),
                "{line}"
            );
        }
    }
    assert!(held > 20, "{held}");
}

/// The ignore file that is written for an example leaves out nothing that its Dockerfile copies.
#[test]
fn the_written_ignore_file_keeps_what_every_example_copies() {
    let mut looked_at = 0;
    for document in documents(&examples()) {
        let plain = analysis(&document);
        if plain.plan.verbatim.is_some() {
            continue;
        }
        let ignore = dockerignore(&plain.config, &plain.plan, &plain.layout);
        let text = std::fs::read_to_string(&document).expect("a document");
        let beside = [("Dockerfile.dockerignore", ignore.as_str())];
        let heeded = analysis_of(&document, &text, &beside);
        assert!(heeded.diagnostics.is_empty(), "{:#?}", heeded.diagnostics);
        // The rule speaks of what the user names; this is about what the renderer adds, too.
        let (ignore, errors) = Ignore::parse(&ignore);
        assert_eq!(errors, []);
        for source in context_sources(&plain.config, &plain.plan, &plain.layout) {
            let path = source.path.expect("it lies in the context");
            assert!(!ignore.excludes(&path), "{}: {path}", document.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 50, "{looked_at}");
}

/// A text for BuildKit, brought to what the portable one must be: without the first line, without `--link` and
/// `--start-interval`, scripts handed over by `printf`; the stages that fetch tools are left out of both.
fn portable(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        if line.starts_with("# syntax=") {
            continue;
        }
        let is_tool = line.starts_with("FROM ") && line.contains(" AS tool-");
        if is_tool {
            while rest.next_if(|line| !line.starts_with("FROM ")).is_some() {}
            continue;
        }
        let Some((start, mark)) = line.split_once("<<'") else {
            let start = line.split(" CMD ").next().unwrap_or_default();
            let interval = start
                .split(' ')
                .find(|it| it.starts_with("--start-interval="));
            let line = match interval {
                Some(flag) => line.replacen(&format!(" {flag}"), "", 1),
                None => line.to_owned(),
            };
            lines.push(line.replacen(" --link", "", 1));
            continue;
        };
        let mark = mark.trim_end_matches('\'');
        let mut script = Vec::new();
        for line in rest.by_ref().take_while(|line| *line != mark) {
            script.push(format!("'{}'", line.replace('\'', r"'\''")));
        }
        rest.next_if(|line| line.is_empty());
        lines.push(format!(
            "{start}printf '%s\\n' {} > /.step \\",
            script.join(" ")
        ));
        lines.push(" && sh /.step \\".to_owned());
        lines.push(" && rm /.step".to_owned());
        if rest.peek().is_some_and(|next| next.starts_with("FROM ")) {
            lines.push(String::new());
        }
    }
    lines.join("\n")
}

#[test]
fn the_portable_text_of_every_example_differs_in_the_named_points_only() {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/full.toml");
    let (mut links, mut scripts, mut tools) = (0, 0, 0);
    for document in documents(&examples()).into_iter().chain([full]) {
        let text = std::fs::read_to_string(&document).expect("a document");
        let text = text
            .replace("target = \"buildkit\"", "")
            .replace("[render]", "");
        let render = |target: &str| {
            let text = format!("render.target = \"{target}\"\n{text}");
            let analysis = match document.ends_with("full.toml") {
                true => analyze(&text, &docksmith::context::NoContext::default()),
                false => analysis_of(&document, &text, &[]),
            };
            let file = analysis.dockerfile().expect("a Dockerfile");
            assert_eq!(file.text.lines().count(), file.origins.len());
            file.text.clone()
        };
        let default = render("buildkit");
        let other = render("portable");
        if default == other {
            // A Dockerfile that is used as it is.
            assert!(text.contains("dockerfile ="), "{}", document.display());
            continue;
        }
        links += default.matches(" --link").count();
        scripts += default.matches("<<'").count();
        tools += default.matches("\nADD --checksum=").count();
        assert_eq!(
            portable(&default),
            portable(&other),
            "{}",
            document.display()
        );
        for stage in default.split("--from=tool-").skip(1) {
            let name = stage.split(' ').next().unwrap_or_default();
            assert!(other.contains(&format!(" AS tool-{name}\n")), "{name}");
        }
        // The full file asks for some of it in steps, where it stays and is reported.
        let is_example = !document.ends_with("full.toml");
        for hostile in ["# syntax=", " --link", "<<'", "ADD --checksum="] {
            assert!(
                !(is_example && other.contains(hostile)),
                "{}: {hostile}",
                document.display()
            );
        }
    }
    assert!(
        links > 10 && scripts > 0 && tools > 3,
        "{links} {scripts} {tools}"
    );
}

#[test]
fn a_portable_tool_is_fetched_and_checked_in_alpine() {
    let document = examples().join("composite/docksmith.toml");
    let text = std::fs::read_to_string(&document).expect("a document");
    let text = format!("render.target = \"portable\"\n{text}");
    let analysis = analysis_of(&document, &text, &[]);
    assert!(
        analysis.diagnostics.is_empty(),
        "{:#?}",
        analysis.diagnostics
    );
    let text = &analysis.dockerfile().expect("a Dockerfile").text;
    let expected = r#"
FROM --platform=$BUILDPLATFORM alpine:3.23 AS tool-atlas
ARG TARGETARCH
RUN case "$TARGETARCH" in \
      amd64) url='https://release.ariga.io/atlas/atlas-linux-amd64-v1.2.0' sha256=c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 ;; \
      arm64) url='https://release.ariga.io/atlas/atlas-linux-arm64-v1.2.0' sha256=b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595 ;; \
      *) echo "atlas: no checksum for $TARGETARCH" >&2; exit 1 ;; \
    esac \
 && wget -q -O /atlas "$url" \
 && echo "$sha256  /atlas" > /atlas.sha256 \
 && sha256sum -c /atlas.sha256 \
 && chmod 0755 /atlas

"#;
    assert!(text.contains(expected), "{text}");
}
