//! Package managers that are rare in images: Portage, Nix, Snap, Flatpak, Homebrew.

use serde::Deserialize;
use vuln::{Confidence, Evidence, Package, PackageType};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, split_once, text, word_of};
use crate::os::sqlite;

fn package(kind: PackageType, name: String, version: String, path: &str, found_by: &str) -> Package {
    Package {
        kind,
        name,
        version,
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: found_by.to_owned() }],
    }
}

fn one(package: Package) -> Findings {
    Findings { packages: vec![package], ..Findings::default() }
}

/// Splits `name-version` before the first part that begins with a digit and has nothing but a version behind it.
fn split_version(full: &str) -> Option<(&str, &str)> {
    let at = full
        .match_indices('-')
        .map(|(at, _)| at)
        .find(|at| full.get(at + 1..).is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit())))?;
    Some((full.get(..at)?, full.get(at + 1..)?)).filter(|(name, _)| !name.is_empty())
}

/// Returns category and name-version of a path of Portage's (`/var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS`).
pub(crate) fn portage_of(path: &str) -> Option<(&str, &str)> {
    let (category, rest) = path.strip_prefix("/var/db/pkg/")?.split_once('/')?;
    let (full, file) = rest.split_once('/')?;
    (file == "CONTENTS").then_some((category, full))
}

/// Reads Portage's `CONTENTS`: lines of `obj PATH MD5 TIME`, `sym PATH -> TARGET TIME`, `dir PATH`.
pub(crate) fn parse_portage(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let split = portage_of(path).and_then(|(category, full)| Some((category, split_portage(full)?)));
    let Some((category, (name, version))) = split else {
        return Err(ParseError::malformed("Portage contents", 0, "the folder names no package"));
    };
    let name = format!("{category}/{name}");
    let mut paths = Vec::new();
    for line in lines(bytes) {
        let file = match split_once(line, b' ') {
            Some((b"obj", rest)) => rest.rsplitn(3, |byte| *byte == b' ').nth(2),
            Some((b"sym", rest)) => memchr::memmem::find(rest, b" -> ").and_then(|at| rest.get(..at)),
            _ => None,
        };
        if paths.len() >= limits.paths {
            return Err(ParseError::too_large("Portage contents", "paths", limits.paths));
        }
        paths.extend(file.map(|file| text(file, limits.text_bytes)));
    }
    let mut findings = one(package(PackageType::Portage, name.clone(), version.to_owned(), path, "portage-contents"));
    findings.owned.push(Owned { owner: Owner { name, arch: None }, paths });
    Ok(findings)
}

/// Splits `NAME-VERSION[-rN]`; the version begins at the last part that begins with a digit.
fn split_portage(full: &str) -> Option<(&str, &str)> {
    let stem = full.rsplit_once("-r").filter(|(_, revision)| revision.bytes().all(|byte| byte.is_ascii_digit()));
    let at = stem.map_or(full, |(stem, _)| stem).rfind('-')?;
    Some((full.get(..at)?, full.get(at + 1..)?)).filter(|(name, version)| !name.is_empty() && !version.is_empty())
}

/// Names the package that a path of the Nix store belongs to (`/nix/store/HASH-NAME-VERSION[-OUTPUT]/…`), for images
/// without Nix' database; `None` for what has no version.
#[must_use]
pub fn nix_store_package(path: &str) -> Option<Package> {
    let entry = path.strip_prefix("/nix/store/")?.split('/').next()?;
    let (hash, full) = entry.split_once('-')?;
    if hash.len() != 32 || !hash.bytes().all(|byte| byte.is_ascii_alphanumeric()) || full.ends_with(".drv") {
        return None;
    }
    const OUTPUTS: &[&str] = &["-bin", "-dev", "-lib", "-man", "-doc", "-info", "-out", "-data", "-dist", "-debug"];
    let stem = OUTPUTS.iter().find_map(|output| full.strip_suffix(output)).unwrap_or(full);
    let (name, version) = split_version(stem)?;
    let folder = format!("/nix/store/{entry}");
    Some(package(PackageType::Nix, name.to_owned(), version.to_owned(), &folder, "nix-store"))
}

