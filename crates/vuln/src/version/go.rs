//! Go's module versions (go.dev/ref/mod#versions) and the toolchain's (`go1.22rc1`).
//!
//! Pseudo-versions need no rule of their own: they are pre-releases of the version that they precede.

use std::cmp::Ordering;

use super::{VersionError, digits, semver};
use crate::scheme::Scheme;

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (canonical(a), canonical(b));
    Ok(semver::compare_parts(&semver::read(Scheme::Go, &a)?, &semver::read(Scheme::Go, &b)?))
}

/// Turns `go1.22rc1 X:experiment` into `1.22-rc.1`; leaves a module's version as it is.
fn canonical(version: &str) -> String {
    let version = version.split_whitespace().next().unwrap_or_default();
    let bare = version.strip_prefix("go").unwrap_or(version);
    for word in ["rc", "beta"] {
        let Some((numbers, count)) = bare.split_once(word) else { continue };
        let is_release = !numbers.is_empty() && numbers.split('.').all(digits::is_number);
        if is_release && digits::is_number(count) {
            return format!("{numbers}-{word}.{count}");
        }
    }
    bare.to_owned()
}
