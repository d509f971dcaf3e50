//! Runtimes of Java: the launcher keeps release and version side by side, and names its distribution.

use super::rule::regex;

const GRAALVM: &str = r"\x00(\d[.\d]+\+\d+-jvmci-\d[.\d]+-b\d+)\x00";
/// `openjdk`, `java`, the release, the version; on some machines the release and version come first.
const OPENJDK: &[&str] = &[
    r"\x00openjdk\x00java\x00\d[.\d]*\x00(\d[^\x00]{1,60})\x00",
    r"\x00\d[.\d]*\x00+(\d[^\x00]{1,60})\x00+openjdk\x00java",
    r"openjdk(?s:.{0,400}?)java\x00\d[.\d]*\x00(\d[^\x00_]{1,30}_[^\x00]{1,30}-[^\x00]{1,30})\x00",
];
const ZULU: &[&str] = &[
    r"(?:java|jdb)\x00\d[.\d]*\x00(\d[^\x00]{1,60})\x00",
    r"\x00\d[.\d]*\x00+(\d[^\x00]{1,60})\x00+(?:openjdk|java|jdb)",
];
const IBM: &str = r"\x00(\d[.\d]+-foreman_[-._a-zA-Z0-9]{1,60})\x00";
/// `19.0.1+10-21`, `1.8.0_451-b10`.
const BARE: &str = r"\x00(\d+\.\d+\.[.\d]*\d[+_]\d[-._+a-zA-Z0-9]{0,40})\x00";

pub(super) fn is_named(name: &str) -> bool {
    matches!(name, "java" | "jdb" | "java.exe" | "jdb.exe")
}

/// Returns the distribution and the version.
pub(super) fn find(path: &str, name: &str, bytes: &[u8]) -> Option<(&'static str, String)> {
    if !is_named(name) {
        return None;
    }
    let is_kit = name.starts_with("jdb");
    let first = |pattern: &'static str| {
        let found = regex(pattern)?.captures(bytes)?.get(1)?;
        std::str::from_utf8(found.as_bytes()).ok().map(str::to_owned)
    };
    let any = |patterns: &'static [&'static str]| patterns.iter().find_map(|pattern| first(pattern));
    if let Some(version) = first(GRAALVM) {
        return Some(("graalvm", version));
    }
    if path.split('/').any(|part| part.contains("zulu"))
        && let Some(version) = any(ZULU)
    {
        return Some(("zulu", version));
    }
    if let Some(version) = any(OPENJDK) {
        return Some(("openjdk", version));
    }
    if let Some(version) = first(IBM) {
        return Some((if is_kit { "java_sdk" } else { "java" }, version));
    }
    let is_open = memchr::memmem::find(bytes, b"openjdk").is_some();
    let runtime = match (is_kit, is_open) {
        (true, true) => "openjdk",
        (true, false) => "jdk",
        (false, _) => "jre",
    };
    first(BARE).map(|version| (runtime, version))
}
