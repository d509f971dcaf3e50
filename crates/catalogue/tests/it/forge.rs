//! Builders of binary files that no tool on a Linux machine writes.

/// An rpm header of texts, lists of texts and lists of numbers.
#[derive(Default)]
pub(crate) struct HeaderForge {
    entries: Vec<(u32, u32, Vec<u8>, u32)>,
}

impl HeaderForge {
    pub(crate) fn text(mut self, tag: u32, value: &str) -> Self {
        self.entries.push((tag, 6, [value.as_bytes(), b"\0"].concat(), 1));
        self
    }

    pub(crate) fn texts(mut self, tag: u32, values: &[&str]) -> Self {
        let raw = values.iter().flat_map(|value| [value.as_bytes(), b"\0"].concat()).collect();
        self.entries.push((tag, 8, raw, u32::try_from(values.len()).unwrap()));
        self
    }

    pub(crate) fn numbers(mut self, tag: u32, values: &[u32]) -> Self {
        let raw = values.iter().flat_map(|value| value.to_be_bytes()).collect();
        self.entries.push((tag, 4, raw, u32::try_from(values.len()).unwrap()));
        self
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for (tag, kind, raw, count) in &self.entries {
            if *kind == 4 {
                data.resize(usize::next_multiple_of(data.len(), 4), 0);
            }
            for number in [*tag, *kind, u32::try_from(data.len()).unwrap(), *count] {
                index.extend(number.to_be_bytes());
            }
            data.extend(raw);
        }
        let counts = [u32::try_from(self.entries.len()).unwrap(), u32::try_from(data.len()).unwrap()];
        [counts.map(u32::to_be_bytes).concat(), index, data].concat()
    }
}

/// `Packages.db` of headers, with a free slot in between.
pub(crate) fn ndb(headers: &[Vec<u8>]) -> Vec<u8> {
    let mut file = vec![0_u8; 4096];
    file[..4].copy_from_slice(b"RpmP");
    file[12..16].copy_from_slice(&1_u32.to_le_bytes());
    for slot in (32..4096).step_by(16) {
        file[slot..slot + 4].copy_from_slice(b"Slot");
    }
    for (index, header) in headers.iter().enumerate() {
        let package = u32::try_from(index).unwrap() + 1;
        let block = u32::try_from(file.len() / 16).unwrap();
        let slot = 32 + index * 32;
        file[slot + 4..slot + 8].copy_from_slice(&package.to_le_bytes());
        file[slot + 8..slot + 12].copy_from_slice(&block.to_le_bytes());
        file.extend(b"BlbS");
        for number in [package, 7, u32::try_from(header.len()).unwrap()] {
            file.extend(number.to_le_bytes());
        }
        file.extend(header);
        file.extend([0; 12]);
        file.resize(file.len().next_multiple_of(16), 0);
    }
    file
}

/// A registry key with values and keys below it.
pub(crate) struct KeyForge {
    pub(crate) name: String,
    /// Name, type, data.
    pub(crate) values: Vec<(String, u32, Vec<u8>)>,
    pub(crate) keys: Vec<KeyForge>,
}

pub(crate) fn key(name: &str, values: &[(&str, u32, Vec<u8>)], keys: Vec<KeyForge>) -> KeyForge {
    let values = values.iter().map(|(name, kind, data)| ((*name).to_owned(), *kind, data.clone())).collect();
    KeyForge { name: name.to_owned(), values, keys }
}

pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

