//! What a request takes: rights on objects, parameters of the operation, things only administrators may do, things that
//! nobody may.

mod build;
mod collect;
mod container;
mod image;
mod labels;
mod mount;
mod network;
mod routes;
mod service;
mod spec;

use std::fmt;

use access::{Operation, Parameter};
use base::ErrorKind;

use crate::body::Canonical;
use crate::query::Query;
use crate::reference::{ImageRef, ObjectRef};
use crate::route::Route;

pub(crate) use labels::is_reserved;
pub use labels::{ACCESS_LABEL, COLLECTION_LABEL_PREFIX, OWNER_LABEL};
pub use mount::needs_from_mounts;
pub use service::needs_of_spec;

/// What a need is decided on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A container.
    Container(ObjectRef),
    /// The container that an exec id belongs to.
    Exec(ObjectRef),
    /// An image that is read, run or copied from.
    Image(ImageRef),
    /// A name of an image that is written: only for who may push to that repository.
    ImageName(ImageRef),
    /// A network.
    Network(ObjectRef),
    /// A volume; one that does not exist yet is decided where the request's other creations are.
    Volume(ObjectRef),
    /// A secret; the name, when given, must be the id's.
    Secret {
        /// The id (or whatever stands where an id belongs).
        id: ObjectRef,
        /// The name that was sent along.
        name: Option<String>,
    },
    /// A config; the name, when given, must be the id's.
    Config {
        /// The id (or whatever stands where an id belongs).
        id: ObjectRef,
        /// The name that was sent along.
        name: Option<String>,
    },
    /// A service.
    Service(ObjectRef),
    /// The service (or container) that a task belongs to.
    Task(ObjectRef),
    /// A node.
    Node(ObjectRef),
    /// The collection in which the request puts what it makes.
    Created,
    /// The root collection.
    Root,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Container(name) => write!(f, "container `{name}`"),
            Self::Exec(id) => write!(f, "exec `{id}`"),
            Self::Image(image) => write!(f, "image `{image}`"),
            Self::ImageName(image) => write!(f, "image name `{image}`"),
            Self::Network(name) => write!(f, "network `{name}`"),
            Self::Volume(name) => write!(f, "volume `{name}`"),
            Self::Secret { id, name } => write!(f, "secret `{}`", name.as_deref().unwrap_or(id.as_str())),
            Self::Config { id, name } => write!(f, "config `{}`", name.as_deref().unwrap_or(id.as_str())),
            Self::Service(name) => write!(f, "service `{name}`"),
            Self::Task(id) => write!(f, "task `{id}`"),
            Self::Node(name) => write!(f, "node `{name}`"),
            Self::Created => f.write_str("the target collection"),
            Self::Root => f.write_str("`/`"),
        }
    }
}

/// Where a reference stands in the body, so that the id found by the decision can take its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pin {
    /// The JSON pointer of a string.
    pub pointer: String,
    /// Where the reference begins in it, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// One right that the caller must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The operation.
    pub operation: Operation,
    /// The dangerous options that the request uses.
    pub parameters: Vec<Parameter>,
    /// The object or place.
    pub target: Target,
    /// Where the reference stands, if its id should replace it.
    pub pin: Option<Pin>,
}

/// Something that no grant permits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The field or parameter.
    pub field: String,
    /// Why.
    pub reason: String,
    /// `Forbidden`, or `Invalid` for what could mean nothing to anybody.
    pub kind: ErrorKind,
}

/// What a request makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CreationKind {
    /// A container.
    Container,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A service.
    Service,
    /// A secret.
    Secret,
    /// A config.
    Config,
}

/// What a request makes, and under which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// Its kind.
    pub kind: CreationKind,
    /// The name that was asked, if any.
    pub name: Option<String>,
}

/// A decision that needs something of the engine's first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    /// The mounts of this container are inherited: decide on [`needs_from_mounts`] of its inspection too.
    VolumesFrom(ObjectRef),
    /// An older spec comes back: decide on [`needs_of_spec`] of the service's `PreviousSpec` too.
    Rollback(ObjectRef),
    /// Credentials stored with the service would be sent for this image: refuse if its registry is another than that of the
    /// spec they come from.
    StoredCredentials {
        /// The service.
        service: ObjectRef,
        /// Whether they come from the previous spec.
        previous: bool,
        /// The image of the new spec.
        image: Option<ImageRef>,
    },
    /// The Dockerfile of a classic build: decide on the images that it names.
    Dockerfile {
        /// Its path in the context; `Dockerfile` unless given.
        path: String,
    },
}

/// Everything that a request takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Whether anybody may ask, signed in or not.
    pub open_to_all: bool,
    /// The rights, the request's own operation first.
    pub needs: Vec<Need>,
    /// The answer is a list or stream of items: each is shown to who holds this operation on it.
    pub per_item: Option<Operation>,
    /// Reasons why only an administrator may do this.
    pub admin_only: Vec<String>,
    /// Reasons why nobody may.
    pub refusals: Vec<Refusal>,
    /// What it makes.
    pub creation: Option<Creation>,
    /// The value of the access label as the client sent it, for creations and moves.
    pub collection: Option<String>,
    /// Whether what it makes runs on nodes, so that Node Schedule is decided too.
    pub schedules: bool,
    /// What must be asked of the engine before the decision is complete.
    pub follow_ups: Vec<FollowUp>,
    /// Registries that the engine would be made to talk to.
    pub registries: Vec<String>,
}

/// A request, understood.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The route.
    pub route: &'a Route,
    /// The query.
    pub query: &'a Query,
    /// The body, for routes that take JSON.
    pub body: Option<&'a Canonical>,
}

/// What this installation adds to the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Ports of our own listeners, which nobody may publish.
    pub own_ports: Vec<u16>,
    /// Absolute paths of sockets and state (the engine's and ours): neither they nor what lies in them may be bound by anybody,
    /// and what contains them by administrators only.
    pub forbidden_paths: Vec<String>,
    /// Log drivers beyond `json-file`, `local`, `journald` and `none` that need no parameter.
    pub log_drivers: Vec<String>,
}

/// Computes what a request takes, from its line and body alone.
#[must_use]
pub fn needs(request: &Request<'_>, rules: &Rules) -> Needs {
    routes::needs(request, rules)
}
