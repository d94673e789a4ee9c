//! `docksmith lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::analysis::Options;
use crate::cli::fix::{FixArguments, Fixes};
use crate::cli::input::{Document, NAME, documents, read, read_input};
use crate::cli::output::{Colour, complain, pretty, print, printed};
use crate::cli::parallel::{map, threads};
use crate::cli::show_config::show_config;
use crate::cli::{Outcome, impossible};
use crate::config::lint::Threshold;
use crate::diagnostic::Severity;
use crate::disk::write_atomic;
use crate::report::checkstyle::checkstyle;
use crate::report::concise::concise;
use crate::report::github::github;
use crate::report::gitlab::gitlab;
use crate::report::json::json;
use crate::report::junit::junit;
use crate::report::rdjson::rdjson;
use crate::report::sarif::sarif;
use crate::report::terminal::{Style, terminal};
use crate::report::{Checked, Summary, statistics};
use crate::rules::{ALL, by_name, nearest};

/// Check files.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  docksmith lint\n  docksmith lint services/ --fail-on warning\n  \
    docksmith lint --format human --format json=report.json\n  \
    git show HEAD:docksmith.toml | docksmith lint - --stdin-path docksmith.toml\n  \
    docksmith lint --fix\n  docksmith lint --diff --unsafe-fixes | patch -p0\n\n\
    Settings for several documents stand in .docksmith-lint.toml: the keys of [lint], pedantic and fail_on.\n\n\
    Exit code: 0 nothing at or above --fail-on, 1 something, 2 it could not be done. With --fix what\n\
    is left counts; with --diff it is 1, too, if there is anything to change."
)]
pub(crate) struct Lint {
    /// Files, or folders that are searched for docksmith.toml; `-` reads standard input.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Where standard input pretends to lie.
    #[arg(long, value_name = "PATH", default_value = NAME)]
    stdin_path: PathBuf,
    /// human, concise, json, sarif, github, gitlab, junit, checkstyle or rdjson; with =FILE it is written there. May be
    /// given several times.
    #[arg(long = "format", value_name = "FORMAT[=FILE]", value_parser = parse_report)]
    formats: Vec<Report>,
    /// Only these rules, and toml-syntax.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = parse_rule)]
    select: Vec<String>,
    /// All but these rules.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',', value_parser = parse_rule)]
    ignore: Vec<String>,
    /// The level of a rule: error, warning, info or off.
    #[arg(long = "level", value_name = "RULE=LEVEL", value_parser = parse_level)]
    levels: Vec<(String, Option<Severity>)>,
    /// Let pedantic rules speak, too.
    #[arg(long)]
    pedantic: bool,
    /// What makes the exit code 1. Default: what .docksmith-lint.toml says, else error.
    #[arg(long, value_enum)]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    fixes: FixArguments,
    /// Print what holds for each file, and who says so: the levels of all rules and the other settings.
    #[arg(long, conflicts_with = "formats")]
    show_config: bool,
    /// Don't look at the files of the build context.
    #[arg(long)]
    no_fs: bool,
    /// Say nothing but what was found.
    #[arg(long, short)]
    quiet: bool,
    /// Count the findings of each rule.
    #[arg(long)]
    statistics: bool,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// An error.
    Error,
    /// A warning or an error.
    Warning,
    /// Anything.
    Info,
    /// Nothing.
    Never,
}

impl From<Threshold> for FailOn {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Error => Self::Error,
            Threshold::Warning => Self::Warning,
            Threshold::Info => Self::Info,
            Threshold::Never => Self::Never,
        }
    }
}

impl FailOn {
    fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// A format, and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Report {
    format: Format,
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Github,
    Gitlab,
    Junit,
    Checkstyle,
    Rdjson,
}

/// The version that the formats name.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is said where the files around a document were not looked at.
const UNSEEN: &str = "the build context was not looked at (--no-fs)";

/// Why these reports can't be written: two of them would go to one place.
fn mixed(reports: &[Report]) -> Option<String> {
    for (index, report) in reports.iter().enumerate() {
        let before = reports.iter().take(index);
        if before.into_iter().all(|other| other.file != report.file) {
            continue;
        }
        return Some(match &report.file {
            Some(file) => format!("two formats can't go to {}", file.display()),
            None => "only one format can go to standard output; \
                     give the others a file: `--format json=FILE`"
                .to_owned(),
        });
    }
    None
}

fn parse_report(text: &str) -> Result<Report, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("a file is missing behind `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|it| it.to_possible_value())
            .map(|it| it.get_name().to_owned())
            .collect();
        format!(
            "there is no format `{name}`; there are {}",
            names.join(", ")
        )
    })?;
    Ok(Report { format, file })
}

fn parse_rule(text: &str) -> Result<String, String> {
    if by_name(text).is_some() {
        return Ok(text.to_owned());
    }
    let near = nearest(text, ALL.iter().map(|rule| rule.name));
    let hint = near
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    Err(format!("there is no rule `{text}`{hint}"))
}

fn parse_level(text: &str) -> Result<(String, Option<Severity>), String> {
    let (rule, level) = text
        .split_once('=')
        .ok_or("a level is given as RULE=LEVEL")?;
    let severity = match level {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        "off" => None,
        other => {
            return Err(format!(
                "there is no level `{other}`; the levels are error, warning, info and off"
            ));
        }
    };
    Ok((parse_rule(rule)?, severity))
}

