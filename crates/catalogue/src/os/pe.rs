//! Version resources of Windows programs (`VS_VERSION_INFO`; "PE Format", "The .rsrc Section", learn.microsoft.com).

use crate::os::bytes::{Order, slice, utf16};

const RT_VERSION: u32 = 16;
const FIXED_MAGIC: u32 = 0xfeef_04bd;
/// Letters of a text.
const LETTERS: usize = 512;
/// Entries of one resource folder, and strings of one table, that are looked at.
const ENTRIES: usize = 4096;

/// What a program's version resource says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionInfo {
    /// The file's version in numbers, `10.0.20348.2461`.
    pub file_version: String,
    /// The product's version in numbers.
    pub product_version: String,
    /// `ProductVersion` as text, which may name more than the numbers do.
    pub product_version_text: Option<String>,
    /// `FileVersion` as text.
    pub file_version_text: Option<String>,
    /// `ProductName`.
    pub product_name: Option<String>,
    /// `CompanyName`.
    pub company: Option<String>,
    /// `OriginalFilename`.
    pub original_filename: Option<String>,
    /// `FileDescription`.
    pub description: Option<String>,
}

/// Reads the version resource of a PE file; `None` if it is no PE file or has none.
#[must_use]
pub fn pe_version_info(bytes: &[u8]) -> Option<VersionInfo> {
    let image = Image::open(bytes)?;
    let resources = image.at_rva(image.resource_rva)?;
    let by_type = entry(resources, 0, |id| id == RT_VERSION)?;
    let by_name = entry(resources, by_type.folder()?, |_| true)?;
    let by_language = entry(resources, by_name.folder()?, |_| true)?;
    let leaf = by_language.leaf()?;
    let data = image.at_rva(Order::Little.word(resources, leaf)?)?;
    version_block(data.get(..Order::Little.word(resources, leaf + 4)?).unwrap_or(data))
}

struct Image<'a> {
    bytes: &'a [u8],
    /// Address, size in memory, offset in the file, size in the file.
    sections: Vec<[usize; 4]>,
    resource_rva: usize,
}

impl<'a> Image<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let little = Order::Little;
        let header = little.word(bytes, 0x3c).filter(|_| bytes.starts_with(b"MZ"))?;
        if slice(bytes, header, 4)? != b"PE\0\0" {
            return None;
        }
        let section_count = little.short(bytes, header + 6)?;
        let optional = header + 24;
        let optional_length = little.short(bytes, header + 20)?;
        let directories = match little.u16(bytes, optional)? {
            0x10b => optional + 96,
            0x20b => optional + 112,
            _ => return None,
        };
        let resource_rva = little.word(bytes, directories + 2 * 8).filter(|rva| *rva != 0)?;
        let table = optional + optional_length;
        let sections = (0..section_count.min(96)).map_while(|index| {
            let at = table + index * 40;
            Some([
                little.word(bytes, at + 12)?,
                little.word(bytes, at + 8)?,
                little.word(bytes, at + 20)?,
                little.word(bytes, at + 16)?,
            ])
        });
        Some(Self { bytes, sections: sections.collect(), resource_rva })
    }

    /// Returns the rest of a section from an address.
    fn at_rva(&self, rva: usize) -> Option<&'a [u8]> {
        let [address, _, offset, in_file] = self
            .sections
            .iter()
            .find(|[address, size, _, in_file]| rva >= *address && rva - address < *size.max(in_file))?;
        let skip = rva - address;
        slice(self.bytes, offset.checked_add(skip)?, in_file.checked_sub(skip)?)
            .or_else(|| self.bytes.get(offset.checked_add(skip)?..))
    }
}

/// Where an entry of a resource folder leads: the highest bit tells a folder from a leaf.
#[derive(Clone, Copy)]
struct Target(u32);

impl Target {
    fn folder(self) -> Option<usize> {
        (self.0 & 0x8000_0000 != 0).then(|| usize::try_from(self.0 & 0x7fff_ffff).ok())?
    }

    fn leaf(self) -> Option<usize> {
        (self.0 & 0x8000_0000 == 0).then(|| usize::try_from(self.0).ok())?
    }
}

fn entry(resources: &[u8], folder: usize, fits: impl Fn(u32) -> bool) -> Option<Target> {
    let little = Order::Little;
    let named = little.short(resources, folder.checked_add(12)?)?;
    let numbered = little.short(resources, folder + 14)?;
    (0..(named + numbered).min(ENTRIES)).find_map(|index| {
        let at = folder + 16 + index * 8;
        let id = little.u32(resources, at)?;
        fits(id).then(|| little.u32(resources, at + 4).map(Target))?
    })
}

/// A block of a version resource: its key, its value, what lies in it.
struct Block<'a> {
    key: String,
    value: &'a [u8],
    inner: &'a [u8],
    /// Bytes to the next block.
    length: usize,
}

fn block(bytes: &[u8]) -> Option<Block<'_>> {
    let little = Order::Little;
    let length = little.short(bytes, 0).filter(|length| *length >= 6)?;
    let whole = bytes.get(..length).unwrap_or(bytes);
    let is_text = little.u16(bytes, 4)? == 1;
    let value_length = little.short(bytes, 2)? * if is_text { 2 } else { 1 };
    let key = utf16(whole.get(6..)?, 64);
    let key_end = 6 + 2 * (key.encode_utf16().count() + 1);
    let value_at = key_end.next_multiple_of(4);
    let value_end = value_at.saturating_add(value_length).min(whole.len());
    let value = whole.get(value_at..value_end).unwrap_or_default();
    let inner = whole.get(value_end.next_multiple_of(4)..).unwrap_or_default();
    Some(Block { key, value, inner, length: length.next_multiple_of(4) })
}

fn blocks(mut bytes: &[u8]) -> impl Iterator<Item = Block<'_>> {
    std::iter::from_fn(move || {
        let next = block(bytes)?;
        bytes = bytes.get(next.length..).unwrap_or_default();
        Some(next)
    })
    .take(ENTRIES)
}

fn version_block(bytes: &[u8]) -> Option<VersionInfo> {
    let root = block(bytes).filter(|root| root.key == "VS_VERSION_INFO")?;
    let mut info = VersionInfo::default();
    if Order::Little.u32(root.value, 0) == Some(FIXED_MAGIC) {
        info.file_version = numbers(root.value, 8).unwrap_or_default();
        info.product_version = numbers(root.value, 16).unwrap_or_default();
    }
    for table in blocks(root.inner).filter(|part| part.key == "StringFileInfo").flat_map(|part| blocks(part.inner)) {
        for string in blocks(table.inner) {
            let value = Some(utf16(string.value, LETTERS).trim().to_owned()).filter(|value| !value.is_empty());
            let field = match string.key.as_str() {
                "ProductVersion" => &mut info.product_version_text,
                "FileVersion" => &mut info.file_version_text,
                "ProductName" => &mut info.product_name,
                "CompanyName" => &mut info.company,
                "OriginalFilename" => &mut info.original_filename,
                "FileDescription" => &mut info.description,
                _ => continue,
            };
            if field.is_none() {
                *field = value;
            }
        }
    }
    Some(info)
}

/// Reads four numbers out of two words, the higher half of each first.
fn numbers(fixed: &[u8], at: usize) -> Option<String> {
    let (high, low) = (Order::Little.u32(fixed, at)?, Order::Little.u32(fixed, at + 4)?);
    Some(format!("{}.{}.{}.{}", high >> 16, high & 0xffff, low >> 16, low & 0xffff))
}
