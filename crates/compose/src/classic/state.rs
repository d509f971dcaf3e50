//! What an engine has already.

use std::collections::{BTreeMap, BTreeSet};

/// A container.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContainerState {
    /// Its full id.
    pub id: String,
    /// Its name, without a slash.
    pub name: String,
    /// Whether it runs.
    pub running: bool,
    /// Whether it was created and never started, or has ended.
    pub stopped: bool,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it has links.
    pub links: bool,
    /// The image's name or id.
    pub image: String,
    /// Named volumes mounted, anonymous ones included: path to the volume's name.
    pub volumes: BTreeMap<String, String>,
}

impl ContainerState {
    pub(super) fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", String::as_str)
    }

    pub(super) fn number(&self) -> u64 {
        self.label(super::LABEL_NUMBER).parse().unwrap_or_default()
    }
}

/// A container of the engine, or one that the requests so far make: only what later requests need, since a plan may make many.
#[derive(Debug, Clone)]
pub(super) struct Container<'a> {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) number: u64,
    pub(super) running: bool,
    /// What the engine says of it, where it was there before.
    pub(super) found: Option<&'a ContainerState>,
}

impl<'a> Container<'a> {
    pub(super) fn of(found: &'a ContainerState) -> Self {
        let (id, name) = (found.id.clone(), found.name.clone());
        Self { id, name, number: found.number(), running: found.running, found: Some(found) }
    }
}

/// Returns the first characters of an id, which engines add to the aliases.
pub(super) fn short_id(id: &str) -> String {
    match id.strip_prefix('<').and_then(|id| id.strip_suffix('>')) {
        Some(name) => format!("<{name} short>"),
        None => id.chars().take(12).collect(),
    }
}

/// An image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageState {
    /// Its id.
    pub id: String,
    /// Paths that it declares as volumes.
    pub volumes: BTreeSet<String>,
}

/// What an engine has already. The default is an engine that has nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Containers, of other projects too, running or not, the newest first.
    pub containers: Vec<ContainerState>,
    /// Names of networks.
    pub networks: BTreeSet<String>,
    /// Names of volumes.
    pub volumes: BTreeSet<String>,
}

impl State {
    /// Finds a container outside the project by its name or id.
    pub(super) fn container(&self, reference: &str) -> Option<&ContainerState> {
        self.containers.iter().find(|container| container.name == reference || container.id == reference)
    }
}
