//! `HostConfig` of a container.

use serde_json::{Map, Value, json};

use super::Options;
use super::volumes::Mounted;
use crate::model::{BlkioConfig, ByteSize, DeviceRequest, ExtraHost, Port, Service};
use crate::notes::Notes;

/// What other containers give.
#[derive(Debug, Default)]
pub(super) struct Joined {
    pub(super) links: Vec<String>,
    pub(super) volumes_from: Vec<String>,
    pub(super) network_mode: Option<String>,
    pub(super) pid: Option<String>,
    pub(super) ipc: Option<String>,
}

pub(super) fn convert(
    service: &Service,
    joined: &Joined,
    mounted: &Mounted,
    options: &Options<'_>,
    notes: &mut Notes<'_>,
) -> Value {
    let mut all = Map::new();
    let mut set = |key: &str, value: Value| {
        if !value.is_null() {
            all.insert(key.to_owned(), value);
        }
    };
    set("Links", json!(joined.links));
    set("VolumesFrom", json!(joined.volumes_from));
    set("NetworkMode", json!(joined.network_mode.clone().unwrap_or_else(|| "default".to_owned())));
    set("PidMode", json!(joined.pid));
    set("IpcMode", json!(joined.ipc));
    set("Binds", json!(mounted.binds));
    set("Mounts", json!(mounted.mounts));
    set("PortBindings", port_bindings(&service.ports));
    set("RestartPolicy", restart(service, notes));
    set("LogConfig", logging(service));
    set("ReadonlyRootfs", json!(service.read_only));
    set("Privileged", json!(service.privileged.filter(|on| *on)));
    set("CapAdd", json!(service.cap_add));
    set("CapDrop", json!(service.cap_drop));
    set("Dns", json!(service.dns));
    set("DnsOptions", json!(service.dns_opt));
    set("DnsSearch", json!(service.dns_search));
    set("ExtraHosts", json!(extra_hosts(service)));
    set("GroupAdd", json!(service.group_add));
    set("SecurityOpt", security(service, options, notes));
    set("Sysctls", json!(service.sysctls));
    set("Devices", devices(service));
    set("DeviceCgroupRules", json!(service.device_cgroup_rules));
    set("DeviceRequests", device_requests(service));
    set("Tmpfs", tmpfs(service));
    set("StorageOpt", json!(service.storage_opt));
    set("Ulimits", ulimits(service));
    set("CgroupParent", json!(service.cgroup_parent));
    set("UsernsMode", json!(service.userns_mode));
    set("Isolation", json!(service.isolation));
    set("Init", json!(service.init));
    set("Runtime", json!(service.runtime));
    set("VolumeDriver", json!(service.volume_driver));
    resources(service, &mut all);
    blkio(service.blkio_config.as_deref(), &mut all);
    Value::Object(all)
}

fn resources(service: &Service, all: &mut Map<String, Value>) {
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let limits = deploy.and_then(|resources| resources.limits.as_ref());
    let reservations = deploy.and_then(|resources| resources.reservations.as_ref());
    // Limits of `deploy` replace those of the service, even where they say less.
    let memory = limits.map_or(service.mem_limit, |limits| limits.memory);
    let reservation = reservations.map_or(service.mem_reservation, |reservations| reservations.memory);
    let cpus =
        limits.and_then(|limits| limits.cpus.as_ref()).and_then(|cpus| cpus.parse::<f64>().ok()).or(service.cpus);
    let size = |size: Option<ByteSize>| size.map(|size| size.0);
    let nonzero = |value: Option<i64>| value.filter(|value| *value != 0);
    let entries = [
        ("Memory", size(memory)),
        ("MemorySwap", size(service.memswap_limit)),
        ("MemoryReservation", nonzero(size(reservation))),
        ("MemorySwappiness", service.mem_swappiness),
        ("ShmSize", size(service.shm_size)),
        ("OomScoreAdj", nonzero(service.oom_score_adj)),
        ("PidsLimit", nonzero(service.pids_limit)),
        ("CpuShares", nonzero(service.cpu_shares)),
        ("CpuQuota", nonzero(service.cpu_quota)),
        ("CpuPeriod", nonzero(service.cpu_period)),
        ("CPURealtimePeriod", nonzero(service.cpu_rt_period)),
        ("CPURealtimeRuntime", nonzero(service.cpu_rt_runtime)),
        ("CpuCount", nonzero(service.cpu_count)),
        ("CpuPercent", service.cpu_percent.and_then(crate::units::whole_number).filter(|percent| *percent != 0)),
        ("NanoCpus", nonzero(cpus.and_then(|cpus| crate::units::whole_number(cpus * 1e9)))),
    ];
    for (key, value) in entries {
        if let Some(value) = value {
            all.insert(key.to_owned(), json!(value));
        }
    }
    if service.oom_kill_disable.unwrap_or_default() {
        all.insert("OomKillDisable".to_owned(), json!(true));
    }
    if let Some(cpuset) = &service.cpuset {
        all.insert("CpusetCpus".to_owned(), json!(cpuset));
    }
}

fn blkio(config: Option<&BlkioConfig>, all: &mut Map<String, Value>) {
    let Some(config) = config else { return };
    if let Some(weight) = config.weight.filter(|weight| *weight != 0) {
        all.insert("BlkioWeight".to_owned(), json!(weight));
    }
    let weights: Vec<Value> =
        config.weight_device.iter().map(|device| json!({ "Path": device.path, "Weight": device.weight })).collect();
    all.insert("BlkioWeightDevice".to_owned(), Value::Array(weights));
    for (key, devices) in [
        ("BlkioDeviceReadBps", &config.device_read_bps),
        ("BlkioDeviceWriteBps", &config.device_write_bps),
        ("BlkioDeviceReadIOps", &config.device_read_iops),
        ("BlkioDeviceWriteIOps", &config.device_write_iops),
    ] {
        let rates: Vec<Value> =
            devices.iter().map(|device| json!({ "Path": device.path, "Rate": device.rate })).collect();
        all.insert(key.to_owned(), Value::Array(rates));
    }
}

