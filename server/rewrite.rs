//! Changes of a whole document.

pub mod fix;
pub mod format;
pub mod migrate;
