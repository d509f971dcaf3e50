//! Whether a version lies in an advisory's range.

use std::cmp::Ordering;

use super::VersionError;
use crate::advisory::{Affect, Range, RangeEnd};
use crate::scheme::Scheme;

impl Range {
    /// Returns whether this range holds a version.
    ///
    /// # Errors
    /// [`VersionError`] if the version or a bound is no version of the scheme.
    pub fn contains(&self, scheme: Scheme, version: &str) -> Result<bool, VersionError> {
        if let Some(introduced) = self.introduced.as_deref().filter(|bound| !is_beginning(bound))
            && scheme.compare_installed(version, introduced)? == Ordering::Less
        {
            return Ok(false);
        }
        match &self.end {
            // Alpine and Debian write `0` for "never was affected".
            RangeEnd::Fixed(bound) if is_beginning(bound) => Ok(false),
            RangeEnd::Fixed(bound) | RangeEnd::Limit(bound) => Ok(scheme.compare_installed(version, bound)?.is_lt()),
            RangeEnd::LastAffected(bound) => {
                Ok(scheme.compare_installed(public(scheme, version, bound), bound)?.is_le())
            }
            RangeEnd::Open => scheme.compare_installed(version, version).map(|_| true),
        }
    }
}

impl Affect {
    /// Returns whether the versions that this speaks of hold a version: one of its ranges does, or it is named.
    /// A range that cannot be compared is passed over while another one decides.
    ///
    /// # Errors
    /// [`VersionError`] if nothing names the version and a range could not be compared.
    pub fn holds(&self, version: &str) -> Result<bool, VersionError> {
        if self.versions.iter().any(|named| named == version) {
            return Ok(true);
        }
        let mut failure = None;
        for range in &self.ranges {
            match range.contains(self.scheme, version) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        // The same version may be spelled in another way (`1.0` and `1.0.0`).
        let is_named =
            |named: &String| self.scheme.compare(public(self.scheme, version, named), named) == Ok(Ordering::Equal);
        Ok(self.versions.iter().any(is_named))
    }

    /// Returns the version in which the range that holds a version ends, if it has been mended.
    #[must_use]
    pub fn fixed_in(&self, version: &str) -> Option<&str> {
        let fixed = |range: &&Range| matches!(&range.end, RangeEnd::Fixed(bound) if !is_beginning(bound));
        let holding = self.ranges.iter().filter(fixed).find(|range| range.contains(self.scheme, version) == Ok(true));
        match &holding?.end {
            RangeEnd::Fixed(bound) => Some(bound),
            RangeEnd::LastAffected(_) | RangeEnd::Limit(_) | RangeEnd::Open => None,
        }
    }
}

/// Drops Python's local part (`2.0.1+cu118`) where the bound has none: it is the same release, built otherwise (PEP 440,
/// "version matching").
fn public<'a>(scheme: Scheme, version: &'a str, bound: &str) -> &'a str {
    match version.split_once('+') {
        Some((public, _)) if scheme == Scheme::Pep440 && !bound.contains('+') => public,
        _ => version,
    }
}

/// OSV's word for the beginning of all versions; Alpine's and Debian's for "never".
fn is_beginning(bound: &str) -> bool {
    bound == "0"
}
