//! Columns for people.

use std::fmt::Write;

use scanning::image::{Catalogued, Report};
use vuln::PackageType;
use vuln::matching::{Coverage, Finding, FixState, GapReason, MatchKind};
use vuln::severity::Level;
use vuln::verdict::{Judged, Suppression, Verdict};

use crate::table::{Row, rows};

/// Files that could not be read and packages that nobody speaks of, listed by name up to here.
const LISTED: usize = 20;

struct FindingRow<'a> {
    judged: &'a Judged,
    report: &'a Report,
}

impl Row for FindingRow<'_> {
    const COLUMNS: &'static [&'static str] =
        &["SEVERITY", "VULNERABILITY", "PACKAGE", "TYPE", "INSTALLED", "FIXED IN", "LAYER", "PATH"];

    fn cells(&self) -> Vec<String> {
        let finding = &self.judged.finding;
        let mut severity = word(finding.rating.level).to_owned();
        if finding.kev.is_some() {
            severity.push_str(" (exploited)");
        }
        if self.judged.suppressed.is_some() {
            severity = format!("[{severity}]");
        }
        vec![
            severity,
            finding.id.clone(),
            finding.name.clone(),
            kind(finding.kind),
            finding.version.clone(),
            fixed(self.judged),
            layers(self.report, &finding.introduced_in),
            paths(finding.evidence.iter().map(|evidence| evidence.path.as_str())),
        ]
    }
}

struct PackageRow {
    cells: Vec<String>,
}

impl Row for PackageRow {
    const COLUMNS: &'static [&'static str] = &["TYPE", "PACKAGE", "VERSION", "LAYER", "FOUND BY", "PATH"];

    fn cells(&self) -> Vec<String> {
        self.cells.clone()
    }
}

/// The type's word as it stands in documents.
fn kind(kind: PackageType) -> String {
    serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The word for a severity.
pub(crate) fn word(level: Level) -> &'static str {
    match level {
        Level::Critical => "critical",
        Level::High => "high",
        Level::Medium => "medium",
        Level::Low => "low",
        Level::Negligible => "negligible",
        Level::Unknown => "unknown",
    }
}

fn fixed(judged: &Judged) -> String {
    match &judged.suppressed {
        Some(Suppression::Vex(said)) => format!("- (VEX of {})", said.author),
        Some(Suppression::Ignored(rule)) => format!("- (exception: {})", rule.reason),
        Some(Suppression::Headers) => "- (headers only)".to_owned(),
        None => fixed_in(&judged.finding),
    }
}

/// The version that mends a finding, or why there is none.
pub(crate) fn fixed_in(finding: &Finding) -> String {
    match (&finding.fixed_version, &finding.fix_channel) {
        (Some(fixed), None) if finding.match_kind == MatchKind::Upstream => format!("{fixed} (upstream)"),
        (Some(fixed), None) => fixed.clone(),
        (Some(fixed), Some(channel)) => format!("{fixed} ({channel})"),
        (None, _) => match finding.state {
            FixState::WontFix => "- (will not be fixed)",
            FixState::EndOfLife => "- (end of life)",
            FixState::Deferred => "- (put off)",
            FixState::UnderInvestigation => "- (not decided)",
            FixState::Fixed | FixState::NotFixed => "-",
        }
        .to_owned(),
    }
}

