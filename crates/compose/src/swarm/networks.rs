//! Networks, and what services attach to.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Options, Stack, labels, scoped};
use crate::model::{Network, Pairs, Project, Service, StackClient};
use crate::notes::Notes;

/// The network of services that name none.
const DEFAULT: &str = "default";

/// Says whether a network is one that users make; the others are on every node and know no aliases.
pub(super) fn is_user_defined(name: &str) -> bool {
    !matches!(name, "default" | "bridge" | "host" | "none") && !name.starts_with("container:")
}

fn target(project: &Project, key: &str, namespace: &str) -> String {
    let declared = project.networks.get(key);
    match declared.and_then(|network| network.name.clone()) {
        Some(name) if !name.is_empty() => name,
        _ if declared.is_some_and(|network| network.external.is_yes()) => key.to_owned(),
        _ => scoped(namespace, key),
    }
}

/// Networks that services use; what no service uses is not made.
pub(super) fn convert(project: &Project, options: &Options<'_>, stack: &mut Stack) {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for service in project.services.values() {
        match service.networks.as_ref().filter(|networks| !networks.is_empty()) {
            Some(networks) => used.extend(networks.keys().map(String::as_str)),
            None => {
                used.insert(DEFAULT);
            }
        }
    }
    let absent = Network::default();
    for key in used {
        let network = project.networks.get(key).unwrap_or(&absent);
        let name = target(project, key, options.namespace);
        if network.external.is_yes() {
            stack.external_networks.push(name);
        } else {
            let body = body(&name, network, options);
            stack.networks.insert(name, body.into());
        }
    }
}

fn body(name: &str, network: &Network, options: &Options<'_>) -> Value {
    let ipam = network.ipam.as_ref().filter(|ipam| ipam.driver.is_some() || !ipam.config.is_empty());
    let ipam = ipam.map(|ipam| {
        let pools: Vec<Value> = ipam
            .config
            .iter()
            .map(|pool| pool.subnet.as_ref().map_or_else(|| json!({}), |subnet| json!({ "Subnet": subnet })))
            .collect();
        json!({ "Driver": ipam.driver.clone().unwrap_or_default(), "Options": null, "Config": pools })
    });
    let driver = network.driver.clone().filter(|driver| !driver.is_empty()).unwrap_or_else(|| "overlay".to_owned());
    let mut body = json!({
        "Name": name,
        "Driver": driver,
        "Scope": "",
        "IPAM": ipam,
        "Internal": network.internal.unwrap_or_default(),
        "Attachable": network.attachable.unwrap_or_default(),
        "Ingress": false,
        "ConfigOnly": false,
        "ConfigFrom": null,
        "Options": network.driver_opts,
        "Labels": labels(options.namespace, &network.labels),
    });
    if options.client == StackClient::V20_10 {
        body["CheckDuplicate"] = json!(false);
        body["EnableIPv6"] = json!(false);
    }
    body
}

/// Attachments of a service, sorted by the network's name.
pub(super) fn attachments(project: &Project, service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let mut attachments: Vec<(String, Value)> = Vec::new();
    let none = Pairs::from([(DEFAULT.to_owned(), None)]);
    let networks = service.networks.as_ref().filter(|networks| !networks.is_empty()).unwrap_or(&none);
    for (key, attachment) in networks.iter() {
        if key != DEFAULT && !project.networks.contains_key(key) {
            notes.service_error(service, "networks", "UNDEFINED_NETWORK", format!("undefined network {key:?}"));
            continue;
        }
        let target = target(project, key, options.namespace);
        let mut entry = Map::from_iter([("Target".to_owned(), json!(target))]);
        let mut aliases = attachment.as_ref().map(|attachment| attachment.aliases.clone()).unwrap_or_default();
        if is_user_defined(&target) {
            aliases.push(service.name.clone());
        }
        entry.insert("Aliases".to_owned(), json!(aliases));
        if let Some(attachment) = attachment.as_ref().filter(|attachment| !attachment.driver_opts.is_empty()) {
            entry.insert("DriverOpts".to_owned(), json!(attachment.driver_opts));
        }
        attachments.push((target, Value::Object(entry)));
    }
    attachments.sort_by(|a, b| a.0.cmp(&b.0));
    attachments.into_iter().map(|(_, entry)| entry).collect()
}
