//! The pages of completion items: looked up when an item is shown, by a name that travels to the editor and back.

use crate::analysis::Analysis;
use crate::config::docs;
use crate::ide::instruction_pages::page_at;
use crate::ide::pages::{image_page, key_page, rule_page, stage_page};
use crate::rules;
use crate::syntax::Step;

/// The page of a completion item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// There is none.
    None,
    /// This text, Markdown.
    Text(String),
    /// That of a key.
    Key(Vec<Step>),
    /// That of a rule.
    Rule(&'static str),
    /// That of a stage: what it renders to.
    Stage(String),
    /// What is known of an image.
    Image(String),
    /// That of the last word of a step, such as `RUN --network`.
    Word(String),
}

impl Page {
    /// The text, Markdown; `None` where there is none. Stages are those of `analysis`.
    pub fn text(&self, analysis: Option<&Analysis>) -> Option<String> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Self::Key(path) => docs::key(path).as_ref().map(key_page),
            Self::Rule(name) => rules::by_name(name).map(rule_page),
            Self::Stage(name) => stage_page(analysis?, name),
            Self::Image(reference) => image_page(reference),
            Self::Word(step) => page_at(step, step.len()).map(|(page, _)| page),
        }
    }

    /// The name under which the page can be found again, if it has one: `key runtime.copy.0.src`, `rule unknown-key`.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::None | Self::Text(_) => None,
            Self::Key(path) => {
                let steps = path.iter().map(|step| match step {
                    Step::Key(name) => name.clone(),
                    Step::Index(index) => index.to_string(),
                });
                Some(format!("key {}", steps.collect::<Vec<_>>().join(".")))
            }
            Self::Rule(name) => Some(format!("rule {name}")),
            Self::Stage(name) => Some(format!("stage {name}")),
            Self::Image(reference) => Some(format!("image {reference}")),
            Self::Word(step) => Some(format!("word {step}")),
        }
    }

    /// The page with a name.
    pub fn by_name(name: &str) -> Self {
        match name.split_once(' ') {
            Some(("rule", name)) => {
                rules::by_name(name).map_or(Self::None, |it| Self::Rule(it.name))
            }
            Some(("key", path)) => {
                let steps = path.split('.').map(|step| match step.parse() {
                    Ok(index) => Step::Index(index),
                    Err(_) => Step::Key(step.to_owned()),
                });
                Self::Key(steps.collect())
            }
            Some(("stage", name)) => Self::Stage(name.to_owned()),
            Some(("image", reference)) => Self::Image(reference.to_owned()),
            Some(("word", step)) => Self::Word(step.to_owned()),
            _ => Self::None,
        }
    }
}
