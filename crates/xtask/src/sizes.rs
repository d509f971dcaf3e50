//! Bounds of files: 600 lines are refused, more than 400 are named.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

const REFUSED_LINES: usize = 600;
const NAMED_LINES: usize = 400;
const BANNED_NAMES: &[&str] = &["utils", "helpers", "common", "misc", "mod"];

pub(crate) fn check() -> Result<()> {
    let shell = Shell::new()?;
    let listing = cmd!(shell, "git ls-files --cached --others --exclude-standard -- *.rs *.ts *.tsx")
        .quiet()
        .read()
        .context("listing source files")?;
    let mut faults = Vec::new();
    let mut long = Vec::new();
    for path in listing.lines().filter(|path| !path.ends_with(".d.ts") && !path.ends_with(".gen.ts")) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let lines = text.lines().count();
        if lines > REFUSED_LINES {
            faults.push(format!("{path}: {lines} lines (at most {REFUSED_LINES})"));
        } else if lines > NAMED_LINES {
            long.push(format!("{path}: {lines} lines"));
        }
        let stem = std::path::Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if BANNED_NAMES.contains(&stem) {
            faults.push(format!("{path}: a file's name says what it is for; `{stem}` does not"));
        }
    }
    if !long.is_empty() {
        println!("over {NAMED_LINES} lines (is each still one room?):\n  {}", long.join("\n  "));
    }
    if faults.is_empty() { Ok(()) } else { bail!("sizes:\n  {}", faults.join("\n  ")) }
}
