//! PAX records (POSIX.1-2001, `pax` utility, "pax Header Block").

/// What extended headers say of the next entry.
#[derive(Debug, Default, Clone)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: SparseRecords,
}

/// GNU's records of sparse files, versions 0.0, 0.1 and 1.0.
#[derive(Debug, Default, Clone)]
pub(super) struct SparseRecords {
    pub(super) major: Option<u64>,
    pub(super) minor: Option<u64>,
    pub(super) name: Option<Vec<u8>>,
    pub(super) real_size: Option<u64>,
    /// Offsets and lengths, one after the other.
    pub(super) numbers: Vec<u64>,
    /// There is a map, if an empty one.
    pub(super) has_map: bool,
}

impl SparseRecords {
    /// Tells whether the records are those of a sparse file, as Go's reader does; alone they say nothing.
    pub(super) fn is_sparse(&self) -> bool {
        match (self.major, self.minor) {
            (Some(0), Some(0 | 1)) | (Some(1), Some(0)) => true,
            (None, None) => self.has_map,
            _ => false,
        }
    }
}

/// Reads the records of one extended header; nothing if they are malformed.
pub(super) fn parse(mut data: &[u8], max_numbers: usize) -> Option<Extended> {
    let mut extended = Extended::default();
    while !data.is_empty() {
        let blank = data.iter().take(20).position(|byte| *byte == b' ')?;
        let len = usize::try_from(decimal(data.get(..blank)?)?).ok()?;
        let record = data.get(blank + 1..len)?;
        data = data.get(len..)?;
        let record = record.strip_suffix(b"\n")?;
        let equals = record.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (record.get(..equals)?, record.get(equals + 1..)?);
        take(&mut extended, key, value, max_numbers)?;
    }
    Some(extended)
}

fn take(extended: &mut Extended, key: &[u8], value: &[u8], max_numbers: usize) -> Option<()> {
    let sparse = &mut extended.sparse;
    match key {
        // An empty value takes back what a global header said; those are not followed here.
        b"path" => extended.path = (!value.is_empty()).then(|| value.to_vec()),
        b"linkpath" => extended.link = (!value.is_empty()).then(|| value.to_vec()),
        b"size" if value.is_empty() => extended.size = None,
        b"size" => extended.size = Some(decimal(value)?),
        b"GNU.sparse.major" => sparse.major = Some(decimal(value)?),
        b"GNU.sparse.minor" => sparse.minor = Some(decimal(value)?),
        b"GNU.sparse.name" => sparse.name = Some(value.to_vec()),
        b"GNU.sparse.size" | b"GNU.sparse.realsize" => sparse.real_size = Some(decimal(value)?),
        b"GNU.sparse.offset" | b"GNU.sparse.numbytes" => {
            sparse.has_map = true;
            sparse.numbers.push(decimal(value)?);
        }
        b"GNU.sparse.map" => {
            sparse.has_map = true;
            sparse.numbers.clear();
            for number in value.split(|byte| *byte == b',').filter(|number| !number.is_empty()) {
                sparse.numbers.push(decimal(number)?);
                if sparse.numbers.len() > max_numbers {
                    return None;
                }
            }
        }
        _ => {}
    }
    (sparse.numbers.len() <= max_numbers).then_some(())
}

/// Reads a decimal number.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_or_refused() {
        let extended = parse(b"12 path=a/b\n11 size=42\n30 mtime=1350244992.023960108\n", 8).unwrap();
        assert_eq!((extended.path.as_deref(), extended.size), (Some(&b"a/b"[..]), Some(42)));
        for bad in [&b"12 path=a/b"[..], b"9999 path=a\n", b"x path=a\n", b"5 ab\n", b"0 a=b\n", b"11 size=-1\n"] {
            assert!(parse(bad, 8).is_none(), "{bad:?}");
        }
    }
}
