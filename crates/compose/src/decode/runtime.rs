//! The parts of a service that are mappings or short texts of their own.

use std::collections::BTreeMap;

use super::Fields;
use super::fields::{integer, scalar, scalar_text};
use crate::canonical::SHORT_MODE;
use crate::model::{
    Attachment, BindOptions, BlkioConfig, CredentialSpec, Dependency, DependencyCondition, Device, EnvFile, ExtraHost,
    FileReference, HealthCheck, HealthTest, Hook, ImageOptions, Link, Logging, ModelUse, Mount, MountKind, Provider,
    ThrottleDevice, TmpfsOptions, Ulimit, VolumeOptions, VolumesFrom, WeightDevice,
};
use crate::tree::{Node, Value};

pub(super) fn credential_spec(f: Fields<'_>) -> CredentialSpec {
    CredentialSpec { config: f.text("config"), file: f.text("file"), registry: f.text("registry") }
}

pub(super) fn env_file(node: &Node) -> EnvFile {
    let f = Fields::new(node);
    EnvFile {
        path: f.text("path").unwrap_or_default(),
        required: f.boolean("required").unwrap_or(true),
        format: f.text("format"),
    }
}

pub(super) fn healthcheck(f: Fields<'_>) -> HealthCheck {
    let test = f.get("test").and_then(|node| match &node.value {
        Value::Text(text) => Some(HealthTest::Shell(text.clone())),
        Value::List(_) => Some(HealthTest::Words(f.strings("test"))),
        _ => None,
    });
    HealthCheck {
        test,
        interval: f.duration("interval"),
        timeout: f.duration("timeout"),
        retries: f.count("retries"),
        start_period: f.duration("start_period"),
        start_interval: f.duration("start_interval"),
        disable: f.boolean("disable"),
        extensions: f.extensions(),
    }
}

pub(super) fn logging(f: Fields<'_>) -> Logging {
    Logging { driver: f.text("driver"), options: f.nullable_dictionary("options"), extensions: f.extensions() }
}

pub(super) fn hook(node: &Node) -> Hook {
    let f = Fields::new(node);
    Hook {
        command: f.command("command"),
        user: f.text("user"),
        privileged: f.boolean("privileged"),
        working_dir: f.text("working_dir"),
        environment: f.nullable_dictionary("environment"),
        extensions: f.extensions(),
    }
}

pub(super) fn provider(f: Fields<'_>) -> Provider {
    let values = |node: &Node| match &node.value {
        Value::List(list) => list.iter().filter_map(scalar).collect(),
        _ => scalar(node).into_iter().collect(),
    };
    Provider {
        kind: f.text("type").unwrap_or_default(),
        options: f.entries("options").map(|(key, node)| (key.to_string(), values(node))).collect(),
        extensions: f.extensions(),
    }
}

pub(super) fn device(node: &Node) -> Option<Device> {
    if let Some(text) = node.as_text() {
        let mut parts = text.splitn(3, ':').map(str::to_owned);
        let source = parts.next()?;
        return Some(Device { source, target: parts.next(), permissions: parts.next(), ..Device::default() });
    }
    let f = Fields::new(node);
    Some(Device {
        source: f.text("source")?,
        target: f.text("target"),
        permissions: f.text("permissions"),
        extensions: f.extensions(),
    })
}

pub(super) fn extra_hosts(f: Fields<'_>) -> Vec<ExtraHost> {
    let split = |line: String| {
        let (host, address) = line.rsplit_once('=').unwrap_or((&line, ""));
        ExtraHost { host: host.to_owned(), address: address.to_owned() }
    };
    f.strings("extra_hosts").into_iter().map(split).collect()
}

pub(super) fn mount(node: &Node) -> Mount {
    let f = Fields::new(node);
    let kind = match f.text("type").as_deref() {
        Some("bind") => MountKind::Bind,
        Some("tmpfs") => MountKind::Tmpfs,
        Some("npipe") => MountKind::Npipe,
        Some("cluster") => MountKind::Cluster,
        Some("image") => MountKind::Image,
        _ => MountKind::Volume,
    };
    Mount {
        kind,
        source: f.text("source").filter(|source| !source.is_empty()),
        target: f.text("target").unwrap_or_default(),
        read_only: f.boolean("read_only"),
        consistency: f.text("consistency"),
        bind: f
            .fields("bind")
            .map(|f| BindOptions {
                propagation: f.text("propagation"),
                create_host_path: f.boolean("create_host_path"),
                selinux: f.text("selinux"),
                recursive: f.text("recursive"),
            })
            .map(Box::new),
        volume: f
            .fields("volume")
            .map(|f| VolumeOptions {
                nocopy: f.boolean("nocopy"),
                subpath: f.text("subpath"),
                labels: f.dictionary("labels"),
            })
            .map(Box::new),
        tmpfs: f
            .fields("tmpfs")
            .map(|f| TmpfsOptions {
                size: f.size("size"),
                mode: f.integer("mode").and_then(|mode| u32::try_from(mode).ok()),
            })
            .map(Box::new),
        image: f.fields("image").map(|f| ImageOptions { subpath: f.text("subpath") }).map(Box::new),
        short_mode: f.text(SHORT_MODE),
        extensions: f.extensions(),
        at: node.at,
    }
}

