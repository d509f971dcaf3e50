//! What several files say together: the system, the packages with their licences, whose a file is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vuln::{Package, PackageType};

use crate::findings::{Findings, OsRelease, Owned, ParseError};

/// What is installed in an image, out of all its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// The system.
    pub os: Option<OsRelease>,
    /// Packages, each once for its kind, name, version and architecture, with all its evidence.
    pub packages: Vec<Package>,
    /// Files of packages; see [`Ownership`].
    pub owned: Vec<Owned>,
    /// Red Hat's content sets, sorted.
    pub content_sets: Vec<String>,
    /// CPEs of repositories or products, sorted.
    pub cpes: Vec<String>,
    /// Channels that packages come through, sorted.
    pub channels: Vec<String>,
    /// Parts that could not be read, each with its file.
    pub faults: Vec<(String, ParseError)>,
}

/// Puts together what the files of one image say (of one layer alike), each with its path.
#[must_use]
pub fn join(files: impl IntoIterator<Item = (String, Findings)>) -> Installed {
    let mut joined = Installed::default();
    let mut releases: Vec<OsRelease> = Vec::new();
    let mut licenses = BTreeMap::<String, Vec<String>>::new();
    let mut known = BTreeMap::new();
    for (path, mut findings) in files {
        releases.extend(findings.os);
        joined.content_sets.append(&mut findings.content_sets);
        joined.cpes.append(&mut findings.cpes);
        joined.channels.append(&mut findings.channels);
        joined.owned.append(&mut findings.owned);
        joined.faults.extend(findings.faults.into_iter().map(|fault| (path.clone(), fault)));
        licenses.extend(findings.licenses.into_iter().map(|entry| (entry.package, entry.licenses)));
        for package in findings.packages {
            add(package, &mut joined.packages, &mut known);
        }
    }
    // Once for all: a million files may name the same package.
    for package in &mut joined.packages {
        package.evidence.sort();
        package.evidence.dedup();
    }
    for list in [&mut joined.content_sets, &mut joined.cpes, &mut joined.channels] {
        list.sort();
        list.dedup();
    }
    joined.os = release(releases, &joined.channels);
    license(&mut joined.packages, &licenses);
    license_as_claimed(&mut joined.packages, known.into_values());
    rename_split_owners(&mut joined);
    joined
}

type Key = (PackageType, String, String, Option<String>);

/// Where a package stands in the list.
struct Known {
    index: usize,
    /// Only bills of materials name it so far.
    is_claimed: bool,
    /// The licences that a bill of materials gives a package whose own files are there.
    claimed_licenses: Vec<String>,
}

/// Adds a package, or its evidence to the same one that is there; what one says and the other does not is kept.
///
/// Anybody can put a bill of materials into an image: beside what the package's own files say it is evidence and no more,
/// or a false source would keep the advisories of the true one away.
fn add(mut package: Package, packages: &mut Vec<Package>, known: &mut BTreeMap<Key, Known>) {
    let key = (package.kind, package.name.clone(), package.version.clone(), package.arch.clone());
    let is_claimed = package.evidence.iter().all(|evidence| evidence.found_by.starts_with("sbom-"));
    let place = known.get_mut(&key).and_then(|place| Some((packages.get_mut(place.index)?, place)));
    let Some((there, place)) = place else {
        known.insert(key, Known { index: packages.len(), is_claimed, claimed_licenses: Vec::new() });
        packages.push(package);
        return;
    };
    if place.is_claimed && !is_claimed {
        place.is_claimed = false;
        std::mem::swap(there, &mut package);
        there.evidence.append(&mut package.evidence);
        place.claimed_licenses = package.licenses;
        return;
    }
    there.evidence.append(&mut package.evidence);
    if is_claimed && !place.is_claimed {
        if place.claimed_licenses.is_empty() {
            place.claimed_licenses = package.licenses;
        }
        return;
    }
    there.source = there.source.take().or(package.source);
    there.module = there.module.take().or(package.module);
    there.vendor = there.vendor.take().or(package.vendor);
    if there.licenses.is_empty() {
        there.licenses = package.licenses;
    }
}

