//! The two gates: `check` in minutes before a commit, `ci` for everything.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::totals::{Totals, skips_file};
use crate::{console, deny, errors, layers, openapi, sizes};

pub(crate) fn check() -> Result<()> {
    let shell = Shell::new()?;
    step("format", || Ok(cmd!(shell, "cargo fmt --all --check").quiet().run()?))?;
    step("layers", layers::check)?;
    step("sizes", sizes::check)?;
    step("error codes", errors::check)?;
    step("bans", deny::check)?;
    let packages = changed_packages(&shell)?;
    if packages.is_empty() {
        println!("no crate changed");
        return Ok(());
    }
    println!("changed: {}", packages.iter().cloned().collect::<Vec<_>>().join(" "));
    let package = |name: &String| if deny::stands_in(name) { name.clone() } else { format!("holdfast-{name}") };
    let selected: Vec<String> = packages.iter().flat_map(|name| ["-p".to_owned(), package(name)]).collect();
    let selected = selected.as_slice();
    step("clippy", || {
        Ok(cmd!(shell, "cargo clippy --quiet {selected...} --all-targets -- -D warnings").quiet().run()?)
    })?;
    step("tests", || {
        Ok(cmd!(shell, "cargo nextest run --cargo-quiet --no-tests pass --status-level fail {selected...}")
            .quiet()
            .run()?)
    })
}

pub(crate) fn ci() -> Result<()> {
    let shell = Shell::new()?;
    let skips = skips_file()?;
    let mut totals = Totals::default();
    step("format", || Ok(cmd!(shell, "cargo fmt --all --check").quiet().run()?))?;
    step("layers", layers::check)?;
    step("sizes", sizes::check)?;
    step("error codes", errors::check)?;
    step("bans, licences, sources", deny::check)?;
    step("console: install, types, lint, test, build", console::all)?;
    step("openapi", openapi::check)?;
    step("clippy", || Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").quiet().run()?))?;
    step("docs", || {
        let _flags = shell.push_env("RUSTDOCFLAGS", "-D warnings");
        Ok(cmd!(shell, "cargo doc --quiet --workspace --no-deps").quiet().run()?)
    })?;
    let tests = step("tests", || nextest(&skips, &mut totals));
    let browser = if tests.is_ok() { step("browser stories", || browser(&shell, &skips, &mut totals)) } else { Ok(()) };
    totals.add_skips(&skips);
    totals.print();
    tests.and(browser)
}

/// The long forms: each fault and fuzz run for minutes.
pub(crate) fn soak() -> Result<()> {
    let shell = Shell::new()?;
    let _long = shell.push_env("HOLDFAST_SOAK", "1");
    let _cases = shell.push_env("PROPTEST_CASES", "200000");
    Ok(cmd!(shell, "cargo nextest run --workspace --release").run()?)
}

fn nextest(skips: &Path, totals: &mut Totals) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail"]);
    command.env("HOLDFAST_SKIPS", skips).env("CARGO_TERM_COLOR", "never");
    let (output, success) = run_through(&mut command)?;
    if !totals.add_nextest(&output) {
        bail!("the tests did not run");
    }
    if success { Ok(()) } else { bail!("tests failed") }
}

/// Runs the stories of `console/e2e` against a real server that a test binary of `e2e` starts.
fn browser(shell: &Shell, skips: &Path, totals: &mut Totals) -> Result<()> {
    if cmd!(shell, "test -x /usr/bin/chromium").quiet().run().is_err() {
        std::fs::write(skips, format!("{}browser stories: no /usr/bin/chromium\n", std::fs::read_to_string(skips)?))?;
        return Ok(());
    }
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "-p", "holdfast-e2e", "--bin", "browser-stories"]);
    command.env("HOLDFAST_SKIPS", skips);
    let (output, success) = run_through(&mut command)?;
    let counted = output.lines().rev().find_map(|line| line.strip_prefix("browser stories: "));
    let Some(line) = counted else { bail!("the browser stories did not run") };
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse::<u64>().ok());
    totals.add(numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if success { Ok(()) } else { bail!("browser stories failed") }
}

/// Runs a command, showing its output as it comes, and returns it.
fn run_through(command: &mut Command) -> Result<(String, bool)> {
    // nextest reports on standard error: both streams go through one pipe.
    let (reader, writer) = std::io::pipe().context("making a pipe")?;
    command.stdout(writer.try_clone()?).stderr(writer).stdin(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    // The builder keeps its copies of the pipe's end open until it gives them up.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = String::new();
    for line in BufReader::new(reader).lines() {
        let line = line?;
        println!("{line}");
        output.push_str(&line);
        output.push('\n');
    }
    Ok((output, child.wait()?.success()))
}

fn changed_packages(shell: &Shell) -> Result<BTreeSet<String>> {
    let base = if cmd!(shell, "git rev-parse --verify --quiet HEAD").quiet().read().is_ok() {
        "HEAD"
    } else {
        return Ok(BTreeSet::new());
    };
    let changed = cmd!(shell, "git diff --name-only {base}").quiet().read()?;
    let untracked = cmd!(shell, "git ls-files --others --exclude-standard").quiet().read()?;
    Ok(changed
        .lines()
        .chain(untracked.lines())
        .filter_map(|path| path.strip_prefix("crates/")?.split('/').next())
        .filter(|name| Path::new("crates").join(name).join("Cargo.toml").exists())
        .map(str::to_owned)
        .collect())
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("── {name}");
    let began = Instant::now();
    work().with_context(|| name.to_owned())?;
    println!("   {name}: {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}
