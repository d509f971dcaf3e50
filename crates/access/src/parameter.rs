//! The dangerous options of an operation (UCP: sub-options): refused unless the role names them.

use std::fmt;

use crate::operation::Operation;

macro_rules! parameters {
    ($($(#[$doc:meta])* $variant:ident => $name:literal),+ $(,)?) => {
        /// A dangerous option of an operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Parameter { $($(#[$doc])* $variant),+ }

        impl Parameter {
            /// All parameters.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

parameters! {
    /// The host's IPC namespace.
    IpcMode => "IPC Mode",
    /// The host's PID namespace.
    PidMode => "PID Mode",
    /// The host's network.
    HostNetworking => "Host Networking Mode",
    /// The default bridge, shared by everything on a node.
    BridgeNetworking => "Bridge Networking Mode",
    /// All rights on the host.
    Privileged => "Privileged",
    /// Files of the host.
    HostBindMounts => "Host Bind Mounts",
    /// Kernel capabilities added, or the default set changed.
    Capabilities => "Additional Kernel Capabilities",
    /// The host's user namespace.
    UserNamespace => "User Namespace Mode",
    /// A Windows credential specification.
    CredentialSpec => "Credential Spec",
    /// An overlay network that plain containers may join.
    Attachable => "Attachable",
    /// Options of a volume driver, and drivers other than `local`.
    LocalDriverOptions => "Local Driver Options",
    /// Removes an image that is in use.
    ForceRemove => "Force Remove",
    /// The host's UTS namespace (ours).
    UtsMode => "UTS Mode",
    /// The host's cgroup namespace (ours).
    CgroupMode => "Cgroup Mode",
    /// Seccomp, AppArmor, SELinux, masked paths (ours).
    SecurityOptions => "Security Options",
    /// Raw devices, device rules, device requests, generic resources (ours).
    Devices => "Devices",
    /// Runtime, cgroup parent, annotations, isolation, storage options (ours).
    RuntimeOptions => "Runtime Options",
    /// Sysctls, ulimits, out-of-memory settings, real-time scheduling, added groups (ours).
    KernelTuning => "Kernel Tuning",
    /// Log drivers and options beyond the harmless ones (ours).
    LogOptions => "Log Options",
    /// Image and cluster mounts, sub-paths, propagation (ours).
    MountOptions => "Mount Options",
    /// Names for addresses of the host, resolvers (ours).
    ExtraHosts => "Extra Hosts",
    /// A secret's or config's driver and templating (ours).
    Templating => "Driver and Templating",
}

impl Parameter {
    /// Finds a parameter by its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|parameter| parameter.name() == name)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Operation {
    /// Returns the parameters that a role may list beside this operation.
    #[must_use]
    pub const fn parameters(self) -> &'static [Parameter] {
        use Parameter as P;
        match self {
            Self::ContainerCreate => &[
                P::IpcMode,
                P::PidMode,
                P::HostNetworking,
                P::BridgeNetworking,
                P::Privileged,
                P::HostBindMounts,
                P::Capabilities,
                P::UserNamespace,
                P::UtsMode,
                P::CgroupMode,
                P::SecurityOptions,
                P::Devices,
                P::RuntimeOptions,
                P::KernelTuning,
                P::LogOptions,
                P::MountOptions,
                P::ExtraHosts,
            ],
            Self::ContainerUpdate => &[P::Devices, P::RuntimeOptions, P::KernelTuning],
            Self::ContainerExec => &[P::Privileged],
            Self::ServiceCreate | Self::ServiceUpdate => &[
                P::CredentialSpec,
                P::HostBindMounts,
                P::HostNetworking,
                P::BridgeNetworking,
                P::Capabilities,
                P::SecurityOptions,
                P::Devices,
                P::RuntimeOptions,
                P::KernelTuning,
                P::LogOptions,
                P::MountOptions,
                P::ExtraHosts,
            ],
            Self::NetworkCreate => &[P::Attachable],
            Self::VolumeCreate => &[P::LocalDriverOptions],
            Self::ImageRemove => &[P::ForceRemove],
            Self::ImageBuild => {
                &[P::HostNetworking, P::SecurityOptions, P::RuntimeOptions, P::KernelTuning, P::ExtraHosts]
            }
            Self::SecretCreate | Self::ConfigCreate => &[P::Templating],
            _ => &[],
        }
    }
}

/// A small set of parameters.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ParameterSet(u32);

impl ParameterSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Adds a parameter.
    pub const fn insert(&mut self, parameter: Parameter) {
        self.0 |= parameter.bit();
    }

    /// Reports whether a parameter is in the set.
    #[must_use]
    pub const fn contains(self, parameter: Parameter) -> bool {
        self.0 & parameter.bit() != 0
    }

    /// Reports whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Goes through the set in wire order.
    pub fn iter(self) -> impl Iterator<Item = Parameter> {
        Parameter::ALL.iter().copied().filter(move |parameter| self.contains(*parameter))
    }
}

impl FromIterator<Parameter> for ParameterSet {
    fn from_iter<I: IntoIterator<Item = Parameter>>(parameters: I) -> Self {
        let mut set = Self::EMPTY;
        for parameter in parameters {
            set.insert(parameter);
        }
        set
    }
}

impl fmt::Debug for ParameterSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
