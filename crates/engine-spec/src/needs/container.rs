//! Creating containers: every field that reaches beyond the container.

use access::{Operation as Op, Parameter};
use serde_json::Value;

use super::collect::{Collector, list, text, texts};
use super::labels::Labels;
use super::{Creation, CreationKind, FollowUp, Pin, Request, Target};

/// Log drivers that write to the node alone.
const LOCAL_LOGS: &[&str] = &["", "json-file", "local", "journald", "none"];
/// Options of log drivers that name no address, socket or file.
const LOCAL_LOG_OPTIONS: &[&str] = &[
    "max-size",
    "max-file",
    "compress",
    "labels",
    "labels-regex",
    "env",
    "env-regex",
    "tag",
    "mode",
    "max-buffer-size",
    "cache-disabled",
    "cache-max-size",
    "cache-max-file",
    "cache-compress",
];

impl Collector<'_> {
    pub(super) fn container_create(&mut self, request: &Request<'_>) {
        self.main(Op::ContainerCreate, Target::Created);
        self.needs.schedules = true;
        let name = request.query.non_empty("name");
        self.needs.creation = Some(Creation {
            kind: CreationKind::Container,
            name: name.map(|name| name.trim_start_matches('/').to_owned()),
        });
        self.name("name", name);
        let Some(body) = request.body.map(|body| &body.value) else { return };
        self.labels("Labels", body.get("Labels"), Labels::New);
        if let Some(image) = text(body, "Image").and_then(|image| self.image("Image", image)) {
            self.need(Op::ImageView, Target::Image(image));
        }
        let host = body.get("HostConfig").unwrap_or(&Value::Null);
        let driver = self.volume_driver(host);
        if body.get("Volumes").and_then(Value::as_object).is_some_and(|volumes| !volumes.is_empty()) {
            self.volume("Volumes", None, driver);
        }
        self.binds(host, driver);
        for (index, mount) in list(host, "Mounts").iter().enumerate() {
            self.mount(&format!("HostConfig.Mounts.{index}"), mount);
        }
        self.namespaces(host);
        self.relatives(host);
        self.sandbox(host);
        self.logging("HostConfig.LogConfig", text_or(host, "/LogConfig/Type"), host.pointer("/LogConfig/Config"));
        self.published(host);
        self.endpoints(body);
    }

    /// Judges the modes that join namespaces of the host or of other containers.
    fn namespaces(&mut self, host: &Value) {
        match text(host, "NetworkMode").unwrap_or_default() {
            "" => self.parameter(Parameter::BridgeNetworking),
            mode if mode == "container" || mode.starts_with("container:") => self.join("NetworkMode", mode),
            network => self.network("HostConfig.NetworkMode", network, None),
        }
        self.mode("PidMode", host, &[], Parameter::PidMode);
        self.mode("IpcMode", host, &["none", "private", "shareable"], Parameter::IpcMode);
        self.mode("Cgroup", host, &[], Parameter::CgroupMode);
        self.mode("CgroupnsMode", host, &["private"], Parameter::CgroupMode);
        self.mode("UTSMode", host, &[], Parameter::UtsMode);
        self.mode("UsernsMode", host, &[], Parameter::UserNamespace);
    }

    fn mode(&mut self, field: &str, host: &Value, harmless: &[&str], parameter: Parameter) {
        let Some(mode) = text(host, field) else { return };
        if mode == "container" || mode.starts_with("container:") {
            self.join(field, mode);
        } else if !harmless.contains(&mode) {
            // `host`, and whatever an engine may come to understand.
            self.parameter(parameter);
        }
    }

    /// Judges `container:X`: as much as exec on it.
    fn join(&mut self, field: &str, mode: &str) {
        let named = mode.strip_prefix("container:").unwrap_or_default();
        self.joined(field, &format!("/HostConfig/{field}"), mode.len() - named.len(), named);
    }

    fn joined(&mut self, field: &str, pointer: &str, start: usize, named: &str) {
        let bare = named.trim_start_matches('/');
        let start = start + named.len() - bare.len();
        if let Some(container) = self.object(field, bare) {
            let pin = Pin { pointer: pointer.to_owned(), start, end: start + bare.len() };
            self.need_at(Op::ContainerJoin, Target::Container(container), Some(pin));
        }
    }

    /// Judges links and inherited volumes.
    fn relatives(&mut self, host: &Value) {
        for (index, link) in texts(host, "Links") {
            let named = link.split(':').next().unwrap_or_default();
            self.joined("HostConfig.Links", &format!("/HostConfig/Links/{index}"), 0, named);
        }
        for (index, source) in texts(host, "VolumesFrom") {
            let named = source.split(':').next().unwrap_or_default();
            let bare = named.trim_start_matches('/');
            let start = named.len() - bare.len();
            if let Some(container) = self.object("HostConfig.VolumesFrom", bare) {
                let pointer = format!("/HostConfig/VolumesFrom/{index}");
                let pin = Pin { pointer, start, end: start + bare.len() };
                self.need_at(Op::ContainerView, Target::Container(container.clone()), Some(pin));
                self.follow(FollowUp::VolumesFrom(container));
            }
        }
    }

    fn sandbox(&mut self, host: &Value) {
        let confined = ["no-new-privileges", "no-new-privileges=true", "no-new-privileges:true"];
        if texts(host, "SecurityOpt").any(|(_, option)| !confined.contains(&option)) {
            self.parameter(Parameter::SecurityOptions);
        }
        self.isolation(text(host, "Isolation"));
        self.out_of_memory(host.get("OomScoreAdj"));
        if texts(host, "ExtraHosts").any(|(_, entry)| entry.contains("host-gateway")) {
            self.parameter(Parameter::ExtraHosts);
        }
    }

    pub(super) fn isolation(&mut self, isolation: Option<&str>) {
        if isolation.is_some_and(|isolation| !isolation.eq_ignore_ascii_case("default")) {
            self.parameter(Parameter::RuntimeOptions);
        }
    }

    pub(super) fn out_of_memory(&mut self, adjustment: Option<&Value>) {
        if adjustment.and_then(Value::as_i64).is_some_and(|adjustment| adjustment < 0) {
            self.parameter(Parameter::KernelTuning);
        }
    }

    /// Judges a log driver with its options: engines write to whatever address these name.
    pub(super) fn logging(&mut self, field: &str, driver: &str, options: Option<&Value>) {
        let allowed = LOCAL_LOGS.contains(&driver) || self.rules.log_drivers.iter().any(|known| known == driver);
        let options = options.and_then(Value::as_object);
        let plain = options.is_none_or(|map| map.keys().all(|key| LOCAL_LOG_OPTIONS.contains(&key.as_str())));
        if !allowed || !plain {
            self.parameter(Parameter::LogOptions);
        }
        if options.is_some_and(|map| map.values().any(|value| value.as_str().is_some_and(|text| text.contains('\0')))) {
            self.malformed(field, "an option holds a NUL");
        }
    }

    /// Refuses to publish ports of our own listeners.
    fn published(&mut self, host: &Value) {
        let Some(bindings) = host.get("PortBindings").and_then(Value::as_object) else { return };
        for (port, hosts) in bindings {
            let protocol = port.split_once('/').map_or("tcp", |(_, protocol)| protocol);
            for binding in hosts.as_array().into_iter().flatten() {
                let Some(range) = text(binding, "HostPort") else { continue };
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else {
                    self.malformed("HostConfig.PortBindings", "a host port is a number or a range of numbers");
                    continue;
                };
                if !protocol.eq_ignore_ascii_case("udp") && !protocol.eq_ignore_ascii_case("sctp") {
                    self.own_ports("HostConfig.PortBindings", first..=last);
                }
            }
        }
    }

    pub(super) fn own_ports(&mut self, field: &str, range: std::ops::RangeInclusive<u16>) {
        let taken = self.rules.own_ports.iter().find(|port| range.contains(port));
        if let Some(port) = taken {
            self.refuse(field, format!("port {port} belongs to the control plane"));
        }
    }

    fn endpoints(&mut self, body: &Value) {
        let endpoints = body.pointer("/NetworkingConfig/EndpointsConfig").and_then(Value::as_object);
        for (network, endpoint) in endpoints.into_iter().flatten() {
            self.network("NetworkingConfig.EndpointsConfig", network, None);
            let escaped = network.replace('~', "~0").replace('/', "~1");
            self.endpoint(&format!("/NetworkingConfig/EndpointsConfig/{escaped}"), endpoint);
        }
    }

    /// Judges what an endpoint's settings name: another network's id, links.
    pub(super) fn endpoint(&mut self, pointer: &str, endpoint: &Value) {
        if let Some(id) = text(endpoint, "NetworkID") {
            let pin = Pin { pointer: format!("{pointer}/NetworkID"), start: 0, end: id.len() };
            self.network("NetworkID", id, Some(pin));
        }
        for (index, link) in texts(endpoint, "Links") {
            let named = link.split(':').next().unwrap_or_default();
            self.joined("Links", &format!("{pointer}/Links/{index}"), 0, named);
        }
    }

    /// Judges joining a network, the predefined ones by their parameters.
    pub(super) fn network(&mut self, field: &str, network: &str, pin: Option<Pin>) {
        match network {
            "none" => {}
            "host" => self.parameter(Parameter::HostNetworking),
            "bridge" | "default" | "nat" => self.parameter(Parameter::BridgeNetworking),
            _ => {
                if let Some(network) = self.object(field, network) {
                    self.need_at(Op::NetworkConnect, Target::Network(network), pin);
                }
            }
        }
    }
}

fn text_or<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
