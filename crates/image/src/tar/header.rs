//! The block of 512 bytes before each entry (POSIX.1-1988 ustar, GNU tar).

/// The size of a block.
pub(crate) const BLOCK: usize = 512;

/// A block of the archive.
pub(super) type Block = [u8; BLOCK];

/// Fields of a header, by name.
#[derive(Debug)]
pub(super) struct Header<'a>(pub(super) &'a Block);

impl Header<'_> {
    fn field(&self, from: usize, len: usize) -> &[u8] {
        self.0.get(from..from + len).unwrap_or_default()
    }

    /// Tells whether it is the mark of the archive's end.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    /// Checks the sum, which old programs made with signed bytes.
    pub(super) fn is_sound(&self) -> bool {
        let Some(sum) = number(self.field(148, 8)) else { return false };
        let (mut unsigned, mut signed) = (0_i64, 0_i64);
        for (at, byte) in self.0.iter().enumerate() {
            let byte = if (148..156).contains(&at) { b' ' } else { *byte };
            unsigned += i64::from(byte);
            signed += i64::from(byte.cast_signed());
        }
        i64::try_from(sum).is_ok_and(|sum| sum == unsigned || sum == signed)
    }

    pub(super) fn type_flag(&self) -> u8 {
        self.0.get(156).copied().unwrap_or_default()
    }

    fn magic(&self) -> &[u8] {
        self.field(257, 8)
    }

    /// Tells whether the fields behind the magic are GNU's.
    pub(super) fn is_gnu(&self) -> bool {
        self.magic() == b"ustar  \0"
    }

    /// The name, with its ustar prefix.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = text(self.field(0, 100));
        let prefix = if self.magic().starts_with(b"ustar\0") { text(self.field(345, 155)) } else { b"" };
        if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
    }

    pub(super) fn link(&self) -> Vec<u8> {
        text(self.field(157, 100)).to_vec()
    }

    pub(super) fn size(&self) -> Option<u64> {
        number(self.field(124, 12))
    }

    pub(super) fn mode(&self) -> u32 {
        number(self.field(100, 8)).and_then(|mode| u32::try_from(mode & 0o7777).ok()).unwrap_or(0)
    }

    /// The size with its holes, of a GNU sparse file.
    pub(super) fn real_size(&self) -> Option<u64> {
        number(self.field(483, 12))
    }

    /// The four pieces of a GNU sparse file that stand in the header, and whether more follow.
    pub(super) fn sparse(&self) -> (&[u8], bool) {
        (self.field(386, 96), self.0.get(482).is_some_and(|more| *more != 0))
    }
}

/// Cuts a text at its first zero byte.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Reads a number: octal digits between blanks, or GNU's base 256. Negative ones and overflows are none.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        if first & 0x40 != 0 {
            return None;
        }
        return field.iter().enumerate().try_fold(0_u64, |value, (at, byte)| {
            let byte = if at == 0 { byte & 0x7f } else { *byte };
            value.checked_mul(256)?.checked_add(u64::from(byte))
        });
    }
    // Go's reader, which engines unpack with, looks behind leading zero bytes.
    let mut field = field;
    while let [b' ' | 0, rest @ ..] = field {
        field = rest;
    }
    let digits = text(field).trim_ascii();
    if digits.len() > 22 {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        for (field, value) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"     12 ", Some(10)),
            (b"\0\0\0\0", Some(0)),
            (b"\0 000012 \0", Some(10)),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\0", Some(256)),
            (b"\xff\xff\xff\xff", None),
            (b"0000008\0", None),
            (b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ] {
            assert_eq!(number(field), value, "{field:?}");
        }
    }
}
