//! Systems and their package databases.

mod apk;
mod bytes;
mod copyright;
mod dpkg;
mod memo;
mod pacman;
mod pe;
mod rare;
mod redhat;
mod regf;
mod release;
mod rpm;
mod sqlite;
mod stanza;
mod ubuntu;
mod windows;

use serde::{Deserialize, Serialize};

use crate::findings::{Findings, ParseError};
use crate::limits::Limits;
pub use pe::{VersionInfo, pe_version_info};
pub use rare::nix_store_package;
pub use windows::windows_release;

/// What reads a system's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OsAnalyser {
    /// `/etc/os-release` and what older systems have instead.
    Release,
    /// The busybox binary, whose version is the last resort.
    Busybox,
    /// dpkg's status, whole or split by package.
    DpkgStatus,
    /// The list of a deb's files.
    DpkgList,
    /// The digests of a deb's files, in distroless' split database.
    DpkgMd5sums,
    /// A deb's licences.
    Copyright,
    /// opkg's status.
    OpkgStatus,
    /// The list of an opkg package's files.
    OpkgList,
    /// Chisel's manifest.
    Chisel,
    /// Ubuntu Pro's services.
    UbuntuPro,
    /// Alpine's database.
    Apk,
    /// Alpine's repositories.
    ApkRepositories,
    /// rpm's database as Berkeley DB.
    RpmBdb,
    /// rpm's database in its own format.
    RpmNdb,
    /// rpm's database as SQLite.
    RpmSqlite,
    /// Azure Linux' list of rpm packages.
    RpmManifest,
    /// Bottlerocket's list of packages.
    BottlerocketInventory,
    /// Red Hat's content manifest.
    ContentManifest,
    /// Red Hat's Dockerfile with labels.
    BuildDockerfile,
    /// Red Hat's labels as JSON.
    BuildLabels,
    /// dnf's history.
    DnfHistory,
    /// A package of pacman.
    PacmanDesc,
    /// The list of a pacman package's files.
    PacmanFiles,
    /// A package of Portage.
    Portage,
    /// Nix' database.
    NixDb,
    /// A snap's description.
    Snap,
    /// A Flatpak application's metadata.
    Flatpak,
    /// A formula's receipt.
    Homebrew,
    /// The Windows hive `SOFTWARE`.
    WindowsSoftware,
    /// A Windows system library, read for its version.
    WindowsLibrary,
}

/// Returns what an image's configuration says of its system: `os.version` of a Windows image, the label `cpe` of Red
/// Hat's (OCI image specification, "config").
#[must_use]
pub fn image_config<'a>(
    os: &str,
    os_version: Option<&str>,
    labels: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Findings {
    let release = os_version.filter(|_| os == "windows").and_then(windows_release);
    let cpes = labels.into_iter().filter(|(name, value)| *name == "cpe" && value.starts_with("cpe:"));
    let cpes = cpes.map(|(_, value)| bytes::text(value.as_bytes(), Limits::default().text_bytes)).collect();
    Findings { os: release, cpes, ..Findings::default() }
}

/// Chooses what reads a file by its path, or by its first bytes.
pub(crate) fn select(path: &str, head: &[u8]) -> Option<OsAnalyser> {
    let at_root = select_debian(path).or_else(|| select_rpm(path, head)).or_else(|| select_other(path));
    at_root.or_else(|| select_nested(path, head))
}

/// Databases that are read wherever they lie, as an image may carry another root in a folder.
const NESTED: &[&str] = &[
    "/var/lib/dpkg/",
    "/usr/lib/apk/db/installed",
    "/lib/apk/db/installed",
    "/var/lib/rpm/",
    "/usr/lib/sysimage/rpm/",
    "/usr/share/rpm/",
];

