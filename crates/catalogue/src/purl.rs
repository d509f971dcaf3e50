//! Package URLs of what was found in an image.

use vuln::Package;
use vuln::purl::{self, Purl, Release};

use crate::findings::OsRelease;

/// Returns a package's URL. System packages take their namespace and the qualifier `distro` from the system.
#[must_use]
pub fn purl(package: &Package, system: Option<&OsRelease>) -> Purl {
    purl::purl(package, system.map(|system| Release { id: &system.id, version: &system.version }))
}
