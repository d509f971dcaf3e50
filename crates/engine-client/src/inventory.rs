//! What an agent reports of its engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an agent reports of its engine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EngineInventory {
    /// The engine's id.
    pub engine_id: String,
    /// The machine's host name.
    pub name: String,
    /// The engine's version.
    pub version: String,
    /// The newest API version it speaks.
    pub api_version: String,
    /// The oldest API version it speaks.
    pub min_api_version: String,
    /// `linux` or `windows`.
    pub os: String,
    /// `x86_64`, `aarch64`, ….
    pub architecture: String,
    /// The operating system's name.
    pub operating_system: String,
    /// The kernel's version.
    pub kernel_version: String,
    /// The storage driver of images and containers.
    pub storage_driver: String,
    /// Processors.
    pub cpus: u32,
    /// Memory.
    pub memory_bytes: u64,
    /// Containers of any state.
    pub containers: u32,
    /// Containers that run.
    pub containers_running: u32,
    /// Images.
    pub images: u32,
    /// The engine's own labels.
    pub labels: BTreeMap<String, String>,
    /// Its part in a Swarm.
    pub swarm: SwarmInventory,
}

/// An engine's part in a Swarm.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SwarmInventory {
    /// `inactive`, `pending`, `active`, `error` or `locked`.
    pub state: String,
    /// The Swarm's id, as managers know it.
    pub cluster_id: String,
    /// The node's id in the Swarm.
    pub node_id: String,
    /// The address under which the others know it.
    pub address: String,
    /// Whether it manages the Swarm.
    pub is_manager: bool,
    /// Why it is in the state `error`.
    pub error: String,
}

impl SwarmInventory {
    /// Reports whether the engine takes part in a Swarm.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == "active"
    }
}
