//! Small readings that every feed needs.

use base::Timestamp;

use crate::advisory::{Severity, SeverityKind};

/// Cuts a text to at most that many bytes, at a character's end, and drops what ends lines or hides text.
pub(super) fn clip(text: &str, limit_bytes: usize) -> String {
    let text = text.trim();
    let mut end = text.len().min(limit_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Reads a time as feeds write it: RFC 3339, without a zone (UTC), or a day alone. The year 1 stands for "unknown".
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let full = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        16 => format!("{text}:00Z"),
        _ if text.get(10..).is_some_and(|rest| rest.contains(['Z', 'z', '+', '-'])) => text.to_owned(),
        _ => format!("{text}Z"),
    };
    full.parse::<Timestamp>().ok().filter(|time| time.as_millis() > 0)
}

/// Returns the first line of a text, as a title.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().map(|line| line.trim().trim_start_matches(['#', '*', ' '])).find(|line| !line.is_empty()).unwrap_or("")
}

/// Returns a vendor's word as an opinion, unless it says nothing.
pub(super) fn word(source: &str, word: &str) -> Option<Severity> {
    let value = word.trim();
    let is_empty = matches!(value.to_ascii_lowercase().as_str(), "" | "none" | "unknown" | "unspecified" | "n/a");
    (!is_empty).then(|| Severity { source: source.to_owned(), kind: SeverityKind::Word, value: value.to_owned() })
}

/// Returns a CVSS vector as an opinion; its own prefix tells the version, and version 2 has none.
pub(super) fn vector(source: &str, vector: &str) -> Option<Severity> {
    let value = vector.trim().trim_matches(['(', ')']);
    let kind = match value.get(..7) {
        Some("CVSS:4.") => SeverityKind::CvssV4,
        Some("CVSS:3.") => SeverityKind::CvssV3,
        _ if value.starts_with("AV:") => SeverityKind::CvssV2,
        _ => return None,
    };
    Some(Severity { source: source.to_owned(), kind, value: value.to_owned() })
}

/// Returns whether a text looks like an advisory's id: `CVE-2024-1`, `GHSA-…`, `XSA-1`, `TEMP-0123456-ABCDEF`.
pub(super) fn is_id(text: &str) -> bool {
    let (head, rest) = text.split_once('-').unwrap_or_default();
    head.len() >= 2
        && !rest.is_empty()
        && text.len() <= 128
        && head.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && head.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_feeds_write_them() {
        for (text, read) in [
            ("2024-01-02T03:04:05Z", Some("2024-01-02T03:04:05.000Z")),
            ("2024-01-02T03:04:05.123456+02:00", Some("2024-01-02T01:04:05.123Z")),
            ("2024-01-02T03:04:05.500", Some("2024-01-02T03:04:05.500Z")),
            ("2024-01-02 03:04:05", Some("2024-01-02T03:04:05.000Z")),
            ("2024-01-02 03:04", Some("2024-01-02T03:04:00.000Z")),
            ("2024-01-02", Some("2024-01-02T00:00:00.000Z")),
            ("0001-01-01T00:00:00Z", None),
            ("soon", None),
        ] {
            assert_eq!(time(text).map(|time| time.to_string()).as_deref(), read, "{text}");
        }
    }

    #[test]
    fn ids_are_told_from_words() {
        for id in ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc", "XSA-273", "TEMP-0123456-ABCDEF", "ALSA-2021:2363"] {
            assert!(is_id(id), "{id}");
        }
        for no in ["", "-", "cve-2024-1", "(+)", "CVE-", "a b-c", "2024-01"] {
            assert!(!is_id(no), "{no}");
        }
    }
}
