//! A project on its way to objects: a Stack, and what a Stack has no room for.

use std::collections::BTreeMap;

use super::super::sink::Spot;
use super::{FileObject, NodeConstraint, ServiceConfig};
use crate::model::{KeyPlaces, Position};

/// A project on its way to objects: the Stack, and what a Stack has no room for.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// Services.
    #[expect(clippy::vec_box, reason = "each is forgotten when its objects are made, and then its memory is free")]
    pub(crate) services: Vec<Box<DraftService>>,
    /// Whether secrets and configs must be declared, as they must in files; in a Stack what is not declared exists already.
    pub(crate) must_declare: bool,
    /// Secrets by key.
    pub(crate) secrets: BTreeMap<String, DraftFile>,
    /// Configs by key.
    pub(crate) configs: BTreeMap<String, DraftFile>,
}

/// A service on its way.
#[derive(Debug, Default)]
pub(crate) struct DraftService {
    /// What a Stack says of it.
    pub(crate) config: ServiceConfig,
    /// What a Stack has no room for.
    pub(crate) extra: ServiceExtra,
}

impl DraftService {
    /// Returns the place of one of the service's keys.
    pub(crate) fn spot(&self, key: &str) -> Spot {
        let head = key.split(['.', '[']).next().unwrap_or(key);
        let at = self.extra.keys.get(head).unwrap_or(self.extra.at);
        let dot = if key.is_empty() { "" } else { "." };
        Spot::new(format!("services.{}{dot}{key}", self.extra.key), at)
    }

    /// Says whether it ends by itself.
    pub(crate) fn is_job(&self) -> bool {
        matches!(self.config.deploy.mode.as_str(), "replicated-job" | "global-job")
    }

    /// Returns the restart policy of pods that end, where the file says that they are not kept running.
    pub(crate) fn ending(&self) -> Option<&'static str> {
        let condition = self.config.deploy.restart_policy.as_ref().map(|policy| policy.condition.as_str());
        let restart = self.extra.restart.as_deref().and_then(|text| text.split(':').next());
        match condition.filter(|condition| !condition.is_empty()).or(restart) {
            Some("none" | "no" | "false") => Some("Never"),
            Some("on-failure") => Some("OnFailure"),
            _ => None,
        }
    }
}

/// What a Stack has no room for.
#[derive(Debug, Default)]
pub(crate) struct ServiceExtra {
    /// The key in the file.
    pub(crate) key: String,
    /// Its place.
    pub(crate) at: Position,
    /// Places of its keys.
    pub(crate) keys: KeyPlaces,
    /// Group id that stood with the user id.
    pub(crate) group: Option<i64>,
    /// What `restart` says.
    pub(crate) restart: Option<String>,
    /// How often a failed container is started again.
    pub(crate) max_attempts: Option<u64>,
    /// Time before the first failure counts, in nanoseconds.
    pub(crate) start_period: Option<i64>,
    /// All constraints.
    pub(crate) constraints: Vec<NodeConstraint>,
    /// For each mount, what a Stack has no room for.
    pub(crate) volumes: Vec<VolumeExtra>,
}

/// What a Stack has no room for in a mount.
#[derive(Debug, Default)]
pub(crate) struct VolumeExtra {
    /// Its place.
    pub(crate) at: Position,
    /// Size of a memory mount in bytes.
    pub(crate) size_bytes: Option<u64>,
    /// Path within a volume.
    pub(crate) subpath: Option<String>,
}

/// A secret or config on its way.
#[derive(Debug, Default)]
pub(crate) struct DraftFile {
    /// What a Stack says of it.
    pub(crate) object: FileObject,
    /// Its place.
    pub(crate) at: Position,
    /// Where its content comes from, where that is no file.
    pub(crate) source: DraftSource,
}

/// Where a content comes from, beside files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum DraftSource {
    /// A file of the client's machine, or nothing.
    #[default]
    File,
    /// The Compose file itself.
    Inline(String),
    /// A variable of the client's environment.
    Variable(String),
}
