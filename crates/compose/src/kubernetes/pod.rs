//! The pod that a service runs: the fields of core/v1 `PodTemplateSpec` that are made.

use std::collections::BTreeMap;

use serde::Serialize;

use super::object::{ObjectMeta, TextMap};

/// A pod that is made again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PodTemplate {
    /// Labels and annotations.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: PodSpec,
}

/// What a pod is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSpec {
    /// Where it may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// Its one container.
    pub containers: Vec<Container>,
    /// Whether it shares the node's IPC namespace.
    #[serde(rename = "hostIPC", skip_serializing_if = "is_false")]
    pub host_ipc: bool,
    /// Whether it sees the node's processes.
    #[serde(rename = "hostPID", skip_serializing_if = "is_false")]
    pub host_pid: bool,
    /// Lines of its hosts file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host_aliases: Vec<HostAlias>,
    /// Host name; absent means the pod's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Secrets with which images are pulled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_pull_secrets: Vec<LocalReference>,
    /// `Always`, where the file says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<&'static str>,
    /// What holds for the whole pod; only for kompose's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Account under which it asks the cluster; only for kompose's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_account_name: Option<String>,
    /// Seconds between the request to stop and the kill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<u64>,
    /// Volumes that come with the pod.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
}

/// The name of an object in the same namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LocalReference {
    /// Name.
    pub name: String,
}

/// What holds for the whole pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodSecurityContext {
    /// Group that owns the volumes.
    pub fs_group: i64,
}

/// Names for an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostAlias {
    /// Address.
    pub ip: String,
    /// Names, sorted.
    pub hostnames: Vec<String>,
}

/// The container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Name: the service's.
    pub name: String,
    /// Image reference, as the file says it.
    pub image: String,
    /// `Always`, `IfNotPresent` or `Never`.
    pub image_pull_policy: &'static str,
    /// In place of the image's entrypoint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// In place of the image's command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Environment, sorted by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<EnvVar>,
    /// Ports that it listens on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ContainerPort>,
    /// Limits and requests.
    #[serde(skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// When it is taken for dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness_probe: Option<Probe>,
    /// When it is taken for ready; only for kompose's labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness_probe: Option<Probe>,
    /// User, capabilities and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<SecurityContext>,
    /// Whether it keeps its standard input open.
    #[serde(skip_serializing_if = "is_false")]
    pub stdin: bool,
    /// Whether it gets a terminal.
    #[serde(skip_serializing_if = "is_false")]
    pub tty: bool,
    /// Where its volumes are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMount>,
}

/// One variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvVar {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// One port of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerPort {
    /// Port.
    pub container_port: u16,
    /// Protocol.
    pub protocol: &'static str,
}

/// Limits and requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Resources {
    /// What it gets at most, by resource.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: TextMap,
    /// What is set aside for it, by resource.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub requests: TextMap,
}

impl Resources {
    /// Whether nothing is limited or requested.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty() && self.requests.is_empty()
    }
}

/// A check that is made again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// A command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<ExecAction>,
    /// A request; only for kompose's labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_get: Option<HttpGetAction>,
    /// A connection; only for kompose's labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_socket: Option<TcpSocketAction>,
    /// Seconds before the first check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_delay_seconds: Option<u32>,
    /// Seconds that one check may take.
    pub timeout_seconds: u32,
    /// Seconds between checks.
    pub period_seconds: u32,
    /// Failures in a row that count.
    pub failure_threshold: u32,
}

/// A command that is run in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExecAction {
    /// The command; no shell is put around it.
    pub command: Vec<String>,
}

/// A request to the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HttpGetAction {
    /// Path.
    pub path: String,
    /// Port.
    pub port: u16,
}

/// A connection to the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TcpSocketAction {
    /// Port.
    pub port: u16,
}

/// User, capabilities and the like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityContext {
    /// Capabilities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    /// Whether it may do all that the node may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// Whether its root file system is read-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only_root_filesystem: Option<bool>,
    /// Group id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_group: Option<i64>,
    /// User id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as_user: Option<i64>,
}

/// Capabilities beside the engine's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// Added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Taken away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// Where a volume is seen in the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeMount {
    /// The volume's name.
    pub name: String,
    /// Path in the container.
    pub mount_path: String,
    /// Path within the volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_path: Option<String>,
    /// Whether it cannot be written to.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
}

/// A volume that comes with the pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Name, unique within the pod.
    pub name: String,
    /// Where its content comes from.
    #[serde(flatten)]
    pub source: VolumeSource,
}

/// Where a volume's content comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum VolumeSource {
    /// A path of the node.
    HostPath {
        /// Path.
        path: String,
    },
    /// Empty at the pod's start, gone at its end.
    EmptyDir(EmptyDir),
    /// Files of a Secret.
    #[serde(rename_all = "camelCase")]
    Secret {
        /// Name of the Secret.
        secret_name: String,
        /// Keys.
        items: Vec<KeyToPath>,
    },
    /// Files of a ConfigMap.
    ConfigMap {
        /// Name of the ConfigMap.
        name: String,
        /// Keys.
        items: Vec<KeyToPath>,
    },
    /// A repository that is cloned; clusters refuse it since 1.33 unless told otherwise.
    GitRepo {
        /// Address.
        repository: String,
    },
}

/// Empty at the pod's start, gone at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmptyDir {
    /// `Memory`.
    pub medium: &'static str,
    /// Most that it may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_limit: Option<String>,
}

/// One key of a Secret or ConfigMap as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyToPath {
    /// Key.
    pub key: String,
    /// File name within the volume.
    pub path: String,
    /// File mode bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

/// Where a pod may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Affinity {
    /// Which nodes.
    pub node_affinity: NodeAffinity,
}

/// Which nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeAffinity {
    /// What a node must have when the pod is placed.
    pub required_during_scheduling_ignored_during_execution: NodeSelector,
}

/// Terms of which one must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeSelector {
    /// The one term that is made.
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// Expressions that must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeSelectorTerm {
    /// Expressions over the node's labels.
    pub match_expressions: Vec<NodeRequirement>,
}

/// One expression over a node's labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeRequirement {
    /// Label.
    pub key: String,
    /// `In`, `NotIn`, `Gt` or `Lt`.
    pub operator: &'static str,
    /// Values.
    pub values: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
