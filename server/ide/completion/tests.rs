//! Completion, by its labels and by the text that comes of applying an item.

use super::{CompletionItem, completion};
use crate::analysis::analyze;
use crate::ide::testing::{PROJECT, fixture, project};

fn items(text: &str) -> Vec<CompletionItem> {
    let (analysis, offset) = fixture(text);
    completion(&analysis, None, &project(), offset).items
}

fn labels(text: &str) -> Vec<String> {
    items(text).into_iter().map(|item| item.label).collect()
}

/// Applies the item with a label and compares the whole text; what is typed must begin its filter text.
fn applied(text: &str, label: &str, expected: &str) {
    let (analysis, offset) = fixture(text);
    let items = completion(&analysis, None, &project(), offset).items;
    let item = items.iter().find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("no `{label}` at {text}"));
    let typed = analysis.text[item.span.start as usize..offset as usize].to_lowercase();
    assert!(
        item.filter.to_lowercase().starts_with(&typed),
        "{typed} in {item:?}"
    );
    let mut result = analysis.text.clone();
    result.replace_range(item.span.range(), &item.text);
    assert_eq!(result, expected);
}

/// The same below the project.
fn applied_below(line: &str, label: &str, expected: &str) {
    let (text, expected) = (format!("{PROJECT}{line}"), format!("{PROJECT}{expected}"));
    applied(&text, label, &expected);
}

// Keys.

#[test]
fn a_half_typed_key_is_completed() {
    applied("lang<|>", "language", "language = ");
    applied("# é\n[runtime]\nim<|>", "image", "# é\n[runtime]\nimage = ");
    applied(
        "ove<|>\n[runtime]\nimage = \"x\"",
        "overlay",
        "overlay = \n[runtime]\nimage = \"x\"",
    );
}

#[test]
fn a_key_that_has_a_value_keeps_it() {
    applied(
        "[runtime]\n<|>imag = \"x\"",
        "image",
        "[runtime]\nimage = \"x\"",
    );
    applied(
        "[runtime]\nimag<|> = \"x\"",
        "image",
        "[runtime]\nimage = \"x\"",
    );
    applied(
        "[runtime]\n\"im<|>ag\" = 1",
        "image",
        "[runtime]\n\"image\" = 1",
    );
}

#[test]
fn only_keys_that_are_not_set_are_offered() {
    let labels = labels("[runtime]\nimage = \"alpine:3.21\"\n<|>");
    assert!(!labels.contains(&"image".to_owned()));
    assert!(labels.contains(&"packages".to_owned()));
    assert!(
        !labels.contains(&"system_deps".to_owned()),
        "an old spelling"
    );
}

#[test]
fn an_old_spelling_counts_as_set() {
    let found = labels("runtime = \"go\"\n[start]\ncommand = \"x\"\n[runtime_config]\n<|>");
    assert!(found.contains(&"image".to_owned()), "{found:?}");
    let found = labels("<|>\nruntime = \"go\"\n");
    assert!(!found.contains(&"language".to_owned()), "{found:?}");
}

#[test]
fn required_keys_come_first() {
    assert_eq!(labels("[[runtime.copy]]\n<|>")[..2], ["src", "dst"]);
    assert_eq!(labels("stages = [{ <|> }]")[..2], ["name", "from"]);
}

#[test]
fn a_table_gets_a_header_where_one_can_stand() {
    applied(
        "language = \"go\"\nbu<|>",
        "build",
        "language = \"go\"\n[build]",
    );
    applied("run<|>", "runtime", "[runtime]");
    applied("st<|>\n\n[build]\n", "stages", "[[stages]]\n\n[build]\n");
    applied("[runtime]\nen<|>\n", "env", "[runtime]\n[runtime.env]\n");
    applied(
        "bu<|>\nlanguage = \"go\"",
        "build",
        "build.\nlanguage = \"go\"",
    );
}

#[test]
fn dotted_and_inline_keys_are_completed() {
    applied("runtime.im<|>", "image", "runtime.image = ");
    applied("runtime.<|>", "image", "runtime.image = ");
    applied(
        "runtime.copy = [{ sr<|> }]",
        "src",
        "runtime.copy = [{ src =  }]",
    );
    applied(
        "runtime.copy = [{ src = \"é\", ds<|>\n[build]",
        "dst",
        "runtime.copy = [{ src = \"é\", dst = \n[build]",
    );
}

