//! RubyGems' order: segments of digits or letters; letters make a pre-release; `-` reads as `.pre.`.

use std::cmp::Ordering;

use super::{VersionError, digits};
use crate::scheme::Scheme;

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (segments(a)?, segments(b)?);
    for index in 0..a.len().max(b.len()) {
        let x = a.get(index).map_or("0", String::as_str);
        let y = b.get(index).map_or("0", String::as_str);
        let order = match (digits::is_number(x), digits::is_number(y)) {
            (true, true) => digits::compare(x, y),
            (false, true) => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, false) => x.cmp(y),
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

/// Returns the segments with the zeros dropped that decide nothing: those at the end, and those right before the
/// first word (`1.0.0.rc1` is `1.rc1`).
fn segments(version: &str) -> Result<Vec<String>, VersionError> {
    let refuse = || VersionError::new(Scheme::Gem, version);
    let bare = version.strip_prefix('v').unwrap_or(version);
    if !bare.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(refuse());
    }
    if !bare.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '+')) {
        return Err(refuse());
    }
    let spelled = bare.replace('-', ".pre.");
    let mut found = Vec::new();
    let mut rest = spelled.as_str();
    while !rest.is_empty() {
        let is_digits = rest.starts_with(|first: char| first.is_ascii_digit());
        let is_letters = rest.starts_with(|first: char| first.is_ascii_alphabetic());
        let (run, after) = digits::split_run(rest, |character| match (is_digits, is_letters) {
            (true, _) => character.is_ascii_digit(),
            (_, true) => character.is_ascii_alphabetic(),
            _ => !character.is_ascii_alphanumeric(),
        });
        if is_digits || is_letters {
            found.push(run.to_owned());
        }
        rest = after;
    }
    let first_word = found.iter().position(|segment| !digits::is_number(segment)).unwrap_or(found.len());
    let words = found.split_off(first_word);
    let mut kept = without_trailing_zeros(found);
    kept.extend(without_trailing_zeros(words));
    Ok(kept)
}

fn without_trailing_zeros(mut segments: Vec<String>) -> Vec<String> {
    while segments.last().is_some_and(|last| digits::is_number(last) && digits::is_zero(last)) {
        segments.pop();
    }
    segments
}

/// Returns the version that `~>` stops before: without the last number and with the one before raised
/// (`~> 2.3.4` stops before 2.4, `~> 2.3` before 3).
pub(super) fn pessimistic_end(version: &str) -> Result<String, VersionError> {
    let refuse = || VersionError::new(Scheme::Gem, version);
    let mut numbers: Vec<&str> = version.split(['.', '-']).take_while(|part| digits::is_number(part)).collect();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last: u64 = numbers.pop().and_then(|last| last.parse().ok()).ok_or_else(refuse)?;
    let raised = last.saturating_add(1).to_string();
    numbers.push(&raised);
    Ok(numbers.join("."))
}
