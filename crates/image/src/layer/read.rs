//! One file of a layer, read.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use catalogue::{Analyser, Findings, Limits, ParseError, analyse, embedded};

use crate::tar::{TarError, TarReader};

/// Reads a file by its analyser; programs are searched for libraries without a package, too.
pub(super) fn read_file(analyser: Analyser, path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut findings = analyse(analyser, path, bytes, limits)?;
    if analyser.is_searched() {
        findings.packages.extend(embedded::find(path, bytes));
    }
    Ok(findings)
}

/// Runs a parser; a fault in it costs the file, not the layer.
pub(super) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, ()> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| ())
}

/// Reads the rest of an entry behind its head. Room is made as the data comes, not as the header promises.
pub(super) fn read_all<R: Read>(
    tar: &mut TarReader<R>,
    size: u64,
    head: &[u8],
    bytes: &mut Vec<u8>,
) -> Result<(), TarError> {
    const STEP: usize = 1 << 20;
    bytes.clear();
    bytes.extend_from_slice(head);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    while bytes.len() < size {
        let from = bytes.len();
        bytes.resize(from + (size - from).min(STEP), 0);
        let got = tar.fill_data(bytes.get_mut(from..).unwrap_or_default())?;
        bytes.truncate(from + got);
        if got == 0 {
            break;
        }
    }
    Ok(())
}

/// Tells whether a file is of a kind that is read even if it is large: programs, archives, databases.
pub(super) fn may_be_large(analyser: Analyser, head: &[u8]) -> bool {
    const MAGICS: &[&[u8]] = &[
        b"\x7fELF",
        b"MZ",
        b"PK\x03\x04",
        b"\0asm",
        b"!<arch>\n",
        b"\xcf\xfa\xed\xfe",
        b"\xce\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"SQLite format 3\0",
        b"#!",
    ];
    matches!(analyser, Analyser::Os(_)) || MAGICS.iter().any(|magic| head.starts_with(magic))
}
