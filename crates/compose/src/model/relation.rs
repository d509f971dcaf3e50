//! What ties a service to others.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{Position, Scalar};

/// What must be true of a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DependencyCondition {
    /// It has been started.
    #[default]
    ServiceStarted,
    /// It is healthy.
    ServiceHealthy,
    /// It has ended well.
    ServiceCompletedSuccessfully,
}

/// One `depends_on` entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependency {
    /// What must be true.
    pub condition: DependencyCondition,
    /// Whether a restart of the dependency restarts the service.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restart: bool,
    /// Whether a missing dependency is an error.
    pub required: bool,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

impl Default for Dependency {
    fn default() -> Self {
        Self { condition: DependencyCondition::default(), restart: false, required: true, at: Position::default() }
    }
}

/// One `links` entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// The service.
    pub service: String,
    /// The alias, where one is written.
    pub alias: Option<String>,
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.alias {
            Some(alias) => serializer.collect_str(&format_args!("{}:{alias}", self.service)),
            None => serializer.serialize_str(&self.service),
        }
    }
}

/// One `volumes_from` entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VolumesFrom {
    /// Whether `source` is a container outside the project.
    pub container: bool,
    /// The service or container.
    pub source: String,
    /// `rw` or `ro`, where one is written.
    pub mode: Option<String>,
}

impl Serialize for VolumesFrom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let container = if self.container { "container:" } else { "" };
        match &self.mode {
            Some(mode) => serializer.collect_str(&format_args!("{container}{}:{mode}", self.source)),
            None => serializer.collect_str(&format_args!("{container}{}", self.source)),
        }
    }
}

/// One `env_file` entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvFile {
    /// The absolute path.
    pub path: String,
    /// Whether a missing file is an error.
    #[serde(skip_serializing_if = "std::clone::Clone::clone")]
    pub required: bool,
    /// `raw` takes values without quotes and interpolation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl Default for EnvFile {
    fn default() -> Self {
        Self { path: String::new(), required: true, format: None }
    }
}

/// `extends`, before it is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extends {
    /// The file, or this one.
    pub file: Option<String>,
    /// The service.
    pub service: String,
}

/// `provider`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Provider {
    /// The provider's name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its options.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Vec<Scalar>>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// A service's use of a model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ModelUse {
    /// The variable that gets the endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_var: Option<String>,
    /// The variable that gets the model's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_var: Option<String>,
}