/// Reads Nix' database (`/nix/var/nix/db/db.sqlite`): the table `ValidPaths`.
pub(crate) fn parse_nix(path: &str, bytes: &[u8], wal: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let database = sqlite::Database::open(bytes, wal)?;
    let root = database.table_root("ValidPaths")?;
    let mut findings = Findings::default();
    database.each_row(root, limits.packages, &mut |row| {
        match row {
            Ok(row) => {
                let store_path = row.text(1).map(|raw| text(raw, limits.text_bytes)).unwrap_or_default();
                findings.packages.extend(nix_store_package(&store_path).map(|mut package| {
                    package.evidence = vec![Evidence { path: path.to_owned(), found_by: "nix-db".to_owned() }];
                    package
                }));
            }
            Err(fault) if findings.faults.len() < 100 => findings.faults.push(fault),
            Err(_) => {}
        }
        Ok(())
    })?;
    Ok(findings)
}

/// Tells whether a path is a snap's description.
pub(crate) fn is_snap(path: &str) -> bool {
    path.starts_with("/snap/") && path.ends_with("/meta/snap.yaml")
}

/// Reads the lines `name:` and `version:` of `snap.yaml`.
pub(crate) fn parse_snap(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let field = |wanted: &[u8]| {
        let (_, value) = lines(bytes).filter_map(|line| split_once(line, b':')).find(|(key, _)| *key == wanted)?;
        word_of(value, limits.text_bytes).map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    let (Some(name), Some(version)) = (field(b"name"), field(b"version")) else {
        return Err(ParseError::malformed("snap.yaml", 0, "it has no name or version"));
    };
    Ok(one(package(PackageType::Snap, name, version, path, "snap-yaml")))
}

/// Returns the application whose metadata a path is
/// (`/var/lib/flatpak/app/ID/…/files/share/metainfo/ID.metainfo.xml`, or below `runtime`).
pub(crate) fn flatpak_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/var/lib/flatpak/app/").or_else(|| path.strip_prefix("/var/lib/flatpak/runtime/"))?;
    let (id, rest) = rest.split_once('/')?;
    let (folder, file) = rest.rsplit_once('/')?;
    let is_metadata = folder.ends_with("/share/metainfo") || folder.ends_with("/share/appdata");
    (is_metadata && file.ends_with(".xml") && file.starts_with(id)).then_some(id)
}

/// Reads the newest release's version out of AppStream metadata: the first `<release version="…">`.
pub(crate) fn parse_flatpak(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let Some(id) = flatpak_of(path) else { return Ok(Findings::default()) };
    let version = memchr::memmem::find_iter(bytes, b"<release ").find_map(|at| {
        let rest = bytes.get(at + 1..)?;
        // An element that is not closed ends at the next one, or each would be looked for to the file's end.
        let element = rest.get(..memchr::memchr2(b'<', b'>', rest)?)?;
        let value = element.get(memchr::memmem::find(element, b" version=")? + 9..)?;
        let quote = *value.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let value = value.get(1..)?;
        word_of(value.get(..memchr::memchr(quote, value)?)?, limits.text_bytes)
    });
    let version = version.unwrap_or_default();
    Ok(one(package(PackageType::Flatpak, id.to_owned(), version, path, "flatpak-metainfo")))
}

/// Returns name and version of a formula's receipt (`…/Cellar/NAME/VERSION/INSTALL_RECEIPT.json`).
pub(crate) fn homebrew_of(path: &str) -> Option<(&str, &str)> {
    let at = path.find("/Cellar/")?;
    let mut parts = path.get(at + "/Cellar/".len()..)?.split('/');
    let (name, version) = (parts.next()?, parts.next()?);
    (parts.next() == Some("INSTALL_RECEIPT.json") && parts.next().is_none()).then_some((name, version))
}

#[derive(Deserialize)]
struct Receipt {
    arch: Option<String>,
}

/// Reads Homebrew's receipt; name and version stand in its path.
pub(crate) fn parse_homebrew(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let Some((name, version)) = homebrew_of(path) else { return Ok(Findings::default()) };
    let receipt: Receipt = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::malformed("Homebrew receipt", error.column(), error.to_string()))?;
    let mut found = package(PackageType::Homebrew, name.to_owned(), version.to_owned(), path, "homebrew-receipt");
    found.arch = receipt.arch.map(|arch| text(arch.as_bytes(), limits.text_bytes));
    Ok(one(found))
}
