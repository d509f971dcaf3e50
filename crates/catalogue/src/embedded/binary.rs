//! The parts of a program's file in which libraries leave marks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

use super::library::{self, Library};
use super::origin::{self, Note};
use super::{functions, soname};

/// Most symbols, members of an archive and loaded libraries that are looked at.
const MOST_SYMBOLS: usize = 2_000_000;
const MOST_MEMBERS: usize = 20_000;
const MOST_LOADED: usize = 4_096;

/// A program, a shared library, an archive of objects or a WebAssembly module.
#[derive(Debug, Default)]
pub(super) struct Binary<'a> {
    /// What it keeps as data.
    pub(super) data: Vec<&'a [u8]>,
    /// Its own name (`DT_SONAME`).
    pub(super) soname: Option<String>,
    /// The package that it says it is of.
    pub(super) note: Option<Note>,
    /// The upstream version that the name of its debugging symbols holds.
    pub(super) debug_link: Option<String>,
    /// The stems of the libraries that it loads when it starts.
    loaded: BTreeSet<String>,
    /// The places of the libraries one of whose symbols it defines.
    defined: BTreeSet<usize>,
    /// The libraries whose release one of its functions tells.
    pub(super) told: BTreeMap<&'static str, String>,
}

impl<'a> Binary<'a> {
    /// Reads a file; nothing if it is no program.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut binary = Self::default();
        if bytes.starts_with(b"!<arch>\n") {
            binary.archive(bytes);
        } else if bytes.starts_with(b"\0asm") || is_fat(bytes) {
            binary.data.push(bytes);
        } else if is_program(bytes) {
            binary.object(bytes);
            if binary.data.is_empty() {
                // Without a table of sections, or packed: everything is looked at.
                binary.data.push(bytes);
            }
        } else {
            return None;
        }
        Some(binary)
    }

    /// Returns whether one of a library's symbols is defined here.
    pub(super) fn defines(&self, place: usize) -> bool {
        self.defined.contains(&place)
    }

    /// Returns whether the library is loaded from elsewhere.
    pub(super) fn loads(&self, library: &Library) -> bool {
        self.loaded.iter().any(|stem| library.is_named(stem))
    }

    fn archive(&mut self, bytes: &'a [u8]) {
        let Ok(archive) = ArchiveFile::parse(bytes) else { return };
        for member in archive.members().take(MOST_MEMBERS).map_while(Result::ok) {
            if let Ok(data) = member.data(bytes) {
                self.object(data);
            }
        }
    }

    fn object(&mut self, bytes: &'a [u8]) {
        let Ok(file) = object::File::parse(bytes) else { return };
        let mut dynamic = (None, None);
        // Sections that overlap say the same again and again; true ones lie beside one another.
        let mut left = bytes.len().saturating_mul(2);
        for section in file.sections() {
            let name = section.name().unwrap_or_default();
            let Ok(data) = section.data() else { continue };
            let Some(rest) = left.checked_sub(data.len()) else { continue };
            left = rest;
            match name {
                ".dynamic" => dynamic.0 = Some(data),
                ".dynstr" => dynamic.1 = Some(data),
                ".note.package" => self.note = origin::note(data, file.is_little_endian()),
                ".gnu_debuglink" => self.debug_link = origin::debug_link(data),
                ".eh_frame" | ".eh_frame_hdr" | ".gcc_except_table" | ".gnu.hash" | ".gopclntab" => {}
                _ if holds_data(section.kind(), name) && !data.is_empty() => self.data.push(data),
                _ => {}
            }
        }
        if let (Some(entries), Some(names)) = dynamic {
            self.dynamic(entries, names, file.is_64(), file.is_little_endian());
        }
        if !matches!(file.format(), object::BinaryFormat::Elf) {
            let imports = file.imports().unwrap_or_default();
            let libraries = imports.iter().take(MOST_SYMBOLS).map(object::Import::library);
            let files = libraries.filter_map(|library| std::str::from_utf8(library).ok());
            let stems = files.filter_map(|file| soname::read(file.rsplit('/').next().unwrap_or(file)));
            self.loaded.extend(stems.map(|name| name.stem).take(MOST_LOADED));
        }
        self.told.extend(functions::exported(&file, MOST_SYMBOLS));
        let known = symbols();
        for symbol in file.dynamic_symbols().chain(file.symbols()).take(MOST_SYMBOLS) {
            if symbol.is_undefined() {
                continue;
            }
            let Ok(name) = symbol.name() else { continue };
            let name = name.strip_prefix('_').filter(|_| is_mach_o(&file)).unwrap_or(name);
            self.defined.extend(known.get(name).into_iter().flatten());
            self.told.extend(functions::told(&file, name, symbol.address()));
        }
    }

    /// Reads `DT_NEEDED` and `DT_SONAME` (System V ABI, dynamic section).
    fn dynamic(&mut self, entries: &[u8], names: &[u8], is_64: bool, is_little: bool) {
        const NEEDED: u64 = 1;
        const SONAME: u64 = 14;
        let width = if is_64 { 8 } else { 4 };
        for entry in entries.chunks_exact(width * 2) {
            let (tag, value) = entry.split_at(width);
            let (tag, value) = (number(tag, is_little), number(value, is_little));
            if tag == 0 || self.loaded.len() > MOST_LOADED {
                return;
            }
            let name = usize::try_from(value).ok().and_then(|at| names.get(at..));
            let name = name.and_then(|rest| rest.split(|byte| *byte == 0).next());
            let Some(name) = name.and_then(|name| std::str::from_utf8(name).ok()) else { continue };
            match tag {
                NEEDED => self.loaded.extend(soname::read(name).map(|name| name.stem)),
                SONAME => self.soname = Some(name.to_owned()),
                _ => {}
            }
        }
    }
}

fn number(bytes: &[u8], is_little: bool) -> u64 {
    let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    if is_little { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) }
}

fn holds_data(kind: SectionKind, name: &str) -> bool {
    matches!(
        kind,
        SectionKind::Data | SectionKind::ReadOnlyData | SectionKind::ReadOnlyDataWithRel | SectionKind::ReadOnlyString
    ) || name == ".rsrc"
}

fn is_mach_o(file: &object::File<'_>) -> bool {
    file.format() == object::BinaryFormat::MachO
}

/// ELF, PE, Mach-O; COFF objects come in archives only.
fn is_program(bytes: &[u8]) -> bool {
    let magic = bytes.get(..4).unwrap_or_default();
    magic == b"\x7fELF"
        || magic.starts_with(b"MZ")
        || matches!(magic, [0xfe, 0xed, 0xfa, 0xce | 0xcf] | [0xce | 0xcf, 0xfa, 0xed, 0xfe])
}

/// A Mach-O file of several architectures, which shares its magic with Java's class files: those have a version
/// above 40 where this has a small count.
fn is_fat(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xca, 0xfe, 0xba, 0xbe]) && bytes.get(4..8).is_some_and(|count| number(count, false) < 20)
}

/// The symbols by which libraries are recognised, with the places of those.
fn symbols() -> &'static BTreeMap<&'static str, Vec<usize>> {
    static SYMBOLS: OnceLock<BTreeMap<&'static str, Vec<usize>>> = OnceLock::new();
    SYMBOLS.get_or_init(|| {
        let mut symbols: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (place, library) in library::all() {
            for symbol in library.symbols {
                symbols.entry(symbol).or_default().push(place);
            }
        }
        symbols
    })
}
