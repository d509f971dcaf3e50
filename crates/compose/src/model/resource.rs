//! Volumes, secrets, configs and models of a project.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{Position, Scalar};

/// Whether a thing must exist already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum External {
    /// The client makes it.
    #[default]
    No,
    /// It must exist, under the resource's `name` or else its key.
    Yes,
}

impl External {
    /// Tells whether the client makes it.
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }

    /// Tells whether it must exist already.
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }
}

impl Serialize for External {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.is_yes())
    }
}

/// A named volume.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Volume {
    /// The engine's name for it: set in the file (or `external.name`); absent where the client makes one from the project's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The driver's options.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// Whether it must exist already.
    #[serde(skip_serializing_if = "External::is_no")]
    pub external: External,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The cluster (CSI) volume's specification as it stood: `x-cluster-spec`.
    #[serde(rename = "x-cluster-spec", skip_serializing_if = "Option::is_none")]
    pub cluster_spec: Option<serde_json::Value>,
    /// Other `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

/// A secret or a config.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FileResource {
    /// The engine's name for it: set in the file (or `external.name`); absent where the client makes one from the project's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The file with the content, as an absolute path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The variable with the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The content itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Whether it must exist already.
    #[serde(skip_serializing_if = "External::is_no")]
    pub external: External,
    /// Labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The secret store's driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The driver's options.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, String>,
    /// The template engine, such as `golang`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_driver: Option<String>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

/// A service's use of a secret or a config.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FileReference {
    /// The key of the secret or config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The path or file name in the container; absent where the file leaves it to the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gid: Option<String>,
    /// Permission bits.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "octal")]
    pub mode: Option<u32>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

/// An AI model that services use.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Model {
    /// The engine's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The OCI artifact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens of context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_size: Option<i64>,
    /// Flags of the runtime.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runtime_flags: Vec<String>,
    /// Settings no client gives a meaning to yet.
    #[serde(flatten)]
    pub other: BTreeMap<String, Scalar>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}

/// Permission bits as text, since a plain `0440` is read as 440 by YAML 1.2 readers.
fn octal<S: Serializer>(mode: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("0{:o}", mode.unwrap_or_default()))
}
