//! How a new machine joins: one request, one answer, both JSON over TLS with the pinned CA.

use base::{ClusterId, NodeId};
use serde::{Deserialize, Serialize};

/// The body of `POST /api/v1/agents/join`. The request is authenticated by the token alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The token; its secret alone is enough.
    pub token: String,
    /// A certificate request (PKCS #10, PEM).
    pub csr: String,
    /// The machine's host name, which becomes the node's name.
    pub hostname: String,
}

impl JoinRequest {
    /// The path of the request.
    pub const PATH: &'static str = "/api/v1/agents/join";
}

impl std::fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinRequest").field("hostname", &self.hostname).finish_non_exhaustive()
    }
}

/// The answer to a [`JoinRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinResponse {
    /// The new node.
    pub node: NodeId,
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// The agent's certificate, PEM.
    pub certificate: String,
    /// The CA of members and agents, PEM: what the agent trusts from now on.
    pub ca: String,
    /// `host:port` of every manager's port for agents.
    pub tunnel_addresses: Vec<String>,
}

/// A registry whose CA an engine shall trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryTrust {
    /// The registry's name in image references, with its port unless 443.
    pub registry: String,
    /// The CA, PEM.
    pub ca_pem: String,
}
