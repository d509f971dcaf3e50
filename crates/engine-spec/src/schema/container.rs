//! Containers: configuration, host configuration, updates, exec.

use access::Parameter::{
    Capabilities, Devices as DevicesOf, KernelTuning, Privileged, RuntimeOptions, SecurityOptions,
};

use super::Shape::{Bool, Int, List, Map, Object, Text, Words};
use super::{EMPTY, Field, Shape, TEXT_MAP, TEXTS, code, free, mount, network, present, set};

const HEALTH: Shape = Object(&[&[
    free("Test", TEXTS),
    free("Interval", Int),
    free("Timeout", Int),
    free("StartPeriod", Int),
    free("StartInterval", Int),
    free("Retries", Int),
    free("NoWait", Bool),
]]);

pub(super) const HEALTHCHECK: Shape = HEALTH;

const CONFIG_FIELDS: &[Field] = &[
    free("Hostname", Text),
    free("Domainname", Text),
    free("User", Text),
    free("AttachStdin", Bool),
    free("AttachStdout", Bool),
    free("AttachStderr", Bool),
    free("ExposedPorts", Map(&EMPTY)),
    free("Tty", Bool),
    free("OpenStdin", Bool),
    free("StdinOnce", Bool),
    code("Env", TEXTS),
    free("Cmd", Words),
    free("Healthcheck", HEALTH),
    free("ArgsEscaped", Bool),
    code("Image", Text),
    code("Volumes", Map(&EMPTY)),
    free("WorkingDir", Text),
    free("Entrypoint", Words),
    free("NetworkDisabled", Bool),
    free("MacAddress", Text),
    free("OnBuild", TEXTS),
    code("Labels", TEXT_MAP),
    free("StopSignal", Text),
    free("StopTimeout", Int),
    free("Shell", Words),
];

const ULIMIT: Shape = Object(&[&[free("Name", Text), free("Hard", Int), free("Soft", Int)]]);
pub(super) const ULIMITS: Shape = List(&ULIMIT);
const WEIGHTS: Shape = List(&Object(&[&[free("Path", Text), free("Weight", Int)]]));
const RATES: Shape = List(&Object(&[&[free("Path", Text), free("Rate", Int)]]));
const DEVICES: Shape =
    List(&Object(&[&[free("PathOnHost", Text), free("PathInContainer", Text), free("CgroupPermissions", Text)]]));
const DEVICE_REQUESTS: Shape = List(&Object(&[&[
    free("Driver", Text),
    free("Count", Int),
    free("DeviceIDs", TEXTS),
    free("Capabilities", List(&TEXTS)),
    free("Options", TEXT_MAP),
]]));

const RESOURCE_FIELDS: &[Field] = &[
    free("CpuShares", Int),
    free("Memory", Int),
    free("NanoCpus", Int),
    set(RuntimeOptions, "CgroupParent", Text),
    free("BlkioWeight", Int),
    set(DevicesOf, "BlkioWeightDevice", WEIGHTS),
    set(DevicesOf, "BlkioDeviceReadBps", RATES),
    set(DevicesOf, "BlkioDeviceWriteBps", RATES),
    set(DevicesOf, "BlkioDeviceReadIOps", RATES),
    set(DevicesOf, "BlkioDeviceWriteIOps", RATES),
    free("CpuPeriod", Int),
    free("CpuQuota", Int),
    set(KernelTuning, "CpuRealtimePeriod", Int),
    set(KernelTuning, "CpuRealtimeRuntime", Int),
    free("CpusetCpus", Text),
    free("CpusetMems", Text),
    set(DevicesOf, "Devices", DEVICES),
    set(DevicesOf, "DeviceCgroupRules", TEXTS),
    set(DevicesOf, "DeviceRequests", DEVICE_REQUESTS),
    free("DiskQuota", Int),
    free("KernelMemory", Int),
    free("KernelMemoryTCP", Int),
    free("MemoryReservation", Int),
    free("MemorySwap", Int),
    free("MemorySwappiness", Int),
    set(KernelTuning, "OomKillDisable", Bool),
    free("PidsLimit", Int),
    set(KernelTuning, "Ulimits", ULIMITS),
    free("CpuCount", Int),
    free("CpuPercent", Int),
    free("IOMaximumIOps", Int),
    free("IOMaximumBandwidth", Int),
];

