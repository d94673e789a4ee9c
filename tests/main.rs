//! Tests of the whole program, in one binary.

mod dockerfiles;
mod lsp;
mod support;
