//! NuGet's order: up to four numbers, then a semantic pre-release whose case does not matter; metadata is dropped.

use std::cmp::Ordering;

use super::{VersionError, semver};
use crate::scheme::Scheme;

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    Ok(semver::compare_parts(&semver::read(Scheme::Nuget, &a)?, &semver::read(Scheme::Nuget, &b)?))
}
