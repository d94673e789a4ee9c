//! How text is escaped in the formats that are not JSON.

/// Text in an element or an attribute of XML. Line breaks and tabs become references, so that attributes keep them;
/// characters that XML cannot hold are left out.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A path as the path of a uri: everything but letters, digits, `-._~` and `/` percent-encoded, byte by byte.
pub(super) fn uri_path(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Text of a workflow command: the percent sign first, as the others become ones with it.
pub(super) fn command_text(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a workflow command, which also ends at `:` and `,`.
pub(super) fn command_property(text: &str) -> String {
    command_text(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{command_property, command_text, uri_path, xml};

    #[test]
    fn xml_keeps_what_it_can_hold() {
        assert_eq!(
            xml("a\u{0}<b> \"é\" 'c' & d\ne\u{1b}\u{9b}\u{ffff}"),
            "a&lt;b&gt; &quot;é&quot; &apos;c&apos; &amp; d&#10;e"
        );
    }

    #[test]
    fn a_uri_holds_no_byte_that_means_something_else() {
        assert_eq!(uri_path("a b/ü%,:c.toml"), "a%20b/%C3%BC%25%2C%3Ac.toml");
    }

    #[test]
    fn a_percent_sign_is_escaped_once() {
        assert_eq!(command_text("50%\r\n::x,"), "50%25%0D%0A::x,");
        assert_eq!(command_property("50%\n::x,"), "50%25%0A%3A%3Ax%2C");
    }
}