impl Lint {
    /// Checks, reports, and says how it went.
    pub(crate) fn run(self, colour: Colour) -> Outcome {
        if let Some(reason) = mixed(&self.formats) {
            return impossible(reason);
        }
        let fixes = self
            .check()
            .and_then(|documents| self.fixes.apply(documents, !self.no_fs));
        let fixes = match fixes {
            Ok(fixes) => fixes,
            Err(reason) => return impossible(reason),
        };
        if self.show_config {
            let text = show_config(&fixes.documents, self.fail_on);
            return printed(&text, Outcome::Fine);
        }
        let outcome = self.outcome(&fixes);
        let (fixed, input) = (fixes.said("fixed"), fixes.input.clone());
        let difference = self.fixes.diff.then(|| fixes.difference());
        let to_change = fixes.said("would fix");
        let checked: Vec<Checked> = fixes.documents.into_iter().map(Document::checked).collect();
        if let Some(difference) = difference {
            if !self.quiet {
                complain(&self.summary(&checked, to_change));
            }
            return printed(&difference, outcome);
        }
        if let Some(Err(reason)) = input.as_deref().map(print) {
            return impossible(reason);
        }
        self.report(&checked, fixed, input.is_some(), colour, outcome)
    }

    /// How it went.
    fn outcome(&self, fixes: &Fixes) -> Outcome {
        let fails = |document: &Document| {
            let shared = document.options.shared.as_ref().and_then(|it| it.fail_on);
            let fail_on = self.fail_on.or(shared.map(FailOn::from));
            let fail_on = fail_on.unwrap_or(FailOn::Error);
            let mut found = document.analysis.diagnostics.iter();
            found.any(|diagnostic| fail_on.fails(diagnostic.severity))
        };
        let changes = self.fixes.diff && fixes.said("").is_some();
        if changes || fixes.documents.iter().any(fails) {
            Outcome::Found
        } else {
            Outcome::Fine
        }
    }

    /// Tells what was found, in all formats. Where the fixed text is on standard output, it goes to standard error.
    fn report(
        &self,
        checked: &[Checked],
        fixed: Option<String>,
        aside: bool,
        colour: Colour,
        outcome: Outcome,
    ) -> Outcome {
        let default = [Report {
            format: Format::Human,
            file: None,
        }];
        let reports = if self.formats.is_empty() {
            default.as_slice()
        } else {
            &self.formats
        };
        for report in reports {
            let style = match report.file {
                Some(_) => Style::default(),
                None if aside => colour.style_on_error(),
                None => colour.style_on_output(),
            };
            let text = self.text(report, checked, fixed.clone(), &style);
            match &report.file {
                Some(file) => {
                    if let Err(error) = write_atomic(file, &text) {
                        return impossible(format!("cannot write {error}"));
                    }
                }
                None if aside => complain(&text),
                None => {
                    if let Err(reason) = print(&text) {
                        return impossible(reason);
                    }
                }
            }
        }
        let says_so = |it: &Report| it.file.is_none() && it.format == Format::Human;
        if self.no_fs && !self.quiet && !reports.iter().any(says_so) {
            complain(&format!("docksmith: {UNSEEN}"));
        }
        outcome
    }

    fn check(&self) -> Result<Vec<Document>, String> {
        let options = Options {
            pedantic: self.pedantic,
            levels: self.levels.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            ..Options::default()
        };
        let (standard_input, paths): (Vec<PathBuf>, Vec<PathBuf>) = self
            .paths
            .iter()
            .cloned()
            .partition(|path| path.as_os_str() == "-");
        let look = !self.no_fs;
        let mut read_documents = Vec::new();
        if !standard_input.is_empty() {
            read_documents.push(read_input(&self.stdin_path, look, &options)?);
        }
        let read = map(&documents(&paths)?, threads(), |path| {
            read(path, look, &options)
        });
        for document in read {
            read_documents.push(document?);
        }
        Ok(read_documents)
    }

    /// One line for people, behind what was or would be fixed.
    fn summary(&self, checked: &[Checked], fixed: Option<String>) -> String {
        let mut parts: Vec<String> = fixed.into_iter().collect();
        parts.push(Summary::of(checked).line());
        if self.no_fs {
            parts.push(UNSEEN.to_owned());
        }
        format!("{}\n", parts.join("; "))
    }

    fn text(
        &self,
        report: &Report,
        checked: &[Checked],
        fixed: Option<String>,
        style: &Style,
    ) -> String {
        let body = match report.format {
            Format::Human => terminal(checked, style),
            Format::Concise => concise(checked),
            Format::Json => return pretty(&json(checked, VERSION)),
            Format::Sarif => return pretty(&sarif(checked, VERSION)),
            Format::Github => return github(checked),
            Format::Gitlab => return pretty(&gitlab(checked)),
            Format::Junit => return junit(checked),
            Format::Checkstyle => return checkstyle(checked),
            Format::Rdjson => return pretty(&rdjson(checked)),
        };
        let mut text = body;
        if self.statistics {
            text.push_str(&statistics(checked));
        }
        if !self.quiet && report.format == Format::Human {
            text.push_str(&self.summary(checked, fixed));
        }
        text
    }
}
