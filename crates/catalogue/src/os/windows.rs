//! Which Windows it is, and which updates it has.

use std::collections::BTreeMap;

use vuln::{Confidence, Evidence, Package, PackageType};

use crate::findings::{Findings, OsRelease, ParseError};
use crate::limits::Limits;
use crate::os::pe::pe_version_info;
use crate::os::regf::{Hive, Key};
use crate::os::release::plain;

/// The image's own word is believed first, then a hive, then a system library.
const CONFIG_RANK: u16 = 500;
const HIVE_RANK: u16 = 510;
const LIBRARY_RANK: u16 = 520;

/// `CurrentState` of a package that is installed; a superseded one has 80.
const INSTALLED: u32 = 112;

fn ends_with(path: &str, end: &str) -> bool {
    let start = path.len().checked_sub(end.len());
    start.and_then(|start| path.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Tells whether a path is the hive `SOFTWARE`, whole or as a layer's delta. The utility VM is another Windows.
pub(crate) fn is_software_hive(path: &str) -> bool {
    const HIVES: &[&str] = &["/Hives/Software_Delta", "/Hives/Software_Base", "/Hives/Software"];
    let is_utility = path.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("/UtilityVM/"));
    !is_utility
        && (ends_with(path, "/Windows/System32/config/SOFTWARE")
            || HIVES.iter().any(|hive| hive.eq_ignore_ascii_case(path)))
}

/// Tells whether a path is a library that every Windows has in its own version.
pub(crate) fn is_version_library(path: &str) -> bool {
    const LIBRARIES: &[&str] = &["/Files/Windows/System32/ntdll.dll", "/Windows/System32/ntdll.dll"];
    LIBRARIES.iter().any(|library| library.eq_ignore_ascii_case(path))
}

/// Makes a release of an image configuration's `os.version` (`10.0.20348.2461`; OCI image specification, "config").
#[must_use]
pub fn windows_release(os_version: &str) -> Option<OsRelease> {
    let is_version = os_version.split('.').count() >= 3
        && os_version.len() <= 64
        && os_version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_version.then(|| OsRelease {
        name: format!("Windows {os_version}"),
        path: "os.version".to_owned(),
        rank: CONFIG_RANK,
        ..plain("windows", os_version.to_owned())
    })
}

/// Reads the hive `SOFTWARE`: the release, and each installed update as a package.
pub(crate) fn parse_software_hive(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let root = Hive::root(bytes)?;
    let mut findings = Findings::default();
    let servicing = ["Microsoft", "Windows", "CurrentVersion", "Component Based Servicing", "Packages"];
    let mut rollup = None;
    if let Some(packages) = root.descend(&servicing) {
        let mut updates = BTreeMap::new();
        for key in packages.children().take(limits.packages) {
            if key.number("CurrentState") != Some(INSTALLED) {
                continue;
            }
            let name = key.name();
            let version = name.rsplit('~').next().unwrap_or_default().to_owned();
            if name.contains("RollupFix") {
                rollup = rollup.max(build_of(&version));
            }
            if let Some(kb) = update_of(&name, key) {
                updates.entry(kb).or_insert(version);
            }
        }
        let updates = updates.into_iter().map(|(kb, version)| update(kb, version, path));
        findings.packages.extend(updates);
    }
    findings.os = root.descend(&["Microsoft", "Windows NT", "CurrentVersion"]).and_then(|key| release(key, rollup));
    if let Some(os) = &mut findings.os {
        path.clone_into(&mut os.path);
    }
    Ok(findings)
}

/// Reads build and revision out of `20348.2461.1.12`.
fn build_of(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

fn release(key: Key<'_>, rollup: Option<(u32, u32)>) -> Option<OsRelease> {
    let build: u32 = key.text("CurrentBuildNumber").or_else(|| key.text("CurrentBuild"))?.trim().parse().ok()?;
    let major = key.number("CurrentMajorVersionNumber");
    let minor = key.number("CurrentMinorVersionNumber");
    // Before Windows 10 the two stand in one text only.
    let old = key.text("CurrentVersion").filter(|_| major.is_none()).unwrap_or_else(|| "10.0".to_owned());
    let system = major.map_or(old, |major| format!("{major}.{}", minor.unwrap_or_default()));
    let revision = key.number("UBR").or_else(|| rollup.filter(|(of, _)| *of == build).map(|(_, revision)| revision));
    let version = format!("{system}.{build}.{}", revision.unwrap_or_default());
    let name = key.text("ProductName").unwrap_or_else(|| format!("Windows {version}"));
    let variant = key.text("InstallationType");
    Some(OsRelease { name, variant, rank: HIVE_RANK, ..plain("windows", version) })
}

/// Finds the number of an update in its package's name, or in where it was installed from.
fn update_of(name: &str, key: Key<'_>) -> Option<String> {
    kb(name).or_else(|| kb(&key.text("InstallLocation")?)).or_else(|| kb(&key.text("InstallName")?))
}

/// Finds `KB` with six digits or more behind it.
fn kb(text: &str) -> Option<String> {
    text.match_indices("KB").chain(text.match_indices("kb")).find_map(|(at, _)| {
        let rest = text.get(at + 2..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (6..=8).contains(&digits).then(|| rest.get(..digits).map(|digits| format!("KB{digits}")))?
    })
}

fn update(name: String, version: String, path: &str) -> Package {
    Package {
        kind: PackageType::WindowsUpdate,
        name,
        version,
        arch: None,
        source: None,
        module: None,
        vendor: Some("Microsoft".to_owned()),
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: path.to_owned(), found_by: "windows-servicing".to_owned() }],
    }
}

/// Reads the release out of a system library's version resource.
pub(crate) fn parse_version_library(path: &str, bytes: &[u8], _limits: &Limits) -> Result<Findings, ParseError> {
    let info = pe_version_info(bytes).filter(|info| !info.file_version.is_empty());
    let os = info.map(|info| OsRelease {
        name: format!("Windows {}", info.file_version),
        path: path.to_owned(),
        rank: LIBRARY_RANK,
        ..plain("windows", info.file_version)
    });
    Ok(Findings { os, ..Findings::default() })
}
