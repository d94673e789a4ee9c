//! What an editor asks for: functions from an analysis and a byte offset to plain data.
//!
//! Each answers for every text, however broken, and none looks at a disk but through a build context.

pub mod code_actions;
pub mod completion;
pub mod definition;
pub mod folding;
pub mod hints;
pub mod hover;
pub mod ignore;
pub mod lenses;
pub mod links;
pub mod preview;
pub mod refactorings;
pub mod references;
pub mod rename;
pub mod selection;
pub mod symbols;
pub mod tokens;
pub mod workspace_symbols;

mod excerpt;
mod instruction_pages;
mod meaning;
mod nodes;
mod open_string;
mod pages;
mod stages;
mod target;
#[cfg(test)]
mod testing;

use crate::names::words;
