//! Lists of rpm packages in images that carry no database: Azure Linux' (Mariner's) and Bottlerocket's.

use serde::Deserialize;
use vuln::{Confidence, Evidence, Package, PackageType};

use super::{source, version_text};
use crate::findings::{Findings, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, text};

/// Reads `/var/lib/rpmmanifest/container-manifest-2`: lines of tab-separated name, version-release, times of
/// installation and build, vendor, epoch, size, architecture, epoch number, source rpm; or `container-manifest-1`:
/// lines of `name-version-release.arch`.
pub(crate) fn parse_container_manifest(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut findings = Findings::default();
    for line in lines(bytes).filter(|line| !line.trim_ascii().is_empty()) {
        if findings.packages.len() >= limits.packages {
            return Err(ParseError::too_large("rpm manifest", "packages", limits.packages));
        }
        let line = String::from_utf8_lossy(line);
        let read = if line.contains('\t') { columns(&line, limits) } else { full_name(&line, limits) };
        match read {
            Some(package) if package.name == "gpg-pubkey" => {}
            Some(mut package) => {
                package.evidence =
                    vec![Evidence { path: path.to_owned(), found_by: "rpm-container-manifest".to_owned() }];
                findings.packages.push(package);
            }
            None if findings.faults.len() < 100 => {
                findings.faults.push(ParseError::malformed("rpm manifest", 0, "a line that names no package"));
            }
            None => {}
        }
    }
    Ok(findings)
}

fn blank(name: &str, version: String, arch: Option<&str>, limits: &Limits) -> Package {
    let clean = |value: &str| text(value.as_bytes(), limits.text_bytes);
    Package {
        kind: PackageType::Rpm,
        name: clean(name),
        version: clean(&version),
        arch: arch.map(clean),
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: Vec::new(),
    }
}

fn columns(line: &str, limits: &Limits) -> Option<Package> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let field = |at: usize| fields.get(at).copied().filter(|value| !value.is_empty() && *value != "(none)");
    let number = field(8).or_else(|| field(5)).and_then(|epoch| epoch.parse().ok());
    let version = version_text(number, field(1)?, None);
    let mut package = blank(field(0)?, version, field(7), limits);
    package.vendor = field(4).map(|vendor| text(vendor.as_bytes(), limits.text_bytes));
    package.source = field(9).and_then(|file| source(&text(file.as_bytes(), limits.text_bytes), &package.version));
    Some(package)
}

fn full_name(line: &str, limits: &Limits) -> Option<Package> {
    let (rest, arch) = line.trim().rsplit_once('.')?;
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    (!name.is_empty()).then(|| blank(name, version_text(None, version, Some(release)), Some(arch), limits))
}

#[derive(Deserialize)]
struct Inventory {
    #[serde(rename = "Content")]
    content: Vec<Application>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Application {
    name: String,
    version: String,
    release: Option<String>,
    epoch: Option<String>,
    architecture: Option<String>,
    publisher: Option<String>,
}

/// Tells whether a path is Bottlerocket's inventory.
pub(crate) fn is_bottlerocket_inventory(path: &str) -> bool {
    path.ends_with("/usr/share/bottlerocket/application-inventory.json")
}

/// Reads Bottlerocket's `application-inventory.json`.
pub(crate) fn parse_bottlerocket(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let inventory: Inventory = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::malformed("Bottlerocket inventory", error.column(), error.to_string()))?;
    if inventory.content.len() > limits.packages {
        return Err(ParseError::too_large("Bottlerocket inventory", "packages", limits.packages));
    }
    let packages = inventory.content.into_iter().map(|app| {
        let epoch = app.epoch.and_then(|epoch| epoch.parse().ok());
        let version = version_text(epoch, &app.version, app.release.as_deref().filter(|release| !release.is_empty()));
        let mut package = blank(&app.name, version, app.architecture.as_deref(), limits);
        package.vendor = app.publisher.map(|publisher| text(publisher.as_bytes(), limits.text_bytes));
        package.evidence = vec![Evidence { path: path.to_owned(), found_by: "bottlerocket-inventory".to_owned() }];
        package
    });
    Ok(Findings { packages: packages.collect(), ..Findings::default() })
}
