//! `build` and `develop`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ByteSize, ExtraHost, FileReference, Hook, Ulimit};

/// How an image is built.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Build {
    /// The directory (absolute) or address of the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The path of the Dockerfile inside the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    /// The Dockerfile's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile_inline: Option<String>,
    /// Build arguments; a null value takes the shell's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Option<String>>,
    /// Named contexts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub additional_contexts: BTreeMap<String, String>,
    /// The rest, which differs little between dialects.
    #[serde(flatten)]
    pub parts: BuildParts,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// The less common keys of `build`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct BuildParts {
    /// Images to take layers from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cache_from: Vec<String>,
    /// Where the cache goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cache_to: Vec<String>,
    /// Extended privileges.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<String>,
    /// Lines for the hosts file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<ExtraHost>,
    /// Windows isolation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolation: Option<String>,
    /// Labels of the image.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The network of build steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// No cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_cache: Option<bool>,
    /// Stages that use no cache.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub no_cache_filter: Vec<String>,
    /// Target platforms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Privileged build steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// Provenance attestation: `true`, `false` or settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<String>,
    /// Pull base images anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull: Option<bool>,
    /// Bill of materials attestation: `true`, `false` or settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbom: Option<String>,
    /// Secrets of the build.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<FileReference>,
    /// Size of `/dev/shm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shm_size: Option<ByteSize>,
    /// SSH agents and keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh: Vec<BuildSsh>,
    /// More names of the image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The stage to build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Limits of build steps.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ulimits: BTreeMap<String, Ulimit>,
}

/// One `ssh` entry of a build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildSsh {
    /// `default` or an id.
    pub id: String,
    /// Paths, or absent for the agent.
    pub path: Option<String>,
}

impl Serialize for BuildSsh {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.path {
            Some(path) => serializer.collect_str(&format_args!("{}={path}", self.id)),
            None => serializer.serialize_str(&self.id),
        }
    }
}

/// `develop`: what happens when files change.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Develop {
    /// What is watched.
    pub watch: Vec<Watch>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// One watched path.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Watch {
    /// The watched path.
    pub path: String,
    /// `rebuild`, `restart`, `sync`, `sync+restart`, `sync+exec`.
    pub action: String,
    /// Where files are copied to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Patterns left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Patterns taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// What is run after a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec: Option<Hook>,
    /// Whether files are copied at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_sync: Option<bool>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}
