//! Figures against peers.

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

/// Compares the scanner with Syft on images made here; `folder` keeps the images between runs.
pub(crate) fn scan(folder: Option<&str>) -> Result<()> {
    let shell = Shell::new()?;
    let folder = folder.unwrap_or("target/bench-scan");
    cmd!(shell, "cargo build --release --package holdfast-cli").run().context("building the release")?;
    cmd!(shell, "python3 scripts/bench_scan.py {folder}").run().context("running the bench")
}
