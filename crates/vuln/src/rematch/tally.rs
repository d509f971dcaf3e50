//! Counts of findings, and how they move.

use serde::{Deserialize, Serialize};

use crate::matching::{Finding, FindingClass, FixState};
use crate::severity::Class;

/// How many findings a subject or an image has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// CVSS 7.0 and above.
    pub critical: u32,
    /// CVSS 4.0 to 6.9.
    pub major: u32,
    /// CVSS 0.1 to 3.9.
    pub minor: u32,
    /// Without a score, or with 0.
    pub other: u32,
    /// Those with a fix.
    pub fixable: u32,
    /// Those known to be exploited.
    pub exploited: u32,
}

impl Tally {
    /// Counts findings; those of headers only are left out.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut tally = Self::default();
        for finding in findings.into_iter().filter(|finding| finding.class == FindingClass::Usual) {
            let class = match finding.rating.class {
                Class::Critical => &mut tally.critical,
                Class::Major => &mut tally.major,
                Class::Minor => &mut tally.minor,
                Class::Harmless | Class::Unknown => &mut tally.other,
            };
            *class += 1;
            tally.fixable += u32::from(finding.state == FixState::Fixed);
            tally.exploited += u32::from(finding.kev.is_some());
        }
        tally
    }

    fn parts(self) -> [u32; 6] {
        [self.critical, self.major, self.minor, self.other, self.fixable, self.exploited]
    }

    const fn from_parts([critical, major, minor, other, fixable, exploited]: [u32; 6]) -> Self {
        Self { critical, major, minor, other, fixable, exploited }
    }

    pub(super) fn moved(self, by: Shift) -> Self {
        let mut parts = self.parts();
        for (part, by) in parts.iter_mut().zip(by.0) {
            *part = u32::try_from(i64::from(*part).saturating_add(by).max(0)).unwrap_or(u32::MAX);
        }
        Self::from_parts(parts)
    }
}

/// By how much counts move.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shift([i64; 6]);

impl Shift {
    pub(super) fn between(before: Tally, after: Tally) -> Self {
        let mut shift = Self::default();
        for ((by, before), after) in shift.0.iter_mut().zip(before.parts()).zip(after.parts()) {
            *by = i64::from(after) - i64::from(before);
        }
        shift
    }

    /// Adds a tally so many times.
    pub(super) fn add(&mut self, tally: Tally, times: i64) {
        self.join(Self::between(Tally::default(), tally), times);
    }

    /// Adds another one so many times.
    pub(super) fn join(&mut self, other: Self, times: i64) {
        for (by, more) in self.0.iter_mut().zip(other.0) {
            *by = by.saturating_add(more.saturating_mul(times));
        }
    }

    pub(super) fn is_nothing(self) -> bool {
        self == Self::default()
    }
}
