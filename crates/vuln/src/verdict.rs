//! What is left of the findings after statements and exceptions, counted, and whether it passes.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::matching::{Finding, FindingClass, FixState};
use crate::package::PackageType;
use crate::severity::{Class, Level};
use crate::vex;

/// An exception that somebody has decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoreRule {
    /// The vulnerability, by any of its ids.
    pub vulnerability: String,
    /// Only this package; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Only this version; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Only if all copies lie below this path; absent: anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why; must not be empty.
    pub reason: String,
    /// The reason in VEX's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<vex::Justification>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// When it stops to count; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// A rule that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Nobody could tell later why it is there.
    #[error("the exception for `{vulnerability}` gives no reason")]
    NoReason {
        /// The vulnerability.
        vulnerability: String,
    },
    /// It would hide everything.
    #[error("an exception names no vulnerability")]
    NoVulnerability,
}

impl IgnoreRule {
    /// Checks that the rule says what it hides, and why.
    ///
    /// # Errors
    /// [`RuleError`] if it does not.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.vulnerability.trim().is_empty() {
            return Err(RuleError::NoVulnerability);
        }
        if self.reason.trim().is_empty() {
            return Err(RuleError::NoReason { vulnerability: self.vulnerability.clone() });
        }
        Ok(())
    }

    /// Returns whether the rule has run out.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    fn holds(&self, finding: &Finding) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let below = |path: &str| {
            let within = |folder: &str, rest: &str| rest.is_empty() || rest.starts_with('/') || folder.ends_with('/');
            finding.evidence.iter().all(|evidence| {
                evidence.path.strip_prefix(path).is_some_and(|rest| within(path, rest) || rest.starts_with("!/"))
            })
        };
        finding.is_called(&self.vulnerability)
            && fits(&self.package, &finding.name)
            && fits(&self.version, &finding.version)
            && self.path.as_deref().is_none_or(below)
    }
}

impl Finding {
    /// Returns whether an id is one of this finding's.
    #[must_use]
    pub fn is_called(&self, id: &str) -> bool {
        self.id == id || self.aliases.iter().any(|alias| alias == id)
    }
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// Somebody's exception.
    Ignored(IgnoreRule),
    /// A VEX statement that it is not affected, or is mended.
    Vex(vex::Verdict),
    /// Headers of a kernel that is not there.
    Headers,
}

/// A finding and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Why it does not count; absent: it does.
    pub suppressed: Option<Suppression>,
    /// What VEX says where that does not suppress it (`affected`, `under_investigation`).
    pub vex: Option<vex::Verdict>,
}

/// How many findings count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// CVSS 7.0 and above.
    pub critical: u64,
    /// CVSS 4.0 to 6.9.
    pub major: u64,
    /// CVSS 0.1 to 3.9.
    pub minor: u64,
    /// CVSS 0.
    pub harmless: u64,
    /// Without a score.
    pub unknown: u64,
    /// All of them.
    pub all: u64,
    /// Those with a fix.
    pub fixable: u64,
    /// Those known to be exploited.
    pub exploited: u64,
    /// Those that do not count.
    pub suppressed: u64,
}

/// What is left, and which exceptions no longer hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// All findings, in the order in which they came.
    pub findings: Vec<Judged>,
    /// Those that count.
    pub counts: Counts,
    /// Exceptions that have run out and would have hidden something.
    pub expired: Vec<IgnoreRule>,
}

impl Verdict {
    /// Keeps the findings that someone wants to see, and counts them alone.
    pub fn retain(&mut self, keep: impl Fn(&Finding) -> bool) {
        self.findings.retain(|judged| keep(&judged.finding));
        self.counts = Counts::default();
        for judged in &self.findings {
            self.counts.add(&judged.finding, judged.suppressed.is_some());
        }
    }
}

/// Applies statements and exceptions.
#[must_use]
pub fn judge(
    findings: Vec<Finding>,
    rules: &[IgnoreRule],
    statements: &vex::Statements,
    target: &vex::Target,
    show_headers: bool,
    now: Timestamp,
) -> Verdict {
    let mut verdict = Verdict::default();
    for finding in findings {
        let said = statements.verdict(&finding, target);
        let holding = || rules.iter().filter(|rule| rule.holds(&finding));
        for rule in holding().filter(|rule| rule.is_expired(now)) {
            if !verdict.expired.contains(rule) {
                verdict.expired.push(rule.clone());
            }
        }
        let ignored = holding().find(|rule| rule.check().is_ok() && !rule.is_expired(now)).cloned();
        let (vex, suppressed) = match said {
            Some(said) if said.status.is_harmless() => (None, Some(Suppression::Vex(said))),
            said => (said, ignored.map(Suppression::Ignored)),
        };
        let hidden = finding.class == FindingClass::Headers && !show_headers;
        let suppressed = suppressed.or_else(|| hidden.then_some(Suppression::Headers));
        verdict.counts.add(&finding, suppressed.is_some());
        verdict.findings.push(Judged { finding, suppressed, vex });
    }
    verdict
}

impl Counts {
    fn add(&mut self, finding: &Finding, is_suppressed: bool) {
        if is_suppressed {
            self.suppressed += 1;
            return;
        }
        let class = match finding.rating.class {
            Class::Critical => &mut self.critical,
            Class::Major => &mut self.major,
            Class::Minor => &mut self.minor,
            Class::Harmless => &mut self.harmless,
            Class::Unknown => &mut self.unknown,
        };
        *class += 1;
        self.all += 1;
        self.fixable += u64::from(finding.state == FixState::Fixed);
        self.exploited += u64::from(finding.kev.is_some());
    }
}

/// What must not be in an image. Every condition that is given must hold for a finding to stop it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gate {
    /// From this level on.
    pub level: Option<Level>,
    /// From this class on (Docker Trusted Registry's).
    pub class: Option<Class>,
    /// Only those with a fix.
    pub only_fixable: bool,
    /// Only those known to be exploited.
    pub only_exploited: bool,
    /// Only from this probability of exploitation on, in millionths.
    pub epss_ppm: Option<u32>,
    /// Only those published at least this long ago, in seconds: what is newer has grace.
    pub age_secs: Option<i64>,
    /// Only packages of these kinds; empty: all.
    pub kinds: Vec<PackageType>,
}

impl Gate {
    /// Returns the findings that stop the image.
    pub fn stops<'a>(&'a self, verdict: &'a Verdict, now: Timestamp) -> impl Iterator<Item = &'a Finding> {
        let counting = verdict.findings.iter().filter(|judged| judged.suppressed.is_none());
        counting.map(|judged| &judged.finding).filter(move |finding| self.takes(finding, now))
    }

    fn takes(&self, finding: &Finding, now: Timestamp) -> bool {
        let old_enough = |age: i64| finding.published.is_none_or(|published| published.plus_secs(age) <= now);
        self.level.is_none_or(|level| finding.rating.level >= level)
            && self.class.is_none_or(|class| finding.rating.class >= class)
            && (!self.only_fixable || finding.state == FixState::Fixed)
            && (!self.only_exploited || finding.kev.is_some())
            && self.epss_ppm.is_none_or(|least| finding.epss.is_some_and(|epss| epss.probability_ppm >= least))
            && self.age_secs.is_none_or(old_enough)
            && (self.kinds.is_empty() || self.kinds.contains(&finding.kind))
    }
}
