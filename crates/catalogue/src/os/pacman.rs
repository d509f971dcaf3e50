//! pacman's local database: a folder a package, with `desc` and `files` in it.

use vuln::{Confidence, Evidence, Package, PackageType, SourcePackage};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::licence;
use crate::limits::Limits;
use crate::os::bytes::{lines, text};

const FOLDER: &str = "/var/lib/pacman/local/";

/// Returns the file's name if it is one of a package's (`desc`, `files`).
pub(crate) fn file_of(path: &str) -> Option<&str> {
    let (folder, name) = path.strip_prefix(FOLDER)?.split_once('/')?;
    (!folder.is_empty() && !name.contains('/')).then_some(name)
}

/// Calls back with each value and the `%FIELD%` that it stands under.
fn each_value(bytes: &[u8], mut take: impl FnMut(&[u8], &[u8])) {
    let mut field: &[u8] = b"";
    for line in lines(bytes).filter(|line| !line.is_empty()) {
        match line.strip_prefix(b"%").and_then(|rest| rest.strip_suffix(b"%")) {
            Some(name) => field = name,
            None => take(field, line),
        }
    }
}

/// Reads `desc`.
pub(crate) fn parse_desc(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let (mut name, mut version, mut base, mut arch, mut vendor) = (None, None, None, None, None);
    let mut licenses: Vec<String> = Vec::new();
    each_value(bytes, |field, value| {
        let value = text(value.trim_ascii(), limits.text_bytes);
        match field {
            b"NAME" => name = Some(value),
            b"VERSION" => version = Some(value),
            b"BASE" => base = Some(value),
            b"ARCH" => arch = Some(value),
            b"PACKAGER" => vendor = Some(value).filter(|value| value != "Unknown Packager"),
            b"LICENSE" if licenses.len() < 100 => licenses.push(licence::settle(&value)),
            _ => {}
        }
    });
    let (Some(name), Some(version)) = (name, version) else {
        return Err(ParseError::malformed("pacman desc", 0, "it has no name or version"));
    };
    let package = Package {
        kind: PackageType::Alpm,
        source: base.map(|name| SourcePackage { name, version: version.clone() }),
        name,
        version,
        arch,
        module: None,
        vendor,
        licenses,
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: "pacman-desc".to_owned() }],
    };
    Ok(Findings { packages: vec![package], ..Findings::default() })
}

/// Reads `files`; the package's name is the folder's without version and release.
pub(crate) fn parse_files(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let folder = path.strip_prefix(FOLDER).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let name = folder.rsplitn(3, '-').nth(2).unwrap_or(folder).to_owned();
    let mut paths = Vec::new();
    let mut is_too_many = false;
    each_value(bytes, |field, value| {
        if field == b"FILES" && !value.ends_with(b"/") {
            is_too_many |= paths.len() >= limits.paths;
            if !is_too_many {
                paths.push(format!("/{}", text(value, limits.text_bytes)));
            }
        }
    });
    if is_too_many {
        return Err(ParseError::too_large("pacman files", "paths", limits.paths));
    }
    let owned = Owned { owner: Owner { name, arch: None }, paths };
    Ok(Findings { owned: vec![owned], ..Findings::default() })
}
