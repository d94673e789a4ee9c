//! Tests of the whole reading.

use super::{Fault, Item, parse_file, parse_fragment, parse_step};
use crate::plan::Written;

fn sound(text: &str) -> Written {
    let (written, faults) = parse_step(text);
    assert_eq!(faults, [], "{text}");
    written.expect("an instruction")
}

fn faults(text: &str) -> Vec<(String, String)> {
    let (_, faults) = parse_step(text);
    said(text, &faults)
}

/// Messages with the text that each marks.
fn said(text: &str, faults: &[Fault]) -> Vec<(String, String)> {
    let said = faults
        .iter()
        .map(|it| (it.message.clone(), it.span.of(text).to_owned()));
    said.collect()
}

fn refused(text: &str) -> String {
    let (message, _) = faults(text).remove(0);
    message
}

/// One step of every instruction in every form.
const STEPS: [&str; 43] = [
    "ADD https://example.com/x /x",
    "ADD --checksum=sha256:00 --chown=1:1 --chmod=0644 --link --exclude=*.md --unpack=true a b /x/",
    "ADD --keep-git-dir=true https://github.com/a/b.git#v1 /src",
    "ADD [\"a b\", \"/x/\"]",
    "ARG A",
    "ARG A=1 B=\"x y\" C",
    "CMD [\"a\", \"b\"]",
    "CMD a && b",
    "CMD []",
    "COPY --from=web --chown=1:1 --chmod=u=rwX,go=rX --link=false --parents --exclude=*.md /dist ./dist/",
    "COPY [\"a b\", \"/x/\"]",
    "COPY <<EOT /x\nhello\nEOT",
    "COPY <<a <<\"b\" /x/\n1\na\n2\nb",
    "ENTRYPOINT a b",
    "ENTRYPOINT [\"a\"]",
    "ENV A=1 B=\"x y\"",
    "ENV A x y",
    "ENV A=${B:-x} C=$D",
    "EXPOSE 80 443/udp 8000-8010",
    "HEALTHCHECK --interval=3s --timeout=1m30s --start-period=0s --start-interval=1s --retries=3 CMD [\"/x\"]",
    "HEALTHCHECK CMD curl -f localhost || exit 1",
    "HEALTHCHECK NONE",
    "LABEL a=\"b c\" d=e",
    "LABEL \"com.example.a b\"=c",
    "MAINTAINER a <a@example.com>",
    "ONBUILD RUN x",
    "ONBUILD COPY --from=a b c",
    "RUN make",
    "RUN [\"make\", \"x\"]",
    "RUN --mount=type=cache,target=/c make \\\n && x",
    "RUN --mount=type=secret,id=a --mount=type=ssh --network=none --security=insecure --device=vendor.com/c=n make",
    "RUN <<EOT\na\nb\nEOT",
    "RUN cat <<EOT > /x && cat <<-'E' > /y\na\nEOT\n\tb\n\tE",
    "RUN echo $((1 << 2)) ${A^^}",
    "SHELL [\"/bin/bash\", \"-c\"]",
    "STOPSIGNAL SIGINT",
    "USER 1:1",
    "USER app",
    "VOLUME /a /b",
    "VOLUME [\"/a\"]",
    "WORKDIR /a b",
    "WORKDIR /${A#v}",
    "COPY é/𝒳 /ü/",
];

#[test]
fn every_instruction_keeps_its_arguments_as_written() {
    for step in STEPS {
        let parsed = sound(step);
        assert!(
            step.ends_with(&parsed.arguments),
            "{step} lost something: {}",
            parsed.arguments
        );
        let flag = |it: &super::super::Flag| {
            3 + it.name.len() + it.value.as_ref().map_or(0, |value| 1 + value.len())
        };
        let flags: usize = parsed.flags.iter().map(flag).sum();
        let rest = parsed.keyword.len() + 1 + flags + parsed.arguments.len();
        assert_eq!(step.len(), rest, "{step}");
        assert_eq!(parsed.arguments_span.of(step), parsed.arguments, "{step}");
        assert_eq!(parsed.keyword_span.of(step), parsed.keyword, "{step}");
    }
}

