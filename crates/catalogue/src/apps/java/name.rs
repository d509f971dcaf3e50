//! File names of archives: `name-1.2.3-SNAPSHOT.jar`.

/// A file name taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileName<'a> {
    /// Everything before the extension.
    pub(crate) stem: &'a str,
    /// The artifact's name; empty if the name does not begin with a letter.
    pub(crate) name: &'a str,
    /// The version; empty if there is none.
    pub(crate) version: &'a str,
}

impl<'a> FileName<'a> {
    /// Takes the last part of a path apart. A part after a hyphen that begins like a version begins the version.
    pub(crate) fn parse(path: &'a str) -> Self {
        let base = path.rsplit('/').next().unwrap_or(path);
        let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
        let mut out = Self { stem, name: stem, version: "" };
        if !stem.starts_with(|each: char| each.is_ascii_alphabetic()) {
            return Self { name: "", ..out };
        }
        let hyphen = stem.match_indices('-').find(|(at, _)| begins_version(stem.get(at + 1..).unwrap_or_default()));
        // Some are named `_1.2.3` or `.1.2.3`, as OSGi bundles are.
        let other = || {
            stem.match_indices(['_', '.'])
                .find(|(at, _)| stem.get(at + 1..).is_some_and(|rest| begins_digit(rest) && rest.contains('.')))
        };
        if let Some((at, _)) = hyphen.or_else(other) {
            out.name = stem.get(..at).unwrap_or_default();
            out.version = stem.get(at + 1..).unwrap_or_default();
        }
        out
    }
}

fn begins_digit(text: &str) -> bool {
    text.starts_with(|each: char| each.is_ascii_digit())
}

/// A digit, `build7`, `r4` or `rc2` begin a version.
fn begins_version(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let word = lower.split('-').next().unwrap_or_default();
    let after = |prefix: &str| {
        word.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|each| each.is_ascii_digit()))
    };
    begins_digit(part) || lower.strip_prefix("build").is_some_and(begins_digit) || after("rc") || after("r")
}
