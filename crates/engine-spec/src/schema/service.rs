//! Services.

use access::Parameter::{Capabilities, CredentialSpec, Devices, KernelTuning, SecurityOptions};

use super::Shape::{Any, Bool, Int, List, Number, Object, Text};
use super::{EMPTY, Shape, TEXT_MAP, TEXTS, admin_present, code, container, free, mount, present, set};

const FILE: Shape = Object(&[&[free("Name", Text), free("UID", Text), free("GID", Text), free("Mode", Int)]]);
const SECRET: Shape = Object(&[&[free("File", FILE), code("SecretID", Text), code("SecretName", Text)]]);
const CONFIG: Shape =
    Object(&[&[free("File", FILE), free("Runtime", EMPTY), code("ConfigID", Text), code("ConfigName", Text)]]);

const PRIVILEGES: Shape = Object(&[&[
    present(
        CredentialSpec,
        "CredentialSpec",
        Object(&[&[code("Config", Text), free("File", Text), free("Registry", Text)]]),
    ),
    present(
        SecurityOptions,
        "SELinuxContext",
        Object(&[&[
            free("Disable", Bool),
            free("User", Text),
            free("Role", Text),
            free("Type", Text),
            free("Level", Text),
        ]]),
    ),
    present(SecurityOptions, "Seccomp", Object(&[&[free("Mode", Text), free("Profile", Text)]])),
    present(SecurityOptions, "AppArmor", Object(&[&[free("Mode", Text)]])),
    free("NoNewPrivileges", Bool),
]]);

const CONTAINER: Shape = Object(&[&[
    code("Image", Text),
    code("Labels", TEXT_MAP),
    free("Command", TEXTS),
    free("Args", TEXTS),
    free("Hostname", Text),
    code("Env", TEXTS),
    free("Dir", Text),
    free("User", Text),
    set(KernelTuning, "Groups", TEXTS),
    code("Privileges", PRIVILEGES),
    free("Init", Bool),
    free("StopSignal", Text),
    free("TTY", Bool),
    free("OpenStdin", Bool),
    free("ReadOnly", Bool),
    code("Mounts", List(&mount::MOUNT)),
    free("StopGracePeriod", Int),
    free("Healthcheck", container::HEALTHCHECK),
    code("Hosts", TEXTS),
    free("DNSConfig", Object(&[&[free("Nameservers", TEXTS), free("Search", TEXTS), free("Options", TEXTS)]])),
    code("Secrets", List(&SECRET)),
    code("Configs", List(&CONFIG)),
    code("Isolation", Text),
    set(KernelTuning, "Sysctls", TEXT_MAP),
    set(Capabilities, "CapabilityAdd", TEXTS),
    free("CapabilityDrop", TEXTS),
    set(KernelTuning, "Ulimits", container::ULIMITS),
    code("OomScoreAdj", Int),
]]);

const RESOURCES: Shape = Object(&[&[
    free("NanoCPUs", Int),
    free("MemoryBytes", Int),
    free("Pids", Int),
    set(Devices, "GenericResources", List(&Any)),
]]);

const PLACEMENT: Shape = Object(&[&[
    code("Constraints", TEXTS),
    free("Preferences", List(&Object(&[&[free("Spread", Object(&[&[free("SpreadDescriptor", Text)]]))]]))),
    free("MaxReplicas", Int),
    free("Platforms", List(&Object(&[&[free("Architecture", Text), free("OS", Text)]]))),
]]);

const NETWORKS: Shape =
    List(&Object(&[&[code("Target", Text), free("Aliases", TEXTS), set(KernelTuning, "DriverOpts", TEXT_MAP)]]));

const TASK: Shape = Object(&[&[
    code("ContainerSpec", CONTAINER),
    admin_present("PluginSpec", Any),
    code("NetworkAttachmentSpec", Any),
    free(
        "Resources",
        Object(&[&[
            free("Limits", RESOURCES),
            free("Reservations", RESOURCES),
            free("SwapBytes", Int),
            free("MemorySwappiness", Int),
        ]]),
    ),
    free(
        "RestartPolicy",
        Object(&[&[free("Condition", Text), free("Delay", Int), free("MaxAttempts", Int), free("Window", Int)]]),
    ),
    code("Placement", PLACEMENT),
    code("Networks", NETWORKS),
    code("LogDriver", Object(&[&[code("Name", Text), code("Options", TEXT_MAP)]])),
    free("ForceUpdate", Int),
    code("Runtime", Text),
]]);

const MODE: Shape = Object(&[&[
    free("Replicated", Object(&[&[free("Replicas", Int)]])),
    free("Global", EMPTY),
    free("ReplicatedJob", Object(&[&[free("MaxConcurrent", Int), free("TotalCompletions", Int)]])),
    free("GlobalJob", EMPTY),
]]);

const ROLLOUT: Shape = Object(&[&[
    free("Parallelism", Int),
    free("Delay", Int),
    free("FailureAction", Text),
    free("Monitor", Int),
    free("MaxFailureRatio", Number),
    free("Order", Text),
]]);

const ENDPOINT: Shape = Object(&[&[
    free("Mode", Text),
    code(
        "Ports",
        List(&Object(&[&[
            free("Name", Text),
            free("Protocol", Text),
            free("TargetPort", Int),
            code("PublishedPort", Int),
            free("PublishMode", Text),
        ]])),
    ),
]]);

pub(super) const SERVICE: Shape = Object(&[&[
    code("Name", Text),
    code("Labels", TEXT_MAP),
    code("TaskTemplate", TASK),
    free("Mode", MODE),
    free("UpdateConfig", ROLLOUT),
    free("RollbackConfig", ROLLOUT),
    code("Networks", NETWORKS),
    code("EndpointSpec", ENDPOINT),
]]);
