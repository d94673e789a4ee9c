//! Each refactoring applied, with the whole text that comes of it.

use expect_test::{Expect, expect};

use super::{Place, Refactoring, refactorings};
use crate::analysis::{Analysis, Options, analyze};
use crate::context::{Files, NoContext};
use crate::diagnostic::Edit;
use crate::ide::testing::{project, split};
use crate::syntax::parse;
use crate::text::Span;

/// The refactorings at `<|>`, or from it to a second one.
fn found(fixture: &str) -> (Analysis, Vec<Refactoring>) {
    let (text, start) = split(fixture);
    let (text, end) = match text.contains("<|>") {
        true => split(&text),
        false => (text, start),
    };
    let context = project();
    let analysis = analyze(&text, &context);
    let options = Options::default();
    let place = Place {
        analysis: &analysis,
        context: &context,
        options: &options,
        span: Span { start, end },
    };
    let found = refactorings(&place);
    (analysis, found)
}

fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// What is offered at a cursor: each title, and the text behind the first lines.
fn offered(head: &str, fixture: &str) -> String {
    let (analysis, found) = found(&format!("{head}{fixture}"));
    let mut shown = String::new();
    for it in &found {
        shown.push_str(&format!("# {}\n", it.title));
        let text = applied(&analysis.text, &it.edits);
        assert!(parse(&text).errors.len() <= analysis.document.errors.len());
        if let Some(file) = &it.file {
            shown.push_str(&format!("{}: {:?}\n", file.path, file.text));
        } else {
            shown.push_str(text.strip_prefix(head).unwrap_or(&text));
        }
    }
    shown
}

#[track_caller]
fn check(fixture: &str, expected: &Expect) {
    expected.assert_eq(&offered(HEAD, fixture));
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let with_returns = offered(&crlf(HEAD), &crlf(fixture));
    let plain: Vec<String> = with_returns.lines().map(str::to_owned).collect();
    let expected: Vec<String> = offered(HEAD, fixture).lines().map(str::to_owned).collect();
    assert_eq!(plain, expected, "with carriage returns");
    for line in with_returns.split_inclusive('\n') {
        assert!(
            line.starts_with("# ") || line.starts_with("new.sh: ") || line.ends_with("\r\n"),
            "{line:?}"
        );
    }
}

const HEAD: &str =
    "# é😀\nlanguage = \"go\"\nbuild.target = \"./cmd/server\"\nruntime.image = \"alpine:3.21\"\n";

