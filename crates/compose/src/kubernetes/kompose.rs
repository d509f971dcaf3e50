//! kompose's labels, which are read where that is asked for: <https://kompose.io/user-guide/>, "Labels".

mod autoscale;
mod cron;

use super::container::seconds;
use super::object::{
    IngressBackend, IngressHttp, IngressPath, IngressPort, IngressRule, IngressService, IngressSpec, IngressTls,
    Manifest, Object, ObjectMeta, TextMap,
};
use super::pod::{ExecAction, HttpGetAction, Probe, TcpSocketAction};
use super::quantity;
use super::sink::Sink;
use super::stack::DraftService;
use super::{Publish, name};

pub(super) use autoscale::Autoscale;
pub(super) use cron::Cron;

/// Prefix of the labels.
const PREFIX: &str = "kompose.";
/// The label that kompose puts on everything it makes.
pub(super) const SERVICE: &str = "io.kompose.service";

/// What runs a service's pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Controller {
    /// Pods that are alike.
    Deployment,
    /// Pods with volumes of their own.
    StatefulSet,
    /// One pod on each node.
    DaemonSet,
    /// Pods that end.
    Job,
}

/// What a service's labels ask for.
#[derive(Debug, Default)]
pub(super) struct Kompose {
    pub(super) autoscale: Autoscale,
    pub(super) controller: Option<Controller>,
    pub(super) cron: Cron,
    pub(super) fs_group: Option<i64>,
    pub(super) liveness: Option<Probe>,
    pub(super) publish: Option<Publish>,
    pub(super) pull_policy: String,
    pub(super) pull_secret: String,
    pub(super) readiness: Option<Probe>,
    pub(super) service_account: Option<String>,
    pub(super) storage_class: Option<String>,
    pub(super) traffic_policy: Option<&'static str>,
    pub(super) volume_size: Option<String>,
    expose: Option<String>,
    ingress_class: Option<String>,
    tls_secret: Option<String>,
}

/// Takes kompose's labels out of a service's own and reads them.
pub(super) fn take(service: &mut DraftService, sink: &mut Sink<'_>) -> Kompose {
    let mut labels = TextMap::new();
    for map in [&mut service.config.deploy.labels, &mut service.config.labels] {
        let (taken, kept) = std::mem::take(map).into_iter().partition(|(key, _)| key.starts_with(PREFIX));
        *map = kept;
        let taken: TextMap = taken;
        labels.extend(taken);
    }
    let mut made = Kompose::default();
    let mut node_port = None;
    for (key, value) in &labels {
        match key.strip_prefix(PREFIX).unwrap_or(key) {
            "service.nodeport.port" => node_port = Some(value.clone()),
            rest if rest.starts_with("service.healthcheck.") => {}
            rest => one(&mut made, rest, value, service, sink),
        }
    }
    if let Some(port) = node_port {
        self::node_port(&made, &port, service, sink);
    }
    if made.expose.is_some() {
        // What comes in from outside is led to the name within the cluster, which needs the port for it.
        let published = std::mem::take(&mut service.config.ports);
        unpublish_copy(service, &published);
        service.config.ports = published;
    }
    made.cron.check(service, sink);
    made.readiness = probe("readiness", &labels, service, sink);
    made.liveness = probe("liveness", &labels, service, sink);
    made
}

