//! Single values: whether they have the type that a shape is about, and whether what they say can be read.

use super::check::Reader;
use super::shape::Shape;
use super::{nearest, wrong_type};
use crate::diagnostic::Diagnostic;
use crate::tree::{Node, Tag, Value};
use crate::units;

/// `80`, `3000-3005`, `53/udp`.
pub(super) fn is_exposed(text: &str) -> bool {
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    is_port(first) && is_port(last) && !protocol.is_empty() && protocol.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Tells whether a value has the type that a shape is about; what is in it is checked after.
pub(super) fn suits(node: &Node, shape: &Shape) -> bool {
    match (&node.value, shape) {
        (_, Shape::OrNull(inner) | Shape::OrNullInSpecification(inner)) => node.is_null() || suits(node, inner),
        (_, Shape::Either(shapes)) => shapes.iter().any(|shape| suits(node, shape)),
        (Value::Map(_), Shape::Object(_) | Shape::Keyed(_) | Shape::Named(_) | Shape::Dictionary) => true,
        (
            Value::List(_),
            Shape::List(_) | Shape::Strings | Shape::Words | Shape::Dictionary | Shape::StringsOrNumbers,
        ) => true,
        (
            Value::Text(_),
            Shape::Text | Shape::Scalar | Shape::TextOrNumber | Shape::Boolean | Shape::Integer | Shape::Choice(_),
        ) => true,
        (Value::Integer(_) | Value::Float(_), Shape::TextOrNumber | Shape::Scalar | Shape::Integer | Shape::Number) => {
            true
        }
        (Value::Bool(_), Shape::Boolean | Shape::Scalar) => true,
        _ => false,
    }
}

/// The stack client of docker 28 casts text only where interpolation made it.
fn is_strict(node: &Node, shape: &Shape, reader: Reader) -> bool {
    let is_cast = matches!(shape, Shape::Boolean | Shape::Integer | Shape::Number | Shape::Bytes | Shape::Port);
    let casts_all = matches!(reader, Reader::Stack(_, true)) && !matches!(shape, Shape::Bytes);
    matches!(reader, Reader::Stack(..))
        && is_cast
        && !casts_all
        && node.as_text().is_some()
        && node.tag != Tag::Interpolated
}

/// Checks one value that is neither a list nor a mapping.
pub(super) fn scalar(node: &Node, shape: &Shape, reader: Reader) -> Result<(), Box<Diagnostic>> {
    let wrong = || wrong_type(node.kind(), &shape.words());
    if is_strict(node, shape, reader) {
        return Err(wrong().suggestion("remove the quotes").into());
    }
    let invalid =
        |text: &str| Diagnostic::error("INVALID_VALUE", format!("`{text}` cannot be read")).expected(shape.words());
    match (&node.value, shape) {
        (Value::Text(_), Shape::Text | Shape::TextOrNumber | Shape::Scalar) => Ok(()),
        (Value::Bool(_), Shape::Boolean | Shape::Scalar) => Ok(()),
        (Value::Text(text), Shape::Boolean) => boolean(text).map(drop).ok_or_else(|| invalid(text).into()),
        (Value::Integer(_), Shape::Integer | Shape::Number | Shape::TextOrNumber | Shape::Scalar | Shape::Size) => {
            Ok(())
        }
        (Value::Integer(_) | Value::Float(_), Shape::Microseconds) => Ok(()),
        (Value::Text(_) | Value::Integer(_), Shape::Port) => Ok(()),
        (Value::Text(text), Shape::Cpus) => number(text).map(drop).ok_or_else(|| invalid(text).into()),
        (Value::Integer(_) | Value::Float(_), Shape::Cpus) if !matches!(reader, Reader::Stack(..)) => Ok(()),
        (Value::Integer(_) | Value::Float(_), Shape::Cpus) => Err(wrong().suggestion("put it in quotes").into()),
        (Value::Float(_), Shape::Number | Shape::TextOrNumber | Shape::Scalar | Shape::Size) => Ok(()),
        (Value::Float(value), Shape::Integer) if value.fract() == 0.0 => Ok(()),
        (Value::Text(text), Shape::Integer | Shape::Number) => {
            number(text).map(drop).ok_or_else(|| invalid(text).into())
        }
        (Value::Text(text), Shape::Microseconds) => number(text)
            .is_some()
            .then_some(())
            .or_else(|| units::duration(text).map(drop))
            .ok_or_else(|| invalid(text).into()),
        (Value::Integer(value), Shape::Bytes) if *value >= 0 => Ok(()),
        (Value::Float(value), Shape::Bytes) if value.fract() == 0.0 && *value >= 0.0 => Ok(()),
        // docker-compose 1.29 takes no text for no limit.
        (Value::Text(text), Shape::Size | Shape::SizeText)
            if text.is_empty() && matches!(reader, Reader::Classic | Reader::Version1) =>
        {
            Ok(())
        }
        (Value::Text(text), Shape::Size | Shape::SizeText | Shape::Bytes) => {
            units::size(text).map(drop).ok_or_else(|| invalid(text).into())
        }
        // docker-compose 1.29 takes a number of nanoseconds here; the others a string.
        (Value::Integer(_), Shape::Duration) if reader == Reader::Version1 => Ok(()),
        // Days and weeks are the specification's alone.
        (Value::Text(text), Shape::Duration) => units::duration(text)
            .filter(|_| reader == Reader::Specification || !text.contains(['d', 'w']))
            .map(drop)
            .ok_or_else(|| invalid(text).into()),
        (Value::Text(text), Shape::Choice(choices)) if choices.contains(&text.as_str()) => Ok(()),
        (Value::Text(text), Shape::Choice(choices)) => {
            let error = invalid(text);
            Err(match nearest(text, choices.iter().copied()) {
                Some(choice) => error.suggestion(format!("did you mean `{choice}`?")).into(),
                None => error.into(),
            })
        }
        (Value::Integer(_) | Value::Float(_) | Value::Bool(_), Shape::Text) => {
            Err(wrong().suggestion("put it in quotes").into())
        }
        _ => Err(wrong().into()),
    }
}

/// Reads a boolean that stood as text, as every client does after interpolation.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Reads a number that stood as text.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |digits| (-1.0, digits));
    let radix = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some((16, digits.get(2..)?)),
        [b'0', b'o' | b'O', ..] => Some((8, digits.get(2..)?)),
        [b'0', b'b' | b'B', ..] => Some((2, digits.get(2..)?)),
        [b'0', rest @ ..] if !rest.is_empty() && rest.iter().all(u8::is_ascii_digit) => Some((8, digits.get(1..)?)),
        _ => None,
    };
    if let Some((radix, digits)) = radix {
        let value = u32::from_str_radix(digits, radix).ok()?;
        return Some(sign * f64::from(value));
    }
    let is_number = digits.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number.then(|| digits.parse::<f64>().ok()).flatten().map(|value| sign * value)
}
