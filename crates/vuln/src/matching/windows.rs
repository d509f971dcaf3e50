//! Updates of Windows: what is mended by the ones that are installed, and by those that they replace.

use std::collections::BTreeSet;

use super::records::Records;
use super::report::Image;
use super::source::AdvisorySource;
use crate::advisory::{AffectState, Namespace};
use crate::package::PackageType;

/// Whose statements tell what an update mends, and which earlier ones it replaces.
pub(crate) const UPDATES: &str = "windows-update";

/// Most updates that are followed: a chain of monthly ones over many years.
const MOST_UPDATES: usize = 10_000;

/// Returns the advisories that installed updates mend, by source and id.
pub(super) fn mended<S: AdvisorySource>(
    image: &Image,
    records: &mut Records<'_, S>,
) -> Result<BTreeSet<(String, String)>, S::Error> {
    let namespace = Namespace(UPDATES.to_owned());
    let installed = image.packages.iter().map(|installed| &installed.package);
    let mut open: Vec<String> = installed
        .filter(|package| package.kind == PackageType::WindowsUpdate)
        .map(|package| package.name.to_ascii_uppercase())
        .collect();
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let mut mended = BTreeSet::new();
    while let Some(update) = open.pop() {
        for affect in records.affects(&namespace, &update)?.iter() {
            if affect.state != AffectState::NotAffected {
                continue;
            }
            mended.insert(affect.advisory.clone());
            for replaced in &affect.versions {
                if seen.len() < MOST_UPDATES && seen.insert(replaced.clone()) {
                    open.push(replaced.clone());
                }
            }
        }
    }
    Ok(mended)
}
