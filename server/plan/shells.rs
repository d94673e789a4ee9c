//! Which stages have no shell.

use crate::plan::{BaseFacts, BuildPlan, BuildStage, InstructionKind};

/// The places where a copy can bring `/bin/sh`.
const SHELL_PLACES: [&str; 6] = ["", "/bin", "/bin/sh", "/usr", "/usr/bin", "/usr/bin/sh"];

impl BuildPlan {
    /// The image of a stage that is known to have no `/bin/sh`; nothing where there is one, where nobody knows, where
    /// the stage names a shell of its own, or where a copy may bring one.
    pub fn without_shell(&self, stage: &BuildStage) -> Option<BaseFacts> {
        let facts = self.base_facts(stage)?;
        let line = self.ancestors(stage);
        let mut instructions = line.iter().flat_map(|stage| &stage.instructions);
        let brings = instructions.any(|instruction| may_bring_shell(&instruction.kind));
        (facts.shell() == Some(false) && !brings).then_some(facts)
    }
}

fn may_bring_shell(kind: &InstructionKind) -> bool {
    let brings = |dst: &str| SHELL_PLACES.contains(&dst.trim_end_matches('/'));
    match kind {
        InstructionKind::Shell(_) => true,
        InstructionKind::Copy(copy) => brings(&copy.dst),
        InstructionKind::Add(add) => brings(&add.dst),
        InstructionKind::Written(written) => match written.keyword.as_str() {
            "SHELL" => true,
            "COPY" | "ADD" => written.paths.last().is_none_or(|dst| brings(&dst.path)),
            _ => false,
        },
        _ => false,
    }
}
