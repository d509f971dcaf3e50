//! Semantic versions (semver.org 2.0), read loosely: a leading `v`, any count of numbers, `1.2.3beta` for `1.2.3-beta`.

use std::cmp::Ordering;

use super::{VersionError, digits};
use crate::scheme::Scheme;

/// A version in its parts; the build metadata is dropped, for it does not order.
pub(super) struct Parts<'a> {
    pub(super) numbers: Vec<&'a str>,
    pub(super) pre_release: Option<&'a str>,
}

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (read(Scheme::Semver, a)?, read(Scheme::Semver, b)?);
    Ok(compare_parts(&a, &b))
}

pub(super) fn compare_parts(a: &Parts<'_>, b: &Parts<'_>) -> Ordering {
    digits::compare_lists(&a.numbers, &b.numbers).then_with(|| match (a.pre_release, b.pre_release) {
        (Some(x), Some(y)) => compare_pre_release(x, y),
        (x, y) => x.is_none().cmp(&y.is_none()),
    })
}

/// Reads a version; anything that does not begin with a number is none.
pub(super) fn read(scheme: Scheme, text: &str) -> Result<Parts<'_>, VersionError> {
    let bare = text.trim_start_matches(['v', 'V', '=', ' ']);
    let bare = bare.split('+').next().unwrap_or_default();
    let (core, mut pre_release) = match bare.split_once('-') {
        Some((core, rest)) => (core, Some(rest)),
        None => (bare, None),
    };
    let mut numbers = Vec::new();
    let mut rest = core;
    loop {
        let (number, after) = digits::split_run(rest, |character| character.is_ascii_digit());
        if number.is_empty() {
            if numbers.is_empty() {
                return Err(VersionError::new(scheme, text));
            }
            break;
        }
        numbers.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    // Text behind the numbers is a pre-release that lost its hyphen.
    let rest = rest.trim_start_matches(['.', '_', '~']);
    if !rest.is_empty() {
        pre_release = bare.get(core.len() - rest.len()..);
    }
    Ok(Parts { numbers, pre_release: pre_release.filter(|text| !text.is_empty()) })
}

/// Numbers before words, numbers by value, words by byte, the shorter list first.
pub(super) fn compare_pre_release(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => compare_identifiers(x, y),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_identifiers(x: &str, y: &str) -> Ordering {
    match (digits::is_number(x), digits::is_number(y)) {
        (true, true) => digits::compare(x, y),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => x.cmp(y),
    }
}
