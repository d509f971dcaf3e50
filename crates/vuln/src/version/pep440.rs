//! Python's order (PEP 440).

use std::cmp::Ordering;
use std::str::FromStr;

use pep440_rs::Version;

use super::VersionError;
use crate::scheme::Scheme;

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    Ok(read(a)?.cmp(&read(b)?))
}

fn read(text: &str) -> Result<Version, VersionError> {
    Version::from_str(text).map_err(|_| VersionError::new(Scheme::Pep440, text))
}
