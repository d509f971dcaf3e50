//! The orders of versions, each in its own module: total, tolerant of anything that is installed somewhere.
//!
//! Every order is a total preorder over the versions that it reads: transitive, antisymmetric but for different
//! spellings of one version, and independent of length limits of numbers (digits are compared as text).

mod alpm;
mod apk;
mod composer;
mod constraint;
mod deb;
mod digits;
mod gem;
mod generic;
mod go;
mod maven;
mod nuget;
mod openssl;
mod pep440;
mod range;
mod rpm;
mod semver;
mod windows;

use std::cmp::Ordering;

use crate::scheme::Scheme;

/// Longest version that is read, in bytes; a longer one is no version.
const LONGEST_BYTES: usize = 512;

/// A text that is no version of its scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{version}` is not a version in the scheme {scheme:?}")]
pub struct VersionError {
    /// By which rules it was read.
    pub scheme: Scheme,
    /// The text, cut after 80 characters.
    pub version: String,
}

impl VersionError {
    fn new(scheme: Scheme, version: &str) -> Self {
        Self { scheme, version: version.chars().take(80).collect() }
    }
}

impl Scheme {
    /// Compares two versions.
    ///
    /// # Errors
    /// [`VersionError`] if one of them is no version of this scheme.
    pub fn compare(self, a: &str, b: &str) -> Result<Ordering, VersionError> {
        let (a, b) = (self.checked(a)?, self.checked(b)?);
        match self {
            Self::Deb => Ok(deb::compare(a, b)),
            Self::Rpm => Ok(rpm::compare(a, b)),
            Self::Apk => Ok(apk::compare(a, b)),
            Self::Alpm => Ok(alpm::compare(a, b)),
            Self::Semver => semver::compare(a, b),
            Self::Go => go::compare(a, b),
            Self::Pep440 => pep440::compare(a, b),
            Self::Maven => Ok(maven::compare(a, b)),
            Self::Gem => gem::compare(a, b),
            Self::Composer => composer::compare(a, b),
            Self::Nuget => nuget::compare(a, b),
            Self::Windows => windows::compare(a, b),
            Self::Openssl => openssl::compare(a, b),
            Self::Generic => Ok(generic::compare(a, b)),
        }
    }

    /// Compares what is installed with a bound of an advisory, which for rpm may lack epoch or release: what it
    /// lacks is not compared.
    ///
    /// # Errors
    /// As [`Scheme::compare`].
    pub fn compare_installed(self, installed: &str, bound: &str) -> Result<Ordering, VersionError> {
        if self == Self::Rpm {
            return Ok(rpm::compare_with_advisory(self.checked(installed)?, self.checked(bound)?));
        }
        self.compare(installed, bound)
    }

    /// Returns whether a text is a version of this scheme.
    #[must_use]
    pub fn reads(self, version: &str) -> bool {
        self.compare(version, version).is_ok()
    }

    /// Returns whether a version meets a constraint as package managers write them: comparisons between blanks or
    /// commas (`>= 1.0, < 2`), alternatives after `||`, Maven's intervals (`[1.0,2.0)`), RubyGems' `~> 1.2`, and
    /// npm's `^1.2` and `~1.2`.
    ///
    /// # Errors
    /// [`VersionError`] if the version or a bound is no version of this scheme.
    pub fn satisfies(self, version: &str, constraint: &str) -> Result<bool, VersionError> {
        constraint::satisfies(self, version, constraint)
    }

    fn checked(self, version: &str) -> Result<&str, VersionError> {
        let trimmed = version.trim();
        if trimmed.is_empty() || trimmed.len() > LONGEST_BYTES {
            return Err(VersionError::new(self, version));
        }
        Ok(trimmed)
    }
}
