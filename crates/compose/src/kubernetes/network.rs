//! The Services through which a Compose service is found and reached.

use super::Publish;
use super::object::{Manifest, Object, ObjectMeta, ServicePort, ServiceSpec, TextMap};
use super::sink::Sink;
use super::stack::{DraftService, PortConfig};

/// Port of a headless service, which exists only because a Service must have one.
const HEADLESS_PORT: u16 = 55555;
/// Most ports of one service; what compares them with each other takes no longer than this allows.
pub(super) const PORTS_MAX: usize = 1_000;
/// What is added to the name of the Service for published ports.
pub(super) const PUBLISHED: &str = "-published";
/// What is added to the name of the Service for ports that the cluster chooses.
pub(super) const RANDOM: &str = "-random-ports";

/// Makes the Services of a service: the one that names it within the cluster, then those that lead in from outside.
pub(super) fn services(
    service: &DraftService,
    meta: &ObjectMeta,
    selector: &TextMap,
    publish: Publish,
    sink: &mut Sink<'_>,
) -> Vec<Object> {
    let config = &service.config;
    for (key, count) in [("ports", config.ports.len()), ("expose", config.internal_ports.len())] {
        if count > PORTS_MAX {
            let message = format!("{count} ports are more than the {PORTS_MAX} that one service may have here");
            sink.error("TOO_MANY_PORTS", &service.spot(key), message, "list the ports that are used");
            return Vec::new();
        }
    }
    let mut made = vec![manifest(meta, "", internal(service, selector, sink))];
    let (mut published, mut random) = (Vec::new(), Vec::new());
    for (index, port) in service.config.ports.iter().enumerate() {
        let spot = service.spot(&format!("ports[{index}]"));
        let Some((target, outside)) = numbers(port) else {
            sink.error("INVALID_PORT", &spot, "a port is a number from 1 to 65535", "");
            continue;
        };
        let port = service_port(target, outside, protocol(&port.protocol), publish);
        let list = if outside.is_some() { &mut published } else { &mut random };
        if list.contains(&port) {
            continue;
        }
        if list.iter().any(|other: &ServicePort| other.name == port.name) {
            let message = format!("port {} is published twice, for different ports of the container", port.name);
            sink.error("PORT_TAKEN", &spot, message, "publish each on a port of its own");
        }
        if publish == Publish::NodePort && outside.is_some_and(|outside| !(30_000..=32_767).contains(&outside)) {
            let message =
                format!("port {} of the nodes is outside 30000-32767, the range that clusters allow", port.name);
            let instead = "publish a port of that range, publish through load balancers, or widen the cluster's range";
            sink.warning("NODE_PORT_RANGE", &spot, message, instead);
        }
        list.push(port);
    }
    let outside = match publish {
        Publish::LoadBalancer => "LoadBalancer",
        Publish::NodePort => "NodePort",
    };
    for (suffix, service_type, ports) in [(PUBLISHED, outside, published), (RANDOM, "NodePort", random)] {
        if !ports.is_empty() {
            let spec = ServiceSpec {
                service_type: Some(service_type),
                selector: selector.clone(),
                ports,
                ..ServiceSpec::default()
            };
            made.push(manifest(meta, suffix, spec));
        }
    }
    made
}

fn manifest(meta: &ObjectMeta, suffix: &str, spec: ServiceSpec) -> Object {
    let metadata = ObjectMeta { name: format!("{}{suffix}", meta.name), ..meta.clone() };
    Object::Service(Manifest { api_version: "v1", kind: "Service", metadata, spec })
}

/// Makes what names a service within the cluster: headless, or with an address where `expose` or `x-kubernetes` says so.
fn internal(service: &DraftService, selector: &TextMap, sink: &mut Sink<'_>) -> ServiceSpec {
    let config = &service.config;
    let headless = match config.internal_service_type.as_str() {
        "" => config.internal_ports.is_empty(),
        "Headless" => true,
        "ClusterIP" => false,
        other => {
            let spot = service.spot("x-kubernetes.internal_service_type");
            let message = format!("`{other}` is no type of service");
            sink.error("INVALID_VALUE", &spot, message, "write `ClusterIP` or `Headless`");
            true
        }
    };
    let selector = selector.clone();
    if headless {
        let port = ServicePort {
            name: "headless".to_owned(),
            protocol: "TCP",
            port: HEADLESS_PORT,
            target_port: HEADLESS_PORT,
            node_port: None,
        };
        return ServiceSpec { cluster_ip: Some("None"), selector, ports: vec![port], ..ServiceSpec::default() };
    }
    if config.internal_ports.is_empty() {
        let spot = service.spot("x-kubernetes.internal_service_type");
        let message = "a service with an address of its own needs the ports that it answers on";
        sink.error("MISSING_PORTS", &spot, message, "list them under `expose`");
    }
    let mut ports: Vec<ServicePort> = Vec::new();
    for internal in &config.internal_ports {
        let Some(port) = u16::try_from(internal.port).ok().filter(|port| *port > 0) else {
            sink.error("INVALID_PORT", &service.spot("expose"), "a port is a number from 1 to 65535", "");
            continue;
        };
        let protocol = protocol(&internal.protocol);
        let made = ServicePort { name: port_name(port, protocol), protocol, port, target_port: port, node_port: None };
        if !ports.contains(&made) {
            ports.push(made);
        }
    }
    ServiceSpec { selector, ports, ..ServiceSpec::default() }
}

fn service_port(target: u16, outside: Option<u16>, protocol: &'static str, publish: Publish) -> ServicePort {
    let (port, node_port) = match (outside, publish) {
        (Some(outside), Publish::LoadBalancer) => (outside, None),
        (Some(outside), Publish::NodePort) => (target, Some(outside)),
        (None, _) => (target, None),
    };
    let name = port_name(outside.unwrap_or(target), protocol);
    ServicePort { name, protocol, port, target_port: target, node_port }
}

fn port_name(port: u16, protocol: &str) -> String {
    format!("{port}-{}", protocol.to_ascii_lowercase())
}

/// Returns the container's port and the published one, if any.
pub(super) fn numbers(port: &PortConfig) -> Option<(u16, Option<u16>)> {
    let target = u16::try_from(port.target).ok().filter(|target| *target > 0)?;
    let published = u16::try_from(port.published).ok()?;
    Some((target, (published > 0).then_some(published)))
}

/// Returns the name that Kubernetes has for a protocol; TCP is what is meant where nothing is said.
pub(super) fn protocol(text: &str) -> &'static str {
    match text.to_ascii_lowercase().as_str() {
        "udp" => "UDP",
        "sctp" => "SCTP",
        _ => "TCP",
    }
}
