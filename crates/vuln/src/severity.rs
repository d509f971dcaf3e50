//! How bad it is: every opinion is kept, one is chosen, and the rule that chose it is named.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::advisory::{Severity, SeverityKind};

/// How bad it is, in the words of most feeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nobody has said.
    #[default]
    Unknown,
    /// No harm in practice.
    Negligible,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

/// The classes that Docker Trusted Registry counts in (by CVSS score).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No score: a class of its own.
    #[default]
    Unknown,
    /// A score of 0.
    Harmless,
    /// Above 0 and below 4.0.
    Minor,
    /// From 4.0 to 6.9.
    Major,
    /// From 7.0.
    Critical,
}

/// Which rule chose a rating.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingRule {
    /// The vendor's word for its own package.
    Vendor,
    /// The vector of the advisory's own source or of the numbering authority.
    Advisory,
    /// The word of the advisory's own source.
    AdvisoryWord,
    /// NVD's vector.
    Nvd,
    /// What any other source says.
    Other,
    /// Nobody has said.
    #[default]
    None,
}

/// The chosen severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The level.
    pub level: Level,
    /// The class.
    pub class: Class,
    /// The score in tenths (98 is 9.8): computed from the chosen vector, or put for the chosen word.
    pub score_tenths: Option<u8>,
    /// Whose opinion was chosen.
    pub source: Option<String>,
    /// The vector or word that was chosen.
    pub value: Option<String>,
    /// Which rule chose it.
    pub rule: RatingRule,
}

impl Level {
    /// Reads a vendor's word; a word that says nothing (`untriaged`, `not yet assigned`) is unknown.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let word = word.trim_matches(|character: char| !character.is_ascii_alphabetic()).to_ascii_lowercase();
        match word.as_str() {
            "negligible" | "unimportant" | "none" | "informational" | "info" => Self::Negligible,
            "low" | "minor" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" | "important" | "major" => Self::High,
            "critical" | "urgent" => Self::Critical,
            _ => Self::Unknown,
        }
    }

    /// Returns the level of a score in tenths.
    #[must_use]
    pub const fn from_tenths(tenths: u8) -> Self {
        match tenths {
            0 => Self::Negligible,
            1..=39 => Self::Low,
            40..=69 => Self::Medium,
            70..=89 => Self::High,
            _ => Self::Critical,
        }
    }

    /// Returns the score in tenths that stands for a word without a vector.
    #[must_use]
    pub const fn stand_in_tenths(self) -> Option<u8> {
        match self {
            Self::Unknown => None,
            Self::Negligible => Some(1),
            Self::Low => Some(30),
            Self::Medium => Some(55),
            Self::High => Some(80),
            Self::Critical => Some(95),
        }
    }
}

impl Class {
    /// Returns the class of a score in tenths.
    #[must_use]
    pub const fn from_tenths(tenths: u8) -> Self {
        match tenths {
            0 => Self::Harmless,
            1..=39 => Self::Minor,
            40..=69 => Self::Major,
            _ => Self::Critical,
        }
    }
}

impl Severity {
    /// Returns the score of a vector in tenths; none for words and for texts that are no vector.
    #[must_use]
    pub fn score_tenths(&self) -> Option<u8> {
        if self.kind == SeverityKind::Word || self.value.len() > 512 {
            return None;
        }
        let bare = self.value.trim().trim_start_matches('(').trim_end_matches(')');
        // A vector that lacks a base metric has no score, though it may be read.
        let metrics: &[&str] = match self.kind {
            SeverityKind::CvssV2 => &["AV", "AC", "Au", "C", "I", "A"],
            SeverityKind::CvssV3 => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
            SeverityKind::CvssV4 => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
            SeverityKind::Word => return None,
        };
        let has = |metric: &&str| bare.split('/').any(|pair| pair.split(':').next() == Some(*metric));
        if !metrics.iter().all(has) {
            return None;
        }
        let score = match self.kind {
            SeverityKind::CvssV2 => cvss::v2::Vector::from_str(bare).ok()?.score().value(),
            SeverityKind::CvssV3 => cvss::v3::Vector::from_str(bare).ok()?.score().value(),
            SeverityKind::CvssV4 => cvss::v4::Vector::from_str(bare).ok()?.score().value(),
            SeverityKind::Word => return None,
        };
        tenths(score)
    }
}

