//! What a database holds, and of when.

use std::collections::BTreeMap;

use base::Timestamp;
use serde::{Deserialize, Serialize};

/// What a database holds, and of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Rises with every build; seconds since 1970 unless the builder says otherwise.
    pub version: u64,
    /// When it was built.
    pub created: Timestamp,
    /// SHA-256 over every key and value, `sha256:…`: two files with equal content say the same, however compressed.
    pub content: String,
    /// What each source gave.
    pub sources: BTreeMap<String, SourceMeta>,
    /// How many package names each namespace has.
    pub namespaces: BTreeMap<String, u64>,
    /// Package names.
    pub packages: u64,
    /// What is said of packages.
    pub affects: u64,
    /// Advisories.
    pub advisories: u64,
    /// CVEs known to be exploited.
    pub exploited: u64,
    /// CVEs with an EPSS score.
    pub scored: u64,
}

/// What one source gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMeta {
    /// Advisories.
    pub advisories: u64,
    /// What they say of packages.
    pub affects: u64,
    /// When the newest one was changed.
    pub newest: Option<Timestamp>,
}
