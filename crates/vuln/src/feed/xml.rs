//! XML, one element of interest at a time: only that element's tree is in memory. Entities beyond XML's own five and
//! character references are not expanded, and nothing outside the document is ever read.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::Error;

const MAX_DEPTH: usize = 64;
/// Elements within one element of interest.
const MAX_NODES: usize = 2_000_000;

/// An element with what is in it; names are without their prefix.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Returns the trimmed text of a child, empty if there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// Returns the children of a child: `<references><reference/>…</references>`.
    pub(super) fn list<'a>(&'a self, list: &'a str, item: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children(list).flat_map(move |list| list.children(item))
    }
}

/// Calls for each element of one of these names, wherever it stands; it is not looked for within itself.
pub(super) fn each(bytes: &[u8], names: &[&str], mut found: impl FnMut(Element)) -> Result<(), Error> {
    let shape = |error: &dyn std::fmt::Display| Error::shape("XML", error);
    let text = std::str::from_utf8(bytes).map_err(|error| shape(&error))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let (mut nodes, mut outer_depth) = (0_usize, 0_usize);
    loop {
        match reader.read_event().map_err(|error| shape(&error))? {
            Event::Start(start) => {
                let element = element(&start);
                if open.is_empty() && !names.contains(&element.name.as_str()) {
                    outer_depth += 1;
                } else {
                    nodes += 1;
                    open.push(element);
                }
                if open.len() + outer_depth > MAX_DEPTH || nodes > MAX_NODES {
                    return Err(shape(&"it is nested too deep or has too many elements"));
                }
            }
            Event::Empty(start) => {
                nodes += 1;
                let element = element(&start);
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None if names.contains(&element.name.as_str()) => found(element),
                    None => {}
                }
            }
            Event::End(_) => match (open.pop(), open.last_mut()) {
                (Some(element), Some(parent)) => parent.children.push(element),
                (Some(element), None) => {
                    nodes = 0;
                    found(element);
                }
                (None, _) => outer_depth = outer_depth.saturating_sub(1),
            },
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&referred(&reference));
                }
            }
            Event::Eof if open.is_empty() && outer_depth == 0 => return Ok(()),
            Event::Eof => return Err(shape(&"it ends in the middle")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().filter_map(Result::ok).take(64).map(|attribute| {
        let key = attribute.key.local_name().into_inner().to_owned();
        let raw = &attribute.value;
        let value = quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_string(), std::borrow::Cow::into_owned);
        (key, value)
    });
    Element { name: start.local_name().into_inner().to_owned(), attributes: attributes.collect(), ..Element::default() }
}

/// A character by number, or one of XML's own five; any other entity is dropped.
fn referred(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(reference).unwrap_or_default().to_owned()
}
