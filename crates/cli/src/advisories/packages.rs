//! What advisories say of packages that are named by their URLs.

use std::io::BufRead;
use std::path::Path;

use advisory_db::Database;
use anyhow::{Context, Result};
use base::Timestamp;
use scanning::advisories::Store;
use scanning::packages::{image_of, match_package};
use serde::Serialize;
use vuln::matching::{Finding, Gap};

use super::explained;
use crate::failure::NextStep;
use crate::image::{fixed_in, level_word};
use crate::output::{Output, say};
use crate::table::{Row, rows};

/// Most packages of one command, and the longest URL in bytes.
const MOST: usize = 1_000_000;
const LONGEST: usize = 8192;

/// What is said of a package.
#[derive(Debug, Serialize)]
struct Answer {
    purl: String,
    findings: Vec<Finding>,
    /// Why nothing is said, where that is not because nothing is known to be wrong.
    unknown: Vec<Gap>,
}

struct AnswerRow<'a> {
    purl: &'a str,
    finding: &'a Finding,
}

impl Row for AnswerRow<'_> {
    const COLUMNS: &'static [&'static str] = &["SEVERITY", "VULNERABILITY", "FIXED IN", "PACKAGE"];

    fn cells(&self) -> Vec<String> {
        vec![
            level_word(self.finding.rating.level).to_owned(),
            self.finding.id.clone(),
            fixed_in(self.finding),
            self.purl.to_owned(),
        ]
    }
}

/// Asks a database, else the one in force, about packages; `-` reads their URLs from the standard input, one a line.
pub(super) fn ask(output: Output, store: &Store, db: Option<&Path>, purls: &[String], now: Timestamp) -> Result<()> {
    let database = match db {
        Some(path) => Database::open(path).with_context(|| format!("opening `{}`", path.display()))?,
        None => store.open().map_err(explained)?,
    };
    let mut answers = Vec::new();
    for purl in urls(purls)? {
        let image = image_of(&purl).map_err(|error| {
            NextStep::new(
                base::chain(&error),
                "a package's URL is such as pkg:deb/debian/openssl@3.0.11-1?distro=debian-12",
            )
        })?;
        let report = match_package(&image, &database, now)?;
        let mut unknown = report.coverage.no_feed;
        unknown.extend(report.coverage.unknown_version);
        answers.push(Answer { purl, findings: report.findings, unknown });
    }
    output.either(&answers, || table(&answers))?;
    tell(&answers);
    Ok(())
}

fn urls(given: &[String]) -> Result<Vec<String>> {
    if given != ["-"] {
        return Ok(given.to_vec());
    }
    let mut urls = Vec::new();
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        // A line without an end must not fill the memory.
        let read = std::io::Read::take(&mut input, LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(urls);
        }
        let text = std::str::from_utf8(&line).context("the standard input is no text")?.trim();
        anyhow::ensure!(line.len() <= LONGEST, "a URL is longer than {LONGEST} bytes");
        if !text.is_empty() && !text.starts_with('#') {
            anyhow::ensure!(urls.len() < MOST, "more than {MOST} packages: ask in parts");
            urls.push(text.to_owned());
        }
    }
}

fn table(answers: &[Answer]) -> String {
    let found = answers
        .iter()
        .flat_map(|answer| answer.findings.iter().map(|finding| AnswerRow { purl: &answer.purl, finding }));
    let found: Vec<AnswerRow<'_>> = found.collect();
    if found.is_empty() { String::new() } else { rows(&found) }
}

fn tell(answers: &[Answer]) {
    let unknown = answers.iter().filter(|answer| !answer.unknown.is_empty()).count();
    let clean = answers.iter().filter(|answer| answer.findings.is_empty() && answer.unknown.is_empty()).count();
    say(&format!(
        "{} of {} packages have something wrong that is known; of {clean} nothing is known to be wrong; of {unknown} \
         nothing can be said",
        answers.iter().filter(|answer| !answer.findings.is_empty()).count(),
        answers.len(),
    ));
}