/// Layers by their number from the lowest, which is 1.
fn layers(report: &Report, diff_ids: &[String]) -> String {
    let number = |id: &String| report.image.layers.iter().position(|layer| layer.diff_id.as_str() == id);
    let mut numbers: Vec<usize> = diff_ids.iter().filter_map(number).map(|at| at + 1).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        return "-".to_owned();
    }
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The first path, and how many there are beside.
fn paths<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = paths.collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [] => "-".to_owned(),
        [one] => (*one).to_owned(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// Renders a report.
pub(super) fn report(report: &Report, show_suppressed: bool) -> String {
    let mut text = String::new();
    if let Some(verdict) = &report.verdict {
        let mut list: Vec<FindingRow<'_>> = verdict
            .findings
            .iter()
            .filter(|judged| show_suppressed || judged.suppressed.is_none())
            .map(|judged| FindingRow { judged, report })
            .collect();
        list.sort_by(|a, b| {
            let key = |row: &FindingRow<'_>| {
                (
                    std::cmp::Reverse(row.judged.finding.rating.level),
                    row.judged.finding.name.clone(),
                    row.judged.finding.id.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        if !list.is_empty() {
            text.push_str(&rows(&list));
            text.push('\n');
        }
    }
    summary(&mut text, report);
    text
}

/// `1 layer`, `2 layers`.
fn counting(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn summary(text: &mut String, report: &Report) {
    // Writing to a String cannot fail.
    let name = &report.image.name;
    let os = report.os.as_ref().map_or_else(
        || "no known system".to_owned(),
        |os| {
            if os.name.is_empty() { format!("{} {}", os.id, os.version) } else { os.name.clone() }
        },
    );
    let _ = writeln!(
        text,
        "image:     {name}\nsystem:    {os}, {}, {}",
        counting(report.image.layers.len(), "layer"),
        counting(report.packages, "package")
    );
    if report.past_end_of_life {
        text.push_str("END OF LIFE: the vendor has stopped sending fixes for this release; what is new is not told\n");
    }
    match &report.verdict {
        Some(verdict) => counted(text, verdict),
        None => text.push_str("found:     unknown: no database of advisories was there to ask\n"),
    }
    if let Some(coverage) = &report.coverage {
        covered(text, coverage);
    }
    if !report.deleted.is_empty() {
        let _ = writeln!(
            text,
            "deleted:   {} of lower layers, hidden and still carried along",
            counting(report.deleted.len(), "package")
        );
    }
    if !report.unreadable.is_empty() {
        let files = counting(report.unreadable.len(), "file or part").replace("file or parts", "files or parts");
        let _ = writeln!(text, "UNREADABLE: {files} could not be read");
        for file in report.unreadable.iter().take(LISTED) {
            let _ = writeln!(text, "  {} (layer {}): {}", shown(&file.path), file.layer + 1, shown(&file.reason));
        }
        if report.unreadable.len() > LISTED {
            let _ = writeln!(text, "  and {} more (see --output json)", report.unreadable.len() - LISTED);
        }
    }
    if let Some(database) = &report.database {
        let _ = writeln!(text, "database:  version {}, built {}", database.version, database.created);
    }
}

fn counted(text: &mut String, verdict: &Verdict) {
    let of = |level: Level| {
        let counts = |judged: &&Judged| judged.suppressed.is_none() && judged.finding.rating.level == level;
        verdict.findings.iter().filter(counts).count()
    };
    let levels = [Level::Critical, Level::High, Level::Medium, Level::Low, Level::Negligible, Level::Unknown];
    let parts: Vec<String> = levels.into_iter().map(|level| format!("{} {}", of(level), word(level))).collect();
    let counts = &verdict.counts;
    let _ = writeln!(
        text,
        "found:     {} ({}); {} with a fix, {} known to be exploited, {} do not count",
        counts.all,
        parts.join(", "),
        counts.fixable,
        counts.exploited,
        counts.suppressed
    );
    let is_upstream =
        |judged: &&Judged| judged.suppressed.is_none() && judged.finding.match_kind == MatchKind::Upstream;
    let upstream = verdict.findings.iter().filter(is_upstream).count();
    if upstream > 0 {
        let _ = writeln!(
            text,
            "upstream:  {upstream} of these are upstream's own: no feed of the system's vendor speaks of the package, and \
             the vendor may have mended them in its version"
        );
    }
}

fn covered(text: &mut String, coverage: &Coverage) {
    let _ = writeln!(text, "coverage:  a feed speaks of {} of {} packages", coverage.matched_feed, coverage.packages);
    if !coverage.no_feed.is_empty() {
        let _ = writeln!(
            text,
            "UNKNOWN:   no feed covers {}; what is not covered is unknown, not clean",
            counting(coverage.no_feed.len(), "package")
        );
        for gap in coverage.no_feed.iter().take(LISTED) {
            let why = match gap.reason {
                GapReason::NoFeed => "no feed for its system or ecosystem",
                GapReason::ForeignPackage => "not built by the system's vendor",
                GapReason::NoFeedForKind => "no feed speaks of its kind",
                GapReason::NoVersion => "no version",
                GapReason::VersionNotComparable => "its version cannot be compared",
            };
            let _ = writeln!(text, "  {} {}: {why}", shown(&gap.name), shown(&gap.version));
        }
        if coverage.no_feed.len() > LISTED {
            let _ = writeln!(text, "  and {} more (see --output json)", coverage.no_feed.len() - LISTED);
        }
    }
    if !coverage.unknown_version.is_empty() {
        let _ = writeln!(
            text,
            "UNKNOWN:   {} packages have no version that can be compared",
            coverage.unknown_version.len()
        );
    }
}

/// What others wrote must not steer the terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Renders a catalogue.
pub(super) fn catalogue(catalogued: &Catalogued) -> String {
    let catalogue = &catalogued.catalogue;
    let list: Vec<PackageRow> = catalogue
        .packages
        .iter()
        .map(|found| {
            let package = &found.package;
            let mut by: Vec<&str> = package.evidence.iter().map(|evidence| evidence.found_by.as_str()).collect();
            by.sort_unstable();
            by.dedup();
            PackageRow {
                cells: vec![
                    kind(package.kind),
                    package.name.clone(),
                    if package.version.is_empty() { "-".to_owned() } else { package.version.clone() },
                    (found.introduced_in + 1).to_string(),
                    by.join(","),
                    paths(package.evidence.iter().map(|evidence| evidence.path.as_str())),
                ],
            }
        })
        .collect();
    let mut text = if list.is_empty() { String::new() } else { rows(&list) + "\n" };
    let os = catalogue.os.as_ref().map_or("no known system", |os| os.name.as_str());
    let _ = writeln!(text, "{}: {}, {} packages", shown(&catalogued.image.name), shown(os), catalogue.packages.len());
    for file in &catalogue.unreadable {
        let _ = writeln!(text, "unreadable: {} (layer {}): {}", shown(&file.path), file.layer + 1, shown(&file.reason));
    }
    text
}
