//! Tests of the whole program, in one binary.
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the repository and run the program"
)]

mod actions;
mod architecture;
mod broken;
mod canary;
mod cli;
mod cursor;
mod differential;
mod dockerfiles;
mod fix;
mod generated_files;
mod hostile;
mod known_bugs;
mod lsp;
mod lsp_actions;
mod names;
mod projects;
mod properties;
mod readme;
mod replay;
mod robust;
mod shapes;
mod shared_settings;
mod steps;
mod support;
mod sync;
mod uris;
mod watching;
