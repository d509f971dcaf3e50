//! A project as canonical Compose YAML and JSON, which loads to the same project again.

mod classic;
mod implicit;
pub(crate) mod yaml;

use serde_json::{Map, Value};

use crate::model::{Client, Dialect, Mount, Project, Service};

/// Writes a project as YAML.
pub fn to_yaml(project: &Project, client: Client) -> String {
    yaml::write(&to_value(project, client))
}

/// Writes a project as JSON.
pub fn to_json(project: &Project, client: Client) -> String {
    value_to_json(&to_value(project, client))
}

/// Makes the value that both are written from. A dollar sign in a value is doubled, so that it is read back as one.
pub fn to_value(project: &Project, client: Client) -> Value {
    value(project, client, true)
}

fn value(project: &Project, client: Client, is_escaped: bool) -> Value {
    let mut value = serde_json::to_value(project).unwrap_or_default();
    let Some(root) = value.as_object_mut() else { return value };
    if client != Client::Specification {
        root.remove("name");
    }
    if project.dialect == Dialect::V1 {
        return version_1(project, root);
    }
    sections(project, client, root);
    if is_escaped {
        escape_sections(client, root);
    }
    sort(root)
}

/// Makes what the stock client's `config` prints: names it makes up are filled in, and version 1 is printed as 1.29 does, which
/// nothing reads back.
pub fn to_config_value(project: &Project, client: Client) -> Value {
    let project = project.clone().with_implicit_names(client);
    if matches!(client, Client::StackDeploy(_)) {
        // The stack client prints dollar signs as they are.
        return value(&project, client, false);
    }
    if project.dialect != Dialect::V1 {
        let mut value = to_value(&project, client);
        if client == Client::ComposeV1_29 {
            as_classic(&mut value, &project);
        }
        return value;
    }
    let mut value = serde_json::to_value(&project).unwrap_or_default();
    let Some(root) = value.as_object_mut() else { return value };
    root.remove("name");
    root.insert("version".to_owned(), "1".into());
    sections(&project, client, root);
    escape_sections(client, root);
    as_classic(&mut value, &project);
    value.as_object_mut().map(sort).unwrap_or_default()
}

fn as_classic(value: &mut Value, project: &Project) {
    let Some(root) = value.as_object_mut() else { return };
    classic::adapt(root, project);
    for section in ["services", "networks", "volumes", "secrets", "configs"] {
        if let Some(section) = root.get_mut(section) {
            classic::escape_keys(section);
        }
    }
}

/// Makes the value of a project whose variables were not put in: dollar signs stay as the file wrote them.
pub fn to_plain_value(project: &Project, client: Client) -> Value {
    value(project, client, false)
}

/// Writes a value as YAML.
pub fn value_to_yaml(value: &Value) -> String {
    yaml::write(value)
}

