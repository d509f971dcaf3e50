//! `RustSec`: a block of TOML, then Markdown. It names the versions that are *not* affected.

use std::collections::BTreeMap;

use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};
use serde::Deserialize;

use super::text::{time, vector};
use super::{Document, Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd, Severity, SeverityKind};
use crate::scheme::Scheme;

const SOURCE: &str = "rustsec";

#[derive(Debug, Deserialize)]
struct File {
    advisory: Head,
    #[serde(default)]
    affected: Affected,
    #[serde(default)]
    versions: Versions,
}

#[derive(Debug, Deserialize)]
struct Head {
    id: String,
    package: String,
    #[serde(default)]
    date: toml_text::Text,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    cvss: Option<String>,
    #[serde(default)]
    informational: Option<String>,
    #[serde(default)]
    withdrawn: Option<toml_text::Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Affected {
    functions: BTreeMap<String, Vec<String>>,
    arch: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Versions {
    patched: Vec<String>,
    unaffected: Vec<String>,
}

/// A day written as a text or as a TOML date.
mod toml_text {
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(from = "toml::Value")]
    pub(super) struct Text(pub(super) String);

    impl From<toml::Value> for Text {
        fn from(value: toml::Value) -> Self {
            match value {
                toml::Value::String(text) => Self(text),
                other => Self(other.to_string()),
            }
        }
    }
}

/// Reads one advisory.
pub(super) fn import(document: Document<'_>, sink: &mut dyn Sink) -> Result<(), Error> {
    let text = std::str::from_utf8(document.bytes).map_err(|error| Error::shape("RustSec", error))?;
    let (_, rest) = text.split_once("```toml").ok_or(Error::Missing { what: "block of TOML" })?;
    let (head, prose) = rest.split_once("\n```").ok_or(Error::Missing { what: "end of the block of TOML" })?;
    let file: File = toml::from_str(head).map_err(|error| Error::shape("RustSec", error.message()))?;
    let id = file.advisory.id.as_str();
    let prose = prose.trim();
    let (title, description) = match prose.strip_prefix("# ") {
        Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
        None => ("", prose),
    };
    let mut out = Advisory::new(SOURCE, id);
    out.title = title.to_owned();
    out.description = description.to_owned();
    out.published = time(&file.advisory.date.0);
    out.withdrawn = file.advisory.withdrawn.as_ref().and_then(|day| time(&day.0));
    out.aliases.clone_from(&file.advisory.aliases);
    out.references = file.advisory.url.iter().chain(&file.advisory.references).cloned().collect();
    out.severities.extend(file.advisory.cvss.as_deref().and_then(|text| vector(SOURCE, text)));
    // Unmaintained, unsound, or a notice: said in place of a severity.
    let informational = file.advisory.informational.clone();
    out.severities.extend(informational.iter().map(|word| Severity {
        source: SOURCE.to_owned(),
        kind: SeverityKind::Word,
        value: word.trim().to_owned(),
    }));
    let is_withdrawn = out.withdrawn.is_some();
    sink.advisory(out);
    if !is_withdrawn {
        sink.affect(affect(&file, document.name, affected(&file.versions)?));
    }
    Ok(())
}

fn affect(file: &File, name: &str, ranges: Vec<Range>) -> Affect {
    // The toolchain's own parts lie in a folder of their own: they are no crates.
    let is_toolchain = name.split('/').rev().nth(2) == Some("rust");
    Affect {
        advisory: (SOURCE.to_owned(), file.advisory.id.clone()),
        namespace: Namespace(if is_toolchain { "rust" } else { "crates.io" }.to_owned()),
        name: file.advisory.package.clone(),
        scheme: Scheme::Semver,
        ranges,
        versions: Vec::new(),
        state: AffectState::Affected,
        severity: file.advisory.informational.as_ref().map(|word| word.trim().to_owned()),
        qualifiers: Qualifiers {
            arches: file.affected.arch.clone(),
            symbols: file.affected.functions.keys().cloned().collect(),
            ..Qualifiers::default()
        },
    }
}

/// A bound: the version, and whether it belongs to the interval.
type Bound = (Version, bool);

/// Versions between two bounds.
#[derive(Debug, Clone, Default)]
struct Interval {
    low: Option<Bound>,
    high: Option<Bound>,
}

/// Turns "these are not affected" into ranges of affected versions.
fn affected(versions: &Versions) -> Result<Vec<Range>, Error> {
    let mut safe = Vec::new();
    for text in versions.patched.iter().chain(&versions.unaffected) {
        let requirement = VersionReq::parse(text.trim()).map_err(|error| Error::shape("RustSec", error))?;
        safe.push(requirement.comparators.iter().fold(Interval::default(), |all, one| meet(all, interval(one))));
    }
    Ok(complement(safe))
}

fn complement(mut safe: Vec<Interval>) -> Vec<Range> {
    safe.sort_by(|a, b| a.low.cmp(&b.low));
    let mut ranges = Vec::new();
    // Where the versions begin that no interval has covered yet; absent: at the very beginning.
    let mut from: Option<Version> = None;
    for Interval { low, high } in safe {
        if let Some((version, is_included)) = low
            && from.as_ref().is_none_or(|from| *from < version || (*from == version && !is_included))
        {
            let end = if is_included { RangeEnd::Fixed } else { RangeEnd::LastAffected };
            ranges.push(Range { introduced: from.as_ref().map(Version::to_string), end: end(version.to_string()) });
        }
        let Some((version, is_included)) = high else { return ranges };
        let next = if is_included { after(version) } else { version };
        if from.as_ref().is_none_or(|from| *from < next) {
            from = Some(next);
        }
    }
    ranges.push(Range { introduced: from.map(|version| version.to_string()), end: RangeEnd::Open });
    ranges
}

fn meet(a: Interval, b: Interval) -> Interval {
    // At the same version, the bound that leaves it out is the narrower one.
    let low = match (a.low, b.low) {
        (Some(a), Some(b)) if (&a.0, !a.1) < (&b.0, !b.1) => Some(b),
        (Some(a), Some(_)) => Some(a),
        (a, b) => a.or(b),
    };
    let high = match (a.high, b.high) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Interval { low, high }
}

/// Reads one comparison as an interval (the semver crate's own semantics).
fn interval(one: &Comparator) -> Interval {
    let exact = Version {
        major: one.major,
        minor: one.minor.unwrap_or(0),
        patch: one.patch.unwrap_or(0),
        pre: one.pre.clone(),
        build: BuildMetadata::EMPTY,
    };
    let next_of_given = || match (one.minor, one.patch) {
        (None, _) => Version::new(one.major.saturating_add(1), 0, 0),
        (Some(minor), None) => Version::new(one.major, minor.saturating_add(1), 0),
        (Some(_), Some(_)) => after(exact.clone()),
    };
    let is_full = one.patch.is_some();
    let between = |low: Version, high: Version| Interval { low: Some((low, true)), high: Some((before(high), false)) };
    match one.op {
        Op::Exact if is_full => Interval { low: Some((exact.clone(), true)), high: Some((exact, true)) },
        Op::Exact | Op::Wildcard => between(exact.clone(), next_of_given()),
        Op::Greater if is_full => Interval { low: Some((exact, false)), high: None },
        Op::Greater => Interval { low: Some((next_of_given(), true)), high: None },
        Op::GreaterEq => Interval { low: Some((exact, true)), high: None },
        Op::Less => Interval { low: None, high: Some((exact, false)) },
        Op::LessEq if is_full => Interval { low: None, high: Some((exact, true)) },
        Op::LessEq => Interval { low: None, high: Some((before(next_of_given()), false)) },
        Op::Tilde => {
            let next =
                one.minor.map_or_else(next_of_given, |minor| Version::new(one.major, minor.saturating_add(1), 0));
            between(exact, next)
        }
        _ => between(exact.clone(), breaking(one, &exact)),
    }
}

/// The first version that a caret requirement leaves out.
fn breaking(one: &Comparator, exact: &Version) -> Version {
    match (one.major, one.minor, one.patch) {
        (0, None, _) => Version::new(1, 0, 0),
        (0, Some(0), None) => Version::new(0, 1, 0),
        (0, Some(0), Some(patch)) => Version::new(0, 0, patch.saturating_add(1)),
        (0, Some(minor), _) => Version::new(0, minor.saturating_add(1), 0),
        _ => Version::new(exact.major.saturating_add(1), 0, 0),
    }
}

/// The first pre-release of a version: a caret's end leaves out its pre-releases too.
fn before(mut version: Version) -> Version {
    if version.pre.is_empty() {
        version.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    }
    version
}

/// The least version after one: the first pre-release of the next patch, or what follows a pre-release.
fn after(mut version: Version) -> Version {
    if version.pre.is_empty() {
        version.patch = version.patch.saturating_add(1);
        version.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
    } else {
        version.pre = Prerelease::new(&format!("{}.0", version.pre)).unwrap_or(Prerelease::EMPTY);
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(patched: &[&str], unaffected: &[&str]) -> Vec<String> {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let read = affected(&Versions { patched: texts(patched), unaffected: texts(unaffected) }).unwrap();
        let end = |end: &RangeEnd| match end {
            RangeEnd::Fixed(version) => format!("<{version}"),
            RangeEnd::LastAffected(version) => format!("<={version}"),
            RangeEnd::Limit(version) => format!("|{version}"),
            RangeEnd::Open => String::new(),
        };
        read.iter().map(|r| format!("{}..{}", r.introduced.as_deref().unwrap_or(""), end(&r.end))).collect()
    }

    #[test]
    fn what_is_not_safe_is_affected() {
        for (patched, unaffected, expected) in [
            (&[][..], &[][..], &[".."][..]),
            (&[">= 1.2.3"], &[], &["..<1.2.3"]),
            (&["> 1.2.3"], &[], &["..<=1.2.3"]),
            (&[">= 1.2.3"], &["< 1.0.0"], &["1.0.0..<1.2.3"]),
            (&["^0.5.3", ">= 0.6.1"], &["< 0.4"], &["0.4.0..<0.5.3", "0.6.0-0..<0.6.1"]),
            (&[">= 1.0.4, < 1.1.0", ">= 1.1.2"], &[], &["..<1.0.4", "1.1.0..<1.1.2"]),
            (&["= 1.0.1"], &[], &["..<1.0.1", "1.0.2-0.."]),
            (&["~1.4.7"], &["<= 1.3.0"], &["1.3.1-0..<1.4.7", "1.5.0-0.."]),
            (&[">=2.0.0"], &["<3"], &[]),
            (&[], &["< 1.4.1", "> 1.4.1"], &["1.4.1..<=1.4.1"]),
            (&["1.*"], &[], &["..<1.0.0", "2.0.0-0.."]),
        ] {
            assert_eq!(ranges(patched, unaffected), expected, "{patched:?} {unaffected:?}");
        }
    }
}