/// The image's own databases, whose folders may be links.
pub(crate) const DATABASES: &[&str] = &[
    "/etc/os-release",
    "/usr/lib/os-release",
    "/var/lib/dpkg/status",
    "/usr/lib/opkg/status",
    "/var/lib/opkg/status",
    "/lib/apk/db/installed",
    "/usr/lib/apk/db/installed",
    "/var/lib/rpm/Packages",
    "/var/lib/rpm/Packages.db",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages",
    "/usr/lib/sysimage/rpm/Packages.db",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/share/rpm/Packages",
    "/usr/share/rpm/Packages.db",
    "/usr/share/rpm/rpmdb.sqlite",
    "/var/lib/rpmmanifest/container-manifest-1",
    "/var/lib/rpmmanifest/container-manifest-2",
    "/nix/var/nix/db/db.sqlite",
];

/// Returns the folder that a database takes for its root; empty for the image's own.
fn root_of(path: &str) -> &str {
    let at = NESTED.iter().filter_map(|database| path.rfind(database)).min();
    at.and_then(|at| path.get(..at)).unwrap_or_default()
}

fn select_nested(path: &str, head: &[u8]) -> Option<OsAnalyser> {
    let root = root_of(path);
    let rest = path.strip_prefix(root).filter(|_| !root.is_empty())?;
    select_debian(rest).or_else(|| select_rpm(rest, head)).or_else(|| select_other(rest))
}

fn select_debian(path: &str) -> Option<OsAnalyser> {
    if let Some(name) = path.strip_prefix(dpkg::INFO) {
        return match name.rsplit_once('.')?.1 {
            _ if name.contains('/') => None,
            // The digests beside it name the same files again.
            "list" => Some(OsAnalyser::DpkgList),
            _ => None,
        };
    }
    if let Some(name) = path.strip_prefix(dpkg::STATUS_D) {
        let is_digests = name.ends_with(".md5sums");
        return Some(if is_digests { OsAnalyser::DpkgMd5sums } else { OsAnalyser::DpkgStatus });
    }
    match path {
        "/var/lib/dpkg/status" => Some(OsAnalyser::DpkgStatus),
        "/usr/lib/opkg/status" | "/var/lib/opkg/status" | "/opt/lib/opkg/status" => Some(OsAnalyser::OpkgStatus),
        "/var/lib/ubuntu-advantage/status.json" => Some(OsAnalyser::UbuntuPro),
        _ if copyright::package_of(path).is_some() => Some(OsAnalyser::Copyright),
        _ if ubuntu::is_chisel_manifest(path) => Some(OsAnalyser::Chisel),
        _ if path.contains("/lib/opkg/info/") && path.ends_with(".list") => Some(OsAnalyser::OpkgList),
        _ => None,
    }
}

fn select_rpm(path: &str, head: &[u8]) -> Option<OsAnalyser> {
    match rpm::database_file(path) {
        Some("Packages") => return Some(OsAnalyser::RpmBdb),
        Some("Packages.db") if head.starts_with(b"RpmP") || head.is_empty() => return Some(OsAnalyser::RpmNdb),
        Some("rpmdb.sqlite") => return Some(OsAnalyser::RpmSqlite),
        _ => {}
    }
    match redhat::build_info(path) {
        Some(redhat::BuildInfo::ContentManifest) => return Some(OsAnalyser::ContentManifest),
        Some(redhat::BuildInfo::Dockerfile) => return Some(OsAnalyser::BuildDockerfile),
        Some(redhat::BuildInfo::Labels) => return Some(OsAnalyser::BuildLabels),
        None => {}
    }
    match path {
        "/var/lib/rpmmanifest/container-manifest-1" | "/var/lib/rpmmanifest/container-manifest-2" => {
            Some(OsAnalyser::RpmManifest)
        }
        _ if redhat::is_dnf_history(path) => Some(OsAnalyser::DnfHistory),
        _ if rpm::is_bottlerocket_inventory(path) => Some(OsAnalyser::BottlerocketInventory),
        _ => None,
    }
}

