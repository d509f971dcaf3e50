//! Debian's order (Debian Policy, section 5.6.12): `[epoch:]upstream[-revision]`.

use std::cmp::Ordering;

use super::digits;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    digits::compare(a.epoch, b.epoch)
        .then_with(|| compare_part(a.upstream, b.upstream))
        .then_with(|| compare_part(a.revision, b.revision))
}

struct Parts<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

fn split(version: &str) -> Parts<'_> {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) if digits::is_number(epoch) => (epoch, rest),
        _ => ("", version),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    Parts { epoch, upstream, revision }
}

/// Compares runs of non-digits and runs of digits in turn.
fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (words_a, rest_a) = digits::split_run(a, |character| !character.is_ascii_digit());
        let (words_b, rest_b) = digits::split_run(b, |character| !character.is_ascii_digit());
        let (number_a, rest_a) = digits::split_run(rest_a, |character| character.is_ascii_digit());
        let (number_b, rest_b) = digits::split_run(rest_b, |character| character.is_ascii_digit());
        let order = compare_words(words_a, words_b).then_with(|| digits::compare(number_a, number_b));
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

fn compare_words(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.bytes(), b.bytes());
    loop {
        let (x, y) = (left.next(), right.next());
        if x.is_none() && y.is_none() {
            return Ordering::Equal;
        }
        let order = weight(x).cmp(&weight(y));
        if order.is_ne() {
            return order;
        }
    }
}

/// A tilde sorts before the end, the end before letters, letters before everything else.
fn weight(byte: Option<u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(letter),
        Some(other) => i32::from(other) + 256,
    }
}
