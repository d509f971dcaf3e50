//! dpkg's database, distroless' split one, and OpenWrt's.

use vuln::{Confidence, Evidence, Package, PackageType, SourcePackage};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, split_once, text, word_of};
use crate::os::memo::LicenceMemo;
use crate::os::stanza::{Stanza, stanzas};

/// Where distroless images keep one stanza a file.
pub(crate) const STATUS_D: &str = "/var/lib/dpkg/status.d/";
/// Where dpkg keeps the list of files of each package.
pub(crate) const INFO: &str = "/var/lib/dpkg/info/";

/// Reads `/var/lib/dpkg/status` or a file of `status.d` (dpkg(1), deb-control(5)).
///
/// What has files on disk counts as installed, configured or not; a removed package whose configuration was left does
/// not. A stanza without `Status` is distroless' and installed.
pub(crate) fn parse_status(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    read(path, bytes, limits, PackageType::Deb, "dpkg-status")
}

/// Reads opkg's status file; the same stanzas.
pub(crate) fn parse_opkg(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    read(path, bytes, limits, PackageType::Opkg, "opkg-status")
}

fn read(path: &str, bytes: &[u8], limits: &Limits, kind: PackageType, found_by: &str) -> Result<Findings, ParseError> {
    let mut findings = Findings::default();
    let mut licences = LicenceMemo::default();
    let mut stanza_count = 0_usize;
    for stanza in stanzas(bytes) {
        stanza_count += 1;
        if !is_installed(&stanza) {
            continue;
        }
        let Some(mut package) = package(&stanza, kind, path, found_by, limits) else { continue };
        package.licenses.iter_mut().for_each(|license| *license = licences.settle(license));
        if findings.packages.len() >= limits.packages {
            return Err(ParseError::too_large("dpkg status", "packages", limits.packages));
        }
        findings.packages.push(package);
    }
    if stanza_count == 0 && !bytes.trim_ascii().is_empty() {
        return Err(ParseError::malformed("dpkg status", 0, "it holds no stanza"));
    }
    Ok(findings)
}

fn is_installed(stanza: &Stanza<'_>) -> bool {
    let Some(status) = stanza.line("Status") else { return true };
    let state = status.split(u8::is_ascii_whitespace).rfind(|word| !word.is_empty());
    !matches!(state, Some(b"config-files" | b"not-installed") | None)
}

fn package(stanza: &Stanza<'_>, kind: PackageType, path: &str, found_by: &str, limits: &Limits) -> Option<Package> {
    let field = |name: &str| stanza.line(name).and_then(|value| word_of(value, limits.text_bytes));
    let name = field("Package")?;
    let version = field("Version")?;
    let source = match field("Source") {
        Some(source) if kind == PackageType::Deb => split_source(&source, &version),
        _ => SourcePackage { name: name.clone(), version: version.clone() },
    };
    Some(Package {
        kind,
        arch: field("Architecture"),
        source: (kind == PackageType::Deb).then_some(source),
        module: None,
        vendor: field("Maintainer").or_else(|| field("Origin")),
        licenses: field("License").into_iter().collect(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: found_by.to_owned() }],
        name,
        version,
    })
}

/// Reads `name` or `name (version)`; without a version it is the binary package's.
fn split_source(source: &str, version: &str) -> SourcePackage {
    let (name, own) = source.split_once('(').map_or((source, None), |(name, rest)| {
        (name, rest.split(')').next().map(str::trim).filter(|version| !version.is_empty()))
    });
    SourcePackage { name: name.trim().to_owned(), version: own.unwrap_or(version).to_owned() }
}

/// Reads `/var/lib/dpkg/info/NAME[:ARCH].list`: one absolute path a line.
pub(crate) fn parse_list(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let found = lines(bytes).filter(|line| line.starts_with(b"/") && *line != b"/.");
    owned(path, found.map(|line| text(line, limits.text_bytes)), limits)
}

/// Reads `NAME.md5sums`: a digest, blanks, a path without its leading slash.
pub(crate) fn parse_md5sums(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let found = lines(bytes).filter_map(|line| {
        let (_, name) = split_once(line, b' ')?;
        let name = name.trim_ascii_start();
        let name = name.strip_prefix(b"./").unwrap_or(name);
        (!name.is_empty()).then(|| format!("/{}", text(name.strip_prefix(b"/").unwrap_or(name), limits.text_bytes)))
    });
    owned(path, found, limits)
}

/// Collects paths; a directory that is followed by something in it is left out, as it is shared with other packages.
fn owned(path: &str, found: impl Iterator<Item = String>, limits: &Limits) -> Result<Findings, ParseError> {
    let mut paths: Vec<String> = Vec::new();
    for next in found {
        let is_directory_of =
            |last: &String| next.strip_prefix(last.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if paths.last().is_some_and(is_directory_of) {
            paths.pop();
        }
        if paths.len() >= limits.paths {
            return Err(ParseError::too_large("dpkg file list", "paths", limits.paths));
        }
        paths.push(next);
    }
    let owned = Owned { owner: owner(path), paths };
    Ok(Findings { owned: vec![owned], ..Findings::default() })
}

/// Reads the package's name, and its architecture if it is written, out of the list's file name.
fn owner(path: &str) -> Owner {
    let file = path.rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match stem.split_once(':') {
        Some((name, arch)) => Owner { name: name.to_owned(), arch: Some(arch.to_owned()) },
        None => Owner { name: stem.to_owned(), arch: None },
    }
}
