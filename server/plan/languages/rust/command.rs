//! What a build command says about its binary: where cargo puts it, and its name.

/// The last `cargo build` or `cargo install` of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CargoBuild {
    /// What `--bin` says.
    pub(super) binary: Option<String>,
    /// The folder of the binary if it is not below the target folder, as with `cargo install`.
    fixed: Option<String>,
    /// `--target-dir`.
    target_folder: Option<String>,
    /// The folder below the target folder.
    below: String,
}

impl CargoBuild {
    /// The folder that the binary is in, with the target folder where cargo compiles by itself.
    pub(super) fn folder(&self, target_folder: &str) -> Option<String> {
        if let Some(fixed) = &self.fixed {
            return Some(fixed.clone());
        }
        let folder = self.target_folder.as_deref().unwrap_or(target_folder);
        Some(format!("{}/{}", folder.trim_end_matches('/'), self.below))
    }
}

/// Subcommands that build as `cargo build` does.
const BUILDS: [&str; 5] = ["build", "b", "rustc", "auditable", "zigbuild"];

/// Reads a command; nothing if no cargo builds in it.
pub(super) fn read(text: &str) -> Option<CargoBuild> {
    let words = shlex::split(text)?;
    let start = words.iter().rposition(|word| word == "cargo")?;
    let rest = words.get(start + 1..)?;
    let end = rest
        .iter()
        .position(|word| ["&&", "||", ";", "|", "&"].contains(&word.as_str()));
    let mut words = rest.get(..end.unwrap_or(rest.len()))?.iter().peekable();
    while words.peek()?.starts_with('+') {
        words.next();
    }
    let subcommand = words.next()?.clone();
    let words: Vec<&String> = words.collect();
    // What follows `--` is for the compiler.
    let end = words.iter().position(|word| *word == "--");
    let words = words.get(..end.unwrap_or(words.len()))?;
    let option = |names: &[&str]| names.iter().find_map(|name| value(words, name));
    let binary = option(&["--bin"]);
    if subcommand == "install" {
        let root = option(&["--root"]).unwrap_or_else(|| "/usr/local/cargo".to_owned());
        return Some(CargoBuild {
            binary,
            fixed: Some(format!("{}/bin", root.trim_end_matches('/'))),
            target_folder: None,
            below: String::new(),
        });
    }
    if !BUILDS.contains(&subcommand.as_str()) {
        return None;
    }
    let is_release = words
        .iter()
        .any(|word| *word == "--release" || *word == "-r");
    let profile = match option(&["--profile"]).as_deref() {
        None if is_release => "release".to_owned(),
        None | Some("dev" | "test") => "debug".to_owned(),
        Some("bench") => "release".to_owned(),
        Some(profile) => profile.to_owned(),
    };
    let platform = option(&["--target"]);
    Some(CargoBuild {
        binary,
        fixed: None,
        target_folder: option(&["--target-dir"]),
        below: platform.map_or(profile.clone(), |platform| format!("{platform}/{profile}")),
    })
}

/// The value of an option: `--bin x` or `--bin=x`.
fn value(words: &[&String], name: &str) -> Option<String> {
    let position = words.iter().position(|word| {
        word.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })?;
    let word = words.get(position)?;
    match word.split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => words.get(position + 1).map(|word| (*word).clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn folder(command: &str, expected: &str) {
        let found = read(command).and_then(|it| it.folder("/src/target"));
        assert_eq!(found.as_deref(), Some(expected), "{command}");
    }

    #[test]
    fn the_folder_follows_profile_and_platform() {
        folder("cargo build --release", "/src/target/release");
        folder("cargo +nightly b -r --locked", "/src/target/release");
        folder("cargo build", "/src/target/debug");
        folder("cargo build --profile dist", "/src/target/dist");
        folder("cargo build --profile=dev", "/src/target/debug");
        folder(
            "cargo build --release --target x86_64-unknown-linux-musl",
            "/src/target/x86_64-unknown-linux-musl/release",
        );
        folder("cargo build -r --target-dir /t/", "/t/release");
        folder("cargo build -- -r", "/src/target/debug");
    }

    #[test]
    fn an_installed_binary_lies_below_its_root() {
        folder("cargo install --path . --root /out", "/out/bin");
        folder("cargo install --path .", "/usr/local/cargo/bin");
    }

    #[test]
    fn the_last_cargo_counts() {
        folder(
            "cargo test && cargo build --release && ls",
            "/src/target/release",
        );
        let named = read("cargo build --bin=api --release");
        assert_eq!(named.and_then(|it| it.binary).as_deref(), Some("api"));
        for other in ["make build", "cargo test", "cargo"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
