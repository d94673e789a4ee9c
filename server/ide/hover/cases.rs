//! Hover, case by case: a word, and a line of what is shown for it; each also in documents that are broken elsewhere.

use super::hover;
use crate::analysis::analyze;
use crate::ide::testing::{PROJECT, fixture, project};

/// A document with a cursor, the word that is explained, and what the page holds.
type Case = (&'static str, &'static str, &'static str);

/// What is wrong with what is shown, if anything is.
fn fault(text: &str, word: &str, held: &str) -> Option<String> {
    let (analysis, offset) = fixture(text);
    let Some(shown) = hover(&analysis, None, &project(), offset) else {
        return Some(format!("nothing for `{word}` in\n{text}\n"));
    };
    let span = shown.span.of(&analysis.text);
    let is_right = span == word && shown.markdown.contains(held);
    let page = shown.markdown;
    (!is_right).then(|| format!("no `{held}` of `{word}`, but of `{span}`\n{page}\nin\n{text}\n"))
}

fn check(text: &str, word: &str, held: &str) {
    let fault = fault(text, word, held);
    assert!(fault.is_none(), "{}", fault.unwrap_or_default());
}

/// Below the project, in `[runtime]`, whole and broken elsewhere.
#[rustfmt::skip]
const BELOW: &[Case] = &[
    ("work<|>dir = \"/é\"", "workdir", "Default: `/app`"),
    ("<|>workdir = \"/é\"", "workdir", "`workdir`: string"),
    ("workdir = \"/<|>é\"", "\"/é\"", "`workdir`: string"),
    ("image_family = \"al<|>pine\"", "\"alpine\"", "small, musl"),
    ("entrypoint = \"entry<|>point.sh\"", "\"entrypoint.sh\"", "`entrypoint.sh`: a file that can be run"),
    ("entrypoint = { script = \"entry<|>point.sh\" }", "\"entrypoint.sh\"", "a file that can be run"),
    ("copy = [{ src = \"sq<|>l\", dst = \"/é\" }]", "\"sql\"", "`sql`: a folder"),
    ("copy = [{ src = \"sql/é<|>.sql\", dst = \"/é\" }]", "\"sql/é.sql\"", "`sql/é.sql`: a file"),
    ("copy = [{ src = [\"go.mod\", \"se<|>cret\"], dst = \"/é/\" }]", "\"secret\"", "ignored by `.dockerignore`"),
    ("copy = [{ src = \"no<|>é\", dst = \"/é\" }]", "\"noé\"", "`noé`: nothing lies there"),
    ("copy = [{ from = \"image:alpine<|>:3.21\", src = \"/é\", dst = \"/é\" }]", "\"image:alpine:3.21\"", "C library: musl"),
    ("copy = [{ from = \"w<|>eb\", src = \"/é\", dst = \"/é\" }]", "\"web\"", "stage `web`: from `node:22-alpine`"),
    ("copy = [{ from = \"build<|>er\", src = \"/é\", dst = \"/é\" }]", "\"builder\"", "stage `builder`"),
    ("copy = [{ src = \"sql\", dst = \"/é\", chown = \"ap<|>p:app\" }]", "\"app:app\"", "user `app` (10001:10001): the image runs as it"),
    ("copy = [{ src = \"sql\", dst = \"/é\", chown = \"nob<|>ody\" }]", "\"nobody\"", "`alpine:3.21` has it"),
    ("steps = [{ run = \"é\", secret = [\"net<|>rc\"] }]", "\"netrc\"", "in the file `/root/.netrc`"),
    ("steps = [{ run = \"é\", secret = [\"no<|>ne\"] }]", "\"none\"", "No `[secrets.none]` in this file."),
    ("steps = [\"RUN --mount=type=secret,id=net<|>rc é\"]", "netrc", "- not required"),
    ("steps = [\"COPY sq<|>l /é\"]", "sql", "`sql`: a folder"),
    ("steps = [\"COPY --from=we<|>b /é /é\"]", "web", "stage `web`"),
    ("steps = [\"COPY --from=node:22<|>-alpine /é /é\"]", "node:22-alpine", "`node` (1000:1000)"),
    ("steps = [\"CO<|>PY sql /é\"]", "COPY", "copies files"),
    ("steps = [\"RUN --net<|>work=none é\"]", "--network", "a flag of `RUN`"),
    ("steps = [\"RUN --mount=type=ca<|>che,target=/é é\"]", "type=cache", "`type=cache`"),
    ("steps = [\"RUN --mount=type=cache,tar<|>get=/é é\"]", "target", "of a cache mount"),
    ("steps = [{ run = \"é\", network<|> = \"none\" }]", "network", "`network`: string"),
    ("steps = [{ run = \"é\", cache = [{ target = \"/é\", shar<|>ing = \"locked\" }] }]", "sharing", "Default: `shared`"),
    ("args = { V = \"é\" }\nsteps = [\"RUN echo $<|>V\"]", "$V", "Build argument of the stage `runtime`, default `é`."),
    ("env.A = \"é\"\ncmd = { shell = \"exec /é ${<|>A}\" }", "${A}", "Set by `ENV` in the image: `é`."),
    ("env.B = { value = \"/é:${PA<|>TH}\", expand = true }", "${PATH}", "the image may set it"),
    ("[[external_tools]]\nname = \"t\"\nversion = \"1.2\"\nurl = \"https://x/${ver<|>sion}\"", "${version}", "The tool's `version`: `1.2`."),
    ("[[external_tools]]\nname = \"t\"\nurl = \"https://x/${ar<|>ch}\"", "${arch}", "`amd64`, `arm64`"),
    ("[lint.rules]\nunknown-<|>key = \"off\"", "unknown-key", "rule `unknown-key`"),
    ("[li<|>nt]\nrequire_reason = true", "lint", "`lint`: table"),
    ("[runtime.health<|>check]\ncmd = \"é\"", "healthcheck", "`healthcheck`"),
    ("# docksmith: ignore[unknown-<|>key] é\nx = 1", "unknown-key", "rule `unknown-key`"),
    ("stop_sig<|>nal = \"é", "stop_signal", "The signal that ends the program."),
    ("copy = [{ fr<|>om = \"", "from", "`from`: string"),
];

#[test]
fn words_below_the_project() {
    let open_array = PROJECT.replace(
        "target = \"./cmd/server\"\n",
        "target = \"./cmd/server\"\ntags = [\"é\"\n",
    );
    let stray = PROJECT.replace("[[stages]]\n", "stray\n\n[[stages]]\n");
    let mut faults = Vec::new();
    for (line, word, held) in BELOW {
        for (above, below) in [
            (PROJECT, ""),
            (&*open_array, ""),
            (&*stray, ""),
            (PROJECT, "\n\n[args"),
        ] {
            faults.extend(fault(&format!("{above}{line}{below}"), word, held));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[rustfmt::skip]
fn words_of_the_project() {
    for (word, at, shown, held) in [
        ("name = \"atlas\"", 10, "\"atlas\"", "- linux/arm64: `https://example.com/atlas-arm64`, `sha256:b76308f5"),
        ("name = \"atlas\"", 1, "name", "- linux/amd64: `https://example.com/atlas-amd64`, `sha256:c12b889e"),
        ("https://example.com", 4, "\"https://example.com/atlas-${arch}\"", "tool `atlas`"),
        ("sha256 = {", 2, "sha256", "tool `atlas`"),
        ("[[external_tools]]", 5, "external_tools", "`external_tools`: array"),
        ("[[stages]]", 5, "stages", "`stages`: array"),
        ("name = \"web\"", 9, "\"web\"", "FROM node:22-alpine AS web"),
        ("[build]", 3, "build", "`build`: table"),
        ("target = \"./cmd", 3, "target", "go build"),
        ("language", 3, "language", "picks the builder"),
        ("netrc = {", 2, "netrc", "Build secrets by id"),
        ("name = \"app\"", 9, "\"app\"", "`name`: string"),
        ("image = ", 2, "image", "FROM alpine:3.21"),
    ] {
        let start = PROJECT.find(word).expect("the word") + at;
        let (before, after) = PROJECT.split_at(start);
        check(&format!("{before}<|>{after}"), shown, held);
    }
}

#[test]
fn an_old_spelling_shows_what_it_renders_to() {
    for (text, word, held) in [
        (
            "runtime = \"go\"\nbuild.target = \"./x\"\n[start]\ncom<|>mand = \"/é x\"",
            "command",
            "CMD [\"/é\", \"x\"]",
        ),
        (
            "runtime = \"go\"\nbuild.target = \"./x\"\n[runtime_config]\nexpo<|>se = 8080",
            "expose",
            "EXPOSE 8080",
        ),
        (
            "runtime = \"go\"\nbuild.target = \"./x\"\n[env]\nA<|> = \"é\"",
            "A",
            "ENV A=\"é\"",
        ),
        (
            "run<|>time = \"go\"\nbuild.target = \"./x\"",
            "runtime",
            "`runtime`",
        ),
    ] {
        check(text, word, held);
    }
}

#[test]
fn variables_of_the_build_and_of_image_references() {
    for (text, word, held) in [
        (
            "language = \"go\"\n[build]\ntarget = \"./x\"\nargs = { VERSION = \"é\" }\nldflags = [\"-X main.v=${VER<|>SION}\"]",
            "${VERSION}",
            "Build argument of the stage `builder`, default `é`. Declared in line 4.",
        ),
        (
            "language = \"go\"\n[build]\ntarget = \"./x\"\nldflags = [\"-X main.v=${<|>V}\"]",
            "${V}",
            "`build.args` does not declare it",
        ),
        (
            "language = \"go\"\nargs.TAG = \"3.21\"\n[runtime]\nimage = \"alpine:${T<|>AG}\"",
            "${TAG}",
            "Global build argument, default `3.21`. Declared in line 2.",
        ),
    ] {
        check(text, word, held);
    }
}

#[test]
fn nothing_is_known_of_what_has_no_meaning() {
    for text in [
        "<|>",
        "# é<|>",
        "é<|> = 1",
        "language = \"go\"\n\n<|>\n\n[build]",
    ] {
        let (analysis, offset) = fixture(text);
        assert_eq!(hover(&analysis, None, &project(), offset), None, "{text}");
    }
}

#[test]
fn the_last_sound_version_shows_its_stages() {
    let last = format!("{PROJECT}[[stages]]\nname = \"late\"\nfrom = \"web\"\n");
    let last = analyze(&last, &project());
    for line in [
        "copy = [{ from = \"la<|>te\"",
        "steps = [\"COPY --from=la<|>te /é /é\"",
    ] {
        let (analysis, offset) = fixture(&format!("{PROJECT}{line}"));
        let shown = hover(&analysis, Some(&last), &project(), offset).expect("a page");
        assert!(
            shown.markdown.contains("FROM web AS late"),
            "{line}: {}",
            shown.markdown
        );
    }
}

#[test]
fn a_credential_in_the_url_of_a_tool_is_not_shown() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = PROJECT.replace(
        "https://example.com/",
        &format!("https://u:{token}@example.com/"),
    );
    let text = text.replace("name = \"atlas", "name = \"at<|>las");
    let (analysis, offset) = fixture(&text);
    let shown = hover(&analysis, None, &project(), offset).expect("a page");
    assert!(
        shown.markdown.contains("tool `atlas`"),
        "{}",
        shown.markdown
    );
    assert!(!shown.markdown.contains(&token), "{}", shown.markdown);
}
