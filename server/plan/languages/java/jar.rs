//! Finding the jar of a build: its name holds a version that no text can know.

use crate::plan::languages::compiled::OUT;
use crate::plan::paths::file_name;
use crate::plan::shell::quote;

/// The lines that put the one jar of a folder into `/out`, or stop the build and say what is there. Sources, documentation,
/// tests, and what is left of a jar before its dependencies are packed in can't be started. A jar of `output`'s name is
/// meant whatever else is there.
pub(super) fn pick(folder: &str, output: Option<&str>) -> Vec<String> {
    let folder = quote(folder);
    let mut lines = vec![
        "set --".to_owned(),
        format!("&& for jar in {folder}/*.jar; do"),
        "  case \"$jar\" in *-sources.jar | *-javadoc.jar | *-tests.jar | *-plain.jar | */original-*) continue ;; esac;"
            .to_owned(),
        "  set -- \"$@\" \"$jar\";".to_owned(),
        "done".to_owned(),
    ];
    if let Some(output) = output {
        let named = format!("{folder}/{}", quote(file_name(output)));
        let output = quote(output);
        lines.push(format!(
            "&& for jar in {named} {output}; do if [ -f \"$jar\" ]; then set -- \"$jar\"; fi; done"
        ));
    }
    lines.push(
        "&& if [ \"$#\" -ne 1 ] || [ ! -f \"$1\" ]; then echo \"one jar is needed, and build.output can name it; found: $*\" >&2; exit 1; fi"
            .to_owned(),
    );
    lines.push(format!("&& install -D \"$1\" {OUT}/app.jar"));
    lines
}
