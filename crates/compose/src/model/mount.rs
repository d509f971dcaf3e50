//! A service's `volumes`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ByteSize, Position};

/// What is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    /// A named or anonymous volume.
    #[default]
    Volume,
    /// A path of the host.
    Bind,
    /// Memory.
    Tmpfs,
    /// A Windows named pipe.
    Npipe,
    /// A cluster (CSI) volume.
    Cluster,
    /// An image's file system.
    Image,
}

/// One mount, in the long form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Mount {
    /// What is mounted.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// The named volume, absolute host path, image or pipe; absent for anonymous volumes and tmpfs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The path in the container.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Whether it cannot be written; absent where nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// `consistent`, `cached`, `delegated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consistency: Option<String>,
    /// Options of binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind: Option<Box<BindOptions>>,
    /// Options of volumes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Box<VolumeOptions>>,
    /// Options of tmpfs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs: Option<Box<TmpfsOptions>>,
    /// Options of images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<ImageOptions>>,
    /// The access mode text of a short form (`rw,z`), kept for docker-compose 1.29, which hands it to the engine as it is.
    /// `rw` where a source is written without a mode, empty where only a target is. Always absent under other clients.
    #[serde(skip)]
    pub short_mode: Option<String>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

/// Options of a bind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct BindOptions {
    /// `private`, `rprivate`, `shared`, `rshared`, `slave`, `rslave`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagation: Option<String>,
    /// Whether a missing host path is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_host_path: Option<bool>,
    /// `z` (shared) or `Z` (private) relabelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selinux: Option<String>,
    /// `enabled`, `disabled`, `writable`, `readonly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recursive: Option<String>,
}

/// Options of a volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VolumeOptions {
    /// Whether the image's files are not copied into a new volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nocopy: Option<bool>,
    /// A path inside the volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subpath: Option<String>,
    /// Labels of an anonymous volume.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// Options of a tmpfs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TmpfsOptions {
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<ByteSize>,
    /// Permission bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

/// Options of an image mount.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImageOptions {
    /// A path inside the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subpath: Option<String>,
}
