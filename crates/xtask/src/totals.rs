//! Adds up what the test runners say, and what was skipped and why.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Counts of a run.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: Vec<String>,
}

impl Totals {
    /// Reads nextest's closing line: `12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`.
    pub(crate) fn add_nextest(&mut self, output: &str) -> bool {
        let Some(line) = output.lines().rev().find(|line| line.contains("tests run:") || line.contains("test run:"))
        else {
            return false;
        };
        let counts = line.split_once("run:").map_or("", |(_, counts)| counts);
        self.passed += number_before(counts, "passed");
        self.failed += number_before(counts, "failed") + number_before(counts, "timed out");
        true
    }

    /// Adds a run of which only the counts are known.
    pub(crate) fn add(&mut self, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
    }

    /// Reads the file in which tests name what they skipped, and why.
    pub(crate) fn add_skips(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        self.skipped.extend(text.lines().map(str::to_owned));
        self.skipped.sort();
        self.skipped.dedup();
    }

    /// Prints the totals; the last line is the plain one that tools read.
    pub(crate) fn print(&self) {
        for skip in &self.skipped {
            println!("skipped: {skip}");
        }
        println!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped.len());
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let Some(at) = text.find(word) else { return 0 };
    text[..at].split_whitespace().last().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Makes the file in which tests name what they skip.
pub(crate) fn skips_file() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = std::path::absolute(target)?.join("xtask");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("skipped.txt");
    std::fs::write(&path, "").with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_lines_are_read() {
        let mut totals = Totals::default();
        assert!(totals.add_nextest("x\n Summary [ 0.1s] 12 tests run: 10 passed (1 slow), 2 failed, 3 skipped\n"));
        assert_eq!((totals.passed, totals.failed), (10, 2));
        assert!(totals.add_nextest("     Summary [   0.005s] 1 test run: 1 passed, 0 skipped"));
        assert_eq!(totals.passed, 11);
        assert!(!totals.add_nextest("error: could not compile"));
    }
}