fn one(made: &mut Kompose, key: &str, value: &str, service: &mut DraftService, sink: &mut Sink<'_>) {
    let mut wrong = |expected: &str| {
        let message = format!("`{value}` is no value of the label `{PREFIX}{key}`");
        sink.error("INVALID_LABEL", &service.spot("labels"), message, expected);
    };
    match key {
        "service.type" => match value.to_ascii_lowercase().as_str() {
            "nodeport" => made.publish = Some(Publish::NodePort),
            "loadbalancer" => made.publish = Some(Publish::LoadBalancer),
            "headless" => unpublish(service, "Headless"),
            "clusterip" | "" => unpublish(service, "ClusterIP"),
            _ => wrong("write `nodeport`, `loadbalancer`, `clusterip` or `headless`"),
        },
        "controller.type" => match value.to_ascii_lowercase().as_str() {
            "deployment" => made.controller = Some(Controller::Deployment),
            "daemonset" => made.controller = Some(Controller::DaemonSet),
            "statefulset" => made.controller = Some(Controller::StatefulSet),
            _ => wrong("write `deployment`, `statefulset` or `daemonset`"),
        },
        "service.external-traffic-policy" => match value.to_ascii_lowercase().as_str() {
            "cluster" => made.traffic_policy = Some("Cluster"),
            "local" => made.traffic_policy = Some("Local"),
            _ => wrong("write `cluster` or `local`"),
        },
        "security-context.fsgroup" => match value.parse() {
            Ok(group) => made.fs_group = Some(group),
            Err(_) => wrong("write a group id"),
        },
        "volume.size" => match quantity::is_quantity(value) {
            true => made.volume_size = Some(value.to_owned()),
            false => wrong("write a size such as `1Gi`"),
        },
        "service.expose" => made.expose = Some(value.to_owned()),
        "service.expose.tls-secret" => made.tls_secret = Some(value.to_owned()),
        "service.expose.ingress-class-name" => made.ingress_class = Some(value.to_owned()),
        "image-pull-policy" => value.clone_into(&mut made.pull_policy),
        "image-pull-secret" => value.clone_into(&mut made.pull_secret),
        "serviceaccount-name" => made.service_account = Some(value.to_owned()),
        "volume.storage-class-name" => made.storage_class = Some(value.to_owned()),
        "service.group" => {
            let message = "the services of a `kompose.service.group` keep pods of their own, as kompose does without `--service-group-mode`";
            sink.warning("NO_EQUIVALENT", &service.spot("labels"), message, "");
        }
        key if key.starts_with("cronjob.") => {
            if let Err(expected) = made.cron.take(key, value) {
                wrong(expected);
            }
        }
        key if key.starts_with("hpa.") => {
            if let Err(expected) = made.autoscale.take(key, value) {
                wrong(expected);
            }
        }
        _ => {
            let message = format!("the label `{PREFIX}{key}` is not held to");
            sink.warning("NO_EQUIVALENT", &service.spot("labels"), message, "");
        }
    }
}

/// Leads nothing in from outside: the published ports become ports within the cluster.
fn unpublish(service: &mut DraftService, internal: &str) {
    let published = std::mem::take(&mut service.config.ports);
    unpublish_copy(service, &published);
    internal.clone_into(&mut service.config.internal_service_type);
}

fn unpublish_copy(service: &mut DraftService, published: &[super::stack::PortConfig]) {
    "ClusterIP".clone_into(&mut service.config.internal_service_type);
    for port in published {
        let protocol = super::network::protocol(&port.protocol).to_owned();
        let port = super::stack::InternalPort { port: port.target, protocol };
        if !service.config.internal_ports.contains(&port) {
            service.config.internal_ports.push(port);
        }
    }
}

fn node_port(made: &Kompose, text: &str, service: &mut DraftService, sink: &mut Sink<'_>) {
    let spot = service.spot("labels");
    let message = "`kompose.service.nodeport.port` needs `kompose.service.type: nodeport`, one port and a number";
    match (made.publish, text.parse::<u16>(), service.config.ports.as_mut_slice()) {
        (Some(Publish::NodePort), Ok(number), [port]) if number > 0 => port.published = u32::from(number),
        _ => sink.error("INVALID_LABEL", &spot, message, ""),
    }
}

