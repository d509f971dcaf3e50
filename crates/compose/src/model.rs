//! The typed, normalised model of a project: every key of every dialect, in its long form.
//!
//! What is absent is `None` or empty. Where a client treats an explicit empty value differently from an absent one, the field is an
//! `Option` of a collection. Maps are sorted, as every client sorts them before it uses them; lists keep the order of the file.
//! Serialising gives canonical Compose keys.

mod build;
mod deploy;
mod dialect;
mod limits;
mod mount;
mod network;
mod pairs;
mod port;
mod relation;
mod resource;
mod runtime;
mod scalar;
mod service;
mod source;

use std::collections::BTreeMap;

use serde::Serialize;

pub use build::{Build, BuildParts, BuildSsh, Develop, Watch};
pub use deploy::{
    Deploy, DeviceRequest, EndpointMode, GenericResource, Placement, PlacementPreference, Resources, ResourcesLimit,
    RestartPolicy, UpdateConfig,
};
pub use dialect::{Client, Dialect, StackClient};
pub use limits::{BlkioConfig, Device, ThrottleDevice, Ulimit, WeightDevice};
pub use mount::{BindOptions, ImageOptions, Mount, MountKind, TmpfsOptions, VolumeOptions};
pub use network::{Attachment, Ipam, IpamPool, Network};
pub use pairs::Pairs;
pub use port::{Port, PortRange};
pub use relation::{Dependency, DependencyCondition, EnvFile, Extends, Link, ModelUse, Provider, VolumesFrom};
pub use resource::{External, FileReference, FileResource, Model, Volume};
pub use runtime::{CredentialSpec, ExtraHost, HealthCheck, HealthTest, Hook, Logging};
pub use scalar::{ByteSize, CommandLine, Duration, Scalar};
pub use service::Service;
pub use source::{KeyPlaces, Position, SourceFile};

/// A whole project after interpolation, merging, `extends`, `include`, profiles and normalisation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Project {
    /// What the first file was written in.
    #[serde(skip)]
    pub dialect: Dialect,
    /// The text of the first file's `version`, where it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The project's name: asked for, or from the file, or from the directory. Empty where the client has none (`stack deploy` names
    /// the stack on its command line).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Services that are enabled by the asked profiles.
    pub services: BTreeMap<String, Box<Service>>,
    /// Services left out because none of their profiles was asked for.
    #[serde(skip)]
    pub disabled_services: BTreeMap<String, Box<Service>>,
    /// Networks the file declares; `default` is not added where the file does not name it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, Network>,
    /// Named volumes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Volume>,
    /// Secrets.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, FileResource>,
    /// Configs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub configs: BTreeMap<String, FileResource>,
    /// AI models.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, Model>,
    /// Top-level `x-` keys as they stood.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// The directory that relative paths were resolved against. Not part of the file.
    #[serde(skip)]
    pub directory: String,
    /// The files that were read, by the index a [`Position`] names.
    #[serde(skip)]
    pub files: Vec<SourceFile>,
}

impl Project {
    /// Returns the name of the file that a position is in.
    pub fn file_name(&self, position: Position) -> Option<&str> {
        self.files.get(usize::from(position.file)).map(|file| file.name.as_str())
    }
}