#[test]
fn a_step_has_one_verb() {
    let run = labels("build.steps = [{ run = \"x\", <|> }]");
    assert!(
        run.contains(&"cache".to_owned()) && !run.contains(&"copy".to_owned()),
        "{run:?}"
    );
    let none = labels("build.steps = [{ <|> }]");
    assert!(
        none.contains(&"run".to_owned()) && !none.contains(&"cache".to_owned()),
        "{none:?}"
    );
    assert!(labels("build.steps = [{ copy = { }, <|> }]").is_empty());
}

#[test]
fn headers_are_completed_with_their_brackets() {
    applied("[bu<|>", "[build]", "[build]");
    applied("[bu<|>]\n", "[build]", "[build]\n");
    applied("[sta<|>", "[[stages]]", "[[stages]]");
    applied("[[runtime.co<|>]]", "[[runtime.copy]]", "[[runtime.copy]]");
    applied(
        "[build]\ntarget = \"x\"\n[run<|>",
        "[runtime]",
        "[build]\ntarget = \"x\"\n[runtime]",
    );
    assert!(!labels("[build]\n[<|>]").contains(&"[build]".to_owned()));
}

#[test]
fn rules_are_keys_and_levels_their_values() {
    applied(
        "[lint.rules]\nunk<|>",
        "unknown-key",
        "[lint.rules]\nunknown-key = ",
    );
    applied(
        "[lint.rules]\nunknown-key = <|>",
        "off",
        "[lint.rules]\nunknown-key = \"off\"",
    );
}

// Values.

#[test]
fn enumerations_are_completed_from_both_ends() {
    applied("language = <|>", "go", "language = \"go\"");
    applied("language = g<|>", "go", "language = \"go\"");
    applied("language = \"<|>\"", "go", "language = \"go\"");
    applied("language = <|>\"x\"", "go", "language = \"go\"");
    applied("language = 'g<|>'", "go", "language = 'go'");
    applied(
        "language = \"g<|>\n# é\n[build]",
        "go",
        "language = \"go\"\n# é\n[build]",
    );
    applied("build.cgo = t<|>", "true", "build.cgo = true");
}

#[test]
fn a_stage_can_be_named_wherever_one_is_wanted() {
    let all = ["web", "builder", "source", "builder-agent", "tool-atlas"];
    for line in [
        "copy = [{ from = \"<|>\" }]",
        "copy = [{ from = <|>",
        "copy = [{ from_stage = \"<|>",
        "[[runtime.copy]]\nfrom = \"<|>",
        "steps = [\"COPY --from=<|>\"]",
        "steps = [\"COPY --from=<|>",
        "steps = [\"RUN --mount=type=bind,from=<|>",
        "steps = [{ run = \"x\", bind = [{ from = \"<|>",
    ] {
        let labels = labels(&format!("{PROJECT}{line}"));
        assert_eq!(
            labels.get(..all.len()),
            Some(&all.map(str::to_owned)[..]),
            "{line}"
        );
    }
}

#[test]
fn a_stage_is_not_based_on_itself() {
    let found = labels(&format!("{PROJECT}[[stages]]\nname = \"é\"\nfrom = \"<|>"));
    assert!(!found.contains(&"é".to_owned()));
    assert!(found.contains(&"web".to_owned()) && found.contains(&"alpine:3.23".to_owned()));
}

#[test]
fn a_stage_name_replaces_what_is_typed() {
    applied_below(
        "copy = [{ from = \"buil<|>",
        "builder",
        "copy = [{ from = \"builder\"",
    );
    applied_below(
        "copy = [{ from = \"buil<|>\", src = \"é\" }]",
        "builder",
        "copy = [{ from = \"builder\", src = \"é\" }]",
    );
    applied_below(
        "copy = [{ from = buil<|> }]",
        "builder",
        "copy = [{ from = \"builder\" }]",
    );
    applied_below(
        "steps = [\"COPY --from=we<|>x /é /x\"]",
        "web",
        "steps = [\"COPY --from=web /é /x\"]",
    );
    applied_below(
        "steps = [\"\"\"\nRUN --mount=type=bind,from=<|>,target=/x \\\n  é\"\"\"]",
        "tool-atlas",
        "steps = [\"\"\"\nRUN --mount=type=bind,from=tool-atlas,target=/x \\\n  é\"\"\"]",
    );
}

