//! The project's own commands: `cargo xtask check` before a commit, `cargo xtask ci` for everything.

mod bench;
mod console;
mod deny;
mod errors;
mod gate;
mod layers;
mod openapi;
mod sizes;
mod totals;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: cargo xtask COMMAND

  check          the gate before each commit: format, layers, sizes, error pages, bans, and clippy and tests of what changed
  ci             everything that ./test runs, once the packages are installed
  check-layers   which crate may import which
  check-sizes    files and functions within their bounds
  check-errors   each error code has its page
  check-deny     banned crates, licences, sources
  openapi        writes openapi/holdfast.json  (--check: only compares)
  console        installs, lints, tests and builds the console
  bench scan     the scanner against Syft on images made here  (needs debootstrap, rpm, db5.3-util, npm, PyPI)
  bench compose  `compose config` against docker-compose 1.29 over the corpus; a program's path may follow
  bench match ADVISORIES  matching against cargo-audit, packaging, univers and changelogs  (needs apt, PyPI)
  soak           the long forms of fault and fuzz runs  (minutes each)";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    std::env::set_current_dir(root()).context("entering the workspace")?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check"] => gate::check(),
        ["ci"] => gate::ci(),
        ["check-layers"] => layers::check(),
        ["check-sizes"] => sizes::check(),
        ["check-errors"] => errors::check(),
        ["check-deny"] => deny::check(),
        ["openapi"] => openapi::write(),
        ["openapi", "--check"] => openapi::check(),
        ["console"] => console::all(),
        ["bench", "scan"] => bench::scan(None),
        ["bench", "scan", folder] => bench::scan(Some(folder)),
        ["bench", "compose"] => bench::compose(None),
        ["bench", "compose", program] => bench::compose(Some(program)),
        ["bench", "match", advisories] => bench::matching(advisories, None),
        ["bench", "match", advisories, folder] => bench::matching(advisories, Some(folder)),
        ["soak"] => gate::soak(),
        _ => bail!("{USAGE}"),
    }
}

/// Returns the workspace's folder.
fn root() -> std::path::PathBuf {
    let manifest = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}
