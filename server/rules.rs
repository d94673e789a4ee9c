//! The rules: one file each, one list.