#[test]
fn stages_below_a_half_typed_line_are_named_too() {
    let below = "\n\n[[stages]]\nname = \"late\"\nfrom = \"x\"\n";
    for line in [
        "copy = [{ from = \"<|>",
        "copy = [\n  { from = <|>\n]",
        "copy = [\n  { from = \"<|>, src = \"é\" },\n]",
        "steps = [\n  \"COPY --from=<|>\n  \"RUN é\",\n]",
    ] {
        let text = format!("language = \"go\"\n[runtime]\n{line}{below}");
        assert_eq!(labels(&text)[..2], ["late", "builder"], "{text}");
    }
}

#[test]
fn a_tool_goes_where_steps_run() {
    let found = labels(&PROJECT.replace("dst = \"/app/bin", "stage = \"<|>\"\ndst = \"/app/bin"));
    assert_eq!(found, ["runtime", "web", "builder"]);
}

#[test]
fn copy_sources_are_completed_folder_by_folder() {
    applied_below(
        "copy = [{ src = \"mig<|>",
        "migrations/",
        "copy = [{ src = \"migrations/\"",
    );
    applied_below(
        "copy = [{ src = [\"go.mod\", \"sql/<|>\"] }]",
        "é.sql",
        "copy = [{ src = [\"go.mod\", \"sql/é.sql\"] }]",
    );
    applied_below(
        "[[runtime.copy]]\nsrc = <|>",
        "sql/",
        "[[runtime.copy]]\nsrc = \"sql/\"",
    );
    applied_below(
        "entrypoint = \"<|>",
        "entrypoint.sh",
        "entrypoint = \"entrypoint.sh\"",
    );
    applied_below(
        "steps = [\"COPY --link sql/sch<|> /x\"]",
        "schema.sql",
        "steps = [\"COPY --link sql/schema.sql /x\"]",
    );
    assert!(labels(&format!("{PROJECT}copy = [{{ src = \"../<|>")).is_empty());
}

#[test]
fn an_ignored_source_says_so() {
    let items = items(&format!("{PROJECT}copy = [{{ src = \"<|>"));
    let ignored = items.iter().filter(|item| !item.note.is_empty());
    let ignored: Vec<_> = ignored.map(|item| item.label.as_str()).collect();
    assert_eq!(ignored, ["secret"]);
}

#[test]
fn a_page_is_found_again_by_its_name() {
    for item in items("[lint.rules]\n<|>")
        .iter()
        .chain(&items("[[runtime.copy]]\n<|>"))
    {
        let name = item.page.name().expect("a name");
        assert_eq!(super::Page::by_name(&name), item.page);
        assert!(item.page.text(None).is_some(), "{name}");
    }
    assert_eq!(super::Page::by_name("x"), super::Page::None);
}

#[test]
fn hidden_sources_come_behind_a_dot() {
    let found = labels(&format!("{PROJECT}copy = [{{ src = \"<|>"));
    assert_eq!(found.first().map(String::as_str), Some("cmd/"));
    assert!(!found.contains(&".dockerignore".to_owned()), "{found:?}");
    let found = labels(&format!("{PROJECT}copy = [{{ src = \".<|>"));
    assert!(found.contains(&".dockerignore".to_owned()), "{found:?}");
}

#[test]
fn a_package_is_a_folder_with_a_program() {
    assert_eq!(
        labels("language = \"go\"\nbuild.target = \"<|>\""),
        ["./cmd/server", "./cmd/worker"]
    );
}

#[test]
fn the_paths_of_a_stage_are_offered_where_it_is_named() {
    let builder = labels(&format!(
        "{PROJECT}copy = [{{ from = \"builder\", src = \"<|>"
    ));
    assert_eq!(builder, ["/out/server", "/src/"]);
    let web = labels(&format!(
        "{PROJECT}copy = [{{ from = \"web\", src = \"<|>\" }}]"
    ));
    assert_eq!(web, ["/web/"]);
}

