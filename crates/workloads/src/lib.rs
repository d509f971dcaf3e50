//! Workloads: the objects of the cluster's engines, with the collection and owner that their labels say.
//!
//! Resolves references at the engine, decides over them, places what is new, keeps the credentials with which
//! nodes pull, and gives services, tasks and logs to our own API. An object without our label is for
//! administrators only.

mod credential;
mod engine;
mod error;
mod labels;
mod logs;
mod object;
mod placement;
mod service;
mod sight;
mod workloads;

pub use credential::PullLogin;
pub use engine::{EngineAt, EngineError, Engines, Weight};
pub use error::Error;
pub use labels::{
    ACCESS_LABEL, COLLECTION_LABEL_PREFIX, Home, OWNER_LABEL, STACK_LABEL, TASK_SERVICE_LABEL, home, owner, text,
};
pub use logs::{FrameError, LogLine, LogStream};
pub use object::{Kind, Object};
pub use placement::{Placed, Schedule};
pub use service::{
    LogOptions, Service, ServiceFilter, ServiceKey, ServiceMode, ServicePort, ServiceRights, ServiceState, Task,
};
pub use sight::Sight;
pub use workloads::Workloads;
