//! PHP's `serialize()` form, as far as arrays of texts and numbers go.

/// Arrays within arrays.
const MAX_DEPTH: usize = 24;
/// Values of one file.
const MAX_VALUES: usize = 1_000_000;

/// A value; whatever is no text or array is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Php {
    Nothing,
    Text(String),
    Array(Vec<(String, Php)>),
}

static NOTHING: Php = Php::Nothing;

impl Php {
    pub(crate) fn get(&self, key: &str) -> &Self {
        let Self::Array(members) = self else { return &NOTHING };
        members.iter().find(|(name, _)| name == key).map_or(&NOTHING, |(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

/// Parses one value; `None`: the bytes are none.
pub(crate) fn parse(bytes: &[u8]) -> Option<Php> {
    let mut reader = Reader { bytes, at: 0, values: 0 };
    reader.value(0)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Php> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return None;
        }
        let kind = self.take(2)?;
        match kind {
            b"N;" => Some(Php::Nothing),
            b"b:" | b"d:" | b"r:" | b"R:" => {
                self.until(b';')?;
                Some(Php::Nothing)
            }
            b"i:" => Some(Php::Text(String::from_utf8_lossy(self.until(b';')?).into_owned())),
            b"s:" => {
                let length = self.length()?;
                self.expect(b'"')?;
                let text = self.take(length)?;
                self.expect(b'"')?;
                self.expect(b';')?;
                Some(Php::Text(String::from_utf8_lossy(text).into_owned()))
            }
            b"a:" => self.array(depth),
            _ => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<Php> {
        let count = self.length()?;
        self.expect(b'{')?;
        let mut members = Vec::new();
        for _ in 0..count {
            let Php::Text(key) = self.value(depth + 1)? else { return None };
            members.push((key, self.value(depth + 1)?));
        }
        self.expect(b'}')?;
        Some(Php::Array(members))
    }

    fn length(&mut self) -> Option<usize> {
        std::str::from_utf8(self.until(b':')?).ok()?.parse().ok()
    }

    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take(64).position(|byte| *byte == end)?;
        self.at += length + 1;
        rest.get(..length)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.take(1)? == [byte]).then_some(())
    }
}