#[test]
fn images_platforms_users_and_secrets_are_completed() {
    applied(
        "runtime.image = \"alp<|>",
        "alpine:3.23",
        "runtime.image = \"alpine:3.23\"",
    );
    applied(
        "platforms = [\"<|>",
        "linux/arm64",
        "platforms = [\"linux/arm64\"",
    );
    applied_below(
        "copy = [{ chown = \"<|>",
        "app:app",
        "copy = [{ chown = \"app:app\"",
    );
    applied_below(
        "copy = [{ chown = \"<|>",
        "10001:10001",
        "copy = [{ chown = \"10001:10001\"",
    );
    applied_below(
        "steps = [{ run = \"é\", secret = [\"<|>",
        "netrc",
        "steps = [{ run = \"é\", secret = [\"netrc\"",
    );
    applied_below(
        "steps = [\"RUN --mount=type=secret,id=<|> é\"]",
        "netrc",
        "steps = [\"RUN --mount=type=secret,id=netrc é\"]",
    );
}

// Steps, comments, empty files.

#[test]
fn a_step_begins_with_an_instruction() {
    applied("build.steps = [\"<|>\"]", "RUN", "build.steps = [\"RUN \"]");
    applied(
        "build.steps = [\"co<|>py é /x\"]",
        "COPY",
        "build.steps = [\"COPY é /x\"]",
    );
    applied(
        "build.steps = [\"COPY --fr<|>",
        "--from=",
        "build.steps = [\"COPY --from=",
    );
    applied(
        "build.steps = [\"RUN --mount=type=ca<|>",
        "cache",
        "build.steps = [\"RUN --mount=type=cache",
    );
    assert!(labels("build.steps = [\"RUN make <|>\"]").is_empty());
}

#[test]
fn flags_that_are_set_are_not_offered_again() {
    let flags = labels("build.steps = ['COPY --from=web --l<|> é /x']");
    assert_eq!(
        flags,
        ["--chown=", "--chmod=", "--link", "--exclude=", "--parents"]
    );
    let flags = labels("build.steps = ['RUN --network=none --mount=type=ssh --<|>");
    assert_eq!(flags, ["--mount=", "--security=", "--device="]);
    assert!(labels("build.steps = ['WORKDIR --<|>']").is_empty());
    assert!(labels("build.steps = ['RUN make --<|>']").is_empty());
    let flags =
        labels("build.steps = [\"\"\"\nONBUILD HEALTHCHECK --timeout=1s \\\\\n  --<|> CMD é");
    assert_eq!(
        flags,
        [
            "--interval=",
            "--start-period=",
            "--start-interval=",
            "--retries="
        ]
    );
}

#[test]
fn every_keyword_of_a_step_has_its_page() {
    for text in [
        "build.steps = [\"<|>\"]",
        "build.steps = [\"ADD --<|>\"]",
        "build.steps = [\"RUN --network=<|>\"]",
        "build.steps = [\"RUN --mount=type=<|>\"]",
        "build.steps = [\"RUN --mount=type=cache,<|>\"]",
        "build.steps = [\"RUN --mount=type=cache,sharing=<|>\"]",
    ] {
        let items = items(text);
        assert!(!items.is_empty(), "{text}");
        for item in items {
            assert!(item.page.text(None).is_some(), "{text}: {item:?}");
        }
    }
}

#[test]
fn a_mount_is_completed_key_by_key() {
    for (typed, label, expected) in [
        ("RUN --mount=<|>", "type=", "RUN --mount=type="),
        (
            "RUN --mount=type=se<|>,id=x",
            "secret",
            "RUN --mount=type=secret,id=x",
        ),
        (
            "RUN --mount=type=tmpfs,si<|> é",
            "size=",
            "RUN --mount=type=tmpfs,size= é",
        ),
        (
            "RUN --mount=type=ssh,<|>",
            "required=true",
            "RUN --mount=type=ssh,required=true",
        ),
        (
            "RUN --mount=type=cache,sharing=<|>",
            "locked",
            "RUN --mount=type=cache,sharing=locked",
        ),
        (
            "RUN --mount=type=bind,source=sq<|>",
            "sql/",
            "RUN --mount=type=bind,source=sql/",
        ),
    ] {
        for (quote, end) in [
            ("\"", "\"]"),
            ("'", "']"),
            ("\"\"\"\n", "\"\"\"]"),
            ("\"", ""),
        ] {
            let around = |step: &str| format!("steps = [{quote}{step}{end}");
            applied_below(&around(typed), label, &around(expected));
        }
    }
    let keys = labels("build.steps = ['RUN --mount=type=cache,dst=/x,id=y,<|>']");
    assert!(!keys.contains(&"target=".to_owned()) && !keys.contains(&"id=".to_owned()));
    assert!(keys.contains(&"sharing=".to_owned()) && !keys.contains(&"size=".to_owned()));
}

