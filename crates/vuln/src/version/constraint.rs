//! Constraints as package managers and other databases write them.

use std::cmp::Ordering;

use super::{VersionError, digits, gem};
use crate::scheme::Scheme;

/// Most comparisons that one constraint may have.
const MOST_TERMS: usize = 1000;

pub(super) fn satisfies(scheme: Scheme, version: &str, constraint: &str) -> Result<bool, VersionError> {
    let constraint = constraint.trim();
    if constraint.starts_with(['[', '(']) {
        return in_intervals(scheme, version, constraint);
    }
    for alternative in constraint.split("||").take(MOST_TERMS) {
        if satisfies_all(scheme, version, alternative)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads comparisons between blanks or commas; the operator may stand apart from its version.
fn satisfies_all(scheme: Scheme, version: &str, terms: &str) -> Result<bool, VersionError> {
    let mut operator = "";
    let mut any = false;
    for word in terms.split([',', ' ']).filter(|word| !word.is_empty()).take(MOST_TERMS) {
        let end = word.find(|character| !"<>=!~^".contains(character)).unwrap_or(word.len());
        let (prefix, bound) = word.split_at(end);
        if !prefix.is_empty() {
            operator = prefix;
        }
        if bound.is_empty() {
            continue;
        }
        any = true;
        if !holds(scheme, version, operator, bound)? {
            return Ok(false);
        }
        operator = "";
    }
    // An operator without a version is a broken constraint, not one that everything meets.
    if any && operator.is_empty() { Ok(true) } else { Err(VersionError::new(scheme, terms)) }
}

fn holds(scheme: Scheme, version: &str, operator: &str, bound: &str) -> Result<bool, VersionError> {
    if bound == "*" {
        return Ok(true);
    }
    let order = scheme.compare_installed(version, bound)?;
    Ok(match operator {
        "" | "=" | "==" | "===" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" | "=<" => order.is_le(),
        ">" => order.is_gt(),
        ">=" | "=>" => order.is_ge(),
        "~>" => order.is_ge() && scheme.compare(version, &gem::pessimistic_end(bound)?)?.is_lt(),
        "~=" => order.is_ge() && scheme.compare(version, &gem::pessimistic_end(bound)?)?.is_lt(),
        "^" => order.is_ge() && scheme.compare(version, &raised(scheme, bound, caret_place(bound))?)?.is_lt(),
        "~" => order.is_ge() && scheme.compare(version, &raised(scheme, bound, 1)?)?.is_lt(),
        _ => return Err(VersionError::new(scheme, operator)),
    })
}

/// npm's caret lets everything change behind the first number that is not zero.
fn caret_place(bound: &str) -> usize {
    bound.split('.').position(|number| !digits::is_zero(number)).unwrap_or(0)
}

/// Cuts a version after a place and raises its number there.
fn raised(scheme: Scheme, bound: &str, place: usize) -> Result<String, VersionError> {
    let refuse = || VersionError::new(scheme, bound);
    let bare = bound.strip_prefix('v').unwrap_or(bound);
    let mut numbers: Vec<&str> = bare.split(['.', '-', '+']).take_while(|part| digits::is_number(part)).collect();
    numbers.truncate(place + 1);
    let last: u64 = numbers.pop().and_then(|last| last.parse().ok()).ok_or_else(refuse)?;
    let raised = last.saturating_add(1).to_string();
    numbers.push(&raised);
    // The first pre-release of the end is already outside.
    Ok(if scheme == Scheme::Semver { format!("{}-0", numbers.join(".")) } else { numbers.join(".") })
}

/// Maven's and NuGet's intervals: `[1.0,2.0)`, `(,1.0]`, `[1.2]`, several of them between commas.
fn in_intervals(scheme: Scheme, version: &str, text: &str) -> Result<bool, VersionError> {
    let refuse = || VersionError::new(scheme, text);
    let mut rest = text;
    for _ in 0..MOST_TERMS {
        rest = rest.trim_start_matches([',', ' ', '|']);
        if rest.is_empty() {
            return Ok(false);
        }
        let takes_start = rest.starts_with('[');
        let body = rest.strip_prefix(['[', '(']).ok_or_else(refuse)?;
        let end = body.find([']', ')']).ok_or_else(refuse)?;
        let (inside, after) = body.split_at(end);
        let takes_end = after.starts_with(']');
        rest = after.get(1..).unwrap_or_default();
        let (low, high) = inside.split_once(',').unwrap_or((inside, inside));
        let within = |bound: &str, beyond: Ordering, takes: bool| -> Result<bool, VersionError> {
            let bound = bound.trim();
            if bound.is_empty() {
                return Ok(true);
            }
            let order = scheme.compare_installed(version, bound)?;
            Ok(order != beyond && (takes || order.is_ne()))
        };
        if within(low, Ordering::Less, takes_start)? && within(high, Ordering::Greater, takes_end)? {
            return Ok(true);
        }
    }
    Err(refuse())
}
