//! Alpine's database of installed packages (apk-tools' `installed` file).

use vuln::{Confidence, Evidence, Package, PackageType, SourcePackage};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, text, word_of};
use crate::os::memo::LicenceMemo;

/// Tells whether a path is the database, of old or new apk-tools.
pub(crate) fn is_installed_db(path: &str) -> bool {
    matches!(path, "/lib/apk/db/installed" | "/usr/lib/apk/db/installed")
}

#[derive(Default)]
struct Block {
    name: Option<String>,
    version: Option<String>,
    arch: Option<String>,
    origin: Option<String>,
    license: Option<String>,
    maintainer: Option<String>,
    folder: String,
    paths: Vec<String>,
}

/// Reads blocks of `X:value` lines: `P` name, `V` version, `A` architecture, `o` origin, `L` licence, `m` maintainer,
/// `F` a folder, `R` a file in it.
pub(crate) fn parse(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut findings = Findings::default();
    let mut block = Block::default();
    let mut licences = LicenceMemo::default();
    let mut path_count = 0_usize;
    for line in lines(bytes).chain(std::iter::once(&b""[..])) {
        if line.is_empty() {
            close(std::mem::take(&mut block), path, limits, &mut licences, &mut findings)?;
            continue;
        }
        let [key, b':', value @ ..] = line else { continue };
        let word = || word_of(value, limits.text_bytes);
        match key {
            b'P' => block.name = word(),
            b'V' => block.version = word(),
            b'A' => block.arch = word(),
            b'o' => block.origin = word(),
            b'L' => block.license = word(),
            b'm' => block.maintainer = word(),
            b'F' => block.folder = text(value, limits.text_bytes),
            b'R' => {
                path_count += 1;
                if path_count > limits.paths {
                    return Err(ParseError::too_large("apk database", "paths", limits.paths));
                }
                let slash = if block.folder.is_empty() { "" } else { "/" };
                block.paths.push(format!("{slash}{}/{}", block.folder, text(value, limits.text_bytes)));
            }
            _ => {}
        }
    }
    if findings.packages.is_empty() && !bytes.trim_ascii().is_empty() {
        return Err(ParseError::malformed("apk database", 0, "it holds no package"));
    }
    Ok(findings)
}

fn close(
    block: Block,
    path: &str,
    limits: &Limits,
    licences: &mut LicenceMemo,
    findings: &mut Findings,
) -> Result<(), ParseError> {
    let (Some(name), Some(version)) = (block.name, block.version) else { return Ok(()) };
    if findings.packages.len() >= limits.packages {
        return Err(ParseError::too_large("apk database", "packages", limits.packages));
    }
    if !block.paths.is_empty() {
        let owner = Owner { name: name.clone(), arch: block.arch.clone() };
        findings.owned.push(Owned { owner, paths: block.paths });
    }
    let origin = block.origin.unwrap_or_else(|| name.clone());
    findings.packages.push(Package {
        kind: PackageType::Apk,
        arch: block.arch,
        source: Some(SourcePackage { name: origin, version: version.clone() }),
        module: None,
        vendor: block.maintainer,
        licenses: block.license.map(|license| vec![licences.settle(&license)]).unwrap_or_default(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: "apk-installed".to_owned() }],
        name,
        version,
    });
    Ok(())
}

/// Reads `/etc/apk/repositories`: one address a line, perhaps behind a `@tag`.
pub(crate) fn parse_repositories(_path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let channels = lines(bytes)
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .take(1000)
        .map(|line| text(line, limits.text_bytes))
        .collect();
    Ok(Findings { channels, ..Findings::default() })
}
