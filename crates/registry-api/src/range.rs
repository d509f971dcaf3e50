//! The `Range` of a read (RFC 9110 §14).

use std::ops::Range;

/// What of a blob is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// All of it.
    Whole,
    /// One range.
    Part(Range<u64>),
    /// A range that the blob does not have.
    Unsatisfiable,
}

/// Reads the header; what is not understood, or asks for several ranges, is answered with the whole.
pub(crate) fn asked(header: Option<&str>, size: u64) -> Asked {
    let Some(spec) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Asked::Whole };
    if spec.contains(',') {
        return Asked::Whole;
    }
    let Some((start, end)) = spec.split_once('-') else { return Asked::Whole };
    let number = |text: &str| text.trim().parse::<u64>();
    match (start.trim(), end.trim()) {
        ("", suffix) => match number(suffix) {
            Ok(0) => Asked::Unsatisfiable,
            Ok(_) if size == 0 => Asked::Unsatisfiable,
            Ok(length) => Asked::Part(size.saturating_sub(length)..size),
            Err(_) => Asked::Whole,
        },
        (start, "") => match number(start) {
            Ok(start) if start < size => Asked::Part(start..size),
            Ok(_) => Asked::Unsatisfiable,
            Err(_) => Asked::Whole,
        },
        (start, end) => match (number(start), number(end)) {
            (Ok(start), Ok(end)) if start > end => Asked::Whole,
            (Ok(start), Ok(_)) if start >= size => Asked::Unsatisfiable,
            (Ok(start), Ok(end)) => Asked::Part(start..end.saturating_add(1).min(size)),
            _ => Asked::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_specification_says() {
        for (text, expected) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=5-", Asked::Part(5..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=10-11", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=5-4", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("items=0-1", Asked::Whole),
            ("bytes=x-y", Asked::Whole),
        ] {
            assert_eq!(asked(Some(text), 10), expected, "{text}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
    }
}
