//! Saying what was skipped and why.

use std::io::Write;
use std::path::Path;

/// Names a test that cannot run here, and why; the gate prints and counts it.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so where it runs")]
pub fn skip(test: &str, reason: &str) {
    eprintln!("SKIPPED {test}: {reason}");
    if let Some(path) = std::env::var_os("HOLDFAST_SKIPS")
        && let Ok(mut file) = fs_err::OpenOptions::new().append(true).create(true).open(Path::new(&path))
    {
        // A line shorter than a pipe buffer is appended whole, whoever else appends.
        let _ = file.write_all(format!("{test}: {reason}\n").as_bytes());
    }
}

/// Returns the first of these programs that is not on the PATH.
#[must_use]
pub fn missing<'a>(programs: &[&'a str]) -> Option<&'a str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]).collect();
    programs.iter().copied().find(|program| !folders.iter().any(|folder| folder.join(program).is_file()))
}
