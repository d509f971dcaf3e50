//! Versions of the API as they stand in paths.

use std::fmt;

use crate::error::RouteError;

/// A version of the Docker API, `1.24` to `1.99`; the major number is always 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiVersion(u8);

impl ApiVersion {
    /// The oldest version served: below it a start request may replace the checked host configuration.
    pub const MIN: Self = Self(24);
    /// The newest version that a path may name.
    pub const MAX: Self = Self(99);

    /// Wraps a minor number from 24 to 99.
    #[must_use]
    pub const fn from_minor(minor: u8) -> Option<Self> {
        if minor >= Self::MIN.0 && minor <= Self::MAX.0 { Some(Self(minor)) } else { None }
    }

    /// Returns the minor number.
    #[must_use]
    pub const fn minor(self) -> u8 {
        self.0
    }

    /// Reads `1.41`, as an engine reports it; nothing but the canonical form.
    ///
    /// # Errors
    /// If the text is not canonical or the version is below 1.24.
    pub fn parse(text: &str) -> Result<Self, RouteError> {
        let malformed = || RouteError::VersionMalformed { text: text.chars().take(32).collect() };
        let minor = text.strip_prefix("1.").ok_or_else(malformed)?;
        let digits = minor.as_bytes();
        if digits.is_empty() || digits.len() > 2 || !digits.iter().all(u8::is_ascii_digit) {
            return Err(malformed());
        }
        if digits.len() == 2 && digits[0] == b'0' {
            return Err(malformed());
        }
        let minor: u8 = minor.parse().map_err(|_| malformed())?;
        Self::from_minor(minor).ok_or(RouteError::VersionTooOld { minor })
    }

    /// Refuses a version that is newer than the one advertised.
    ///
    /// # Errors
    /// [`RouteError::VersionTooNew`], whose text is docker's own.
    pub fn within(self, advertised: Self) -> Result<(), RouteError> {
        if self <= advertised { Ok(()) } else { Err(RouteError::VersionTooNew { asked: self, advertised }) }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_versions_are_read() {
        assert_eq!(ApiVersion::parse("1.41").unwrap().to_string(), "1.41");
        for disguised in ["1.023", "01.23", "1.23.99", "1.23.", "1.", "1", "2.0", "1.2a", "1.+4", "1.00", "1.100", ""] {
            assert!(matches!(ApiVersion::parse(disguised), Err(RouteError::VersionMalformed { .. })), "{disguised}");
        }
        for old in ["1.0", "1.5", "1.18", "1.23"] {
            assert!(matches!(ApiVersion::parse(old), Err(RouteError::VersionTooOld { .. })), "{old}");
        }
    }

    #[test]
    fn refusals_of_versions_speak_as_docker_does() {
        let old = ApiVersion::parse("1.23").unwrap_err().to_string();
        assert_eq!(
            old,
            "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version"
        );
        let new = ApiVersion::MAX.within(ApiVersion::parse("1.41").unwrap()).unwrap_err().to_string();
        assert_eq!(new, "client version 1.99 is too new. Maximum supported API version is 1.41");
    }
}
