//! Tests of the catalogue's parsers over files made by the real tools, or by hand where there are none.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; a failure is the test's")]

extern crate holdfast_catalogue as catalogue;

mod apk;
mod app_hostile;
mod apps;
mod arch;
mod dpkg;
mod embedded;
mod forge;
mod hostile;
mod java;
mod joined;
mod licence;
mod named;
mod programs;
mod purl;
mod redhat;
mod release;
mod rpm;
mod sbom;
mod sqlite;
mod syft;
mod ubuntu;
mod windows;

use std::path::Path;
use std::process::Command;

use catalogue::{Findings, Limits, ParseError, analyse, select};

/// Reads a file as the scanner would: chosen by its path, read with the usual limits.
fn try_read(path: &str, bytes: &[u8]) -> Result<Findings, ParseError> {
    let head = bytes.get(..64).unwrap_or(bytes);
    let analyser = select(path, 0o644, bytes.len() as u64, head).unwrap_or_else(|| panic!("nobody reads {path}"));
    analyse(analyser, path, bytes, &Limits::default())
}

/// Like [`try_read`], for what must be readable.
fn read(path: &str, bytes: &[u8]) -> Findings {
    try_read(path, bytes).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs a program that must succeed, and returns what it prints.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8").output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Tells whether the programs are there; if one is not, the test is counted as skipped.
fn have(test: &str, programs: &[&str]) -> bool {
    let missing = testkit::missing(programs);
    if let Some(missing) = missing {
        testkit::skip(test, &format!("there is no `{missing}`"));
    }
    missing.is_none()
}
