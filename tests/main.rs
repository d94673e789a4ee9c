//! Tests of the whole program, in one binary.

mod dockerfiles;
mod generated_files;
mod lsp;
mod robust;
mod support;
