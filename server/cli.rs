//! The command line: arguments, exit codes, and one module per command.

/// Runs the program with the arguments of the process.
pub fn main() -> std::process::ExitCode {
    if std::env::args().nth(1).as_deref() == Some("lsp") {
        // The thread that reads standard input may never end, and returning would wait for it on some systems.
        std::process::exit(crate::lsp::run());
    }
    std::process::ExitCode::SUCCESS
}
