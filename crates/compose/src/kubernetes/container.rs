//! The pod of a service and its container.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::kompose::Kompose;
use super::name;
use super::network;
use super::object::{ObjectMeta, TextMap};
use super::placement;
use super::pod::{
    Capabilities, Container, ContainerPort, EnvVar, ExecAction, HostAlias, LocalReference, PodSecurityContext, PodSpec,
    PodTemplate, Probe, Resources, SecurityContext,
};
use super::quantity;
use super::sink::Sink;
use super::stack::{DraftService, ResourceConfig};
use super::volume::Volumes;

const SECOND: i64 = 1_000_000_000;

/// Makes the pod of a service.
pub(super) fn pod(
    service: &DraftService,
    labels: &TextMap,
    volumes: &Volumes,
    kompose: &Kompose,
    sink: &mut Sink<'_>,
) -> PodTemplate {
    let config = &service.config;
    let annotations = annotations(service, sink);
    let pull_secret = [&config.pull_secret, &kompose.pull_secret].into_iter().find(|name| !name.is_empty());
    if let Some(secret) = pull_secret
        && let Err(expected) = name::subdomain_1123(secret)
    {
        let spot = service.spot("x-kubernetes.pull_secret");
        sink.error("INVALID_NAME", &spot, format!("`{secret}` cannot be the name of a secret: {expected}"), "");
    }
    let spec = PodSpec {
        affinity: Some(placement::affinity(service, sink)),
        containers: vec![container(service, volumes, kompose, sink)],
        host_ipc: config.ipc == "host",
        host_pid: config.pid == "host",
        host_aliases: host_aliases(service, sink),
        hostname: hostname(service, sink),
        image_pull_secrets: pull_secret.into_iter().map(|name| LocalReference { name: name.clone() }).collect(),
        restart_policy: restart_policy(service, kompose, sink),
        security_context: kompose.fs_group.map(|fs_group| PodSecurityContext { fs_group }),
        service_account_name: kompose.service_account.clone(),
        termination_grace_period_seconds: config.stop_grace_period.map(|time| (time.max(0) / SECOND).unsigned_abs()),
        volumes: volumes.volumes.clone(),
    };
    PodTemplate { metadata: ObjectMeta { labels: labels.clone(), annotations, ..ObjectMeta::default() }, spec }
}

fn annotations(service: &DraftService, sink: &mut Sink<'_>) -> TextMap {
    let mut made = TextMap::new();
    for (key, value) in &service.config.labels {
        if name::is_qualified(key) {
            made.insert(key.clone(), value.clone());
        } else {
            let message = format!("`{key}` cannot be the key of an annotation and is left out");
            sink.warning(
                "INVALID_LABEL",
                &service.spot("labels"),
                message,
                "letters, digits, `-`, `_` and `.` are allowed, with one `/` after a DNS name",
            );
        }
    }
    made
}

fn container(service: &DraftService, volumes: &Volumes, kompose: &Kompose, sink: &mut Sink<'_>) -> Container {
    let config = &service.config;
    if config.image.is_empty() {
        let instead = "build and push the image, and name it under `image`";
        sink.error("MISSING_IMAGE", &service.spot(""), "Kubernetes runs images and builds none", instead);
    }
    let escaped = |words: &[String]| words.iter().map(|word| escape(word)).collect();
    Container {
        name: config.name.clone(),
        image: config.image.clone(),
        image_pull_policy: pull_policy(service, kompose, sink),
        command: escaped(&config.entrypoint),
        args: escaped(&config.command),
        working_dir: Some(config.working_dir.clone()).filter(|path| !path.is_empty()),
        env: environment(service, sink),
        ports: ports(service),
        resources: resources(service, sink),
        liveness_probe: kompose.liveness.clone().or_else(|| liveness(service, sink)),
        readiness_probe: kompose.readiness.clone(),
        security_context: security_context(service),
        stdin: config.stdin_open,
        tty: config.tty,
        volume_mounts: volumes.mounts.clone(),
    }
}

/// Keeps `$(NAME)` and `$$` as they are written: Kubernetes would expand them in commands and values, which Compose does not.
fn escape(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        made.push_str(before);
        let run = from.len() - from.trim_start_matches('$').len();
        let after = from.get(run..).unwrap_or_default();
        let count = if run > 1 || after.starts_with('(') { run * 2 } else { run };
        made.extend(std::iter::repeat_n('$', count));
        rest = after;
    }
    made.push_str(rest);
    made
}

