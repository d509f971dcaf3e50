//! XML documents: project files and project object models.

use roxmltree::{Document, Node, ParsingOptions};

use super::File;
use crate::findings::ParseError;

/// Elements, attributes and texts of one document.
const MAX_NODES: u32 = 2_000_000;

/// Attributes of one element. The parser compares each with all before it, so a few million would take hours.
const MAX_ATTRIBUTES: usize = 10_000;

/// Parses a document and hands it to `read`; entities of the document itself are refused.
pub(crate) fn with<T>(
    file: &File<'_>,
    format: &'static str,
    read: impl FnOnce(Node<'_, '_>) -> T,
) -> Result<T, ParseError> {
    let text = file.text();
    // A `<` stands in no attribute, so between two of them lies one element and the text after it.
    if text.split('<').any(|part| part.bytes().filter(|byte| *byte == b'=').count() > MAX_ATTRIBUTES) {
        return Err(ParseError::too_large(format, "attributes", MAX_ATTRIBUTES));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|error| {
        let line = usize::try_from(error.pos().row.saturating_sub(1)).unwrap_or(0);
        let offset = text.split_inclusive('\n').take(line).map(str::len).sum();
        ParseError::malformed(format, offset, "not XML of the expected form")
    })?;
    Ok(read(document.root_element()))
}

/// The text of a child element, whatever its namespace; empty if there is none.
pub(crate) fn child_text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|child| child.text()).map(str::trim).unwrap_or_default()
}

/// The first child element of that name.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// All child elements of that name.
pub(crate) fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}
