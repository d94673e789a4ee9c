//! System packages, installed with the package manager that the image has.

use crate::image::known::PackageManager;
use crate::plan::shell::quote;
use crate::plan::{BaseFacts, Instruction, InstructionKind, Problem, ProblemKind, Run};
use crate::text::{Span, Spanned};

/// The step that installs packages in an image. An image without package manager is a problem.
pub(super) fn install(
    base: &BaseFacts,
    packages: &[Spanned<String>],
    span: Span,
    problems: &mut Vec<Problem>,
) -> Option<Instruction> {
    if packages.is_empty() {
        return None;
    }
    let names: Vec<String> = packages.iter().map(|package| quote(package)).collect();
    let names = names.join(" ");
    let lines = match base.package_manager() {
        Some(PackageManager::Apk) => vec![apk(&names)],
        Some(PackageManager::Apt) => apt(&names),
        Some(PackageManager::None) => {
            problems.push(Problem::new(
                ProblemKind::NoPackageManager {
                    image: base.reference.clone(),
                },
                span,
            ));
            return None;
        }
        None => either(&names),
    };
    Some(Instruction::new(
        InstructionKind::Run(Run::lines(lines)),
        span,
    ))
}

fn apk(names: &str) -> String {
    format!("apk add --no-cache {names}")
}

fn apt(names: &str) -> Vec<String> {
    vec![
        "apt-get update".to_owned(),
        format!("&& apt-get install -y --no-install-recommends {names}"),
        "&& rm -rf /var/lib/apt/lists/*".to_owned(),
    ]
}

/// For an image that nobody knows: whichever package manager it has.
fn either(names: &str) -> Vec<String> {
    vec![
        format!("if command -v apk > /dev/null; then {};", apk(names)),
        format!("else {}; fi", apt(names).join(" ")),
    ]
}
