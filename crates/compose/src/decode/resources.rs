//! Networks, volumes, secrets, configs and models.

use super::Fields;
use super::fields::scalar;
use crate::model::{External, FileResource, Ipam, IpamPool, Model, Network, Volume};
use crate::tree::{Entry, Node};

fn external(f: Fields<'_>) -> External {
    if f.boolean("external").unwrap_or_default() { External::Yes } else { External::No }
}

pub(super) fn network(entry: &Entry) -> Network {
    let f = Fields::new(&entry.node);
    Network {
        name: f.text("name"),
        driver: f.text("driver"),
        driver_opts: f.dictionary("driver_opts"),
        ipam: f.fields("ipam").map(|f| Ipam {
            driver: f.text("driver"),
            config: f.list("config").iter().map(pool).collect(),
            options: f.dictionary("options"),
        }),
        external: external(f),
        internal: f.boolean("internal"),
        attachable: f.boolean("attachable"),
        enable_ipv4: f.boolean("enable_ipv4"),
        enable_ipv6: f.boolean("enable_ipv6"),
        labels: f.dictionary("labels"),
        extensions: f.extensions(),
        at: entry.key_at,
    }
}

fn pool(node: &Node) -> IpamPool {
    let f = Fields::new(node);
    IpamPool {
        subnet: f.text("subnet"),
        ip_range: f.text("ip_range"),
        gateway: f.text("gateway"),
        aux_addresses: f.dictionary("aux_addresses"),
    }
}

pub(super) fn volume(entry: &Entry) -> Volume {
    let f = Fields::new(&entry.node);
    let mut extensions = f.extensions();
    Volume {
        name: f.text("name"),
        driver: f.text("driver"),
        driver_opts: f.dictionary("driver_opts"),
        external: external(f),
        labels: f.dictionary("labels"),
        cluster_spec: extensions.remove("x-cluster-spec"),
        extensions,
        at: entry.key_at,
    }
}

pub(super) fn file_resource(entry: &Entry) -> FileResource {
    let f = Fields::new(&entry.node);
    FileResource {
        name: f.text("name"),
        file: f.text("file"),
        environment: f.text("environment"),
        content: f.text("content"),
        external: external(f),
        labels: f.dictionary("labels"),
        driver: f.text("driver"),
        driver_opts: f.dictionary("driver_opts"),
        template_driver: f.text("template_driver"),
        extensions: f.extensions(),
        at: entry.key_at,
    }
}

pub(super) fn model(entry: &Entry) -> Model {
    let f = Fields::new(&entry.node);
    const KNOWN: &[&str] = &["name", "model", "context_size", "runtime_flags"];
    let other = entry.node.as_map().into_iter().flatten().filter(|(key, _)| !KNOWN.contains(&key.as_str()));
    Model {
        name: f.text("name"),
        model: f.text("model"),
        context_size: f.integer("context_size"),
        runtime_flags: f.strings("runtime_flags"),
        other: other.filter_map(|(key, entry)| Some((key.to_string(), scalar(&entry.node)?))).collect(),
        at: entry.key_at,
    }
}
