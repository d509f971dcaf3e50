//! The `Stack` of `compose.docker.com/v1alpha3`: what the docker client up to 20.10 sends for
//! `docker stack deploy --orchestrator kubernetes`, and what the conversion to objects starts from.
//!
//! Field names are those on the wire, misspellings included (`paralellism`).

mod deploy;
mod draft;
mod read;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::object::TextMap;

pub use deploy::{
    Constraint, Constraints, DeployConfig, PlacementConfig, ResourceConfig, ResourcesConfig, RestartPolicyConfig,
    UpdateConfig,
};
pub(crate) use draft::{Draft, DraftFile, DraftService, DraftSource, ServiceExtra, VolumeExtra};
pub(crate) use read::{LABELS, NodeConstraint, draft};
pub use read::{Reading, from_project};
pub use write::to_project;

/// Group and version of the Stack that is made.
pub const API_VERSION: &str = "compose.docker.com/v1alpha3";

/// A stack: the services that are deployed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    /// `compose.docker.com/v1alpha3`.
    #[serde(default = "api_version")]
    pub api_version: String,
    /// `Stack`.
    #[serde(default = "kind")]
    pub kind: String,
    /// Name and namespace.
    #[serde(default)]
    pub metadata: StackMeta,
    /// What is wanted.
    #[serde(default)]
    pub spec: StackSpec,
}

fn api_version() -> String {
    API_VERSION.to_owned()
}

fn kind() -> String {
    "Stack".to_owned()
}

/// Name and namespace of a stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackMeta {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Namespace; absent where the address says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What a stack is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackSpec {
    /// Services, sorted by name.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceConfig>,
    /// Secrets by key.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, FileObject>,
    /// Configs by key.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: BTreeMap<String, FileObject>,
}

/// A secret or a config.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileObject {
    /// The name the file asks for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The file on the client's machine; its base name is the key within the Secret or ConfigMap.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Whether it exists already.
    #[serde(default, deserialize_with = "nullable")]
    pub external: ExternalRef,
    /// Labels.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: TextMap,
}

/// Whether a secret or config exists already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalRef {
    /// Its name, in files before 3.5.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it exists already.
    #[serde(default, skip_serializing_if = "is_false")]
    pub external: bool,
}

/// A service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceConfig {
    /// Name.
    pub name: String,
    /// Capabilities added.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub cap_add: Vec<String>,
    /// Capabilities taken away.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub cap_drop: Vec<String>,
    /// In place of the image's command.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Configs that are mounted.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub configs: Vec<FileUse>,
    /// How it runs on a cluster.
    #[serde(deserialize_with = "nullable")]
    pub deploy: DeployConfig,
    /// In place of the image's entrypoint.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// Variables; null where the client's shell does not have it.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Option<String>>,
    /// Lines of the hosts file, `name:address`.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<String>,
    /// Host name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    /// Health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheckConfig>,
    /// Image.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image: String,
    /// IPC namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ipc: String,
    /// Labels of the containers.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: TextMap,
    /// PID namespace.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pid: String,
    /// Ports.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PortConfig>,
    /// Whether it may do all that the node may.
    #[serde(skip_serializing_if = "is_false")]
    pub privileged: bool,
    /// Whether its root file system is read-only.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Secrets that are mounted.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<FileUse>,
    /// Whether standard input is kept open.
    #[serde(skip_serializing_if = "is_false")]
    pub stdin_open: bool,
    /// Time to stop in, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_grace_period: Option<i64>,
    /// Memory mounts.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<String>,
    /// Whether it gets a terminal.
    #[serde(skip_serializing_if = "is_false")]
    pub tty: bool,
    /// User id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<i64>,
    /// Mounts.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<VolumeConfig>,
    /// Working directory.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// Secret with which the image is pulled: `x-kubernetes.pull_secret`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pull_secret: String,
    /// When the image is pulled: `x-kubernetes.pull_policy`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pull_policy: String,
    /// Ports of `expose`.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub internal_ports: Vec<InternalPort>,
    /// `ClusterIP`, `Headless` or empty: `x-kubernetes.internal_service_type`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub internal_service_type: String,
}

/// A published port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortConfig {
    /// `ingress` or `host`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mode: String,
    /// Port of the container.
    #[serde(skip_serializing_if = "is_zero")]
    pub target: u32,
    /// Port of the cluster; 0 means any.
    #[serde(skip_serializing_if = "is_zero")]
    pub published: u32,
    /// `tcp`, `udp` or `sctp`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub protocol: String,
}

/// A port for other services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InternalPort {
    /// Port.
    pub port: u32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
}

/// A service's use of a secret or config.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileUse {
    /// Key of the secret or config.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Path in the container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Owner.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// Group; the client never sends it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub gid: String,
    /// Permission bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

/// Health check; times in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthCheckConfig {
    /// Test, beginning with `NONE`, `CMD` or `CMD-SHELL`.
    #[serde(deserialize_with = "nullable", skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Time that a test may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    /// Time between tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    /// Failures in a row that count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
}

/// A mount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeConfig {
    /// `volume`, `bind` or `tmpfs`.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Volume or path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Path in the container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Whether it cannot be written to.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
}

/// Go writes null for what is empty.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero_bytes(value: &i64) -> bool {
    *value == 0
}
