//! Which system it is: `os-release` first, then the files that older systems have instead.

use crate::findings::{Findings, OsRelease, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, split_once, text, word_of};

/// Files that name a system, in the order in which they are asked. What only one system has comes before what its
/// relatives have too: Oracle's `redhat-release` says Red Hat, old Ubuntus have a `debian_version`.
const PATHS: &[&str] = &[
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/alpine-release",
    "/etc/lsb-release",
    "/etc/debian_version",
    "/etc/centos-release",
    "/etc/oracle-release",
    "/etc/rocky-release",
    "/etc/almalinux-release",
    "/etc/fedora-release",
    "/etc/redhat-release",
    "/etc/system-release",
    "/etc/mariner-release",
    "/etc/azurelinux-release",
    "/etc/photon-release",
    "/etc/SuSE-release",
    "/etc/arch-release",
];

/// Where Bottlerocket keeps its release file, behind the architecture.
const BOTTLEROCKET: &str = "-bottlerocket-linux-gnu/sys-root/usr/lib/os-release";

/// The rank of a guess from busybox's version; anything else is believed before it.
const BUSYBOX_RANK: u16 = 900;

/// Systems without fixed releases.
const ROLLING: &[&str] = &[
    "wolfi",
    "chainguard",
    "arch",
    "archarm",
    "manjaro",
    "gentoo",
    "void",
    "opensuse-tumbleweed",
    "opensuse-microos",
    "kali",
    "endeavouros",
];

/// Tells whether a path is a release file.
pub(crate) fn is_release(path: &str) -> bool {
    rank(path).is_some()
}

/// Tells whether a path is a busybox binary.
pub(crate) fn is_busybox(path: &str) -> bool {
    matches!(path, "/bin/busybox" | "/usr/bin/busybox" | "/sbin/busybox" | "/bin/busybox.static")
}

fn rank(path: &str) -> Option<u16> {
    if path.ends_with(BOTTLEROCKET) {
        return Some(1);
    }
    PATHS.iter().position(|known| *known == path).and_then(|index| u16::try_from(index).ok())
}

/// Reads a release file. Only `os-release` must name a system (os-release(5)); of the others many say nothing, such as
/// CentOS 6's `lsb-release`.
///
/// # Errors
/// An `os-release` without `ID`.
pub(crate) fn parse(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let release = match name {
        "os-release" | "lsb-release" => from_pairs(bytes, limits, name == "lsb-release"),
        "alpine-release" => one_word("alpine", bytes, limits),
        "debian_version" => debian_version(bytes, limits),
        "arch-release" => Some(plain("arch", String::new())),
        "SuSE-release" => suse(bytes, limits),
        _ => sentence(bytes, limits),
    };
    let Some(mut release) = release else {
        return match name {
            "os-release" => Err(ParseError::malformed("os-release", 0, "it has no ID")),
            _ => Ok(Findings::default()),
        };
    };
    release.path = path.to_owned();
    release.rank = rank(path).unwrap_or(u16::MAX);
    release.rolling |= ROLLING.contains(&release.id.as_str());
    Ok(Findings { os: Some(release), ..Findings::default() })
}

/// Finds busybox's version in its binary: the last resort of images without any release file.
pub(crate) fn parse_busybox(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    const MARK: &[u8] = b"BusyBox v";
    let version = memchr::memmem::find_iter(bytes, MARK).find_map(|at| {
        let rest = bytes.get(at + MARK.len()..)?;
        let length = rest.iter().take(32).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        word_of(rest.get(..length)?, limits.text_bytes)
    });
    let os = version.map(|version| {
        let name = format!("BusyBox {version}");
        OsRelease { name, path: path.to_owned(), rank: BUSYBOX_RANK, ..plain("busybox", version) }
    });
    Ok(Findings { os, ..Findings::default() })
}

/// Makes a release that only its id and version are known of.
pub(crate) fn plain(id: &str, version: String) -> OsRelease {
    OsRelease {
        id: id.to_owned(),
        version,
        codename: None,
        like: Vec::new(),
        name: id.to_owned(),
        variant: None,
        cpe: None,
        rolling: false,
        path: String::new(),
        rank: u16::MAX,
    }
}

fn one_word(id: &str, bytes: &[u8], limits: &Limits) -> Option<OsRelease> {
    let version = word_of(lines(bytes).next()?, limits.text_bytes)?;
    let rolling = version.contains("_alpha");
    Some(OsRelease { rolling, ..plain(id, version) })
}

/// Reads `12.5`, of which `VERSION_ID` would be `12`, or `trixie/sid` of the release under development.
fn debian_version(bytes: &[u8], limits: &Limits) -> Option<OsRelease> {
    let word = word_of(lines(bytes).next()?, limits.text_bytes)?;
    if word.starts_with(|letter: char| letter.is_ascii_digit()) {
        let major = word.split('.').next().unwrap_or_default().to_owned();
        return Some(OsRelease { name: format!("Debian {word}"), ..plain("debian", major) });
    }
    let codename = word.split('/').next().map(str::to_owned);
    Some(OsRelease { codename, rolling: true, ..plain("debian", String::new()) })
}

