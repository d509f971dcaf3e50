//! The forms of version 1, of docker-compose 1.29 and of `docker stack deploy`: no nesting.

use super::{Failure, Interpolator, Syntax, name_length};

pub(super) fn interpolate(text: &str, variables: &mut Interpolator<'_>) -> Result<String, Failure> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = one(after, &mut result, variables)?;
    }
    result.push_str(rest);
    Ok(result)
}

/// Reads what follows a dollar sign; returns what is left.
fn one<'t>(after: &'t str, result: &mut String, variables: &mut Interpolator<'_>) -> Result<&'t str, Failure> {
    if let Some(left) = after.strip_prefix('$') {
        result.push('$');
        return Ok(left);
    }
    if let Some(inside) = after.strip_prefix('{') {
        let (inside, left) = inside.split_once('}').ok_or(Failure::Invalid)?;
        let name = name_length(inside);
        let (name, operation) = inside.split_at_checked(name).ok_or(Failure::Invalid)?;
        if name.is_empty() || !is_operation(operation, variables.syntax) {
            return Err(Failure::Invalid);
        }
        result.push_str(&substitute(inside, name, operation, variables)?);
        return Ok(left);
    }
    let name = name_length(after);
    if name == 0 {
        return Err(Failure::Invalid);
    }
    let (name, left) = after.split_at_checked(name).ok_or(Failure::Invalid)?;
    // The stack client takes a default without braces: `$V-text` up to the end, or to a closing brace.
    if variables.syntax == Syntax::Stack && !left.is_empty() {
        let end = left.find('}').unwrap_or(left.len());
        let (operation, beyond) = left.split_at_checked(end).ok_or(Failure::Invalid)?;
        if !operation.is_empty() && is_operation(operation, Syntax::Stack) {
            let whole = after.get(..name.len() + operation.len()).unwrap_or(after);
            result.push_str(&substitute(whole, name, operation, variables)?);
            return Ok(beyond);
        }
    }
    result.push_str(variables.value(name));
    Ok(left)
}

fn is_operation(operation: &str, syntax: Syntax) -> bool {
    if operation.is_empty() {
        return true;
    }
    let bare = operation.strip_prefix(':').unwrap_or(operation);
    syntax != Syntax::Plain && bare.starts_with(['-', '?'])
}

fn substitute(inside: &str, name: &str, operation: &str, variables: &mut Interpolator<'_>) -> Result<String, Failure> {
    if operation.is_empty() {
        return Ok(variables.value(name).to_owned());
    }
    if variables.syntax == Syntax::Stack {
        return stack(inside, variables);
    }
    let value = variables.lookup(name);
    let required = |message: &str| {
        let message = if message.is_empty() { name } else { message };
        Failure::Required { name: name.to_owned(), message: message.to_owned() }
    };
    if let Some(default) = operation.strip_prefix(":-") {
        return Ok(value.filter(|value| !value.is_empty()).unwrap_or(default).to_owned());
    }
    if let Some(message) = operation.strip_prefix(":?") {
        return value.filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(|| required(message));
    }
    if let Some(default) = operation.strip_prefix('-') {
        return Ok(value.unwrap_or(default).to_owned());
    }
    let message = operation.strip_prefix('?').unwrap_or_default();
    value.map(str::to_owned).ok_or_else(|| required(message))
}

/// The stack client looks for the operators one after the other anywhere in the braces, so that `${V:?a-b}` is a default `b`.
fn stack(inside: &str, variables: &Interpolator<'_>) -> Result<String, Failure> {
    let required = |name: &str, message: &str| Failure::Required { name: name.to_owned(), message: message.to_owned() };
    if let Some((name, default)) = inside.split_once(":-") {
        return Ok(variables.lookup(name).filter(|value| !value.is_empty()).unwrap_or(default).to_owned());
    }
    if let Some((name, default)) = inside.split_once('-') {
        return Ok(variables.lookup(name).unwrap_or(default).to_owned());
    }
    if let Some((name, message)) = inside.split_once(":?") {
        let value = variables.lookup(name).filter(|value| !value.is_empty());
        return value.map(str::to_owned).ok_or_else(|| required(name, message));
    }
    let (name, message) = inside.split_once('?').unwrap_or((inside, ""));
    variables.lookup(name).map(str::to_owned).ok_or_else(|| required(name, message))
}
