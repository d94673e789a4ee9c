//! The packages of a Rust project and their binaries, as its `Cargo.toml` files say them.
//!
//! <https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery>

use toml::{Table, Value};

use crate::context::{Entry, LONGEST_LIST, Rooted, glob};
use crate::plan::sources::join;

/// How many members of a workspace are looked at.
const MOST_MEMBERS: usize = 200;

/// The packages of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Packages {
    /// The package of the folder itself, if it is one.
    root: Option<Package>,
    /// The other members of its workspace.
    members: Vec<Package>,
    /// Whether plain cargo looks at some of the members only.
    has_default_members: bool,
    /// Whether these are all packages that cargo sees.
    pub(crate) is_complete: bool,
}

/// A package.
#[derive(Debug, Clone)]
struct Package {
    name: String,
    binaries: Vec<String>,
    default_run: Option<String>,
}

impl Packages {
    /// The names of all binaries.
    pub(crate) fn binaries(&self) -> Vec<String> {
        let all = self.root.iter().chain(&self.members);
        all.flat_map(|package| package.binaries.iter().cloned())
            .collect()
    }

    /// Whether there is a binary of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.binaries().iter().any(|binary| binary == name)
    }

    /// The binary that is meant where none is named: the only one, or the one that `cargo run` starts.
    pub(super) fn default_binary(&self) -> Option<&str> {
        if let Some(root) = &self.root {
            let only = match root.binaries.as_slice() {
                [only] => Some(only),
                _ => root.default_run.as_ref(),
            };
            if let Some(name) = only {
                return Some(name);
            }
        }
        let mut all = self.root.iter().chain(&self.members);
        let mut binaries = all.by_ref().flat_map(|package| package.binaries.iter());
        match (binaries.next(), binaries.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The package of a binary, where cargo would not find it by its name alone.
    pub(super) fn package_of(&self, binary: &str) -> Option<&str> {
        if self.root.is_none() && !self.has_default_members {
            return None;
        }
        let is_in = |package: &&Package| package.binaries.iter().any(|name| name == binary);
        if self.root.iter().any(|root| is_in(&root)) {
            return None;
        }
        let member = self.members.iter().find(is_in)?;
        Some(&member.name)
    }
}

/// Reads the packages of the folder `application` below the context root; nothing where its `Cargo.toml` can't be read.
pub(crate) fn read(context: &Rooted<'_>, application: &str) -> Option<Packages> {
    let folder = application.trim_end_matches('/');
    let manifest = manifest(context, folder)?;
    let root = package(context, folder, &manifest);
    let workspace = manifest.get("workspace").and_then(Value::as_table);
    let mut packages = Packages {
        root,
        is_complete: workspace.is_none() || !has_path_dependency(&manifest),
        has_default_members: workspace.is_some_and(|it| it.contains_key("default-members")),
        ..Packages::default()
    };
    let Some(workspace) = workspace else {
        return Some(packages);
    };
    let excluded = strings(workspace.get("exclude"));
    for pattern in strings(workspace.get("members")) {
        let pattern = join(folder, pattern.trim_end_matches('/'));
        let found = if glob::is_glob(&pattern) {
            glob::expand(context, &pattern)
        } else {
            Some(vec![pattern])
        };
        let Some(found) = found.filter(|_| packages.members.len() < MOST_MEMBERS) else {
            packages.is_complete = false;
            continue;
        };
        for path in found {
            if excluded.iter().any(|it| join(folder, it) == path) {
                continue;
            }
            let member = self::manifest(context, &path);
            let member = member.and_then(|manifest| package(context, &path, &manifest));
            packages.members.extend(member);
        }
    }
    Some(packages)
}

fn manifest(context: &Rooted<'_>, folder: &str) -> Option<Table> {
    context.text(&join(folder, "Cargo.toml"))?.parse().ok()
}

fn package(context: &Rooted<'_>, folder: &str, manifest: &Table) -> Option<Package> {
    let package = manifest.get("package")?.as_table()?;
    let name = name(package.get("name"))?;
    let mut binaries: Vec<String> = Vec::new();
    let mut paths: Vec<&str> = Vec::new();
    for binary in manifest
        .get("bin")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        binaries.extend(self::name(binary.get("name")));
        paths.extend(binary.get("path").and_then(Value::as_str));
    }
    if package.get("autobins").and_then(Value::as_bool) != Some(false) {
        for (found, path) in discovered(context, folder, &name) {
            if !binaries.contains(&found) && !paths.contains(&path.as_str()) {
                binaries.push(found);
            }
        }
    }
    let default_run = self::name(package.get("default-run"));
    Some(Package {
        default_run: default_run.filter(|name| binaries.contains(name)),
        name,
        binaries,
    })
}

