//! CLR metadata, as far as the Assembly table (ECMA-335, part II, chapters 22 and 24).

/// Streams of one file; real ones have five.
const MAX_STREAMS: usize = 16;
const SIGNATURE: &[u8] = b"BSJB";
const ASSEMBLY: usize = 0x20;

/// What an assembly calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assembly {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// A column of a table, by which its width is known.
#[derive(Clone, Copy)]
enum Column {
    Fixed(usize),
    Text,
    Guid,
    Blob,
    Row(usize),
    /// One of several tables, told by that many bits.
    Coded(u32, &'static [usize]),
}

use Column::{Blob, Coded, Fixed, Guid, Row, Text};

const TYPE_DEF_OR_REF: Column = Coded(2, &[0x02, 0x01, 0x1b]);
const HAS_ATTRIBUTE: Column = Coded(
    5,
    &[
        0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27,
        0x28, 0x2a, 0x2c, 0x2b,
    ],
);
const METHOD_DEF_OR_REF: Column = Coded(1, &[0x06, 0x0a]);

/// Columns of all tables before the Assembly table, by the table's number.
const TABLES: [&[Column]; ASSEMBLY] = [
    &[Fixed(2), Text, Guid, Guid, Guid],
    &[Coded(2, &[0x00, 0x1a, 0x23, 0x01]), Text, Text],
    &[Fixed(4), Text, Text, TYPE_DEF_OR_REF, Row(0x04), Row(0x06)],
    &[Row(0x04)],
    &[Fixed(2), Text, Blob],
    &[Row(0x06)],
    &[Fixed(8), Text, Blob, Row(0x08)],
    &[Row(0x08)],
    &[Fixed(4), Text],
    &[Row(0x02), TYPE_DEF_OR_REF],
    &[Coded(3, &[0x02, 0x01, 0x1a, 0x06, 0x1b]), Text, Blob],
    &[Fixed(2), Coded(2, &[0x04, 0x08, 0x17]), Blob],
    &[HAS_ATTRIBUTE, Coded(3, &[0x06, 0x0a]), Blob],
    &[Coded(1, &[0x04, 0x08]), Blob],
    &[Fixed(2), Coded(2, &[0x02, 0x06, 0x20]), Blob],
    &[Fixed(6), Row(0x02)],
    &[Fixed(4), Row(0x04)],
    &[Blob],
    &[Row(0x02), Row(0x14)],
    &[Row(0x14)],
    &[Fixed(2), Text, TYPE_DEF_OR_REF],
    &[Row(0x02), Row(0x17)],
    &[Row(0x17)],
    &[Fixed(2), Text, Blob],
    &[Fixed(2), Row(0x06), Coded(1, &[0x14, 0x17])],
    &[Row(0x02), METHOD_DEF_OR_REF, METHOD_DEF_OR_REF],
    &[Text],
    &[Blob],
    &[Fixed(2), Coded(1, &[0x04, 0x06]), Text, Row(0x1a)],
    &[Fixed(4), Row(0x04)],
    &[Fixed(8)],
    &[Fixed(4)],
];

/// Counts of rows and widths of heap indices.
struct Layout {
    rows: [u32; 64],
    heap_sizes: u8,
}

impl Layout {
    fn width(&self, column: Column) -> usize {
        let heap = |bit: u8| if self.heap_sizes & bit == 0 { 2 } else { 4 };
        let rows = |table: usize| self.rows.get(table).copied().unwrap_or(0);
        match column {
            Fixed(width) => width,
            Text => heap(1),
            Guid => heap(2),
            Blob => heap(4),
            Row(table) => {
                if rows(table) < 1 << 16 {
                    2
                } else {
                    4
                }
            }
            Coded(bits, tables) => {
                let most = tables.iter().map(|table| rows(*table)).max().unwrap_or(0);
                if most < 1 << (16 - bits) { 2 } else { 4 }
            }
        }
    }

    /// Bytes of a whole table.
    fn table_bytes(&self, table: usize) -> Option<usize> {
        let width: usize = TABLES.get(table)?.iter().map(|column| self.width(*column)).sum();
        width.checked_mul(usize::try_from(*self.rows.get(table)?).ok()?)
    }
}

/// Reads name and version of the assembly, from metadata that begins with its signature.
pub(crate) fn assembly(metadata: &[u8]) -> Option<Assembly> {
    let tables = stream(metadata, b"#~").or_else(|| stream(metadata, b"#-"))?;
    let texts = stream(metadata, b"#Strings")?;
    let valid = u64::from_le_bytes(tables.get(8..16)?.try_into().ok()?);
    let mut layout = Layout { rows: [0; 64], heap_sizes: *tables.get(6)? };
    let mut at = 24;
    for (table, rows) in layout.rows.iter_mut().enumerate() {
        if valid & (1 << table) != 0 {
            *rows = u32_at(tables, at)?;
            at += 4;
        }
    }
    if layout.rows.get(ASSEMBLY).copied() != Some(1) {
        return None;
    }
    for table in 0..ASSEMBLY {
        at = at.checked_add(layout.table_bytes(table)?)?;
    }
    let row = tables.get(at..)?;
    let number = |at: usize| row.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
    let version = format!("{}.{}.{}.{}", number(4)?, number(6)?, number(8)?, number(10)?);
    let name_at = 16 + layout.width(Blob);
    let index = if layout.width(Text) == 2 { u32::from(number(name_at)?) } else { u32_at(row, name_at)? };
    let text = texts.get(usize::try_from(index).ok()?..)?;
    let text = text.split(|byte| *byte == 0).next()?;
    let name = std::str::from_utf8(text.get(..text.len().min(1024))?).ok()?.to_owned();
    (!name.is_empty()).then_some(Assembly { name, version })
}

/// Finds a stream by name.
fn stream<'a>(metadata: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    if metadata.get(..4)? != SIGNATURE {
        return None;
    }
    let version_bytes = usize::try_from(u32_at(metadata, 12)?).ok()?;
    let mut at = 16_usize.checked_add(version_bytes)?.checked_add(4)?;
    for _ in 0..MAX_STREAMS {
        let (offset, size) = (u32_at(metadata, at)?, u32_at(metadata, at.checked_add(4)?)?);
        let name = metadata.get(at + 8..)?;
        let length = name.iter().take(32).position(|byte| *byte == 0)?;
        if name.get(..length)? == wanted {
            let start = usize::try_from(offset).ok()?;
            return metadata.get(start..start.checked_add(usize::try_from(size).ok()?)?);
        }
        at = at + 8 + (length + 1).next_multiple_of(4);
    }
    None
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