pub(super) fn blkio(f: Fields<'_>) -> BlkioConfig {
    let throttles = |key: &str| f.list(key).iter().map(throttle).collect();
    BlkioConfig {
        weight: f.integer("weight").and_then(|weight| u16::try_from(weight).ok()),
        weight_device: f.list("weight_device").iter().map(weight).collect(),
        device_read_bps: throttles("device_read_bps"),
        device_read_iops: throttles("device_read_iops"),
        device_write_bps: throttles("device_write_bps"),
        device_write_iops: throttles("device_write_iops"),
    }
}

fn throttle(node: &Node) -> ThrottleDevice {
    let f = Fields::new(node);
    ThrottleDevice { path: f.text("path").unwrap_or_default(), rate: f.size("rate").unwrap_or_default().0 }
}

fn weight(node: &Node) -> WeightDevice {
    let f = Fields::new(node);
    let weight = f.integer("weight").and_then(|weight| u16::try_from(weight).ok());
    WeightDevice { path: f.text("path").unwrap_or_default(), weight: weight.unwrap_or_default() }
}

pub(super) fn ulimits(f: Fields<'_>) -> BTreeMap<String, Ulimit> {
    f.entries("ulimits").map(|(name, node)| (name.to_string(), ulimit(node))).collect()
}

fn ulimit(node: &Node) -> Ulimit {
    let f = Fields::new(node);
    match integer(node) {
        Some(value) => Ulimit { soft: Some(value), hard: Some(value), single: true },
        None => Ulimit { soft: f.integer("soft"), hard: f.integer("hard"), single: false },
    }
}

pub(super) fn file_reference(node: &Node) -> FileReference {
    let f = Fields::new(node);
    FileReference {
        source: f.text("source"),
        target: f.text("target"),
        uid: f.text("uid"),
        gid: f.text("gid"),
        mode: f.integer("mode").and_then(|mode| u32::try_from(mode).ok()),
        extensions: f.extensions(),
        at: node.at,
    }
}

pub(super) fn dependency(node: &Node) -> Dependency {
    let f = Fields::new(node);
    let condition = match f.text("condition").as_deref() {
        Some("service_healthy") => DependencyCondition::ServiceHealthy,
        Some("service_completed_successfully") => DependencyCondition::ServiceCompletedSuccessfully,
        _ => DependencyCondition::ServiceStarted,
    };
    Dependency {
        condition,
        restart: f.boolean("restart").unwrap_or_default(),
        required: f.boolean("required").unwrap_or(true),
        at: node.at,
    }
}

pub(super) fn link(text: &str) -> Link {
    match text.split_once(':') {
        Some((service, alias)) => Link { service: service.to_owned(), alias: Some(alias.to_owned()) },
        None => Link { service: text.to_owned(), alias: None },
    }
}

pub(super) fn volumes_from(text: &str) -> VolumesFrom {
    let parts: Vec<&str> = text.split(':').collect();
    let (container, source, mode) = match parts.as_slice() {
        ["container", source] => (true, *source, None),
        ["container", source, mode] => (true, *source, Some(*mode)),
        ["service", source, mode] => (false, *source, Some(*mode)),
        [source, mode] => (false, *source, Some(*mode)),
        _ => (false, text, None),
    };
    VolumesFrom { container, source: source.to_owned(), mode: mode.map(str::to_owned) }
}

pub(super) fn model_use(node: &Node) -> Option<ModelUse> {
    let f = Fields::new(node);
    node.as_map().map(|_| ModelUse { endpoint_var: f.text("endpoint_var"), model_var: f.text("model_var") })
}

pub(super) fn attachment(node: &Node) -> Option<Attachment> {
    node.as_map()?;
    let f = Fields::new(node);
    Some(Attachment {
        aliases: f.strings("aliases"),
        ipv4_address: f.text("ipv4_address"),
        ipv6_address: f.text("ipv6_address"),
        link_local_ips: f.strings("link_local_ips"),
        mac_address: f.text("mac_address"),
        interface_name: f.text("interface_name"),
        priority: f.number("priority"),
        gw_priority: f.number("gw_priority"),
        driver_opts: f
            .entries("driver_opts")
            .map(|(key, node)| (key.to_string(), scalar_text(node).unwrap_or_default()))
            .collect(),
        extensions: f.extensions(),
        at: node.at,
    })
}