#[test]
fn every_part_has_its_place() {
    for step in STEPS {
        let parsed = sound(step);
        for flag in &parsed.flags {
            assert_eq!(flag.name_span.of(step), format!("--{}", flag.name));
            if let Some(value) = &flag.value {
                assert_eq!(flag.span.of(step), value);
            }
        }
        for option in parsed.mounts.iter().flat_map(|mount| &mount.options) {
            assert_eq!(option.key.span.of(step), option.key.value);
            if let Some(value) = &option.value {
                assert_eq!(value.span.of(step), value.value);
            }
        }
        for pair in &parsed.pairs {
            assert_eq!(pair.name.span.of(step), pair.name.value, "{step}");
            if let Some(value) = &pair.value {
                assert_eq!(value.span.of(step), value.value, "{step}");
            }
        }
        for path in &parsed.paths {
            let span = path.span.expect("a place");
            assert_eq!(span.of(step), path.path, "{step}");
        }
        for variable in &parsed.variables {
            assert_eq!(variable.name.span.of(step), variable.name.value, "{step}");
        }
    }
}

#[test]
fn lower_case_is_the_same_instruction() {
    let step = sound("copy --from=web /dist ./dist/");
    assert_eq!(step.keyword, "COPY");
    let references = step.references();
    assert_eq!(references[0].0, "web");
    assert_eq!(references[0].1.start, 12);
}

#[test]
fn a_trigger_is_an_instruction_of_its_own() {
    let step = sound("ONBUILD RUN --mount=type=cache,target=/c x");
    let trigger = step.trigger.expect("a trigger");
    assert_eq!(trigger.keyword, "RUN");
    assert_eq!(trigger.mounts[0].kind(), "cache");
    assert!(refused("ONBUILD FROM x").contains("`ONBUILD` cannot wait with `FROM`"));
    assert!(refused("ONBUILD ONBUILD RUN x").contains("ONBUILD"));
    assert!(refused("ONBUILD RNU x").contains("`RNU`"));
}

#[test]
fn windows_line_ends_are_line_ends() {
    let step = sound("RUN a \\\r\n  b");
    assert_eq!(step.arguments, "a \\\n  b");
    assert_eq!(sound("RUN <<E\r\na\r\nE\r\n").arguments, "<<E\na\nE");
    assert!(refused("RUN a\rRUN b").contains("line feed"));
}

#[test]
fn a_backslash_in_the_value_of_a_flag_is_refused() {
    for step in [
        r"COPY --chown=\ x /x",
        r"COPY --from=a\b x /x",
        r"RUN --mount=type=cache,target=\ x",
    ] {
        assert!(refused(step).ends_with("holds a backslash"), "{step}");
    }
}

#[test]
fn more_or_less_than_one_instruction_is_refused() {
    assert!(refused("RUN a\nRUN b").contains("second"));
    assert!(refused("FROM scratch").contains("[[stages]]"));
    assert!(refused("").contains("one instruction"));
    assert!(refused("# escape=`\nRUN a").contains("comment"));
    assert!(refused("RUN a \\").contains("behind its end"));
}

#[test]
fn what_is_wrong_is_marked_where_it_stands() {
    for (step, message, marked) in [
        ("RAN a", "there is no instruction `RAN`", "RAN"),
        ("RUN", "`RUN` needs an argument", "RUN"),
        ("RUN --network=none", "`RUN` needs an argument", "RUN"),
        ("COPY a", "`COPY` needs a source and a destination", "a"),
        ("COPY --frm=web a b", "`COPY` has no flag `--frm`", "--frm"),
        ("USER --x a", "`USER` has no flag `--x`", "--x"),
        ("COPY --from a b", "`--from` needs a value", "--from"),
        (
            "COPY --link=yes a b",
            "`--link` takes `true` or `false`, not `yes`",
            "yes",
        ),
        ("COPY --from=$X a b", "`--from` takes no variables", "$X"),
        (
            "COPY --from=x --from=y a b",
            "`--from` stands twice",
            "--from",
        ),
        (
            "RUN --network=hots x",
            "`--network` takes `default`, `none` or `host`, not `hots`",
            "hots",
        ),
        (
            "RUN --security=x y",
            "`--security` takes `sandbox` or `insecure`, not `x`",
            "x",
        ),
        (
            "RUN --mount=type=cahce,target=/x y",
            "there is no mount of type `cahce`",
            "cahce",
        ),
        (
            "RUN --mount=type=cache,traget=/x y",
            "a cache mount has no `traget`",
            "traget",
        ),
        (
            "RUN --mount=type=cache,target=/x,size=1m y",
            "a cache mount has no `size`",
            "size",
        ),
        (
            "RUN --mount=type=cache,sharing=x,target=/x y",
            "`sharing` takes `shared`, `private` or `locked`, not `x`",
            "x",
        ),
        (
            "RUN --mount=type=cache,target y",
            "`target` needs a value",
            "target",
        ),
        (
            "RUN --mount=type=cache,target=/x,uid=app y",
            "`uid` takes a whole number, not `app`",
            "app",
        ),
        (
            "RUN --mount=type=cache,target=/x,mode=999 y",
            "`mode` takes octal digits, not `999`",
            "999",
        ),
        (
            "RUN --mount=type=tmpfs,target=/x,size=lots y",
            "`size` takes a number of bytes, such as `64m`, not `lots`",
            "lots",
        ),
        (
            "RUN --mount=type=secret y",
            "a secret mount needs its `id`",
            "type=secret",
        ),
        (
            "RUN --mount=from=$X,target=/x y",
            "`from` takes no variables",
            "$X",
        ),
        (
            "HEALTHCHECK --retries=-1 CMD x",
            "`--retries` takes a whole number, not `-1`",
            "-1",
        ),
        (
            "HEALTHCHECK NON",
            "a health check is `CMD` with a command, or `NONE`",
            "NON",
        ),
        (
            "HEALTHCHECK NONE x",
            "`HEALTHCHECK NONE` takes nothing else",
            "NONE x",
        ),
        ("SHELL bash", "`SHELL` takes a JSON array", "bash"),
        ("ENV A", "`ENV` needs a value: `NAME=value`", "A"),
        ("ENV A=1 B", "`B` has no value", "B"),
        (
            "RUN <<EOT\nx",
            "`<<EOT` has no end: no line is `EOT`",
            "<<EOT",
        ),
        ("WORKDIR /${X", "`${X` has no end: there is no `}`", "${X"),
        (
            "WORKDIR /${X^^}",
            "builders know no `^` behind a variable's name",
            "${X^^}",
        ),
    ] {
        let expected = (message.to_owned(), marked.to_owned());
        assert_eq!(faults(step), [expected], "{step}");
    }
}

