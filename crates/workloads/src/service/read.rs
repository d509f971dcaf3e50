//! Reads services and tasks out of what the engine answers; what is missing or odd becomes empty, never an error.

use base::Timestamp;
use serde_json::Value;

use super::{Service, ServiceMode, ServicePort, ServiceRights, ServiceState, Task};
use crate::labels;

/// Tasks of a service, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) running: u64,
    pub(crate) desired: u64,
    /// The newest error of a task that failed.
    pub(crate) error: Option<String>,
}

impl Counts {
    /// The engine's own counts (`ServiceStatus`, API 1.41 and newer).
    pub(crate) fn of_status(service: &Value) -> Option<Self> {
        let status = service.get("ServiceStatus")?;
        Some(Self { running: number(status, "RunningTasks"), desired: number(status, "DesiredTasks"), error: None })
    }

    /// Counts tasks; `wanted` is the number of replicas if the service says it.
    pub(crate) fn of_tasks<'t>(tasks: impl Iterator<Item = &'t Value>, wanted: Option<u64>) -> Self {
        let (mut running, mut desired) = (0, 0);
        let mut newest: Option<(&str, &str)> = None;
        for task in tasks {
            let status = task.get("Status").unwrap_or(&Value::Null);
            let state = text(status, "State");
            desired += u64::from(text(task, "DesiredState") == "running");
            running += u64::from(text(task, "DesiredState") == "running" && state == "running");
            let error = text(status, "Err");
            let at = text(status, "Timestamp");
            let waits = matches!(state, "pending" | "failed" | "rejected" | "orphaned");
            if waits && !error.is_empty() && newest.is_none_or(|(when, _)| when < at) {
                newest = Some((at, error));
            }
        }
        let desired = wanted.unwrap_or(desired);
        let error = newest.map(|(_, error)| error.to_owned()).filter(|_| running < desired);
        Self { running, desired, error }
    }
}

/// Reads a service. Where it lies and what the caller may do is filled in by who decides that.
pub(crate) fn service(view: &Value, counts: Counts) -> Service {
    let spec = view.get("Spec").unwrap_or(&Value::Null);
    let container = spec.pointer("/TaskTemplate/ContainerSpec").unwrap_or(&Value::Null);
    let labels = spec.get("Labels");
    let (image, image_digest) = image(text(container, "Image"));
    let update = view.pointer("/UpdateStatus/State").and_then(Value::as_str).unwrap_or_default();
    Service {
        id: text(view, "ID").to_owned(),
        name: text(spec, "Name").to_owned(),
        stack: labels::text(labels, labels::STACK_LABEL).map(str::to_owned),
        image,
        image_digest,
        mode: mode(spec),
        state: state(&counts, update),
        running: counts.running,
        desired: counts.desired,
        message: counts.error.or_else(|| update_message(view, update)),
        collection: None,
        collection_path: None,
        owner: labels::owner(labels),
        ports: ports(view),
        created_at: time(view, "CreatedAt"),
        updated_at: time(view, "UpdatedAt"),
        rights: ServiceRights::default(),
    }
}

/// Returns how many replicas a service asks for, if its mode has a number.
pub(crate) fn wanted(view: &Value) -> Option<u64> {
    view.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64)
}

/// Reads a task of a service.
pub(crate) fn task(view: &Value, service_name: &str) -> Task {
    let status = view.get("Status").unwrap_or(&Value::Null);
    let slot = view.get("Slot").and_then(Value::as_u64).filter(|slot| *slot > 0);
    let node = some(text(view, "NodeID"));
    let part = slot.map(|slot| slot.to_string()).or_else(|| node.clone()).unwrap_or_default();
    Task {
        id: text(view, "ID").to_owned(),
        name: format!("{service_name}.{part}"),
        slot,
        node,
        node_name: None,
        image: image(view.pointer("/Spec/ContainerSpec/Image").and_then(Value::as_str).unwrap_or_default()).0,
        state: text(status, "State").to_owned(),
        desired_state: text(view, "DesiredState").to_owned(),
        message: text(status, "Message").to_owned(),
        error: some(text(status, "Err")),
        container_id: status.pointer("/ContainerStatus/ContainerID").and_then(Value::as_str).and_then(some),
        updated_at: time(status, "Timestamp"),
    }
}

fn mode(spec: &Value) -> ServiceMode {
    let has = |name: &str| spec.pointer(&format!("/Mode/{name}")).is_some_and(|mode| !mode.is_null());
    match () {
        () if has("Global") => ServiceMode::Global,
        () if has("ReplicatedJob") => ServiceMode::ReplicatedJob,
        () if has("GlobalJob") => ServiceMode::GlobalJob,
        () => ServiceMode::Replicated,
    }
}

