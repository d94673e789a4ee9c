//! The rendering as a whole: fixtures of a few lines, and what holds for every Dockerfile.

use crate::analysis::{Analysis, analyze};
use crate::context::{Files, NoContext};

fn analysis(toml: &str) -> Analysis {
    analyze(toml, &NoContext::default())
}

/// The rendered text; it has as many lines as origins.
fn render(toml: &str) -> String {
    let analysis = analysis(toml);
    let file = analysis
        .dockerfile()
        .unwrap_or_else(|| panic!("nothing to render: {:#?}", analysis.diagnostics));
    assert_eq!(file.text.lines().count(), file.origins.len());
    file.text.clone()
}

#[test]
fn adhoc() {
    let mut files: Vec<_> = std::fs::read_dir("/tmp/t").expect("dir").map(|it| it.expect("entry").path()).collect();
    files.sort();
    for path in files {
        let toml = std::fs::read_to_string(&path).expect("toml");
        let found = analyze(&toml, &Files::new([("Dockerfile.overlay", "RUN echo over\n# c\nENV A=1 \\\n  B=2\n\nFROM alpine:3.23 AS extra\nRUN <<EOT\nx\nEOT\n\n# end\n"), ("go.mod","x")]).in_folder("repo/services/api"));
        println!("=== {}\n{:#?}\n{}", path.display(), found.plan.problems, found.dockerfile().map(|it| it.text.clone()).unwrap_or_default());
        for it in &found.diagnostics { println!("{}: {} @{:?} {}", it.rule, it.message, it.span, it.span.of(&toml)); }
    }
}
