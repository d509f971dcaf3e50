//! rpm's order: `[epoch:]version[-release]`, each compared as `rpmvercmp` of rpm 4.15 and later does.

use std::cmp::Ordering;

use super::digits;

/// Compares two installed packages; a missing epoch is 0, a missing release is before every other.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (split(a), split(b));
    digits::compare(a.epoch.unwrap_or_default(), b.epoch.unwrap_or_default())
        .then_with(|| compare_part(a.version, b.version))
        .then_with(|| match (a.release, b.release) {
            (Some(x), Some(y)) => compare_part(x, y),
            (x, y) => x.is_some().cmp(&y.is_some()),
        })
}

/// Compares an installed package with a bound: errata often leave the epoch out, and then mean any.
pub(super) fn compare_with_advisory(installed: &str, bound: &str) -> Ordering {
    let (installed, bound) = (split(installed), split(bound));
    let epochs = match bound.epoch {
        Some(epoch) => digits::compare(installed.epoch.unwrap_or_default(), epoch),
        None => Ordering::Equal,
    };
    epochs.then_with(|| compare_part(installed.version, bound.version)).then_with(|| {
        match (installed.release, bound.release) {
            (Some(x), Some(y)) => compare_part(x, y),
            _ => Ordering::Equal,
        }
    })
}

struct Parts<'a> {
    epoch: Option<&'a str>,
    version: &'a str,
    release: Option<&'a str>,
}

fn split(text: &str) -> Parts<'_> {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if digits::is_number(epoch) => (Some(epoch), rest),
        Some(("(none)" | "", rest)) => (None, rest),
        _ => (None, text),
    };
    match rest.rsplit_once('-') {
        Some((version, release)) => Parts { epoch, version, release: Some(release) },
        None => Parts { epoch, version: rest, release: None },
    }
}

/// `rpmvercmp`: runs of digits and of letters in turn; what is neither only separates, but for `~` and `^`.
pub(super) fn compare_part(mut a: &str, mut b: &str) -> Ordering {
    loop {
        a = skip_separators(a);
        b = skip_separators(b);
        if a.starts_with('~') || b.starts_with('~') {
            match (a.strip_prefix('~'), b.strip_prefix('~')) {
                (Some(rest_a), Some(rest_b)) => (a, b) = (rest_a, rest_b),
                (Some(_), None) => return Ordering::Less,
                (None, _) => return Ordering::Greater,
            }
            continue;
        }
        if a.starts_with('^') || b.starts_with('^') {
            match (a.strip_prefix('^'), b.strip_prefix('^')) {
                (Some(rest_a), Some(rest_b)) => (a, b) = (rest_a, rest_b),
                (Some(_), None) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
                (None, _) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            }
            continue;
        }
        if a.is_empty() || b.is_empty() {
            return a.len().min(1).cmp(&b.len().min(1));
        }
        let is_digits = a.starts_with(|first: char| first.is_ascii_digit());
        let belongs = |character: char| {
            if is_digits { character.is_ascii_digit() } else { character.is_ascii_alphabetic() }
        };
        let (run_a, rest_a) = digits::split_run(a, belongs);
        let (run_b, rest_b) = digits::split_run(b, belongs);
        if run_b.is_empty() {
            return if is_digits { Ordering::Greater } else { Ordering::Less };
        }
        let order = if is_digits { digits::compare(run_a, run_b) } else { run_a.cmp(run_b) };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches(|character: char| !character.is_ascii_alphanumeric() && !matches!(character, '~' | '^'))
}
