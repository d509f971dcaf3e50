//! Swarm services, their tasks and logs.

use base::{CollectionPath, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a service runs its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMode {
    /// A number of replicas.
    Replicated,
    /// One task on every node.
    Global,
    /// A job with a number of completions.
    ReplicatedJob,
    /// A job that runs once on every node.
    GlobalJob,
}

/// How a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceState {
    /// As many tasks run as are wanted.
    Running,
    /// Tasks are being started or replaced.
    Updating,
    /// Fewer tasks run than are wanted.
    Degraded,
    /// No task is wanted.
    Stopped,
}

/// Tasks that run and tasks that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplicasView {
    /// Tasks that run.
    pub running: u64,
    /// Tasks that are wanted.
    pub desired: u64,
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortView {
    /// The port outside.
    pub published: u16,
    /// The port in the container.
    pub target: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// `ingress` or `host`.
    pub mode: String,
}

/// What the caller may do with a service.
#[expect(clippy::struct_excessive_bools, reason = "independent flags on the wire")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServicePermissions {
    /// Scale and change it.
    pub update: bool,
    /// Remove it.
    pub delete: bool,
    /// Read its logs.
    pub logs: bool,
    /// See its tasks.
    pub view_tasks: bool,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceView {
    /// The service's id in the Swarm.
    pub id: String,
    /// The service's name.
    pub name: String,
    /// The stack it belongs to.
    pub stack: Option<String>,
    /// The image's reference as given, without the digest.
    pub image: String,
    /// The image's digest, if it is pinned.
    pub image_digest: Option<String>,
    /// How it runs its tasks.
    pub mode: ServiceMode,
    /// How it does.
    pub state: ServiceState,
    /// Tasks that run and are wanted.
    pub replicas: ReplicasView,
    /// Why it is not as wanted, in the engine's words.
    pub message: Option<String>,
    /// The collection it is in; absent for what was created outside and is for administrators only.
    #[schema(value_type = Option<String>)]
    pub collection_path: Option<CollectionPath>,
    /// The name of the account that created it, if known.
    pub owner: Option<String>,
    /// Its published ports.
    pub ports: Vec<PortView>,
    /// When it was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// What the caller may do with it.
    pub permissions: ServicePermissions,
}

/// A task of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskView {
    /// The task's id.
    pub id: String,
    /// `service.slot`, or `service.node` for a global service.
    pub name: String,
    /// The slot; absent for a global service.
    pub slot: Option<u64>,
    /// The node's name, if it is placed.
    pub node: Option<String>,
    /// The image's reference.
    pub image: String,
    /// The state it is in, the engine's word.
    pub state: String,
    /// The state it should be in, the engine's word.
    pub desired_state: String,
    /// The engine's message about its state.
    pub message: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Its container, if it has one.
    pub container_id: Option<String>,
    /// When its state changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// Scales a service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceScale {
    /// How many replicas are wanted.
    pub replicas: u64,
}

/// Which stream a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLineView {
    /// When it was written, if the engine says.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Which stream it was written to.
    pub stream: LogStream,
    /// The task that wrote it, if known.
    pub task: Option<String>,
    /// The node it ran on, if known.
    pub node: Option<String>,
    /// The line without its end.
    pub line: String,
}
