//! How much of a hostile image is read.

use std::time::Duration;

/// Bounds on one layer. What is beyond a bound is listed as unreadable; what was read before stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LayerLimits {
    /// Bytes of the uncompressed layer.
    pub layer_bytes: u64,
    /// How often the uncompressed layer may be larger than the compressed one, looked at after `ratio_after_bytes`.
    pub ratio: u64,
    /// Where the ratio is looked at from.
    pub ratio_after_bytes: u64,
    /// Entries of the archive.
    pub entries: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of a file that is read in memory; larger ones go through an unlinked file, if they are programs, archives or
    /// databases.
    pub memory_bytes: u64,
    /// Bytes of a file that goes through an unlinked file.
    pub spill_bytes: u64,
    /// How long one layer may take.
    pub deadline: Duration,
}

impl Default for LayerLimits {
    fn default() -> Self {
        Self {
            layer_bytes: 64 << 30,
            ratio: 200,
            ratio_after_bytes: 1 << 30,
            entries: 5_000_000,
            file_bytes: 8 << 30,
            memory_bytes: 16 << 20,
            spill_bytes: 2 << 30,
            deadline: Duration::from_secs(30 * 60),
        }
    }
}