/// The binaries that cargo finds by their files, with those.
fn discovered(context: &Rooted<'_>, folder: &str, package: &str) -> Vec<(String, String)> {
    let is_file = |path: &str| matches!(context.entry(&join(folder, path)), Entry::File { .. });
    let mut found = Vec::new();
    if is_file("src/main.rs") {
        found.push((package.to_owned(), "src/main.rs".to_owned()));
    }
    let names = context.list(&join(folder, "src/bin"));
    for name in names.into_iter().take(LONGEST_LIST) {
        let file = format!("src/bin/{name}");
        let main = format!("{file}/main.rs");
        match name.strip_suffix(".rs") {
            Some(stem) => found.push((stem.to_owned(), file)),
            None if is_file(&main) => found.push((name, main)),
            None => {}
        }
    }
    found
}

/// A name as cargo allows it; a file of the build context may say anything.
fn name(value: Option<&Value>) -> Option<String> {
    let name = value?.as_str()?;
    let is_plain = |it: char| it.is_alphanumeric() || it == '-' || it == '_';
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    let list = value.and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Whether a package depends on a folder: such a folder belongs to the workspace without being listed.
fn has_path_dependency(manifest: &Table) -> bool {
    let tables = ["dependencies", "build-dependencies"];
    let tables = tables
        .iter()
        .filter_map(|name| manifest.get(*name)?.as_table());
    let mut dependencies = tables.flat_map(|table| table.values());
    dependencies.any(|it| it.get("path").is_some())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::context::{Files, Rooted};

    fn binaries(files: &[(&str, &str)]) -> Vec<String> {
        let files = Files::new(files.iter().copied());
        read(&Rooted::new(&files, ""), "").map_or_else(Vec::new, |it| it.binaries())
    }

    #[test]
    fn binaries_are_found_by_their_files() {
        let files = [
            ("Cargo.toml", "package.name = \"app\""),
            ("src/main.rs", ""),
            ("src/bin/worker.rs", ""),
            ("src/bin/cli/main.rs", ""),
            ("src/bin/notes/readme.md", ""),
        ];
        assert_eq!(binaries(&files), ["app", "cli", "worker"]);
    }

    #[test]
    fn a_listed_binary_takes_its_file() {
        let toml = "package.name = \"app\"\n[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n";
        let files = [("Cargo.toml", toml), ("src/main.rs", "")];
        assert_eq!(binaries(&files), ["server"]);
    }

    #[test]
    fn discovery_can_be_switched_off() {
        let toml = "package = { name = \"app\", autobins = false }\n[[bin]]\nname = \"x\"\n";
        let files = [("Cargo.toml", toml), ("src/main.rs", "")];
        assert_eq!(binaries(&files), ["x"]);
    }

    #[test]
    fn members_are_listed_by_patterns() {
        let files = [
            (
                "Cargo.toml",
                "workspace = { members = [\"crates/*\"], exclude = [\"crates/old\"] }",
            ),
            ("crates/api/Cargo.toml", "package.name = \"api\""),
            ("crates/api/src/main.rs", ""),
            ("crates/core/Cargo.toml", "package.name = \"core\""),
            ("crates/old/Cargo.toml", "package.name = \"old\""),
            ("crates/old/src/main.rs", ""),
        ];
        assert_eq!(binaries(&files), ["api"]);
    }

    #[test]
    fn what_is_no_name_is_no_binary() {
        let toml = "package.name = \"a; id\"\n[[bin]]\nname = \"$(id)\"\n";
        assert!(binaries(&[("Cargo.toml", toml)]).is_empty());
        assert!(binaries(&[("Cargo.toml", "not toml")]).is_empty());
    }
}
