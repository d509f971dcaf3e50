//! The log format of the engine: frames with a header, or raw lines of a terminal.

use base::Timestamp;
use bytes::{Buf, BytesMut};

/// A longer line is shown in pieces.
const MAX_LINE_BYTES: usize = 64 * 1024;
/// A longer frame is no frame of an engine.
const MAX_FRAME_BYTES: usize = 16 * 1024 * 1024;
const HEADER_BYTES: usize = 8;

/// Which stream a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Option<Timestamp>,
    /// Which stream it was written to.
    pub stream: LogStream,
    /// The id of the task that wrote it.
    pub task: Option<String>,
    /// The id of the node that it ran on.
    pub node: Option<String>,
    /// The line without its end; bytes that are no UTF-8 are replaced.
    pub line: String,
}

/// The stream is not in the engine's log format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the engine's log stream is malformed")]
pub struct FrameError;

/// Turns the bytes of a log with timestamps and details into lines.
#[derive(Debug)]
pub(crate) struct Decoder {
    raw: bool,
    incoming: BytesMut,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Decoder {
    /// `raw`: the output of a terminal, which has no frames.
    pub(crate) fn new(raw: bool) -> Self {
        Self { raw, incoming: BytesMut::new(), stdout: Vec::new(), stderr: Vec::new() }
    }

    /// Takes bytes and gives the lines that are complete.
    pub(crate) fn push(&mut self, bytes: &[u8], lines: &mut Vec<LogLine>) -> Result<(), FrameError> {
        if self.raw {
            split(&mut self.stdout, bytes, LogStream::Stdout, lines);
            return Ok(());
        }
        self.incoming.extend_from_slice(bytes);
        while let Some(header) = self.incoming.get(..HEADER_BYTES) {
            let (kind, length) = (header[0], u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize);
            if length > MAX_FRAME_BYTES || kind > 3 {
                return Err(FrameError);
            }
            let Some(frame) = self.incoming.get(HEADER_BYTES..HEADER_BYTES + length) else { break };
            match kind {
                2 => split(&mut self.stderr, frame, LogStream::Stderr, lines),
                // An error of the engine itself in the middle of the stream.
                3 => split(&mut self.stderr, &[frame, b"\n"].concat(), LogStream::Stderr, lines),
                _ => split(&mut self.stdout, frame, LogStream::Stdout, lines),
            }
            self.incoming.advance(HEADER_BYTES + length);
        }
        Ok(())
    }

    /// Gives what is left at the end of the stream.
    pub(crate) fn finish(&mut self, lines: &mut Vec<LogLine>) {
        for (rest, stream) in [(&mut self.stdout, LogStream::Stdout), (&mut self.stderr, LogStream::Stderr)] {
            if !rest.is_empty() {
                lines.push(line(rest, stream));
                rest.clear();
            }
        }
    }
}

fn split(rest: &mut Vec<u8>, mut bytes: &[u8], stream: LogStream, lines: &mut Vec<LogLine>) {
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        rest.extend_from_slice(&bytes[..end]);
        bytes = &bytes[end + 1..];
        lines.push(line(rest, stream));
        rest.clear();
    }
    rest.extend_from_slice(bytes);
    if rest.len() > MAX_LINE_BYTES {
        lines.push(line(rest, stream));
        rest.clear();
    }
}

/// Reads `TIME details text`; a piece of a long line has neither.
fn line(bytes: &[u8], stream: LogStream) -> LogLine {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches('\r');
    let (at, text) = match text.split_once(' ') {
        Some((time, rest)) if time.len() >= 20 && time.parse::<Timestamp>().is_ok() => (time.parse().ok(), rest),
        _ => (None, text),
    };
    let mut found = LogLine { at, stream, task: None, node: None, line: String::new() };
    let text = match text.split_once(' ') {
        Some((details, rest)) if at.is_some() && is_details(details) => {
            found.task = detail(details, "com.docker.swarm.task.id=");
            found.node = detail(details, "com.docker.swarm.node.id=");
            rest
        }
        _ => text,
    };
    text.clone_into(&mut found.line);
    found
}

fn is_details(text: &str) -> bool {
    text.split(',').any(|part| part.starts_with("com.docker.swarm."))
}

fn detail(details: &str, key: &str) -> Option<String> {
    details.split(',').find_map(|part| part.strip_prefix(key)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[kind, 0, 0, 0], &length[..], text.as_bytes()].concat()
    }

    fn decode(raw: bool, pieces: &[&[u8]]) -> Vec<LogLine> {
        let (mut decoder, mut lines) = (Decoder::new(raw), Vec::new());
        for piece in pieces {
            decoder.push(piece, &mut lines).unwrap();
        }
        decoder.finish(&mut lines);
        lines
    }

    #[test]
    fn lines_come_out_whole_however_the_bytes_are_cut() {
        let details = "com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1";
        let mut bytes = frame(1, &format!("2026-01-02T03:04:05.123456789Z {details} hello world\n"));
        bytes.extend(frame(2, &format!("2026-01-02T03:04:06Z {details} oh\r\n")));
        bytes.extend(frame(1, "no end"));
        let whole = decode(false, &[&bytes]);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decode(false, &single), whole);
        assert_eq!(whole.len(), 3);
        assert_eq!(
            (whole[0].line.as_str(), whole[0].task.as_deref(), whole[0].node.as_deref()),
            ("hello world", Some("t1"), Some("n1"))
        );
        assert_eq!(whole[0].at.unwrap().to_string(), "2026-01-02T03:04:05.123Z");
        assert_eq!((whole[1].line.as_str(), whole[1].stream), ("oh", LogStream::Stderr));
        assert_eq!((whole[2].line.as_str(), whole[2].at), ("no end", None));
    }

    #[test]
    fn a_terminal_has_no_frames() {
        let lines =
            decode(true, &[b"2026-01-02T03:04:05Z com.docker.swarm.task.id=t a b\r\n2026-01-02T03:04:05Z plain"]);
        assert_eq!(lines.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["a b", "plain"]);
    }

    #[test]
    fn an_endless_line_is_cut_and_a_wrong_header_refused() {
        let long = "x".repeat(MAX_LINE_BYTES + 1);
        assert_eq!(decode(true, &[long.as_bytes(), b"y"]).len(), 2);
        let mut decoder = Decoder::new(false);
        assert_eq!(decoder.push(b"HTTP/1.1 500", &mut Vec::new()), Err(FrameError));
    }
}
