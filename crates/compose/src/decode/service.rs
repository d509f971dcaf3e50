//! A service.

use super::{Fields, build, deploy, fields, runtime};
use crate::model::{Port, PortRange, Service};
use crate::sink::Sink;
use crate::tree::{Entry, Node, Trail, Value};

pub(super) fn service(name: &str, entry: &Entry, path: &Trail<'_>, sink: &mut Sink) -> Service {
    let f = Fields::new(&entry.node);
    let mut service = Service { name: name.to_owned(), at: entry.key_at, keys: f.key_places(), ..Service::default() };
    process(f, &mut service);
    container(f, &mut service);
    limits(f, &mut service);
    relations(f, &mut service);
    service.ports = ports(f, path, sink);
    service.extensions = f.extensions();
    service
}

/// What runs, and from what image.
fn process(f: Fields<'_>, service: &mut Service) {
    service.annotations = f.dictionary("annotations");
    service.attach = f.boolean("attach");
    service.build = f.get("build").map(build::build).map(Box::new);
    service.command = f.command("command");
    service.container_name = f.text("container_name");
    service.credential_spec = f.fields("credential_spec").map(runtime::credential_spec).map(Box::new);
    service.deploy = f.fields("deploy").map(deploy::deploy).map(Box::new);
    service.develop = f.fields("develop").map(build::develop).map(Box::new);
    service.entrypoint = f.command("entrypoint");
    service.env_file = f.list("env_file").iter().map(runtime::env_file).collect();
    service.environment = f.nullable_dictionary("environment");
    service.healthcheck = f.fields("healthcheck").map(runtime::healthcheck).map(Box::new);
    service.image = f.text("image");
    service.init = f.boolean("init");
    service.label_file = f.strings("label_file");
    service.labels = f.dictionary("labels");
    service.logging = f.fields("logging").map(runtime::logging).map(Box::new);
    service.platform = f.text("platform");
    service.post_start = f.list("post_start").iter().map(runtime::hook).collect();
    service.pre_stop = f.list("pre_stop").iter().map(runtime::hook).collect();
    service.provider = f.fields("provider").map(runtime::provider).map(Box::new);
    service.pull_policy = f.text("pull_policy");
    service.pull_refresh_after = f.text("pull_refresh_after");
    service.restart = f.text("restart");
    service.runtime = f.text("runtime");
    service.scale = f.count("scale");
    service.stdin_open = f.boolean("stdin_open");
    service.stop_grace_period = f.duration("stop_grace_period");
    service.stop_signal = f.text("stop_signal");
    service.tty = f.boolean("tty");
    service.user = f.text("user");
    service.working_dir = f.text("working_dir");
}

/// What the container sees of its host.
fn container(f: Fields<'_>, service: &mut Service) {
    service.cap_add = f.strings("cap_add");
    service.cap_drop = f.strings("cap_drop");
    service.cgroup = f.text("cgroup").or_else(|| f.text("cgroupns_mode"));
    service.cgroup_parent = f.text("cgroup_parent");
    service.device_cgroup_rules = f.strings("device_cgroup_rules");
    service.devices = f.list("devices").iter().filter_map(runtime::device).collect();
    service.dns = f.strings("dns");
    service.dns_opt = f.strings("dns_opt");
    service.dns_search = f.strings("dns_search");
    service.domainname = f.text("domainname");
    service.expose = f.strings("expose");
    service.extra_hosts = runtime::extra_hosts(f);
    service.gpus = f.list("gpus").iter().map(deploy::device_request).collect();
    service.group_add = f.strings("group_add");
    service.hostname = f.text("hostname");
    service.ipc = f.text("ipc");
    service.isolation = f.text("isolation");
    service.mac_address = f.text("mac_address");
    service.network_mode = f.text("network_mode");
    service.pid = f.text("pid");
    service.privileged = f.boolean("privileged");
    service.read_only = f.boolean("read_only");
    service.security_opt = f.strings("security_opt");
    service.storage_opt = f.dictionary("storage_opt");
    service.sysctls = f.dictionary("sysctls");
    service.tmpfs = f.strings("tmpfs");
    service.use_api_socket = f.boolean("use_api_socket");
    service.userns_mode = f.text("userns_mode");
    service.uts = f.text("uts");
    service.volume_driver = f.text("volume_driver");
    service.volumes = f.list("volumes").iter().map(runtime::mount).collect();
}