/// Writes a value as JSON.
pub fn value_to_json(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn sections(project: &Project, client: Client, root: &mut Map<String, Value>) {
    let is_classic = client == Client::ComposeV1_29;
    let is_version_1 = project.dialect == Dialect::V1;
    if let Some(services) = root.get_mut("services").and_then(Value::as_object_mut) {
        for (name, service) in services.iter_mut() {
            if let Some(model) = project.services.get(name) {
                adapt(service, model, client, is_version_1);
            }
        }
        if is_classic {
            // docker-compose 1.29 prints services whatever their profiles.
            for (name, model) in &project.disabled_services {
                let mut service = serde_json::to_value(model).unwrap_or_default();
                adapt(&mut service, model, client, is_version_1);
                services.insert(name.clone(), service);
            }
        }
    }
}

/// Doubles the dollar signs in what the client interpolates.
fn escape_sections(client: Client, root: &mut Map<String, Value>) {
    for (key, entry) in root.iter_mut() {
        let is_interpolated = matches!(key.as_str(), "services" | "networks" | "volumes" | "secrets" | "configs");
        if is_interpolated || client == Client::Specification {
            escape(entry);
        }
    }
}

/// Version 1 has its services at the top, and other names for three keys.
fn version_1(project: &Project, root: &mut Map<String, Value>) -> Value {
    let mut services = root.remove("services").unwrap_or_default();
    let Some(map) = services.as_object_mut() else { return services };
    for (name, service) in map.iter_mut() {
        let Some(model) = project.services.get(name) else { continue };
        adapt(service, model, Client::ComposeV1_29, true);
        let Some(service) = service.as_object_mut() else { continue };
        if let Some(mode) = service.remove("network_mode") {
            service.insert("net".to_owned(), mode);
        }
        if let Some(Value::Object(mut logging)) = service.remove("logging") {
            service.extend(logging.remove("driver").map(|driver| ("log_driver".to_owned(), driver)));
            service.extend(logging.remove("options").map(|options| ("log_opt".to_owned(), options)));
        }
        if let Some(Value::Object(mut build)) = service.remove("build") {
            service.extend(build.remove("context").map(|context| ("build".to_owned(), context)));
            service.extend(build.remove("dockerfile").map(|dockerfile| ("dockerfile".to_owned(), dockerfile)));
        }
    }
    escape(&mut services);
    match &mut services {
        Value::Object(map) => sort(map),
        _ => Value::Object(Map::new()),
    }
}

/// What a dialect writes in another way than the model's long form.
fn adapt(value: &mut Value, service: &Service, client: Client, is_version_1: bool) {
    let Some(map) = value.as_object_mut() else { return };
    for (name, limit) in &service.ulimits {
        let ulimits = map.get_mut("ulimits").and_then(Value::as_object_mut);
        if let (true, Some(soft), Some(ulimits)) = (limit.single, limit.soft, ulimits) {
            ulimits.insert(name.clone(), soft.into());
        }
    }
    if client == Client::Specification {
        return;
    }
    ports(map, service, is_version_1);
    hosts(map);
    sizes(map, service);
    for references in ["secrets", "configs"] {
        for reference in map.get_mut(references).and_then(Value::as_array_mut).into_iter().flatten() {
            let mode = reference.get("mode").and_then(Value::as_str).and_then(|mode| i64::from_str_radix(mode, 8).ok());
            if let (Some(mode), Some(reference)) = (mode, reference.as_object_mut()) {
                reference.insert("mode".to_owned(), mode.into());
            }
        }
    }
    devices(map, service);
    if matches!(client, Client::StackDeploy(_)) {
        let names: Vec<Value> = service.depends_on.keys().map(|name| name.clone().into()).collect();
        if !names.is_empty() {
            map.insert("depends_on".to_owned(), names.into());
        }
        return;
    }
    for dependency in
        map.get_mut("depends_on").and_then(Value::as_object_mut).into_iter().flat_map(|map| map.values_mut())
    {
        if let Some(dependency) = dependency.as_object_mut() {
            dependency.remove("required");
            dependency.remove("restart");
        }
    }
    let volumes: Vec<Value> = service.volumes.iter().map(classic_mount).collect();
    if !volumes.is_empty() {
        map.insert("volumes".to_owned(), volumes.into());
    }
}

/// The older dialects take port numbers, and have no key for the address.
fn ports(map: &mut Map<String, Value>, service: &Service, is_version_1: bool) {
    let is_short = |port: &crate::model::Port| {
        let is_range = port.published.is_some_and(|range| range.start != range.end);
        port.host_ip.is_some() || is_range || is_version_1
    };
    let ports = service.ports.iter().map(|port| {
        let protocol = port.protocol.as_deref().map(|protocol| format!("/{protocol}")).unwrap_or_default();
        let published = port.published.map(|range| range.to_string()).unwrap_or_default();
        if is_short(port) {
            let address =
                port.host_ip.as_deref().map(|ip| if ip.contains(':') { format!("[{ip}]:") } else { format!("{ip}:") });
            let address = address.unwrap_or_default();
            let colon = if address.is_empty() && published.is_empty() { "" } else { ":" };
            return Value::String(format!("{address}{published}{colon}{}{protocol}", port.target));
        }
        let mut value = serde_json::to_value(port).unwrap_or_default();
        if let (Some(range), Some(value)) = (port.published, value.as_object_mut()) {
            value.insert("published".to_owned(), range.start.into());
        }
        value
    });
    let ports: Vec<Value> = ports.collect();
    if !ports.is_empty() {
        map.insert("ports".to_owned(), ports.into());
    }
}

/// `host:address`, which every client reads.
fn hosts(map: &mut Map<String, Value>) {
    let fix = |value: &mut Value| {
        for line in value.as_array_mut().into_iter().flatten() {
            if let Some(text) = line.as_str() {
                *line = text.replacen('=', ":", 1).into();
            }
        }
    };
    if let Some(value) = map.get_mut("extra_hosts") {
        fix(value);
    }
    if let Some(value) = map.get_mut("build").and_then(|build| build.get_mut("extra_hosts")) {
        fix(value);
    }
}

/// Sizes as numbers where the older schemas want them.
fn sizes(map: &mut Map<String, Value>, service: &Service) {
    let tmpfs = service.volumes.iter().map(|mount| mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size));
    let values = map.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten();
    for (value, size) in values.zip(tmpfs) {
        if let (Some(size), Some(tmpfs)) = (size, value.get_mut("tmpfs").and_then(Value::as_object_mut)) {
            tmpfs.insert("size".to_owned(), size.0.into());
        }
    }
}

/// `source:target:permissions`.
fn devices(map: &mut Map<String, Value>, service: &Service) {
    let devices = service.devices.iter().map(|device| {
        let parts = [Some(&device.source), device.target.as_ref(), device.permissions.as_ref()];
        Value::String(parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(":"))
    });
    let devices: Vec<Value> = devices.collect();
    if !devices.is_empty() {
        map.insert("devices".to_owned(), devices.into());
    }
}

/// docker-compose 1.29 prints short forms as short forms.
fn classic_mount(mount: &Mount) -> Value {
    let Some(mode) = &mount.short_mode else { return serde_json::to_value(mount).unwrap_or_default() };
    let mode = if mode.is_empty() { "rw" } else { mode };
    match &mount.source {
        Some(source) => format!("{source}:{}:{mode}", mount.target).into(),
        None => mount.target.clone().into(),
    }
}

/// Doubles every dollar sign.
fn escape(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('$') => *text = text.replace('$', "$$"),
        Value::Array(list) => list.iter_mut().for_each(escape),
        Value::Object(map) => map.values_mut().for_each(escape),
        _ => {}
    }
}

/// `version` and `name` first, then the sections by name.
fn sort(root: &mut Map<String, Value>) -> Value {
    let rank = |key: &str| match key {
        "version" => 0,
        "name" => 1,
        "services" => 2,
        _ => 3,
    };
    let mut entries: Vec<(String, Value)> = std::mem::take(root).into_iter().collect();
    entries.sort_by(|(left, _), (right, _)| rank(left).cmp(&rank(right)).then_with(|| left.cmp(right)));
    entries.into_iter().collect::<Map<_, _>>().into()
}
