//! The configuration hash, by which a changed service is known.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Options, State, image_of, networks, order, python, volumes};
use crate::model::{
    Attachment, CommandLine, DependencyCondition, Device, Dialect, HealthCheck, HealthTest, Mount, MountKind, Port,
    Project, Service,
};

/// Returns the hash of a service's configuration.
///
/// It is the client's own where the file wrote plain text. The client hashes values as the file spelt them (`512m`, `1m30s`, a number
/// without quotes), which the model does not keep: there the hash is another, and a container made by the client is made anew once.
pub(super) fn of_service(project: &Project, service: &Service, options: &Options<'_>, state: &State) -> String {
    let image = (options.image)(&image_of(service, options.project)).map(|image| image.id);
    let links: Vec<Value> = service.links.iter().map(|link| json!([link.service, link.alias])).collect();
    let from: Vec<Value> = service
        .volumes_from
        .iter()
        .filter(|from| order::is_service(project, from))
        .map(|from| json!([from.source, from.mode.as_deref().unwrap_or("rw")]))
        .collect();
    let networks = networks::of_service(project, service, options);
    let config = json!({
        "options": settings(project, service, options),
        "image_id": image,
        "links": links,
        "net": net(project, service, &networks, state),
        "ipc_mode": service.ipc.as_deref().map(|mode| namespace(mode, state)),
        "networks": attachments(networks),
        "secrets": secrets(project, service),
        "volumes_from": from,
    });
    hex(&Sha256::digest(python::json(&config, ",", ":", true).as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn net(project: &Project, service: &Service, networks: &[(String, Attachment)], state: &State) -> Value {
    match service.network_mode.as_deref() {
        Some(mode) => match (order::joined_service(project, mode), mode.strip_prefix("container:")) {
            (Some(name), _) => json!(name),
            (None, Some(name)) => json!(state.container(name).map_or(name, |container| container.id.as_str())),
            (None, None) => json!(mode),
        },
        None if project.dialect == Dialect::V1 => Value::Null,
        None => json!(networks.first().map_or("none", |(name, _)| name)),
    }
}

/// The client hashes the id of the container whose namespace is joined. A plan cannot know the id of a container it makes, so the service
/// stands for it: the hash is steady, but not the client's.
fn namespace(mode: &str, state: &State) -> Value {
    match mode.strip_prefix("container:").and_then(|name| state.container(name)) {
        Some(container) => json!(format!("container:{}", container.id)),
        None => json!(mode),
    }
}

fn attachments(networks: Vec<(String, Attachment)>) -> Value {
    let pairs = networks.into_iter().map(|(name, attachment)| {
        let mut all = Map::new();
        if !attachment.aliases.is_empty() {
            all.insert("aliases".to_owned(), json!(attachment.aliases));
        }
        if !attachment.link_local_ips.is_empty() {
            all.insert("link_local_ips".to_owned(), json!(attachment.link_local_ips));
        }
        for (key, value) in [("ipv4_address", &attachment.ipv4_address), ("ipv6_address", &attachment.ipv6_address)] {
            if let Some(value) = value {
                all.insert(key.to_owned(), json!(value));
            }
        }
        if let Some(priority) = attachment.priority {
            all.insert(
                "priority".to_owned(),
                crate::units::whole_number(priority).map_or(json!(priority), |whole| json!(whole)),
            );
        }
        (name, Value::Object(all))
    });
    Value::Object(pairs.collect())
}

fn secrets(project: &Project, service: &Service) -> Vec<Value> {
    let file =
        |key: &str| project.secrets.get(key).filter(|secret| secret.external.is_no()).map(|secret| secret.file.clone());
    service
        .secrets
        .iter()
        .filter_map(|used| {
            let file = file(used.source.as_deref()?)?;
            Some(json!({ "secret": [used.source, used.target, used.uid, used.gid, used.mode, null], "file": file }))
        })
        .collect()
}

/// Keys that the client hashes elsewhere, or not at all.
const ELSEWHERE: &[&str] = &[
    "networks",
    "links",
    "network_mode",
    "pid",
    "ipc",
    "volumes_from",
    "secrets",
    "configs",
    "credential_spec",
    "deploy",
    "scale",
    "env_file",
    "extends",
];

/// The service's own settings. The model's keys are Compose's: what the client writes in another way is replaced.
fn settings(project: &Project, service: &Service, options: &Options<'_>) -> Value {
    let mut all = match serde_json::to_value(service) {
        Ok(Value::Object(all)) => all,
        _ => Map::new(),
    };
    all.retain(|key, _| !ELSEWHERE.contains(&key.as_str()));
    let mut set = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    set("platform", json!(service.platform));
    if service.keys.contains_key("environment") || service.keys.contains_key("env_file") {
        set("environment", json!(service.environment));
    }
    if !service.volumes.is_empty() || project.dialect != Dialect::V1 {
        set("volumes", service.volumes.iter().map(|mount| mount_value(project, mount, options)).collect());
    }
    for (key, line) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
        match line {
            Some(CommandLine::Text(text)) => set(key, json!(text)),
            Some(CommandLine::Words(words)) => set(key, json!(words)),
            None if service.keys.contains_key(key) => set(key, Value::Null),
            None => {}
        }
    }
    if let Some(check) = &service.healthcheck {
        set("healthcheck", healthcheck(check));
    }
    lists(service, &mut all);
    deployed(service, &mut all);
    Value::Object(all)
}

/// Lists and mappings whose entries the client writes in another form.
fn lists(service: &Service, all: &mut Map<String, Value>) {
    let mut set = |key: &str, entries: Vec<Value>| {
        if !entries.is_empty() {
            all.insert(key.to_owned(), Value::Array(entries));
        }
    };
    set("devices", service.devices.iter().map(device).collect());
    set("ports", service.ports.iter().map(port).collect());
    set("extra_hosts", service.extra_hosts.iter().map(|line| json!(line.line())).collect());
    set("security_opt", service.security_opt.iter().map(|option| json!([option, null])).collect());
    if !service.depends_on.is_empty() {
        let pairs = service.depends_on.iter().map(|(name, dependency)| {
            let condition = match dependency.condition {
                DependencyCondition::ServiceStarted => "service_started",
                DependencyCondition::ServiceHealthy => "service_healthy",
                DependencyCondition::ServiceCompletedSuccessfully => "service_completed_successfully",
            };
            (name.clone(), json!({ "condition": condition }))
        });
        all.insert("depends_on".to_owned(), Value::Object(pairs.collect()));
    }
    if !service.ulimits.is_empty() {
        let limits = service.ulimits.iter().map(|(name, limit)| {
            let both = json!({ "soft": limit.soft, "hard": limit.hard });
            (name.clone(), if limit.single { json!(limit.soft) } else { both })
        });
        all.insert("ulimits".to_owned(), Value::Object(limits.collect()));
    }
}

/// What `deploy` says about one engine stands among the service's own settings, and so changes the hash.
fn deployed(service: &Service, all: &mut Map<String, Value>) {
    let deploy = service.deploy.as_ref();
    let resources = deploy.and_then(|deploy| deploy.resources.as_ref());
    let devices = resources.and_then(|resources| resources.reservations.as_ref()).map(|side| &side.devices);
    all.insert("device_requests".to_owned(), json!(devices.filter(|devices| !devices.is_empty())));
    if let Some(limits) = resources.and_then(|resources| resources.limits.as_ref()) {
        all.insert("mem_limit".to_owned(), json!(limits.memory));
        if let Some(cpus) = limits.cpus.as_ref().and_then(|cpus| cpus.parse::<f64>().ok()) {
            all.insert("cpus".to_owned(), json!(cpus));
        }
    }
    if let Some(reservations) = resources.and_then(|resources| resources.reservations.as_ref()) {
        all.insert("mem_reservation".to_owned(), json!(reservations.memory));
    }
    let restart = match deploy.and_then(|deploy| deploy.restart_policy.as_ref()) {
        Some(policy) => {
            let name = match policy.condition.as_deref() {
                Some("none") => "no",
                Some("on-failure") => "on-failure",
                _ => "always",
            };
            Some((name, policy.max_attempts.unwrap_or_default()))
        }
        None => service.restart.as_deref().filter(|restart| !restart.is_empty()).map(|restart| {
            let (name, count) = restart.split_once(':').unwrap_or((restart, "0"));
            (name, count.parse().unwrap_or_default())
        }),
    };
    if let Some((name, count)) = restart {
        all.insert("restart".to_owned(), json!({ "Name": name, "MaximumRetryCount": count }));
    }
}

fn mount_value(project: &Project, mount: &Mount, options: &Options<'_>) -> Value {
    let source = mount.source.as_ref().map(|source| match project.volumes.get(source) {
        Some(volume) if project.dialect != Dialect::V1 && mount.kind == MountKind::Volume => {
            volumes::name_of(source, volume, options.project)
        }
        _ => source.clone(),
    });
    if let Some(mode) = &mount.short_mode {
        return json!([source, mount.target, if mode.is_empty() { "rw" } else { mode }]);
    }
    let mut all = serde_json::to_value(mount).unwrap_or_default();
    if let Some(source) = source {
        all["source"] = json!(source);
    }
    if let Some(size) = mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size) {
        all["tmpfs"]["size"] = json!(size.0);
    }
    all
}

fn device(device: &Device) -> Value {
    let parts = [Some(&device.source), device.target.as_ref(), device.permissions.as_ref()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    json!(parts.join(":"))
}

/// A short form's `tcp` is the default, which the client does not write down.
fn port(port: &Port) -> Value {
    let published = port
        .published
        .map(|range| if range.start == range.end { json!(range.start) } else { json!(range.to_string()) });
    json!([port.target, published, port.protocol, port.mode, port.host_ip])
}

fn healthcheck(check: &HealthCheck) -> Value {
    let mut all = Map::new();
    match (&check.test, check.disable) {
        (_, Some(_)) => drop(all.insert("test".to_owned(), json!(["NONE"]))),
        (Some(HealthTest::Shell(text)), None) => drop(all.insert("test".to_owned(), json!(text))),
        (Some(HealthTest::Words(words)), None) => drop(all.insert("test".to_owned(), json!(words))),
        (None, None) => {}
    }
    for (key, value) in [("interval", check.interval), ("timeout", check.timeout), ("start_period", check.start_period)]
    {
        if let Some(value) = value {
            all.insert(key.to_owned(), json!(value.0));
        }
    }
    if let Some(retries) = check.retries {
        all.insert("retries".to_owned(), json!(retries));
    }
    Value::Object(all)
}
