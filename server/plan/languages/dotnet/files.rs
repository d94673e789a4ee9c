//! The project files of a .NET application, and what `dotnet restore` reads of them.

use crate::plan::Instruction;
use crate::plan::languages::project::Project;
use crate::plan::paths::file_name;
use crate::plan::sources::{cleaned, join};

/// How deep below the application's folder projects are looked for: `src/Api/Api.csproj` lies at 3.
const DEEPEST: usize = 3;

/// How many folders are looked at, and how many projects one may refer to.
const MOST: usize = 500;

/// Folders that hold what is built or downloaded.
const SKIPPED: [&str; 4] = ["bin", "obj", "node_modules", "packages"];

/// What `dotnet restore` reads beside the project, in the folder of the solution.
const SETTINGS: [&str; 5] = [
    "directory.build.props",
    "directory.build.targets",
    "directory.packages.props",
    "nuget.config",
    "global.json",
];

/// What a search for projects finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Search {
    One(String),
    Several(Vec<String>),
    None,
    /// Nobody looked.
    Unknown,
}

/// Whether a path is that of a project.
pub(super) fn is_project(path: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// The name of a file without what follows the last point.
pub(super) fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The projects in a folder of the application.
pub(super) fn of_folder(project: &Project<'_>, folder: &str) -> Vec<String> {
    let names = names(project, folder).into_iter();
    let files = names.filter(|name| is_project(name));
    files.map(|name| join(folder, &name)).collect()
}

fn names(project: &Project<'_>, folder: &str) -> Vec<String> {
    if folder.is_empty() {
        return project.names();
    }
    match project.has(folder) {
        Some(true) => project.context.list(&project.layout.path(folder)),
        _ => Vec::new(),
    }
}

/// The projects that may be meant where none is named: those in the application's folder, else those below it but for
/// tests.
pub(super) fn search(project: &Project<'_>) -> Search {
    if !project.is_seen() {
        return Search::Unknown;
    }
    let mut found = of_folder(project, "");
    if found.is_empty() {
        found = below(project);
        found.retain(|file| !stem(file).contains("Test"));
    }
    match (found.len(), found.pop()) {
        (1, Some(only)) => Search::One(only),
        (_, Some(last)) => {
            found.push(last);
            Search::Several(found)
        }
        (_, None) => Search::None,
    }
}

fn below(project: &Project<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for folder in folders.iter().take(MOST) {
            for name in names(project, folder) {
                let path = join(folder, &name);
                if is_project(&name) {
                    found.push(path);
                } else if !name.contains('.') && !SKIPPED.contains(&name.as_str()) {
                    next.push(path);
                }
            }
        }
        folders = next;
    }
    found
}

/// The name of the dll: what the project says, else the name of its file.
pub(super) fn assembly_name(project: &Project<'_>, file: &str) -> String {
    let text = project.file(file).unwrap_or_default();
    let said = element(&text, "AssemblyName").filter(|name| {
        let is_plain = |it: char| it.is_alphanumeric() || "._- ".contains(it);
        !name.is_empty() && name.chars().all(is_plain)
    });
    said.unwrap_or_else(|| stem(file)).to_owned()
}

/// The text of the first element of a name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner.trim())
}

/// The copies of all that `dotnet restore` reads; nothing where that is not known.
pub(super) fn manifests(project: &Project<'_>, file: Option<&str>) -> Option<Vec<Instruction>> {
    if !project.is_seen() {
        return None;
    }
    let Some(file) = file else {
        // Without a project there is nothing to know; a rule says that it is missing.
        let target = project.config.build.target.as_ref();
        let is_below = target.is_some_and(|target| target.trim_start_matches("./").contains('/'));
        let is_unnamed = !is_below && matches!(search(project), Search::None);
        return is_unnamed.then(|| vec![project.manifests(&["*.csproj"])]);
    };
    let files = with_references(project, file)?;
    let mut own: Vec<String> = project.names();
    own.retain(|name| SETTINGS.contains(&name.to_lowercase().as_str()));
    let (at_root, below): (Vec<String>, Vec<String>) =
        files.into_iter().partition(|file| !file.contains('/'));
    let at_root: Vec<String> = at_root.into_iter().chain(own).collect();
    let mut copies = Vec::new();
    if !at_root.is_empty() {
        let names: Vec<&str> = at_root.iter().map(String::as_str).collect();
        copies.push(project.manifests(&names));
    }
    for file in below {
        let folder = file.strip_suffix(file_name(&file)).unwrap_or_default();
        copies.push(project.manifests_to(&[&file], folder));
    }
    Some(copies)
}

/// A project and those that it refers to, each once; nothing where one of them is not known to be there.
fn with_references(project: &Project<'_>, file: &str) -> Option<Vec<String>> {
    let mut files = vec![file.to_owned()];
    let mut next = 0;
    while let Some(file) = files.get(next).cloned() {
        next += 1;
        let text = project.file(&file).filter(|_| next < MOST)?;
        let folder = file.strip_suffix(file_name(&file)).unwrap_or_default();
        for reference in text.split("<ProjectReference").skip(1) {
            let (_, rest) = reference.split_once("Include=\"")?;
            let (path, _) = rest.split_once('"')?;
            let path = cleaned(&format!("{folder}{}", path.replace('\\', "/")))?;
            let is_plain = !path.contains(['$', '*', '?', '[', ';', '@']);
            if !is_plain || project.has(&path) != Some(true) {
                return None;
            }
            if !files.contains(&path) {
                files.push(path);
            }
        }
    }
    Some(files)
}