#[test]
fn a_text_step_becomes_a_table_and_back() {
    check(
        "build.steps = [\n  \"RUN apk<|> add é😀\", # why\n]\n",
        &expect![[r##"
            # write the step as a table
            build.steps = [
              { run = "apk add é😀" }, # why
            ]
        "##]],
    );
    check(
        "build.steps = [{ r<|>un = \"apk add é\" }]\n",
        &expect![[r##"
            # write the step as text
            build.steps = ["RUN apk add é"]
            # run the command without a shell (changes how it is run)
            build.steps = [{ run = ["apk", "add", "é"] }]
        "##]],
    );
}

#[test]
fn mounts_and_flags_become_keys_and_back() {
    check(
        "build.steps = [\"RUN --mount=type=cache,target=/c --mount=type=ssh --network=none make<|>\"]\n",
        &expect![[r##"
            # write the step as a table
            build.steps = [{ run = "make", cache = ["/c"], ssh = true, network = "none" }]
        "##]],
    );
    check(
        "build.steps = [{ run = \"make all\", cac<|>he = [\"/c\", { target = \"/d\", sharing = \"locked\" }], network = \"none\" }]\n",
        &expect![[r##"
            # write the step as text
            build.steps = ["RUN --mount=type=cache,target=/c --mount=type=cache,target=/d,sharing=locked --network=none make all"]
        "##]],
    );
}

#[test]
fn copies_become_tables_where_they_say_the_same() {
    check(
        "build.steps = [\"COPY --from=busybox:1.37 --chown=1:1 /bin/sh<|> /é\"]\n",
        &expect![[r##"
            # write the step as a table
            build.steps = [{ copy = { from = "image:busybox:1.37", src = "/bin/sh", dst = "/é", chown = "1:1" } }]
        "##]],
    );
    // A table would keep the name of the source.
    check("build.steps = [\"COPY sql<|> /app/\"]\n", &expect![[""]]);
    check(
        "build.steps = ['ENV A<|>=\"b $C\"']\n",
        &expect![[r##"
            # write the step as a table
            build.steps = [{ env = { A = { value = "b $C", expand = true } } }]
        "##]],
    );
}

#[test]
fn what_has_no_other_form_or_would_lose_a_comment_stays() {
    for fixture in [
        "build.steps = [\"LABEL a=b<|>\"]\n",
        "build.steps = [{ env = { A = \"1\", B<|> = \"2\" } }]\n",
        "build.steps = [{ run = [\"a\", \"$b\"], mount<|> = 1 }]\n",
    ] {
        assert_eq!(offered(HEAD, fixture), "", "{fixture}");
    }
}

#[test]
fn a_command_is_text_or_a_list() {
    check(
        "runtime.cmd = [\"/usr/local/bin/server\", \"--é<|>\", \"a b\"]\n",
        &expect![[r##"
            # write the command as text
            runtime.cmd = "/usr/local/bin/server '--é' 'a b'"
            # run the command through a shell (changes how it is run)
            runtime.cmd = { shell = "/usr/local/bin/server '--é' 'a b'" }
        "##]],
    );
    check(
        "runtime.cmd = { shell<|> = \"exec server --port 80\" }\n",
        &expect![[r##"
            # run the command without a shell (changes how it is run)
            runtime.cmd = ["server", "--port", "80"]
        "##]],
    );
    check(
        "runtime.cmd = { shell<|> = \"server $PORT\" }\n",
        &expect![[""]],
    );
}

#[test]
fn a_health_check_is_run_with_or_without_a_shell() {
    check(
        "runtime.healthcheck = \"wget<|> -q http://127.0.0.1:80/é\"\n",
        &expect![[r##"
            # run the health check without a shell (changes how it is run)
            runtime.healthcheck = ["wget", "-q", "http://127.0.0.1:80/é"]
        "##]],
    );
    check(
        "runtime.healthcheck = { test = [\"wget\", \"-q\"<|>, \"http://127.0.0.1:80/\"] }\n",
        &expect![[r##"
            # run the health check through a shell (changes how it is run)
            runtime.healthcheck = { test = "wget -q http://127.0.0.1:80/" }
        "##]],
    );
}

#[test]
fn steps_become_a_stage() {
    check(
        "runtime.copy = [{ from = \"web\", src = \"/web/\", dst = \"/w\" }]\n\n[[stages]]\nname = \"web\"\nfrom = \"node:22-alpine\" # é\nworkdir = \"/web\"\nsteps = [\n  # first\n  \"COPY sql ./\", # sql\n  \"RUN<|> npm ci\",\n  \"RUN npm run build\",\n]\n\n[build]\n",
        &expect![[r##"
            # write the step as a table
            runtime.copy = [{ from = "web", src = "/web/", dst = "/w" }]

            [[stages]]
            name = "web"
            from = "node:22-alpine" # é
            workdir = "/web"
            steps = [
              # first
              "COPY sql ./", # sql
              { run = "npm ci" },
              "RUN npm run build",
            ]

            [build]
            # move the first 2 steps into a stage `web-base`
            runtime.copy = [{ from = "web", src = "/web/", dst = "/w" }]

            [[stages]]
            name = "web"
            from = "web-base" # é
            steps = [
              "RUN npm run build",
            ]

            [[stages]]
            name = "web-base"
            from = "node:22-alpine"
            workdir = "/web"
            steps = [
              # first
              "COPY sql ./", # sql
              "RUN npm ci",
            ]

            [build]
        "##]],
    );
}

#[test]
fn places_for_checksums_are_added() {
    check(
        "\n[[external_tools]]\nname = \"é<|>\"\nurl = \"https://example.com/1/x-${arch}\"\ndst = \"/x\"\n",
        &expect![[r##"
            # add the checksums to fill in

            [[external_tools]]
            name = "é"
            url = "https://example.com/1/x-${arch}"
            dst = "/x"
            sha256 = { amd64 = "", arm64 = "" }
        "##]],
    );
    check(
        "platforms = [\"linux/amd64\", \"linux/arm64\", \"linux/s390x\"]\n[[external_tools]]\nname = \"x\"\nurl = \"https://example.com/1/x-${arch}\"\nsha256 = { amd64<|> = \"é\" }\ndst = \"/x\"\n",
        &expect![[r##"
            # add the missing checksums to fill in
            platforms = ["linux/amd64", "linux/arm64", "linux/s390x"]
            [[external_tools]]
            name = "x"
            url = "https://example.com/1/x-${arch}"
            sha256 = { amd64 = "é", arm64 = "", s390x = "" }
            dst = "/x"
        "##]],
    );
}

#[test]
fn a_missing_script_is_made_in_the_build_context_only() {
    check(
        "runtime.entrypoint = \"new<|>.sh\"\n",
        &expect![[r##"
            # create the script `new.sh`
            new.sh: "#!/bin/sh\nset -eu\n\nexec \"$@\"\n"
        "##]],
    );
    for path in [
        "entrypoint.sh",
        "../new.sh",
        "/new.sh",
        "go.mod/x.sh",
        "sql",
    ] {
        let text = format!("runtime.entrypoint = \"{path}<|>\"\n");
        assert_eq!(offered(HEAD, &text), "", "{path}");
    }
}

#[test]
fn an_old_key_is_written_as_the_canonical_one() {
    check(
        "install.system<|>_deps = [\"git\"] # é\n",
        &expect![[r##"
            # write `build.packages` instead of `install.system_deps`
            build.packages = ["git"] # é
        "##]],
    );
    // Its table would be written in two ways.
    check("[install]\nsystem<|>_deps = [\"git\"]\n", &expect![[""]]);
}

#[test]
fn every_verb_has_both_forms() {
    for (text, table) in [
        ("WORKDIR /é", r#"{ workdir = "/é" }"#),
        ("USER 1000:1000", r#"{ user = "1000:1000" }"#),
        ("ARG VERSION=1.0", r#"{ arg = { VERSION = "1.0" } }"#),
        ("ARG VERSION", r#"{ arg = { VERSION = "" } }"#),
        (
            "SHELL [\"/bin/sh\", \"-c\"]",
            r#"{ shell = ["/bin/sh", "-c"] }"#,
        ),
        ("RUN [\"make\", \"a b\"]", r#"{ run = ["make", "a b"] }"#),
        ("ENV A=\"é\"", r#"{ env = { A = "é" } }"#),
        (
            "ADD https://example.com/1/x /x",
            r#"{ add = { src = "https://example.com/1/x", dst = "/x" } }"#,
        ),
        (
            "COPY --from=web /a /b",
            r#"{ copy = { from = "web", src = "/a", dst = "/b" } }"#,
        ),
        ("COPY --chmod=0755 a b /c", ""),
        (
            "RUN --mount=type=bind,source=sql,target=sql ls",
            r#"{ run = "ls", bind = ["sql"] }"#,
        ),
        (
            "RUN --mount=type=bind,from=web,target=/w,rw=true ls",
            r#"{ run = "ls", bind = [{ from = "web", target = "/w", rw = true }] }"#,
        ),
        ("RUN --mount=type=tmpfs,target=/t ls", ""),
        ("RUN --security=insecure ls", ""),
    ] {
        let head = format!("{HEAD}stages = [{{ name = \"web\", from = \"alpine:3.21\" }}]\n");
        let literal = super::writing::string(text);
        let (quote, rest) = literal.split_at(1);
        let shown = offered(&head, &format!("build.steps = [{quote}<|>{rest}]\n"));
        if table.is_empty() {
            assert_eq!(shown, "", "{text}");
            continue;
        }
        let expected = format!("# write the step as a table\nbuild.steps = [{table}]\n");
        assert_eq!(shown, expected, "{text}");
        let back = offered(
            &head,
            &format!("build.steps = [{}]\n", table.replacen("{ ", "{ <|>", 1)),
        );
        let expected = format!("# write the step as text\nbuild.steps = [{literal}]\n");
        assert!(back.starts_with(&expected), "{back}");
    }
}

#[test]
fn an_entrypoint_is_run_with_or_without_a_shell() {
    check(
        "runtime.entrypoint = [\"/bin/é<|>\", \"x\"]\n",
        &expect![[r##"
            # run the entrypoint through a shell (changes how it is run)
            runtime.entrypoint = { shell = "'/bin/é' x" }
        "##]],
    );
    check(
        "[runtime.entrypoint]\nshell<|> = \"/bin/server --x\"\n",
        &expect![[""]],
    );
}

#[test]
fn steps_on_one_line_are_cut_and_a_stage_may_keep_none() {
    let stage = |steps: &str| {
        format!(
            "runtime.copy = [{{ from = \"a\", src = \"/x\", dst = \"/x\" }}]\n[[stages]]\nname = \"a\"\nfrom = \"alpine:3.21\"\nargs = {{ V = \"1\" }}\nuser = \"1:1\"\nsteps = {steps}\n"
        )
    };
    check(
        &stage("[\"EXPOSE 1<|>\", \"EXPOSE 2\", ]"),
        &expect![[r##"
        # move the first step into a stage `a-base`
        runtime.copy = [{ from = "a", src = "/x", dst = "/x" }]
        [[stages]]
        name = "a"
        from = "a-base"
        args = { V = "1" }
        steps = ["EXPOSE 2", ]

        [[stages]]
        name = "a-base"
        from = "alpine:3.21"
        args = { V = "1" }
        user = "1:1"
        steps = ["EXPOSE 1"]
    "##]],
    );
    check(
        &stage("[ \"EXPOSE 1\", \"EXPOSE 2<|>\" ]"),
        &expect![[r##"
        # move the first 2 steps into a stage `a-base`
        runtime.copy = [{ from = "a", src = "/x", dst = "/x" }]
        [[stages]]
        name = "a"
        from = "a-base"
        args = { V = "1" }
        steps = [ ]

        [[stages]]
        name = "a-base"
        from = "alpine:3.21"
        args = { V = "1" }
        user = "1:1"
        steps = ["EXPOSE 1", "EXPOSE 2"]
    "##]],
    );
    check(
        &stage("[\"EXPOSE 1<|>\", \"EXPOSE<|> 2\", \"EXPOSE 3\"]"),
        &expect![[r##"
            # move the first 2 steps into a stage `a-base`
            runtime.copy = [{ from = "a", src = "/x", dst = "/x" }]
            [[stages]]
            name = "a"
            from = "a-base"
            args = { V = "1" }
            steps = ["EXPOSE 3"]

            [[stages]]
            name = "a-base"
            from = "alpine:3.21"
            args = { V = "1" }
            user = "1:1"
            steps = ["EXPOSE 1", "EXPOSE 2"]
        "##]],
    );
}

#[test]
fn a_broken_document_gets_no_worse() {
    for fixture in [
        "build.steps = [\"RUN apk<|> add",
        "build.steps = [{ run = \"x<|>\", ",
        "runtime.cmd = [\"a<|>\"\nx = ",
        "[[stages]]\nname = \"x\"\nsteps = [\"RUN<|> x\"",
        "[[external_tools]]\nname = <|>\nurl = \"https://x/${arch}\"\n",
        "runtime.entrypoint = \"new<|>.sh",
        "<|>",
    ] {
        offered(HEAD, fixture);
    }
}

#[test]
fn nobody_makes_a_script_where_no_file_can_be_seen() {
    let text = "language = \"go\"\nruntime.entrypoint = \"new.sh\"\n";
    let (context, options) = (NoContext::default(), Options::default());
    let analysis = analyze(text, &context);
    let place = Place {
        analysis: &analysis,
        context: &context,
        options: &options,
        span: Span::new(40, 40),
    };
    assert!(refactorings(&place).is_empty());
    let context = Files::new([("docksmith.toml", "")]);
    let place = Place {
        context: &context,
        ..place
    };
    assert!(refactorings(&place).iter().any(|it| it.file.is_some()));
}
