//! What docker-compose 1.29's `config` prints in a way of its own. None of it is meant to be read back as it stood.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::model::{ByteSize, Duration, Project, Service};

/// What it writes for a file that has no version.
const VERSION: &str = "3.9";

/// Brings what stands beside the services into the client's own forms.
pub(super) fn adapt(root: &mut Map<String, Value>, project: &Project) {
    root.retain(|key, _| !key.starts_with("x-"));
    if project.version.is_none() {
        root.entry("version").or_insert_with(|| VERSION.into());
    }
    for section in ["networks", "volumes", "secrets", "configs"] {
        if let Some(section) = root.get_mut(section) {
            escape_keys(section);
        }
    }
}

/// Brings a service's value into the client's own forms.
pub(super) fn service(value: &mut Value, service: &Service, is_version_1: bool) {
    let Some(map) = value.as_object_mut() else { return };
    lists(map, service);
    scalars(map, service);
    if !is_version_1 {
        ranges(map, service);
    }
}

fn lists(map: &mut Map<String, Value>, service: &Service) {
    let sources = service.volumes_from.iter().map(|from| {
        let kind = if from.container { "container" } else { "service" };
        Value::from(format!("{kind}:{}:{}", from.source, from.mode.as_deref().unwrap_or("rw")))
    });
    put(map, "volumes_from", sources.collect::<Vec<_>>());
    for port in map.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(text) = port.as_str().filter(|text| !text.contains('/')) {
            *port = format!("{text}/tcp").into();
        }
    }
    let hosts = service.extra_hosts.iter().map(|line| (line.host.clone(), Value::from(line.address.as_str())));
    let hosts: Map<String, Value> = hosts.collect();
    // A host of several addresses, or of none, is a line.
    if hosts.len() < service.extra_hosts.len() || service.extra_hosts.iter().any(|line| line.address.is_empty()) {
        put(map, "extra_hosts", service.extra_hosts.iter().map(|line| Value::from(line.line())).collect::<Vec<_>>());
    } else if !hosts.is_empty() {
        map.insert("extra_hosts".to_owned(), hosts.into());
    }
}

fn scalars(map: &mut Map<String, Value>, service: &Service) {
    for (key, size) in [
        ("mem_limit", service.mem_limit),
        ("mem_reservation", service.mem_reservation),
        ("memswap_limit", service.memswap_limit),
        ("shm_size", service.shm_size),
    ] {
        if let Some(ByteSize(bytes)) = size {
            map.insert(key.to_owned(), bytes.into());
        }
    }
    for (value, mount) in
        map.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten().zip(&service.volumes)
    {
        if let (Some(ByteSize(bytes)), Some(tmpfs)) =
            (mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size), value.get_mut("tmpfs"))
        {
            tmpfs["size"] = bytes.into();
        }
    }
    if let Some(period) = service.stop_grace_period {
        map.insert("stop_grace_period".to_owned(), time(period).into());
    }
    if let (Some(check), Some(value)) =
        (&service.healthcheck, map.get_mut("healthcheck").and_then(Value::as_object_mut))
    {
        for (key, duration) in
            [("interval", check.interval), ("timeout", check.timeout), ("start_period", check.start_period)]
        {
            if let Some(duration) = duration {
                value.insert(key.to_owned(), time(duration).into());
            }
        }
    }
}

/// Any free one of several published ports: the client keeps both sides as text.
fn ranges(map: &mut Map<String, Value>, service: &Service) {
    let values = map.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten();
    for (value, port) in values.zip(&service.ports) {
        let Some(range) = port.published.filter(|range| range.start != range.end && port.host_ip.is_none()) else {
            continue;
        };
        *value = json!({ "published": range.to_string(), "target": port.target.to_string() });
        if let Some(protocol) = &port.protocol {
            value["protocol"] = protocol.as_str().into();
        }
    }
}

fn put(map: &mut Map<String, Value>, key: &str, values: Vec<Value>) {
    if !values.is_empty() {
        map.insert(key.to_owned(), values.into());
    }
}

/// A time in the largest unit that divides it.
fn time(Duration(nanoseconds): Duration) -> String {
    let (mut value, mut unit) = (nanoseconds, "ns");
    for (factor, larger) in [(1_000, "us"), (1_000, "ms"), (1_000, "s"), (60, "m"), (60, "h")] {
        if value % factor != 0 {
            break;
        }
        (value, unit) = (value / factor, larger);
    }
    format!("{value}{unit}")
}

/// Doubles the dollar signs of a key.
pub(super) fn escaped(key: &str) -> Cow<'_, str> {
    if key.contains('$') { Cow::Owned(key.replace('$', "$$")) } else { Cow::Borrowed(key) }
}

/// Doubles the dollar signs of keys too, as the client does in what it interpolates.
pub(super) fn escape_keys(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(escape_keys),
        Value::Object(map) => {
            let entries = std::mem::take(map).into_iter();
            *map = entries
                .map(|(key, mut inner)| {
                    escape_keys(&mut inner);
                    (escaped(&key).into_owned(), inner)
                })
                .collect();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_the_largest_unit() {
        let table = [
            (1_500_000_000, "1500ms"),
            (60_000_000_000, "1m"),
            (90_000_000_000, "90s"),
            (7_200_000_000_000, "2h"),
            (1, "1ns"),
            (0, "0h"),
        ];
        for (nanoseconds, expected) in table {
            assert_eq!(time(Duration(nanoseconds)), expected);
        }
    }
}
