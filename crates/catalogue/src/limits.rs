//! How much of a hostile file is read.

/// Bounds on what one call of a parser reads and returns.
///
/// A file beyond a bound is refused with [`ParseError::TooLarge`](crate::ParseError::TooLarge); the scan goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Packages that one file may name.
    pub packages: usize,
    /// Paths that one file may list, over all its packages.
    pub paths: usize,
    /// Bytes of one text that is kept (a name, a version, a licence); longer ones are cut.
    pub text_bytes: usize,
    /// Bytes that one compressed stream or archive may unfold to, over all its members.
    pub unpacked_bytes: u64,
    /// How often the unfolded form may be larger than the packed one, looked at once it passes 16 MiB.
    pub ratio: u64,
    /// Members of one archive.
    pub entries: usize,
    /// Archives within archives, and nesting within one document.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packages: 200_000,
            paths: 4_000_000,
            text_bytes: 4096,
            unpacked_bytes: 2 << 30,
            ratio: 200,
            entries: 100_000,
            depth: 4,
        }
    }
}
