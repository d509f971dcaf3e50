//! Numbers of any length, compared as text.

use std::cmp::Ordering;

/// Compares two runs of digits by value; an empty run is zero.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Returns whether a run of digits is zero (or empty).
pub(super) fn is_zero(run: &str) -> bool {
    run.bytes().all(|byte| byte == b'0')
}

/// Returns whether a text is a run of digits.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits a text after its leading characters of one kind.
pub(super) fn split_run(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !belongs(character)).unwrap_or(text.len());
    text.split_at(end)
}

/// Compares two lists of numbers, the shorter one filled up with zeros.
pub(super) fn compare_lists(a: &[&str], b: &[&str]) -> Ordering {
    for index in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(index).copied().unwrap_or_default(), b.get(index).copied().unwrap_or_default());
        let order = compare(x, y);
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
