//! The body of a container's creation.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::volumes::Mounted;
use super::{
    LABEL_HASH, LABEL_NUMBER, LABEL_ONE_OFF, LABEL_PROJECT, LABEL_SERVICE, LABEL_VERSION, Options, VERSION, image_of,
};
use crate::model::{CommandLine, HealthCheck, Service};
use crate::notes::Notes;
use crate::shell;

/// Returns the container's name.
pub(super) fn name(service: &Service, number: u64, options: &Options<'_>) -> String {
    service
        .container_name
        .clone()
        .unwrap_or_else(|| format!("{}_{}_{number}", options.project.trim_start_matches(['-', '_']), service.name))
}

pub(super) fn body(
    service: &Service,
    labels: &BTreeMap<String, String>,
    mounted: &Mounted,
    affinity: Option<&str>,
    options: &Options<'_>,
    notes: &mut Notes<'_>,
) -> Value {
    let mut env: Vec<String> = service
        .environment
        .iter()
        .map(|(name, value)| value.as_ref().map_or_else(|| name.clone(), |value| format!("{name}={value}")))
        .collect();
    // A classic Swarm puts the new container where the volumes are.
    env.extend(affinity.map(|id| format!("affinity:container=={id}")));
    let declared: Map<String, Value> = mounted.declared.iter().map(|path| (path.clone(), json!({}))).collect();
    let mut body = json!({
        "Hostname": service.hostname,
        "Domainname": service.domainname,
        "ExposedPorts": exposed(service),
        "User": service.user,
        "Tty": service.tty.unwrap_or_default(),
        "OpenStdin": service.stdin_open.unwrap_or_default(),
        "StdinOnce": false,
        "AttachStdin": false,
        "AttachStdout": false,
        "AttachStderr": false,
        "Env": env,
        "Cmd": words(service, "command", service.command.as_ref(), notes),
        "Image": image_of(service, options.project),
        "Volumes": declared,
        "NetworkDisabled": false,
        "Entrypoint": words(service, "entrypoint", service.entrypoint.as_ref(), notes),
        "WorkingDir": service.working_dir,
        "MacAddress": service.mac_address,
        "Labels": labels,
        "StopSignal": service.stop_signal,
    });
    if let Some(check) = &service.healthcheck {
        body["Healthcheck"] = healthcheck(check);
    }
    if let Some(period) = service.stop_grace_period {
        body["StopTimeout"] = super::converge::seconds(period.0);
    }
    body
}

/// Returns the labels of a service's container of this number.
pub(super) fn labels(service: &Service, number: u64, hash: &str, options: &Options<'_>) -> BTreeMap<String, String> {
    let mut labels = service.labels.clone();
    let mut set = |key: &str, value: String| labels.insert(key.to_owned(), value);
    set(LABEL_PROJECT, options.project.to_owned());
    set(LABEL_SERVICE, service.name.clone());
    set(LABEL_ONE_OFF, "False".to_owned());
    set("com.docker.compose.project.working_dir", options.working_dir.to_owned());
    set("com.docker.compose.project.config_files", options.config_files.join(","));
    set(LABEL_NUMBER, number.to_string());
    set(LABEL_VERSION, VERSION.to_owned());
    set(LABEL_HASH, hash.to_owned());
    labels
}

fn words(service: &Service, key: &str, line: Option<&CommandLine>, notes: &mut Notes<'_>) -> Value {
    match line {
        None => Value::Null,
        Some(CommandLine::Words(words)) => json!(words),
        Some(CommandLine::Text(text)) => match shell::split_python(text) {
            Some(words) => json!(words),
            None => {
                notes.service_error(service, key, "COMMAND_LINE", "No closing quotation");
                Value::Null
            }
        },
    }
}

fn exposed(service: &Service) -> Value {
    let mut ports = Map::new();
    for port in &service.ports {
        ports.insert(format!("{}/{}", port.target, port.protocol.as_deref().unwrap_or("tcp")), json!({}));
    }
    for text in &service.expose {
        let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (start, end) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(start), Ok(end)) = (start.parse::<u16>(), end.parse::<u16>()) {
            ports.extend((start..=end).map(|port| (format!("{port}/{protocol}"), json!({}))));
        }
    }
    Value::Object(ports)
}

fn healthcheck(check: &HealthCheck) -> Value {
    let test = if check.disable.is_some() {
        Some(vec!["NONE".to_owned()])
    } else {
        check.test.as_ref().map(|test| test.words())
    };
    json!({
        "Test": test,
        "Interval": check.interval.map(|interval| interval.0),
        "Timeout": check.timeout.map(|timeout| timeout.0),
        "Retries": check.retries,
        "StartPeriod": check.start_period.map(|period| period.0),
    })
}
