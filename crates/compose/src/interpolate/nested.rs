//! The forms of the specification, with variables inside defaults, messages and alternatives.

use super::{Failure, Interpolator, name_length};

/// How deep braces may nest.
const MAX_DEPTH: usize = 16;

pub(super) fn interpolate(text: &str, variables: &mut Interpolator<'_>, depth: usize) -> Result<String, Failure> {
    if depth > MAX_DEPTH {
        return Err(Failure::TooLong);
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = one(after, &mut result, variables, depth)?;
    }
    result.push_str(rest);
    Ok(result)
}

fn one<'t>(
    after: &'t str,
    result: &mut String,
    variables: &mut Interpolator<'_>,
    depth: usize,
) -> Result<&'t str, Failure> {
    if let Some(left) = after.strip_prefix('$') {
        result.push('$');
        return Ok(left);
    }
    if let Some(braced) = after.strip_prefix('{') {
        let end = closing_brace(braced).ok_or(Failure::Invalid)?;
        let inside = braced.get(..end).ok_or(Failure::Invalid)?;
        result.push_str(&substitute(inside, variables, depth)?);
        return braced.get(end + 1..).ok_or(Failure::Invalid);
    }
    let (name, left) = after.split_at_checked(name_length(after)).ok_or(Failure::Invalid)?;
    if name.is_empty() {
        return Err(Failure::Invalid);
    }
    result.push_str(variables.value(name));
    Ok(left)
}

/// Finds the brace that closes, past those that `${` opens inside.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut before = ' ';
    for (index, c) in text.char_indices() {
        match c {
            '{' if before == '$' => open += 1,
            '}' if open == 0 => return Some(index),
            '}' => open -= 1,
            _ => {}
        }
        // `$$` is a dollar sign, which opens nothing.
        before = if before == '$' && c == '$' { ' ' } else { c };
    }
    None
}

fn substitute(inside: &str, variables: &mut Interpolator<'_>, depth: usize) -> Result<String, Failure> {
    let (name, operation) = inside.split_at_checked(name_length(inside)).ok_or(Failure::Invalid)?;
    if name.is_empty() {
        return Err(Failure::Invalid);
    }
    if operation.is_empty() {
        return Ok(variables.value(name).to_owned());
    }
    let (is_strict, bare) = operation.strip_prefix(':').map_or((false, operation), |bare| (true, bare));
    let mut characters = bare.chars();
    let operator = characters.next().ok_or(Failure::Invalid)?;
    let operand = characters.as_str();
    // With the colon an empty value counts as none.
    let value = variables.lookup(name).filter(|value| !is_strict || !value.is_empty());
    match (operator, value) {
        ('-' | '?', Some(value)) => Ok(value.to_owned()),
        ('-', None) | ('+', Some(_)) => interpolate(operand, variables, depth + 1),
        ('+', None) => Ok(String::new()),
        ('?', None) => {
            let message = interpolate(operand, variables, depth + 1)?;
            Err(Failure::Required { name: name.to_owned(), message })
        }
        _ => Err(Failure::Invalid),
    }
}
