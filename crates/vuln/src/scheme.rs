//! The orders of versions.

use serde::{Deserialize, Serialize};

/// By which rules two versions are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scheme {
    /// Debian's.
    Deb,
    /// rpm's, with epoch and release.
    Rpm,
    /// Alpine's.
    Apk,
    /// pacman's.
    Alpm,
    /// Semantic versions, read loosely (npm, Cargo, Hex, Pub, Swift).
    Semver,
    /// Go modules and the Go toolchain.
    Go,
    /// Python's (PEP 440).
    Pep440,
    /// Maven's.
    Maven,
    /// RubyGems'.
    Gem,
    /// Composer's.
    Composer,
    /// NuGet's.
    Nuget,
    /// Windows builds: numbers between dots.
    Windows,
    /// OpenSSL's, with the letters of 1.x.
    Openssl,
    /// Numbers and words between separators, for what has no scheme of its own.
    Generic,
}