fn pull_policy(service: &DraftService, kompose: &Kompose, sink: &mut Sink<'_>) -> &'static str {
    let config = &service.config;
    let asked = if config.pull_policy.is_empty() { kompose.pull_policy.as_str() } else { config.pull_policy.as_str() };
    match asked {
        "Always" => "Always",
        "IfNotPresent" => "IfNotPresent",
        "Never" => "Never",
        "" if config.image.ends_with(":latest") => "Always",
        "" => "IfNotPresent",
        other => {
            let spot = service.spot("x-kubernetes.pull_policy");
            let message = format!("`{other}` is no pull policy");
            sink.error("INVALID_VALUE", &spot, message, "write `Always`, `IfNotPresent` or `Never`");
            "IfNotPresent"
        }
    }
}

fn environment(service: &DraftService, sink: &mut Sink<'_>) -> Vec<EnvVar> {
    let mut made = Vec::with_capacity(service.config.environment.len());
    for (key, value) in &service.config.environment {
        let spot = service.spot(&format!("environment.{key}"));
        if !name::is_variable(key) {
            sink.error("INVALID_NAME", &spot, format!("`{key}` cannot be the name of a variable"), "");
        }
        match value {
            Some(value) => made.push(EnvVar { name: key.clone(), value: escape(value) }),
            None => {
                let message = format!("`{key}` has no value, and Kubernetes cannot unset a variable");
                sink.error("MISSING_VALUE", &spot, message, "give it a value, or set it where the file is read");
            }
        }
    }
    made
}

fn ports(service: &DraftService) -> Vec<ContainerPort> {
    let mut made = Vec::new();
    for port in service.config.ports.iter().take(network::PORTS_MAX) {
        // Numbers that are none are said where the Services are made.
        let Some((container_port, _)) = network::numbers(port) else { continue };
        let port = ContainerPort { container_port, protocol: network::protocol(&port.protocol) };
        if !made.contains(&port) {
            made.push(port);
        }
    }
    made
}

fn resources(service: &DraftService, sink: &mut Sink<'_>) -> Resources {
    let mut side = |key: &str, config: &Option<ResourceConfig>| {
        let mut made = TextMap::new();
        let Some(config) = config else { return made };
        if !config.cpus.is_empty() {
            match quantity::from_decimal(&config.cpus) {
                Some(cpu) => drop(made.insert("cpu".to_owned(), cpu)),
                None => {
                    let spot = service.spot(&format!("deploy.resources.{key}.cpus"));
                    let message = format!("`{}` is no number of CPUs", config.cpus);
                    sink.error("INVALID_VALUE", &spot, message, "write a number such as `0.5`");
                }
            }
        }
        if let Some(bytes) = u64::try_from(config.memory_bytes).ok().filter(|bytes| *bytes > 0) {
            made.insert("memory".to_owned(), quantity::from_bytes(bytes));
        }
        made
    };
    let resources = &service.config.deploy.resources;
    Resources { limits: side("limits", &resources.limits), requests: side("reservations", &resources.reservations) }
}

/// Makes the check that Docker would make. Where the file leaves a time out, the time is compose-on-kubernetes': a second.
fn liveness(service: &DraftService, sink: &mut Sink<'_>) -> Option<Probe> {
    let check = service.config.health_check.as_ref()?;
    let (kind, words) = check.test.split_first()?;
    let command = match kind.as_str() {
        "NONE" => return None,
        "CMD-SHELL" => ["sh", "-c"].into_iter().map(str::to_owned).chain(words.iter().cloned()).collect(),
        _ => words.to_vec(),
    };
    if words.is_empty() {
        let message = "the test has no command and is left out";
        sink.warning("MISSING_VALUE", &service.spot("healthcheck.test"), message, "write [\"CMD\", \"program\", ...]");
        return None;
    }
    if check.interval.is_none() || check.timeout.is_none() {
        let message = "a health check without `interval` or `timeout` is made every second, and may take one second";
        let instead = "write `interval`, `timeout` and `retries`, which every target holds to";
        sink.warning("SHORT_INTERVAL", &service.spot("healthcheck"), message, instead);
    }
    Some(Probe {
        exec: Some(ExecAction { command }),
        initial_delay_seconds: service.extra.start_period.map(seconds).filter(|seconds| *seconds > 0),
        timeout_seconds: check.timeout.map_or(1, seconds).max(1),
        period_seconds: check.interval.map_or(1, seconds).max(1),
        failure_threshold: check
            .retries
            .map_or(3, |retries| u32::try_from(retries).unwrap_or(u32::MAX))
            .clamp(1, i32::MAX.unsigned_abs()),
        ..Probe::default()
    })
}

/// Returns whole seconds.
pub(super) fn seconds(nanoseconds: i64) -> u32 {
    u32::try_from(nanoseconds.max(0) / SECOND).unwrap_or(i32::MAX.unsigned_abs()).min(i32::MAX.unsigned_abs())
}

fn security_context(service: &DraftService) -> Option<SecurityContext> {
    let config = &service.config;
    let names = |list: &[String]| -> Vec<String> {
        // Kubernetes knows the names without the prefix, and in capitals.
        let plain = |name: &String| name.to_ascii_uppercase();
        list.iter().map(plain).map(|name| name.strip_prefix("CAP_").map_or(name.clone(), str::to_owned)).collect()
    };
    let capabilities = Capabilities { add: names(&config.cap_add), drop: names(&config.cap_drop) };
    let made = SecurityContext {
        capabilities: Some(capabilities).filter(|capabilities| *capabilities != Capabilities::default()),
        privileged: config.privileged.then_some(true),
        read_only_root_filesystem: config.read_only.then_some(true),
        run_as_group: service.extra.group,
        run_as_user: config.user,
    };
    Some(made).filter(|made| *made != SecurityContext::default())
}

fn host_aliases(service: &DraftService, sink: &mut Sink<'_>) -> Vec<HostAlias> {
    let mut by_name = BTreeMap::new();
    for line in &service.config.extra_hosts {
        let spot = service.spot("extra_hosts");
        let Some((host, address)) = line.split_once([':', '=']) else {
            sink.error("INVALID_VALUE", &spot, format!("`{line}` is no line of a hosts file"), "write `name:address`");
            continue;
        };
        if address == "host-gateway" {
            let message = format!("`{host}` is left out: pods have no `host-gateway`");
            sink.warning("NO_EQUIVALENT", &spot, message, "take the node's address from the field `status.hostIP`");
            continue;
        }
        match address.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => drop(by_name.insert(host, address)),
            Err(_) => {
                sink.error("INVALID_VALUE", &spot, format!("`{address}` is no address"), "write an IP address");
            }
        }
    }
    let mut by_address: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (host, address) in by_name {
        by_address.entry(address.to_string()).or_default().push(host.to_owned());
    }
    by_address.into_iter().map(|(ip, hostnames)| HostAlias { ip, hostnames }).collect()
}

