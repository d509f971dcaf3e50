//! `deploy`.

use super::Fields;
use super::fields::{integer, scalar_text};
use crate::model::{
    Deploy, DeviceRequest, GenericResource, Placement, PlacementPreference, Resources, ResourcesLimit, RestartPolicy,
    UpdateConfig,
};
use crate::tree::Node;

pub(super) fn deploy(f: Fields<'_>) -> Deploy {
    Deploy {
        mode: f.text("mode"),
        replicas: f.count("replicas"),
        labels: f.dictionary("labels"),
        update_config: f.fields("update_config").map(update_config).map(Box::new),
        rollback_config: f.fields("rollback_config").map(update_config).map(Box::new),
        resources: f
            .fields("resources")
            .map(|f| Resources {
                limits: f.fields("limits").map(limit).map(Box::new),
                reservations: f.fields("reservations").map(limit).map(Box::new),
            })
            .map(Box::new),
        restart_policy: f
            .fields("restart_policy")
            .map(|f| RestartPolicy {
                condition: f.text("condition"),
                delay: f.duration("delay"),
                max_attempts: f.count("max_attempts"),
                window: f.duration("window"),
            })
            .map(Box::new),
        placement: f
            .fields("placement")
            .map(|f| Placement {
                constraints: f.strings("constraints"),
                preferences: f.list("preferences").iter().map(preference).collect(),
                max_replicas_per_node: f.count("max_replicas_per_node"),
            })
            .map(Box::new),
        endpoint_mode: f.text("endpoint_mode"),
        extensions: f.extensions(),
    }
}

fn preference(node: &Node) -> PlacementPreference {
    PlacementPreference { spread: Fields::new(node).text("spread") }
}

fn update_config(f: Fields<'_>) -> UpdateConfig {
    UpdateConfig {
        parallelism: f.count("parallelism"),
        delay: f.duration("delay"),
        failure_action: f.text("failure_action"),
        monitor: f.duration("monitor"),
        max_failure_ratio: f.number("max_failure_ratio"),
        order: f.text("order"),
    }
}

fn limit(f: Fields<'_>) -> ResourcesLimit {
    ResourcesLimit {
        cpus: f.text("cpus"),
        memory: f.size("memory"),
        pids: f.integer("pids"),
        devices: f.list("devices").iter().map(device_request).collect(),
        generic_resources: f.list("generic_resources").iter().filter_map(generic).collect(),
    }
}

fn generic(node: &Node) -> Option<GenericResource> {
    let f = Fields::new(node).fields("discrete_resource_spec")?;
    Some(GenericResource { kind: f.text("kind").unwrap_or_default(), value: f.integer("value").unwrap_or_default() })
}

pub(super) fn device_request(node: &Node) -> DeviceRequest {
    let f = Fields::new(node);
    let count = f.get("count").and_then(|node| match scalar_text(node).as_deref() {
        Some("all") => Some(-1),
        _ => integer(node),
    });
    DeviceRequest {
        capabilities: f.strings("capabilities"),
        driver: f.text("driver"),
        count,
        device_ids: f.strings("device_ids"),
        options: f.dictionary("options"),
    }
}
