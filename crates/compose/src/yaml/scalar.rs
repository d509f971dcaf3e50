//! What a scalar without quotes means to each client's YAML library.
//!
//! One deviation, on purpose: PyYAML reads `22:22` as a number of base 60 (1342). Nobody who writes a port means that; it stays text.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Tag};

use super::Flavour;
use crate::tree::Value;

pub(super) fn resolve(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>, flavour: Flavour) -> Value {
    if let Some(tag) = tag.filter(|tag| tag.is_yaml_core_schema()) {
        return match tag.suffix.as_str() {
            "null" => Value::Null,
            "bool" => boolean(&text, true).map_or_else(|| Value::Text(text.into_owned()), Value::Bool),
            "int" | "float" => number(&text, flavour).unwrap_or_else(|| Value::Text(text.into_owned())),
            _ => Value::Text(text.into_owned()),
        };
    }
    if style != ScalarStyle::Plain {
        return Value::Text(text.into_owned());
    }
    plain(&text, flavour).unwrap_or_else(|| Value::Text(text.into_owned()))
}

/// Reads a plain scalar; `None` is text.
fn plain(text: &str, flavour: Flavour) -> Option<Value> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Some(Value::Null);
    }
    let is_old = flavour != Flavour::GoV3;
    boolean(text, is_old).map(Value::Bool).or_else(|| number(text, flavour))
}

fn boolean(text: &str, is_old: bool) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" if is_old => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" if is_old => Some(false),
        _ => None,
    }
}

fn number(text: &str, flavour: Flavour) -> Option<Value> {
    let first = text.bytes().next()?;
    if !first.is_ascii_digit() && !matches!(first, b'+' | b'-' | b'.') {
        return None;
    }
    integer(text, flavour).or_else(|| float(text, flavour))
}

fn integer(text: &str, flavour: Flavour) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    if !digits.bytes().next()?.is_ascii_digit() {
        return None;
    }
    let digits: Cow<'_, str> = if digits.contains('_') { digits.replace('_', "").into() } else { digits.into() };
    let (radix, body) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, digits.get(2..)?),
        [b'0', b'b', ..] => (2, digits.get(2..)?),
        [b'0', b'o', ..] if flavour != Flavour::Python => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, &*digits),
    };
    if !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i64::from_str_radix(body, radix).ok()?;
    Some(Value::Integer(sign * value))
}

fn float(text: &str, flavour: Flavour) -> Option<Value> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match body {
        ".inf" | ".Inf" | ".INF" => return Some(Value::Float(sign * f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    let is_floating =
        body.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'));
    if !is_floating || !body.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // PyYAML needs the point, and a sign in the exponent: `1e3` is text there.
    let has_exponent = body.bytes().any(|byte| matches!(byte, b'e' | b'E'));
    let has_signed_exponent = ["e+", "e-", "E+", "E-"].iter().any(|sign| body.contains(sign));
    if flavour == Flavour::Python && (!body.contains('.') || has_exponent && !has_signed_exponent) {
        return None;
    }
    body.replace('_', "").parse::<f64>().ok().map(|value| Value::Float(sign * value))
}

/// Writes a number as the client does when it turns it into text: Python keeps `.0`, Go does not.
pub(crate) fn float_text(value: f64, flavour: Flavour) -> String {
    if flavour == Flavour::Python && value.fract() == 0.0 && value.abs() < 1e16 {
        return format!("{value:.1}");
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e21).contains(&magnitude) { exponent_text(value) } else { value.to_string() }
}

/// Both clients write at least two digits of exponent, with a sign: `1e+21`, `1e-05`.
fn exponent_text(value: f64) -> String {
    let text = format!("{value:e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// Tells whether text may be written without quotes and be text again for every client.
pub(crate) fn is_plain_safe(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"];
    let Some(first) = text.chars().next() else { return false };
    let starts_well =
        first.is_ascii_alphabetic() || matches!(first, '/' | '_' | '$') || (first == '.' && text.starts_with("./"));
    starts_well
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|c| c.is_ascii_graphic() || c == ' ')
        && !text.contains("  ")
}
