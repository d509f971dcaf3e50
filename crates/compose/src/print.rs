//! A project as canonical Compose YAML and JSON, which loads to the same project again.

mod classic;
mod implicit;
mod write;
pub(crate) mod yaml;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::model::{Client, Dialect, Mount, Project, Service};

pub(crate) use write::{Each, json, text};

/// A project as it is printed. Services are made into what is printed one by one, since all of them as one value would take many times
/// the memory of their text.
pub struct Printed<'p> {
    project: &'p Project,
    client: Client,
    /// Whether names that the client makes up are filled in.
    is_config: bool,
    /// Whether dollar signs in services are doubled.
    is_escaped: bool,
    form: Form,
    /// What stands beside the services, in order.
    before: Vec<(String, Value)>,
    after: Vec<(String, Value)>,
}

/// Where services stand, and how they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// At the top, alone: version 1 as it is read back.
    Top,
    /// Under `services`.
    Section,
    /// Under `services`, as docker-compose 1.29's `config` prints them.
    Classic,
}

/// Prints a project so that it is read back as it is: a dollar sign in a value is doubled, so that it is read as one.
pub fn canonical(project: &Project, client: Client) -> Printed<'_> {
    Printed::new(project, client, false, true)
}

/// Prints a project whose variables were not put in: dollar signs stay as the file wrote them.
pub fn plain(project: &Project, client: Client) -> Printed<'_> {
    Printed::new(project, client, false, false)
}

/// Prints what the stock client's `config` does: names it makes up are filled in, and version 1 is printed as 1.29 does, which nothing
/// reads back.
pub fn config(project: &Project, client: Client) -> Printed<'_> {
    // The stack client prints dollar signs as they are.
    Printed::new(project, client, true, !matches!(client, Client::StackDeploy(_)))
}

impl<'p> Printed<'p> {
    fn new(project: &'p Project, client: Client, is_config: bool, is_escaped: bool) -> Self {
        let is_version_1 = project.dialect == Dialect::V1;
        let is_own_config = is_config && !matches!(client, Client::StackDeploy(_));
        let form = match (is_version_1, is_own_config) {
            (true, false) => Form::Top,
            (true, true) => Form::Classic,
            (false, true) if client == Client::ComposeV1_29 => Form::Classic,
            (false, _) => Form::Section,
        };
        let mut printed = Self { project, client, is_config, is_escaped, form, before: Vec::new(), after: Vec::new() };
        if form != Form::Top {
            printed.beside();
        }
        printed
    }

    /// Makes what stands beside the services.
    fn beside(&mut self) {
        let (project, client) = (self.project, self.client);
        let beside = implicit::beside(project, self.is_config.then_some(client));
        let Ok(Value::Object(mut root)) = serde_json::to_value(&beside) else { return };
        if client != Client::Specification || project.dialect == Dialect::V1 {
            root.remove("name");
        }
        if project.dialect == Dialect::V1 {
            root.insert("version".to_owned(), "1".into());
        }
        if self.is_escaped {
            escape_sections(client, &mut root);
        }
        let mut root: Map<String, Value> = sorted(root.into_iter()).into_iter().collect();
        if self.form == Form::Classic {
            // The version that the client makes up comes last.
            classic::adapt(&mut root, &beside);
        }
        let mut parts = root.into_iter();
        self.before = parts.by_ref().take_while(|(key, _)| key != "services").collect();
        self.after = parts.collect();
    }

    /// Returns the services in order.
    fn services(&self) -> impl Iterator<Item = (Cow<'p, str>, Value)> {
        let enabled = self.project.services.iter().map(|(name, service)| (name, service, true));
        let mut services: Vec<_> = enabled.collect();
        if self.form == Form::Top {
            services = sorted(services.into_iter().map(|(name, service, _)| (name, service)))
                .into_iter()
                .map(|(name, service)| (name, service, true))
                .collect();
        } else if self.client == Client::ComposeV1_29 {
            // docker-compose 1.29 prints services whatever their profiles.
            services.extend(self.project.disabled_services.iter().map(|(name, service)| (name, service, false)));
        }
        services.into_iter().map(|(name, service, is_enabled)| {
            let name = match self.form {
                Form::Classic => classic::escaped(name),
                Form::Top | Form::Section => Cow::Borrowed(name.as_str()),
            };
            (name, self.service(service, is_enabled))
        })
    }

    /// Makes what is printed of one service.
    fn service(&self, service: &Service, is_enabled: bool) -> Value {
        let is_version_1 = self.project.dialect == Dialect::V1;
        let model = if self.is_config && is_enabled {
            Cow::Owned(implicit::service(service, self.client, is_version_1))
        } else {
            Cow::Borrowed(service)
        };
        let mut value = serde_json::to_value(&*model).unwrap_or_default();
        if self.form == Form::Top {
            adapt(&mut value, &model, Client::ComposeV1_29, true);
            version_1(&mut value);
            escape(&mut value);
            return value;
        }
        adapt(&mut value, &model, self.client, is_version_1);
        if self.is_escaped {
            escape(&mut value);
        }
        if self.form == Form::Classic {
            classic::service(&mut value, &model, is_version_1);
            classic::escape_keys(&mut value);
        }
        value
    }
}

/// Doubles the dollar signs in what the client interpolates.
fn escape_sections(client: Client, root: &mut Map<String, Value>) {
    for (key, entry) in root.iter_mut() {
        let is_interpolated = matches!(key.as_str(), "networks" | "volumes" | "secrets" | "configs");
        if is_interpolated || client == Client::Specification {
            escape(entry);
        }
    }
}

/// Version 1 has other names for three keys.
fn version_1(value: &mut Value) {
    let Some(service) = value.as_object_mut() else { return };
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
fn rank(key: &str) -> u8 {
    match key {
        "version" => 0,
        "name" => 1,
        "services" => 2,
        _ => 3,
    }
}

fn sorted<K: AsRef<str>, V>(entries: impl Iterator<Item = (K, V)>) -> Vec<(K, V)> {
    let mut entries: Vec<(K, V)> = entries.collect();
    entries.sort_by(|(left, _), (right, _)| {
        let (left, right) = (left.as_ref(), right.as_ref());
        rank(left).cmp(&rank(right)).then_with(|| left.cmp(right))
    });
    entries
}
