//! What the name of a shared library says.

/// The name of a library's file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// `libssl` of `libssl-28bef1ac.so.1.1`.
    pub(super) stem: String,
    /// `1.1`; empty if there is none.
    pub(super) version: String,
}

/// Returns what a file's own name and its soname say, the one with the longer version first.
pub(super) fn names(path: &str, soname: Option<&str>) -> Vec<Name> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let mut names: Vec<Name> = [Some(file), soname].into_iter().flatten().filter_map(read).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.version.len()));
    names
}

/// Takes a file name apart: `libx.so.1.2`, `libx-1.2.so`, `libx.1.dylib`, `libx-1_1-x64.dll`, `libx.a`, each perhaps
/// with the hash that auditwheel, delocate and delvewheel put in.
pub(super) fn read(file: &str) -> Option<Name> {
    let file = file.get(..file.len().min(256))?;
    if let Some((stem, version)) = file.split_once(".so") {
        let fits = version.is_empty() || version.starts_with('.');
        return fits.then(|| name(stem, version.trim_start_matches('.')));
    }
    if let Some(stem) = file.strip_suffix(".dylib") {
        let (stem, version) = stem.split_once('.').unwrap_or((stem, ""));
        return Some(name(stem, version));
    }
    if let Some(stem) = file.strip_suffix(".a") {
        return Some(name(stem, ""));
    }
    let lower = file.to_ascii_lowercase();
    let stem = lower.strip_suffix(".dll")?;
    let stem = without_hash(stem);
    let (stem, version) = match stem.find("-").filter(|at| begins_with_digit(stem.get(at + 1..))) {
        Some(at) => stem.split_at(at),
        None => (stem, ""),
    };
    Some(name(stem, &version.trim_start_matches('-').replace('_', ".")))
}

fn begins_with_digit(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.starts_with(|first: char| first.is_ascii_digit()))
}

fn name(stem: &str, version: &str) -> Name {
    let stem = without_hash(stem);
    // `libldap-2.5` is libldap.
    let bare = match stem.rsplit_once('-') {
        Some((bare, number)) if number.split('.').all(|part| part.parse::<u32>().is_ok()) => bare,
        _ => stem,
    };
    Name { stem: bare.to_owned(), version: version.to_owned() }
}

/// Drops the hash after the last hyphen: eight hexadecimal digits or 32.
fn without_hash(stem: &str) -> &str {
    match stem.rsplit_once('-') {
        Some((bare, hash)) if matches!(hash.len(), 8 | 32) && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => bare,
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (file, expected) in [
            ("libssl-28bef1ac.so.1.1", Some(("libssl", "1.1"))),
            ("libssl.so.3", Some(("libssl", "3"))),
            ("libpng16-36a62686.so.16.40.0", Some(("libpng16", "16.40.0"))),
            ("libldap-2.5.so.0", Some(("libldap", "0"))),
            ("libglib-2.0.so.0.7400.6", Some(("libglib", "0.7400.6"))),
            ("libssl.1.1.dylib", Some(("libssl", "1.1"))),
            ("libcrypto-1_1-x64.dll", Some(("libcrypto", "1.1-x64"))),
            ("zlib1.dll", Some(("zlib1", ""))),
            ("libz.a", Some(("libz", ""))),
            ("_ssl.cpython-311-x86_64-linux-gnu.so", Some(("_ssl.cpython-311-x86_64-linux-gnu", ""))),
            ("openssl", None),
            ("x.sock", None),
        ] {
            let found = read(file);
            let found = found.as_ref().map(|name| (name.stem.as_str(), name.version.as_str()));
            assert_eq!(found, expected, "{file}");
        }
    }
}
