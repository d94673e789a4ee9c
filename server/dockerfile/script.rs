//! Scripts of several lines for builders without heredocs.

use crate::dockerfile::quote::literal;
use crate::plan::{BuildPlan, BuildStage, InstructionKind};

/// What the shell steps of a stage run in, as far as a script must know it.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// The program with its flags: what a heredoc would be given to.
    shell: String,
    /// A folder in which the user may write, without a trailing slash.
    folder: &'static str,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            shell: "sh".to_owned(),
            folder: "",
        }
    }
}

impl Surroundings {
    /// As they are where a stage begins: those of the stages that it builds on.
    pub(super) fn of(plan: &BuildPlan, stage: &BuildStage) -> Self {
        let mut surroundings = Self::default();
        let line = plan.ancestors(stage);
        for instruction in line
            .iter()
            .skip(1)
            .rev()
            .flat_map(|stage| &stage.instructions)
        {
            surroundings.pass(&instruction.kind);
        }
        surroundings
    }

    /// Goes on behind an instruction.
    pub(super) fn pass(&mut self, kind: &InstructionKind) {
        match kind {
            InstructionKind::Shell(words) => self.shell = program(words),
            InstructionKind::User(user) => self.folder = folder(user),
            InstructionKind::Written(written) => match (written.keyword.as_str(), &written.exec) {
                ("SHELL", Some(words)) => self.shell = program(words),
                ("USER", _) => self.folder = folder(&written.arguments),
                _ => {}
            },
            _ => {}
        }
    }

    /// A script that stops at its first failing line. It is a file, and not an argument of `-c`, so that `set -e` counts.
    pub(super) fn script(&self, text: &str) -> String {
        let lines: Vec<String> = ["set -e"]
            .into_iter()
            .chain(text.lines())
            .map(literal)
            .collect();
        let path = format!("{}/.step", self.folder);
        format!(
            "printf '%s\\n' {} > {path} \\\n && {} {path} \\\n && rm {path}",
            lines.join(" "),
            self.shell
        )
    }
}

/// The shell of `SHELL` without the flag that takes a text: `/bin/bash -o pipefail` of `["/bin/bash", "-o", "pipefail",
/// "-c"]`. What is no such shell has another language than scripts have.
fn program(words: &[String]) -> String {
    let Some((last, first)) = words.split_last() else {
        return "sh".to_owned();
    };
    let Some(flags) = last
        .strip_prefix('-')
        .and_then(|flags| flags.strip_suffix('c'))
        .filter(|flags| flags.bytes().all(|it| it.is_ascii_lowercase()) && !first.is_empty())
    else {
        return "sh".to_owned();
    };
    let mut words: Vec<String> = first.iter().map(|word| shell_word(word)).collect();
    if !flags.is_empty() {
        words.push(format!("-{flags}"));
    }
    words.join(" ")
}

fn shell_word(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._+-".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        literal(word)
    }
}

/// Where a user may write: only root may in the root folder.
fn folder(user: &str) -> &'static str {
    match user.trim().split(':').next() {
        Some("0" | "root") => "",
        _ => "/tmp",
    }
}

#[cfg(test)]
mod tests {
    use super::{folder, program};

    fn shell(words: &[&str]) -> String {
        program(&words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_script_is_given_to_the_shell_of_its_stage() {
        assert_eq!(
            shell(&["/bin/bash", "-o", "pipefail", "-c"]),
            "/bin/bash -o pipefail"
        );
        assert_eq!(
            shell(&["/bin/ash", "-eo", "pipefail", "-c"]),
            "/bin/ash -eo pipefail"
        );
        assert_eq!(shell(&["/bin/bash", "-exc"]), "/bin/bash -ex");
        assert_eq!(shell(&["/opt/my shell", "-c"]), "'/opt/my shell'");
    }

    #[test]
    fn what_is_no_shell_of_scripts_runs_none() {
        assert_eq!(shell(&["powershell", "-Command"]), "sh");
        assert_eq!(shell(&["cmd", "/S", "/C"]), "sh");
        assert_eq!(shell(&["-c"]), "sh");
        assert_eq!(shell(&[]), "sh");
    }

    #[test]
    fn only_root_writes_into_the_root_folder() {
        for root in ["0", "0:0", "root", "root:root"] {
            assert_eq!(folder(root), "", "{root}");
        }
        for other in ["app", "10001:0", "$USER"] {
            assert_eq!(folder(other), "/tmp", "{other}");
        }
    }
}
