//! Versions of the toolchain and of the main module.

use vuln::Confidence;

use super::info::{BuildInfo, Module};

/// Longer texts between zeros are no versions.
const MAX_EMBEDDED: usize = 64;

/// Turns a toolchain's version into semver: `go1.21.3` is `1.21.3`, `go1.22rc1` is `1.22.0-rc.1`; `None`: it is none.
pub(crate) fn toolchain(version: &str) -> Option<String> {
    // Experiments and build notes of vendors follow a blank or a sign.
    let version = version.strip_prefix("go")?.split([' ', '-', '+', '_']).next()?;
    let end = version.find(|each: char| each.is_ascii_alphabetic()).unwrap_or(version.len());
    let (release, pre) = version.split_at_checked(end)?;
    if release.is_empty() || !release.starts_with(|each: char| each.is_ascii_digit()) {
        return None;
    }
    let digits = pre.find(|each: char| each.is_ascii_digit());
    match digits {
        None => Some(release.to_owned()),
        Some(at) => {
            let (word, number) = pre.split_at_checked(at)?;
            let zeros = if release.matches('.').count() < 2 { ".0" } else { "" };
            Some(format!("{release}{zeros}-{word}.{number}"))
        }
    }
}

/// The main module's version: its own, else the one that the builder set by a linker flag, as far as the flags or the
/// text that they set are there, else a pseudo-version of the commit it was built from; empty if nothing says.
pub(crate) fn main_module(main: &Module, info: &BuildInfo, program: &[u8]) -> (String, Confidence) {
    if !main.version.is_empty() && main.version != "(devel)" {
        return (main.version.clone(), Confidence::Confirmed);
    }
    if let Some(version) = linker_version(info.setting("-ldflags"), &main.path) {
        return (with_v(&version), Confidence::Likely);
    }
    if let Some(version) = embedded_version(program) {
        return (version, Confidence::Likely);
    }
    let (revision, time) = (info.setting("vcs.revision"), info.setting("vcs.time"));
    let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
    match revision.get(..12) {
        Some(short) if digits.len() == 14 => (format!("v0.0.0-{digits}-{short}"), Confidence::Likely),
        _ => (String::new(), Confidence::Likely),
    }
}

/// Go's versions begin with `v`, those of builders not always.
fn with_v(version: &str) -> String {
    if version.starts_with('v') { version.to_owned() } else { format!("v{version}") }
}

/// Finds the text that a linker flag set: alone among Go's texts it stands between zeros. Of several, none is sure.
fn embedded_version(program: &[u8]) -> Option<String> {
    let mut found: Option<&str> = None;
    for at in memchr::memchr_iter(0, program) {
        let rest = program.get(at + 1..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(MAX_EMBEDDED)).unwrap_or_default();
        if !matches!(rest, [b'v' | b'0'..=b'9', _, ..]) {
            continue;
        }
        let Some(text) = rest.iter().position(|byte| *byte == 0).and_then(|end| rest.get(..end)) else { continue };
        let Some(text) = std::str::from_utf8(text).ok().filter(|text| is_release(text)) else { continue };
        // A distribution's revision follows the version that it is of.
        found = match found {
            Some(other) if text.starts_with(other) => Some(other),
            Some(other) if !other.starts_with(text) => return None,
            _ => Some(text),
        };
    }
    found.map(with_v)
}

/// `1.2.3`, `v1.2.3-rc.1`, `1.2.3+ds1`.
fn is_release(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts = text.splitn(3, '.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (major, minor) = (number(parts.next()), number(parts.next()));
    let Some(patch) = parts.next() else { return false };
    let end = patch.find(|each: char| !each.is_ascii_digit()).unwrap_or(patch.len());
    let (digits, rest) = patch.split_at_checked(end).unwrap_or_default();
    let plain = |each: char| each.is_ascii_alphanumeric() || matches!(each, '-' | '+' | '.' | '~');
    major && minor && !digits.is_empty() && (rest.is_empty() || rest.starts_with(['-', '+'])) && rest.chars().all(plain)
}

/// Finds `-X importpath.version=v1.2.3` among linker flags.
pub(crate) fn linker_version(flags: &str, main: &str) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    let words = flags.split([' ', '\t', '\n']).map(|word| word.trim_matches(['\'', '"']));
    for word in words {
        let word = word.strip_prefix("-X=").or_else(|| word.strip_prefix("--X=")).unwrap_or(word);
        let Some((key, value)) = word.trim_matches(['\'', '"']).split_once('=') else { continue };
        let Some((package, variable)) = key.rsplit_once('.') else { continue };
        let value = value.trim_matches(['\'', '"']);
        let rank = rank(package, variable, main);
        if rank > 0 && is_version(value) && best.as_ref().is_none_or(|(other, _)| rank > *other) {
            best = Some((rank, value.to_owned()));
        }
    }
    best.map(|(_, version)| version)
}

/// How sure it is that this variable holds the main module's version; 0: it does not.
fn rank(package: &str, variable: &str, main: &str) -> u8 {
    let variable = variable.to_ascii_lowercase();
    let name: u8 = match variable.as_str() {
        "version" | "gitversion" => 3,
        "buildversion" | "appversion" | "versionstring" | "semver" | "tag" | "gittag" | "currentversion" => 2,
        // `goVersion` and the like are another's.
        _ if variable.ends_with("version") && !variable.starts_with("go") => 1,
        _ => return 0,
    };
    let own = package == "main" || package == main || package.starts_with(&format!("{main}/"));
    if own { name + 3 } else { name }
}

/// Tells whether a text looks like `v1.2.3` or `1.2`.
fn is_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').unwrap_or(text);
    digits.starts_with(|each: char| each.is_ascii_digit()) && digits.contains('.') && digits.len() < 128
}

/// The module that a package of a known forge belongs to: host, owner, name, and the major version if it follows.
pub(crate) fn module_of(path: &str) -> &str {
    let parts: Vec<&str> = path.split('/').collect();
    let base = match parts.first() {
        Some(&("github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org")) => 3,
        Some(&("golang.org" | "go.uber.org" | "sigs.k8s.io" | "k8s.io" | "gopkg.in")) => 2,
        _ => return path,
    };
    let is_major = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let count = base + usize::from(parts.get(base).is_some_and(is_major));
    let length = parts.iter().take(count).map(|part| part.len() + 1).sum::<usize>();
    path.get(..length.saturating_sub(1)).unwrap_or(path)
}
