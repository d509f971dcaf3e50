//! Composer's order: up to four numbers, then a stability (`dev` < `alpha` < `beta` < `RC` < stable < `patch`).

use std::cmp::Ordering;

use super::{VersionError, digits};
use crate::scheme::Scheme;

/// What Composer puts for the `x` of a branch (`1.2.x-dev`).
const BRANCH_NUMBER: &str = "9999999";

struct Parts<'a> {
    /// A branch by name (`dev-main`) comes before every number.
    is_numbered: bool,
    numbers: Vec<&'a str>,
    stability: u8,
    counts: Vec<&'a str>,
    /// A version that is still worked on comes before the version.
    is_released: bool,
    branch: &'a str,
}

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (read(a)?, read(b)?);
    Ok(a.is_numbered
        .cmp(&b.is_numbered)
        .then_with(|| digits::compare_lists(&a.numbers, &b.numbers))
        .then_with(|| a.stability.cmp(&b.stability))
        .then_with(|| digits::compare_lists(&a.counts, &b.counts))
        .then_with(|| a.is_released.cmp(&b.is_released))
        .then_with(|| a.branch.cmp(b.branch)))
}

fn read(text: &str) -> Result<Parts<'_>, VersionError> {
    let refuse = || VersionError::new(Scheme::Composer, text);
    let bare = text.split(['+', '#', '@']).next().unwrap_or_default().trim();
    let is_branch = bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("dev-"));
    if is_branch {
        return Ok(Parts {
            is_numbered: false,
            numbers: Vec::new(),
            stability: 0,
            counts: Vec::new(),
            is_released: false,
            branch: bare,
        });
    }
    let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare);
    let mut numbers = Vec::new();
    let mut rest = bare;
    loop {
        let (number, after) = digits::split_run(rest, |character| character.is_ascii_digit());
        if !number.is_empty() {
            numbers.push(number);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(['x', 'X', '*']).filter(|_| !numbers.is_empty()) {
            numbers.push(BRANCH_NUMBER);
            rest = after;
        } else {
            break;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    if numbers.is_empty() {
        return Err(refuse());
    }
    let (rest, is_released) = match strip_word_end(rest, "dev") {
        Some(rest) => (rest, false),
        None => (rest, true),
    };
    let word_start = rest.trim_start_matches(['.', '-', '_']);
    let (word, count) = digits::split_run(word_start, |character| character.is_ascii_alphabetic());
    let counts = count.split(['.', '-', '_']).filter(|part| digits::is_number(part)).collect();
    let stability = if word.is_empty() && !is_released { 0 } else { stability(word) };
    Ok(Parts { is_numbered: true, numbers, stability, counts, is_released, branch: "" })
}

fn strip_word_end<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(word.len())?;
    text.get(start..).filter(|end| end.eq_ignore_ascii_case(word))?;
    text.get(..start)
}

fn stability(word: &str) -> u8 {
    match word.to_ascii_lowercase().as_str() {
        "alpha" | "a" => 1,
        "beta" | "b" => 2,
        "rc" => 3,
        "" | "stable" => 4,
        "patch" | "pl" | "p" => 5,
        // PHP's `version_compare` puts unknown words before all.
        _ => 0,
    }
}
