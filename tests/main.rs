//! Tests of the whole program, in one binary.

mod lsp;
mod support;
