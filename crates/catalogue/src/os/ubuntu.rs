//! What an Ubuntu image gets beyond the usual: Pro's services, and slices cut by Chisel.

use std::io::Read;

use serde::Deserialize;
use vuln::{Confidence, Evidence, Package, PackageType};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, text};

#[derive(Deserialize)]
struct ProStatus {
    #[serde(default)]
    services: Vec<ProService>,
}

#[derive(Deserialize)]
struct ProService {
    name: String,
    status: String,
}

/// Reads `/var/lib/ubuntu-advantage/status.json`; the enabled services (`esm-infra`, `esm-apps`, …) are channels.
pub(crate) fn parse_pro_status(_path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let status: ProStatus = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::malformed("Ubuntu Pro status", error.column(), error.to_string()))?;
    let enabled = status.services.iter().filter(|service| service.status == "enabled").take(1000);
    let channels = enabled.map(|service| text(service.name.as_bytes(), limits.text_bytes)).collect();
    Ok(Findings { channels, ..Findings::default() })
}

/// Tells whether a path is Chisel's manifest; a slice may put it anywhere.
pub(crate) fn is_chisel_manifest(path: &str) -> bool {
    path.ends_with("/manifest.wall")
}

#[derive(Deserialize)]
struct Line {
    kind: Option<String>,
    name: Option<String>,
    version: Option<String>,
    arch: Option<String>,
    path: Option<String>,
    slices: Option<Vec<String>>,
}

/// Reads Chisel's `manifest.wall`: zstd over lines of JSON, each with its `kind`. A file belongs to the package whose
/// slices (`package_slice`) hold it.
pub(crate) fn parse_chisel(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let plain = unpack(bytes, limits)?;
    let mut findings = Findings::default();
    let mut path_count = 0_usize;
    let mut owned = std::collections::BTreeMap::<String, Vec<String>>::new();
    for line in lines(&plain).filter(|line| !line.trim_ascii().is_empty()) {
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            if findings.faults.len() < 100 {
                findings.faults.push(ParseError::malformed("Chisel manifest", 0, "a line that is no JSON object"));
            }
            continue;
        };
        let clean = |value: &str| text(value.as_bytes(), limits.text_bytes);
        match (line.kind.as_deref(), line.name, line.version, line.path) {
            (Some("package"), Some(name), Some(version), _) => {
                if findings.packages.len() >= limits.packages {
                    return Err(ParseError::too_large("Chisel manifest", "packages", limits.packages));
                }
                let arch = line.arch.as_deref().map(clean);
                findings.packages.push(package(clean(&name), clean(&version), arch, path));
            }
            (Some("path"), _, _, Some(file)) if !file.ends_with('/') => {
                path_count += 1;
                if path_count > limits.paths {
                    return Err(ParseError::too_large("Chisel manifest", "paths", limits.paths));
                }
                let slice = line.slices.as_ref().and_then(|slices| slices.first());
                if let Some((owner, _)) = slice.and_then(|slice| slice.split_once('_')) {
                    owned.entry(clean(owner)).or_default().push(clean(&file));
                }
            }
            _ => {}
        }
    }
    let owner = |name| Owner { name, arch: None };
    findings.owned = owned.into_iter().map(|(name, paths)| Owned { owner: owner(name), paths }).collect();
    Ok(findings)
}

fn package(name: String, version: String, arch: Option<String>, path: &str) -> Package {
    Package {
        kind: PackageType::Deb,
        name,
        version,
        arch,
        // The manifest does not say; a matcher falls back to the binary package's name.
        source: None,
        module: None,
        vendor: Some("Canonical".to_owned()),
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: "chisel-manifest".to_owned() }],
    }
}

/// The largest window that is granted to a stream; Chisel's own streams need 8 MiB.
const WINDOW_BYTES: u64 = 16 << 20;

fn unpack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, ParseError> {
    const FORMAT: &str = "Chisel manifest";
    let bound = (bytes.len() as u64).saturating_mul(limits.ratio).max(16 << 20).min(limits.unpacked_bytes);
    let broken = |detail: String| ParseError::malformed(FORMAT, 0, detail);
    let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(bytes, WINDOW_BYTES)
        .map_err(|error| broken(error.to_string()))?;
    let mut plain = Vec::new();
    decoder.take(bound + 1).read_to_end(&mut plain).map_err(|error| broken(error.to_string()))?;
    if plain.len() as u64 > bound {
        return Err(ParseError::TooLarge { format: FORMAT.into(), what: "bytes".into(), limit: bound });
    }
    Ok(plain)
}
