//! What is known of a library or program: by which texts, symbols and file names it is recognised.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::soname::Name;
use super::{crypto, languages, media, network, numerics, packing, system};

/// A library or program.
#[derive(Debug)]
pub(super) struct Library {
    /// Its name, as advisories call it.
    pub(super) name: &'static str,
    /// Anchors, each with the pattern whose first group is the version when it is found around the anchor.
    pub(super) versions: &'static [(&'static str, &'static str)],
    /// A whole text (after what is no text, before a NUL) that is the version: looked for only where other marks are.
    pub(super) loose: Option<&'static str>,
    /// A pattern without which a loose version is none; with it, it is as good as an exact one.
    pub(super) proof: Option<&'static str>,
    /// Other texts that only this library has.
    pub(super) markers: &'static [&'static str],
    /// Symbols that it defines.
    pub(super) symbols: &'static [&'static str],
    /// Its file names without suffix and version; one that ends in `*` is a beginning.
    pub(super) stems: &'static [&'static str],
    /// What the version in its file name says.
    pub(super) release: Release,
    /// How a version is written.
    pub(super) form: Form,
    /// Its version string is so long that nothing else writes it.
    pub(super) alone: bool,
}

/// An entry that says nothing, to be filled up.
pub(super) const LIBRARY: Library = Library {
    name: "",
    versions: &[],
    loose: None,
    proof: None,
    markers: &[],
    symbols: &[],
    stems: &[],
    release: Release::Unknown,
    form: Form::Plain,
    alone: true,
};

/// What the version of a shared object's file name (`libx.so.1.2.3`) says of the release.
#[derive(Debug, Clone, Copy)]
pub(super) enum Release {
    /// Nothing.
    Unknown,
    /// It is the release.
    Same,
    /// Its last number is the release's second: `2.0.15` is 2.15 (Little CMS).
    LastAfter(&'static str),
    /// `0.7400.6` is 2.74.6 (GLib).
    Glib,
    /// `0.60730.0` is 7.3.0 (HarfBuzz).
    HarfBuzz,
    /// Only a list tells.
    Listed(&'static [(&'static str, &'static str)]),
}

/// How a version is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Plain,
    /// `20913` is 2.9.13.
    Packed,
    /// `1_74` is 1.74.
    Underscores,
}

impl Release {
    pub(super) fn version(self, name: &Name) -> Option<String> {
        let text = name.version.as_str();
        let numbers: Vec<&str> = text.split('.').collect();
        let are_numbers = numbers.iter().all(|number| number.parse::<u32>().is_ok());
        if !are_numbers {
            return None;
        }
        match self {
            Self::Unknown => None,
            Self::Same => (numbers.len() > 1).then(|| text.to_owned()),
            Self::LastAfter(first) => numbers.get(2).map(|last| format!("{first}.{last}")),
            Self::Glib => {
                let minor = numbers.get(1)?.strip_suffix("00")?;
                Some(format!("2.{minor}.{}", numbers.get(2)?))
            }
            Self::HarfBuzz => {
                let packed: u32 = numbers.get(1)?.parse().ok()?;
                let release = packed.checked_sub(60_000)?;
                (release >= 700).then(|| format!("{}.{}.{}", release / 100, release / 10 % 10, release % 10))
            }
            Self::Listed(list) => list.iter().find(|(so, _)| *so == text).map(|(_, release)| (*release).to_owned()),
        }
    }
}

impl Form {
    fn read(self, text: &str) -> Option<String> {
        match self {
            Self::Plain => Some(text.to_owned()),
            Self::Underscores => Some(text.replace('_', ".")),
            Self::Packed if text.contains('.') => Some(text.to_owned()),
            Self::Packed => {
                let packed: u32 = text.parse().ok()?;
                Some(format!("{}.{}.{}", packed / 10_000, packed / 100 % 100, packed % 100))
            }
        }
    }
}

impl Library {
    pub(super) fn is_named(&self, stem: &str) -> bool {
        self.stems.iter().any(|own| match own.strip_suffix('*') {
            Some(start) => stem.starts_with(start),
            None => stem == *own,
        })
    }

    /// Reads the version around an anchor.
    pub(super) fn version_at(&self, pattern: usize, window: &[u8], anchor: usize) -> Option<String> {
        let (text, pattern) = self.versions.get(pattern)?;
        let touches = |start: usize, end: usize| start < anchor + text.len() && anchor < end;
        let fitting = regex(pattern)?
            .captures_iter(window)
            .find(|captures| captures.get(0).is_some_and(|whole| touches(whole.start(), whole.end())))?;
        self.form.read(std::str::from_utf8(fitting.get(1)?.as_bytes()).ok()?)
    }

    /// Looks for a whole text that is a version; several different ones are none.
    pub(super) fn loose_version(&self, data: &[&[u8]]) -> Option<String> {
        let loose = regex(self.loose?)?;
        if let Some(proof) = self.proof {
            let proof = regex(proof)?;
            data.iter().find(|span| proof.is_match(span))?;
        }
        let mut found: Option<String> = None;
        for captures in data.iter().flat_map(|span| loose.captures_iter(span)) {
            let version = self.form.read(std::str::from_utf8(captures.get(1)?.as_bytes()).ok()?)?;
            if found.as_ref().is_some_and(|known| *known != version) {
                return None;
            }
            found = Some(version);
        }
        found
    }
}

/// All that is known, each with its place.
pub(super) fn all() -> impl Iterator<Item = (usize, &'static Library)> {
    let tables = [
        crypto::LIBRARIES,
        packing::LIBRARIES,
        media::LIBRARIES,
        network::LIBRARIES,
        languages::LIBRARIES,
        system::LIBRARIES,
        numerics::LIBRARIES,
    ];
    tables.into_iter().flatten().enumerate()
}

/// Compiles each pattern once. A pattern that does not compile finds nothing; a test compiles them all.
pub(super) fn regex(pattern: &'static str) -> Option<&'static Regex> {
    type Compiled = std::collections::HashMap<&'static str, Option<Regex>>;
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let patterns = all().flat_map(|(_, library)| {
            library.versions.iter().map(|(_, pattern)| *pattern).chain(library.loose).chain(library.proof)
        });
        patterns.map(|pattern| (pattern, RegexBuilder::new(pattern).unicode(false).build().ok())).collect()
    });
    compiled.get(pattern)?.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_has_a_group() {
        for (_, library) in all() {
            for (anchor, pattern) in library.versions {
                assert!(anchor.len() >= 4, "{}: `{anchor}` is no anchor", library.name);
                assert!(regex(pattern).is_some_and(|regex| regex.captures_len() == 2), "{}: {pattern}", library.name);
            }
            if let Some(pattern) = library.loose {
                assert!(regex(pattern).is_some_and(|regex| regex.captures_len() == 2), "{}: {pattern}", library.name);
            }
            assert!(library.proof.is_none_or(|proof| regex(proof).is_some()), "{}", library.name);
        }
    }

    #[test]
    fn more_than_a_hundred_are_known() {
        assert!(all().count() > 100, "{}", all().count());
    }
}
