//! A finding, made of what was gathered on one vulnerability of one package.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::gather::{Group, Statement, is_cve, is_on};
use super::keys;
use super::records::Records;
use super::report::{Finding, FixState, Installed, MatchKind};
use super::source::AdvisorySource;
use crate::advisory::{Advisory, AffectState, Severity, SeverityKind};
use crate::package::Package;
use crate::severity;

/// Most ids of one vulnerability whose records are read.
const MOST_IDS: usize = 64;

pub(super) fn make<S: AdvisorySource>(
    package: &Package,
    group: &Group,
    channels: &[String],
    records: &mut Records<'_, S>,
) -> Result<Finding, S::Error> {
    let told = told_of(group, records)?;
    let nearest = group.statements.first();
    let match_kind = group.match_kind();
    let severities = severities(group, &told);
    let own: Vec<&str> = group.statements.iter().map(|statement| statement.affect.advisory.0.as_str()).collect();
    let vendor = (match_kind == MatchKind::Vendor).then(|| own.first().copied()).flatten();
    let vendor_word = nearest.and_then(|statement| statement.affect.severity.as_deref());
    let rating = severity::choose(vendor_word.filter(|_| vendor.is_some()), vendor, &own, &severities);
    let (state, fixed_version, fix_channel) = fix(group, channels);
    let id = chosen_id(group);
    let (kev, epss) = if is_cve(&id) { records.exploitation(&id)? } else { (None, None) };
    let advisories: BTreeSet<_> = group.statements.iter().map(|statement| statement.affect.advisory.clone()).collect();
    let title = nearest.and_then(|statement| statement.advisory.as_ref()).map(|advisory| advisory.title.clone());
    let title = title.filter(|title| !title.is_empty());
    let other_title = || told.iter().map(|record| &record.title).find(|title| !title.is_empty()).cloned();
    let own_dates = group.statements.iter().filter_map(|statement| statement.advisory.as_deref());
    let dates = || own_dates.clone().chain(told.iter().map(Rc::as_ref));
    Ok(Finding {
        aliases: group.ids.iter().filter(|other| **other != id).cloned().collect(),
        id,
        advisories: advisories.into_iter().collect(),
        title: title.or_else(other_title).unwrap_or_default(),
        kind: package.kind,
        name: package.name.clone(),
        version: package.version.clone(),
        source: package.source.clone(),
        module: package.module.clone(),
        arches: package.arch.iter().cloned().collect(),
        evidence: Vec::new(),
        introduced_in: Vec::new(),
        match_kind,
        class: keys::class(package),
        state,
        fixed_version,
        fix_channel,
        doubt: nearest.and_then(|statement| statement.key.doubt.clone()),
        rating,
        severities,
        kev: kev.or_else(|| told.iter().find_map(|record| record.kev.clone())),
        epss: epss.or_else(|| told.iter().filter_map(|record| record.epss).max_by_key(|epss| epss.probability_ppm)),
        published: dates().filter_map(|record| record.published).min(),
        modified: dates().filter_map(|record| record.modified).max(),
    })
}

/// Adds where one copy lies.
pub(super) fn add_copy(finding: &mut Finding, copy: &Installed) {
    for evidence in &copy.package.evidence {
        if !finding.evidence.contains(evidence) {
            finding.evidence.push(evidence.clone());
        }
    }
    if let Some(layer) = &copy.introduced_in
        && !finding.introduced_in.contains(layer)
    {
        finding.introduced_in.push(layer.clone());
    }
}

/// Joins the finding of the same package in another architecture.
pub(super) fn join(known: &mut Finding, other: Finding) {
    known.arches.extend(other.arches);
    known.arches.sort();
    known.arches.dedup();
    for evidence in other.evidence {
        if !known.evidence.contains(&evidence) {
            known.evidence.push(evidence);
        }
    }
    for layer in other.introduced_in {
        if !known.introduced_in.contains(&layer) {
            known.introduced_in.push(layer);
        }
    }
}

/// Returns all records of the vulnerability, whatever their source; errata of several ones are not among them.
fn told_of<S: AdvisorySource>(group: &Group, records: &mut Records<'_, S>) -> Result<Vec<Rc<Advisory>>, S::Error> {
    let mut told: BTreeSet<Rc<Advisory>> = BTreeSet::new();
    for id in group.ids.iter().take(MOST_IDS) {
        for record in records.records(id)?.iter() {
            let names = record.aliases.iter().chain([&record.id]);
            let is_one = names.filter(|name| is_cve(name)).nth(1).is_none();
            if record.withdrawn.is_none() && (is_one || is_cve(&record.id)) {
                told.insert(Rc::clone(record));
            }
        }
    }
    Ok(told.into_iter().collect())
}

fn severities(group: &Group, told: &[Rc<Advisory>]) -> Vec<Severity> {
    let mut all: BTreeSet<Severity> = told.iter().flat_map(|record| record.severities.iter().cloned()).collect();
    for statement in &group.statements {
        all.extend(statement.advisory.iter().flat_map(|advisory| advisory.severities.iter().cloned()));
        let Some(value) = &statement.affect.severity else { continue };
        let kind = match value.get(..7) {
            Some("CVSS:3.") => SeverityKind::CvssV3,
            Some("CVSS:4.") => SeverityKind::CvssV4,
            _ => SeverityKind::Word,
        };
        all.insert(Severity { source: statement.affect.advisory.0.clone(), kind, value: value.clone() });
    }
    all.into_iter().collect()
}

/// Its CVE number where it has exactly one, else the id of the nearest advisory.
fn chosen_id(group: &Group) -> String {
    let mut cves = group.ids.iter().filter(|id| is_cve(id));
    match (cves.next(), cves.next()) {
        (Some(cve), None) => cve.clone(),
        _ => group.statements.first().map(|statement| statement.affect.advisory.1.clone()).unwrap_or_default(),
    }
}

/// Takes the fix from the nearest statements; one that comes through a channel that is not on is no fix here. Of
/// several errata of a vendor the last one is needed.
fn fix(group: &Group, channels: &[String]) -> (FixState, Option<String>, Option<String>) {
    let kind = group.match_kind();
    let near: Vec<&Statement> = group.statements.iter().filter(|statement| statement.key.match_kind == kind).collect();
    let mut here: Option<&str> = None;
    let mut elsewhere = None;
    for statement in &near {
        let Some(fixed) = statement.affect.fixed_in(&statement.key.version) else { continue };
        match statement.affect.qualifiers.channel.as_ref().filter(|channel| !is_on(channels, channel)) {
            Some(channel) => elsewhere = elsewhere.or(Some((fixed.to_owned(), channel.clone()))),
            None => {
                let is_later = |known| statement.affect.scheme.compare(known, fixed).is_ok_and(Ordering::is_lt);
                let is_better = here.is_none_or(|known| kind == MatchKind::Vendor && is_later(known));
                here = if is_better { Some(fixed) } else { here };
            }
        }
    }
    if let Some(fixed) = here {
        return (FixState::Fixed, Some(fixed.to_owned()), None);
    }
    if let Some((fixed, channel)) = elsewhere {
        return (FixState::NotFixed, Some(fixed), Some(channel));
    }
    let state = near.first().map_or(FixState::NotFixed, |statement| match statement.affect.state {
        AffectState::WontFix => FixState::WontFix,
        AffectState::EndOfLife => FixState::EndOfLife,
        AffectState::Deferred => FixState::Deferred,
        AffectState::UnderInvestigation => FixState::UnderInvestigation,
        AffectState::Affected | AffectState::NotAffected => FixState::NotFixed,
    });
    (state, None, None)
}
