//! Networks, and the endpoints of containers on them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{LABEL_PROJECT, LABEL_VERSION, Options, State, VERSION};
use crate::model::{Attachment, Dialect, Ipam, Network, Pairs, Project, Service};
use crate::notes::Notes;
use crate::plan::Request;

const DEFAULT: &str = "default";

pub(super) fn name_of(key: &str, network: &Network, project: &str) -> String {
    match &network.name {
        Some(name) if !name.is_empty() => name.clone(),
        _ if network.external.is_yes() => key.to_owned(),
        _ => format!("{project}_{key}"),
    }
}

/// Returns the keys of networks that services attach to. Version 1 knows no networks.
fn used(project: &Project) -> BTreeSet<&str> {
    let mut keys = BTreeSet::new();
    if project.dialect == Dialect::V1 {
        return keys;
    }
    for service in project.services.values().filter(|service| service.network_mode.is_none()) {
        match &service.networks {
            Some(networks) => keys.extend(networks.keys().map(String::as_str)),
            None => {
                keys.insert(DEFAULT);
            }
        }
    }
    keys
}

/// Makes the networks that services use and the engine lacks.
pub(super) fn ensure(
    project: &Project,
    options: &Options<'_>,
    state: &State,
    requests: &mut Vec<Request>,
    notes: &mut Notes<'_>,
) {
    let absent = Network::default();
    for key in used(project) {
        let network = project.networks.get(key).unwrap_or(&absent);
        let name = name_of(key, network, options.project);
        if state.networks.contains(&name) {
            continue;
        }
        if network.external.is_yes() {
            // Overlay networks made elsewhere show up on a node only when they are used there.
            if network.driver.as_deref() != Some("overlay") {
                let message = format!(
                    "Network {name} declared as external, but could not be found. Please create it with `docker network create {name}`"
                );
                notes.error("EXTERNAL_NETWORK_MISSING", message, &format!("networks.{key}"), network.at);
            }
            continue;
        }
        requests.push(Request::post("/networks/create", body(key, &name, network, options)));
    }
}

fn body(key: &str, name: &str, network: &Network, options: &Options<'_>) -> Value {
    let mut labels: BTreeMap<String, String> = network.labels.clone();
    labels.insert(LABEL_PROJECT.to_owned(), options.project.to_owned());
    labels.insert("com.docker.compose.network".to_owned(), if network.name.is_some() { name } else { key }.to_owned());
    labels.insert(LABEL_VERSION.to_owned(), VERSION.to_owned());
    let mut body = json!({ "Name": name, "CheckDuplicate": true, "Labels": labels, "Attachable": true });
    if let Some(driver) = &network.driver {
        body["Driver"] = json!(driver);
    }
    if !network.driver_opts.is_empty() {
        body["Options"] = json!(network.driver_opts);
    }
    if let Some(ipam) = &network.ipam {
        body["IPAM"] = pools(ipam);
    }
    for (key, on) in [("Internal", network.internal), ("EnableIPv6", network.enable_ipv6)] {
        if on.unwrap_or_default() {
            body[key] = json!(true);
        }
    }
    body
}

fn pools(ipam: &Ipam) -> Value {
    let config: Vec<Value> = ipam
        .config
        .iter()
        .map(|pool| {
            json!({ "Subnet": pool.subnet, "IPRange": pool.ip_range, "Gateway": pool.gateway, "AuxiliaryAddresses": pool.aux_addresses })
        })
        .collect();
    json!({ "Driver": ipam.driver.clone().unwrap_or_else(|| "default".to_owned()), "Config": config, "Options": ipam.options })
}

/// Removes the project's networks.
pub(super) fn remove(project: &Project, options: &Options<'_>, state: &State, requests: &mut Vec<Request>) {
    let absent = Network::default();
    for key in used(project) {
        let network = project.networks.get(key).unwrap_or(&absent);
        let name = name_of(key, network, options.project);
        if network.external.is_no() && state.networks.contains(&name) {
            requests.push(Request::delete(format!("/networks/{name}")));
        }
    }
}

/// Returns a service's networks by the engine's name, the one it is created on first: by priority where one is set, else by name.
pub(super) fn of_service(project: &Project, service: &Service, options: &Options<'_>) -> Vec<(String, Attachment)> {
    if project.dialect == Dialect::V1 || service.network_mode.is_some() {
        return Vec::new();
    }
    let default = Pairs::from([(DEFAULT.to_owned(), None)]);
    let absent = Network::default();
    let mut all: Vec<(String, Attachment)> = service
        .networks
        .as_ref()
        .unwrap_or(&default)
        .iter()
        .map(|(key, attachment)| {
            let network = project.networks.get(key).unwrap_or(&absent);
            (name_of(key, network, options.project), attachment.as_deref().cloned().unwrap_or_default())
        })
        .collect();
    let priority = |attachment: &Attachment| attachment.priority.unwrap_or_default();
    if all.iter().any(|(_, attachment)| priority(attachment) != 0.0) {
        all.sort_by(|a, b| priority(&b.1).total_cmp(&priority(&a.1)));
    } else {
        all.sort_by(|a, b| a.0.cmp(&b.0));
    }
    all
}

/// Returns the endpoint that a container is created with.
pub(super) fn first_endpoint(service: &Service, attachment: &Attachment) -> Value {
    let mut addresses = Map::new();
    for (key, address) in [("IPv4Address", &attachment.ipv4_address), ("IPv6Address", &attachment.ipv6_address)] {
        if let Some(address) = address {
            addresses.insert(key.to_owned(), json!(address));
        }
    }
    json!({ "Aliases": aliases(service, attachment, None), "IPAMConfig": addresses })
}

/// Returns the endpoint with which a container joins a further network.
pub(super) fn endpoint(service: &Service, attachment: &Attachment, short_id: String, links: &[String]) -> Value {
    let mut endpoint = json!({ "Aliases": aliases(service, attachment, Some(short_id)), "Links": links });
    let mut addresses = Map::new();
    for (key, address) in [("IPv4Address", &attachment.ipv4_address), ("IPv6Address", &attachment.ipv6_address)] {
        if let Some(address) = address {
            addresses.insert(key.to_owned(), json!(address));
        }
    }
    if !attachment.link_local_ips.is_empty() {
        addresses.insert("LinkLocalIPs".to_owned(), json!(attachment.link_local_ips));
    }
    endpoint["IPAMConfig"] = Value::Object(addresses);
    endpoint
}

fn aliases(service: &Service, attachment: &Attachment, short_id: Option<String>) -> BTreeSet<String> {
    let mut aliases: BTreeSet<String> = attachment.aliases.iter().cloned().collect();
    aliases.insert(service.name.clone());
    aliases.extend(short_id);
    aliases
}
