//! Reading JSON that may lack any field, and JSON with comments and trailing commas.

use serde_json::Value;

use crate::findings::ParseError;

/// Parses a whole document; nesting is bounded by the parser (128).
pub(crate) fn parse(bytes: &[u8], format: &'static str) -> Result<Value, ParseError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| fault(bytes, &error, format))
}

/// Parses JSON in which `//` and `/* */` comments and commas before a closing bracket may stand.
pub(crate) fn parse_relaxed(bytes: &[u8], format: &'static str) -> Result<Value, ParseError> {
    parse(&strict(bytes), format)
}

fn fault(bytes: &[u8], error: &serde_json::Error, format: &'static str) -> ParseError {
    let before = bytes.split(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let offset = before.map(|line| line.len() + 1).sum::<usize>() + error.column().saturating_sub(1);
    if error.is_eof() {
        ParseError::truncated(format, bytes.len())
    } else {
        // The parser's own words may repeat the file's.
        ParseError::malformed(format, offset.min(bytes.len()), "not JSON of the expected form")
    }
}

/// A member that is a string, else an empty one.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The members of an object member, else none.
pub(crate) fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    value.get(key).and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The items of an array member, else none.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Drops comments and commas that nothing follows, outside of strings.
fn strict(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let mut comma = None;
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                let end = string_end(bytes, at);
                out.extend_from_slice(bytes.get(at..end).unwrap_or_default());
                (at, comma) = (end, None);
                continue;
            }
            (b'/', Some(b'/')) => {
                at += bytes.get(at..).unwrap_or_default().iter().take_while(|byte| **byte != b'\n').count();
                continue;
            }
            (b'/', Some(b'*')) => {
                let rest = bytes.get(at + 2..).unwrap_or_default();
                at += 2 + rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |found| found + 2);
                continue;
            }
            (b',', _) => comma = Some(out.len()),
            (b']' | b'}', _) => {
                if let Some(comma) = comma.take() {
                    out.truncate(comma);
                }
            }
            (byte, _) if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        out.push(byte);
        at += 1;
    }
    out
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
