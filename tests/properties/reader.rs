//! A reader of Dockerfiles that shares no code with the renderer: just enough to read back what a plan says.
//!
//! The rules are those of the Dockerfile reference: continuation lines, heredocs, flags, the JSON form, and the words in
//! which a backslash goes before `"`, `'`, `$` and `\`.

/// An instruction as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    /// Its name.
    pub(crate) keyword: String,
    /// Its flags, without the dashes, in order.
    pub(crate) flags: Vec<String>,
    /// What follows them; continuation lines are joined by one blank.
    pub(crate) arguments: String,
    /// The lines of its heredoc, if it has one.
    pub(crate) heredoc: Option<Vec<String>>,
}

/// The instructions of a text.
pub(crate) fn read(text: &str) -> Vec<Read> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut whole = line.trim_start().to_owned();
        while let Some(open) = whole.strip_suffix('\\') {
            let next = lines.next().expect("a line goes on behind a backslash");
            whole = format!("{} {}", open.trim_end(), next.trim_start());
        }
        let mut read = instruction(&whole);
        for mark in heredoc_marks(&read) {
            let body = lines
                .by_ref()
                .take_while(|line| line.trim_start_matches('\t') != mark);
            read.heredoc = Some(body.map(str::to_owned).collect());
        }
        found.push(read);
    }
    found
}

fn instruction(line: &str) -> Read {
    let (keyword, mut rest) = line.split_once(' ').unwrap_or((line, ""));
    let mut flags = Vec::new();
    while let Some(flag) = rest.trim_start().strip_prefix("--") {
        let (flag, after) = flag.split_once(' ').unwrap_or((flag, ""));
        flags.push(flag.to_owned());
        rest = after;
    }
    Read {
        keyword: keyword.to_owned(),
        flags,
        arguments: rest.trim().to_owned(),
        heredoc: None,
    }
}

/// The marks that end the heredocs of an instruction, in order.
fn heredoc_marks(read: &Read) -> Vec<String> {
    if !matches!(read.keyword.as_str(), "RUN" | "COPY" | "ADD") || json(&read.arguments).is_some() {
        return Vec::new();
    }
    let words = raw_words(&read.arguments);
    let mark = |word: &String| {
        let mark = word.strip_prefix("<<")?.trim_start_matches('-');
        let mark = mark.trim_matches(['\'', '"']);
        (!mark.is_empty()).then(|| mark.to_owned())
    };
    words.iter().filter_map(mark).collect()
}

/// The words of a text with their quotes; blanks inside quotes part nothing.
fn raw_words(text: &str) -> Vec<String> {
    let (mut words, mut open) = (vec![String::new()], None);
    for character in text.chars() {
        match (character, open) {
            (quote, Some(other)) if quote == other => open = None,
            ('\'' | '"', None) => open = Some(character),
            _ => {}
        }
        let last = words.last_mut().expect("there is always a word");
        match open {
            None if character.is_whitespace() => words.push(String::new()),
            _ => last.push(character),
        }
    }
    words
}

/// The elements of a JSON form.
pub(crate) fn json(text: &str) -> Option<Vec<String>> {
    text.starts_with('[')
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// A word of Docker's own, which loses its quotes and its escapes. A variable outside of an escape is an error: nothing
/// but a value with `expand` may have one.
pub(crate) fn word(text: &str) -> String {
    expanded(text, false)
}

/// The same for a value in which variables count: they stay as they are written.
pub(crate) fn expanded(text: &str, variables: bool) -> String {
    let mut value = String::new();
    let mut characters = text.chars();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => match characters.next() {
                Some(next) if !quoted || matches!(next, '"' | '$' | '\\') => value.push(next),
                Some(next) => value.extend(['\\', next]),
                None => panic!("a backslash at the end of {text}"),
            },
            '\'' if !quoted => panic!("an open quote in {text}"),
            '$' if !variables => panic!("a variable in {text}"),
            other => value.push(other),
        }
    }
    assert!(!quoted, "the quotes of {text} are not closed");
    value
}
