//! What the look-ups of one package bring, weighed against each other and gathered by vulnerability.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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
    pub(super) affect: Rc<Affect>,
    pub(super) key: Rc<Key>,
    pub(super) outcome: Outcome,
    /// The advisory, where the database has it.
    pub(super) advisory: Option<Rc<Advisory>>,
}

impl Statement {
    fn ids(&self) -> impl Iterator<Item = &str> {
        let aliases = self.advisory.as_ref().map_or(&[][..], |advisory| &advisory.aliases);
        std::iter::once(self.affect.advisory.1.as_str()).chain(aliases.iter().map(String::as_str))
    }

    /// Returns the vulnerabilities that this speaks of, each as the ids that are one thing: an erratum mends several
    /// at once, and its other ids are none of them.
    fn vulnerabilities(&self) -> Vec<BTreeSet<String>> {
        let cves: BTreeSet<&str> = self.ids().filter(|id| is_cve(id)).collect();
        if cves.len() < 2 {
            return vec![self.ids().map(str::to_owned).collect()];
        }
        cves.into_iter().map(|cve| BTreeSet::from([cve.to_owned()])).collect()
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
    let mut lookups = lookups.into_iter().map(Rc::new).peekable();
    while let Some(key) = lookups.next() {
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
            let statement = Statement { affect: Rc::clone(affect), key: Rc::clone(&key), outcome, advisory };
            if outcome != Outcome::Elsewhere && !statement.ids().any(|id| judged.contains(id)) {
                gathered.statements.push(statement);
            }
        }
        if lookups.peek().is_some() {
            let new = gathered.statements.get(start..).unwrap_or_default();
            judged.extend(new.iter().flat_map(Statement::ids).map(str::to_owned));
        }
    }
    Ok(gathered)
}

/// Returns what is left to tell of the statements on one package.
///
/// Where the usual channel, or one that is on, speaks of a vulnerability, its word counts: what another channel mends
/// (FIPS, LTSS) has versions of its own, and is no more than a hint at a fix.
pub(super) fn groups(statements: Vec<Statement>, channels: &[String]) -> Vec<Group> {
    let is_here = |statement: &Statement| {
        statement.affect.qualifiers.channel.as_deref().is_none_or(|channel| is_on(channels, channel))
    };
    let judged: BTreeSet<String> = match statements.iter().all(is_here) {
        true => BTreeSet::new(),
        false => statements.iter().filter(|one| is_here(one)).flat_map(Statement::vulnerabilities).flatten().collect(),
    };
    let mut groups = by_vulnerability(affected(statements, channels));
    groups.retain(|group| group.statements.iter().any(is_here) || group.ids.is_disjoint(&judged));
    groups
}

/// Keeps of each advisory the statements by which the package is affected, the best fix first.
fn affected(statements: Vec<Statement>, channels: &[String]) -> Vec<Statement> {
    let has_usual = statements.iter().any(|statement| statement.affect.qualifiers.channel.is_none());
    let mut statements = statements;
    statements.retain(|statement| {
        // Amazon's extras are repositories of their own: where the core repository speaks of the package, an extra
        // that is not enabled does not.
        let channel = statement.affect.qualifiers.channel.as_deref();
        let is_extra = channel.is_some_and(|channel| channel.starts_with("extras") && !is_on(channels, channel));
        !(is_extra && has_usual)
    });
    statements.sort_by(|a, b| a.affect.advisory.cmp(&b.affect.advisory));
    let is_one = |a: &Statement, b: &Statement| a.affect.advisory == b.affect.advisory;
    statements.chunk_by(is_one).flat_map(|statements| weigh(statements, channels)).collect()
}

/// Returns whether an image gets the fixes of a channel. OSV and Grype call both of Ubuntu Pro's archives `esm`.
pub(crate) fn is_on(channels: &[String], channel: &str) -> bool {
    channels.iter().any(|on| on == channel || (channel == "esm" && matches!(on.as_str(), "esm-infra" | "esm-apps")))
}

/// Weighs what one advisory says in several statements.
fn weigh(statements: &[Statement], channels: &[String]) -> Vec<Statement> {
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
        statements.iter().filter(|statement| statement.outcome == Outcome::Affected).cloned().collect();
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
}

impl Group {
    pub(super) fn match_kind(&self) -> MatchKind {
        self.statements.iter().map(|statement| statement.key.match_kind).min().unwrap_or(MatchKind::Upstream)
    }
}

/// Gathers what is one vulnerability under several names (CVE, GHSA, PYSEC, …); an erratum stands under each of the
/// vulnerabilities that it mends.
fn by_vulnerability(statements: Vec<Statement>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // In which group an id is; groups that were joined with an earlier one are left empty.
    let mut places: HashMap<String, usize> = HashMap::new();
    for statement in statements {
        for ids in statement.vulnerabilities() {
            let known: BTreeSet<usize> = ids.iter().filter_map(|id| places.get(id).copied()).collect();
            let place = known.first().copied().unwrap_or(groups.len());
            let mut group = groups.get_mut(place).map(std::mem::take).unwrap_or_default();
            for other in known.iter().skip(1).filter_map(|other| groups.get_mut(*other).map(std::mem::take)) {
                group.statements.extend(other.statements);
                group.ids.extend(other.ids);
            }
            group.statements.push(statement.clone());
            group.ids.extend(ids);
            let is_new = |id: &&String| places.get(*id) != Some(&place);
            let moved: Vec<String> = group.ids.iter().filter(is_new).cloned().collect();
            places.extend(moved.into_iter().map(|id| (id, place)));
            match groups.get_mut(place) {
                Some(known) => *known = group,
                None => groups.push(group),
            }
        }
    }
    groups.retain(|group| !group.statements.is_empty());
    for group in &mut groups {
        group.statements.sort_by_key(|statement| statement.key.match_kind);
        // The ids of errata come last: they would have made one thing of all that an erratum mends.
        let errata = group.statements.iter().filter(|statement| statement.vulnerabilities().len() > 1);
        let ids: Vec<String> = errata.flat_map(Statement::ids).filter(|id| !is_cve(id)).map(str::to_owned).collect();
        group.ids.extend(ids);
    }
    groups
}
