//! YAML as far as feeds use it, read into JSON values: every scalar is a text, so that version `1.10` stays one.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::Error;

const MAX_DEPTH: usize = 64;

/// What is being filled.
enum Open {
    List(Vec<Value>),
    /// The key that waits for its value.
    Map(Map<String, Value>, Option<String>),
}

/// Reads the first document of a stream.
pub(super) fn value(bytes: &[u8]) -> Result<Value, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| Error::shape("YAML", error))?;
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| Error::shape("YAML", error))?;
        let done = match event {
            Event::MappingStart(..) => {
                open.push(Open::Map(Map::new(), None));
                None
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::List(list)) => Some(Value::Array(list)),
                Some(Open::Map(map, _)) => Some(Value::Object(map)),
                None => None,
            },
            Event::Scalar(text, style, ..) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                Some(if is_null { Value::Null } else { Value::String(text.into_owned()) })
            }
            // An alias can make a small document huge, and no feed has one.
            Event::Alias(_) => return Err(Error::shape("YAML", "it has an alias")),
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => None,
        };
        if open.len() > MAX_DEPTH {
            return Err(Error::shape("YAML", "it is nested too deep"));
        }
        if let Some(done) = done
            && let Some(whole) = place(&mut open, done)
        {
            return Ok(whole);
        }
    }
    Err(Error::Missing { what: "YAML value" })
}

/// Puts a value where it belongs; returns it if it is the whole document.
fn place(open: &mut [Open], value: Value) -> Option<Value> {
    match open.last_mut() {
        None => return Some(value),
        Some(Open::List(list)) => list.push(value),
        Some(Open::Map(map, key)) => match key.take() {
            Some(key) => {
                map.insert(key, value);
            }
            None => *key = Some(value.as_str().unwrap_or_default().to_owned()),
        },
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_texts_and_aliases_are_refused() {
        let read = value(b"a: 1.10\nb: [x, ~]\nc:\n- d: '0'\n").unwrap();
        assert_eq!(read, serde_json::json!({"a": "1.10", "b": ["x", null], "c": [{"d": "0"}]}));
        for bad in [&b"a: &x [1]\nb: *x\n"[..], b"", b"\xff", b"a: [", &[b'['; 9000]] {
            assert!(value(bad).is_err());
        }
    }
}
