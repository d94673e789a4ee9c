//! Hover, by what it shows.

use expect_test::{Expect, expect};

use super::Hover;
use crate::analysis::Analysis;
use crate::ide::testing::{PROJECT, fixture, project};

/// Without an earlier version, in the project.
fn hover(analysis: &Analysis, offset: u32) -> Option<Hover> {
    super::hover(analysis, None, &project(), offset)
}

fn check(fixture_text: &str, expected: &Expect) {
    let (analysis, offset) = fixture(fixture_text);
    let shown = hover(&analysis, offset).map_or_else(
        || "nothing".to_owned(),
        |hover| format!("{:?}\n{}\n", hover.span.of(&analysis.text), hover.markdown),
    );
    expected.assert_eq(&shown);
}

#[test]
fn a_key_has_its_page_and_what_it_renders_to() {
    check(
        "language = \"go\"\n[build]\ntarget = \"./cmd/server\"\n[runtime]\nexpo<|>se = 8080",
        &expect![[r#"
            "expose"
            `expose`: integer or string or array or false

            The ports that the program listens on; `false` for none. Default: the language's port.

            Renders `EXPOSE 4290`.

            Example: `expose = [8080, "53/udp"]`

            Here:

            ```dockerfile
            EXPOSE 8080
            ```
        "#]],
    );
}

#[test]
fn both_ends_of_a_key_belong_to_it() {
    let texts = ["<|>expose", "expose<|>"].map(|key| {
        let (analysis, offset) = fixture(&format!("# é\nruntime.{key} = 8080 # é"));
        hover(&analysis, offset).expect("a page").markdown
    });
    assert!(texts[1].starts_with("`expose`: "), "{}", texts[1]);
    assert!(!texts[0].is_empty());
}

#[test]
fn a_stage_shows_its_instructions() {
    let text =
        format!("{PROJECT}copy = [{{ from = \"tool-at<|>las\", src = \"/x\", dst = \"/é\" }}]");
    check(
        &text,
        &expect![[r#"
            "\"tool-atlas\""
            stage `tool-atlas`: the tool `atlas`

            ```dockerfile
            FROM scratch AS tool-atlas-amd64
            ADD --checksum=sha256:c12b889e3349f0e5610aec32fe327e5a6911a0e472754a0c381c30c7c0630e88 --chmod=0755 https://example.com/atlas-amd64 /atlas

            FROM scratch AS tool-atlas-arm64
            ADD --checksum=sha256:b76308f558d50d006add507f3ab86afc1147644519dd327f7f5fac6d02d4f595 --chmod=0755 https://example.com/atlas-arm64 /atlas

            FROM tool-atlas-${TARGETARCH} AS tool-atlas
            ```
        "#]],
    );
    check(
        &PROJECT.replace("name = \"web", "name = \"w<|>eb"),
        &expect![[r#"
            "\"web\""
            stage `web`: from `node:22-alpine`

            ```dockerfile
            FROM node:22-alpine AS web
            WORKDIR /web
            RUN npm ci
            ```
        "#]],
    );
}

#[test]
fn an_image_shows_what_is_known_of_it() {
    check(
        &PROJECT.replace("alpine:3", "alpine:<|>3"),
        &expect![[r#"
        "\"alpine:3.21\""
        image `alpine:3.21`

        - family: Alpine
        - shell: yes
        - C library: musl
        - package manager: apk
        - TLS certificates: yes
        - time zones: no
        - users: `nobody` (65534:65534)
    "#]],
    );
}

#[test]
fn a_rule_shows_its_page() {
    check(
        "# docksmith: ignore[unknown-<|>key] é\nlanguage = \"go\"",
        &expect![[r#"
            "unknown-key"
            rule `unknown-key`

            A key that this table does not have.

            Level: error. Confidence: high.

            A misspelt key would otherwise be ignored without a word, and the image would lack what it asks for. Keys are
            case-sensitive.

            Wrong:

            ```toml
            language = "go"
            runtime.entrypont = ["/usr/local/bin/app"]
            ```

            A key of another table can be moved there:

            Wrong:

            ```toml
            language = "go"
            ldflags = ["-X main.version=1"]
            [build]
            target = "./cmd/server"
            ```

            Right:

            ```toml
            language = "go"
            runtime.entrypoint = ["/usr/local/bin/app"]
            ```

            ### Fix

            Safe or unsafe, by the case: `docksmith lint --fix` applies the safe ones, with `--unsafe-fixes` the
            others too.

            ### When to ignore

            Never: a key that docksmith does not know has no effect. What is meant for readers belongs into a comment.

            This comment hides a finding, behind the key, or alone above the key or its table:

            ```toml
            # docksmith: ignore[unknown-key] reason
            ```
        "#]],
    );
}

/// The first line of the page at the cursor, and the word that it is about.
fn title(fixture_text: &str) -> (String, String) {
    let (analysis, offset) = fixture(fixture_text);
    let hover = hover(&analysis, offset).expect("a page");
    let title = hover.markdown.lines().next().unwrap_or_default();
    (title.to_owned(), hover.span.of(&analysis.text).to_owned())
}

#[test]
fn the_words_of_a_step_are_explained() {
    for (step, title_text, word) in [
        ("\"<|>COPY é /x\"", "`COPY` copies files.", "COPY"),
        ("\"co<|>py é /x\"", "`COPY` copies files.", "copy"),
        ("\"ONBUILD R<|>UN é\"", "`RUN` runs a command.", "RUN"),
        (
            "'ONBUI<|>LD RUN é'",
            "`ONBUILD` waits for a build on top.",
            "ONBUILD",
        ),
        (
            "\"COPY --l<|>ink é /x\"",
            "`--link`, a flag of `COPY`",
            "--link",
        ),
        (
            "\"COPY --chmod<|>=0755 é /x\"",
            "`--chmod=<mode>`, a flag of `COPY`",
            "--chmod",
        ),
        (
            "\"HEALTHCHECK --inter<|>val=3s CMD é\"",
            "`--interval=<duration>`, a flag of `HEALTHCHECK`",
            "--interval",
        ),
        (
            "\"RUN --network=no<|>ne é\"",
            "`none`: No network but the loopback device.",
            "none",
        ),
        (
            "\"RUN --mount=type=ca<|>che,target=/x é\"",
            "`type=cache`",
            "type=cache",
        ),
        (
            "\"RUN --mount=type=cache,d<|>st=/x é\"",
            "`target=<path>`, of a cache mount; also `dst`, `destination`",
            "dst",
        ),
        (
            "\"RUN --mount=type=cache,target=/x,sharing=lock<|>ed é\"",
            "`locked`: A second build waits until the first is done.",
            "locked",
        ),
        (
            "\"\"\"\nRUN --mount=type=cache,target=/\\u00e9 \\\\\n  --mount=type=tmpfs,si<|>ze=1m,target=/x \\\n é\"\"\"",
            "`size=<bytes>`, of a tmpfs mount",
            "size",
        ),
    ] {
        let text = format!("{PROJECT}steps = [{step}]");
        assert_eq!(
            title(&text),
            (title_text.to_owned(), word.to_owned()),
            "{step}"
        );
    }
}

#[test]
fn a_flag_lists_its_words() {
    check(
        &format!("{PROJECT}steps = [\"RUN --netw<|>ork=none é\"]"),
        &expect![[r#"
            "--network"
            `--network=default|none|host`, a flag of `RUN`

            The network that the command sees.

            - `default`: The build's own network; the default.
            - `none`: No network but the loopback device.
            - `host`: The network of the machine; the builder must allow it.
        "#]],
    );
}

#[test]
fn a_variable_shows_where_it_is_set() {
    for (lines, said) in [
        (
            "args = { V = \"é1\" }\nsteps = [\"WORKDIR /\\\"é/${<|>V}\\\"\"]",
            "Build argument of the stage `runtime`, default `é1`. Declared in line 27.",
        ),
        (
            "steps = ['ENV V=2', { run = \"echo \\u00e9 $<|>V\" }]",
            "Set by `ENV` in the stage `runtime`: `2`. Declared in line 27.",
        ),
        (
            "steps = [\"RUN echo $TARGETAR<|>CH\"]",
            "Set by the builder for each platform, where an `ARG` names it.",
        ),
        (
            "steps = [\"RUN echo $OTHER<|>\"]",
            "Not set in this file; the image may set it.",
        ),
    ] {
        let (analysis, offset) = fixture(&format!("{PROJECT}{lines}"));
        let hover = hover(&analysis, offset).expect("a page");
        assert!(
            hover.markdown.ends_with(said),
            "{lines}: {}",
            hover.markdown
        );
        assert!(hover.span.of(&analysis.text).starts_with('$'), "{lines}");
    }
}

#[test]
fn a_credential_is_not_the_value_of_a_variable() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = format!("{PROJECT}steps = [\"ENV V={token}\", \"WORKDIR /$<|>V\"]");
    let (analysis, offset) = fixture(&text);
    let hover = hover(&analysis, offset).expect("a page");
    assert!(
        hover
            .markdown
            .ends_with("Set by `ENV` in the stage `runtime`. Declared in line 27."),
        "{}",
        hover.markdown
    );
}

#[test]
fn a_value_of_an_enumeration_is_explained() {
    check(
        "runtime.image_family = \"al<|>pine\"",
        &expect![[r#"
        "\"alpine\""
        `image_family`: string

        Picks a default base image: `alpine`, `slim` or `distroless`. Beside an `image` that docksmith doesn't know it
        says that image's family.

        Example: `image_family = "alpine"`

        `"alpine"`: Alpine: small, musl, `apk`.
    "#]],
    );
}

#[test]
fn a_broken_document_still_explains_its_keys() {
    check(
        "runtime.stop_sig<|>nal = [\"é",
        &expect![[r#"
        "stop_signal"
        `stop_signal`: string

        The signal that ends the program.

        Renders `STOPSIGNAL SIGINT`.

        Example: `stop_signal = "SIGINT"`
    "#]],
    );
    check("<|>", &expect!["nothing"]);
}
