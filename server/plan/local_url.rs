//! The addresses of its own container that a health check asks.

use crate::plan::commands::UserCommand;
use crate::syntax::string::decoded_span;
use crate::text::Span;

/// A url of the container itself, such as `http://localhost:8080/ready`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalUrl {
    /// The host as it is written.
    pub host: String,
    /// Its place.
    pub host_span: Span,
    /// The port: the one that is written, or the scheme's. Nothing where a variable says it.
    pub port: Option<u16>,
    /// The place of the port's digits, where it is written.
    pub port_span: Option<Span>,
}

/// The names of the container itself.
const HOSTS: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

/// The local urls in a command, in order.
pub fn local_urls(command: &UserCommand, document: &str) -> Vec<LocalUrl> {
    if let Some(text) = &command.text {
        return of_text(text, command.span, document);
    }
    let words = command.words.iter();
    words
        .flat_map(|word| of_text(word, word.span, document))
        .collect()
}

/// Those in a string whose literal stands at a place of the document.
fn of_text(text: &str, literal: Span, document: &str) -> Vec<LocalUrl> {
    let mut list = Vec::new();
    for (scheme, default) in [("http://", 80), ("https://", 443)] {
        for (at, _) in text.match_indices(scheme) {
            let start = at + scheme.len();
            let rest = text.get(start..).unwrap_or_default();
            let Some(host) = HOSTS.iter().find(|host| rest.starts_with(**host)) else {
                continue;
            };
            let host_end = start + host.len();
            let behind = text.get(host_end..).unwrap_or_default();
            let (port, digits) = port(behind, default);
            let place = |from, to| decoded_span(document, literal, from..to);
            // `localhost.example.com` is another host.
            if behind.starts_with(|it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_'))
            {
                continue;
            }
            list.push(LocalUrl {
                host: (*host).to_owned(),
                host_span: place(start, host_end),
                port,
                port_span: digits.map(|count| place(host_end + 1, host_end + 1 + count)),
            });
        }
    }
    list
}

/// The port behind a host, and how many digits it has where it is written.
fn port(behind: &str, default: u16) -> (Option<u16>, Option<usize>) {
    let Some(rest) = behind.strip_prefix(':') else {
        return (Some(default).filter(|_| !behind.starts_with('$')), None);
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest.get(digits..).unwrap_or_default();
    let is_whole = !after.starts_with(|it: char| it.is_alphanumeric() || "${_-".contains(it));
    let number = rest.get(..digits).and_then(|digits| digits.parse().ok());
    match number.filter(|_| is_whole) {
        Some(number) => (Some(number), Some(digits)),
        None => (None, None),
    }
}
