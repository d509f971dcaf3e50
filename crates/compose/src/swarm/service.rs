//! One service's specification.

use serde_json::{Map, Value, json};

use super::{LABEL_IMAGE, Options, capabilities, deploy, files, labels, mounts, networks, scoped};
use crate::model::{CommandLine, HealthCheck, Port, Project, Service, StackClient};
use crate::notes::Notes;
use crate::shell;

pub(super) fn convert(project: &Project, service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let settings = service.deploy.as_deref();
    let no_labels = std::collections::BTreeMap::new();
    let mut service_labels = labels(options.namespace, settings.map_or(&no_labels, |deploy| &deploy.labels));
    service_labels.insert(LABEL_IMAGE.to_owned(), json!(service.image.clone().unwrap_or_default()));
    let mut template = Map::new();
    template.insert("ContainerSpec".to_owned(), container(project, service, options, notes));
    template.insert("Resources".to_owned(), deploy::resources(service, notes));
    template.insert("RestartPolicy".to_owned(), deploy::restart_policy(service, notes));
    template.insert("Placement".to_owned(), deploy::placement(settings));
    template.insert("Networks".to_owned(), networks::attachments(project, service, options, notes));
    template.insert("ForceUpdate".to_owned(), json!(0));
    if let Some(logging) = &service.logging {
        let pairs: Map<String, Value> = logging
            .options
            .iter()
            .map(|(key, value)| (key.clone(), json!(value.clone().unwrap_or_default())))
            .collect();
        template.insert("LogDriver".to_owned(), json!({ "Name": logging.driver, "Options": pairs }));
    }
    template.retain(|_, value| !value.is_null());
    json!({
        "Name": scoped(options.namespace, &service.name),
        "Labels": service_labels,
        "TaskTemplate": template,
        "Mode": deploy::mode(service, options, notes),
        "UpdateConfig": deploy::update_config(settings.and_then(|deploy| deploy.update_config.as_deref())),
        "RollbackConfig": deploy::update_config(settings.and_then(|deploy| deploy.rollback_config.as_deref())),
        "EndpointSpec": endpoint(service),
    })
}

fn container(project: &Project, service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let (add, drop) = capabilities::effective(&service.cap_add, &service.cap_drop);
    if options.client == StackClient::V28 && service.image.as_ref().is_none_or(String::is_empty) {
        let message = "invalid image reference: no image specified";
        notes.service_error(service, "image", "IMAGE_MISSING", message);
    }
    let mut privileges =
        json!({ "CredentialSpec": files::credentials(project, service, options, notes), "SELinuxContext": null });
    if options.client == StackClient::V28 {
        privileges["NoNewPrivileges"] = json!(false);
    }
    let mut spec = json!({
        "Image": service.image.clone().unwrap_or_default(),
        "Labels": labels(options.namespace, &service.labels),
        "Command": words(service, "entrypoint", service.entrypoint.as_ref(), notes),
        "Args": words(service, "command", service.command.as_ref(), notes),
        "Hostname": service.hostname,
        "Env": environment(service),
        "Dir": service.working_dir,
        "User": service.user,
        "Privileges": privileges,
        "StopSignal": service.stop_signal,
        "Mounts": mounts::convert(project, service, options, notes),
        "Secrets": files::references(project, service, options, files::Kind::Secret, notes),
        "Configs": files::references(project, service, options, files::Kind::Config, notes),
        "Hosts": hosts(service),
        "Isolation": service.isolation,
        "Sysctls": service.sysctls,
        "CapabilityAdd": add,
        "CapabilityDrop": drop,
        "Ulimits": ulimits(service),
        "Init": service.init,
        "StopGracePeriod": service.stop_grace_period.map(|period| period.0),
    });
    for (key, on) in [("TTY", service.tty), ("OpenStdin", service.stdin_open), ("ReadOnly", service.read_only)] {
        if on.unwrap_or_default() {
            spec[key] = json!(true);
        }
    }
    if !service.dns.is_empty() || !service.dns_search.is_empty() {
        spec["DNSConfig"] = json!({ "Nameservers": service.dns, "Search": service.dns_search });
    }
    if let Some(check) = &service.healthcheck {
        spec["Healthcheck"] = healthcheck(service, check, options, notes);
    }
    spec
}