fn probe(kind: &str, labels: &TextMap, service: &DraftService, sink: &mut Sink<'_>) -> Option<Probe> {
    let label = |name: &str| labels.get(&format!("{PREFIX}service.healthcheck.{kind}.{name}")).map(String::as_str);
    if label("disable").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    let check = service.config.health_check.as_ref();
    let mut made = Probe { timeout_seconds: 1, period_seconds: 1, failure_threshold: 3, ..Probe::default() };
    if let Some(check) = check.filter(|_| kind == "liveness") {
        made.timeout_seconds = check.timeout.map_or(1, seconds).max(1);
        made.period_seconds = check.interval.map_or(1, seconds).max(1);
        made.failure_threshold = check.retries.and_then(|retries| u32::try_from(retries).ok()).unwrap_or(3).max(1);
        made.initial_delay_seconds = service.extra.start_period.map(seconds).filter(|seconds| *seconds > 0);
    }
    let port = |name: &str| label(name).and_then(|text| text.parse::<u16>().ok()).filter(|port| *port > 0);
    if let (Some(path), Some(port)) = (label("http_get_path"), port("http_get_port")) {
        made.http_get = Some(HttpGetAction { path: path.to_owned(), port });
    } else if let Some(port) = port("tcp_port") {
        made.tcp_socket = Some(TcpSocketAction { port });
    } else if let Some(test) = label("test") {
        let test = test.strip_prefix("CMD-SHELL ").or_else(|| test.strip_prefix("CMD ")).unwrap_or(test);
        made.exec = Some(ExecAction { command: ["sh", "-c", test].map(str::to_owned).to_vec() });
    } else {
        return None;
    }
    for (name, slot) in [
        ("timeout", &mut made.timeout_seconds),
        ("interval", &mut made.period_seconds),
        ("retries", &mut made.failure_threshold),
    ] {
        if let Some(text) = label(name) {
            match whole_seconds(text).filter(|number| *number > 0) {
                Some(number) => *slot = number,
                None => {
                    let message = format!("`{text}` is no value of `{PREFIX}service.healthcheck.{kind}.{name}`");
                    sink.error("INVALID_LABEL", &service.spot("labels"), message, "write whole seconds such as `10s`");
                }
            }
        }
    }
    if let Some(delay) = label("start_period").and_then(whole_seconds).filter(|delay| *delay > 0) {
        made.initial_delay_seconds = Some(delay);
    }
    Some(made)
}

/// Reads `10s`, `2m`, `1h` or a plain number.
fn whole_seconds(text: &str) -> Option<u32> {
    let (number, factor) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    number.parse::<u32>().ok()?.checked_mul(factor)
}

/// Makes the Ingress of a service that `kompose.service.expose` asks for.
pub(super) fn ingress(
    kompose: &Kompose,
    service: &DraftService,
    meta: &ObjectMeta,
    sink: &mut Sink<'_>,
) -> Option<Object> {
    let expose = kompose.expose.as_deref()?.trim_matches([' ', ',']);
    let spot = service.spot("labels");
    let ports = service.config.ports.iter().map(|port| port.target);
    let number = ports.chain(service.config.internal_ports.iter().map(|port| port.port)).next();
    let Some(number) = number.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0) else {
        sink.error(
            "MISSING_PORTS",
            &spot,
            "`kompose.service.expose` needs a port to lead to",
            "write `ports` or `expose`",
        );
        return None;
    };
    let mut rules = Vec::new();
    for entry in expose.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (host, path) = match entry.find('/') {
            Some(at) => entry.split_at(at),
            None => (entry, "/"),
        };
        let host = Some(host.to_ascii_lowercase()).filter(|host| host != "true");
        if let Some(host) = &host
            && let Err(expected) = name::subdomain_1123(host.strip_prefix("*.").unwrap_or(host))
        {
            sink.error("INVALID_NAME", &spot, format!("`{host}` cannot be a host name: {expected}"), "");
        }
        let service = IngressService { name: meta.name.clone(), port: IngressPort { number } };
        let path = IngressPath { path: path.to_owned(), path_type: "Prefix", backend: IngressBackend { service } };
        rules.push(IngressRule { host, http: IngressHttp { paths: vec![path] } });
    }
    let hosts: Vec<String> = rules.iter().filter_map(|rule| rule.host.clone()).collect();
    let tls = kompose.tls_secret.iter().map(|secret| IngressTls { hosts: hosts.clone(), secret_name: secret.clone() });
    let spec = IngressSpec { ingress_class_name: kompose.ingress_class.clone(), tls: tls.collect(), rules };
    let metadata = meta.clone();
    Some(Object::Ingress(Manifest { api_version: "networking.k8s.io/v1", kind: "Ingress", metadata, spec }))
}
