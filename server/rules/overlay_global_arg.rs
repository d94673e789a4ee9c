//! `overlay-global-arg`.

use crate::diagnostic::Fix;
use crate::plan::parse::{From, Item, parse_fragment};
use crate::plan::{InstructionKind, Pair};
use crate::rules::{Findings, Subject, rule};
use crate::syntax::beside::beside;

rule! {
    /// An `ARG` before the overlay's first `FROM` is meant for a `FROM`.
    ///
    /// In a Dockerfile it would be a global argument. What stands before the first `FROM` of an overlay goes into the final
    /// stage, where no `FROM` sees it: the image reference would lack its part. Arguments for `FROM` stand under `[args]`.
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:Dockerfile.overlay
    /// ARG ALPINE=3.23
    /// COPY --from=fonts /usr/share/fonts /usr/share/fonts
    /// FROM alpine:${ALPINE} AS fonts
    /// RUN apk add --no-cache font-noto
    /// ```
    ///
    /// ```toml,bad
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// ```
    ///
    /// ```text,file:go.mod
    /// module example.com/app
    /// ```
    ///
    /// ```text,file:Dockerfile.overlay
    /// COPY --from=fonts /usr/share/fonts /usr/share/fonts
    /// FROM alpine:${ALPINE} AS fonts
    /// RUN apk add --no-cache font-noto
    /// ```
    ///
    /// ```toml,good
    /// language = "go"
    /// overlay = "Dockerfile.overlay"
    /// args.ALPINE = "3.23"
    /// ```
    ///
    /// # When to ignore
    ///
    /// Never: the build would stop.
    "overlay-global-arg", Error, check in files; fix Unsafe
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(overlay) = &subject.config.overlay else {
        return;
    };
    let Some(text) = subject
        .layout
        .named_file(overlay)
        .and_then(|path| subject.context.text(&path))
    else {
        return;
    };
    let items = parse_fragment(&text).items;
    let stages: Vec<&From> = items
        .iter()
        .filter_map(|item| match item {
            Item::From(from) => Some(&**from),
            Item::Instruction(..) => None,
        })
        .collect();
    let globals = subject.plan.global_args();
    for pair in early_args(subject) {
        let name = pair.name.value.as_str();
        let variables = stages.iter().flat_map(|from| &from.variables);
        let use_ = variables
            .into_iter()
            .find(|variable| variable.name.value == name);
        let Some(use_) = use_.filter(|_| globals.iter().all(|it| it.name != name)) else {
            continue;
        };
        let Some(path) = subject.layout.named_file(overlay) else {
            return;
        };
        let file = crate::diagnostic::File::Context(path);
        let message = format!("`ARG {name}` lands in the final stage, and no `FROM` sees it");
        let value = pair.value.as_ref().map_or("", |value| value.value.as_str());
        let line = format!("args.{name} = {}", crate::config::words::quoted(value));
        let finding = findings.report_in(file.clone(), pair.name.span, message);
        finding.label_in(file, use_.span, "is empty here");
        finding.why("the build would stop with `invalid reference format`, or take another image");
        finding.help(format!("declare it in the file: `{line}`"));
        let is_free =
            subject.config.args.is_empty() && subject.document.root.node("args").is_none();
        let place = beside(subject.text, overlay.span, &["overlay"], &line);
        if let Some((span, text)) = place.filter(|_| is_free) {
            finding.fix(Fix::unsafe_(
                format!("declare `{name}` under `[args]`"),
                span,
                text,
            ));
        }
    }
}

/// What the `ARG`s set that stand before the first `FROM` of the overlay.
fn early_args<'a>(subject: &Subject<'a>) -> Vec<&'a Pair> {
    let stage = subject.plan.final_stage().into_iter();
    let instructions = stage.flat_map(|stage| &stage.instructions);
    let mut pairs = Vec::new();
    for instruction in instructions {
        if let InstructionKind::Written(written) = &instruction.kind
            && written.keyword == "ARG"
            && instruction.origin.file != crate::diagnostic::File::Document
        {
            pairs.extend(&written.pairs);
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyze;
    use crate::context::Files;

    fn found(document: &str, overlay: &str) -> Vec<String> {
        let files = Files::new([("go.mod", "module x"), ("Dockerfile.overlay", overlay)]);
        let text = format!("language = \"go\"\noverlay = \"Dockerfile.overlay\"\n{document}\n");
        let analysis = analyze(&text, &files.in_folder("app"));
        let names = ["overlay-global-arg", "undefined-variable"];
        let found = analysis.diagnostics.into_iter();
        let found = found.filter(|it| names.contains(&it.rule));
        found
            .map(|it| format!("{} {}", it.rule, it.span.of(overlay)))
            .collect()
    }

    #[test]
    fn each_argument_is_looked_at() {
        assert_eq!(
            found(
                "",
                "ARG A B=1\nFROM x:$A AS y\nFROM --platform=${B} z:1 AS w\n"
            ),
            ["overlay-global-arg A", "overlay-global-arg B"]
        );
        assert_eq!(
            found("", "ARG A=1\nFROM x:${A:-2} AS y\n"),
            ["overlay-global-arg A"]
        );
    }

    #[test]
    fn what_the_file_declares_or_no_from_needs_is_fine() {
        let overlay = "ARG A=1\nRUN echo $A\nFROM x:$A AS y\n";
        assert!(found("args.A = \"1\"", overlay).is_empty());
        assert!(found("", "ARG A=1\nRUN echo $A\nFROM x:1 AS y\nARG B\n").is_empty());
    }
}
