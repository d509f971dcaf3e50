//! Which advisories hold for which packages.
//!
//! Each package has its look-ups (`keys`); what they bring is decided statement by statement (`applies`), weighed
//! and gathered by vulnerability (`gather`), and told as findings (`finding`). What no feed speaks of is listed:
//! silence is not innocence.

mod applies;
mod finding;
mod gather;
mod keys;
mod names;
mod records;
mod report;
mod repositories;
mod source;
mod system;
mod windows;

use std::collections::BTreeMap;

pub(crate) use applies::cpe_matches;
pub(crate) use gather::is_on;
pub use names::{ecosystem, is_system, normalize};
pub use report::{
    Coverage, Finding, FindingClass, FixState, Gap, GapReason, Image, Installed, MatchKind, Options, Ownership, Report,
};
pub use repositories::resolve as with_repositories;
pub use source::AdvisorySource;
pub use system::System;
pub(crate) use windows::UPDATES as WINDOWS_UPDATES;

use crate::advisory::Namespace;
use crate::package::{Package, PackageType};
use gather::Statement;
use keys::Key;
use records::Records;

/// Matches an image with a database.
///
/// # Errors
/// When the database cannot be read.
pub fn match_image<S: AdvisorySource>(image: &Image, source: &S, options: Options) -> Result<Report, S::Error> {
    let mut matcher = Matcher::new(image, source, options)?;
    for copies in copies(image) {
        matcher.package(&copies)?;
    }
    Ok(matcher.finish())
}

/// Returns whether a system's package says that somebody else than the system's vendor built it. A deb names a
/// maintainer, who may use any address; its vendor may speak of it all the same.
#[must_use]
pub fn is_foreign(system: &System, package: &Package) -> bool {
    system.namespace().is_some_and(|namespace| keys::is_foreign(&namespace, package))
}

/// Gathers the copies of each package: places in [`Image::packages`] of equal kind, name, version, architecture,
/// module and source.
fn copies(image: &Image) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, installed) in image.packages.iter().enumerate() {
        let package = &installed.package;
        let key = (package.kind, &package.name, &package.version, &package.arch, &package.module, &package.source);
        groups.entry(key).or_default().push(place);
    }
    groups.into_values().collect()
}

/// Returns every (namespace, name) under which matching may look a package up: what a re-match must watch.
#[must_use]
pub fn lookups(system: Option<&System>, package: &Package) -> Vec<(Namespace, String)> {
    let mut found: Vec<Key> = Vec::new();
    if names::is_system(package.kind) {
        if let Some(key) = system.and_then(|system| keys::vendor(system, package)) {
            let home = system.and_then(System::namespace).filter(|home| *home != key.namespace);
            let homes = home.map(|namespace| Key { namespace, ..key.clone() });
            for key in homes.into_iter().chain([key]) {
                found.extend(keys::by_source(&key, package));
                found.push(key);
            }
        }
        found.extend(keys::upstream(package));
    } else {
        found.extend(keys::ecosystem(package));
    }
    found.into_iter().map(|key| (key.namespace, key.name)).collect()
}

struct Matcher<'a, S: AdvisorySource> {
    image: &'a Image,
    /// The image's system, with the repositories that the database knows it by.
    system: Option<System>,
    options: Options,
    past_end_of_life: bool,
    records: Records<'a, S>,
    findings: BTreeMap<(PackageType, String, String, String), Finding>,
    coverage: Coverage,
    /// For each system package that owns others: whether its vendor speaks of it.
    vendor_speaks: BTreeMap<usize, bool>,
}

impl<'a, S: AdvisorySource> Matcher<'a, S> {
    fn new(image: &'a Image, source: &'a S, options: Options) -> Result<Self, S::Error> {
        let system = image.system.as_ref();
        Ok(Self {
            image,
            system: system.map(|system| repositories::resolve(system, source)).transpose()?,
            options,
            past_end_of_life: system.is_some_and(|system| system.is_past_end_of_life(options.now)),
            records: Records::new(source),
            findings: BTreeMap::new(),
            coverage: Coverage::default(),
            vendor_speaks: BTreeMap::new(),
        })
    }

    fn finish(mut self) -> Report {
        self.coverage.no_feed.sort();
        self.coverage.no_feed.dedup();
        self.coverage.unknown_version.sort();
        self.coverage.unknown_version.dedup();
        Report {
            findings: self.findings.into_values().collect(),
            coverage: self.coverage,
            past_end_of_life: self.past_end_of_life,
        }
    }

    fn package(&mut self, copies: &[usize]) -> Result<(), S::Error> {
        let image = self.image;
        let Some(first) = copies.first().and_then(|place| image.packages.get(*place)) else { return Ok(()) };
        self.coverage.packages += 1;
        if names::is_system(first.package.kind) {
            return self.system_package(&first.package, copies);
        }
        let mut own = Vec::new();
        let mut fallen_back = false;
        for place in copies {
            let owner = image.packages.get(*place).and_then(|copy| copy.owner);
            match owner {
                Some(owner) if self.options.ownership == Ownership::Precise => {
                    if !self.vendor_speaks_of(owner)? {
                        own.push(*place);
                        fallen_back = true;
                    }
                }
                _ => own.push(*place),
            }
        }
        if own.is_empty() {
            // The owner's vendor answers for it.
            self.coverage.matched_feed += 1;
            return Ok(());
        }
        self.ecosystem_package(&first.package, &own, fallen_back)
    }

