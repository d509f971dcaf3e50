//! Whose a file is.

use std::collections::{BTreeMap, BTreeSet};

use vuln::matching::is_foreign;
use vuln::{Package, PackageType, System};

use crate::findings::{OsRelease, Owner};
use crate::join::Installed;

use super::assemble::is_of_system;
use super::fold::View;

/// Finds the package managers' owners of these files (real paths), among the lists of the visible databases.
///
/// Lists name files as the package was built (`/lib/x`); the image may hold them elsewhere (`/usr/lib/x`). Only names
/// that are asked for are looked up, since an image lists far more files than hold anything. A list that a package left
/// behind owns nothing.
pub(super) fn owners(
    view: &mut View,
    installed: &Installed,
    wanted: &BTreeSet<String>,
) -> BTreeMap<String, Vec<Owner>> {
    let mut present: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
    let is_owner = |kind| is_of_system(kind) || kind == PackageType::Portage;
    for package in installed.packages.iter().filter(|package| is_owner(package.kind)) {
        present.insert((&package.name, None));
        present.insert((&package.name, package.arch.as_deref()));
    }
    let names: BTreeSet<&str> = wanted.iter().filter_map(|path| path.rsplit('/').next()).collect();
    let mut owners: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
    let is_present = |owner: &Owner| present.contains(&(owner.name.as_str(), owner.arch.as_deref()));
    for owned in installed.owned.iter().filter(|owned| is_present(&owned.owner)) {
        for path in &owned.paths {
            if !path.rsplit('/').next().is_some_and(|name| names.contains(name)) {
                continue;
            }
            let Some((_, real)) = view.tree.find_entry(path) else { continue };
            if wanted.contains(&real) {
                let list = owners.entry(real).or_default();
                if !list.contains(&owned.owner) {
                    list.push(owned.owner.clone());
                }
            }
        }
    }
    for list in owners.values_mut() {
        list.sort();
    }
    owners
}

/// Packages that somebody else than the system's vendor built, by name: no vendor speaks of what they bundle.
pub(super) struct Strangers<'a>(BTreeMap<&'a str, Vec<&'a Package>>);

impl<'a> Strangers<'a> {
    pub(super) fn among(packages: &'a [Package], os: Option<&OsRelease>) -> Self {
        let mut found: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        let Some(os) = os else { return Self(found) };
        let system = System {
            id: os.id.clone(),
            version: os.version.clone(),
            codename: os.codename.clone(),
            ..System::default()
        };
        for package in packages.iter().filter(|package| is_of_system(package.kind) && is_foreign(&system, package)) {
            found.entry(&package.name).or_default().push(package);
        }
        Self(found)
    }

    /// Tells whether an owner is one of them, and a library in a file of its is not the owner itself, under whatever name.
    ///
    /// An rpm names its vendor. Any maintainer of Debian may have an address elsewhere, so that of a deb (an apk, an opkg)
    /// what lies where libraries for all programs lie is taken for the package's own.
    pub(super) fn bundle(&self, owner: &Owner, library: &str, file: &str) -> bool {
        let is_owner = |package: &&&Package| owner.arch.is_none() || package.arch == owner.arch;
        let Some(package) = self.0.get(owner.name.as_str()).and_then(|found| found.iter().find(is_owner)) else {
            return false;
        };
        if package.kind != PackageType::Rpm && is_for_all_programs(file) {
            return false;
        }
        let source = package.source.as_ref().map_or("", |source| source.name.as_str());
        ![package.name.as_str(), source].iter().any(|own| own.eq_ignore_ascii_case(library))
    }
}

/// `/usr/lib/libx.so`, `/lib/x86_64-linux-gnu/libx.so`.
fn is_for_all_programs(file: &str) -> bool {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = folder.strip_prefix("/usr").unwrap_or(folder);
    match folder.strip_prefix("/lib/") {
        Some(triplet) => triplet.contains("-linux-") && !triplet.contains('/'),
        None => matches!(folder, "/lib" | "/lib32" | "/lib64" | "/libx32"),
    }
}
