//! Completion, case by case: a document, an item, and the whole document after the item is applied; each also in documents
//! that are broken elsewhere.

use std::cell::RefCell;

use super::{CompletionItem, CompletionKind, Completions, completion};
use crate::analysis::{Analysis, analyze};
use crate::context::{BuildContext, Entry, Files, NoContext};
use crate::ide::testing::{PROJECT, fixture, project, split};

/// A document with a cursor, the label of an item, and the document after it was applied.
type Case = (&'static str, &'static str, &'static str);

fn items(text: &str) -> Vec<CompletionItem> {
    let (analysis, offset) = fixture(text);
    completion(&analysis, None, &project(), offset).items
}

fn labels(text: &str) -> Vec<String> {
    items(text).into_iter().map(|item| item.label).collect()
}

/// The text after the item with a label was applied, as plain text or as a snippet; what is typed must begin its filter.
fn applied(
    analysis: &Analysis,
    found: &Completions,
    offset: u32,
    label: &str,
    is_snippet: bool,
) -> String {
    let text = &analysis.text;
    let mut items = found.items.iter();
    let item = items.find(|item| item.label == label);
    let item = item.unwrap_or_else(|| panic!("no `{label}` at byte {offset} of\n{text}"));
    let typed = &text[item.span.start as usize..offset as usize];
    let filter = item.filter.to_lowercase();
    assert!(
        filter.starts_with(&typed.to_lowercase()),
        "{typed} in {item:?}"
    );
    let snippet = item.snippet.as_ref().filter(|_| is_snippet);
    let mut result = text.clone();
    if let Some(whole) = item.whole.as_ref().filter(|_| is_snippet) {
        result.replace_range(whole.span.range(), &whole.snippet);
        return result;
    }
    result.replace_range(item.span.range(), snippet.unwrap_or(&item.text));
    result
}

fn check(text: &str, label: &str, expected: &str, is_snippet: bool) {
    let (analysis, offset) = fixture(text);
    let found = completion(&analysis, None, &project(), offset);
    let result = applied(&analysis, &found, offset, label, is_snippet);
    assert_eq!(result, expected, "`{label}` in\n{text}");
}

/// A document below the project, whole and broken elsewhere: an open array above, a stray word, an open header below.
fn check_below((line, label, expected): Case) {
    let open_array = PROJECT.replace(
        "target = \"./cmd/server\"\n",
        "target = \"./cmd/server\"\ntags = [\"é\"\n",
    );
    let stray = PROJECT.replace("[[stages]]\n", "stray\n\n[[stages]]\n");
    for (above, below) in [
        (PROJECT, ""),
        (&*open_array, ""),
        (&*stray, ""),
        (PROJECT, "\n\n[lint.rules"),
        (PROJECT, "\n\n[lint]\nallowed_registries = [\"é\"\n"),
    ] {
        let text = format!("{above}{line}{below}");
        check(&text, label, &format!("{above}{expected}{below}"), false);
    }
}

/// A whole document, sound and broken elsewhere.
fn check_whole((text, label, expected): Case) {
    for (above, below) in [
        ("", ""),
        ("# 😀\n", ""),
        ("stray\n", ""),
        ("", "\n\n[lint.rules"),
        ("", "\n\n[labels\n"),
    ] {
        let around = |text: &str| format!("{above}{text}{below}");
        check(&around(text), label, &around(expected), false);
    }
}

#[rustfmt::skip]
const KEYS: &[Case] = &[
    ("lang<|>", "language", "language = "),
    ("<|>", "version", "version = "),
    ("[runtime]\nim<|>", "image", "[runtime]\nimage = "),
    ("[runtime]\n  im<|>", "image", "[runtime]\n  image = "),
    ("[runtime]\r\nim<|>", "image", "[runtime]\r\nimage = "),
    ("[runtime]\nimage<|> = \"é\"", "image", "[runtime]\nimage = \"é\""),
    ("[runtime]\n<|>image = \"é\"", "user", "[runtime]\nuser = \"é\""),
    ("[runtime]\n'im<|>' = \"é\"", "image", "[runtime]\n'image' = \"é\""),
    ("runtime.im<|>", "image", "runtime.image = "),
    ("runtime . im<|>", "image", "runtime . image = "),
    ("runtime.healthcheck.re<|>", "retries", "runtime.healthcheck.retries = "),
    ("[[runtime.copy]]\nds<|>", "dst", "[[runtime.copy]]\ndst = "),
    ("[[runtime.copy]]\nfr<|>\nsrc = \"é\"", "from", "[[runtime.copy]]\nfrom = \nsrc = \"é\""),
    ("[runtime]\ncopy = [{ fr<|>", "from", "[runtime]\ncopy = [{ from = "),
    ("[runtime]\ncopy = [ { from = \"x\", <|>", "src", "[runtime]\ncopy = [ { from = \"x\", src = "),
    ("[runtime]\ncopy = [\n  { src = \"é\" },\n  { <|>", "dst", "[runtime]\ncopy = [\n  { src = \"é\" },\n  { dst = "),
    ("[runtime]\nuser = { na<|> }", "name", "[runtime]\nuser = { name =  }"),
    ("[runtime]\nuser = { name = \"é\", ui<|>", "uid", "[runtime]\nuser = { name = \"é\", uid = "),
    ("[[stages]]\nname = \"é\"\nfr<|>", "from", "[[stages]]\nname = \"é\"\nfrom = "),
    ("[[external_tools]]\nsha256 = { am<|> }", "amd64", "[[external_tools]]\nsha256 = { amd64 =  }"),
    ("[lint.rules]\nunk<|>", "unknown-stage", "[lint.rules]\nunknown-stage = "),
    ("[secrets.é]\nta<|>", "target", "[secrets.é]\ntarget = "),
    ("[build]\nsteps = [{ <|> }]", "run", "[build]\nsteps = [{ run =  }]"),
    ("[build]\nsteps = [{ run = \"x\", ca<|> }]", "cache", "[build]\nsteps = [{ run = \"x\", cache =  }]"),
    ("[build]\nsteps = [{ copy = { src = \"é\", <|> } }]", "dst", "[build]\nsteps = [{ copy = { src = \"é\", dst =  } }]"),
    ("[build]\nsteps = [{ run = \"x\", bind = [{ tar<|> }] }]", "target", "[build]\nsteps = [{ run = \"x\", bind = [{ target =  }] }]"),
    ("[build]\nsteps = [{ run = \"x\", cache = [{ sh<|> }] }]", "sharing", "[build]\nsteps = [{ run = \"x\", cache = [{ sharing =  }] }]"),
    ("[runtime\nim<|>", "image", "[runtime\nimage = "),
    ("[[runtime.copy]\nsr<|>", "src", "[[runtime.copy]\nsrc = "),
];

#[test]
fn keys() {
    for case in KEYS {
        check_whole(*case);
    }
}

#[test]
#[rustfmt::skip]
fn a_key_below_something_open() {
    for (text, label, expected) in [
        ("platforms = [\"linux/amd64\",\nversion = \"é\"\nlan<|>", "language", "platforms = [\"linux/amd64\",\nversion = \"é\"\nlanguage = "),
        ("platforms = [\"linux/amd64\"\nlan<|>\n[build]", "language", "platforms = [\"linux/amd64\"\nlanguage = \n[build]"),
        ("version = \"1.2\nlan<|>", "language", "version = \"1.2\nlanguage = "),
        ("version =\nlan<|>", "language", "version =\nlanguage = "),
        ("= =\nlan<|>", "language", "= =\nlanguage = "),
        ("{\n\"x\": [1]\n}\nlan<|>", "language", "{\n\"x\": [1]\n}\nlanguage = "),
    ] {
        check(text, label, expected, false);
    }
}

#[rustfmt::skip]
const HEADERS: &[Case] = &[
    ("[<|>", "[build]", "[build]"),
    ("[<|>]", "[build]", "[build]"),
    ("[st<|>", "[[stages]]", "[[stages]]"),
    ("[[st<|>", "[[stages]]", "[[stages]]"),
    ("[[st<|>]", "[[stages]]", "[[stages]]"),
    ("[[st<|>]]", "[[stages]]", "[[stages]]"),
    ("[runtime.he<|>", "[runtime.healthcheck]", "[runtime.healthcheck]"),
    ("[[runtime.co<|>\n\n[build]\n", "[[runtime.copy]]", "[[runtime.copy]]\n\n[build]\n"),
    ("language = \"go\"\n\nbui<|>", "build", "language = \"go\"\n\n[build]"),
    ("[build]\ntarget = \"é\"\n[exter<|>", "[[external_tools]]", "[build]\ntarget = \"é\"\n[[external_tools]]"),
];

#[test]
fn headers() {
    for case in HEADERS {
        check_whole(*case);
    }
    let open = "platforms = [\"é\",\n";
    check(
        &format!("{open}[st<|>"),
        "[[stages]]",
        &format!("{open}[[stages]]"),
        false,
    );
    let open = "[runtime]\nuser = { name = \"é\"\n";
    check(
        &format!("{open}[bu<|>"),
        "[build]",
        &format!("{open}[build]"),
        false,
    );
    assert!(!labels("[build]\n\n[<|>").contains(&"[build]".to_owned()));
}

/// Below the project, in `[runtime]`.
#[rustfmt::skip]
const VALUES: &[Case] = &[
    ("image_family = <|>", "alpine", "image_family = \"alpine\""),
    ("image_family =<|>", "alpine", "image_family =\"alpine\""),
    ("image_family = al<|>", "alpine", "image_family = \"alpine\""),
    ("image_family = \"<|>", "alpine", "image_family = \"alpine\""),
    ("image_family = \"al<|>\"", "alpine", "image_family = \"alpine\""),
    ("image_family = \"<|>é\"", "alpine", "image_family = \"alpine\""),
    ("image_family = 'al<|>", "alpine", "image_family = 'alpine'"),
    ("image_family = \"al<|> # é", "alpine", "image_family = \"alpine\" # é"),
    ("image_family = <|>\nexpose = 1", "slim", "image_family = \"slim\"\nexpose = 1"),
    ("init = <|>", "tini", "init = \"tini\""),
    ("stop_signal = \"SIGI<|>\"", "SIGINT", "stop_signal = \"SIGINT\""),
    ("healthcheck = { interval = \"<|>", "30s", "healthcheck = { interval = \"30s\""),
    ("copy = [{ chmod = \"<|>\" }]", "0755", "copy = [{ chmod = \"0755\" }]"),
    ("copy = [{ link = <|> }]", "true", "copy = [{ link = true }]"),
    ("copy = [{ chown = \"ap<|>", "app:app", "copy = [{ chown = \"app:app\""),
    ("copy = [{ chown = \"<|>\" }]", "nobody:nobody", "copy = [{ chown = \"nobody:nobody\" }]"),
    ("copy = [{ from = <|> }]", "web", "copy = [{ from = \"web\" }]"),
    ("copy = [{ from = \"image:al<|>\" }]", "image:alpine:3.23", "copy = [{ from = \"image:alpine:3.23\" }]"),
    ("copy = [{ from_stage = 'we<|>' }]", "web", "copy = [{ from_stage = 'web' }]"),
    ("copy = [\n  { src = \"é\", from = \"tool-<|>\n]", "tool-atlas", "copy = [\n  { src = \"é\", from = \"tool-atlas\"\n]"),
    ("[[runtime.copy]]\nfrom = \"w<|>", "web", "[[runtime.copy]]\nfrom = \"web\""),
    ("[[stages]]\nname = \"é\"\nfrom = <|>", "web", "[[stages]]\nname = \"é\"\nfrom = \"web\""),
    ("[[stages]]\nname = \"é\"\nfrom = \"node:<|>\"", "node:22-alpine", "[[stages]]\nname = \"é\"\nfrom = \"node:22-alpine\""),
    ("[[stages]]\nplatform = <|>", "build", "[[stages]]\nplatform = \"build\""),
    ("[[external_tools]]\nstage = \"<|>", "builder", "[[external_tools]]\nstage = \"builder\""),
    ("[[external_tools]]\nformat = <|>", "tar.gz", "[[external_tools]]\nformat = \"tar.gz\""),
    ("[[build.binaries]]\nplatforms = [\"linux/amd64\", <|>]", "linux/arm64", "[[build.binaries]]\nplatforms = [\"linux/amd64\", \"linux/arm64\"]"),
    ("[render]\ntarget = \"po<|>", "portable", "[render]\ntarget = \"portable\""),
    ("[lint.rules]\nunknown-key = \"<|>", "off", "[lint.rules]\nunknown-key = \"off\""),
    ("entrypoint = \"<|>\"", "entrypoint.sh", "entrypoint = \"entrypoint.sh\""),
    ("entrypoint = { script = \"ent<|>", "entrypoint.sh", "entrypoint = { script = \"entrypoint.sh\""),
    ("copy = [{ src = \"sql/<|>\" }]", "é.sql", "copy = [{ src = \"sql/é.sql\" }]"),
    ("copy = [{ src = [\"go.mod\", \"./m<|>", "migrations/", "copy = [{ src = [\"go.mod\", \"./migrations/\""),
    ("copy = [{ src = \"./sql/sch<|>", "schema.sql", "copy = [{ src = \"./sql/schema.sql\""),
    ("copy = [{ from = \"tool-atlas\", src = \"<|>\" }]", "/atlas", "copy = [{ from = \"tool-atlas\", src = \"/atlas\" }]"),
    ("copy = [{ from = \"web\", src = [\"<|>", "/web/", "copy = [{ from = \"web\", src = [\"/web/\""),
];

#[test]
fn values() {
    for case in VALUES {
        check_below(*case);
    }
    check("overlay = \"<|>", "go.mod", "overlay = \"go.mod\"", false);
}

/// Neovim replaces what stands between the beginning of the edit and the cursor, and leaves the rest.
#[test]
fn what_stands_behind_the_cursor_is_replaced_only_inside_a_word() {
    let lists = [KEYS, HEADERS, VALUES, STEPS, VARIABLES, ENDS];
    for (line, label, _) in lists.into_iter().flatten() {
        let (before, after) = line.split_once("<|>").expect("a cursor");
        let is_word = |it: char| it.is_alphanumeric() || "-_./:".contains(it);
        // An opening quote behind the cursor is replaced with what it opens.
        let begins_here = before.ends_with(' ') && after.starts_with('"');
        if after.starts_with(is_word) || begins_here {
            continue;
        }
        for above in ["", PROJECT] {
            let (analysis, offset) = fixture(&format!("{above}{line}"));
            let found = completion(&analysis, None, &project(), offset);
            let item = found.items.iter().find(|item| item.label == *label);
            assert!(
                above.is_empty()
                    || item.is_some()
                    || HEADERS.iter().chain(KEYS).any(|it| it.0 == *line),
                "{line}"
            );
            let Some(item) = item else { continue };
            assert_eq!(item.span.end, offset, "{line}: {item:?}");
            let starts = found.items.iter().map(|item| item.span.start);
            assert!(
                starts.eq(found.items.iter().map(|_| item.span.start)),
                "{line}"
            );
        }
    }
}

/// Below the project, in `[runtime]`: what closes a token stays, what does not comes with the item.
#[rustfmt::skip]
const ENDS: &[Case] = &[
    ("copy = [{ from = \"buil<|>\" }]", "builder", "copy = [{ from = \"builder\" }]"),
    ("copy = [{ from = \"bu<|>ild\" }]", "builder", "copy = [{ from = \"builder\" }]"),
    ("copy = [{ from = 'bu<|>' }]", "builder", "copy = [{ from = 'builder' }]"),
    ("copy = [{ from = '''bu<|>''' }]", "builder", "copy = [{ from = '''builder''' }]"),
    ("copy = [{ from = \"\"\"<|>\"\"\" }]", "builder", "copy = [{ from = \"\"\"builder\"\"\" }]"),
    ("copy = [{ from = 'bu<|>", "builder", "copy = [{ from = 'builder'"),
    ("copy = [{ src = \"sql/é<|>\" }]", "é.sql", "copy = [{ src = \"sql/é.sql\" }]"),
    ("copy = [{ from = \"bu<|>, src = \"é\" }]", "builder", "copy = [{ from = \"builder\", src = \"é\" }]"),
    ("copy = [{ from = \"<|>, src = \"\", dst = \"/é\" }]", "builder", "copy = [{ from = \"builder\", src = \"\", dst = \"/é\" }]"),
    ("copy = [{ from = 'bu<|>il, src = '/😀' }]", "builder", "copy = [{ from = 'builder', src = '/😀' }]"),
    ("copy = [{ src = [\"go<|>, \"sql\"] }]", "go.mod", "copy = [{ src = [\"go.mod\", \"sql\"] }]"),
    ("\"work<|>\"", "workdir", "\"workdir\""),
    ("'work<|>' = \"/é\"", "workdir", "'workdir' = \"/é\""),
    ("\"work<|>", "workdir", "\"workdir\" = "),
    ("[runtime.la<|>]", "[runtime.labels]", "[runtime.labels]"),
];

#[test]
fn what_closes_a_token_stays() {
    for case in ENDS {
        check_below(*case);
    }
    for (text, label) in [
        ("[<|>]", "[[stages]]"),
        ("[[<|>]]", "[[stages]]"),
        ("[[st<|>]", "[[stages]]"),
    ] {
        let (analysis, offset) = fixture(text);
        let found = completion(&analysis, None, &project(), offset);
        let result = applied(&analysis, &found, offset, label, false);
        assert_eq!(result, "[[stages]]", "{text}");
        let item = found.items.iter().find(|item| item.label == label);
        let whole = item.and_then(|item| item.whole.as_ref()).expect("lines");
        assert_eq!(whole.span.range(), 0..text.len() - 3);
        assert_eq!(
            whole.snippet,
            "[[stages]]\nname = \"$1\"\nfrom = \"$2\"\n$0"
        );
    }
}

#[test]
fn the_rest_of_a_word_can_stay_where_it_is_one_with_the_item() {
    for (line, label, can_stay) in [
        ("copy = [{ from = \"bu<|>ild\" }]", "builder", true),
        ("copy = [{ from = \"bu<|>ild", "builder", false),
        ("copy = [{ from = bu<|>ild }]", "builder", false),
        ("copy = [{ from = <|>\"é\" }]", "builder", false),
        ("work<|>dir = \"é\"", "workdir", true),
        ("work<|>d", "workdir", false),
        ("steps = [\"COPY --from=w<|>é /x /y\"]", "web", true),
        ("steps = [\"CO<|>\"]", "COPY", false),
    ] {
        let items = items(&format!("{PROJECT}{line}"));
        let item = items.iter().find(|item| item.label == label).expect(line);
        assert_eq!(item.rest_can_stay, can_stay, "{line}");
    }
}

#[test]
fn versions_are_those_of_the_language() {
    for (language, label) in [
        ("go", "1.25"),
        ("node", "22"),
        ("java", "21"),
        ("deno", "2.1.4"),
    ] {
        let text = format!("language = \"{language}\"\nversion = \"<|>\"");
        let expected = format!("language = \"{language}\"\nversion = \"{label}\"");
        check(&text, label, &expected, false);
    }
    assert!(labels("language = \"static\"\nversion = \"<|>\"").is_empty());
}

/// Below the project, in `[runtime]`.
#[rustfmt::skip]
const STEPS: &[Case] = &[
    ("steps = [<|>", "RUN", "steps = [\"RUN \""),
    ("steps = [\n  \"RUN é\",\n  <|>\n]", "{ run }", "steps = [\n  \"RUN é\",\n  { run = \"\" }\n]"),
    ("steps = [\"<|>", "COPY", "steps = [\"COPY "),
    ("steps = [\"wo<|>\"]", "WORKDIR", "steps = [\"WORKDIR \"]"),
    ("steps = ['wo<|>']", "WORKDIR", "steps = ['WORKDIR ']"),
    ("steps = ['''\nC<|>''']", "COPY", "steps = ['''\nCOPY ''']"),
    ("steps = [\"COPY --<|>\"]", "--from=", "steps = [\"COPY --from=\"]"),
    ("steps = [\"COPY --from=<|>\"]", "web", "steps = [\"COPY --from=web\"]"),
    ("steps = [\"COPY --from=<|>", "builder", "steps = [\"COPY --from=builder"),
    ("steps = [\"COPY --from=al<|> /é /x\"]", "alpine:3.23", "steps = [\"COPY --from=alpine:3.23 /é /x\"]"),
    ("steps = [\"\"\"\nCOPY --from=<|> /é /x\"\"\"]", "web", "steps = [\"\"\"\nCOPY --from=web /é /x\"\"\"]"),
    ("steps = [\"COPY --from=web <|> /x\"]", "/web/", "steps = [\"COPY --from=web /web/ /x\"]"),
    ("steps = [\"COPY --chown=<|> é /x\"]", "app:app", "steps = [\"COPY --chown=app:app é /x\"]"),
    ("steps = [\"COPY sql/<|> /x\"]", "é.sql", "steps = [\"COPY sql/é.sql /x\"]"),
    ("steps = [\"RUN --<|> é\"]", "--mount=", "steps = [\"RUN --mount= é\"]"),
    ("steps = [\"RUN --network=<|>\"]", "none", "steps = [\"RUN --network=none\"]"),
    ("steps = [\"RUN --mount=type=<|>\"]", "secret", "steps = [\"RUN --mount=type=secret\"]"),
    ("steps = [\"RUN --mount=type=secret,id=<|>\"]", "netrc", "steps = [\"RUN --mount=type=secret,id=netrc\"]"),
    ("steps = ['''\nRUN --mount=type=cache,\\\n é''', \"RUN --mount=type=bind,fr<|>", "from=", "steps = ['''\nRUN --mount=type=cache,\\\n é''', \"RUN --mount=type=bind,from="),
    ("steps = [\"USER <|>\"]", "app", "steps = [\"USER app\"]"),
    ("steps = [\"STOPSIGNAL <|>\"]", "SIGTERM", "steps = [\"STOPSIGNAL SIGTERM\"]"),
    ("steps = [{ run = \"x\", network = \"<|>", "none", "steps = [{ run = \"x\", network = \"none\""),
    ("steps = [{ run = \"x\", secret = [<|>", "netrc", "steps = [{ run = \"x\", secret = [\"netrc\""),
    ("steps = [{ run = \"x\", as = <|> }]", "user", "steps = [{ run = \"x\", as = \"user\" }]"),
    ("steps = [{ run = \"x\", bind = [\"<|>", "go.mod", "steps = [{ run = \"x\", bind = [\"go.mod\""),
    ("steps = [{ copy = { src = \"<|>\" } }]", "sql/", "steps = [{ copy = { src = \"sql/\" } }]"),
    ("steps = [{ user = \"<|>\" }]", "app", "steps = [{ user = \"app\" }]"),
];

#[test]
fn steps() {
    for case in STEPS {
        check_below(*case);
    }
    // An open string of several lines takes all that follows with it.
    let open = format!("{PROJECT}steps = [\"\"\"\n");
    check(&format!("{open}<|>"), "RUN", &format!("{open}RUN "), false);
}

/// Below the project, in `[runtime]`.
#[rustfmt::skip]
const VARIABLES: &[Case] = &[
    ("args = { V = \"é\" }\nsteps = [\"RUN echo $<|>\"]", "V", "args = { V = \"é\" }\nsteps = [\"RUN echo $V\"]"),
    ("args = { V = \"é\" }\nsteps = [\"RUN echo ${<|>\"]", "V", "args = { V = \"é\" }\nsteps = [\"RUN echo ${V}\"]"),
    ("args = { V = \"é\" }\nsteps = [{ run = \"echo $<|>", "V", "args = { V = \"é\" }\nsteps = [{ run = \"echo $V"),
    ("args = { V = \"é\" }\nsteps = [{ run = '''\nset -e\necho ${V<|>}''' }]", "V", "args = { V = \"é\" }\nsteps = [{ run = '''\nset -e\necho ${V}''' }]"),
    ("env = { A = \"é\", B = { value = \"$<|>\", expand = true } }", "TARGETARCH", "env = { A = \"é\", B = { value = \"$TARGETARCH\", expand = true } }"),
    ("env.A = \"é\"\ncmd = { shell = \"exec /é $<|>\" }", "A", "env.A = \"é\"\ncmd = { shell = \"exec /é $A\" }"),
    ("[[external_tools]]\nurl = \"https://x/a-$<|>-é\"", "arch", "[[external_tools]]\nurl = \"https://x/a-${arch}-é\""),
    ("[[external_tools]]\nurl = \"https://x/a-${v<|>-é\"", "version", "[[external_tools]]\nurl = \"https://x/a-${version}-é\""),
    ("[[external_tools]]\nurl = \"https://x/a-${<|>}\"", "os", "[[external_tools]]\nurl = \"https://x/a-${os}\""),
];

#[test]
fn variables() {
    for case in VARIABLES {
        check_below(*case);
    }
    check(
        "[build]\nargs = { VERSION = \"é\" }\nldflags = [\"-X main.v=$<|>\"]",
        "VERSION",
        "[build]\nargs = { VERSION = \"é\" }\nldflags = [\"-X main.v=${VERSION}\"]",
        false,
    );
    check(
        "[args]\nTAG = \"é\"\n[runtime]\nimage = \"alpine:${<|>",
        "TAG",
        "[args]\nTAG = \"é\"\n[runtime]\nimage = \"alpine:${TAG}",
        false,
    );
    for literal in [
        "[runtime.env]\nA = \"$<|>\"",
        "[runtime.labels]\nA = \"$<|>\"",
        "[build]\nsteps = ['RUN echo \\$<|>']",
    ] {
        assert!(labels(literal).is_empty(), "{literal}");
    }
}

#[test]
#[rustfmt::skip]
fn snippets_have_places_to_fill_in() {
    for (text, label, expected) in [
        ("lang<|>", "language", "language = \"${1|node,python,go,php,java,dotnet,rust,ruby,elixir,deno,bun,static|}\"$0"),
        ("ver<|>", "version", "version = \"$1\"$0"),
        ("plat<|>\n[build]", "platforms", "platforms = [\"$1\"]$0\n[build]"),
        ("st<|>", "stages", "[[stages]]\nname = \"$1\"\nfrom = \"$2\"\n$0"),
        ("[[st<|>", "[[stages]]", "[[stages]]\nname = \"$1\"\nfrom = \"$2\"\n$0"),
        ("[bu<|>]", "[build]", "[build]\n$0"),
        ("[[runtime.co<|>]]\nsrc = \"é\"", "[[runtime.copy]]", "[[runtime.copy]]\nsrc = \"é\""),
        ("[build]\ncg<|>", "cgo", "[build]\ncgo = ${1|true,false|}$0"),
        ("[runtime]\n\"im<|>\"", "image", "[runtime]\n\"image\" = \"$1\"$0"),
        ("[runtime]\nim<|> = \"é\"", "image", "[runtime]\nimage = \"é\""),
        ("[runtime]\ncopy = [{ <|> }]", "src", "[runtime]\ncopy = [{ src = \"$1\"$0 }]"),
        ("[build]\nsteps = [{ <|> }]", "copy", "[build]\nsteps = [{ copy = { $1 }$0 }]"),
        ("[build]\nsteps = [<|>]", "RUN", "[build]\nsteps = [\"RUN $1\"$0]"),
        ("[build]\nsteps = [<|>]", "{ run }", "[build]\nsteps = [{ run = \"$1\" }$0]"),
        ("[lint.rules]\nunknown-k<|>", "unknown-key", "[lint.rules]\nunknown-key = \"${1|error,warning,info,off|}\"$0"),
    ] {
        check(text, label, expected, true);
    }
}

#[test]
fn nothing_is_offered_behind_what_is_complete_or_in_a_comment() {
    for text in [
        "# é<|>",
        "language = \"go\" # l<|>",
        "# docksmith: ignore[unknown-key] <|>",
        "language = \"go\"<|>",
        "language = \"go\" <|>",
        "[build]<|>",
        "[runtime]\ncopy = [{ src = \"é\" <|>}]",
        "[runtime]\ncopy = [{ src = \"é\" }<|>]",
        "[runtime]\nimage <|>= \"é\"",
        "[build]\nsteps = [\"RUN make é <|>\"]",
        "[build]\nsteps = [\"RUN é --<|>\"]",
        "[build]\nsteps = [\"COPY --from=web /é /x\"<|>]",
        "[build]\nsteps = [\"MAKE <|>\"]",
        "[runtime.env]\nA = \"<|>\"",
        "[runtime]\nworkdir = \"/<|>\"",
        "[runtime]\ncopy = [{ src = \"../<|>\" }]",
        "[runtime]\ncopy = [{ src = \"/<|>\" }]",
    ] {
        assert_eq!(labels(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn nothing_is_offered_twice() {
    let texts = KEYS.iter().chain(HEADERS).map(|case| case.0.to_owned());
    let below = VALUES.iter().chain(STEPS).chain(VARIABLES);
    let below = below.map(|case| format!("{PROJECT}{}", case.0));
    for text in texts.chain(below) {
        let all = labels(&text);
        let mut each = all.clone();
        each.sort();
        each.dedup();
        assert_eq!(each.len(), all.len(), "{text}: {all:?}");
    }
}

#[test]
#[rustfmt::skip]
fn the_last_sound_version_lends_its_names() {
    let last = format!(
        "{PROJECT}args = {{ LATE = \"é\" }}\n[[stages]]\nname = \"late\"\nfrom = \"web\"\nsteps = [\"WORKDIR /late\"]\n"
    );
    let last = analyze(&last, &project());
    assert!(!last.has_syntax_errors());
    for (line, label, expected) in [
        ("copy = [{ from = \"<|>", "late", "copy = [{ from = \"late\""),
        ("copy = [{ from = \"late\", src = \"<|>", "/late/", "copy = [{ from = \"late\", src = \"/late/\""),
        ("copy = [{ from = \"late\", src = \"<|>", "/web/", "copy = [{ from = \"late\", src = \"/web/\""),
        ("steps = [\"COPY --from=<|>", "late", "steps = [\"COPY --from=late"),
        ("steps = [\"RUN $<|>", "LATE", "steps = [\"RUN $LATE"),
        ("oops = [\n[runtime.copy]\nfrom = \"<|>", "late", "oops = [\n[runtime.copy]\nfrom = \"late\""),
    ] {
        let (analysis, offset) = fixture(&format!("{PROJECT}{line}"));
        let found = completion(&analysis, Some(&last), &project(), offset);
        let result = applied(&analysis, &found, offset, label, false);
        assert_eq!(result, format!("{PROJECT}{expected}"), "{line}");
    }
    // A text without errors stands for itself.
    let (analysis, offset) = fixture(&format!("{PROJECT}copy = [{{ from = \"<|>\" }}]"));
    let found = completion(&analysis, Some(&last), &project(), offset);
    assert!(found.items.iter().all(|item| item.label != "late"));
}

#[test]
fn what_stands_behind_an_open_string_of_several_lines_is_known() {
    let last = analyze(PROJECT, &project());
    let open = PROJECT.replace("steps = [\"RUN npm ci\"]", "steps = [\"\"\"\nRUN npm ci");
    for (line, label, expected) in [
        ("copy = [{ from = \"<|>", "web", "copy = [{ from = \"web\""),
        (
            "copy = [{ from = \"<|>",
            "tool-atlas",
            "copy = [{ from = \"tool-atlas\"",
        ),
        (
            "[[runtime.copy]]\nfrom = <|>",
            "web",
            "[[runtime.copy]]\nfrom = \"web\"",
        ),
        ("init = <|>", "tini", "init = \"tini\""),
    ] {
        let (analysis, offset) = fixture(&format!("{open}{line}"));
        let found = completion(&analysis, Some(&last), &project(), offset);
        let result = applied(&analysis, &found, offset, label, false);
        assert_eq!(result, format!("{open}{expected}"), "{line}");
    }
}

#[test]
fn a_header_ends_an_open_string_that_takes_the_next_one_for_its_end() {
    let below = "\n[[stages]]\nname = \"é\"\nfrom = \"alpine:3.23\"\nsteps = [\"\"\"\nRUN [ -f 😀 ]\n\"\"\"]\n";
    let last = format!("{PROJECT}copy = []\n{below}");
    let last = analyze(&last, &project());
    assert!(!last.has_syntax_errors());
    let open = PROJECT.replace("steps = [\"RUN npm ci\"]", "steps = [\"\"\"\nRUN npm ci");
    for (line, label, expected) in [
        ("copy = [{ from = \"<|>", "web", "copy = [{ from = \"web\""),
        (
            "copy = [{ from = \"<|>\" }]",
            "tool-atlas",
            "copy = [{ from = \"tool-atlas\" }]",
        ),
        ("init = <|>", "tini", "init = \"tini\""),
        ("work<|>", "workdir", "workdir = "),
    ] {
        let (analysis, offset) = fixture(&format!("{open}{line}{below}"));
        assert!(analysis.has_syntax_errors());
        let found = completion(&analysis, Some(&last), &project(), offset);
        let result = applied(&analysis, &found, offset, label, false);
        assert_eq!(result, format!("{open}{expected}{below}"), "{line}");
    }
    // What looks like a header and was none is text.
    let text = format!("{open}\n[ -f é ]\nfrom = \"<|>{below}");
    let (analysis, offset) = fixture(&text.replace("[runtime]\n", ""));
    let found = completion(&analysis, Some(&last), &project(), offset);
    assert!(
        found.items.iter().all(|item| item.label != "late"),
        "{found:?}"
    );
}

/// What is offered in a project with these files.
fn labels_in(files: &[(&str, &str)], text: &str) -> Vec<String> {
    let files = Files::new(files.iter().copied()).in_folder("mono/services/é");
    let (text, offset) = split(text);
    let analysis = analyze(&text, &files);
    let found = completion(&analysis, None, &files, offset);
    found.items.into_iter().map(|item| item.label).collect()
}

#[test]
fn what_is_built_is_what_the_language_builds() {
    let go = [
        ("cmd/é/serve.go", "// a tool\npackage main\n"),
        ("cmd/é/serve_test.go", "package main\n"),
        ("internal/x.go", "package internal\n"),
        ("tool/x_test.go", "package main\n"),
        ("main.go", ""),
    ];
    for text in [
        "[build]\ntarget = \"<|>\"",
        "zz\n[build]\nbinaries = [{ path = <|>",
    ] {
        assert_eq!(
            labels_in(&go, &format!("language = \"go\"\n{text}")),
            [".", "./cmd/é"]
        );
    }
    let rust = [
        (
            "Cargo.toml",
            "[package]\nname = \"app\"\n[[bin]]\nname = \"worker\"\npath = \"x.rs\"\n",
        ),
        ("src/main.rs", ""),
    ];
    let found = labels_in(&rust, "language = \"rust\"\nbuild.target = \"<|>");
    assert_eq!(found, ["worker", "app"]);
    let dotnet = [("é/App.csproj", ""), ("App.sln", ""), ("Lib.fsproj", "")];
    let found = labels_in(&dotnet, "language = \"dotnet\"\nbuild.target = \"<|>\"");
    assert_eq!(found, ["Lib.fsproj", "é/"]);
    let found = labels_in(&dotnet, "language = \"java\"\nbuild.target = \"<|>\"");
    assert_eq!(found, ["é/"]);
    assert!(labels_in(&dotnet, "language = \"ruby\"\nbuild.target = \"<|>\"").is_empty());
}

#[test]
fn the_context_root_is_a_folder_above() {
    let files = [("api/x", ""), ("😀", "")];
    let found = labels_in(&files, "context_root = \"<|>\"\nlanguage = \"go\"");
    assert_eq!(found, [".", "..", "../..", "../../.."]);
    let found = labels_in(&files, "context_root = <|>\nruntime = \"go\"\n[");
    assert_eq!(found, [".", "..", "../..", "../../..", "api/"]);
    assert_eq!(labels("context_root = \"<|>\""), [".", ".."]);
    check(
        "context_root = \"..<|>",
        "..",
        "context_root = \"..\"",
        false,
    );
}

#[test]
fn a_command_in_exec_form_runs_what_is_in_the_image() {
    let copies = "copy = [{ src = [\"go.mod\", \"sql\"], dst = \"/é/\" }]\n";
    let copies = format!("entrypoint = \"entrypoint.sh\"\n{copies}");
    let programs = ["/usr/local/bin/server", "/app/bin/atlas", "/entrypoint.sh"];
    for line in [
        "cmd = [\"<|>\"]",
        "cmd = [<|>",
        "cmd = { exec = [\"<|>",
        "healthcheck = [\"<|>\"]",
    ] {
        let found = labels(&format!("{PROJECT}{copies}{line}"));
        let mut programs = programs.map(str::to_owned).to_vec();
        programs.retain(|path| !found.contains(path));
        assert!(programs.is_empty(), "{programs:?} in {found:?} of {line}");
        assert!(!found.contains(&"/é/go.mod".to_owned()), "{found:?}");
        assert!(!found.contains(&"/é/sql".to_owned()), "{found:?}");
    }
    let found = labels(&format!("{PROJECT}{copies}cmd = [\"/app/bin/atlas\", <|>]"));
    assert_eq!(
        found.last().map(String::as_str),
        Some("/é/go.mod"),
        "{found:?}"
    );
    check_below((
        "cmd = [\"/usr<|>\"]",
        "/usr/local/bin/server",
        "cmd = [\"/usr/local/bin/server\"]",
    ));
}

#[test]
fn usual_packages_are_offered_once() {
    let all = ["ca-certificates", "tzdata", "bash", "curl", "wget", "tini"];
    for line in [
        "packages = [\"<|>\"]",
        "packages = [<|>",
        "[build]\npackages = [\"<|>",
        "[[stages]]\npackages = ['<|>",
    ] {
        assert_eq!(labels(&format!("[runtime]\n{line}")), all, "{line}");
    }
    let found = labels("# é\nruntime.packages = [\"tzdata\", \"cu<|>\", \"bash\"]");
    assert_eq!(found, ["ca-certificates", "curl", "wget", "tini"]);
    let items = items("runtime.packages = [<|>]");
    assert!(items.iter().all(|item| !item.detail.is_empty()));
    let pages = items.iter().filter(|item| item.page.text(None).is_some());
    assert_eq!(pages.count(), 5);
}

#[test]
fn users_are_those_of_the_base_image() {
    for line in [
        "user = \"<|>\"",
        "steps = [\"USER <|>\"]",
        "steps = [{ user = <|> }]",
    ] {
        let found = labels(&format!(
            "language = \"static\"\n[runtime]\nimage = \"nginx:1.29-alpine\"\n{line}"
        ));
        assert!(found.contains(&"nginx".to_owned()), "{line}: {found:?}");
    }
}

#[test]
fn headers_below_a_half_typed_header_are_known() {
    for above in [
        "[buil\n",
        "[buil\n\n# é\n",
        "[[sta]\n",
        "[runtime\nimage = \"é\"\n",
    ] {
        let text = format!("{above}[exter<|>");
        let expected = format!("{above}[[external_tools]]");
        check(&text, "[[external_tools]]", &expected, false);
        let text = format!("{above}ex<|>");
        assert!(!labels(&text).contains(&"[[external_tools]]".to_owned()));
    }
    check(
        "[buil<|>\n\n[runtime]\nuser = \"é\"\n",
        "[build]",
        "[build]\n\n[runtime]\nuser = \"é\"\n",
        false,
    );
}

#[test]
fn arguments_are_known_to_every_spelling_of_ldflags() {
    for line in [
        "ldflags = [\"-X é=${<|>\"]",
        "ldflags = [\"-X é=$<|>",
        "ldflags = { \"main.é\" = \"${<|>}\" }",
        "[build.ldflags]\n\"main.x\" = \"$<|>",
        "binaries = [{ ldflags = [\"-X é=${<|>",
    ] {
        let text = format!("language = \"go\"\n[build]\nargs = {{ V = \"é\" }}\n{line}");
        assert_eq!(labels(&text), ["V"], "{line}");
    }
}

#[test]
fn stages_files_and_flags_have_pages() {
    let (analysis, _) = fixture("<|>");
    for line in [
        "copy = [{ from = \"<|>\" }]",
        "copy = [{ src = \"<|>\" }]",
        "steps = [\"COPY --<|>\"]",
        "steps = [\"COPY <|>\"]",
    ] {
        let (found, offset) = fixture(&format!("{PROJECT}{line}"));
        let items = completion(&found, None, &project(), offset).items;
        let mut items = items
            .iter()
            .filter(|item| item.kind != CompletionKind::Image);
        let bare = items.find(|item| item.page.text(Some(&found)).is_none());
        assert_eq!(bare, None, "{line}");
    }
    let found = items(&format!("{PROJECT}copy = [{{ src = \"<|>\" }}]"));
    let secret = found
        .iter()
        .find(|item| item.label == "secret")
        .expect("a file");
    let page = secret.page.text(Some(&analysis)).expect("a page");
    assert_eq!(
        page,
        "A file of the build context: `secret`.\n\nNo build gets it: ignored by .dockerignore."
    );
}

#[test]
fn an_empty_document_offers_one_start_for_each_language() {
    for text in ["<|>", "\n \n<|>", "# é 😀\n\n<|>", "\u{feff}<|>"] {
        let found = items(text);
        let starts = found.iter().filter(|item| item.snippet.is_some());
        let starts: Vec<_> = starts
            .filter(|item| item.label.starts_with("language = "))
            .collect();
        assert_eq!(starts.len(), 13, "{text:?}");
        let (text, offset) = split(text);
        for item in starts {
            let mut result = text.clone();
            result.replace_range(item.span.range(), &item.text);
            let analysis = analyze(&result, &NoContext::default());
            assert!(!analysis.has_errors(), "{}: {result}", item.label);
            assert!(item.span.touches(offset));
        }
    }
}

/// Files that remember which folders were listed.
struct Watched {
    files: Files,
    listed: RefCell<Vec<String>>,
}

impl BuildContext for Watched {
    fn entry(&self, path: &str) -> Entry {
        self.files.entry(path)
    }

    fn list(&self, path: &str) -> Vec<String> {
        self.listed.borrow_mut().push(path.to_owned());
        self.files.list(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        self.files.text(path)
    }

    fn folder(&self, levels: usize) -> Option<String> {
        self.files.folder(levels)
    }
}

#[test]
fn one_folder_is_read_and_a_large_one_is_cut() {
    let many = (0..9_000).map(|index| (format!("data/f{index:04}"), ""));
    let others = [("data/inner/x", ""), ("sql/é.sql", "")];
    let others = others.map(|(path, text)| (path.to_owned(), text));
    let context = Watched {
        files: Files::new(many.chain(others)),
        listed: RefCell::default(),
    };
    let ask = |typed: &str| {
        let (text, offset) = split(&format!(
            "language = \"go\"\n[[runtime.copy]]\nsrc = \"{typed}<|>\""
        ));
        let analysis = analyze(&text, &NoContext::default());
        context.listed.borrow_mut().clear();
        let found = completion(&analysis, None, &context, offset);
        (found, context.listed.borrow().clone())
    };
    let (found, listed) = ask("data/");
    assert_eq!(listed, ["data"]);
    assert!(found.is_incomplete);
    assert_eq!(found.items.len(), 500);
    let (found, _) = ask("data/f123");
    assert!(!found.is_incomplete, "ten names are left");
    assert_eq!(found.items.len(), 10);
    let (found, listed) = ask("");
    assert_eq!(listed, [""]);
    assert!(!found.is_incomplete);
    assert_eq!(found.items.len(), 2);
}
