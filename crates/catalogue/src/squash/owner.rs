//! Whose a file is.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Owned, Owner};

use super::fold::View;

/// Finds the package managers' owners of these files (real paths), among the lists of the visible databases.
///
/// Lists name files as the package was built (`/lib/x`); the image may hold them elsewhere (`/usr/lib/x`). Only names
/// that are asked for are looked up, since an image lists far more files than hold anything.
pub(super) fn owners(view: &mut View, lists: &[Owned], wanted: &BTreeSet<String>) -> BTreeMap<String, Vec<Owner>> {
    let names: BTreeSet<&str> = wanted.iter().filter_map(|path| path.rsplit('/').next()).collect();
    let mut owners: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
    for owned in lists {
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
