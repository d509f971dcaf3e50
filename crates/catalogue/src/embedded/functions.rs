//! Functions that return a library's own version as a number.
//!
//! Many libraries export one (`PQlibVersion`, `ZSTD_versionNumber`), and compilers make of it one move of a constant
//! and a return. Reading that constant tells the release exactly where no text does; nothing is run. Only whole
//! functions of this kind are read, anything else says nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use object::{Architecture, Object, ObjectSection};

/// The longest function that is looked at, in bytes.
const LONGEST: usize = 24;

/// How a number is a version.
#[derive(Debug, Clone, Copy)]
enum Packing {
    /// Decimal, two digits a part: `10505` is 1.5.5.
    Hundreds,
    /// Decimal, three digits a part: `3045001` is 3.45.1.
    Thousands,
    /// 16-8-8 bits and less: `0x010301` is 1.3.1.
    Bytes,
    /// 8-8-8-8 bits, the last is no part of the version: `0x02010c00` is 2.1.12.
    BytesAndRest,
    /// 8-12-12 bits (Brotli).
    Twelve,
    /// Decimal with four digits, the major alone before them: `150002` is 15.2 (PostgreSQL since 10).
    Postgres,
    /// Decimal, `50040032` is 5.4.3, stable (xz).
    Xz,
    /// Decimal, `2131` is 2.13.1 and `2150` is 2.15 (Little CMS).
    LittleCms,
    /// Decimal, `543` is 5.43 (file).
    Tenths,
}

impl Packing {
    /// Returns the version; none for a number that no release of the library can have.
    fn version(self, number: u32) -> Option<String> {
        let three = |a: u32, b: u32, c: u32| (a > 0 || b > 0).then(|| format!("{a}.{b}.{c}"));
        match self {
            Self::Hundreds => three(number / 10_000, number / 100 % 100, number % 100),
            Self::Thousands => three(number / 1_000_000, number / 1_000 % 1_000, number % 1_000),
            Self::Bytes => three(number >> 16, number >> 8 & 0xff, number & 0xff),
            Self::BytesAndRest => three(number >> 24, number >> 16 & 0xff, number >> 8 & 0xff),
            Self::Twelve => three(number >> 24, number >> 12 & 0xfff, number & 0xfff),
            Self::Postgres if number >= 100_000 => Some(format!("{}.{}", number / 10_000, number % 10_000)),
            Self::Postgres => three(number / 10_000, number / 100 % 100, number % 100),
            // The last digit says alpha (0), beta (1) or stable (2).
            Self::Xz if number % 10 == 2 => three(number / 10_000_000, number / 10_000 % 1_000, number / 10 % 1_000),
            Self::Xz => None,
            Self::LittleCms if !(2_000..10_000).contains(&number) => None,
            Self::LittleCms if number.is_multiple_of(10) => Some(format!("2.{}", number / 10 % 100)),
            Self::LittleCms => Some(format!("2.{}.{}", number / 10 % 100, number % 10)),
            Self::Tenths => (number > 100).then(|| format!("{}.{:02}", number / 100, number % 100)),
        }
    }
}

/// Functions, the libraries whose release they tell, and how.
const FUNCTIONS: &[(&str, &str, Packing)] = &[
    ("BrotliDecoderVersion", "brotli", Packing::Twelve),
    ("BrotliEncoderVersion", "brotli", Packing::Twelve),
    ("JxlDecoderVersion", "libjxl", Packing::Thousands),
    ("JxlEncoderVersion", "libjxl", Packing::Thousands),
    ("LZ4_versionNumber", "lz4", Packing::Hundreds),
    ("PQlibVersion", "libpq", Packing::Postgres),
    ("WebPGetDecoderVersion", "libwebp", Packing::Bytes),
    ("WebPGetEncoderVersion", "libwebp", Packing::Bytes),
    ("ZSTD_versionNumber", "zstd", Packing::Hundreds),
    ("aom_codec_version", "aom", Packing::Bytes),
    ("archive_version_number", "libarchive", Packing::Thousands),
    ("cairo_version", "cairo", Packing::Hundreds),
    ("cmsGetEncodedCMMversion", "lcms2", Packing::LittleCms),
    ("event_get_version_number", "libevent", Packing::BytesAndRest),
    ("lzma_version_number", "xz", Packing::Xz),
    ("magic_version", "file", Packing::Tenths),
    ("mbedtls_version_get_number", "mbedtls", Packing::BytesAndRest),
    ("pixman_version", "pixman", Packing::Hundreds),
    ("png_access_version_number", "libpng", Packing::Hundreds),
    ("rd_kafka_version", "librdkafka", Packing::BytesAndRest),
    ("sqlite3_libversion_number", "sqlite", Packing::Thousands),
    ("uv_version", "libuv", Packing::Bytes),
    ("wolfSSL_lib_version_hex", "wolfssl", Packing::BytesAndRest),
];

/// Returns the library whose release the function of a name tells, and the release.
pub(super) fn told(file: &object::File<'_>, name: &str, address: u64) -> Option<(&'static str, String)> {
    let (library, packing) = known().get(name)?;
    Some((library, packing.version(constant(file, address)?)?))
}

