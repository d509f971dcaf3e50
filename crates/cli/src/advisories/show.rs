//! How advisories' commands print.

use std::path::PathBuf;

use advisory_db::bundle::{Carried, Statement};
use advisory_db::{Changes, Meta};
use scanning::advisories::{Fetched, Report, Source, Status};
use serde::Serialize;

use crate::table::{Row, rows};

/// What a build has made.
#[derive(Debug, Serialize)]
pub(crate) struct Built {
    /// The database.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) meta: Meta,
    /// What was read, and what was not.
    pub(crate) report: Report,
}

/// A size for people.
pub(crate) fn size(bytes: usize) -> String {
    let tenths = bytes.saturating_mul(10) / (1 << 20);
    if tenths == 0 { format!("{} KiB", bytes.div_ceil(1024)) } else { format!("{}.{} MiB", tenths / 10, tenths % 10) }
}

/// What a database holds.
pub(crate) fn meta(meta: &Meta) -> String {
    let mut text = format!(
        "built {}: {} advisories, {} statements on {} packages; {} known to be exploited, {} with EPSS\n",
        minutes(&meta.created.to_string()),
        meta.advisories,
        meta.affects,
        meta.packages,
        meta.exploited,
        meta.scored,
    );
    let lines: Vec<SourceLine> = meta
        .sources
        .iter()
        .map(|(name, source)| SourceLine {
            name: name.clone(),
            advisories: source.advisories,
            affects: source.affects,
            newest: source.newest.map(|time| minutes(&time.to_string())).unwrap_or_default(),
        })
        .collect();
    text.push_str(&rows(&lines));
    text
}

fn minutes(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

struct SourceLine {
    name: String,
    advisories: u64,
    affects: u64,
    newest: String,
}

impl Row for SourceLine {
    const COLUMNS: &'static [&'static str] = &["SOURCE", "ADVISORIES", "STATEMENTS", "NEWEST"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.advisories.to_string(), self.affects.to_string(), self.newest.clone()]
    }
}

/// The database in force.
pub(crate) fn status(status: &Status) -> String {
    let days = status.age_secs.max(0) / 86_400;
    let age = match days {
        0 => "less than a day old".to_owned(),
        1 => "a day old".to_owned(),
        days => format!("{days} days old"),
    };
    let from = status.installed.as_ref().map_or_else(String::new, |installed| {
        let signer = installed.key.as_ref().map_or_else(|| "built here".to_owned(), |key| format!("signed by `{key}`"));
        format!("from {} at {}, {signer}\n", installed.from, minutes(&installed.at.to_string()))
    });
    let bytes = usize::try_from(status.size_bytes).unwrap_or(usize::MAX);
    let namespaces = status.meta.namespaces.keys().cloned().collect::<Vec<_>>().join(", ");
    format!(
        "version {}, {age}\n{}, {}\n{from}{}covers {namespaces}\n",
        status.meta.version,
        status.path.display(),
        size(bytes),
        meta(&status.meta),
    )
}