const RESTART: Field = free("RestartPolicy", Object(&[&[free("Name", Text), free("MaximumRetryCount", Int)]]));

const HOST_FIELDS: &[Field] = &[
    code("Binds", TEXTS),
    free("ContainerIDFile", Text),
    code("LogConfig", Object(&[&[code("Type", Text), code("Config", TEXT_MAP)]])),
    code("NetworkMode", Text),
    code("PortBindings", Map(&List(&Object(&[&[free("HostIp", Text), code("HostPort", Text)]])))),
    RESTART,
    free("AutoRemove", Bool),
    code("VolumeDriver", Text),
    code("VolumesFrom", TEXTS),
    free("ConsoleSize", List(&Int)),
    set(RuntimeOptions, "Annotations", TEXT_MAP),
    set(Capabilities, "CapAdd", Words),
    free("CapDrop", Words),
    code("CgroupnsMode", Text),
    free("Dns", TEXTS),
    free("DnsOptions", TEXTS),
    free("DnsSearch", TEXTS),
    code("ExtraHosts", TEXTS),
    set(KernelTuning, "GroupAdd", TEXTS),
    code("IpcMode", Text),
    code("Cgroup", Text),
    code("Links", TEXTS),
    code("OomScoreAdj", Int),
    code("PidMode", Text),
    set(Privileged, "Privileged", Bool),
    free("PublishAllPorts", Bool),
    free("ReadonlyRootfs", Bool),
    code("SecurityOpt", TEXTS),
    set(RuntimeOptions, "StorageOpt", TEXT_MAP),
    free("Tmpfs", TEXT_MAP),
    code("UTSMode", Text),
    code("UsernsMode", Text),
    free("ShmSize", Int),
    set(KernelTuning, "Sysctls", TEXT_MAP),
    set(RuntimeOptions, "Runtime", Text),
    code("Isolation", Text),
    code("Mounts", List(&mount::MOUNT)),
    present(SecurityOptions, "MaskedPaths", TEXTS),
    present(SecurityOptions, "ReadonlyPaths", TEXTS),
    free("Init", Bool),
];

pub(super) const CONFIG: Shape = Object(&[CONFIG_FIELDS]);

// The engine up to 20.10 also reads host configuration at the top level when `HostConfig` is absent: those fields
// are unknown here on purpose.
pub(super) const CREATE: Shape = Object(&[
    CONFIG_FIELDS,
    &[
        code("HostConfig", Object(&[HOST_FIELDS, RESOURCE_FIELDS])),
        code("NetworkingConfig", Object(&[&[code("EndpointsConfig", Map(&network::ENDPOINT))]])),
    ],
]);

pub(super) const UPDATE: Shape = Object(&[RESOURCE_FIELDS, &[RESTART]]);

pub(super) const EXEC_CREATE: Shape = Object(&[&[
    free("User", Text),
    set(Privileged, "Privileged", Bool),
    free("Tty", Bool),
    free("ConsoleSize", List(&Int)),
    free("AttachStdin", Bool),
    free("AttachStdout", Bool),
    free("AttachStderr", Bool),
    free("Detach", Bool),
    free("DetachKeys", Text),
    free("Env", TEXTS),
    free("WorkingDir", Text),
    free("Cmd", Words),
    // Sent by older clients and read by nobody.
    free("Container", Text),
]]);

pub(super) const EXEC_START: Shape =
    Object(&[&[free("Detach", Bool), free("Tty", Bool), free("ConsoleSize", List(&Int))]]);

pub(super) const CHECKPOINT: Shape =
    Object(&[&[free("CheckpointID", Text), code("CheckpointDir", Text), free("Exit", Bool)]]);
