//! Swarm services as our API and console show them.

mod list;
mod log;
mod read;

use base::{AccountId, CollectionId, CollectionPath, Order, Timestamp};

/// How a service runs its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
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
#[expect(clippy::struct_excessive_bools, reason = "independent rights")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServiceRights {
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id in the Swarm.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack it belongs to.
    pub stack: Option<String>,
    /// The image's reference, without the digest.
    pub image: String,
    /// The image's digest, if it is pinned.
    pub image_digest: Option<String>,
    /// How it runs its tasks.
    pub mode: ServiceMode,
    /// How it does.
    pub state: ServiceState,
    /// Tasks that run.
    pub running: u64,
    /// Tasks that are wanted.
    pub desired: u64,
    /// Why it is not as wanted, in the engine's words.
    pub message: Option<String>,
    /// Its collection; none if only administrators reach it.
    pub collection: Option<CollectionId>,
    /// Its collection's path; none if only administrators reach it.
    pub collection_path: Option<CollectionPath>,
    /// Who made it.
    pub owner: Option<AccountId>,
    /// Its published ports.
    pub ports: Vec<ServicePort>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What the caller may do with it.
    pub rights: ServiceRights,
}

/// A task of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// `service.slot`, or `service.node` for a global service.
    pub name: String,
    /// Its slot; none in a global service.
    pub slot: Option<u64>,
    /// The id of its node, if it is placed.
    pub node: Option<String>,
    /// The host name of its node, if the caller may know it.
    pub node_name: Option<String>,
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
    pub updated_at: Timestamp,
}

/// Which services a list shows.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    /// Only those whose name, image or stack contains this.
    pub contains: Option<String>,
    /// Only those in or below this collection.
    pub below: Option<CollectionId>,
    /// Only those in this state.
    pub state: Option<ServiceState>,
    /// How they are ordered.
    pub order: Order<ServiceKey>,
}

/// By what services are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServiceKey {
    /// By their names.
    #[default]
    Name,
    /// By the images' names.
    Image,
    /// By the stacks that they belong to.
    Stack,
    /// By when they were last changed.
    Updated,
}

/// Which part of a log is read.
#[derive(Debug, Clone, Copy)]
pub struct LogOptions {
    /// Goes on with new lines.
    pub follow: bool,
    /// Begins with the last lines, this many.
    pub tail: u32,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { follow: false, tail: 500 }
    }
}
