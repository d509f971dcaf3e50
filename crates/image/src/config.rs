//! The image's configuration (OCI image specification 1.1, "Image Configuration"; Docker's is the same where it matters).

use std::collections::BTreeMap;

use oci::Digest;
use serde::Deserialize;

use crate::error::Error;

/// What a scanner wants to know of an image's configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// The architecture, in Go's words.
    pub architecture: String,
    /// The operating system, in Go's words.
    pub os: String,
    /// Its version; of Windows the build.
    pub os_version: Option<String>,
    /// The variant of the architecture.
    pub variant: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Digests of the uncompressed layers, the lowest first.
    pub diff_ids: Vec<Digest>,
    /// What made each layer, where it is told: one text a layer.
    pub created_by: Vec<String>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    architecture: Option<String>,
    #[serde(default)]
    os: Option<String>,
    #[serde(default, rename = "os.version")]
    os_version: Option<String>,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    config: Option<WireConfig>,
    #[serde(default)]
    rootfs: Option<WireRoot>,
    #[serde(default)]
    history: Option<Vec<WireHistory>>,
}

#[derive(Deserialize)]
struct WireConfig {
    #[serde(default, rename = "Labels")]
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct WireRoot {
    #[serde(default)]
    diff_ids: Option<Vec<Digest>>,
}

#[derive(Deserialize)]
struct WireHistory {
    #[serde(default)]
    created_by: Option<String>,
    #[serde(default)]
    empty_layer: Option<bool>,
}

/// Bytes of a configuration that is read.
pub(crate) const MAX_CONFIG_BYTES: u64 = 8 << 20;

impl ImageConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// If it is no JSON of that form.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let wire: Wire = serde_json::from_slice(bytes)
            .map_err(|error| Error::Document { what: "image's configuration", reason: error.to_string() })?;
        let history = wire.history.unwrap_or_default();
        Ok(Self {
            architecture: wire.architecture.unwrap_or_default(),
            os: wire.os.unwrap_or_default(),
            os_version: wire.os_version.filter(|version| !version.is_empty()),
            variant: wire.variant.filter(|variant| !variant.is_empty()),
            created: wire.created,
            labels: wire.config.and_then(|config| config.labels).unwrap_or_default(),
            diff_ids: wire.rootfs.and_then(|root| root.diff_ids).unwrap_or_default(),
            created_by: history
                .into_iter()
                .filter(|step| !step.empty_layer.unwrap_or(false))
                .map(|step| step.created_by.unwrap_or_default())
                .collect(),
        })
    }
}
