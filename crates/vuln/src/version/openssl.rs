//! OpenSSL's order: until 1.1.1 patch releases were letters (`1.0.2`, `1.0.2a`, … `1.0.2z`, `1.0.2za`), from 3.0 on
//! versions are semantic.

use std::cmp::Ordering;

use super::{VersionError, digits, generic};
use crate::scheme::Scheme;

struct Parts<'a> {
    numbers: Vec<&'a str>,
    letters: &'a str,
    /// `beta1`, `pre3`; what distributions append (`fips`) is none.
    pre_release: Option<&'a str>,
}

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (read(a)?, read(b)?);
    // More letters are later whatever they are: `za` follows `z`.
    Ok(digits::compare_lists(&a.numbers, &b.numbers)
        .then_with(|| a.letters.len().cmp(&b.letters.len()))
        .then_with(|| a.letters.cmp(b.letters))
        .then_with(|| match (a.pre_release, b.pre_release) {
            (Some(x), Some(y)) => generic::compare(x, y),
            (x, y) => x.is_none().cmp(&y.is_none()),
        }))
}

fn read(text: &str) -> Result<Parts<'_>, VersionError> {
    let mut numbers = Vec::new();
    let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
    loop {
        let (number, after) = digits::split_run(rest, |character| character.is_ascii_digit());
        if number.is_empty() {
            break;
        }
        numbers.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    if numbers.is_empty() {
        return Err(VersionError::new(Scheme::Openssl, text));
    }
    let (word, after) = digits::split_run(rest, |character| character.is_ascii_alphabetic());
    if is_pre_release(word) {
        return Ok(Parts { numbers, letters: "", pre_release: Some(rest) });
    }
    let pre_release = Some(after.trim_start_matches(['-', '_', '.', '+', ' '])).filter(|word| is_pre_release(word));
    Ok(Parts { numbers, letters: word, pre_release })
}

fn is_pre_release(text: &str) -> bool {
    ["alpha", "beta", "pre", "dev", "rc"].iter().any(|word| text.starts_with(word))
}