#[test]
fn values_of_flags_are_completed() {
    applied_below(
        "steps = ['RUN --network=<|>",
        "none",
        "steps = ['RUN --network=none",
    );
    applied_below(
        "steps = ['COPY --link=<|> é",
        "false",
        "steps = ['COPY --link=false é",
    );
    applied_below(
        "steps = ['COPY --chmod=<|> é",
        "0755",
        "steps = ['COPY --chmod=0755 é",
    );
    applied_below("steps = ['ONBUILD <|>", "RUN", "steps = ['ONBUILD RUN ");
    assert!(!labels("build.steps = ['ONBUILD <|>']").contains(&"ONBUILD".to_owned()));
    applied_below(
        "steps = ['HEALTHCHECK <|>",
        "NONE",
        "steps = ['HEALTHCHECK NONE",
    );
    applied_below(
        "steps = ['ARG <|>",
        "TARGETARCH",
        "steps = ['ARG TARGETARCH",
    );
}

#[test]
fn variables_are_completed_behind_the_dollar() {
    for (typed, expected) in [
        (
            "steps = ['ENV VER=1', 'WORKDIR /é/$<|>']",
            "steps = ['ENV VER=1', 'WORKDIR /é/$VER']",
        ),
        (
            "steps = ['ENV VER=1', \"WORKDIR /${V<|>",
            "steps = ['ENV VER=1', \"WORKDIR /${VER}",
        ),
        (
            "steps = ['ENV VER=1', 'RUN x ${V<|>}']",
            "steps = ['ENV VER=1', 'RUN x ${VER}']",
        ),
    ] {
        applied_below(typed, "VER", expected);
    }
    let before = labels(&format!("{PROJECT}steps = ['WORKDIR /$<|>', 'ENV VER=1']"));
    assert!(!before.contains(&"VER".to_owned()) && before.contains(&"TARGETARCH".to_owned()));
    assert!(labels("build.steps = [\"RUN \\\\$<|>\"]").is_empty());
}

#[test]
fn a_comment_names_rules() {
    applied("# docksmith: <|>", "ignore[", "# docksmith: ignore[");
    applied(
        "# docksmith: ignore[unknown-stage, unk<|>] é",
        "unknown-key",
        "# docksmith: ignore[unknown-stage, unknown-key] é",
    );
    let second = labels("a = 1 # docksmith: ignore[unknown-key,<|>");
    assert!(!second.contains(&"unknown-key".to_owned()) && !second.is_empty());
    assert!(labels("# words<|>").is_empty());
}

#[test]
fn an_empty_file_offers_whole_documents() {
    for text in ["<|>", "\n\n<|>", "# é\n<|>", "lang<|>"] {
        let item = items(text).into_iter().next().expect("an item");
        assert_eq!(item.label, "language = \"go\" (simple)", "{text}");
        assert!(analyze(&item.text, &project()).dockerfile().is_some());
    }
    assert!(!labels("overlay = \"x\"\n<|>").contains(&"language = \"go\" (simple)".to_owned()));
}

#[test]
fn every_edit_touches_the_cursor_and_stays_on_its_line() {
    let text = format!(
        "{PROJECT}copy = [{{ from = 'é, src = [\"sql/é\n[[st\n\"\"\"RUN x\r\n# docksmith: ignore[é"
    );
    for (offset, _) in text.char_indices() {
        let offset = u32::try_from(offset).expect("the text is short");
        if offset % 7 != 0 {
            continue;
        }
        let analysis = analyze(&text, &project());
        for item in completion(&analysis, None, &project(), offset).items {
            assert!(item.span.touches(offset), "{item:?}");
            assert!(
                text.get(item.span.range())
                    .is_some_and(|it| !it.contains('\n')),
                "{item:?}"
            );
        }
    }
}