fn hostname(service: &DraftService, sink: &mut Sink<'_>) -> Option<String> {
    let hostname = Some(service.config.hostname.clone()).filter(|hostname| !hostname.is_empty())?;
    if let Err(expected) = name::label_1123(&hostname) {
        let message = format!("`{hostname}` cannot be the host name of a pod: {expected}");
        let instead = name::nearest(&hostname).map(|near| format!("write `{near}`")).unwrap_or_default();
        sink.error("INVALID_NAME", &service.spot("hostname"), message, &instead);
    }
    Some(hostname)
}

/// Pods of deployments, stateful sets and daemon sets are always restarted; a file that wants another thing is told so.
fn restart_policy(service: &DraftService, kompose: &Kompose, sink: &mut Sink<'_>) -> Option<&'static str> {
    // What ends is tried again where it fails, unless the file says otherwise.
    if kompose.cron.is_asked() || service.is_job() {
        return Some(service.ending().unwrap_or("OnFailure"));
    }
    let condition = service.config.deploy.restart_policy.as_ref()?.condition.as_str();
    let spot = service.spot("deploy.restart_policy.condition");
    match condition {
        "" | "any" => {}
        "none" | "on-failure" => {
            let message = format!("the pods are always restarted, though the file says `{condition}`");
            sink.warning("NO_EQUIVALENT", &spot, message, "write `mode: replicated-job` for what must end");
        }
        other => {
            let message = format!("`{other}` is no restart condition");
            sink.error("INVALID_VALUE", &spot, message, "write `any`, `on-failure` or `none`");
        }
    }
    Some("Always")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_would_expand_is_escaped() {
        for (text, expected) in [
            ("plain", "plain"),
            ("pa$word", "pa$word"),
            ("$HOME", "$HOME"),
            ("$(HOME)", "$$(HOME)"),
            ("$$", "$$$$"),
            ("echo $$ $(date)", "echo $$$$ $$(date)"),
            ("end$", "end$"),
            ("é$(x)", "é$$(x)"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }
}