/// Returns what the functions that PE and Mach-O files export tell; an ELF file's are among its symbols.
pub(super) fn exported(file: &object::File<'_>, most: usize) -> BTreeMap<&'static str, String> {
    if file.format() == object::BinaryFormat::Elf {
        return BTreeMap::new();
    }
    let exports = file.exports().unwrap_or_default();
    let named = exports.iter().take(most).filter_map(|export| Some((std::str::from_utf8(export.name()).ok()?, export)));
    // Mach-O puts an underscore before the names of C.
    named.filter_map(|(name, export)| told(file, name.strip_prefix('_').unwrap_or(name), export.address())).collect()
}

fn known() -> &'static HashMap<&'static str, (&'static str, Packing)> {
    static KNOWN: OnceLock<HashMap<&'static str, (&'static str, Packing)>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        FUNCTIONS.iter().map(|(function, library, packing)| (*function, (*library, *packing))).collect()
    })
}

/// Returns the constant that the function at an address does nothing but return.
fn constant(file: &object::File<'_>, address: u64) -> Option<u32> {
    let section = file.sections().find(|section| {
        section.kind() == object::SectionKind::Text
            && (section.address()..section.address().saturating_add(section.size())).contains(&address)
    })?;
    let data = section.data().ok()?;
    let code = data.get(usize::try_from(address - section.address()).ok()?..)?;
    let code = code.get(..code.len().min(LONGEST))?;
    match file.architecture() {
        Architecture::X86_64 | Architecture::I386 => x86(code),
        Architecture::Aarch64 => aarch64(code),
        _ => None,
    }
}

/// `mov eax, N; ret` (Intel SDM volume 2), perhaps with `endbr` before it and a frame around it.
fn x86(code: &[u8]) -> Option<u32> {
    let code = code.strip_prefix(b"\xf3\x0f\x1e".as_slice()).map_or(code, |rest| rest.get(1..).unwrap_or_default());
    let framed =
        [b"\x55\x48\x89\xe5".as_slice(), b"\x55\x89\xe5"].into_iter().find_map(|frame| code.strip_prefix(frame));
    let rest = framed.unwrap_or(code).strip_prefix(b"\xb8".as_slice())?;
    let (number, after) = rest.split_first_chunk::<4>()?;
    let after = if framed.is_some() { after.strip_prefix(b"\x5d".as_slice())? } else { after };
    // A linker's `repz ret` is the same return.
    let after = after.strip_prefix(b"\xf3".as_slice()).unwrap_or(after);
    (after.first() == Some(&0xc3)).then(|| u32::from_le_bytes(*number))
}

/// `movz w0, N` and perhaps `movk w0, N`, then `ret` (Arm ARM, C6.2), perhaps with `bti c` before them.
fn aarch64(code: &[u8]) -> Option<u32> {
    const BTI_C: u32 = 0xd503_245f;
    const RET: u32 = 0xd65f_03c0;
    let mut words = code.chunks_exact(4).filter_map(|word| word.try_into().ok().map(u32::from_le_bytes));
    let mut word = words.next()?;
    if word == BTI_C {
        word = words.next()?;
    }
    let half = |word: u32| ((word >> 5) & 0xffff) << (if word & (1 << 21) == 0 { 0 } else { 16 });
    let is = |word: u32, opcode: u32| word & 0xffc0_001f == opcode;
    if !is(word, 0x5280_0000) {
        return None;
    }
    let mut number = half(word);
    word = words.next()?;
    if is(word, 0x7280_0000) {
        number |= half(word);
        word = words.next()?;
    }
    (word == RET).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_read_of_whole_functions_alone() {
        assert_eq!(x86(b"\xb8\xf2\x49\x02\x00\xc3"), Some(150_002));
        assert_eq!(x86(b"\xf3\x0f\x1e\xfa\xb8\x01\x03\x01\x00\xc3"), Some(0x01_03_01));
        assert_eq!(x86(b"\x55\x48\x89\xe5\xb8\x05\x29\x00\x00\x5d\xc3"), Some(10_501));
        assert_eq!(x86(b"\xb8\x01\x03\x01\x00\x83\xc0\x01\xc3"), None, "something is added");
        assert_eq!(x86(b"\xb8\x01\x03\x01"), None);
        assert_eq!(x86(b""), None);
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        assert_eq!(aarch64(&words(&[0x5285_20e0, 0xd65f_03c0])), Some(10_503), "movz w0, #10503");
        assert_eq!(aarch64(&words(&[0xd503_245f, 0x5280_6020, 0x72a0_0020, 0xd65f_03c0])), Some(0x01_03_01));
        assert_eq!(aarch64(&words(&[0x5285_20e0, 0x1100_0400, 0xd65f_03c0])), None);
        assert_eq!(aarch64(b"\x01\x02"), None);
    }

    #[test]
    fn numbers_are_versions() {
        for (packing, number, version) in [
            (Packing::Hundreds, 10_505, Some("1.5.5")),
            (Packing::Hundreds, 10_640, Some("1.6.40")),
            (Packing::Thousands, 3_045_001, Some("3.45.1")),
            (Packing::Bytes, 0x01_03_01, Some("1.3.1")),
            (Packing::BytesAndRest, 0x0201_0c00, Some("2.1.12")),
            (Packing::Twelve, 0x0100_0009, Some("1.0.9")),
            (Packing::Postgres, 150_002, Some("15.2")),
            (Packing::Postgres, 90_624, Some("9.6.24")),
            (Packing::Xz, 50_040_032, Some("5.4.3")),
            (Packing::Xz, 50_050_001, None),
            (Packing::LittleCms, 2_131, Some("2.13.1")),
            (Packing::LittleCms, 2_150, Some("2.15")),
            (Packing::LittleCms, 7, None),
            (Packing::Tenths, 543, Some("5.43")),
            (Packing::Bytes, 0, None),
        ] {
            assert_eq!(packing.version(number).as_deref(), version, "{packing:?} {number}");
        }
    }
}
