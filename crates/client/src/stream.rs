//! Server-sent events, read one by one (WHATWG HTML §9.2.6).

use std::marker::PhantomData;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use crate::connection::Sender;
use crate::error::Error;

/// The longest event.
const MAX_EVENT_BYTES: usize = 4 * 1024 * 1024;

/// A stream of items, each one event's `data`.
#[derive(Debug)]
pub struct Stream<T> {
    operation: &'static str,
    body: Incoming,
    /// The connection lives as long as the stream.
    _sender: Sender,
    buffer: Vec<u8>,
    end: Option<String>,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Stream<T> {
    pub(crate) fn new(operation: &'static str, (body, sender): (Incoming, Sender)) -> Self {
        Self { operation, body, _sender: sender, buffer: Vec::new(), end: None, item: PhantomData }
    }

    /// Returns the next item; `None` when the stream has ended.
    ///
    /// # Errors
    /// If the connection breaks or an item is not understood.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            while let Some(event) = take_event(&mut self.buffer) {
                match event.name.as_deref() {
                    Some("end") => self.end = Some(event.data),
                    _ if event.data.is_empty() => {}
                    _ => return serde_json::from_str(&event.data).map(Some).map_err(|e| self.bad(e.to_string())),
                }
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            let frame = frame.map_err(|error| self.bad(error.to_string()))?;
            if let Some(data) = frame.data_ref() {
                self.buffer.extend_from_slice(data);
            }
            if self.buffer.len() > MAX_EVENT_BYTES {
                return Err(self.bad("an event is too long".to_owned()));
            }
        }
    }

    /// Returns why the server ended the stream, if it said so.
    #[must_use]
    pub fn end(&self) -> Option<&str> {
        self.end.as_deref()
    }

    fn bad(&self, message: String) -> Error {
        Error::Answer { operation: self.operation, message }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    name: Option<String>,
    data: String,
}

/// Takes one whole event off the buffer's front.
fn take_event(buffer: &mut Vec<u8>) -> Option<Event> {
    let end = buffer.windows(2).position(|pair| pair == b"\n\n")?;
    let text: Vec<u8> = buffer.drain(..end + 2).collect();
    let mut event = Event::default();
    for line in String::from_utf8_lossy(&text).lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event.name = Some(value.to_owned()),
            "data" => {
                if !event.data.is_empty() {
                    event.data.push('\n');
                }
                event.data.push_str(value);
            }
            _ => {}
        }
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_taken_whole() {
        let mut buffer = b": hello\n\nevent: end\ndata: gone\n\ndata: {\"a\":\ndata: 1}\n\ndata: half".to_vec();
        assert_eq!(take_event(&mut buffer), Some(Event::default()));
        assert_eq!(take_event(&mut buffer), Some(Event { name: Some("end".into()), data: "gone".into() }));
        assert_eq!(take_event(&mut buffer).map(|event| event.data), Some("{\"a\":\n1}".to_owned()));
        assert_eq!(take_event(&mut buffer), None);
        assert_eq!(buffer, b"data: half");
    }
}
