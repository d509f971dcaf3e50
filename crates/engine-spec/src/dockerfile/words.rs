//! Substitution of arguments, as far as it is beyond doubt.

use std::collections::BTreeMap;

/// Replaces `$NAME`, `${NAME}` and `${NAME:-plain}`; none if anything else would need a shell's eye or a value is not known.
pub(super) fn expand(word: &str, values: &BTreeMap<String, Option<String>>) -> Option<String> {
    if word.contains(['"', '\'', '\\', '`']) {
        return None;
    }
    let mut text = String::with_capacity(word.len());
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        if let Some(braced) = after.strip_prefix('{') {
            let (inside, after) = braced.split_once('}')?;
            text.push_str(&braced_value(inside, values)?);
            rest = after;
        } else {
            let length = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            let (name, after) = after.split_at(length);
            text.push_str(&value(name, values)?);
            rest = after;
        }
    }
    text.push_str(rest);
    Some(text)
}

fn braced_value(inside: &str, values: &BTreeMap<String, Option<String>>) -> Option<String> {
    let Some((name, default)) = inside.split_once(":-") else { return value(inside, values) };
    if default.contains(['$', '{']) || !is_name(name) {
        return None;
    }
    match values.get(name) {
        Some(Some(known)) if !known.is_empty() => Some(known.clone()),
        Some(Some(_)) => Some(default.to_owned()),
        // Without a value that we know: the engine may have one from elsewhere.
        Some(None) | None => None,
    }
}

fn value(name: &str, values: &BTreeMap<String, Option<String>>) -> Option<String> {
    if is_name(name) { values.get(name).cloned().flatten() } else { None }
}

fn is_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