    /// Returns whether the vendor speaks of a system package: it has a feed, the release lives, and the package is
    /// its own.
    fn vendor_speaks_of(&mut self, place: usize) -> Result<bool, S::Error> {
        if let Some(speaks) = self.vendor_speaks.get(&place) {
            return Ok(*speaks);
        }
        let owner = self.image.packages.get(place).map(|installed| &installed.package);
        let speaks = match owner.zip(self.image.system.as_ref()) {
            Some((package, system)) if names::is_system(package.kind) && !self.past_end_of_life => {
                match self.vendor_key(system, package)? {
                    Some(key) => !(self.is_silent(&key, package)? && keys::is_foreign(&key.namespace, package)),
                    None => false,
                }
            }
            _ => false,
        };
        self.vendor_speaks.insert(place, speaks);
        Ok(speaks)
    }

    /// Returns the vendor's look-up, if the database has the vendor's feed.
    fn vendor_key(&mut self, system: &System, package: &Package) -> Result<Option<Key>, S::Error> {
        let Some(mut key) = keys::vendor(system, package) else { return Ok(None) };
        if key.doubt.is_some()
            && !self.records.covers(&key.namespace)?
            && let Some(home) = system.namespace()
        {
            key.namespace = home;
        }
        Ok(self.records.covers(&key.namespace)?.then_some(key))
    }

    /// Returns whether the vendor says nothing under any name of a package.
    fn is_silent(&mut self, key: &Key, package: &Package) -> Result<bool, S::Error> {
        for key in keys::by_source(key, package).iter().chain([key]) {
            if !self.records.affects(&key.namespace, &key.name)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn system_package(&mut self, package: &Package, copies: &[usize]) -> Result<(), S::Error> {
        let system = self.image.system.as_ref();
        let key = match system {
            Some(system) => self.vendor_key(system, package)?,
            None => None,
        };
        let mut lookups = Vec::new();
        let mut gap = Some(GapReason::NoFeed);
        if let Some(key) = key {
            let is_foreign = self.is_silent(&key, package)? && keys::is_foreign(&key.namespace, package);
            gap = is_foreign.then_some(GapReason::ForeignPackage);
            let by_source = keys::by_source(&key, package);
            lookups.push(key);
            lookups.extend(by_source);
        }
        if gap.is_some() || self.past_end_of_life {
            lookups.extend(keys::upstream(package));
        }
        let statements = self.statements(package, lookups)?;
        if gap.is_some() && !statements.is_empty() {
            gap = None;
        }
        self.record_coverage(package, gap);
        self.tell(package, copies, statements)
    }

    fn ecosystem_package(&mut self, package: &Package, copies: &[usize], fallen_back: bool) -> Result<(), S::Error> {
        if package.version.is_empty() {
            self.coverage.unknown_version.push(gap_of(package, GapReason::NoVersion));
            return Ok(());
        }
        let mut lookups = keys::ecosystem(package);
        if lookups.is_empty() {
            self.record_coverage(package, Some(GapReason::NoFeedForKind));
            return Ok(());
        }
        let mut covered = false;
        for key in &mut lookups {
            // Feeds of single projects (`generic`, `oss-fuzz`, `bitnami`) say nothing of the others.
            let speaks_of_all = package.kind != PackageType::Generic || key.match_kind == MatchKind::Cpe;
            let speaks = speaks_of_all || !self.records.affects(&key.namespace, &key.name)?.is_empty();
            covered |= speaks && self.records.covers(&key.namespace)?;
            if fallen_back && key.match_kind == MatchKind::Ecosystem {
                key.match_kind = MatchKind::Upstream;
            }
        }
        self.record_coverage(package, (!covered).then_some(GapReason::NoFeed));
        let statements = self.statements(package, lookups)?;
        self.tell(package, copies, statements)
    }

    /// Looks everything up; notes versions that could not be compared.
    fn statements(&mut self, package: &Package, lookups: Vec<Key>) -> Result<Vec<Statement>, S::Error> {
        let mut gathered = gather::statements(package, self.system.as_ref(), lookups, &mut self.records)?;
        if package.kind == PackageType::Windows {
            let mended = windows::mended(self.image, &mut self.records)?;
            gathered.statements.retain(|statement| !mended.contains(&statement.affect.advisory));
        }
        if gathered.not_comparable {
            self.coverage.unknown_version.push(gap_of(package, GapReason::VersionNotComparable));
        }
        Ok(gathered.statements)
    }

    fn record_coverage(&mut self, package: &Package, gap: Option<GapReason>) {
        match gap {
            Some(reason) => self.coverage.no_feed.push(gap_of(package, reason)),
            None => self.coverage.matched_feed += 1,
        }
    }

    fn tell(&mut self, package: &Package, copies: &[usize], statements: Vec<Statement>) -> Result<(), S::Error> {
        let channels = self.image.system.as_ref().map_or(&[][..], |system| &system.channels);
        for group in gather::groups(statements, channels) {
            let mut found = finding::make(package, &group, channels, &mut self.records)?;
            for copy in copies.iter().filter_map(|place| self.image.packages.get(*place)) {
                finding::add_copy(&mut found, copy);
            }
            let key = (found.kind, found.name.clone(), found.version.clone(), found.id.clone());
            match self.findings.get_mut(&key) {
                Some(known) => finding::join(known, found),
                None => {
                    self.findings.insert(key, found);
                }
            }
        }
        Ok(())
    }
}

fn gap_of(package: &Package, reason: GapReason) -> Gap {
    Gap { kind: package.kind, name: package.name.clone(), version: package.version.clone(), reason }
}
