//! Messages on a byte stream: a header with the length, an empty line, the body.

use std::io::{self, BufRead, Read, Write};

/// A longer message is skipped. No file of ours comes near it; a wrong header does.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// A header line is read in pieces of this size, so that a stream without line breaks does not fill the memory.
const LONGEST_HEADER: u64 = 64 << 10;

/// What was found on the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The body of a message.
    Message(Vec<u8>),
    /// A message of so many bytes was skipped.
    TooLong(u64),
}

/// The next message; `None` at the end of the stream, also when that comes in the middle of a message.
///
/// A header without a length is skipped, headers that we do not know are ignored.
///
/// # Errors
/// The stream cannot be read.
pub(crate) fn read_frame(stream: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let Some(length) = read_length(stream)? else {
        return Ok(None);
    };
    if length > LONGEST_MESSAGE {
        let skipped = io::copy(&mut stream.take(length), &mut io::sink())?;
        return Ok((skipped == length).then_some(Frame::TooLong(length)));
    }
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body)?;
    Ok((body.len() as u64 == length).then_some(Frame::Message(body)))
}

/// The length from the next header that has one; `None` at the end of the stream.
fn read_length(stream: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if stream.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if line.trim().is_empty() && length.is_some() {
            return Ok(length);
        }
        length = length_in(&line).or(length);
    }
}

/// The length that a line in lower case gives. The name may follow the body of a message whose header had no length.
fn length_in(line: &str) -> Option<u64> {
    let (_, after) = line.rsplit_once("content-length")?;
    after.trim_start().strip_prefix(':')?.trim().parse().ok()
}

/// Writes one message and flushes.
///
/// # Errors
/// The stream cannot be written.
pub(crate) fn write_message(stream: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let mut message = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    message.extend_from_slice(body);
    stream.write_all(&message)?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::{Frame, LONGEST_MESSAGE, read_frame, write_message};

    fn bodies(stream: &str) -> Vec<String> {
        let mut stream = stream.as_bytes();
        let mut bodies = Vec::new();
        while let Some(frame) = read_frame(&mut stream).expect("memory can be read") {
            match frame {
                Frame::Message(body) => bodies.push(String::from_utf8(body).expect("UTF-8")),
                Frame::TooLong(_) => bodies.push("too long".to_owned()),
            }
        }
        bodies
    }

    #[test]
    fn what_was_written_is_read() {
        let mut stream = Vec::new();
        write_message(&mut stream, "é".as_bytes()).expect("memory can be written");
        write_message(&mut stream, b"").expect("memory can be written");
        assert_eq!(
            bodies(std::str::from_utf8(&stream).expect("UTF-8")),
            ["é", ""]
        );
    }

    #[test]
    fn headers_may_be_in_lower_case_and_unknown() {
        assert_eq!(
            bodies("content-type: x\r\ncontent-length : 2\r\nx-more: 1\r\n\r\n{}"),
            ["{}"]
        );
        assert_eq!(bodies("Content-Length:2\n\n{}"), ["{}"]);
    }

    #[test]
    fn a_header_without_length_is_skipped() {
        assert_eq!(
            bodies("X: 1\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n{}"),
            ["{}"]
        );
        assert_eq!(
            bodies("Content-Length: many\r\n\r\nContent-Length: 2\r\n\r\n{}"),
            ["{}"]
        );
    }

    #[test]
    fn an_end_inside_a_message_is_the_end() {
        assert_eq!(bodies("Content-Length: 9\r\n\r\n{}"), Vec::<String>::new());
        assert_eq!(bodies("Content-Length: 9"), Vec::<String>::new());
    }

    #[test]
    fn a_message_that_is_too_long_is_skipped() {
        let length = LONGEST_MESSAGE + 1;
        let mut stream = format!("Content-Length: {length}\r\n\r\n");
        stream.extend(std::iter::repeat_n(
            ' ',
            usize::try_from(length).expect("it fits"),
        ));
        stream.push_str("Content-Length: 2\r\n\r\n{}");
        assert_eq!(bodies(&stream), ["too long", "{}"]);
    }
}
