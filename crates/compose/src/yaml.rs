//! YAML text to an untyped tree, with bounds on size, depth and what aliases may unfold to.

mod scalar;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag as YamlTag};

use crate::diagnostic::Diagnostic;
use crate::model::Position;
use crate::sink::Sink;
use crate::tree::{Entry, Key as MapKey, Map, Node, Tag, Trail, Value};

pub(crate) use scalar::{float_text, is_plain_safe};

/// The largest file that is read, in bytes.
pub(crate) const MAX_FILE_BYTES: usize = 16 << 20;
/// How deep values may nest.
const MAX_DEPTH: usize = 64;
/// How many values a file may have.
const MAX_NODES: usize = 1_000_000;
/// How many values aliases and merge keys may add.
const MAX_ALIASED_NODES: usize = 200_000;

/// Whose reading of plain scalars and repeated keys is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// PyYAML, YAML 1.1: docker-compose 1.29.
    Python,
    /// yaml.v2: docker 20.10.
    GoV2,
    /// yaml.v3: docker 28 and the specification.
    GoV3,
}

/// What a reader does with the tags `!reset` and `!override`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edits {
    /// They are done: the specification.
    Done,
    /// They are tags like any other.
    Unknown,
}

/// Reads one document. `None` after a syntax error; errors that leave a tree are only said.
pub(crate) fn parse(text: &str, file: u16, flavour: Flavour, edits: Edits, sink: &mut Sink) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = Position { file, line: 1, column: 1 };
    if text.len() > MAX_FILE_BYTES {
        sink.push(start, &Trail::ROOT, Diagnostic::error("TOO_LARGE", "the file is larger than 16 MiB"));
        return None;
    }
    let mut builder = Builder {
        file,
        flavour,
        edits,
        sink,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        aliased: 0,
        root: None,
        documents: 0,
        is_merge: false,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                if builder.event(event, span).is_err() {
                    return None;
                }
            }
            Err(error) => {
                let mark = error.marker();
                let at = position(file, mark.line(), mark.col());
                builder.sink.push(at, &Trail::ROOT, Diagnostic::error("YAML_SYNTAX", error.info().to_owned()));
                return None;
            }
        }
    }
    Some(builder.root.unwrap_or_else(|| Node::new(Value::Null, start)))
}

fn position(file: u16, line: usize, column: usize) -> Position {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Position { file, line, column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1) }
}

/// A collection that is not finished.
struct Open {
    node: Node,
    anchor: usize,
    /// Values in it so far, itself included.
    size: usize,
    key: Option<(Key, Position)>,
    merges: Vec<Node>,
}

enum Key {
    Text(MapKey),
    Merge,
    /// A key that cannot be one; its value is read and dropped.
    Bad,
}

struct Stop;

