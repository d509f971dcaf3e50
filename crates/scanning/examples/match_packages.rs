//! Matches packages that are named by their URLs, one a line, and tells the findings as JSON, one line a package.
//!
//! `match_packages build FILE FEED…` makes a database; `match_packages ask FILE` reads URLs from the standard input.

#![expect(clippy::print_stderr, reason = "an example tells its figures")]

use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use advisory_db::Database;
use base::{Clock as _, SystemClock};
use holdfast_scanning::advisories::{Build, Limits};
use holdfast_scanning::packages::{image_of, match_package};
use serde_json::json;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["build", file, feeds @ ..] => build(Path::new(file), feeds),
        ["ask", file] => ask(Path::new(file)),
        _ => Err("usage: match_packages build FILE FEED… | match_packages ask FILE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

fn build(file: &Path, feeds: &[&str]) -> Done {
    let mut build = Build::new(Limits::default(), |_| {});
    for feed in feeds {
        build.add(Path::new(feed))?;
    }
    let (bytes, report) = build.finish(1, SystemClock.now())?;
    fs_err::write(file, &bytes)?;
    eprintln!("{} documents, {} unread, {} bytes", report.documents(), report.unread(), bytes.len());
    Ok(())
}

fn ask(file: &Path) -> Done {
    let database = Database::open(file)?;
    let now = SystemClock.now();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let url = line?;
        let report = match_package(&image_of(&url)?, &database, now)?;
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|finding| {
                let advisories: Vec<&str> = finding.advisories.iter().map(|(_, id)| id.as_str()).collect();
                json!({"id": finding.id, "aliases": finding.aliases, "advisories": advisories, "by": finding.match_kind,
                    "state": finding.state, "fixed": finding.fixed_version, "doubt": finding.doubt})
            })
            .collect();
        let gaps: Vec<_> = report.coverage.no_feed.iter().chain(&report.coverage.unknown_version).collect();
        writeln!(out, "{}", json!({"url": url, "findings": findings, "gaps": gaps}))?;
    }
    out.flush()?;
    Ok(())
}
