//! Executables and shared libraries of any system, seen as sections, segments and symbols.

use object::read::coff::SectionTable;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::read::pe::DataDirectories;
use object::{Object, ObjectSection, ObjectSegment};

/// Architectures of one Mach-O file; real ones have two.
const MAX_SLICES: usize = 8;

/// Tells whether the first bytes are those of an ELF, PE or Mach-O file.
pub(crate) fn is_executable(head: &[u8]) -> bool {
    let start = |length: usize| head.get(..length).unwrap_or_default();
    match start(4) {
        b"\x7fELF" | b"\xfe\xed\xfa\xce" | b"\xfe\xed\xfa\xcf" | b"\xce\xfa\xed\xfe" | b"\xcf\xfa\xed\xfe" => true,
        // A Java class begins like a fat Mach-O file; its version is never as low as a count of architectures.
        b"\xca\xfe\xba\xbe" | b"\xca\xfe\xba\xbf" => {
            head.get(4..8).is_some_and(|count| matches!(count, [0, 0, 0, 1..=8]))
        }
        _ => start(2) == b"MZ",
    }
}

/// Tells whether a file is an archive of objects or a WebAssembly module.
pub(crate) fn is_objects(name: &str, head: &[u8]) -> bool {
    (head.starts_with(b"!<arch>\n") && name.ends_with(".a")) || head.starts_with(b"\0asm\x01\0\0\0")
}

/// One architecture's executable.
pub(crate) struct Executable<'a> {
    pub(crate) bytes: &'a [u8],
    /// `None`: the headers are damaged; the loader may run it nevertheless, and its bytes can still be searched.
    file: Option<object::File<'a>>,
}

/// Splits a fat Mach-O file into its architectures; any other file is one.
pub(crate) fn slices(bytes: &[u8]) -> Vec<Executable<'_>> {
    let parts: Vec<&[u8]> = match object::FileKind::parse(bytes) {
        Ok(object::FileKind::MachOFat32) => MachOFatFile32::parse(bytes)
            .map(|fat| fat.arches().iter().filter_map(|arch| arch.data(bytes).ok()).take(MAX_SLICES).collect())
            .unwrap_or_default(),
        Ok(object::FileKind::MachOFat64) => MachOFatFile64::parse(bytes)
            .map(|fat| fat.arches().iter().filter_map(|arch| arch.data(bytes).ok()).take(MAX_SLICES).collect())
            .unwrap_or_default(),
        _ => vec![bytes],
    };
    parts.into_iter().map(|part| Executable { bytes: part, file: object::File::parse(part).ok() }).collect()
}

impl<'a> Executable<'a> {
    /// The bytes of the first section of one of these names.
    pub(crate) fn section(&self, names: &[&str]) -> Option<&'a [u8]> {
        let named = |section: &object::Section<'a, '_>| section.name().is_ok_and(|name| names.contains(&name));
        self.file
            .as_ref()?
            .sections()
            .find(named)
            .and_then(|section| section.data().ok())
            .filter(|data| !data.is_empty())
    }

    /// The bytes from an address to the end of its segment.
    pub(crate) fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.file.as_ref()?.segments().find_map(|segment| {
            let inside = address.checked_sub(segment.address())?;
            segment.data().ok()?.get(usize::try_from(inside).ok()?..).filter(|rest| !rest.is_empty())
        })
    }

    /// The bytes at an address, at most `length`.
    pub(crate) fn range(&self, address: u64, length: u64) -> Option<&'a [u8]> {
        self.at(address)?.get(..usize::try_from(length).ok()?)
    }

    /// The address of an exported symbol.
    pub(crate) fn symbol(&self, name: &str) -> Option<u64> {
        let exports = self.file.as_ref()?.exports().ok()?;
        let named = |export: &&object::Export<'a>| {
            let found = export.name();
            found.strip_prefix(b"_").unwrap_or(found) == name.as_bytes()
        };
        exports.iter().find(named).map(object::Export::address).filter(|address| *address != 0)
    }

    /// Whether the headers could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.file.is_some()
    }

    /// Whether this is a Windows program.
    pub(crate) fn is_pe(&self) -> bool {
        matches!(self.file, Some(object::File::Pe32(_) | object::File::Pe64(_)))
    }

    /// The CLR metadata of a .NET assembly.
    pub(crate) fn clr_metadata(&self) -> Option<&'a [u8]> {
        match self.file.as_ref()? {
            object::File::Pe32(pe) => clr_metadata(self.bytes, &pe.data_directories(), &pe.section_table()),
            object::File::Pe64(pe) => clr_metadata(self.bytes, &pe.data_directories(), &pe.section_table()),
            _ => None,
        }
    }
}

fn clr_metadata<'a>(
    bytes: &'a [u8],
    directories: &DataDirectories<'a>,
    sections: &SectionTable<'a>,
) -> Option<&'a [u8]> {
    let header = directories.get(object::pe::IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR)?.data(bytes, sections).ok()?;
    // The header's second field is the address and size of the metadata (ECMA-335, II.25.3.3).
    let field = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    let (address, size) = (field(8)?, field(12)?);
    let found = sections.pe_data_at(bytes, address)?;
    found.get(..found.len().min(usize::try_from(size).ok()?))
}

/// Tells whether the file was packed by UPX, which hides everything that is read from programs.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    // The packer's own header follows the program headers and its trailer ends the file; PE has sections of its name.
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let has = |part: &[u8], needle: &[u8]| memchr::memmem::find(part, needle).is_some();
    has(head, b"UPX!") || (has(head, b"UPX0") && has(head, b"UPX1"))
}
