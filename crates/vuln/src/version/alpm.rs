//! pacman's order: `[epoch:]version[-pkgrel]`, each part by runs of digits and letters (`vercmp(8)`).

use std::cmp::Ordering;

use super::digits;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    digits::compare(a.epoch, b.epoch).then_with(|| compare_part(a.version, b.version)).then_with(|| {
        match (a.release, b.release) {
            (Some(x), Some(y)) => compare_part(x, y),
            (x, y) => x.is_some().cmp(&y.is_some()),
        }
    })
}

struct Parts<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

fn split(text: &str) -> Parts<'_> {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if digits::is_number(epoch) => (epoch, rest),
        _ => ("", text),
    };
    match rest.rsplit_once('-') {
        Some((version, release)) => Parts { epoch, version, release: Some(release) },
        None => Parts { epoch, version: rest, release: None },
    }
}

/// One run and what it is worth beside the end: letters that follow a digit at once come before it (`1.0rc1` is
/// before `1.0`), everything else comes after it, more so the more separators stand before it.
struct Run<'a> {
    place: (u8, usize, bool),
    text: &'a str,
}

fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (x, rest_a) = next_run(a);
        let (y, rest_b) = next_run(b);
        let order = x
            .place
            .cmp(&y.place)
            .then_with(|| if x.place.2 { digits::compare(x.text, y.text) } else { x.text.cmp(y.text) });
        if order.is_ne() || x.text.is_empty() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn next_run(text: &str) -> (Run<'_>, &str) {
    let (separators, rest) = digits::split_run(text, |character| !character.is_ascii_alphanumeric());
    if rest.is_empty() {
        return (Run { place: (1, 0, false), text: "" }, "");
    }
    let is_digits = rest.starts_with(|first: char| first.is_ascii_digit());
    let (run, after) =
        digits::split_run(
            rest,
            |character| {
                if is_digits { character.is_ascii_digit() } else { character.is_ascii_alphabetic() }
            },
        );
    let before_end = separators.is_empty() && !is_digits;
    (Run { place: (if before_end { 0 } else { 2 }, separators.len(), is_digits), text: run }, after)
}
