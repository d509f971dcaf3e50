//! Networks: creating, connecting.

use access::{Operation as Op, Parameter};
use serde_json::Value;

use super::collect::{Collector, text};
use super::labels::Labels;
use super::{Creation, CreationKind, Pin, Target};
use crate::body::Canonical;
use crate::reference::ObjectRef;

/// Options that reach nothing but the network itself.
const OWN_OPTIONS: &[&str] = &[
    "encrypted",
    "com.docker.network.driver.mtu",
    "com.docker.network.bridge.enable_icc",
    "com.docker.network.bridge.enable_ip_masquerade",
    "com.docker.network.bridge.host_binding_ipv4",
    "com.docker.network.enable_ipv4",
    "com.docker.network.enable_ipv6",
];

impl Collector<'_> {
    pub(super) fn network_create(&mut self, body: Option<&Canonical>) {
        self.main(Op::NetworkCreate, Target::Created);
        let Some(body) = body.map(|body| &body.value) else { return };
        let name = text(body, "Name");
        self.needs.creation = Some(Creation { kind: CreationKind::Network, name: name.map(str::to_owned) });
        self.name("Name", name);
        self.labels("Labels", body.get("Labels"), Labels::New);
        let driver = text(body, "Driver").unwrap_or_default();
        if !matches!(driver, "" | "bridge" | "overlay") {
            self.admin(format!("the network driver `{driver}` reaches the host's interfaces"));
        }
        // On a bridge the word means nothing, and compose clients always send it.
        let local = matches!(driver, "" | "bridge");
        if !local && body.get("Attachable").and_then(Value::as_bool) == Some(true) {
            self.parameter(Parameter::Attachable);
        }
        let natural = match driver {
            "overlay" => "swarm",
            _ => "local",
        };
        if text(body, "Scope").is_some_and(|scope| scope != natural) {
            self.admin("the field `Scope` differs from the driver's own");
        }
        let options = body.get("Options").and_then(Value::as_object);
        for option in options.into_iter().flat_map(|options| options.keys()) {
            if !OWN_OPTIONS.contains(&option.as_str()) {
                self.admin(format!("the network option `{option}` is not known to be harmless"));
            }
        }
        let ipam = body.pointer("/IPAM/Driver").and_then(Value::as_str).unwrap_or_default();
        if !matches!(ipam, "" | "default") {
            self.admin(format!("the address driver `{ipam}` is not known to be harmless"));
        }
    }

    pub(super) fn network_connect(&mut self, network: &ObjectRef, body: Option<&Canonical>) {
        self.main(Op::NetworkConnect, Target::Network(network.clone()));
        let Some(body) = body.map(|body| &body.value) else { return };
        self.endpoint_container(Op::ContainerConnect, body);
        if let Some(endpoint) = body.get("EndpointConfig") {
            self.endpoint("/EndpointConfig", endpoint);
        }
    }

    pub(super) fn network_disconnect(&mut self, network: &ObjectRef, body: Option<&Canonical>) {
        self.main(Op::NetworkDisconnect, Target::Network(network.clone()));
        let Some(body) = body.map(|body| &body.value) else { return };
        self.endpoint_container(Op::ContainerDisconnect, body);
    }

    fn endpoint_container(&mut self, operation: Op, body: &Value) {
        let named = body.get("Container").and_then(Value::as_str).unwrap_or_default();
        if let Some(container) = self.object("Container", named) {
            let pin = Pin { pointer: "/Container".to_owned(), start: 0, end: named.len() };
            self.need_at(operation, Target::Container(container), Some(pin));
        }
    }
}
