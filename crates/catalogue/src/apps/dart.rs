//! Dart: `pubspec.lock`.

use vuln::PackageType;

use super::draft::Drafts;
use super::{File, Read, yaml};

/// Reads the lock file; the SDK's own packages have no versions of their own.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let lock = yaml::parse(file, "pubspec-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Pub, "pubspec-lock");
    for (name, entry) in lock.get("packages").members() {
        drafts.add_versioned(name, entry.get("version").text());
    }
    drafts.finish()
}
