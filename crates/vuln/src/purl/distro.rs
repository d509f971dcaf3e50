//! Which system a package URL speaks of: its qualifier `distro`, else its namespace and what its version tells.

use super::Purl;
use crate::feed::{debian_release, ubuntu_release};
use crate::matching::System;

/// What systems are called, and `ID` of their os-release; of two names that begin alike the longer one comes first.
const SYSTEMS: &[(&str, &str)] = &[
    ("debian", "debian"),
    ("raspbian", "raspbian"),
    ("ubuntu", "ubuntu"),
    ("alpine", "alpine"),
    ("wolfi", "wolfi"),
    ("chainguard", "chainguard"),
    ("minimos", "minimos"),
    ("echo", "echo"),
    ("redhat", "rhel"),
    ("red-hat", "rhel"),
    ("rhel", "rhel"),
    ("centos", "centos"),
    ("almalinux", "almalinux"),
    ("alma", "almalinux"),
    ("rockylinux", "rocky"),
    ("rocky-linux", "rocky"),
    ("rocky", "rocky"),
    ("oraclelinux", "ol"),
    ("oracle", "ol"),
    ("ol", "ol"),
    ("amazonlinux", "amzn"),
    ("amazon", "amzn"),
    ("amzn", "amzn"),
    ("fedora", "fedora"),
    ("opensuse-tumbleweed", "opensuse-tumbleweed"),
    ("opensuse-leap-micro", "opensuse-leap-micro"),
    ("opensuse-leap", "opensuse-leap"),
    ("opensuse", "opensuse-leap"),
    ("sles", "sles"),
    ("suse", "sles"),
    ("sled", "sled"),
    ("sle-micro", "sle-micro"),
    ("slem", "sle-micro"),
    ("sl-micro", "sl-micro"),
    ("mageia", "mageia"),
    ("openeuler", "openeuler"),
    ("photon", "photon"),
    ("azurelinux", "azurelinux"),
    ("cbl-mariner", "mariner"),
    ("mariner", "mariner"),
    ("archlinux", "arch"),
    ("arch", "arch"),
];

/// Returns the system that a package URL speaks of, if it tells it; when its support ends is not known here.
#[must_use]
pub fn system_of(purl: &Purl) -> Option<System> {
    let namespace = purl.namespace.as_deref().unwrap_or_default().to_lowercase();
    let distro = purl.qualifiers.get("distro").map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let by_namespace = id_of(&namespace).map(|(id, _)| id);
    let (id, release) = match id_of(&distro) {
        Some((id, rest)) => (id, rest),
        // `bookworm`, `3.19.1`, `el9`: a release alone.
        None => (by_namespace?, distro.as_str()),
    };
    let release = release_of(id, release);
    let release = if release.is_empty() { by_version(id, purl.version.as_deref()?) } else { release };
    // SUSE's namespace is that of all its systems.
    let id = if id == "opensuse-leap" && release.contains("tumbleweed") { "opensuse-tumbleweed" } else { id };
    let is_rolling = matches!(id, "wolfi" | "chainguard" | "minimos" | "arch" | "opensuse-tumbleweed");
    (is_rolling || !release.is_empty()).then(|| make(id, &release))
}

fn make(id: &str, release: &str) -> System {
    // Debian's branches that have no number go by their names.
    let is_number = release.starts_with(|first: char| first.is_ascii_digit());
    let codename = (id == "debian" && !is_number).then(|| release.to_owned());
    let version = if codename.is_some() { String::new() } else { release.to_owned() };
    System { id: id.to_owned(), version, codename, ..System::default() }
}

/// Finds the system that a text begins with, and what comes after it.
pub(crate) fn id_of(text: &str) -> Option<(&'static str, &str)> {
    SYSTEMS.iter().find_map(|(name, id)| {
        let rest = text.strip_prefix(name)?;
        if rest.is_empty() {
            return Some((*id, rest));
        }
        rest.strip_prefix(['-', ':', ' ', '_']).map(|rest| (*id, rest))
    })
}

/// Reads a release as it is written: a number, a name, a number with a letter or two before it.
fn release_of(id: &str, text: &str) -> String {
    let text = ["linux-", "linux ", "stream-"].iter().fold(text.trim(), |text, word| text.trim_start_matches(word));
    let named = match id {
        "debian" | "raspbian" => debian_release(text),
        "ubuntu" => ubuntu_release(text).unwrap_or(text),
        "sles" | "sled" => return text.replace("-sp", ".").replace(" sp", "."),
        _ => text,
    };
    let bare = ["el", "fc", "v"].iter().find_map(|prefix| {
        named.strip_prefix(prefix).filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    });
    match (bare.unwrap_or(named), id) {
        ("unstable" | "sid", "debian") => "sid".to_owned(),
        (release, _) => release.to_owned(),
    }
}

/// What a version's own suffix tells: `+deb12u1`, `.el9_2`, `.fc40`, `.amzn2023`.
fn by_version(id: &str, version: &str) -> String {
    let marker = match id {
        "debian" => "+deb",
        "rhel" | "centos" | "almalinux" | "rocky" | "ol" => ".el",
        "fedora" => ".fc",
        "amzn" => ".amzn",
        _ => return String::new(),
    };
    let rest = version.rsplit_once(marker).map(|(_, rest)| rest).unwrap_or_default();
    rest.chars().take_while(char::is_ascii_digit).collect()
}
