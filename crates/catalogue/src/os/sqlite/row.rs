//! Records: a header of types, then the values ("Record Format").

use std::borrow::Cow;

use super::FORMAT;
use crate::findings::ParseError;
use crate::os::bytes::slice;

/// More columns than are ever asked for.
const COLUMNS: usize = 64;

/// One row of a table.
pub(crate) struct Row<'a> {
    payload: Cow<'a, [u8]>,
    /// Type, offset and length of each value.
    columns: Vec<(u64, usize, usize)>,
}

impl<'a> Row<'a> {
    pub(super) fn read(payload: Cow<'a, [u8]>) -> Result<Self, ParseError> {
        let broken = || ParseError::malformed(FORMAT, 0, "a row's header is broken");
        let (header_length, mut at) = varint(&payload, 0).ok_or_else(broken)?;
        let header_length = usize::try_from(header_length).map_err(|_| broken())?;
        let mut value_at = header_length;
        let mut columns = Vec::new();
        while at < header_length && columns.len() < COLUMNS {
            let (kind, used) = varint(&payload, at).ok_or_else(broken)?;
            at += used;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => usize::try_from(kind).map_err(|_| broken())?,
                5 => 6,
                6 | 7 => 8,
                _ => usize::try_from(kind.saturating_sub(12) / 2).map_err(|_| broken())?,
            };
            columns.push((kind, value_at, length));
            value_at = value_at.checked_add(length).ok_or_else(broken)?;
        }
        Ok(Self { payload, columns })
    }

    /// Returns the bytes of a value, if it is a blob.
    pub(crate) fn blob(&self, column: usize) -> Option<&[u8]> {
        self.bytes(column, |kind| kind >= 12 && kind % 2 == 0)
    }

    /// Returns the bytes of a value, if it is a text.
    pub(crate) fn text(&self, column: usize) -> Option<&[u8]> {
        self.bytes(column, |kind| kind >= 13 && kind % 2 == 1)
    }

    fn bytes(&self, column: usize, fits: impl Fn(u64) -> bool) -> Option<&[u8]> {
        let (_, at, length) = self.columns.get(column).filter(|(kind, ..)| fits(*kind))?;
        slice(&self.payload, *at, *length)
    }

    /// Returns a value, if it is a whole number.
    pub(crate) fn integer(&self, column: usize) -> Option<i64> {
        let (kind, at, length) = self.columns.get(column)?;
        match kind {
            8 => Some(0),
            9 => Some(1),
            1..=6 => {
                let raw = slice(&self.payload, *at, *length)?;
                let negative = raw.first().is_some_and(|first| first & 0x80 != 0);
                Some(raw.iter().fold(if negative { -1 } else { 0 }, |value, byte| (value << 8) | i64::from(*byte)))
            }
            _ => None,
        }
    }
}

/// Reads a variable-length number; returns it and how many bytes it took.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for used in 0..8 {
        let byte = *bytes.get(at.checked_add(used)?)?;
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, used + 1));
        }
    }
    let last = *bytes.get(at.checked_add(8)?)?;
    Some(((value << 8) | u64::from(last), 9))
}
