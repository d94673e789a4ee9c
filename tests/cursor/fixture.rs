//! The cases as they are written, and what is made of their documents.

use std::collections::BTreeMap;

const PROJECT: &str = include_str!("project.toml");

const CURSOR: &str = "<|>";

/// In what state the rest of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    Sound,
    Line,
    List,
    String,
}

impl Variant {
    pub(super) const ALL: [Self; 4] = [Self::Sound, Self::Line, Self::List, Self::String];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Line => "line",
            Self::List => "list",
            Self::String => "string",
        }
    }

    /// What stands before and behind the document.
    fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Sound => ("", ""),
            Self::Line => ("zz\n", ""),
            Self::List => ("", "\n[render]\ntarget = [{ a = 1, b"),
            Self::String => ("", "\n[render]\ntarget = \"open"),
        }
    }
}

/// A document that is asked about.
pub(super) struct Fixture {
    pub(super) text: String,
    /// Where the cursor is, or the selection begins and ends.
    pub(super) cursor: (usize, usize),
    /// How many lines stand before those of the case.
    pub(super) lines_before: usize,
    /// How many lines the case has.
    pub(super) own_lines: usize,
}

/// One case.
pub(super) struct Case {
    pub(super) title: String,
    /// The lines from the title to the answer.
    body: String,
    answer: String,
    /// The answers in other states: of all, or by the name of the variant.
    broken: BTreeMap<String, String>,
}

impl Case {
    /// What a line `@name` says.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        let mut lines = self.body.lines();
        lines.find_map(|line| match line.strip_prefix('@')?.split_once(' ') {
            Some((found, value)) if found == name => Some(value),
            None if line[1..] == *name => Some(""),
            _ => None,
        })
    }

    /// Whether no place is asked about.
    pub(super) fn is_about_all(&self) -> bool {
        !self.body.contains(CURSOR)
    }

    /// The document in a state.
    pub(super) fn fixture(&self, variant: Variant) -> Fixture {
        let mut text = String::new();
        if self.option("project").is_some() {
            text.push_str(PROJECT);
        }
        let lines = self.body.lines().filter(|line| !line.starts_with('@'));
        let lines: Vec<&str> = lines.collect();
        text.push_str(&lines.join("\n"));
        if let Some(cursor) = self.option("cursor") {
            let at = text.find(&cursor.replace(CURSOR, ""));
            let at = at.unwrap_or_else(|| panic!("{}: no `{cursor}`", self.title));
            let inside = cursor.find(CURSOR).expect("a cursor");
            text.insert_str(at + inside, CURSOR);
        }
        let (mut before, mut behind) = variant.around();
        let (before_crlf, behind_crlf) = (with_returns(before), with_returns(behind));
        if self.option("crlf").is_some() {
            text = with_returns(&text);
            (before, behind) = (&before_crlf, &behind_crlf);
        }
        let start = text.find(CURSOR);
        text = text.replacen(CURSOR, "", 1);
        let end = text.find(CURSOR).or(start);
        text = text.replacen(CURSOR, "", 1);
        let cursor = (
            start.unwrap_or(0) + before.len(),
            end.unwrap_or(0) + before.len(),
        );
        Fixture {
            cursor,
            lines_before: before.lines().count(),
            own_lines: text.split('\n').count(),
            text: format!("{before}{text}{behind}"),
        }
    }

    /// The answer that is expected in a state.
    pub(super) fn expected(&self, feature: &str, variant: Variant) -> String {
        if variant == Variant::Sound {
            return self.answer.clone();
        }
        let other = self
            .broken
            .get(variant.name())
            .or_else(|| self.broken.get(""));
        match other {
            Some(answer) => answer.clone(),
            // A text that has syntax errors is not formatted.
            None if feature == "formatting" => "nothing\n".to_owned(),
            None => self.answer.clone(),
        }
    }

    /// Takes what was answered in all states as what is expected.
    pub(super) fn take(&mut self, feature: &str, answers: &[String; 4]) {
        self.broken.clear();
        self.answer = trimmed(&answers[0]);
        let others = || Variant::ALL.into_iter().zip(answers).skip(1);
        let differs = |(variant, answer): &(Variant, &String)| {
            self.expected(feature, *variant) != trimmed(answer)
        };
        let different: Vec<_> = others().filter(differs).collect();
        let is_one = different.len() == 3 && different.iter().all(|(_, it)| **it == answers[1]);
        let mut broken = BTreeMap::new();
        for (variant, answer) in different {
            let name = if is_one { "" } else { variant.name() };
            broken.insert(name.to_owned(), trimmed(answer));
        }
        self.broken = broken;
    }
}

/// A text whose lines end in a carriage return and a line feed.
fn with_returns(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A text without blanks at the ends of its lines and blank lines at its end.
pub(super) fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The head of a file and its cases.
pub(super) fn parse(text: &str) -> (String, Vec<Case>) {
    let mut head = String::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut section: Option<String> = None;
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            cases.push(Case {
                title: title.to_owned(),
                body: String::new(),
                answer: String::new(),
                broken: BTreeMap::new(),
            });
            section = None;
            continue;
        }
        let Some(case) = cases.last_mut() else {
            head.push_str(line);
            head.push('\n');
            continue;
        };
        let name = line
            .strip_prefix("--- ")
            .and_then(|it| match it.split_once(' ') {
                None if it == "answer" || it == "broken" => Some((it, "")),
                Some(("broken", variant)) => Some(("broken", variant)),
                _ => None,
            });
        if let Some((kind, variant)) = name {
            section = Some(if kind == "answer" {
                "answer".to_owned()
            } else {
                variant.to_owned()
            });
            if kind == "broken" {
                case.broken.insert(variant.to_owned(), String::new());
            }
            continue;
        }
        let target = match section.as_deref() {
            None => &mut case.body,
            Some("answer") => &mut case.answer,
            Some(variant) => case.broken.entry(variant.to_owned()).or_default(),
        };
        target.push_str(line);
        target.push('\n');
    }
    for case in &mut cases {
        case.answer = trimmed(&case.answer);
        for answer in case.broken.values_mut() {
            *answer = trimmed(answer);
        }
    }
    (head, cases)
}

/// The file of a head and cases.
pub(super) fn written(head: &str, cases: &[Case]) -> String {
    let mut text = head.to_owned();
    for case in cases {
        text.push_str(&format!(
            "=== {}\n{}--- answer\n{}",
            case.title, case.body, case.answer
        ));
        for (variant, answer) in &case.broken {
            let name = format!("--- broken {variant}");
            text.push_str(&format!("{}\n{answer}", name.trim_end()));
        }
    }
    text
}

#[test]
fn a_case_is_written_as_it_is_read() {
    let text = "A head.\n\n=== one\n@project\na<|>\n\n--- answer\nx\n\ny\n--- broken\nz\n=== two\nb\n--- answer\n\n";
    let (head, cases) = parse(text);
    assert_eq!(written(&head, &cases), text);
    let fixture = cases[0].fixture(Variant::Line);
    assert!(fixture.text.starts_with("zz\nlanguage") && fixture.text.ends_with("\na\n"));
    assert_eq!(fixture.cursor.0, fixture.text.len() - 1);
}
