//! The keys of a service.

use super::deploy::{DEPLOY_SHAPE, DEVICE_REQUESTS};
use super::shape::{Object, Shape, field, on};

const fn closed(fields: &'static [super::Field]) -> Object {
    Object { fields, required: &[], extensions: true, stack_extensions: None, open: None }
}

pub(crate) static SERVICE: Object =
    Object { fields: &SERVICE_FIELDS, required: &[], extensions: true, stack_extensions: Some(7), open: None };

static SERVICE_FIELDS: [super::Field; 98] = [
    field("annotations", &Shape::Dictionary, on("s")),
    field("attach", &Shape::Boolean, on("s")),
    field("blkio_config", &Shape::Object(&BLKIO), on("cs")),
    field("build", &Shape::Either(&[&Shape::Text, &Shape::Object(&BUILD)]), on("1cv0s")),
    field("cap_add", &Shape::Strings, on("1cv0s")),
    field("cap_drop", &Shape::Strings, on("1cv0s")),
    field("cgroup", &Shape::Choice(&["host", "private"]), on("s")),
    field("cgroup_parent", &Shape::Text, on("1cv0s")),
    field("cgroupns_mode", &Shape::Text, on("v9")),
    field("command", &COMMAND, on("1cv0s")),
    field("configs", &FILE_REFERENCES, on("cv3s")),
    field("container_name", &Shape::Text, on("1cv0s")),
    field("cpu_count", &Shape::Integer, on("cs")),
    field("cpu_percent", &Shape::Number, on("cs")),
    field("cpu_period", &Shape::Microseconds, on("cs")),
    field("cpu_quota", &Shape::Microseconds, on("1cs")),
    field("cpu_rt_period", &Shape::Microseconds, on("cs")),
    field("cpu_rt_runtime", &Shape::Microseconds, on("cs")),
    field("cpu_shares", &Shape::Number, on("1cs")),
    field("cpus", &Shape::Number, on("cs")),
    field("cpuset", &Shape::Text, on("1cs")),
    field("credential_spec", &Shape::Object(&CREDENTIAL_SPEC), on("cv3s")),
    field("depends_on", &Shape::Either(&[&Shape::Strings, &Shape::Named(&Shape::Object(&DEPENDENCY))]), on("cv0s")),
    field("deploy", &Shape::OrNull(&DEPLOY_SHAPE), on("cv0s")),
    field("develop", &Shape::OrNull(&Shape::Object(&DEVELOP)), on("s")),
    field("device_cgroup_rules", &Shape::Strings, on("cs")),
    field("devices", &Shape::List(&Shape::Either(&[&Shape::Text, &Shape::Object(&DEVICE)])), on("1cv0s")),
    field("dns", &Shape::TextOrStrings, on("1cv0s")),
    field("dns_opt", &Shape::Strings, on("cs")),
    field("dns_search", &Shape::TextOrStrings, on("1cv0s")),
    field("dockerfile", &Shape::Text, on("1")),
    field("domainname", &Shape::Text, on("1cv0s")),
    field("entrypoint", &COMMAND, on("1cv0s")),
    field(
        "env_file",
        &Shape::Either(&[&Shape::Text, &Shape::List(&Shape::Either(&[&Shape::Text, &Shape::Object(&ENV_FILE)]))]),
        on("1cv0s"),
    ),
    field("environment", &Shape::Dictionary, on("1cv0s")),
    field("expose", &Shape::StringsOrNumbers, on("1cv0s")),
    field("extends", &Shape::Either(&[&Shape::Text, &Shape::Object(&EXTENDS)]), on("1cs")),
    field("external_links", &Shape::Strings, on("1cv0s")),
    field("extra_hosts", &Shape::Hosts, on("1cv0s")),
    field("gpus", &Shape::Either(&[&Shape::Choice(&["all"]), &DEVICE_REQUESTS]), on("s")),
    field("group_add", &Shape::StringsOrNumbers, on("cs")),
    field("healthcheck", &Shape::Object(&HEALTHCHECK), on("cv0s")),
    field("hostname", &Shape::Text, on("1cv0s")),
    field("image", &Shape::Text, on("1cv0s")),
    field("init", &Shape::Boolean, on("cv7s")),
    field("ipc", &Shape::Text, on("1cv0s")),
    field("isolation", &Shape::Text, on("cv5s")),
    field("label_file", &Shape::TextOrStrings, on("s")),
    field("labels", &Shape::Dictionary, on("1cv0s")),
    field("links", &Shape::Strings, on("1cv0s")),
    field("log_driver", &Shape::Text, on("1")),
    field("log_opt", &Shape::NullableOptions, on("1")),
    field("logging", &Shape::Object(&LOGGING), on("cv0s")),
    field("mac_address", &Shape::Text, on("1cv0s")),
    field("mem_limit", &Shape::Size, on("1cs")),
    field("mem_reservation", &Shape::Size, on("cs")),
    field("mem_swappiness", &Shape::Integer, on("1cs")),
    field("memswap_limit", &Shape::Size, on("1cs")),
    field(
        "models",
        &Shape::Either(&[&Shape::Strings, &Shape::Named(&Shape::OrNull(&Shape::Object(&MODEL_USE)))]),
        on("s"),
    ),
    field("net", &Shape::Text, on("1")),
    field("network_mode", &Shape::Text, on("cv0s")),
    field(
        "networks",
        &Shape::Either(&[&Shape::Strings, &Shape::Named(&Shape::OrNull(&Shape::Object(&ATTACHMENT)))]),
        on("cv0s"),
    ),
    field("oom_kill_disable", &Shape::Boolean, on("cs")),
    field("oom_score_adj", &Shape::Integer, on("cv13s")),
    field("pid", &Shape::OrNull(&Shape::Text), on("1cv0s")),
    field("pids_limit", &Shape::Integer, on("cs")),
    field("platform", &Shape::Text, on("cs")),
    field("ports", &Shape::List(&Shape::Either(&[&Shape::TextOrNumber, &Shape::Object(&PORT)])), on("1cv0s")),
    field("post_start", &Shape::List(&Shape::Object(&HOOK)), on("s")),
    field("pre_stop", &Shape::List(&Shape::Object(&HOOK)), on("s")),
    field("privileged", &Shape::Boolean, on("1cv0s")),
    field("profiles", &Shape::Strings, on("cs")),
    field("provider", &Shape::Object(&PROVIDER), on("s")),
    field("pull_policy", &Shape::Text, on("cs")),
    field("pull_refresh_after", &Shape::Text, on("s")),
    field("read_only", &Shape::Boolean, on("1cv0s")),
    field("restart", &Shape::Text, on("1cv0s")),
    field("runtime", &Shape::Text, on("cs")),
    field("scale", &Shape::Integer, on("cs")),
    field("secrets", &FILE_REFERENCES, on("cv1s")),
    field("security_opt", &Shape::Strings, on("1cv0s")),
    field("shm_size", &Shape::Size, on("1cv0s")),
    field("stdin_open", &Shape::Boolean, on("1cv0s")),
    field("stop_grace_period", &Shape::Duration, on("cv0s")),
    field("stop_signal", &Shape::Text, on("1cv0s")),
    field("storage_opt", &Shape::NullableOptions, on("cs")),
    field("sysctls", &Shape::Dictionary, on("cv0s")),
    field("tmpfs", &Shape::TextOrStrings, on("cv0s")),
    field("tty", &Shape::Boolean, on("1cv0s")),
    field("ulimits", &ULIMITS, on("1cv0s")),
    field("use_api_socket", &Shape::Boolean, on("s")),
    field("user", &Shape::Text, on("1cv0s")),
    field("userns_mode", &Shape::Text, on("cv0s")),
    field("uts", &Shape::Text, on("s")),
    field("volume_driver", &Shape::Text, on("1")),
    field("volumes", &Shape::List(&Shape::Either(&[&Shape::Text, &Shape::Object(&MOUNT)])), on("1cv0s")),
    field("volumes_from", &Shape::Strings, on("1cs")),
    field("working_dir", &Shape::Text, on("1cv0s")),
];

