//! YAML as a tree, for lock files: depth and node counts bounded, aliases refused.

use saphyr_parser::{Event, Parser};

use super::File;
use crate::findings::ParseError;

/// Nesting that lock files never reach.
const MAX_DEPTH: usize = 64;
/// Nodes of one document.
const MAX_NODES: usize = 8_000_000;

/// A node; every scalar is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

static NOTHING: Yaml = Yaml::Text(String::new());

impl Yaml {
    /// The member of that name, else an empty text.
    pub(crate) fn get(&self, key: &str) -> &Self {
        self.members().iter().find(|(name, _)| name == key).map_or(&NOTHING, |(_, value)| value)
    }

    pub(crate) fn members(&self) -> &[(String, Self)] {
        if let Self::Map(members) = self { members } else { &[] }
    }

    pub(crate) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    pub(crate) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

/// A collection that is not yet closed.
enum Open {
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>, Option<String>),
}

/// Parses the first document of a file.
pub(crate) fn parse(file: &File<'_>, format: &'static str) -> Result<Yaml, ParseError> {
    let text = file.text();
    let mut parser = Parser::new_from_str(&text);
    let (mut open, mut nodes) = (Vec::new(), 0_usize);
    while let Some(event) = parser.next_event() {
        let (event, span) = event
            .map_err(|error| ParseError::malformed(format, error.marker().index(), "not YAML of the expected form"))?;
        nodes += 1;
        if nodes > MAX_NODES {
            return Err(ParseError::too_large(format, "nodes", MAX_NODES));
        }
        let done = match event {
            Event::Scalar(text, ..) => Some(Yaml::Text(text.into_owned())),
            Event::Alias(_) => {
                return Err(ParseError::malformed(format, span.start.index(), "an alias, which lock files never use"));
            }
            Event::SequenceStart(..) => push(&mut open, Open::List(Vec::new()), format)?,
            Event::MappingStart(..) => push(&mut open, Open::Map(Vec::new(), None), format)?,
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(close),
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => None,
        };
        let Some(done) = done else { continue };
        match open.last_mut() {
            None => return Ok(done),
            Some(Open::List(items)) => items.push(done),
            Some(Open::Map(members, key)) => match key.take() {
                Some(key) => members.push((key, done)),
                None => *key = Some(if let Yaml::Text(text) = done { text } else { String::new() }),
            },
        }
    }
    Ok(NOTHING.clone())
}

fn push(open: &mut Vec<Open>, one: Open, format: &'static str) -> Result<Option<Yaml>, ParseError> {
    if open.len() >= MAX_DEPTH {
        return Err(ParseError::too_large(format, "levels", MAX_DEPTH));
    }
    open.push(one);
    Ok(None)
}

fn close(open: Open) -> Yaml {
    match open {
        Open::List(items) => Yaml::List(items),
        Open::Map(members, _) => Yaml::Map(members),
    }
}
