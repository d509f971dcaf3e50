//! Packages of the Nix store in images that have no database of Nix, as dockerTools makes them.

use std::collections::BTreeMap;

use vuln::{Package, PackageType};

use crate::layer::LayerRecord;
use crate::os::nix_store_package;

use super::fold::View;

const STORE: &str = "/nix/store";

/// Packages that are listed; no true store holds as many.
const MAX_PACKAGES: usize = 200_000;

/// Names the packages that lie in the store, if no database of Nix tells them.
pub(super) fn store(view: &View, known: &[Package]) -> Vec<Package> {
    if known.iter().any(|package| package.evidence.iter().any(|evidence| evidence.found_by == "nix-db")) {
        return Vec::new();
    }
    let names = view.tree.names(STORE);
    names.filter_map(|name| nix_store_package(&format!("{STORE}/{name}"))).take(MAX_PACKAGES).collect()
}

/// Finds the lowest layer that has a folder, for each folder of the store.
pub(super) fn since<'a>(layers: &[&'a LayerRecord]) -> BTreeMap<&'a str, usize> {
    let mut since = BTreeMap::new();
    for (number, layer) in layers.iter().enumerate() {
        let below = layer.dirs.iter().filter_map(|dir| dir.path.strip_prefix(STORE)?.strip_prefix('/'));
        for name in below.filter_map(|rest| rest.split('/').next()) {
            since.entry(name).or_insert(number);
        }
    }
    since
}

/// Returns the store's folder that names a package.
pub(super) fn folder_of(package: &Package) -> Option<&str> {
    let evidence = package.evidence.first().filter(|_| package.kind == PackageType::Nix)?;
    evidence.path.strip_prefix(STORE)?.strip_prefix('/')
}
