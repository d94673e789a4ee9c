//! Tests of the whole program, in one binary.
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the repository and run the program"
)]

mod architecture;
mod broken;
mod cli;
mod dockerfiles;
mod generated_files;
mod lsp;
mod readme;
mod robust;
mod steps;
mod support;
