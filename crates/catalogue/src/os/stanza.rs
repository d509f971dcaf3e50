//! Stanzas of `Field: value` lines with folded ones, as dpkg and its kin write them (deb822(5)).

use crate::os::bytes::{lines, split_once};

/// One stanza; field names are compared without regard to case.
#[derive(Debug, Default)]
pub(crate) struct Stanza<'a> {
    fields: Vec<(&'a [u8], Vec<&'a [u8]>)>,
}

impl<'a> Stanza<'a> {
    /// Returns the first line of a field.
    pub(crate) fn line(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name)?.first().copied()
    }

    /// Returns all lines of a field, each without its blanks.
    pub(crate) fn all(&self, name: &str) -> Option<&[&'a [u8]]> {
        let wanted = name.as_bytes();
        self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(wanted)).map(|(_, lines)| lines.as_slice())
    }
}

/// How many fields of one stanza are kept, and how many lines of one field.
const FIELDS: usize = 256;
const LINES: usize = 20_000;

/// Splits a file into stanzas; lines that are neither a field nor a folded part of one are passed over.
pub(crate) fn stanzas(bytes: &[u8]) -> impl Iterator<Item = Stanza<'_>> {
    let mut rest = lines(bytes);
    std::iter::from_fn(move || {
        let mut stanza = Stanza::default();
        for line in rest.by_ref() {
            if line.trim_ascii().is_empty() {
                if stanza.fields.is_empty() {
                    continue;
                }
                return Some(stanza);
            }
            if line.starts_with(b"#") {
                continue;
            }
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let Some((_, lines)) = stanza.fields.last_mut().filter(|(_, lines)| lines.len() < LINES) {
                    lines.push(line.trim_ascii());
                }
            } else if let Some((name, value)) = split_once(line, b':')
                && stanza.fields.len() < FIELDS
            {
                stanza.fields.push((name.trim_ascii(), vec![value.trim_ascii()]));
            }
        }
        (!stanza.fields.is_empty()).then_some(stanza)
    })
}
