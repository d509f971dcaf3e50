//! What the look-ups of one package bring, weighed against each other and gathered by vulnerability.

use std::collections::{BTreeMap, BTreeSet};

use super::applies::{self, Outcome};
use super::keys::Key;
use super::records::Records;
use super::source::AdvisorySource;
use super::{MatchKind, System};
use crate::advisory::{Advisory, Affect};
use crate::package::Package;

/// What one source says of an installed package.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) affect: Affect,
    pub(super) key: Key,
    pub(super) outcome: Outcome,
    /// The advisory, where the database has it.
    pub(super) advisory: Option<Advisory>,
}

impl Statement {
    fn ids(&self) -> impl Iterator<Item = &str> {
        let aliases = self.advisory.as_ref().map_or(&[][..], |advisory| &advisory.aliases);
        std::iter::once(self.affect.advisory.1.as_str()).chain(aliases.iter().map(String::as_str))
    }

    /// Returns whether this is an erratum that mends several vulnerabilities at once: its aliases are then not one
    /// thing.
    fn is_erratum(&self) -> bool {
        self.ids().filter(|id| is_cve(id)).nth(1).is_some()
    }
}

pub(super) fn is_cve(id: &str) -> bool {
    id.starts_with("CVE-")
}

#[derive(Default)]
pub(super) struct Gathered {
    pub(super) statements: Vec<Statement>,
    /// A statement could not be compared with the installed version.
    pub(super) not_comparable: bool,
}

/// Asks look-up by look-up; what an earlier one has judged, a later one does not judge again, for the first is
/// nearer to the package.
pub(super) fn statements<S: AdvisorySource>(
    package: &Package,
    system: Option<&System>,
    lookups: Vec<Key>,
    records: &mut Records<'_, S>,
) -> Result<Gathered, S::Error> {
    let mut gathered = Gathered::default();
    let mut judged: BTreeSet<String> = BTreeSet::new();
    for key in lookups {
        let start = gathered.statements.len();
        for affect in records.affects(&key.namespace, &key.name)?.iter() {
            let advisory = records.own(&affect.advisory)?;
            if advisory.as_ref().is_some_and(|advisory| advisory.withdrawn.is_some()) {
                continue;
            }
            let title = advisory.as_ref().map_or("", |advisory| &advisory.title);
            let Ok(outcome) = applies::decide(affect, &key, package, system, title) else {
                gathered.not_comparable = true;
                continue;
            };
            let statement = Statement { affect: affect.clone(), key: key.clone(), outcome, advisory };
            if outcome != Outcome::Elsewhere && !statement.ids().any(|id| judged.contains(id)) {
                gathered.statements.push(statement);
            }
        }
        let new = gathered.statements.get(start..).unwrap_or_default();
        judged.extend(new.iter().flat_map(Statement::ids).map(str::to_owned));
    }
    Ok(gathered)
}

/// Keeps of each advisory the statements by which the package is affected, the best fix first.
pub(super) fn affected(statements: Vec<Statement>, channels: &[String]) -> Vec<Statement> {
    let has_usual = statements.iter().any(|statement| statement.affect.qualifiers.channel.is_none());
    let mut by_advisory: BTreeMap<(String, String), Vec<Statement>> = BTreeMap::new();
    for statement in statements {
        // Amazon's extras are repositories of their own: where the core repository speaks of the package, an extra
        // that is not enabled does not.
        let channel = statement.affect.qualifiers.channel.as_deref();
        let is_extra = channel.is_some_and(|channel| channel.starts_with("extras") && !is_on(channels, channel));
        if !(is_extra && has_usual) {
            by_advisory.entry(statement.affect.advisory.clone()).or_default().push(statement);
        }
    }
    by_advisory.into_values().flat_map(|statements| weigh(statements, channels)).collect()
}

fn is_on(channels: &[String], channel: &str) -> bool {
    channels.iter().any(|on| on == channel)
}

/// Weighs what one advisory says in several statements.
fn weigh(statements: Vec<Statement>, channels: &[String]) -> Vec<Statement> {
    // Mended through a channel of its own: the usual channel may go on calling the package affected.
    let mended = statements.iter().any(|statement| {
        let channel = statement.affect.qualifiers.channel.as_deref();
        channel.is_some() && statement.outcome == Outcome::Unaffected && !statement.affect.ranges.is_empty()
    });
    if mended {
        return Vec::new();
    }
    let strongest = |outcome: Outcome| {
        let fitting = statements.iter().filter(|statement| statement.outcome == outcome);
        fitting.map(|statement| applies::specificity(&statement.affect)).max()
    };
    let declared = strongest(Outcome::DeclaredUnaffected);
    if declared.is_some_and(|declared| strongest(Outcome::Affected).is_none_or(|affected| declared > affected)) {
        return Vec::new();
    }
    let mut affected: Vec<Statement> =
        statements.into_iter().filter(|statement| statement.outcome == Outcome::Affected).collect();
    affected.sort_by_key(|statement| {
        let fixed = statement.affect.fixed_in(&statement.key.version).is_some();
        let channel = statement.affect.qualifiers.channel.as_deref();
        (!fixed, channel.is_some_and(|channel| !is_on(channels, channel)))
    });
    affected
}

/// The statements about one vulnerability, the nearest first, and all its ids.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) statements: Vec<Statement>,
    pub(super) ids: BTreeSet<String>,
    pub(super) is_erratum: bool,
}

impl Group {
    pub(super) fn match_kind(&self) -> MatchKind {
        self.statements.iter().map(|statement| statement.key.match_kind).min().unwrap_or(MatchKind::Upstream)
    }
}

/// Gathers what is one vulnerability under several names (CVE, GHSA, PYSEC, …).
pub(super) fn by_vulnerability(statements: Vec<Statement>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for statement in statements {
        let is_erratum = statement.is_erratum();
        let ids: BTreeSet<String> = if is_erratum {
            BTreeSet::from([statement.affect.advisory.1.clone()])
        } else {
            statement.ids().map(str::to_owned).collect()
        };
        let mut group = Group { statements: vec![statement], ids, is_erratum };
        let (same, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|known| !known.ids.is_disjoint(&group.ids));
        for known in same {
            let own = std::mem::take(&mut group.statements);
            group.statements = known.statements;
            group.statements.extend(own);
            group.ids.extend(known.ids);
            group.is_erratum |= known.is_erratum;
        }
        groups = others;
        groups.push(group);
    }
    let mut groups = without_told_errata(groups);
    for group in &mut groups {
        group.statements.sort_by_key(|statement| statement.key.match_kind);
    }
    groups
}

/// An erratum all of whose vulnerabilities are told one by one says nothing more: it becomes an alias of each.
fn without_told_errata(groups: Vec<Group>) -> Vec<Group> {
    let (errata, mut told): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.is_erratum);
    let mut kept = Vec::new();
    for mut erratum in errata {
        let cves: BTreeSet<String> =
            erratum.statements.iter().flat_map(Statement::ids).filter(|id| is_cve(id)).map(str::to_owned).collect();
        let is_told = cves.iter().all(|cve| told.iter().any(|group| group.ids.contains(cve)));
        if is_told {
            for group in told.iter_mut().filter(|group| !group.ids.is_disjoint(&cves)) {
                group.ids.extend(erratum.ids.iter().cloned());
            }
        } else {
            erratum.ids.extend(cves);
            kept.push(erratum);
        }
    }
    told.extend(kept);
    told
}
