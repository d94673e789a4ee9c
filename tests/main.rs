//! Tests of the whole program, in one binary.

mod architecture;
mod broken;
mod cli;
mod dockerfiles;
mod generated_files;
mod lsp;
mod readme;
mod robust;
mod support;