fn state(counts: &Counts, update: &str) -> ServiceState {
    match (counts.desired, counts.running) {
        (0, _) => ServiceState::Stopped,
        _ if matches!(update, "updating" | "rollback_started") => ServiceState::Updating,
        (desired, running) if running >= desired => ServiceState::Running,
        _ if counts.error.is_none() => ServiceState::Updating,
        _ => ServiceState::Degraded,
    }
}

fn update_message(view: &Value, update: &str) -> Option<String> {
    let stopped = matches!(update, "paused" | "rollback_paused" | "rollback_completed");
    view.pointer("/UpdateStatus/Message").and_then(Value::as_str).filter(|_| stopped).and_then(some)
}

fn ports(view: &Value) -> Vec<ServicePort> {
    let listed = view.pointer("/Endpoint/Ports").or_else(|| view.pointer("/Spec/EndpointSpec/Ports"));
    let port = |port: &Value, key: &str| u16::try_from(number(port, key)).unwrap_or_default();
    listed
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|each| ServicePort {
            published: port(each, "PublishedPort"),
            target: port(each, "TargetPort"),
            protocol: some(text(each, "Protocol")).unwrap_or_else(|| "tcp".to_owned()),
            mode: some(text(each, "PublishMode")).unwrap_or_else(|| "ingress".to_owned()),
        })
        .collect()
}

/// Splits `name:tag@digest`.
fn image(reference: &str) -> (String, Option<String>) {
    match reference.split_once('@') {
        Some((name, digest)) => (name.to_owned(), Some(digest.to_owned())),
        None => (reference.to_owned(), None),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn time(value: &Value, key: &str) -> Timestamp {
    text(value, key).parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> Value {
        json!({
            "ID": "s1", "CreatedAt": "2026-01-02T03:04:05.6Z", "UpdatedAt": "2026-01-02T03:04:06Z",
            "Spec": {
                "Name": "shop_web", "Labels": {"com.docker.stack.namespace": "shop"}, "Mode": {"Replicated": {"Replicas": 2}},
                "TaskTemplate": {"ContainerSpec": {"Image": "r:1/acme/web:1@sha256:ab"}}
            },
            "Endpoint": {"Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}]},
            "ServiceStatus": {"RunningTasks": 2, "DesiredTasks": 2}
        })
    }

    #[test]
    fn a_service_is_read_from_the_engines_view() {
        let view = example();
        let read = service(&view, Counts::of_status(&view).unwrap());
        assert_eq!(
            (read.name.as_str(), read.stack.as_deref(), read.image.as_str()),
            ("shop_web", Some("shop"), "r:1/acme/web:1")
        );
        assert_eq!(
            (read.image_digest.as_deref(), read.state, read.mode),
            (Some("sha256:ab"), ServiceState::Running, ServiceMode::Replicated)
        );
        assert_eq!((read.ports[0].published, read.ports[0].mode.as_str()), (8080, "host"));
        let empty = service(&Value::Null, Counts::default());
        assert_eq!((empty.state, empty.ports.len()), (ServiceState::Stopped, 0));
    }

    #[test]
    fn tasks_that_fail_make_a_service_degraded_with_the_newest_reason() {
        let task = |state: &str, desired: &str, error: &str, at: &str| json!({"DesiredState": desired, "Status": {"State": state, "Err": error, "Timestamp": at}});
        let tasks = [
            task("running", "running", "", "2026-01-01T00:00:00Z"),
            task("rejected", "shutdown", "old", "2026-01-01T00:00:01Z"),
            task("rejected", "shutdown", "No such image", "2026-01-01T00:00:02Z"),
            task("preparing", "running", "", "2026-01-01T00:00:03Z"),
        ];
        let counts = Counts::of_tasks(tasks.iter(), wanted(&example()));
        assert_eq!(counts, Counts { running: 1, desired: 2, error: Some("No such image".into()) });
        assert_eq!(service(&example(), counts).state, ServiceState::Degraded);
        let starting = Counts::of_tasks(tasks[3..].iter(), Some(2));
        assert_eq!(service(&example(), starting).state, ServiceState::Updating);
    }

    #[test]
    fn a_task_is_named_by_its_slot_or_its_node() {
        let replicated = task(&json!({"ID": "t", "Slot": 3, "NodeID": "n", "Status": {"State": "running"}}), "web");
        assert_eq!(replicated.name, "web.3");
        assert_eq!(task(&json!({"ID": "t", "NodeID": "n"}), "web").name, "web.n");
    }
}
