//! How a service of a Stack runs on a cluster.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::object::TextMap;
use super::{is_zero_bytes, nullable};

/// How a service runs on a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeployConfig {
    /// `replicated` or `global`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// Number of pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    /// Labels of the objects.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: TextMap,
    /// How pods are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
    /// Limits and reservations.
    #[serde(deserialize_with = "nullable")]
    pub resources: ResourcesConfig,
    /// When containers are restarted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<RestartPolicyConfig>,
    /// Where pods may run.
    #[serde(deserialize_with = "nullable")]
    pub placement: PlacementConfig,
}

/// How pods are replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateConfig {
    /// Pods at a time.
    #[serde(rename = "paralellism", skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<u64>,
}

/// Limits and reservations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourcesConfig {
    /// What it gets at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<ResourceConfig>,
    /// What is set aside for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservations: Option<ResourceConfig>,
}

/// CPU and memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceConfig {
    /// CPUs as a decimal number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cpus: String,
    /// Memory in bytes.
    #[serde(rename = "memory", skip_serializing_if = "is_zero_bytes")]
    pub memory_bytes: i64,
}

/// When containers are restarted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestartPolicyConfig {
    /// `any`, `on-failure` or `none`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
}

/// Where pods may run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlacementConfig {
    /// Constraints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
}

/// Constraints over nodes; at most one of each, as the type has room for no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Constraints {
    /// `node.platform.os`.
    pub operating_system: Option<Constraint>,
    /// `node.platform.arch`.
    pub architecture: Option<Constraint>,
    /// `node.hostname`.
    pub hostname: Option<Constraint>,
    /// `node.labels.*`.
    #[serde(deserialize_with = "nullable")]
    pub match_labels: BTreeMap<String, Constraint>,
}

/// One constraint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Constraint {
    /// Value.
    pub value: String,
    /// `==` or `!=`.
    pub operator: String,
}
