//! `deploy`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ByteSize, Duration};

/// How a service runs on a cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Deploy {
    /// `replicated`, `global`, `replicated-job`, `global-job`, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Number of tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    /// Labels of the service.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How updates go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_config: Option<Box<UpdateConfig>>,
    /// How rollbacks go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_config: Option<Box<UpdateConfig>>,
    /// Limits and reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<Resources>>,
    /// When tasks are restarted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<Box<RestartPolicy>>,
    /// Where tasks may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<Box<Placement>>,
    /// `vip` or `dnsrr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_mode: Option<EndpointMode>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// `endpoint_mode`, as written.
pub type EndpointMode = String;

/// `update_config` and `rollback_config`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UpdateConfig {
    /// Tasks at a time; 0 is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<u64>,
    /// The pause between groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Duration>,
    /// `pause`, `continue`, `rollback`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_action: Option<String>,
    /// How long a task is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor: Option<Duration>,
    /// The ratio of failures that is borne.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::scalar::whole")]
    pub max_failure_ratio: Option<f64>,
    /// `stop-first` or `start-first`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// `resources`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resources {
    /// What cannot be exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Box<ResourcesLimit>>,
    /// What must be free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservations: Option<Box<ResourcesLimit>>,
}

/// One side of `resources`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ResourcesLimit {
    /// CPUs, as written (`0.5`): clients convert the text exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<String>,
    /// Memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<ByteSize>,
    /// Processes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pids: Option<i64>,
    /// Devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceRequest>,
    /// Generic resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub generic_resources: Vec<GenericResource>,
}

/// A device reservation, and an entry of `gpus`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DeviceRequest {
    /// What the device must be able to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// The driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// How many; -1 is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_ids: Vec<String>,
    /// The driver's options.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// `discrete_resource_spec` of a generic resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GenericResource {
    /// The kind.
    pub kind: String,
    /// How many.
    pub value: i64,
}

impl Serialize for GenericResource {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({ "discrete_resource_spec": { "kind": self.kind, "value": self.value } })
            .serialize(serializer)
    }
}

/// `restart_policy`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RestartPolicy {
    /// `none`, `on-failure`, `any`, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The pause before a restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Duration>,
    /// How many restarts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u64>,
    /// The window in which restarts are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
}

/// `placement`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Placement {
    /// Constraints, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<String>,
    /// Preferences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<PlacementPreference>,
    /// Tasks a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_replicas_per_node: Option<u64>,
}

/// One placement preference.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PlacementPreference {
    /// The label to spread over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<String>,
}