struct Builder<'a> {
    file: u16,
    flavour: Flavour,
    edits: Edits,
    sink: &'a mut Sink,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    aliased: usize,
    root: Option<Node>,
    documents: usize,
    /// Whether the scalar just read is the merge key: in quotes it is a key like any other, for every client.
    is_merge: bool,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let at = position(self.file, span.start.line(), span.start.col());
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let error = Diagnostic::error("SEVERAL_DOCUMENTS", "the file holds more than one YAML document")
                        .expected("one document")
                        .suggestion("put the second document into a file of its own and name both with -f");
                    return self.stop(at, error);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(at)?;
                if anchor == 0 && self.known_key(&text, tag.is_none(), at) {
                    return Ok(());
                }
                self.is_merge = match tag.as_deref() {
                    None => text == "<<" && style == ScalarStyle::Plain,
                    Some(tag) => tag.is_yaml_core_schema() && tag.suffix == "merge",
                };
                let mut node = Node::new(scalar::resolve(text, style, tag.as_deref(), self.flavour), at);
                node.tag = self.tag(tag.as_deref(), at);
                self.finished(node, anchor, 1)?;
            }
            Event::SequenceStart(anchor, tag) => self.open(Value::List(Vec::new()), anchor, tag.as_deref(), at)?,
            Event::MappingStart(anchor, tag) => self.open(Value::Map(Box::default()), anchor, tag.as_deref(), at)?,
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => self.alias(anchor, at)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn stop(&mut self, at: Position, error: Diagnostic) -> Result<(), Stop> {
        let path = self.path();
        self.sink.push(at, &path, error);
        Err(Stop)
    }

    fn count(&mut self, at: Position) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return self
                .stop(at, Diagnostic::error("TOO_LARGE", format!("the file holds more than {MAX_NODES} values")));
        }
        Ok(())
    }

    fn tag(&mut self, tag: Option<&YamlTag>, at: Position) -> Tag {
        let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) else { return Tag::None };
        match (tag.suffix.as_str(), self.edits) {
            ("reset", Edits::Done) => Tag::Reset,
            ("override", Edits::Done) => Tag::Override,
            (other, edits) => {
                let message = format!("the tag `!{other}` has no meaning in Compose files");
                let path = self.path();
                let diagnostic = match self.flavour {
                    Flavour::Python => Diagnostic::error("UNKNOWN_TAG", message),
                    Flavour::GoV2 | Flavour::GoV3 => Diagnostic::warning("UNKNOWN_TAG", message),
                };
                let diagnostic = match edits {
                    Edits::Done => diagnostic.expected("`!reset` or `!override`"),
                    Edits::Unknown if matches!(other, "reset" | "override") => {
                        diagnostic.suggestion("only the specification's client knows it")
                    }
                    Edits::Unknown => diagnostic,
                };
                self.sink.push(at, &path, diagnostic);
                Tag::None
            }
        }
    }

    fn open(&mut self, value: Value, anchor: usize, tag: Option<&YamlTag>, at: Position) -> Result<(), Stop> {
        self.count(at)?;
        if self.stack.len() >= MAX_DEPTH {
            let error = Diagnostic::error("TOO_DEEP", format!("values nest deeper than {MAX_DEPTH} levels"));
            return self.stop(at, error);
        }
        let mut node = Node::new(value, at);
        node.tag = self.tag(tag, at);
        self.stack.push(Open { node, anchor, size: 1, key: None, merges: Vec::new() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(mut open) = self.stack.pop() else { return Ok(()) };
        match &mut open.node.value {
            Value::List(list) => list.shrink_to_fit(),
            Value::Map(map) => map.shrink_to_fit(),
            _ => {}
        }
        for merge in std::mem::take(&mut open.merges) {
            self.merge(&mut open, merge);
        }
        self.finished(open.node, open.anchor, open.size)
    }

    /// Unfolds `<<`: keys that are there win, and of several mappings the first.
    fn merge(&mut self, open: &mut Open, source: Node) {
        let at = source.at;
        let sources = match source.value {
            Value::Map(map) => vec![*map],
            Value::List(list) if list.iter().all(|node| node.as_map().is_some()) => list
                .into_iter()
                .filter_map(|node| if let Value::Map(map) = node.value { Some(*map) } else { None })
                .collect(),
            _ => {
                let path = self.path();
                let error = Diagnostic::error("MERGE_KEY", "`<<` takes a mapping or a list of mappings");
                self.sink.push(at, &path, error.expected("an alias of a mapping, such as `<<: *defaults`"));
                return;
            }
        };
        let Some(map) = open.node.as_map_mut() else { return };
        for (key, entry) in sources.into_iter().flatten() {
            if !map.contains_key(&key) {
                map.insert(key, entry);
            }
        }
    }

    fn alias(&mut self, anchor: usize, at: Position) -> Result<(), Stop> {
        let Some((_, size)) = self.anchors.get(&anchor) else {
            return self.stop(at, Diagnostic::error("ALIAS_CYCLE", "the alias stands inside the value it refers to"));
        };
        let size = *size;
        self.aliased = self.aliased.saturating_add(size);
        if self.aliased > MAX_ALIASED_NODES {
            let error =
                Diagnostic::error("ALIASES_EXPLODE", format!("aliases unfold to more than {MAX_ALIASED_NODES} values"));
            return self.stop(at, error);
        }
        let Some((node, _)) = self.anchors.get(&anchor) else { return Ok(()) };
        let mut node = node.clone();
        // Keys inside keep the place of the anchor, where a mistake has to be mended; the value itself is here.
        node.at = at;
        self.finished(node, 0, size)
    }

    /// Puts a finished value where it belongs: into the collection around it, as its key or its value, or at the top.
    fn finished(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Stop> {
        if anchor > 0 {
            // The copy counts: anchors inside anchors would otherwise multiply what a large file takes.
            self.nodes = self.nodes.saturating_add(size);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size = open.size.saturating_add(size);
        match &mut open.node.value {
            Value::List(list) => list.push(node),
            Value::Map(_) => match open.key.take() {
                None => {
                    let at = node.at;
                    let key = self.key(&node);
                    if let Some(open) = self.stack.last_mut() {
                        open.key = Some((key, at));
                    }
                }
                Some((Key::Merge, _)) => open.merges.push(node),
                Some((Key::Bad, _)) => {}
                Some((Key::Text(key), key_at)) => self.entry(key, key_at, node),
            },
            _ => {}
        }
        Ok(())
    }

    /// Takes a scalar for the key of the mapping that is open, where it is a name that the tables know.
    fn known_key(&mut self, text: &str, has_no_tag: bool, at: Position) -> bool {
        let Some(open) = self.stack.last_mut() else { return false };
        if !has_no_tag || open.key.is_some() || open.node.as_map().is_none() {
            return false;
        }
        let Some(name) = crate::schema::known_name(text) else { return false };
        open.size = open.size.saturating_add(1);
        open.key = Some((Key::Text(name.into()), at));
        true
    }

    fn key(&mut self, node: &Node) -> Key {
        let text = match &node.value {
            Value::Text(_) if self.is_merge => return Key::Merge,
            Value::Text(text) => return Key::Text(MapKey::new(text)),
            Value::Integer(value) => Some(value.to_string()),
            Value::Float(value) => Some(float_text(*value, self.flavour)),
            Value::Bool(true) if self.flavour == Flavour::Python => Some("True".to_owned()),
            Value::Bool(false) if self.flavour == Flavour::Python => Some("False".to_owned()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null => Some("null".to_owned()),
            Value::List(_) | Value::Map(_) => None,
        };
        let error = match text {
            // PyYAML's users are used to numbers as keys of environment and labels; the tools write them as text.
            Some(text) if self.flavour == Flavour::Python && self.stack.len() > 3 => {
                return Key::Text(MapKey::new(&text));
            }
            Some(text) => Diagnostic::error("NON_STRING_KEY", format!("the key `{text}` is {}", node.kind()))
                .expected("a string")
                .suggestion(format!("write \"{text}\" in quotes")),
            None => {
                Diagnostic::error("NON_STRING_KEY", format!("{} cannot be a key", node.kind())).expected("a string")
            }
        };
        let path = self.path();
        self.sink.push(node.at, &path, error);
        Key::Bad
    }

    fn entry(&mut self, key: MapKey, key_at: Position, node: Node) {
        let Some(map) = self.stack.last_mut().and_then(|open| open.node.as_map_mut()) else { return };
        if !map.contains_key(&key) {
            map.insert(key, Entry { key_at, node });
            return;
        }
        let Some(before) = map.get_mut(&key).map(|known| std::mem::replace(known, Entry { key_at, node })) else {
            return;
        };
        let path = self.path();
        let message = format!("the key `{key}` is there twice; the first is at line {}", before.key_at.line);
        let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        // PyYAML and yaml.v2 take the last one without a word.
        let diagnostic = match self.flavour {
            Flavour::GoV3 => Diagnostic::error("DUPLICATE_KEY", message),
            Flavour::Python | Flavour::GoV2 => Diagnostic::warning("DUPLICATE_KEY", message),
        };
        self.sink.push(key_at, &path, diagnostic.suggestion("remove one of the two"));
    }

    /// The path of the collection that is open, for messages.
    fn path(&self) -> String {
        let mut path = String::new();
        for (depth, open) in self.stack.iter().enumerate() {
            let is_last = depth + 1 == self.stack.len();
            match (&open.node.value, &open.key) {
                (Value::List(list), _) if !is_last => path.push_str(&format!("[{}]", list.len())),
                (_, Some((Key::Text(key), _))) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                }
                _ => {}
            }
        }
        path
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(Box::new(map))
    }
}
