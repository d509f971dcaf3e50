//! How a rule is written and asked.

use std::collections::HashMap;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use vuln::PackageType;

/// A program or library with a name of its own.
#[derive(Debug)]
pub(super) struct Rule {
    /// What it is called, as advisories call it.
    pub(super) name: &'static str,
    pub(super) kind: PackageType,
    /// Names of its file; one that ends in `*` is a beginning.
    pub(super) files: &'static [&'static str],
    /// Patterns whose first group is the version; the first that fits is believed.
    pub(super) versions: &'static [&'static str],
    /// A pattern that shows that the file is another program of the same name.
    pub(super) unless: Option<&'static str>,
    /// It is a script or a text.
    pub(super) script: bool,
    /// What the version in the file's name is a beginning of (`python3.11` of 3.11.2), behind this text.
    pub(super) numbered: Option<&'static str>,
    /// In a short fragment any version is its own.
    pub(super) fragments: bool,
}

/// An entry that says nothing, to be filled up.
pub(super) const RULE: Rule = Rule {
    name: "",
    kind: PackageType::Generic,
    files: &[],
    versions: &[],
    unless: None,
    script: false,
    numbered: None,
    fragments: true,
};

/// Returns the rules for a file name.
pub(super) fn of(name: &str) -> impl Iterator<Item = &'static Rule> {
    super::rules().filter(move |rule| rule.is_named(name))
}

impl Rule {
    fn is_named(&self, name: &str) -> bool {
        self.files.iter().any(|own| match own.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == *own,
        })
    }

    /// Reads the version, and tells whether it stood where this program writes it.
    pub(super) fn version(&self, name: &str, bytes: &[u8], is_program: bool) -> Option<(String, bool)> {
        if self.unless.and_then(regex).is_some_and(|other| other.is_match(bytes)) {
            return None;
        }
        if let Some(before) = self.numbered.and_then(|before| name.strip_prefix(before)) {
            return numbered(before, bytes).map(|version| (version, true));
        }
        let exact = self.versions.iter().filter_map(|pattern| regex(pattern)).find_map(|pattern| first(pattern, bytes));
        exact.map(|version| (version, true)).or_else(|| {
            let is_short = !is_program && bytes.len() <= super::MAX_SHORT && bytes.contains(&0);
            (is_short && self.fragments).then(|| only(bytes, self.name)).flatten().map(|version| (version, false))
        })
    }
}

fn first(pattern: &Regex, bytes: &[u8]) -> Option<String> {
    text(pattern.captures(bytes)?.get(1)?.as_bytes())
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// A version between zeros that begins with the number in the file's name.
fn numbered(rest: &str, bytes: &[u8]) -> Option<String> {
    let end = rest.find(|each: char| !each.is_ascii_digit() && each != '.').unwrap_or(rest.len());
    let number = rest.get(..end)?.trim_end_matches('.');
    if number.len() > 16 {
        return None;
    }
    if number.contains('.') {
        let pattern = format!(r"\x00({}\.\d[-._+a-zA-Z0-9]{{0,24}})\x00", regex::escape(number));
        let pattern = RegexBuilder::new(&pattern).unicode(false).build().ok()?;
        return first(&pattern, bytes);
    }
    let pattern = regex(r"\x00([23]\.\d{1,2}\.\d{1,2}(?:[abc+]|rc)?\d{0,2}\+?)\x00")?;
    let mut found: Option<String> = None;
    for captures in pattern.captures_iter(bytes) {
        let version = text(captures.get(1)?.as_bytes())?;
        if found.as_ref().is_some_and(|known| *known != version) {
            return None;
        }
        found = Some(version);
    }
    found.filter(|version| version.starts_with(number))
}

/// The only version of three numbers that a fragment holds; that of Go's tools, with which many are built, is none.
fn only(bytes: &[u8], name: &str) -> Option<String> {
    let pattern = regex(r"\d{1,5}\.\d{1,4}\.\d{1,5}")?;
    let mut found: Option<&[u8]> = None;
    for version in pattern.find_iter(bytes) {
        let before = bytes.get(..version.start()).unwrap_or_default();
        let after = bytes.get(version.end()..).unwrap_or_default();
        let goes_on = before.last().is_some_and(|byte| *byte == b'.' || byte.is_ascii_digit())
            || matches!(after, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..]);
        if goes_on || (before.ends_with(b"go") && name != "go") {
            continue;
        }
        if found.is_some_and(|known| known != version.as_bytes()) {
            return None;
        }
        found = Some(version.as_bytes());
    }
    text(found?)
}

/// Compiles each pattern once; a test compiles them all.
pub(super) fn regex(pattern: &'static str) -> Option<&'static Regex> {
    static COMPILED: OnceLock<std::sync::Mutex<HashMap<&'static str, Option<&'static Regex>>>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Default::default).lock().ok()?;
    *compiled.entry(pattern).or_insert_with(|| {
        let built = RegexBuilder::new(pattern).unicode(false).size_limit(1 << 22).build().ok();
        built.map(|built| &*Box::leak(Box::new(built)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_has_one_group() {
        for rule in crate::named::rules() {
            assert!(!rule.files.is_empty() && (!rule.versions.is_empty() || rule.numbered.is_some()), "{}", rule.name);
            for pattern in rule.versions {
                assert!(regex(pattern).is_some_and(|built| built.captures_len() == 2), "{}: {pattern}", rule.name);
            }
            assert!(rule.unless.is_none_or(|pattern| regex(pattern).is_some()), "{}", rule.name);
        }
    }
}
