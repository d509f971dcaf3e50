//! Rust: the list of crates that `cargo auditable` leaves in a program, the paths that panics leave without it, and
//! `Cargo.lock`.

use std::collections::BTreeSet;
use std::io::Read as _;

use serde_json::Value;
use vuln::{Confidence, PackageType};

use super::draft::Drafts;
use super::executable::Executable;
use super::{File, Read, json};
use crate::findings::ParseError;

const FORMAT: &str = "rust-auditable";
/// The unpacked list; a program of 1,000 crates has 100 KB.
const MAX_LIST: u64 = 8 << 20;
/// Traces looked at in one program.
const MAX_TRACES: usize = 2_000_000;

/// What precedes a crate's folder in a path, and whether the index's name stands between: Cargo's own registry, and
/// that of Debian.
const MARKS: &[(&[u8], bool)] =
    &[(b"registry/src/", true), (b"registry\\src\\", true), (b"/usr/share/cargo/registry/", false)];

/// Reads the section that `cargo auditable` makes.
pub(crate) fn auditable(file: &File<'_>, program: &Executable<'_>) -> Option<Read> {
    let section = program.section(&[".dep-v0", "rust-deps-v0", "__DATA,.dep-v0"])?;
    Some(read_list(file, section))
}

fn read_list(file: &File<'_>, section: &[u8]) -> Read {
    let mut list = Vec::new();
    let mut unpacked = flate2::read::ZlibDecoder::new(section).take(MAX_LIST + 1);
    unpacked.read_to_end(&mut list).map_err(|_| ParseError::malformed(FORMAT, 0, "the list does not inflate"))?;
    if list.len() as u64 > MAX_LIST {
        return Err(ParseError::TooLarge { format: FORMAT.into(), what: "unpacked bytes".into(), limit: MAX_LIST });
    }
    let list = json::parse(&list, FORMAT)?;
    let mut drafts = Drafts::new(file, PackageType::Cargo, FORMAT);
    for package in json::items(&list, "packages") {
        // What only the build used is not in the program.
        if json::text(package, "kind") != "build" {
            drafts.add_versioned(json::text(package, "name"), json::text(package, "version"));
        }
    }
    drafts.finish()
}

/// Finds crates by the source paths that panic messages carry.
pub(crate) fn traces(file: &File<'_>, program: &Executable<'_>) -> Option<Read> {
    let data = program.section(&[".rodata", ".rdata", "__const", "__cstring"]);
    let mut crates = BTreeSet::new();
    for part in [data, Some(program.bytes)].into_iter().flatten() {
        for (mark, has_index) in MARKS {
            let found = memchr::memmem::find_iter(part, mark).take(MAX_TRACES);
            crates.extend(found.filter_map(|at| trace(part.get(at + mark.len()..)?, *has_index)));
        }
        if !crates.is_empty() {
            break;
        }
    }
    if crates.is_empty() {
        return None;
    }
    let mut drafts = Drafts::new(file, PackageType::Cargo, "rust-panic-path");
    for (name, version) in crates {
        if let Some(package) = drafts.add(name, version) {
            package.confidence = Confidence::Likely;
        }
    }
    Some(drafts.finish())
}

/// Reads `index.example-6f17d22bba15001f/serde_json-1.0.96/` after the mark.
fn trace(rest: &[u8], has_index: bool) -> Option<(&str, &str)> {
    let rest = rest.get(..rest.len().min(384))?;
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let mut parts = rest.split(is_separator);
    let index = if has_index { parts.next()? } else { b"" };
    let folder = parts.next()?;
    // Without a third part the text may go on with another string.
    parts.next()?;
    let text = std::str::from_utf8(folder).ok()?;
    let plain = |each: char| each.is_ascii_alphanumeric() || matches!(each, '-' | '_' | '.' | '+');
    if !index.iter().all(u8::is_ascii_graphic) || !text.chars().all(plain) {
        return None;
    }
    split_folder(text)
}

/// Splits `name-1.2.3-rc.1` at the first hyphen that a version follows.
pub(crate) fn split_folder(folder: &str) -> Option<(&str, &str)> {
    let (at, _) = folder.match_indices('-').find(|(at, _)| {
        let version = folder.get(at + 1..).unwrap_or_default();
        version.starts_with(|each: char| each.is_ascii_digit()) && version.matches('.').count() >= 2
    })?;
    Some((folder.get(..at)?, folder.get(at + 1..)?)).filter(|(name, _)| !name.is_empty())
}

/// Reads `Cargo.lock`.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let lock: Value = super::python::toml_document(file, "cargo-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Cargo, "cargo-lock");
    for package in json::items(&lock, "package") {
        drafts.add_versioned(json::text(package, "name"), json::text(package, "version"));
    }
    drafts.finish()
}
