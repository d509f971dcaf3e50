//! The console's own gate: install, lint, test, build.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

pub(crate) fn all() -> Result<()> {
    let shell = Shell::new()?;
    if cmd!(shell, "node --version").quiet().ignore_stderr().read().is_err() {
        bail!("Node.js 20 or newer is needed for the console: apt-get install nodejs npm");
    }
    shell.change_dir("console");
    install(&shell)?;
    for script in ["generate:check", "lint", "test", "build"] {
        cmd!(shell, "npm run --silent {script}").quiet().run().with_context(|| format!("npm run {script}"))?;
    }
    Ok(())
}

/// Installs the locked packages unless that has been done for this lock file.
pub(crate) fn install(shell: &Shell) -> Result<()> {
    let lock = shell.read_file("package-lock.json").context("reading console/package-lock.json")?;
    let stamp = "node_modules/.holdfast-lock";
    if shell.read_file(stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    cmd!(shell, "npm ci --no-audit --no-fund --loglevel=error").quiet().run().context("npm ci")?;
    shell.write_file(stamp, lock)?;
    Ok(())
}
