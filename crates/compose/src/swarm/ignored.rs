//! Keys that a swarm has no use for.

use crate::model::Project;
use crate::notes::Notes;

/// Ignored with a warning. `restart` is warned of and converted all the same.
pub(crate) const UNSUPPORTED: &[&str] = &[
    "build",
    "cgroup_parent",
    "cgroupns_mode",
    "devices",
    "domainname",
    "external_links",
    "ipc",
    "links",
    "mac_address",
    "network_mode",
    "pid",
    "privileged",
    "restart",
    "security_opt",
    "shm_size",
    "userns_mode",
];

/// Ignored with a warning that says what to do.
pub(crate) const DEPRECATED: &[(&str, &str)] = &[
    ("container_name", "Setting the container name is not supported."),
    (
        "expose",
        "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
    ),
];

/// Refused.
pub(crate) const FORBIDDEN: &[(&str, &str)] = &[
    ("extends", "Support for `extends` is not implemented yet."),
    (
        "volume_driver",
        "Instead of setting the volume driver on the service, define a volume under `volumes` with that driver.",
    ),
    (
        "volumes_from",
        "To share a volume between services, define it under `volumes` and name it in each service's `volumes`.",
    ),
    ("cpu_quota", "Set resource limits using deploy.resources"),
    ("cpu_shares", "Set resource limits using deploy.resources"),
    ("cpuset", "Set resource limits using deploy.resources"),
    ("mem_limit", "Set resource limits using deploy.resources"),
    ("memswap_limit", "Set resource limits using deploy.resources"),
];

pub(super) fn check(project: &Project, notes: &mut Notes<'_>) {
    for service in project.services.values() {
        for key in UNSUPPORTED.iter().filter(|key| service.keys.contains_key(key)) {
            let message = if *key == "restart" {
                "`restart` is not an option of stacks; it is converted to a restart policy".to_owned()
            } else {
                format!("`{key}` is ignored: services of a swarm do not have it")
            };
            notes.service_warning(service, key, "IGNORED_OPTION", message);
        }
        for (key, reason) in DEPRECATED.iter().filter(|(key, _)| service.keys.contains_key(key)) {
            notes.service_warning(service, key, "DEPRECATED_OPTION", *reason);
        }
        for (key, reason) in FORBIDDEN.iter().filter(|(key, _)| service.keys.contains_key(key)) {
            notes.service_error(service, key, "UNSUPPORTED_OPTION", *reason);
        }
    }
}
