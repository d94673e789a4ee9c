//! Places inside string steps: every part of every instruction, in every kind of TOML string.

use docksmith::analysis::analyze;
use docksmith::context::{Files, NoContext};
use docksmith::diagnostic::File;
use docksmith::plan::{InstructionKind, Written};
use docksmith::syntax::{Node, parse};
use docksmith::text::Span;

/// One step of every instruction, with every flag that it takes.
const STEPS: [&str; 24] = [
    "ADD --checksum=sha256:0 --chown=a:b --chmod=0644 --link --exclude=*.md --unpack=true https://a.example/é /x/",
    "ADD --keep-git-dir=true https://a.example/b.git /𝒳",
    "ARG A=é B=\"x y\" C",
    "CMD [\"/é\", \"$A\"]",
    "CMD é $A",
    "COPY --from=web --chown=é:b --chmod=u=rwX --link=false --parents --exclude=é --exclude=*.md /é/𝒳 $A /x/",
    "COPY --from=web <<EOT /x\né $A ${B:-é}\nEOT",
    "ENTRYPOINT [\"é\"]",
    "ENV A=é B=\"x $A\" C=${B#é}",
    "EXPOSE 80 ${A}/udp",
    "HEALTHCHECK --interval=3s --timeout=1m --start-period=1s --start-interval=1s --retries=3 CMD é $A",
    "LABEL é=\"b c\" d=$A",
    "MAINTAINER é",
    "ONBUILD COPY --from=web é $A",
    "RUN --mount=type=cache,target=/é,sharing=locked,uid=1 --network=none --security=sandbox echo é $A",
    "RUN --mount=type=bind,from=web,source=é,dst=/x,rw --device=é \\\n  --mount=type=ssh \\\n  echo é && echo ${A%%é}",
    "RUN --mount=type=secret,id=é,required=true --mount=type=tmpfs,target=/x,size=1m <<-EOT\n\té $A\n\tEOT",
    "SHELL [\"/bin/é\", \"-c\"]",
    "STOPSIGNAL $A",
    "USER é:$A",
    "VOLUME /é $A",
    "VOLUME [\"/é\", \"$A\"]",
    "WORKDIR /é/${A:+é}",
    "run é $A",
];

/// A kind of TOML string: the literal for a text, and what stands for a part of it.
struct Kind {
    name: &'static str,
    open: &'static str,
    close: &'static str,
    escape: fn(char) -> String,
}

/// As a basic string needs it.
fn escaped(character: char) -> String {
    match character {
        '\\' => "\\\\".to_owned(),
        '"' => "\\\"".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        other => other.to_string(),
    }
}

/// Every letter as its code.
fn coded(character: char) -> String {
    match u32::from(character) {
        code if character.is_alphabetic() && code > 0xFFFF => format!("\\U{code:08x}"),
        code if character.is_alphabetic() => format!("\\u{code:04x}"),
        _ => escaped(character),
    }
}

/// As a multi-line string needs it, with a line-ending backslash before each blank of the text.
fn folded(character: char) -> String {
    match character {
        ' ' => "\\\n    \\u0020".to_owned(),
        '\n' => "\n".to_owned(),
        other => escaped(other),
    }
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "basic",
        open: "\"",
        close: "\"",
        escape: escaped,
    },
    Kind {
        name: "coded",
        open: "\"",
        close: "\"",
        escape: coded,
    },
    Kind {
        name: "multi-line",
        open: "\"\"\"\n",
        close: "\"\"\"",
        escape: |it| {
            if it == '\n' {
                it.to_string()
            } else {
                escaped(it)
            }
        },
    },
    Kind {
        name: "folded",
        open: "\"\"\"\\\n  ",
        close: "\"\"\"",
        escape: folded,
    },
    Kind {
        name: "literal",
        open: "'''\r\n",
        close: "'''",
        escape: |it| it.to_string(),
    },
];

/// The parts of an instruction with their places.
fn parts(written: &Written) -> Vec<(String, Span)> {
    let mut parts = vec![(written.arguments.clone(), written.arguments_span)];
    for flag in &written.flags {
        parts.push((format!("--{}", flag.name), flag.name_span));
        parts.extend(flag.value.clone().map(|value| (value, flag.span)));
    }
    for option in written.mounts.iter().flat_map(|mount| &mount.options) {
        parts.push((option.key.value.clone(), option.key.span));
        let value = option.value.as_ref();
        parts.extend(value.map(|value| (value.value.clone(), value.span)));
    }
    for pair in &written.pairs {
        parts.push((pair.name.value.clone(), pair.name.span));
        let value = pair.value.as_ref();
        parts.extend(value.map(|value| (value.value.clone(), value.span)));
    }
    for path in &written.paths {
        parts.push((path.path.clone(), path.span.expect("a place")));
    }
    for port in &written.ports {
        parts.push((port.value.clone(), port.span));
    }
    for variable in &written.variables {
        parts.push((variable.name.value.clone(), variable.name.span));
    }
    parts.extend(written.trigger.iter().flat_map(|it| self::parts(it)));
    parts
}

