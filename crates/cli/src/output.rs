//! Data to standard output, the rest to standard error.

use std::io::{BufWriter, ErrorKind, Write};

use anyhow::Result;
use serde::Serialize;

use crate::args::{Format, Global};
use crate::table::{Row, details, rows};

/// How much is gathered before it is handed to the system.
const PIECE_BYTES: usize = 64 << 10;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output(Format);

impl Output {
    /// Takes the format from the command line.
    pub(crate) fn of(global: &Global) -> Self {
        Self(global.format())
    }

    /// Prints a list.
    pub(crate) fn list<T: Row + Serialize>(self, items: &[T]) -> Result<()> {
        match self.0 {
            Format::Json => self.json(items),
            _ => self.text(&rows(items)),
        }
    }

    /// Prints one thing.
    pub(crate) fn one<T: Row + Serialize>(self, item: &T) -> Result<()> {
        match self.0 {
            Format::Json => self.json(item),
            _ => self.text(&details(item)),
        }
    }

    /// Prints JSON.
    pub(crate) fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        self.text(&format!("{}\n", serde_json::to_string_pretty(value)?))
    }

    /// Prints something of its own form: as JSON, or as the text given.
    pub(crate) fn either<T: Serialize>(self, value: &T, text: impl FnOnce() -> String) -> Result<()> {
        match self.0 {
            Format::Json => self.json(value),
            _ => self.text(&text()),
        }
    }

    /// Prints text; a reader that has gone away is no failure.
    pub(crate) fn text(self, text: &str) -> Result<()> {
        self.pieces(|out| out.write_all(text.as_bytes()))
    }

    /// Prints what is written piece by piece; a reader that has gone away is no failure.
    #[expect(clippy::unused_self, reason = "the one way to standard output")]
    pub(crate) fn pieces(self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let mut out = BufWriter::with_capacity(PIECE_BYTES, anstream::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Says something to the person, apart from the data.
pub(crate) fn say(text: &str) {
    // Nobody listens on a closed standard error.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