/// A hive file.
pub(crate) fn hive(root: &KeyForge) -> Vec<u8> {
    let mut cells = vec![0_u8; 32];
    let offset = write_key(&mut cells, root);
    // What is left is one free cell; its size is positive.
    let free = cells.len().next_multiple_of(4096) - cells.len();
    cells.extend(words(&[u32::try_from(free).unwrap()]).iter().take(free));
    cells.resize(cells.len().next_multiple_of(4096), 0);
    let size = u32::try_from(cells.len()).unwrap();
    cells[..4].copy_from_slice(b"hbin");
    cells[8..12].copy_from_slice(&size.to_le_bytes());
    let mut base = vec![0_u8; 4096];
    base[..4].copy_from_slice(b"regf");
    for (at, number) in [(4, 1), (8, 1), (20, 1), (24, 5), (32, 1), (36, offset), (40, size), (44, 1)] {
        base[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let sum = base[..508].chunks_exact(4).fold(0, |sum, word| sum ^ u32::from_le_bytes(word.try_into().unwrap()));
    base[508..512].copy_from_slice(&sum.to_le_bytes());
    [base, cells].concat()
}

fn cell(cells: &mut Vec<u8>, data: &[u8]) -> u32 {
    let at = u32::try_from(cells.len()).unwrap();
    let size = (data.len() + 4).next_multiple_of(8);
    cells.extend((-i32::try_from(size).unwrap()).to_le_bytes());
    cells.extend(data);
    cells.resize(cells.len() + size - 4 - data.len(), 0);
    at
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn write_key(cells: &mut Vec<u8>, key: &KeyForge) -> u32 {
    let values: Vec<u32> = key.values.iter().map(|value| write_value(cells, value)).collect();
    let value_list = if values.is_empty() { u32::MAX } else { cell(cells, &words(&values)) };
    let keys: Vec<u32> = key.keys.iter().map(|inner| write_key(cells, inner)).collect();
    // Many keys stand in several lists below one list, as Windows writes them.
    let leaves: Vec<u32> = keys
        .chunks(3)
        .map(|part| {
            let count = u16::try_from(part.len()).unwrap();
            let entries: Vec<u32> = part.iter().flat_map(|offset| [*offset, 0]).collect();
            cell(cells, &[&b"lh"[..], &count.to_le_bytes(), &words(&entries)].concat())
        })
        .collect();
    let key_list = match leaves.as_slice() {
        [] => u32::MAX,
        [one] => *one,
        many => {
            let count = u16::try_from(many.len()).unwrap();
            cell(cells, &[&b"ri"[..], &count.to_le_bytes(), &words(many)].concat())
        }
    };
    let mut node = vec![0_u8; 76];
    node[..2].copy_from_slice(b"nk");
    node[2] = 0x20;
    let count = |length: usize| u32::try_from(length).unwrap();
    let fields = [
        (20, count(keys.len())),
        (28, key_list),
        (32, u32::MAX),
        (36, count(values.len())),
        (40, value_list),
        (44, u32::MAX),
        (48, u32::MAX),
        (72, count(key.name.len())),
    ];
    for (at, number) in fields {
        node[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    node.extend(key.name.as_bytes());
    cell(cells, &node)
}

fn write_value(cells: &mut Vec<u8>, (name, kind, data): &(String, u32, Vec<u8>)) -> u32 {
    let length = u32::try_from(data.len()).unwrap();
    let (size, place) = match data.len() {
        0..=4 => {
            let mut inline = [0; 4];
            inline[..data.len()].copy_from_slice(data);
            (length | 0x8000_0000, u32::from_le_bytes(inline))
        }
        5..=16_344 => (length, cell(cells, data)),
        _ => {
            let parts: Vec<u32> = data.chunks(16_344).map(|part| cell(cells, part)).collect();
            let list = cell(cells, &words(&parts));
            let count = u16::try_from(parts.len()).unwrap();
            (length, cell(cells, &[&b"db"[..], &count.to_le_bytes(), &list.to_le_bytes()].concat()))
        }
    };
    let name_length = u16::try_from(name.len()).unwrap();
    let head = [&b"vk"[..], &name_length.to_le_bytes(), &words(&[size, place, *kind, 1])].concat();
    cell(cells, &[head, name.as_bytes().to_vec()].concat())
}

/// A PE file with nothing but a version resource.
pub(crate) fn pe(version: [u16; 4], strings: &[(&str, &str)]) -> Vec<u8> {
    const RVA: u32 = 0x1000;
    let info = version_info(version, strings);
    let mut resources = Vec::new();
    for (id, target) in [(16_u32, 0x8000_0000 | 24), (1, 0x8000_0000 | 48), (0x409, 72_u32)] {
        resources.extend(words(&[0, 0, 0, 1 << 16, id, target]));
    }
    resources.extend(words(&[RVA + 88, u32::try_from(info.len()).unwrap(), 0, 0]));
    resources.extend(&info);
    let size = u32::try_from(resources.len()).unwrap();
    let mut file = vec![0_u8; 0x400];
    file[..2].copy_from_slice(b"MZ");
    let put = |file: &mut Vec<u8>, at: usize, raw: &[u8]| file[at..at + raw.len()].copy_from_slice(raw);
    put(&mut file, 0x3c, &0x80_u32.to_le_bytes());
    put(&mut file, 0x80, b"PE\0\0");
    put(&mut file, 0x86, &1_u16.to_le_bytes());
    put(&mut file, 0x94, &240_u16.to_le_bytes());
    put(&mut file, 0x98, &0x20b_u16.to_le_bytes());
    put(&mut file, 0x98 + 112 + 16, &words(&[RVA, size]));
    put(&mut file, 0x98 + 240, b".rsrc\0\0\0");
    put(&mut file, 0x98 + 240 + 8, &words(&[size, RVA, size, 0x400]));
    [file, resources].concat()
}

fn version_info(version: [u16; 4], strings: &[(&str, &str)]) -> Vec<u8> {
    let [a, b, c, d] = version.map(u32::from);
    let mut fixed = words(&[0xfeef_04bd, 0x1_0000, a << 16 | b, c << 16 | d, a << 16 | b, c << 16 | d]);
    fixed.resize(52, 0);
    let table: Vec<u8> =
        strings.iter().flat_map(|(name, value)| aligned(block(name, &wide(value), true, &[]))).collect();
    let table = block("040904B0", &[], true, &table);
    block("VS_VERSION_INFO", &fixed, false, &block("StringFileInfo", &[], true, &table))
}

fn aligned(mut raw: Vec<u8>) -> Vec<u8> {
    raw.resize(raw.len().next_multiple_of(4), 0);
    raw
}

fn block(key: &str, value: &[u8], is_text: bool, inner: &[u8]) -> Vec<u8> {
    let mut raw = vec![0_u8; 6];
    raw.extend(wide(key));
    let mut raw = aligned(raw);
    raw.extend(value);
    if !inner.is_empty() {
        raw = aligned(raw);
    }
    raw.extend(inner);
    let value_length = if is_text { value.len() / 2 } else { value.len() };
    for (at, number) in [(0, raw.len()), (2, value_length), (4, usize::from(is_text))] {
        raw[at..at + 2].copy_from_slice(&u16::try_from(number).unwrap().to_le_bytes());
    }
    raw
}
