//! The bytes of values: numbers of variable length, texts, and texts that are written once and then named by number.

use std::collections::HashMap;

use crate::error::Error;

/// Writes a value.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    /// LEB128: seven bits a byte, least first.
    pub(crate) fn number(&mut self, mut number: u64) {
        loop {
            let low = u8::try_from(number & 0x7f).unwrap_or(0);
            number >>= 7;
            if number == 0 {
                self.0.push(low);
                return;
            }
            self.0.push(low | 0x80);
        }
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Small numbers of either sign stay short.
    pub(crate) fn signed(&mut self, number: i64) {
        self.number((number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.byte(1);
                self.text(text);
            }
            None => self.byte(0),
        }
    }

    pub(crate) fn list(&mut self, texts: &[String]) {
        self.count(texts.len());
        texts.iter().for_each(|text| self.text(text));
    }
}

/// Texts of one value, each once.
#[derive(Debug, Default)]
pub(crate) struct Strings<'a> {
    numbers: HashMap<&'a str, u64>,
    order: Vec<&'a str>,
}

impl<'a> Strings<'a> {
    /// Returns the number of a text.
    pub(crate) fn number(&mut self, text: &'a str) -> u64 {
        let next = u64::try_from(self.order.len()).unwrap_or(u64::MAX);
        *self.numbers.entry(text).or_insert_with(|| {
            self.order.push(text);
            next
        })
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.count(self.order.len());
        self.order.iter().for_each(|text| out.text(text));
    }
}

/// Reads a value; every step may fail, none panics, and nothing larger than the bytes is reserved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    fn short() -> Error {
        Error::damaged("a value ends early")
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Error> {
        let (first, rest) = self.0.split_first().ok_or_else(Self::short)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                break;
            }
            number |= low << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Error::damaged("a number is too long"))
    }

    /// A count of things that take at least a byte each.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let count = usize::try_from(self.number()?).map_err(|_| Self::short())?;
        if count > self.0.len() { Err(Self::short()) } else { Ok(count) }
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Error> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(Self::short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Error::damaged("a text is no UTF-8"))
    }

    pub(crate) fn string(&mut self) -> Result<String, Error> {
        self.text().map(str::to_owned)
    }

    pub(crate) fn optional(&mut self) -> Result<Option<String>, Error> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.string().map(Some),
            other => Err(Error::damaged(format!("`{other}` is neither present nor absent"))),
        }
    }

    pub(crate) fn list(&mut self) -> Result<Vec<String>, Error> {
        (0..self.count()?).map(|_| self.string()).collect()
    }

    pub(crate) fn texts(&mut self) -> Result<Vec<&'a str>, Error> {
        (0..self.count()?).map(|_| self.text()).collect()
    }

    pub(crate) fn end(&self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::damaged("a value goes on after its end")) }
    }
}
