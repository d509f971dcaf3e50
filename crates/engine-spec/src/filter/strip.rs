//! Members of a visible object that belong to others.

use serde_json::{Value, json};

/// What stands inside an object and may be another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member<'a> {
    /// A container, by id.
    Container(&'a str),
    /// A service, by name.
    Service(&'a str),
}

/// Takes out of a network the containers and services that the caller may not see, and the nodes that carry it.
pub fn network_strip(network: &mut Value, mut visible: impl FnMut(Member<'_>) -> bool) {
    let Some(network) = network.as_object_mut() else { return };
    if let Some(containers) = network.get_mut("Containers").and_then(Value::as_object_mut) {
        containers.retain(|id, _| visible(Member::Container(id)));
    }
    if let Some(services) = network.get_mut("Services").and_then(Value::as_object_mut) {
        services.retain(|name, _| visible(Member::Service(name)));
    }
    for hidden in ["Peers", "Status"] {
        network.shift_remove(hidden);
    }
}

/// Takes out of a volume what tells how others use it.
pub fn volume_strip(volume: &mut Value) {
    if let Some(volume) = volume.as_object_mut() {
        volume.shift_remove("UsageData");
        volume.shift_remove("Status");
    }
}

/// Takes out of an image the names that the caller may not know, and how many containers run it; false if none was left.
///
/// An image without any name is judged by the caller of this function, not here.
pub fn image_strip(image: &mut Value, mut visible: impl FnMut(&str) -> bool) -> bool {
    let Some(image) = image.as_object_mut() else { return false };
    let mut left = false;
    for names in ["RepoTags", "RepoDigests"] {
        if let Some(names) = image.get_mut(names).and_then(Value::as_array_mut) {
            names.retain(|name| name.as_str().is_some_and(&mut visible));
            left |= !names.is_empty();
        }
    }
    if image.contains_key("Containers") {
        image.insert("Containers".to_owned(), json!(-1));
    }
    left
}

/// Takes stored credentials and addresses of others out of a service: none are shown by an engine today, whatever comes later.
pub fn service_strip(service: &mut Value) {
    for spec in ["/Spec/TaskTemplate/ContainerSpec", "/PreviousSpec/TaskTemplate/ContainerSpec"] {
        if let Some(spec) = service.pointer_mut(spec).and_then(Value::as_object_mut) {
            spec.shift_remove("PullOptions");
        }
    }
}

/// Takes out of `/info` what tells about everybody: counts, the cluster's own settings, addresses of managers.
pub fn info_strip(info: &mut Value) {
    let Some(info) = info.as_object_mut() else { return };
    for count in ["Containers", "ContainersRunning", "ContainersPaused", "ContainersStopped", "Images"] {
        if info.contains_key(count) {
            info.insert(count.to_owned(), json!(0));
        }
    }
    for hidden in
        ["Labels", "HttpProxy", "HttpsProxy", "NoProxy", "RegistryConfig", "Warnings", "SystemStatus", "Containerd"]
    {
        if info.contains_key(hidden) {
            info.insert(hidden.to_owned(), Value::Null);
        }
    }
    if let Some(swarm) = info.get_mut("Swarm").and_then(Value::as_object_mut) {
        swarm.shift_remove("Cluster");
        if swarm.contains_key("RemoteManagers") {
            swarm.insert("RemoteManagers".to_owned(), Value::Null);
        }
    }
}
