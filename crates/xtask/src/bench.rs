//! Figures against peers.

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

/// Compares the scanner with Syft on images made here; `folder` keeps the images between runs.
pub(crate) fn scan(folder: Option<&str>) -> Result<()> {
    let shell = Shell::new()?;
    let folder = folder.unwrap_or("target/bench-scan");
    cmd!(shell, "cargo build --release --package holdfast-cli").run().context("building the release")?;
    cmd!(shell, "cargo build --release --package holdfast-catalogue --example embedded")
        .run()
        .context("building what looks for libraries")?;
    cmd!(shell, "python3 scripts/bench_scan.py {folder}").run().context("running the bench")
}

/// Compares `compose config` with docker-compose 1.29 over the corpus; `program` is a release of the program, else the crate's example is built.
pub(crate) fn compose(program: Option<&str>) -> Result<()> {
    let shell = Shell::new()?;
    let run = match program {
        Some(program) => cmd!(shell, "python3 scripts/bench_compose.py --holdfast {program}"),
        None => {
            cmd!(shell, "cargo build --release --package holdfast-compose --example config")
                .run()
                .context("building the example")?;
            cmd!(shell, "python3 scripts/bench_compose.py --example target/release/examples/config")
        }
    };
    run.run().context("running the bench")
}

/// Compares matching with `cargo audit` and other oracles; `advisories` holds the archives of the feeds.
pub(crate) fn matching(advisories: &str, folder: Option<&str>) -> Result<()> {
    let shell = Shell::new()?;
    let folder = folder.unwrap_or("target/bench-match");
    cmd!(shell, "cargo build --package holdfast-scanning --example match_packages")
        .run()
        .context("building the example")?;
    cmd!(shell, "python3 scripts/bench_match.py {folder} {advisories}").run().context("running the bench")
}