/// Reads shell assignments: os-release(5), and lsb-release's with their `DISTRIB_` names.
fn from_pairs(bytes: &[u8], limits: &Limits, is_lsb: bool) -> Option<OsRelease> {
    let mut release = plain("", String::new());
    let mut build = String::new();
    let mut words = String::new();
    for line in lines(bytes) {
        let Some((key, value)) = split_once(line.trim_ascii(), b'=') else { continue };
        let value = unquote(value, limits);
        match (key.trim_ascii(), is_lsb) {
            (b"ID", false) | (b"DISTRIB_ID", true) => release.id = value.to_ascii_lowercase(),
            (b"VERSION_ID", false) | (b"DISTRIB_RELEASE", true) => release.version = value,
            (b"VERSION_CODENAME", false) | (b"DISTRIB_CODENAME", true) => release.codename = non_empty(value),
            (b"PRETTY_NAME", false) | (b"DISTRIB_DESCRIPTION", true) => release.name = value,
            (b"ID_LIKE", false) => release.like = value.split_whitespace().map(str::to_ascii_lowercase).collect(),
            (b"CPE_NAME", false) => release.cpe = non_empty(value),
            (b"VARIANT_ID", false) => release.variant = non_empty(value),
            (b"BUILD_ID", false) => build = value,
            (b"VERSION", false) => words = value,
            _ => {}
        }
    }
    if release.id.is_empty() {
        return None;
    }
    if release.id == "openeuler" {
        release.version = with_service_pack(&release.version, &words);
    }
    release.rolling = release.version.contains("_alpha")
        || build == "rolling"
        || release.version == "rolling"
        || (release.id == "debian" && release.version.is_empty());
    if release.name.is_empty() {
        release.name.clone_from(&release.id);
    }
    Some(release)
}

/// Puts openEuler's service pack behind its release: `22.03` and `22.03 (LTS-SP3)` are `22.03-LTS-SP3`, as its advisories
/// have it.
fn with_service_pack(release: &str, words: &str) -> String {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    let mut words = words.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty());
    match (words.next(), words.next()) {
        (Some(first), Some(pack)) if first == release && pack.starts_with("LTS") => format!("{release}-{pack}"),
        _ => release.to_owned(),
    }
}

fn non_empty(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

/// Takes the quotes off a shell word, and the backslashes inside double ones.
fn unquote(value: &[u8], limits: &Limits) -> String {
    let value = value.trim_ascii();
    let inner = |quote: &[u8]| value.strip_prefix(quote).map(|rest| rest.strip_suffix(quote).unwrap_or(rest));
    if let Some(single) = inner(b"'") {
        return text(single, limits.text_bytes);
    }
    let mut out = Vec::new();
    let mut escaped = false;
    for byte in inner(b"\"").unwrap_or(value) {
        if *byte == b'\\' && !escaped {
            escaped = true;
        } else {
            out.push(*byte);
            escaped = false;
        }
    }
    text(&out, limits.text_bytes)
}

/// How the sentence of a `*-release` file begins, and whose it is.
const SENTENCES: &[(&str, &str)] = &[
    ("red hat enterprise linux", "rhel"),
    ("centos", "centos"),
    ("rocky linux", "rocky"),
    ("almalinux", "almalinux"),
    ("oracle linux", "ol"),
    ("oracle", "ol"),
    ("fedora", "fedora"),
    ("amazon linux", "amzn"),
    ("cloudlinux", "cloudlinux"),
    ("scientific linux", "scientific"),
    ("virtuozzo", "virtuozzo"),
    ("openeuler", "openeuler"),
    ("anolis", "anolis"),
    ("alibaba cloud linux", "alinux"),
    ("vmware photon", "photon"),
    ("cbl-mariner", "mariner"),
    ("microsoft azure linux", "azurelinux"),
    ("azure linux", "azurelinux"),
    ("suse linux enterprise", "sles"),
    ("opensuse", "opensuse"),
];

/// Reads `CentOS Linux release 7.9.2009 (Core)` and its kin.
fn sentence(bytes: &[u8], limits: &Limits) -> Option<OsRelease> {
    let line = word_of(lines(bytes).next()?, limits.text_bytes)?;
    let lower = line.to_ascii_lowercase();
    let (_, id) = SENTENCES.iter().find(|(prefix, _)| lower.starts_with(prefix))?;
    let version = line.split_whitespace().find(|word| word.starts_with(|letter: char| letter.is_ascii_digit()));
    let codename = line.split_once('(').and_then(|(_, rest)| rest.split(')').next()).map(str::to_owned);
    let version = version.unwrap_or_default().to_owned();
    let rolling = lower.contains("rawhide");
    Some(OsRelease { codename, name: line, rolling, ..plain(id, version) })
}

/// Reads SUSE's sentence, with the `VERSION` and `PATCHLEVEL` lines below it.
fn suse(bytes: &[u8], limits: &Limits) -> Option<OsRelease> {
    let mut release = sentence(bytes, limits)?;
    let mut patch = None;
    for line in lines(bytes) {
        let Some((key, value)) = split_once(line, b'=') else { continue };
        match key.trim_ascii() {
            b"VERSION" => release.version = word_of(value, limits.text_bytes)?,
            b"PATCHLEVEL" => patch = word_of(value, limits.text_bytes).filter(|level| level != "0"),
            _ => {}
        }
    }
    if let Some(patch) = patch.filter(|_| !release.version.contains('.')) {
        release.version = format!("{}.{patch}", release.version);
    }
    release.codename = None;
    Some(release)
}
