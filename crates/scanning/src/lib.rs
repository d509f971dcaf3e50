//! Scanning: images catalogued and matched, advisories fetched and built.

pub mod advisories;
pub mod image;
pub mod packages;