/// What was read, and what was not.
pub(crate) fn report(report: &Report) -> String {
    let mut text = String::new();
    for (form, read) in &report.forms {
        text.push_str(&format!("read {} {form}", count(read.documents, "document")));
        if read.unread.count > 0 {
            text.push_str(&format!(", not {}", count(read.unread.count, "part")));
        }
        text.push('\n');
        for (part, reason) in read.unread.first.iter().take(3) {
            text.push_str(&format!("  {part}: {reason}\n"));
        }
    }
    if report.unreadable.count > 0 {
        text.push_str(&format!("could not open {}\n", count(report.unreadable.count, "file")));
        for (name, reason) in report.unreadable.first.iter().take(3) {
            text.push_str(&format!("  {name}: {reason}\n"));
        }
    }
    if report.other_files > 0 {
        let are = if report.other_files == 1 { "that is no feed" } else { "that are no feeds" };
        text.push_str(&format!("passed over {} {are}\n", count(report.other_files, "file")));
    }
    text
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What a build has made.
pub(crate) fn built(built: &Built) -> String {
    format!(
        "{}{}`{}`, version {}\n",
        report(&built.report),
        meta(&built.meta),
        built.path.display(),
        built.meta.version
    )
}

/// What the signer of a bundle says.
pub(crate) fn statement(statement: &Statement) -> String {
    let carries = match statement.carries {
        Carried::Database => "a database",
        Carried::Delta => "a delta",
    };
    format!(
        "carries {carries} of {}: version {}, built {}\nmay be imported from {} to {}\n",
        size(usize::try_from(statement.size_bytes).unwrap_or(usize::MAX)),
        statement.version,
        minutes(&statement.created.to_string()),
        minutes(&statement.not_before.to_string()),
        minutes(&statement.not_after.to_string()),
    )
}

/// What would change, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct ChangesView<'a> {
    packages: Vec<String>,
    advisories_added: &'a [(String, String)],
    advisories_changed: &'a [(String, String)],
    advisories_removed: &'a [(String, String)],
    scores: u64,
    repositories: u64,
}

impl<'a> ChangesView<'a> {
    /// Names packages in one text each.
    pub(crate) fn of(changes: &'a Changes) -> Self {
        Self {
            packages: changes.packages.iter().map(|(namespace, name)| format!("{namespace} {name}")).collect(),
            advisories_added: &changes.advisories_added,
            advisories_changed: &changes.advisories_changed,
            advisories_removed: &changes.advisories_removed,
            scores: changes.scores,
            repositories: changes.repositories,
        }
    }
}

/// What would change.
pub(crate) fn changes(changes: &Changes) -> String {
    const SHOWN: usize = 20;
    let mut text = String::new();
    let lists = [
        ("new", &changes.advisories_added),
        ("changed", &changes.advisories_changed),
        ("gone", &changes.advisories_removed),
    ];
    for (word, list) in lists {
        text.push_str(&format!("{} {word} advisories\n", list.len()));
        for (source, id) in list.iter().take(SHOWN) {
            text.push_str(&format!("  {id} ({source})\n"));
        }
        if list.len() > SHOWN {
            text.push_str(&format!("  and {} more: --output json shows all\n", list.len() - SHOWN));
        }
    }
    text.push_str(&format!("{} packages of which something else is said\n", changes.packages.len()));
    if changes.repositories > 0 {
        text.push_str(&format!("{} repositories of Red Hat with other CPEs\n", changes.repositories));
    }
    text.push_str(&format!("{} CVEs whose exploitation is seen otherwise\n", changes.scores));
    text
}

impl Row for Fetched {
    const COLUMNS: &'static [&'static str] = &["SOURCE", "FILE", "SIZE", "NEW"];

    fn cells(&self) -> Vec<String> {
        let bytes = usize::try_from(self.size_bytes).unwrap_or(usize::MAX);
        let new = if self.is_new { "yes" } else { "no" };
        vec![self.source.clone(), self.file.clone(), size(bytes), new.to_owned()]
    }
}

/// What was fetched.
pub(crate) fn fetched(fetched: &[Fetched]) -> String {
    if fetched.is_empty() { String::new() } else { rows(fetched) }
}

/// A source, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct SourceView {
    name: &'static str,
    covers: &'static str,
    default: bool,
}

impl Row for SourceView {
    const COLUMNS: &'static [&'static str] = &["SOURCE", "USUAL", "COVERS"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.to_owned(), if self.default { "yes" } else { "no" }.to_owned(), self.covers.to_owned()]
    }
}

/// The sources, for programs.
pub(crate) fn source_views(sources: &[Source]) -> Vec<SourceView> {
    let view = |source: &Source| SourceView { name: source.name, covers: source.covers, default: source.is_default };
    sources.iter().map(view).collect()
}

/// The sources.
pub(crate) fn source_list(sources: &[Source]) -> String {
    rows(&source_views(sources))
}