fn select_other(path: &str) -> Option<OsAnalyser> {
    match path {
        "/etc/apk/repositories" => Some(OsAnalyser::ApkRepositories),
        "/nix/var/nix/db/db.sqlite" => Some(OsAnalyser::NixDb),
        _ if release::is_release(path) => Some(OsAnalyser::Release),
        _ if release::is_busybox(path) => Some(OsAnalyser::Busybox),
        _ if apk::is_installed_db(path) => Some(OsAnalyser::Apk),
        _ if rare::portage_of(path).is_some() => Some(OsAnalyser::Portage),
        _ if rare::is_snap(path) => Some(OsAnalyser::Snap),
        _ if rare::flatpak_of(path).is_some() => Some(OsAnalyser::Flatpak),
        _ if rare::homebrew_of(path).is_some() => Some(OsAnalyser::Homebrew),
        _ if windows::is_software_hive(path) => Some(OsAnalyser::WindowsSoftware),
        _ if windows::is_version_library(path) => Some(OsAnalyser::WindowsLibrary),
        _ => match pacman::file_of(path)? {
            "desc" => Some(OsAnalyser::PacmanDesc),
            "files" => Some(OsAnalyser::PacmanFiles),
            _ => None,
        },
    }
}

/// Reads a whole file.
pub(crate) fn analyse(analyser: OsAnalyser, path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    analyse_pair(analyser, path, bytes, &[], limits)
}

fn read(
    analyser: OsAnalyser,
    path: &str,
    bytes: &[u8],
    companion: &[u8],
    limits: &Limits,
) -> Result<Findings, ParseError> {
    let read = match analyser {
        OsAnalyser::Release => release::parse,
        OsAnalyser::Busybox => release::parse_busybox,
        OsAnalyser::DpkgStatus => dpkg::parse_status,
        OsAnalyser::DpkgList | OsAnalyser::OpkgList => dpkg::parse_list,
        OsAnalyser::DpkgMd5sums => dpkg::parse_md5sums,
        OsAnalyser::Copyright => copyright::parse,
        OsAnalyser::OpkgStatus => dpkg::parse_opkg,
        OsAnalyser::Chisel => ubuntu::parse_chisel,
        OsAnalyser::UbuntuPro => ubuntu::parse_pro_status,
        OsAnalyser::Apk => apk::parse,
        OsAnalyser::ApkRepositories => apk::parse_repositories,
        OsAnalyser::RpmBdb => rpm::parse_bdb,
        OsAnalyser::RpmNdb => rpm::parse_ndb,
        OsAnalyser::RpmSqlite => return rpm::parse_sqlite(path, bytes, companion, limits),
        OsAnalyser::NixDb => return rare::parse_nix(path, bytes, companion, limits),
        OsAnalyser::DnfHistory => return redhat::parse_dnf_history(path, bytes, companion, limits),
        OsAnalyser::RpmManifest => rpm::parse_container_manifest,
        OsAnalyser::BottlerocketInventory => rpm::parse_bottlerocket,
        OsAnalyser::ContentManifest => redhat::parse_manifest,
        OsAnalyser::BuildDockerfile => redhat::parse_dockerfile,
        OsAnalyser::BuildLabels => redhat::parse_labels,
        OsAnalyser::PacmanDesc => pacman::parse_desc,
        OsAnalyser::PacmanFiles => pacman::parse_files,
        OsAnalyser::Portage => rare::parse_portage,
        OsAnalyser::Snap => rare::parse_snap,
        OsAnalyser::Flatpak => rare::parse_flatpak,
        OsAnalyser::Homebrew => rare::parse_homebrew,
        OsAnalyser::WindowsSoftware => windows::parse_software_hive,
        OsAnalyser::WindowsLibrary => windows::parse_version_library,
    };
    read(path, bytes, limits)
}

/// Returns the file that must be read together with this one.
pub(crate) fn companion(analyser: OsAnalyser, path: &str) -> Option<String> {
    matches!(analyser, OsAnalyser::RpmSqlite | OsAnalyser::NixDb | OsAnalyser::DnfHistory)
        .then(|| format!("{path}-wal"))
}

/// Reads a file and its companion.
pub(crate) fn analyse_pair(
    analyser: OsAnalyser,
    path: &str,
    bytes: &[u8],
    companion: &[u8],
    limits: &Limits,
) -> Result<Findings, ParseError> {
    let mut findings = read(analyser, path, bytes, companion, limits)?;
    let root = root_of(path);
    if !root.is_empty() {
        findings.owned.iter_mut().flat_map(|owned| &mut owned.paths).for_each(|path| path.insert_str(0, root));
    }
    Ok(findings)
}