/// Believes the first source in rank, and fills what it leaves open from the others of the same system.
fn release(mut releases: Vec<OsRelease>, channels: &[String]) -> Option<OsRelease> {
    releases.sort_by(|left, right| (left.rank, &left.path).cmp(&(right.rank, &right.path)));
    let mut rest = releases.into_iter();
    let mut os = rest.next()?;
    for other in rest.filter(|other| other.id == os.id) {
        os.codename = os.codename.take().or(other.codename);
        os.variant = os.variant.take().or(other.variant);
        os.cpe = os.cpe.take().or(other.cpe);
        if os.version.is_empty() && !os.rolling {
            os.version = other.version;
        }
    }
    // Alpine's edge names a version that is not out yet; its repositories tell it too.
    let mut mains = channels.iter().filter(|channel| channel.trim_end_matches('/').ends_with("/main")).peekable();
    if os.id == "alpine" && mains.peek().is_some() {
        os.rolling |= mains.all(|channel| channel.contains("/edge/"));
    }
    Some(os)
}

/// Gives each deb the licences of its copyright file; where its folder is a link to a sibling's, those of a package of
/// the same source.
fn license(packages: &mut [Package], licenses: &BTreeMap<String, Vec<String>>) {
    let mut by_source = BTreeMap::<String, Vec<String>>::new();
    let open = |package: &&mut Package| package.kind == PackageType::Deb && package.licenses.is_empty();
    for package in packages.iter_mut().filter(open) {
        if let Some(found) = licenses.get(&package.name) {
            package.licenses.clone_from(found);
            if let Some(source) = &package.source {
                by_source.entry(source.name.clone()).or_insert_with(|| found.clone());
            }
        }
    }
    for package in packages.iter_mut().filter(open) {
        let found = package.source.as_ref().and_then(|source| by_source.get(&source.name));
        package.licenses.extend(found.into_iter().flatten().cloned());
    }
}

/// Gives packages that nobody else gave a licence those of bills of materials.
fn license_as_claimed(packages: &mut [Package], known: impl Iterator<Item = Known>) {
    for place in known {
        if let Some(package) = packages.get_mut(place.index).filter(|package| package.licenses.is_empty()) {
            package.licenses = place.claimed_licenses;
        }
    }
}

/// In distroless' split database a list of files is named like the file of its package, not like the package.
fn rename_split_owners(joined: &mut Installed) {
    const STATUS_D: &str = "/var/lib/dpkg/status.d/";
    let names: BTreeMap<&str, &str> = joined
        .packages
        .iter()
        .flat_map(|package| package.evidence.iter().map(|evidence| (evidence.path.as_str(), package.name.as_str())))
        .filter_map(|(path, name)| Some((path.strip_prefix(STATUS_D)?, name)))
        .collect();
    for owned in &mut joined.owned {
        if let Some(name) = names.get(owned.owner.name.as_str()) {
            owned.owner.name = (*name).to_owned();
        }
    }
}

/// Folders that are links to their twins below `/usr` on merged systems.
const MERGED: &[&str] = &["/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/"];

/// Writes a path as it is on a system where `/bin`, `/sbin` and `/lib*` are links into `/usr`: databases say `/lib/…`
/// where the file is in `/usr/lib/…`.
#[must_use]
pub fn merged_usr(path: &str) -> Cow<'_, str> {
    let is_merged = MERGED.iter().any(|folder| path.starts_with(folder));
    if is_merged { Cow::Owned(format!("/usr{path}")) } else { Cow::Borrowed(path) }
}

/// Whose a file is.
#[derive(Debug, Clone, Default)]
pub struct Ownership {
    by_path: BTreeMap<String, usize>,
}

impl Ownership {
    /// Indexes the owned paths of [`Installed`]; those of packages that are not there are left out.
    #[must_use]
    pub fn new(installed: &Installed) -> Self {
        let mut by_name = BTreeMap::<&str, Vec<usize>>::new();
        for (index, package) in installed.packages.iter().enumerate() {
            by_name.entry(&package.name).or_default().push(index);
        }
        let mut by_path = BTreeMap::new();
        for owned in &installed.owned {
            let Some(same_name) = by_name.get(owned.owner.name.as_str()) else { continue };
            let same_arch = same_name.iter().find(|index| {
                owned.owner.arch.is_some()
                    && installed.packages.get(**index).is_some_and(|package| package.arch == owned.owner.arch)
            });
            let Some(index) = same_arch.or(same_name.first()) else { continue };
            for path in &owned.paths {
                by_path.insert(merged_usr(path).into_owned(), *index);
            }
        }
        Self { by_path }
    }

    /// Returns the index, in [`Installed::packages`], of the package that a file belongs to.
    #[must_use]
    pub fn owner(&self, path: &str) -> Option<usize> {
        self.by_path.get(merged_usr(path).as_ref()).copied()
    }
}