fn tenths(score: f64) -> Option<u8> {
    let rounded = (score * 10.0).round();
    (0..=100u8).find(|candidate| f64::from(*candidate) >= rounded)
}

/// Chooses among the opinions.
///
/// For a vendor's package: the vendor's word (with the vendor's own vector for the score, where it gives one). Else
/// the vector of the advisory's source or the numbering authority, newest CVSS first; else that source's word; else
/// NVD's vector; else whatever there is.
#[must_use]
pub fn choose(vendor_word: Option<&str>, vendor: Option<&str>, own: &[&str], all: &[Severity]) -> Rating {
    if let Some(rating) = vendor.and_then(|vendor| by_vendor(vendor_word, vendor, all)) {
        return rating;
    }
    let is_own = |severity: &Severity| severity.source == "cna" || own.contains(&severity.source.as_str());
    let is_nvd = |severity: &Severity| severity.source == "nvd";
    by_vector(all, is_own, RatingRule::Advisory)
        .or_else(|| by_word(all, is_own, RatingRule::AdvisoryWord))
        .or_else(|| by_vector(all, is_nvd, RatingRule::Nvd))
        .or_else(|| by_vector(all, |_| true, RatingRule::Other))
        .or_else(|| by_word(all, |_| true, RatingRule::Other))
        .unwrap_or_default()
}

fn by_vendor(word: Option<&str>, vendor: &str, all: &[Severity]) -> Option<Rating> {
    let is_vendor = |severity: &Severity| severity.source == vendor;
    let vector = by_vector(all, is_vendor, RatingRule::Vendor);
    let spoken = word.filter(|word| Level::from_word(word) != Level::Unknown);
    let spoken = spoken.map(str::to_owned).or_else(|| {
        let words = all.iter().filter(|severity| is_vendor(severity) && severity.kind == SeverityKind::Word);
        words.map(|severity| severity.value.clone()).find(|value| Level::from_word(value) != Level::Unknown)
    });
    let Some(spoken) = spoken else { return vector };
    let level = Level::from_word(&spoken);
    let score_tenths = vector.and_then(|rating| rating.score_tenths).or(level.stand_in_tenths());
    Some(Rating {
        level,
        class: score_tenths.map(Class::from_tenths).unwrap_or_default(),
        score_tenths,
        source: Some(vendor.to_owned()),
        value: Some(spoken),
        rule: RatingRule::Vendor,
    })
}

/// Takes the newest CVSS there is; of several the highest score.
fn by_vector(all: &[Severity], takes: impl Fn(&Severity) -> bool, rule: RatingRule) -> Option<Rating> {
    let scored = all.iter().filter(|severity| takes(severity)).filter_map(|severity| {
        let score = severity.score_tenths()?;
        Some((severity.kind, is_version_3_1(severity), score, severity))
    });
    let (_, _, score, severity) = scored.max_by(|x, y| (x.0, x.1, x.2).cmp(&(y.0, y.1, y.2)))?;
    Some(Rating {
        level: Level::from_tenths(score),
        class: Class::from_tenths(score),
        score_tenths: Some(score),
        source: Some(severity.source.clone()),
        value: Some(severity.value.clone()),
        rule,
    })
}

fn is_version_3_1(severity: &Severity) -> bool {
    severity.value.starts_with("CVSS:3.1")
}

fn by_word(all: &[Severity], takes: impl Fn(&Severity) -> bool, rule: RatingRule) -> Option<Rating> {
    let words = all.iter().filter(|severity| severity.kind == SeverityKind::Word && takes(severity));
    let (level, severity) =
        words.map(|severity| (Level::from_word(&severity.value), severity)).max_by_key(|(level, _)| *level)?;
    let score_tenths = level.stand_in_tenths()?;
    Some(Rating {
        level,
        class: Class::from_tenths(score_tenths),
        score_tenths: Some(score_tenths),
        source: Some(severity.source.clone()),
        value: Some(severity.value.clone()),
        rule,
    })
}
