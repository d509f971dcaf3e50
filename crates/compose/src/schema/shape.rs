//! The words that the tables of keys are written in.

use super::KeyRow;

/// What a value may be.
pub(crate) enum Shape {
    /// A string; numbers are refused, as every client does.
    Text,
    TextOrNumber,
    /// A string, number or boolean.
    Scalar,
    Boolean,
    Integer,
    Number,
    /// A number of bytes, as a number or a string.
    Size,
    /// A number of bytes; the stack client takes it as a number only.
    Bytes,
    /// A number of bytes, as a string.
    SizeText,
    Duration,
    /// A port or a range; the stack client takes it as a number only.
    Port,
    /// A number of CPUs; the stack client takes it as a string only.
    Cpus,
    /// CPU time in microseconds, or a duration.
    Microseconds,
    Choice(&'static [&'static str]),
    /// A list of strings without repetition.
    Strings,
    /// A list of strings.
    Words,
    /// A list of strings and numbers.
    StringsOrNumbers,
    /// A string or a list of strings.
    TextOrStrings,
    /// A list of `key=value`, or a mapping to strings, numbers and null.
    Dictionary,
    /// `host:address` lines or a mapping.
    Hosts,
    /// A mapping to strings and numbers.
    Options,
    /// A mapping to strings, numbers and null.
    NullableOptions,
    List(&'static Shape),
    /// A mapping whose keys are free.
    Keyed(&'static Shape),
    /// A mapping whose keys are names: letters, digits, `.`, `_`, `-`.
    Named(&'static Shape),
    Object(&'static Object),
    OrNull(&'static Shape),
    /// `null` is taken by the specification only.
    OrNullInSpecification(&'static Shape),
    Either(&'static [&'static Shape]),
}

/// A mapping whose keys are known.
pub(crate) struct Object {
    pub(crate) fields: &'static [Field],
    pub(crate) required: &'static [&'static str],
    /// Whether `x-` keys are taken.
    pub(crate) extensions: bool,
    /// From which minor of version 3 the stack client takes `x-` keys here.
    pub(crate) stack_extensions: Option<u8>,
    /// From which minor of version 3 the stack client takes any other key, and ignores it.
    pub(crate) open: Option<u8>,
}

/// A known key.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static Shape,
    pub(crate) when: When,
}

/// Who reads a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) version_1: bool,
    pub(crate) classic: bool,
    pub(crate) stack: Option<u8>,
    pub(crate) specification: bool,
}

pub(crate) const fn field(name: &'static str, shape: &'static Shape, when: When) -> Field {
    Field { name, shape, when }
}

/// Reads `1` (version 1), `c` (docker-compose 1.29), `v3` (stack deploy from version 3.3), `s` (the specification).
pub(crate) const fn on(text: &str) -> When {
    let bytes = text.as_bytes();
    let mut when = When { version_1: false, classic: false, stack: None, specification: false };
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'1' if when.stack.is_none() => when.version_1 = true,
            b'c' => when.classic = true,
            b's' => when.specification = true,
            b'v' => when.stack = Some(0),
            digit => {
                if let Some(minor) = when.stack {
                    when.stack = Some(minor * 10 + (digit - b'0'));
                }
            }
        }
        index += 1;
    }
    when
}

impl Shape {
    /// What is expected, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Text => "a string".into(),
            Self::TextOrNumber => "a string or a number".into(),
            Self::Scalar => "a string, a number or a boolean".into(),
            Self::Boolean => "true or false".into(),
            Self::Integer => "a whole number".into(),
            Self::Number => "a number".into(),
            Self::Size | Self::Bytes => "a number of bytes, such as 64m or 1g".into(),
            Self::SizeText => "a string with a number of bytes, such as 64M".into(),
            Self::Duration => "a duration, such as 30s or 1m30s".into(),
            Self::Port => "a port".into(),
            Self::Cpus => "a string with a number of CPUs, such as \"0.5\"".into(),
            Self::Microseconds => "a number of microseconds or a duration".into(),
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Strings | Self::Words => "a list of strings".into(),
            Self::StringsOrNumbers => "a list of strings or numbers".into(),
            Self::TextOrStrings => "a string or a list of strings".into(),
            Self::Dictionary => "a mapping, or a list of KEY=value".into(),
            Self::Hosts => "a mapping of names to addresses, or a list of name:address".into(),
            Self::Options | Self::NullableOptions => "a mapping of options".into(),
            Self::List(_) => "a list".into(),
            Self::Keyed(_) | Self::Named(_) | Self::Object(_) => "a mapping".into(),
            Self::OrNull(shape) | Self::OrNullInSpecification(shape) => shape.words(),
            Self::Either(shapes) => shapes.iter().map(|shape| shape.words()).collect::<Vec<_>>().join(" or "),
        }
    }
}

/// Walks the tables for the names in them.
pub(super) fn names(shape: &Shape, found: &mut Vec<&'static str>) {
    match shape {
        Shape::Object(object) => {
            for field in object.fields {
                found.push(field.name);
                names(field.shape, found);
            }
        }
        Shape::List(inner)
        | Shape::Keyed(inner)
        | Shape::Named(inner)
        | Shape::OrNull(inner)
        | Shape::OrNullInSpecification(inner) => names(inner, found),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| names(shape, found)),
        _ => {}
    }
}

/// Walks the tables for the list of keys.
pub(super) fn list(shape: &Shape, path: &str, rows: &mut Vec<KeyRow>) {
    match shape {
        Shape::Object(object) => {
            for field in object.fields {
                let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
                rows.push(KeyRow {
                    path: path.clone(),
                    holds: field.shape.words(),
                    version_1: field.when.version_1,
                    classic: field.when.classic,
                    stack: field.when.stack,
                    specification: field.when.specification,
                });
                list(field.shape, &path, rows);
            }
        }
        Shape::List(inner) => list(inner, &format!("{path}[]"), rows),
        Shape::Keyed(inner) | Shape::Named(inner) => list(inner, &format!("{path}.*"), rows),
        Shape::OrNull(inner) | Shape::OrNullInSpecification(inner) => list(inner, path, rows),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| list(shape, path, rows)),
        _ => {}
    }
}
