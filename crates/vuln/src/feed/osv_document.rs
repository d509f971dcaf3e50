//! An OSV record as it is written (schema 1.7), read leniently: what is absent or null is empty.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Null where a list or a text should be is what some feeds write for "none".
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    #[serde(deserialize_with = "or_default")]
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) modified: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) published: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) withdrawn: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) aliases: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) related: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) upstream: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) summary: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) details: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) severity: Vec<Score>,
    #[serde(deserialize_with = "or_default")]
    pub(super) affected: Vec<Affected>,
    #[serde(deserialize_with = "or_default")]
    pub(super) references: Vec<Reference>,
    #[serde(deserialize_with = "or_default")]
    pub(super) database_specific: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Score {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) score: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Affected {
    #[serde(deserialize_with = "or_default")]
    pub(super) package: AffectedPackage,
    #[serde(deserialize_with = "or_default")]
    pub(super) ranges: Vec<EventRange>,
    #[serde(deserialize_with = "or_default")]
    pub(super) versions: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(super) severity: Vec<Score>,
    #[serde(deserialize_with = "or_default")]
    pub(super) ecosystem_specific: Value,
    #[serde(deserialize_with = "or_default")]
    pub(super) database_specific: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AffectedPackage {
    #[serde(deserialize_with = "or_default")]
    pub(super) ecosystem: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EventRange {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) events: Vec<Event>,
    #[serde(deserialize_with = "or_default")]
    pub(super) database_specific: Value,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Event {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
    pub(super) limit: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    #[serde(deserialize_with = "or_default")]
    pub(super) url: String,
}
