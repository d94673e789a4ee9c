//! Changes of a whole document.
