//! Renaming at cursors: the whole text afterwards, or the reason against it.

use super::{prepare, rename};
use crate::analysis::{Analysis, analyze};
use crate::context::{Files, NoContext};
use crate::diagnostic::{Edit, File};
use crate::ide::testing::{PROJECT, fixture, project, split};

/// A text with the edits of one of its files.
fn applied(text: &str, edits: &[Edit], file: &File) -> String {
    let mut text = text.to_owned();
    let edits = edits.iter().filter(|edit| edit.file == *file);
    for edit in edits.rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

fn renamed(analysis: &Analysis, offset: u32, new: &str) -> Result<String, String> {
    let edits = rename(analysis, &project(), offset, new)?;
    Ok(applied(&analysis.text, &edits, &File::Document))
}

/// The text after a renaming at the cursor. What is renamed can be prepared, too, at a word that the cursor touches.
fn check(fixture_text: &str, new: &str, expected: &str) {
    let (analysis, offset) = fixture(fixture_text);
    let prepared = prepare(&analysis, &project(), offset).expect(fixture_text);
    let span = prepared.span;
    assert!(
        span.start <= offset + 1 && offset <= span.end + 1,
        "{prepared:?}"
    );
    assert_eq!(renamed(&analysis, offset, new).as_deref(), Ok(expected));
}

/// The reason against a renaming.
fn refused(fixture_text: &str, new: &str, expected: &str) {
    let (analysis, offset) = fixture(fixture_text);
    let result = renamed(&analysis, offset, new);
    assert_eq!(result, Err(expected.to_owned()), "{fixture_text}");
}

/// The reason why nothing at the cursor can be renamed.
fn fixed(fixture_text: &str, expected: &str) {
    let (analysis, offset) = fixture(fixture_text);
    let result = prepare(&analysis, &project(), offset);
    assert_eq!(result, Err(expected.to_owned()), "{fixture_text}");
    refused(fixture_text, "fresh", expected);
}

#[test]
fn a_stage_is_renamed_in_every_form_and_keeps_its_quotes() {
    let text = "[[stages]]\nname = '<|>web'\nfrom = \"node:22\"\n[[stages]]\nname = \"é\"\nfrom = \"w\\u0065b\"\nsteps = ['COPY --from=web /é /web', \"RUN --mount=type=bind,from=web,target=/x 😀\", { copy = { from_stage = 'web', src = \"web\", dst = \"/web\" } }, { run = \"web\", bind = [{ from = \"web\", target = \"/web\" }] }]\n[[external_tools]]\nname = \"web\"\nstage = \"web\"\n";
    let expected = "[[stages]]\nname = 'ui'\nfrom = \"node:22\"\n[[stages]]\nname = \"é\"\nfrom = \"ui\"\nsteps = ['COPY --from=ui /é /web', \"RUN --mount=type=bind,from=ui,target=/x 😀\", { copy = { from_stage = 'ui', src = \"web\", dst = \"/web\" } }, { run = \"web\", bind = [{ from = \"ui\", target = \"/web\" }] }]\n[[external_tools]]\nname = \"web\"\nstage = \"ui\"\n";
    check(text, "ui", expected);
    let bare = text.replace("<|>", "");
    for (from, to) in [
        ("--from=web", "--from=<|>web"),
        ("--from=web", "--from=web<|>"),
        ("from=web,", "from=we<|>b,"),
        ("stage = \"web\"", "stage = \"<|>web\""),
        ("stage = \"web\"", "stage = \"web\"<|>"),
        ("w\\u0065b", "w\\u00<|>65b"),
    ] {
        check(&bare.replacen(from, to, 1), "ui", expected);
    }
}

#[test]
fn a_broken_document_can_be_renamed_in() {
    check(
        "[[stages]]\nname = \"é<|>\"\nfrom = \"\n[build]\nsteps = [\"COPY --from=é\", \"COPY --from=é",
        "a",
        "[[stages]]\nname = \"a\"\nfrom = \"\n[build]\nsteps = [\"COPY --from=a\", \"COPY --from=a",
    );
}

#[test]
fn a_tool_takes_its_stages_along() {
    let lines = "copy = [{ from = \"tool-atlas\", src = \"/é\", dst = \"/é\" }]\nsteps = [\"COPY --from=tool-atlas-amd64 /é /é\"]\n";
    let text = format!("{PROJECT}{lines}");
    let expected = text
        .replace("name = \"atlas\"", "name = \"kit\"")
        .replace("tool-atlas", "tool-kit");
    check(
        &text.replace("name = \"atlas", "name = \"<|>atlas"),
        "kit",
        &expected,
    );
    for new in ["tool-kit", "kit"] {
        check(
            &text.replace("from = \"tool-atlas", "from = \"tool-<|>atlas"),
            new,
            &expected,
        );
    }
    check(
        &text.replace("--from=tool-atlas", "--from=<|>tool-atlas"),
        "tool-kit-amd64",
        &expected,
    );
}

#[test]
fn a_binary_takes_its_stage_along() {
    let text = format!("{PROJECT}steps = [\"COPY --from=builder-agent /é /é\"]");
    let expected = text
        .replace("name = \"agent\"", "name = \"spy\"")
        .replace("builder-agent", "builder-spy");
    check(&text.replace("\"agent", "\"<|>agent"), "spy", &expected);
    check(
        &text.replace("builder-agent", "builder-agent<|>"),
        "builder-spy",
        &expected,
    );
}

#[test]
fn an_argument_is_renamed_in_all_stages() {
    let text = "language = \"go\"\nargs = { <|>V = \"é\", \"W\" = \"\" }\n[build]\nsteps = [\"ARG V=$V\", \"RUN echo '😀' ${V:-V}$VV \\\\$V\"]\nldflags = [\"-X V=${V}\"]\n[runtime]\nimage = \"alpine:${V}\"\nargs.V = \"\"\nsteps = [\"ENV V=$V\", \"RUN echo $V\"]";
    let expected = "language = \"go\"\nargs = { N = \"é\", \"W\" = \"\" }\n[build]\nsteps = [\"ARG N=$N\", \"RUN echo '😀' ${N:-V}$VV \\\\$V\"]\nldflags = [\"-X V=${N}\"]\n[runtime]\nimage = \"alpine:${N}\"\nargs.N = \"\"\nsteps = [\"ENV V=$N\", \"RUN echo $V\"]";
    // The name of the variable stays, and so does what reads it.
    refused(text, "V", "`V` is its name already");
    refused(text, "W", "there is a variable `W` already");
    refused(
        text,
        "VV",
        "`VV` is named in this file already, and would mean this build argument then",
    );
    refused(
        text,
        "1",
        "`1` can't be the name of a build argument: use letters, digits and `_`, a letter or `_` first",
    );
    refused(
        text,
        "HTTP_PROXY",
        "`HTTP_PROXY` is set by builders themselves",
    );
    check(text, "N", expected);
}

#[test]
fn secrets_and_users_are_renamed() {
    let text = format!(
        "{PROJECT}steps = [{{ run = \"é\", secret = [\"netrc\"] }}, \"RUN --mount=type=secret,id=netrc é\", \"COPY --chown=app:app é /app/\"]"
    );
    let expected = text
        .replace("secrets.netrc", "secrets.\"net.rc\"")
        .replace("[\"netrc\"]", "[\"net.rc\"]")
        .replace("id=netrc", "id=net.rc");
    check(
        &text.replace("id=netrc", "id=net<|>rc"),
        "net.rc",
        &expected,
    );
    check(
        &text.replace("secrets.netrc", "secrets.<|>netrc"),
        "net.rc",
        &expected,
    );
    let expected = text
        .replace("name = \"app\"", "name = \"me\"")
        .replace("app:app", "me:me");
    check(
        &text.replace("name = \"app", "name = \"app<|>"),
        "me",
        &expected,
    );
    refused(
        &text.replace("name = \"app", "name = \"app<|>"),
        "nobody",
        "the image has a user `nobody` already",
    );
}

#[test]
fn a_bad_new_name_is_refused_with_the_reason() {
    let text = PROJECT.replace("\"web\"", "\"w<|>eb\"");
    for (new, reason) in [
        ("", "the name of a stage is empty"),
        (
            "É",
            "`É` can't be the name of a stage: use lower-case letters, digits, `.`, `_` and `-`, a letter first",
        ),
        (
            "a b",
            "`a b` can't be the name of a stage: use lower-case letters, digits, `.`, `_` and `-`, a letter first",
        ),
        (
            "builder",
            "`builder` cannot be the name of a stage: it is a stage of docksmith",
        ),
        (
            "scratch",
            "`scratch` cannot be the name of a stage: it is the empty image",
        ),
        (
            "tool-x",
            "`tool-x` cannot be the name of a stage: it is a stage of docksmith",
        ),
        ("web", "`web` is its name already"),
    ] {
        refused(&text, new, reason);
    }
    let text =
        "[[stages]]\nname = \"a<|>\"\nfrom = \"alpine\"\n[[stages]]\nname = \"b\"\nfrom = \"a\"\n";
    refused(text, "b", "there is a stage `b` already");
    refused(
        text,
        "alpine",
        "`alpine` is named in this file already, and would mean this stage then",
    );
}

#[test]
fn what_the_file_does_not_name_keeps_its_name() {
    let with = |line: &str| format!("{PROJECT}{line}");
    for (text, reason) in [
        (
            with("copy = [{ from = \"buil<|>der\", src = \"/é\", dst = \"/x\" }]"),
            "docksmith makes this stage: `builder` has no name to change",
        ),
        (
            with("steps = [\"COPY --from=<|>source /é /x\"]"),
            "docksmith makes this stage: `source` has no name to change",
        ),
        (
            with("copy = [{ from = \"image:ng<|>inx:1\", src = \"/é\", dst = \"/x\" }]"),
            "`nginx:1` is an image: its name is not made in this file",
        ),
        (
            with("steps = [\"COPY --from=nginx:1<|> /é /x\"]"),
            "`nginx:1` is an image: its name is not made in this file",
        ),
        (
            PROJECT.replace("alpine:3", "alpine:<|>3"),
            "`alpine:3.21` is an image: its name is not made in this file",
        ),
        (
            PROJECT.replace("node:22", "<|>node:22"),
            "`node:22-alpine` is an image: its name is not made in this file",
        ),
        (
            with("expo<|>se = 1"),
            "`expose` is a key: the format gives it its name",
        ),
        (
            with("entrypoint = \"entry<|>point.sh\""),
            "`entrypoint.sh` is a file: it is renamed where it lies",
        ),
        (
            with("steps = [\"RUN echo $TARGETAR<|>CH\"]"),
            "`TARGETARCH` is set by builders: it has no name to change",
        ),
        (
            with("steps = [\"RUN echo $HO<|>ME\"]"),
            "nothing in this file sets `HOME`",
        ),
        (
            with("steps = [\"ENV A=é\", \"RUN echo $<|>A\"]"),
            "programs read `A` by this name, which cannot be seen from here",
        ),
        (
            with("steps = [\"USER nobo<|>dy\"]"),
            "`nobody` is a user of the image: its name is not made in this file",
        ),
        (
            with("args.V = \"\"\nsteps = [\"RUN V=1; echo $V\", \"RUN echo $<|>V\"]")
                .replace("echo $V\\\"", ""),
            "a command sets `V` itself: what it means there is not certain",
        ),
        (
            with("steps = [{ run = \"x\", secret = [\"n<|>o\"] }]"),
            "there is no secret `no`",
        ),
        (
            "# docksmith: ignore[unknown-<|>key] é\n".to_owned(),
            "`unknown-key` is a rule of docksmith",
        ),
        (
            "<|>".to_owned(),
            "nothing here has a name that can be changed",
        ),
        (
            "# é<|>\n".to_owned(),
            "nothing here has a name that can be changed",
        ),
        (
            "stages = [{ name = \"a\", from = \"b\" }, { name = \"a<|>\", from = \"b\" }]"
                .to_owned(),
            "more than one stage is named `a`: which is meant is not certain",
        ),
    ] {
        fixed(&text, reason);
    }
}

#[test]
fn the_overlay_is_edited_too() {
    let overlay =
        "# é\nCOPY --from=web /é /x\nFROM web AS more\nRUN --mount=from=web,target=/x é\n";
    let files = Files::new([("Dockerfile.overlay", overlay)]);
    let text = "overlay = \"Dockerfile.overlay\"\nlanguage = \"go\"\nruntime.copy = [{ from = \"more\", src = \"/é\", dst = \"/x\" }]\nstages = [{ name = \"we<|>b\", from = \"alpine:3.23\" }]\n";
    let (text, offset) = split(text);
    let analysis = analyze(&text, &files);
    let edits = rename(&analysis, &files, offset, "ui").expect("edits");
    let file = File::Context("Dockerfile.overlay".to_owned());
    assert_eq!(
        applied(overlay, &edits, &file),
        overlay
            .replace("=web", "=ui")
            .replace("FROM web", "FROM ui")
    );
    assert_eq!(
        applied(&text, &edits, &File::Document),
        text.replace("\"web\"", "\"ui\"")
    );
    let more = u32::try_from(text.find("more").expect("it is there")).expect("short");
    let edits = rename(&analysis, &files, more, "less").expect("edits");
    assert_eq!(
        applied(overlay, &edits, &file),
        overlay.replace("AS more", "AS less")
    );
    assert_eq!(
        applied(&text, &edits, &File::Document),
        text.replace("more", "less")
    );
}

#[test]
fn an_overlay_that_cannot_be_read_keeps_names_as_they_are() {
    let (text, offset) = split(
        "overlay = \"é.overlay\"\nstages = [{ name = \"we<|>b\", from = \"alpine:3.23\" }]\n",
    );
    let context = NoContext::default();
    let analysis = analyze(&text, &context);
    let reason = "`é.overlay` cannot be read, and it may name `web` too";
    assert_eq!(
        rename(&analysis, &context, offset, "ui"),
        Err(reason.to_owned())
    );
}