#[test]
fn what_builders_read_past_is_harmless() {
    let (_, faults) = parse_step("RUN --mount=type=tmpfs,target=/x,id=y z");
    assert!(faults[0].is_harmless);
    let (_, faults) = parse_step("RUN --mount=type=secret,id=y,from=x z");
    assert!(!faults[0].is_harmless);
}

#[test]
fn several_mistakes_are_all_said() {
    let text = "RNU a\nCOPY --frm=x a b\nRUN b\nCOPY a\nUSER é\n";
    let read = parse_fragment(text);
    let marked: Vec<String> = said(text, &read.faults)
        .into_iter()
        .map(|(_, it)| it)
        .collect();
    assert_eq!(marked, ["RNU", "--frm", "a"]);
    // What a flag is wrong with is there all the same.
    assert_eq!(read.items.len(), 3);
}

#[test]
fn a_fragment_may_begin_without_a_stage() {
    let text = "RUN a\nFROM --platform=$BUILDPLATFORM x:${V} AS y\nRUN b\n";
    let read = parse_fragment(text);
    assert_eq!((read.items.len(), read.faults.len()), (3, 0));
    let Item::From(from) = &read.items[1] else {
        panic!("a stage");
    };
    let names: Vec<&str> = from
        .variables
        .iter()
        .map(|it| it.name.span.of(text))
        .collect();
    assert_eq!(names, ["BUILDPLATFORM", "V"]);
    assert_eq!(from.image.span.of(text), "x:${V}");
    assert_eq!(from.name.as_ref().map(|it| it.span.of(text)), Some("y"));
}

#[test]
fn a_file_has_its_directives() {
    let text =
        "# syntax=docker/dockerfile:1\n# escape=`\nARG A\nFROM x\nRUN a `\n b\nWORKDIR C:\\x\n";
    let read = parse_file(text);
    assert_eq!(read.faults, []);
    assert_eq!(read.items.len(), 4);
    for (text, marked) in [
        ("# escape=x\nFROM a\n", "x"),
        ("RUN a\nFROM b\n", "RUN"),
        ("ARG A\n", "ARG A"),
        ("", ""),
    ] {
        let read = parse_file(text);
        assert_eq!(said(text, &read.faults)[0].1, marked, "{text}");
    }
}

#[test]
fn any_part_of_a_text_is_read_without_a_panic() {
    let whole = STEPS.join("\n");
    let places: Vec<usize> = whole.char_indices().map(|(at, _)| at).collect();
    for (index, &at) in places.iter().enumerate().step_by(3) {
        let (front, back) = whole.split_at(at);
        for text in [front, back] {
            let read = parse_file(text);
            for fault in &read.faults {
                assert!(text.get(fault.span.range()).is_some(), "{fault:?}\n{text}");
            }
        }
        let end = places.get(index + 11).copied().unwrap_or(whole.len());
        let without = format!("{front}{}", &whole[end..]);
        parse_fragment(&without);
        parse_step(&whole[at..end]);
    }
}