static COMMAND: Shape = Shape::OrNullInSpecification(&Shape::Either(&[&Shape::Text, &Shape::Words]));

static ULIMITS: Shape = Shape::Keyed(&Shape::Either(&[&Shape::Integer, &Shape::Object(&ULIMIT)]));

static ULIMIT: Object = Object {
    fields: &[field("hard", &Shape::Integer, on("1cv0s")), field("soft", &Shape::Integer, on("1cv0s"))],
    required: &["soft", "hard"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

pub(super) static FILE_REFERENCES: Shape =
    Shape::List(&Shape::Either(&[&Shape::Text, &Shape::Object(&FILE_REFERENCE)]));

static FILE_REFERENCE: Object = Object {
    fields: &[
        field("source", &Shape::Text, on("cv1s")),
        field("target", &Shape::Text, on("cv1s")),
        field("uid", &Shape::Text, on("cv1s")),
        field("gid", &Shape::Text, on("cv1s")),
        field("mode", &Shape::Number, on("cv1s")),
    ],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(0),
};

static BUILD: Object = Object {
    fields: &[
        field("additional_contexts", &Shape::Dictionary, on("s")),
        field("args", &Shape::Dictionary, on("cv0s")),
        field("cache_from", &Shape::Words, on("cv2s")),
        field("cache_to", &Shape::Words, on("s")),
        field("context", &Shape::Text, on("cv0s")),
        field("dockerfile", &Shape::Text, on("cv0s")),
        field("dockerfile_inline", &Shape::Text, on("s")),
        field("entitlements", &Shape::Words, on("s")),
        field("extra_hosts", &Shape::Hosts, on("cv0s")),
        field("isolation", &Shape::Text, on("cs")),
        field("labels", &Shape::Dictionary, on("cv3s")),
        field("network", &Shape::Text, on("cv4s")),
        field("no_cache", &Shape::Boolean, on("s")),
        field("no_cache_filter", &Shape::TextOrStrings, on("s")),
        field("platforms", &Shape::Words, on("s")),
        field("privileged", &Shape::Boolean, on("s")),
        field("provenance", &Shape::Scalar, on("s")),
        field("pull", &Shape::Boolean, on("s")),
        field("sbom", &Shape::Scalar, on("s")),
        field("secrets", &FILE_REFERENCES, on("s")),
        field("shm_size", &Shape::Size, on("cv5s")),
        field("ssh", &Shape::Either(&[&Shape::Text, &Shape::Dictionary]), on("s")),
        field("tags", &Shape::Words, on("s")),
        field("target", &Shape::Text, on("cv4s")),
        field("ulimits", &ULIMITS, on("s")),
    ],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(11),
};

static BLKIO: Object = Object {
    fields: &[
        field("device_read_bps", &THROTTLES, on("cs")),
        field("device_read_iops", &THROTTLES, on("cs")),
        field("device_write_bps", &THROTTLES, on("cs")),
        field("device_write_iops", &THROTTLES, on("cs")),
        field("weight", &Shape::Integer, on("cs")),
        field("weight_device", &Shape::List(&Shape::Object(&WEIGHT)), on("cs")),
    ],
    required: &[],
    extensions: false,
    stack_extensions: None,
    open: None,
};

static THROTTLES: Shape = Shape::List(&Shape::Object(&THROTTLE));
static THROTTLE: Object = closed(&[field("path", &Shape::Text, on("cs")), field("rate", &Shape::Size, on("cs"))]);
static WEIGHT: Object = closed(&[field("path", &Shape::Text, on("cs")), field("weight", &Shape::Integer, on("cs"))]);

static CREDENTIAL_SPEC: Object = closed(&[
    field("config", &Shape::Text, on("cv8s")),
    field("file", &Shape::Text, on("cv3s")),
    field("registry", &Shape::Text, on("cv3s")),
]);

static DEPENDENCY: Object = Object {
    fields: &[
        field(
            "condition",
            &Shape::Choice(&["service_started", "service_healthy", "service_completed_successfully"]),
            on("cs"),
        ),
        field("required", &Shape::Boolean, on("s")),
        field("restart", &Shape::Boolean, on("s")),
    ],
    required: &["condition"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

static DEVELOP: Object = closed(&[field("watch", &Shape::List(&Shape::Object(&WATCH)), on("s"))]);

static WATCH: Object = Object {
    fields: &[
        field("action", &Shape::Choice(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"]), on("s")),
        field("exec", &Shape::Object(&HOOK), on("s")),
        field("ignore", &Shape::TextOrStrings, on("s")),
        field("include", &Shape::TextOrStrings, on("s")),
        field("initial_sync", &Shape::Boolean, on("s")),
        field("path", &Shape::Text, on("s")),
        field("target", &Shape::Text, on("s")),
    ],
    required: &["path", "action"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

static HOOK: Object = closed(&[
    field("command", &Shape::Either(&[&Shape::Text, &Shape::Words]), on("s")),
    field("environment", &Shape::Dictionary, on("s")),
    field("privileged", &Shape::Boolean, on("s")),
    field("user", &Shape::Text, on("s")),
    field("working_dir", &Shape::Text, on("s")),
]);

static DEVICE: Object = Object {
    fields: &[
        field("source", &Shape::Text, on("s")),
        field("target", &Shape::Text, on("s")),
        field("permissions", &Shape::Text, on("s")),
    ],
    required: &["source"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

static ENV_FILE: Object = Object {
    fields: &[
        field("path", &Shape::Text, on("s")),
        field("required", &Shape::Boolean, on("s")),
        field("format", &Shape::Text, on("s")),
    ],
    required: &["path"],
    extensions: false,
    stack_extensions: None,
    open: None,
};

static EXTENDS: Object = Object {
    fields: &[field("service", &Shape::Text, on("1cs")), field("file", &Shape::Text, on("1cs"))],
    required: &["service"],
    extensions: false,
    stack_extensions: None,
    open: None,
};

static HEALTHCHECK: Object = closed(&[
    field("disable", &Shape::Boolean, on("cv0s")),
    field("interval", &Shape::Duration, on("cv0s")),
    field("retries", &Shape::Number, on("cv0s")),
    field("start_interval", &Shape::Duration, on("v12s")),
    field("start_period", &Shape::Duration, on("cv4s")),
    field("test", &Shape::Either(&[&Shape::Text, &Shape::Words]), on("cv0s")),
    field("timeout", &Shape::Duration, on("cv0s")),
]);

static LOGGING: Object =
    closed(&[field("driver", &Shape::Text, on("cv0s")), field("options", &Shape::NullableOptions, on("cv0s"))]);

static MODEL_USE: Object =
    closed(&[field("endpoint_var", &Shape::Text, on("s")), field("model_var", &Shape::Text, on("s"))]);

static ATTACHMENT: Object = closed(&[
    field("aliases", &Shape::Strings, on("cv0s")),
    field("driver_opts", &Shape::Options, on("v13s")),
    field("gw_priority", &Shape::Number, on("s")),
    field("interface_name", &Shape::Text, on("s")),
    field("ipv4_address", &Shape::Text, on("cv0s")),
    field("ipv6_address", &Shape::Text, on("cv0s")),
    field("link_local_ips", &Shape::Strings, on("cs")),
    field("mac_address", &Shape::Text, on("s")),
    field("priority", &Shape::Number, on("cs")),
]);

static PORT: Object = closed(&[
    field("app_protocol", &Shape::Text, on("s")),
    field("host_ip", &Shape::Text, on("s")),
    field("mode", &Shape::Text, on("cv2s")),
    field("name", &Shape::Text, on("s")),
    field("protocol", &Shape::Text, on("cv2s")),
    field("published", &Shape::Port, on("cv2s")),
    field("target", &Shape::Port, on("cv2s")),
]);

static PROVIDER: Object = Object {
    fields: &[
        field("type", &Shape::Text, on("s")),
        field("options", &Shape::Keyed(&Shape::Either(&[&Shape::Scalar, &Shape::List(&Shape::Scalar)])), on("s")),
    ],
    required: &["type"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

static MOUNT: Object = Object {
    fields: &[
        field("bind", &Shape::Object(&MOUNT_BIND), on("cv2s")),
        field("consistency", &Shape::Text, on("cv2s")),
        field("image", &Shape::Object(&MOUNT_IMAGE), on("s")),
        field("read_only", &Shape::Boolean, on("cv2s")),
        field("source", &Shape::Text, on("cv2s")),
        field("target", &Shape::Text, on("cv2s")),
        field("tmpfs", &Shape::Object(&MOUNT_TMPFS), on("cv6s")),
        field("type", &Shape::Text, on("cv2s")),
        field("volume", &Shape::Object(&MOUNT_VOLUME), on("cv2s")),
    ],
    required: &["type"],
    extensions: true,
    stack_extensions: None,
    open: None,
};

static MOUNT_BIND: Object = Object {
    fields: &[
        field("create_host_path", &Shape::Boolean, on("s")),
        field("propagation", &Shape::Text, on("cv2s")),
        field("recursive", &Shape::Choice(&["enabled", "disabled", "writable", "readonly"]), on("s")),
        field("selinux", &Shape::Choice(&["z", "Z"]), on("s")),
    ],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(0),
};

static MOUNT_IMAGE: Object = Object {
    fields: &[field("subpath", &Shape::Text, on("s"))],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(0),
};

static MOUNT_TMPFS: Object = Object {
    fields: &[field("mode", &Shape::Number, on("s")), field("size", &Shape::Bytes, on("cv6s"))],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(0),
};

static MOUNT_VOLUME: Object = Object {
    fields: &[
        field("labels", &Shape::Dictionary, on("s")),
        field("nocopy", &Shape::Boolean, on("cv2s")),
        field("subpath", &Shape::Text, on("v13s")),
    ],
    required: &[],
    extensions: true,
    stack_extensions: None,
    open: Some(0),
};