fn words(service: &Service, key: &str, line: Option<&CommandLine>, notes: &mut Notes<'_>) -> Vec<String> {
    match line {
        None => Vec::new(),
        Some(CommandLine::Words(words)) => words.clone(),
        Some(CommandLine::Text(text)) => shell::split(text).unwrap_or_else(|| {
            notes.service_error(service, key, "COMMAND_LINE", "EOF found when expecting closing quote");
            Vec::new()
        }),
    }
}

fn environment(service: &Service) -> Vec<String> {
    let mut lines: Vec<String> = service
        .environment
        .iter()
        .map(|(name, value)| value.as_ref().map_or_else(|| name.clone(), |value| format!("{name}={value}")))
        .collect();
    lines.sort();
    lines
}

/// SwarmKit writes hosts as the hosts file does: the address first.
fn hosts(service: &Service) -> Vec<String> {
    service
        .extra_hosts
        .iter()
        .filter(|line| !line.address.is_empty())
        .map(|line| format!("{} {}", line.address, line.host))
        .collect()
}

fn ulimits(service: &Service) -> Vec<Value> {
    let limits = service.ulimits.iter();
    limits
        .map(|(name, limit)| json!({ "Name": name, "Soft": limit.soft.unwrap_or_default(), "Hard": limit.hard.unwrap_or_default() }))
        .collect()
}

fn healthcheck(service: &Service, check: &HealthCheck, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    if check.disable.unwrap_or_default() {
        if check.test.as_ref().is_some_and(|test| !test.words().is_empty()) {
            let message = "test and disable can't be set at the same time";
            notes.service_error(service, "healthcheck", "HEALTHCHECK_CONFLICT", message);
        }
        return json!({ "Test": ["NONE"] });
    }
    let mut all = Map::new();
    if let Some(test) = &check.test {
        all.insert("Test".to_owned(), json!(test.words()));
    }
    let interval = check.start_interval.filter(|_| options.client == StackClient::V28);
    for (key, value) in [
        ("Interval", check.interval),
        ("Timeout", check.timeout),
        ("StartPeriod", check.start_period),
        ("StartInterval", interval),
    ] {
        if let Some(value) = value.filter(|value| value.0 != 0) {
            all.insert(key.to_owned(), json!(value.0));
        }
    }
    if let Some(retries) = check.retries.filter(|retries| *retries != 0) {
        all.insert("Retries".to_owned(), json!(retries));
    }
    Value::Object(all)
}

fn endpoint(service: &Service) -> Value {
    let mut ports: Vec<(u16, Value)> = Vec::new();
    for port in &service.ports {
        // A range of published ports is one entry a port: the client publishes the target under each of them.
        let published = port.published.map_or_else(|| vec![0], |range| (range.start..=range.end).collect());
        for published in published {
            ports.push((published, entry(port, published)));
        }
    }
    ports.sort_by_key(|port| port.0);
    let ports: Vec<Value> = ports.into_iter().map(|port| port.1).collect();
    let mode = service.deploy.as_ref().and_then(|deploy| deploy.endpoint_mode.as_deref()).unwrap_or_default();
    json!({ "Mode": mode.to_lowercase(), "Ports": ports })
}

fn entry(port: &Port, published: u16) -> Value {
    let mut entry = Map::new();
    entry.insert("Protocol".to_owned(), json!(port.protocol.clone().unwrap_or_default()));
    if port.target != 0 {
        entry.insert("TargetPort".to_owned(), json!(port.target));
    }
    if published != 0 {
        entry.insert("PublishedPort".to_owned(), json!(published));
    }
    entry.insert("PublishMode".to_owned(), json!(port.mode.clone().unwrap_or_default()));
    Value::Object(entry)
}
