//! Numbers and words between separators, for what has no order of its own.
//!
//! `1.0-rc1` < `1.0` = `1.0.0` < `1.0p1` < `1.0.1`.

use std::cmp::Ordering;

use super::digits;

/// Words that lead to a release, from the farthest to the nearest.
const BEFORE: &[&[&str]] =
    &[&["dev", "snapshot", "nightly"], &["alpha"], &["beta"], &["preview", "pre"], &["cr", "rc", "candidate"]];

/// Words that name the release itself.
const RELEASE: &[&str] = &["final", "ga", "release", "stable"];

/// One run; the end counts as the number zero.
#[derive(PartialEq, Eq)]
enum Run<'a> {
    Before(usize),
    Zero,
    Word(&'a str),
    Number(&'a str),
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let a = a.strip_prefix(['v', 'V']).unwrap_or(a).to_ascii_lowercase();
    let b = b.strip_prefix(['v', 'V']).unwrap_or(b).to_ascii_lowercase();
    let (mut a, mut b) = (a.as_str(), b.as_str());
    loop {
        let ((x, rest_a), (y, rest_b)) = (next_run(a), next_run(b));
        let order = compare_runs(&x, &y);
        if order.is_ne() || (rest_a.is_empty() && rest_b.is_empty()) {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn compare_runs(x: &Run<'_>, y: &Run<'_>) -> Ordering {
    let rank = |run: &Run<'_>| match run {
        Run::Before(_) => 0,
        Run::Zero => 1,
        Run::Word(_) => 2,
        Run::Number(_) => 3,
    };
    rank(x).cmp(&rank(y)).then_with(|| match (x, y) {
        (Run::Before(x), Run::Before(y)) => x.cmp(y),
        (Run::Word(x), Run::Word(y)) => x.cmp(y),
        (Run::Number(x), Run::Number(y)) => digits::compare(x, y),
        _ => Ordering::Equal,
    })
}

fn next_run(text: &str) -> (Run<'_>, &str) {
    let text = text.trim_start_matches(|character: char| !character.is_alphanumeric());
    let is_digits = text.starts_with(|first: char| first.is_ascii_digit());
    let (run, rest) =
        digits::split_run(text, |character| character.is_alphanumeric() && character.is_ascii_digit() == is_digits);
    let found = if run.is_empty() || RELEASE.contains(&run) || (is_digits && digits::is_zero(run)) {
        Run::Zero
    } else if is_digits {
        Run::Number(run)
    } else if let Some(place) = BEFORE.iter().position(|words| words.contains(&run)) {
        Run::Before(place)
    } else {
        Run::Word(run)
    };
    (found, rest)
}
