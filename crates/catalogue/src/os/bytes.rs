//! Numbers and texts out of hostile bytes: nothing here panics, whatever the offset.

/// In which order the bytes of a number stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

impl Order {
    /// Reads 16 bits at an offset.
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = array(bytes, at)?;
        Some(if self == Self::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    /// Reads 32 bits at an offset.
    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = array(bytes, at)?;
        Some(if self == Self::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    /// Reads 16 bits as a count or an offset.
    pub(crate) fn short(self, bytes: &[u8], at: usize) -> Option<usize> {
        self.u16(bytes, at).map(usize::from)
    }

    /// Reads 32 bits as a count or an offset.
    pub(crate) fn word(self, bytes: &[u8], at: usize) -> Option<usize> {
        usize::try_from(self.u32(bytes, at)?).ok()
    }
}

/// Returns the `length` bytes at an offset.
pub(crate) fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

/// Returns the bytes from an offset up to the next zero byte, or to the end.
pub(crate) fn until_zero(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    rest.get(..memchr::memchr(0, rest).unwrap_or(rest.len()))
}

/// Makes a text of bytes: what is no UTF-8, and every control character, is written `\xNN`; beyond `limit` bytes it is cut.
pub(crate) fn text(bytes: &[u8], limit: usize) -> String {
    let bytes = bytes.get(..limit).unwrap_or(bytes);
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                let mut raw = [0_u8; 4];
                letter.encode_utf8(&mut raw).bytes().for_each(|byte| escape(&mut out, byte));
            } else {
                out.push(letter);
            }
        }
        chunk.invalid().iter().for_each(|byte| escape(&mut out, *byte));
    }
    out
}

fn escape(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push_str("\\x");
    out.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS.get(usize::from(digit)).copied().unwrap_or(b'?'))));
}

/// Like [`text`], without blanks at either end; `None` if nothing is left.
pub(crate) fn word_of(bytes: &[u8], limit: usize) -> Option<String> {
    let trimmed = bytes.trim_ascii();
    (!trimmed.is_empty()).then(|| text(trimmed, limit))
}

/// Makes a text of UTF-16 bytes, little endian, up to the first zero.
pub(crate) fn utf16(bytes: &[u8], limit: usize) -> String {
    let bytes = bytes.get(..limit.saturating_mul(2)).unwrap_or(bytes);
    let units = bytes.chunks_exact(2).filter_map(|pair| Order::Little.u16(pair, 0)).take_while(|unit| *unit != 0);
    let decoded: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
    text(decoded.as_bytes(), limit)
}

/// Splits bytes into lines, without their ends (`\n` or `\r\n`).
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Splits bytes at the first occurrence of a byte.
pub(crate) fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let index = memchr::memchr(at, bytes)?;
    Some((bytes.get(..index)?, bytes.get(index + 1..)?))
}
