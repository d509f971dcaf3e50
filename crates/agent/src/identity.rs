//! What an agent keeps of its cluster: one file, readable by it alone.

use std::path::{Path, PathBuf};

use anyhow::Context;
use base::{ClusterId, NodeId, Secret};
use serde::{Deserialize, Serialize};

use crate::certs::{read_optional, replace};

/// What an agent keeps of its cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) node: NodeId,
    pub(crate) cluster: ClusterId,
    pub(crate) certificate_pem: String,
    key_pem: String,
    pub(crate) ca_pem: String,
    pub(crate) tunnel_addresses: Vec<String>,
}

impl Identity {
    pub(crate) fn new(response: engine_client::JoinResponse, key_pem: &Secret) -> Self {
        Self {
            node: response.node,
            cluster: response.cluster,
            certificate_pem: response.certificate,
            key_pem: key_pem.expose().to_owned(),
            ca_pem: response.ca,
            tunnel_addresses: response.tunnel_addresses,
        }
    }

    pub(crate) fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// Reads the identity, if this machine has joined.
    pub(crate) fn load(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(data_dir);
        let Some(bytes) = read_optional(&path)? else { return Ok(None) };
        serde_json::from_slice(&bytes).with_context(|| format!("reading `{}`", path.display())).map(Some)
    }

    /// Keeps the identity.
    pub(crate) fn save(&self, data_dir: &Path) -> anyhow::Result<()> {
        fs_err::create_dir_all(data_dir)?;
        replace(&Self::path(data_dir), &serde_json::to_vec_pretty(self)?, 0o600)?;
        Ok(())
    }

    /// Forgets the identity.
    pub(crate) fn forget(data_dir: &Path) -> std::io::Result<()> {
        match fs_err::remove_file(Self::path(data_dir)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("agent.json")
    }
}
