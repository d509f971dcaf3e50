//! The forms of the engine's bodies as data: for each field its name, its shape and what it takes to set it.
//!
//! A field that stands in no table is unknown: passed for administrators, refused by name for everybody else.

mod container;
mod mount;
mod network;
mod other;
mod service;

use access::Parameter;

/// The form of a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Schema {
    /// `POST /containers/create`.
    ContainerCreate,
    /// `POST /containers/{id}/update`.
    ContainerUpdate,
    /// `POST /commit`.
    ContainerConfig,
    /// `POST /containers/{id}/exec`.
    ExecCreate,
    /// `POST /exec/{id}/start`.
    ExecStart,
    /// `POST /containers/{id}/checkpoints`.
    Checkpoint,
    /// Services, created and updated.
    ServiceSpec,
    /// `POST /networks/create`.
    NetworkCreate,
    /// `POST /networks/{id}/connect`.
    NetworkConnect,
    /// `POST /networks/{id}/disconnect`.
    NetworkDisconnect,
    /// `POST /volumes/create`.
    VolumeCreate,
    /// `PUT /volumes/{name}`.
    VolumeUpdate,
    /// Secrets, created and updated.
    SecretSpec,
    /// Configs, created and updated.
    ConfigSpec,
    /// `POST /nodes/{id}/update`.
    NodeSpec,
    /// `POST /swarm/update`.
    SwarmSpec,
    /// `POST /swarm/init`.
    SwarmInit,
    /// `POST /swarm/join`.
    SwarmJoin,
    /// `POST /swarm/unlock`.
    SwarmUnlock,
    /// `POST /auth` and the header `X-Registry-Auth`.
    AuthConfig,
    /// The header `X-Registry-Config`.
    RegistryConfig,
    /// `POST /plugins/pull` and upgrade.
    PluginPrivileges,
    /// A list of texts.
    TextList,
    /// A map of texts.
    TextMap,
    /// A list of limits.
    Ulimits,
    /// Any document without duplicate keys.
    Anything,
}

/// The shape of a value; `null` is allowed everywhere, as in Go.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Anything, keys verbatim.
    Any,
    Bool,
    Int,
    Number,
    Text,
    /// A list of texts for which the engine also takes a bare text.
    Words,
    List(&'static Self),
    /// A map whose keys are the client's.
    Map(&'static Self),
    /// An object with these fields.
    Object(&'static [&'static [Field]]),
}

/// What setting a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Harmless.
    Free,
    /// Judged by code, see `needs`.
    Code,
    /// A parameter, when the value is more than empty.
    Set(Parameter),
    /// A parameter, when the value is not `null`; an empty list counts.
    Present(Parameter),
    /// An administrator, when the value is more than empty.
    Admin,
    /// An administrator, when the value is not `null`.
    AdminPresent,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) gate: Gate,
}

const fn free(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::Free }
}

const fn code(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::Code }
}

const fn set(parameter: Parameter, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::Set(parameter) }
}

const fn present(parameter: Parameter, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::Present(parameter) }
}

const fn admin(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::Admin }
}

const fn admin_present(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, gate: Gate::AdminPresent }
}

const TEXTS: Shape = Shape::List(&Shape::Text);
const TEXT_MAP: Shape = Shape::Map(&Shape::Text);
const EMPTY: Shape = Shape::Object(&[]);

impl Schema {
    /// Every schema, for tables and tests.
    pub const ALL: &'static [Self] = &[
        Self::ContainerCreate,
        Self::ContainerUpdate,
        Self::ContainerConfig,
        Self::ExecCreate,
        Self::ExecStart,
        Self::Checkpoint,
        Self::ServiceSpec,
        Self::NetworkCreate,
        Self::NetworkConnect,
        Self::NetworkDisconnect,
        Self::VolumeCreate,
        Self::VolumeUpdate,
        Self::SecretSpec,
        Self::ConfigSpec,
        Self::NodeSpec,
        Self::SwarmSpec,
        Self::SwarmInit,
        Self::SwarmJoin,
        Self::SwarmUnlock,
        Self::AuthConfig,
        Self::RegistryConfig,
        Self::PluginPrivileges,
        Self::TextList,
        Self::TextMap,
        Self::Ulimits,
        Self::Anything,
    ];

    pub(crate) const fn shape(self) -> &'static Shape {
        match self {
            Self::ContainerCreate => &container::CREATE,
            Self::ContainerUpdate => &container::UPDATE,
            Self::ContainerConfig => &container::CONFIG,
            Self::ExecCreate => &container::EXEC_CREATE,
            Self::ExecStart => &container::EXEC_START,
            Self::Checkpoint => &container::CHECKPOINT,
            Self::Ulimits => &container::ULIMITS,
            Self::ServiceSpec => &service::SERVICE,
            Self::NetworkCreate => &network::CREATE,
            Self::NetworkConnect => &network::CONNECT,
            Self::NetworkDisconnect => &network::DISCONNECT,
            Self::VolumeCreate => &mount::VOLUME_CREATE,
            Self::SecretSpec => &other::SECRET,
            Self::ConfigSpec => &other::CONFIG,
            Self::NodeSpec => &other::NODE,
            Self::AuthConfig => &other::AUTH,
            Self::RegistryConfig => &other::REGISTRY_CONFIG,
            Self::TextList => &TEXTS,
            Self::TextMap => &TEXT_MAP,
            Self::SwarmUnlock => &other::SWARM_UNLOCK,
            // For administrators alone; keys pass verbatim and duplicates are refused.
            Self::VolumeUpdate
            | Self::SwarmSpec
            | Self::SwarmInit
            | Self::SwarmJoin
            | Self::PluginPrivileges
            | Self::Anything => &Shape::Any,
        }
    }
}

/// Folds a field's name as Go's `encoding/json` compares names: ASCII case, long s and the Kelvin sign.
pub(crate) fn fold(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            _ => c.to_ascii_lowercase(),
        })
        .collect()
}

/// Finds a field by a name in any of the spellings that Go takes for it.
pub(crate) fn find(groups: &'static [&'static [Field]], name: &str) -> Option<&'static Field> {
    let fields = || groups.iter().flat_map(|group| group.iter());
    if let Some(field) = fields().find(|field| field.name == name) {
        return Some(field);
    }
    let folded = fold(name);
    fields().find(|field| field.name.len() == folded.len() && field.name.eq_ignore_ascii_case(&folded))
}
