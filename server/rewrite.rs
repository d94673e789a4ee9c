//! Changes of a whole document.

pub mod format;