fn port_bindings(ports: &[Port]) -> Value {
    let mut bindings = Map::new();
    for port in ports {
        let key = format!("{}/{}", port.target, port.protocol.as_deref().unwrap_or("tcp"));
        let published = port.published.map(|range| range.to_string()).unwrap_or_default();
        let binding = json!({ "HostIp": port.host_ip.clone().unwrap_or_default(), "HostPort": published });
        match bindings.get_mut(&key).and_then(Value::as_array_mut) {
            Some(list) => list.push(binding),
            None => {
                bindings.insert(key, json!([binding]));
            }
        }
    }
    Value::Object(bindings)
}

fn restart(service: &Service, notes: &mut Notes<'_>) -> Value {
    if let Some(policy) = service.deploy.as_ref().and_then(|deploy| deploy.restart_policy.as_ref()) {
        let name = match policy.condition.as_deref().unwrap_or("any") {
            "any" => "always",
            "none" => "no",
            "on-failure" => "on-failure",
            other => {
                let message = format!("Invalid restart policy {other:?}");
                notes.service_error(service, "deploy.restart_policy", "RESTART", message);
                return Value::Null;
            }
        };
        return json!({ "Name": name, "MaximumRetryCount": policy.max_attempts.unwrap_or_default() });
    }
    let Some(restart) = service.restart.as_deref().filter(|restart| !restart.is_empty()) else { return Value::Null };
    let (name, count) = restart.split_once(':').unwrap_or((restart, "0"));
    match count.parse::<u64>() {
        Ok(count) => json!({ "Name": name, "MaximumRetryCount": count }),
        Err(_) => {
            let message = format!("Restart {restart} has incorrect format, should be mode[:max_retry]");
            notes.service_error(service, "restart", "RESTART", message);
            Value::Null
        }
    }
}

fn logging(service: &Service) -> Value {
    let (driver, options) = service.logging.as_ref().map_or((None, Map::new()), |logging| {
        let pairs = logging.options.iter().map(|(key, value)| (key.clone(), json!(value)));
        (logging.driver.clone(), pairs.collect())
    });
    json!({ "Type": driver.unwrap_or_default(), "Config": options })
}

fn extra_hosts(service: &Service) -> Vec<String> {
    let mut lines: Vec<String> = service.extra_hosts.iter().map(ExtraHost::line).collect();
    lines.sort();
    lines
}

fn security(service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    // Credentials for Windows replace every other option, as the client has it.
    if let Some(spec) = &service.credential_spec {
        return match (&spec.file, &spec.registry) {
            (Some(file), _) => json!([format!("credentialspec=file://{file}")]),
            (None, Some(registry)) => json!([format!("credentialspec=registry://{registry}")]),
            (None, None) => Value::Null,
        };
    }
    let mut all = Vec::new();
    for option in &service.security_opt {
        let profile = option.strip_prefix("seccomp=").or_else(|| option.strip_prefix("seccomp:"));
        match profile.filter(|profile| *profile != "unconfined") {
            None => all.push(option.clone()),
            Some(path) => match profile_text(path, options) {
                Ok(text) => all.push(format!("seccomp={text}")),
                Err(message) => notes.service_error(service, "security_opt", "SECCOMP_PROFILE", message),
            },
        }
    }
    json!(all)
}

fn profile_text(path: &str, options: &Options<'_>) -> Result<String, String> {
    let bytes = (options.reader)(path.trim_matches('"'))
        .map_err(|message| format!("reading seccomp profile {path}: {message}"))?;
    let profile: Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("reading seccomp profile {path}: {error}"))?;
    Ok(super::python::json(&profile, ", ", ": ", false))
}

fn devices(service: &Service) -> Value {
    let devices = service.devices.iter().map(|device| {
        json!({
            "PathOnHost": device.source,
            "PathInContainer": device.target.as_ref().unwrap_or(&device.source),
            "CgroupPermissions": device.permissions.as_deref().unwrap_or("rwm"),
        })
    });
    devices.collect()
}

/// Reservations of devices; a service without any has none to ask for.
fn device_requests(service: &Service) -> Value {
    let reservations = service.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref()?.reservations.as_ref());
    let requests = reservations.map(|reservations| reservations.devices.as_slice()).unwrap_or_default();
    requests.iter().map(device_request).collect()
}

fn device_request(request: &DeviceRequest) -> Value {
    let capabilities = if request.capabilities.is_empty() { json!([]) } else { json!([request.capabilities]) };
    json!({
        "Driver": request.driver.clone().unwrap_or_default(),
        "Count": request.count.unwrap_or_default(),
        "DeviceIDs": request.device_ids,
        "Capabilities": capabilities,
        "Options": request.options,
    })
}

fn tmpfs(service: &Service) -> Value {
    let pairs = service.tmpfs.iter().map(|entry| {
        let (path, options) = entry.split_once(':').unwrap_or((entry, ""));
        (path.to_owned(), json!(options))
    });
    Value::Object(pairs.collect())
}

fn ulimits(service: &Service) -> Value {
    service
        .ulimits
        .iter()
        .map(|(name, limit)| json!({ "Name": name, "Soft": limit.soft, "Hard": limit.hard }))
        .collect()
}
