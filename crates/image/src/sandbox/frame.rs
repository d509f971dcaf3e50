//! Messages between a parent and its child: a letter, a length of 32 bits, JSON or text.

use std::io::{self, Read, Write};

/// The largest message that is accepted: the record of a layer of some five million files.
const MAX_FRAME_BYTES: u32 = 512 << 20;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// To the child: what to do.
    Job,
    /// From the child: it is sealed off.
    Sealed,
    /// From the child: the file that it reads now.
    At,
    /// From the child: the record.
    Record,
    /// From the child: why it cannot work.
    Failed,
}

impl FrameKind {
    fn letter(self) -> u8 {
        match self {
            Self::Job => b'J',
            Self::Sealed => b'S',
            Self::At => b'A',
            Self::Record => b'R',
            Self::Failed => b'F',
        }
    }

    fn of(letter: u8) -> Option<Self> {
        [Self::Job, Self::Sealed, Self::At, Self::Record, Self::Failed].into_iter().find(|kind| kind.letter() == letter)
    }
}

/// Writes a message.
pub(super) fn write(out: &mut impl Write, kind: FrameKind, body: &[u8]) -> io::Result<()> {
    let len = u32::try_from(body.len()).ok().filter(|len| *len <= MAX_FRAME_BYTES);
    let len = len.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the message is too long"))?;
    let mut head = [kind.letter(), 0, 0, 0, 0];
    if let Some(place) = head.get_mut(1..) {
        place.copy_from_slice(&len.to_le_bytes());
    }
    out.write_all(&head)?;
    out.write_all(body)?;
    out.flush()
}

/// Reads a message; nothing at the stream's end.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<(FrameKind, Vec<u8>)>> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "the child's answer is malformed");
    let mut letter = [0];
    if input.read(&mut letter)? == 0 {
        return Ok(None);
    }
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    let len = u32::from_le_bytes(len);
    let kind = letter.first().and_then(|letter| FrameKind::of(*letter)).ok_or_else(malformed)?;
    if len > MAX_FRAME_BYTES {
        return Err(malformed());
    }
    let mut body = Vec::new();
    input.take(u64::from(len)).read_to_end(&mut body)?;
    if body.len() as u64 == u64::from(len) { Ok(Some((kind, body))) } else { Err(malformed()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_or_are_refused() {
        let mut bytes = Vec::new();
        write(&mut bytes, FrameKind::At, b"/etc/x").unwrap();
        assert_eq!(read(&mut &*bytes).unwrap().unwrap(), (FrameKind::At, b"/etc/x".to_vec()));
        assert!(read(&mut &b""[..]).unwrap().is_none());
        for bad in [&b"A"[..], b"A\x05\0\0\0abc", b"Z\0\0\0\0", b"A\xff\xff\xff\xff"] {
            assert!(read(&mut &*bad).is_err(), "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_a_child_sends_is_read_to_its_end_or_refused(bytes in proptest::collection::vec(0_u8..=255, 0..400)) {
            let mut rest = &bytes[..];
            let mut last = rest.len() + 1;
            while let Ok(Some((_, body))) = read(&mut rest) {
                proptest::prop_assert!(rest.len() + body.len() < last);
                last = rest.len();
            }
        }
    }
}