/// What a part of a literal stands for.
fn decoded(kind: &Kind, source: &str) -> String {
    let quotes = kind.close;
    // A line break right behind the quotes would count for nothing.
    let document = parse(&format!("a = {quotes}.{source}{quotes}"));
    let text = document.root.node("a").and_then(Node::string);
    let text = text.unwrap_or_else(|| panic!("{} is cut at a wrong place: {source}", kind.name));
    text.strip_prefix('.').unwrap_or(text).to_owned()
}

#[test]
fn every_part_of_a_step_has_its_place_in_the_document() {
    for step in STEPS {
        for kind in &KINDS {
            let content: String = step.chars().map(kind.escape).collect();
            let text = format!(
                "# 𝒳é\r\n[[stages]]\nname = \"web\"\nfrom = \"scratch\"\n[[stages]]\nname = \"x\"\nfrom = \"a\"\nfinal = true\nsteps = [{}{content}{}]\n",
                kind.open, kind.close
            );
            let analysis = analyze(&text, &NoContext::default());
            let mut instructions = analysis.plan.instructions();
            let written = instructions.find_map(|(_, it)| match &it.kind {
                InstructionKind::Written(written) => Some(written),
                _ => None,
            });
            let written =
                written.unwrap_or_else(|| panic!("{}: {:#?}", text, analysis.diagnostics));
            let keyword = decoded(kind, written.keyword_span.of(&text));
            assert_eq!(keyword.to_uppercase(), written.keyword, "{text}");
            for (part, span) in parts(written) {
                let source = span.of(&text);
                assert_eq!(decoded(kind, source), part, "{}: {text}", kind.name);
            }
        }
    }
}

/// What is said of a Dockerfile that is used as it is: the marked text and the rule, sorted.
fn said(dockerfile: &str) -> Vec<(String, &'static str)> {
    let files = Files::new([("Dockerfile", dockerfile)]);
    let analysis = analyze("dockerfile = \"Dockerfile\"\n", &files);
    let rendered = analysis.dockerfile().map(|it| it.text.as_str());
    assert_eq!(rendered, Some(dockerfile));
    let in_it = File::Context("Dockerfile".to_owned());
    let mut found = Vec::new();
    for diagnostic in &analysis.diagnostics {
        assert_eq!(diagnostic.file, in_it, "{diagnostic:?}");
        let marked = diagnostic.span.of(dockerfile).to_owned();
        found.push((marked, diagnostic.rule));
    }
    found.sort();
    found
}

#[test]
fn a_dockerfile_is_checked_where_it_is_wrong() {
    let dockerfile = concat!(
        "# syntax=docker/dockerfile:1\nARG V=1\nARG U\n",
        "FROM golang:1.26-alpine AS Build\nRUN echo é $V ${TARGETARCH}\nRNU x\n",
        "FROM scratch\nCOPY --from=build /x /é\nCOPY --from=biuld --lnik /x /é\n",
        "HEALTHCHECK --interval=5 CMD [\"/x\"]\nEXPOSE 70000\nWORKDIR /$OTHER\nUSER 1:1\n",
    );
    let expected = [
        ("$OTHER", "undefined-variable"),
        ("$V", "arg-not-in-scope"),
        ("${TARGETARCH}", "shell-placeholder"),
        ("--lnik", "overlay-syntax"),
        ("5", "invalid-duration"),
        ("70000", "port-out-of-range"),
        ("RNU", "overlay-syntax"),
        ("biuld", "unknown-stage"),
    ];
    let expected = expected.map(|(marked, rule)| (marked.to_owned(), rule));
    assert_eq!(said(dockerfile), expected);
}

#[test]
fn a_sound_dockerfile_is_fine() {
    let dockerfile = concat!(
        "# escape=`\n# check=skip=all\nARG V=1.26\n",
        "FROM --platform=$BUILDPLATFORM golang:${V}-alpine AS BUILD\n",
        "ARG TARGETARCH\nARG V\nENV A=$V\n",
        "RUN --mount=type=cache,target=/c `\n  # don't\n  echo ${TARGETARCH} $A\n",
        "RUN cat <<X > /x && cat <<-'Y'\n$TARGETARCH\nX\n\té\n\tY\n",
        "FROM build AS tests\nRUN echo $A\n",
        "FROM scratch\nCOPY --from=0 /x /é\nCOPY --from=build /x /$PATH\nUSER 1:1\nCMD [\"/é\"]\n",
    );
    assert_eq!(said(dockerfile), []);
}

#[test]
fn long_texts_do_not_take_long() {
    let many = "$TARGETARCH ${X}".repeat(8_000);
    let step = format!(
        "args = {{ X = \"\" }}\n[[stages]]\nname = \"x\"\nfrom = \"a\"\nfinal = true\nsteps = ['RUN {many}', {{ run = '{many}' }}]\n"
    );
    let stages = "FROM a AS b\nRUN echo $TARGETARCH\nARG A=$A\n".repeat(4_000);
    let files = Files::new([("Dockerfile", stages.as_str())]);
    let started = std::time::Instant::now();
    analyze(&step, &NoContext::default());
    analyze("dockerfile = \"Dockerfile\"\n", &files);
    // Much more than it takes, and much less than what grows with the square of the length would.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