fn limits(f: Fields<'_>, service: &mut Service) {
    service.blkio_config = f.fields("blkio_config").map(runtime::blkio).map(Box::new);
    service.cpu_count = f.integer("cpu_count");
    service.cpu_percent = f.number("cpu_percent");
    service.cpu_period = f.microseconds("cpu_period");
    service.cpu_quota = f.microseconds("cpu_quota");
    service.cpu_rt_period = f.microseconds("cpu_rt_period");
    service.cpu_rt_runtime = f.microseconds("cpu_rt_runtime");
    service.cpu_shares = f.integer("cpu_shares");
    service.cpus = f.number("cpus");
    service.cpuset = f.text("cpuset");
    service.mem_limit = f.size("mem_limit");
    service.mem_reservation = f.size("mem_reservation");
    service.mem_swappiness = f.integer("mem_swappiness");
    service.memswap_limit = f.size("memswap_limit");
    service.oom_kill_disable = f.boolean("oom_kill_disable");
    service.oom_score_adj = f.integer("oom_score_adj");
    service.pids_limit = f.integer("pids_limit");
    service.shm_size = f.size("shm_size");
    service.ulimits = runtime::ulimits(f);
}

/// What ties it to others.
fn relations(f: Fields<'_>, service: &mut Service) {
    service.configs = f.list("configs").iter().map(runtime::file_reference).collect();
    service.depends_on =
        f.entries("depends_on").map(|(key, node)| (key.to_string(), runtime::dependency(node))).collect();
    service.external_links = f.strings("external_links");
    service.links = f.strings("links").iter().map(|text| runtime::link(text)).collect();
    service.models = f.entries("models").map(|(key, node)| (key.to_string(), runtime::model_use(node))).collect();
    service.networks = f.get("networks").filter(|node| node.as_map().is_some()).map(|_| {
        let attachments = f.entries("networks");
        attachments.map(|(key, node)| (key.to_string(), runtime::attachment(node).map(Box::new))).collect()
    });
    service.profiles = f.strings("profiles");
    service.secrets = f.list("secrets").iter().map(runtime::file_reference).collect();
    service.volumes_from = f.strings("volumes_from").iter().map(|text| runtime::volumes_from(text)).collect();
}

fn ports(f: Fields<'_>, path: &Trail<'_>, sink: &mut Sink) -> Vec<Port> {
    let path = path.key("ports");
    let list = f.list("ports");
    let mut ports = Vec::with_capacity(list.len());
    for (index, node) in list.iter().enumerate() {
        match port(node) {
            Ok(port) => ports.push(port),
            Err(message) => {
                let error = crate::Diagnostic::error("INVALID_PORT", message);
                sink.push(node.at, &path.index(index), error.expected("a port from 0 to 65535"));
            }
        }
    }
    ports
}

fn port(node: &Node) -> Result<Port, String> {
    let f = Fields::new(node);
    let target = f.get("target").ok_or("the key `target` is missing")?;
    let number = |node: &Node| fields::integer(node).and_then(|value| u16::try_from(value).ok());
    let target =
        number(target).ok_or_else(|| format!("`{}` is not a port", fields::scalar_text(target).unwrap_or_default()))?;
    Ok(Port {
        name: f.text("name"),
        mode: f.text("mode"),
        host_ip: f.text("host_ip"),
        target,
        published: f.get("published").map(published).transpose()?.flatten(),
        protocol: f.text("protocol"),
        app_protocol: f.text("app_protocol"),
        extensions: f.extensions(),
        at: node.at,
    })
}

fn published(node: &Node) -> Result<Option<PortRange>, String> {
    let port = |value: Option<i64>| value.and_then(|value| u16::try_from(value).ok());
    let invalid = || format!("`{}` is not a port or a range of ports", fields::scalar_text(node).unwrap_or_default());
    if let Value::Text(text) = &node.value {
        if text.is_empty() {
            return Ok(None);
        }
        if let Some((start, end)) = text.split_once('-') {
            let (start, end) = (start.parse().ok(), end.parse().ok());
            let (start, end) = (port(start).ok_or_else(invalid)?, port(end).ok_or_else(invalid)?);
            return if start <= end { Ok(Some(PortRange { start, end })) } else { Err(invalid()) };
        }
    }
    let start = port(fields::integer(node)).ok_or_else(invalid)?;
    Ok(Some(PortRange { start, end: start }))
}
