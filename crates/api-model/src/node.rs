//! Nodes, join tokens, and the join of an agent.

use base::{ClusterId, CollectionPath, NodeId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a node can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Its agent is connected and its engine answers.
    Connected,
    /// Its agent is not connected.
    Disconnected,
}

/// A node: a machine with an engine and an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeView {
    /// The node's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NodeId,
    /// The host name.
    pub name: String,
    /// What it is in the cluster: `manager` or `worker`.
    pub role: String,
    /// Whether it can be reached.
    pub state: NodeState,
    /// Its role in the Swarm: `manager`, `worker`, or absent if it is in none.
    pub swarm_role: Option<String>,
    /// Its id in the Swarm.
    pub swarm_node_id: Option<String>,
    /// The collection it is in, if known.
    #[schema(value_type = Option<String>)]
    pub collection_path: Option<CollectionPath>,
    /// The engine's version.
    pub engine_version: Option<String>,
    /// The newest Docker API its engine speaks.
    pub api_version: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// What the machine has.
    pub resources: Option<NodeResourcesView>,
    /// When it joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When it was last seen, coarsely.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
}

/// What a machine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeResourcesView {
    /// The operating system, such as `Debian GNU/Linux 12`.
    pub operating_system: String,
    /// `linux` or `windows`.
    pub os: String,
    /// The processor architecture.
    pub architecture: String,
    /// Processor cores.
    pub cpus: u64,
    /// Memory.
    pub memory_bytes: u64,
    /// Containers that run.
    pub containers_running: u64,
}

/// A join token that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeTokenView {
    /// The token's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: TokenId,
    /// What its maker calls it.
    pub label: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Makes a join token.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeTokenCreate {
    /// What to call it.
    #[serde(default)]
    pub label: String,
    /// How long it can be used; an hour unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_secs: Option<u64>,
}

/// A new join token; its text is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NodeTokenCreated {
    /// What `holdfast agent --token` takes; it holds the CA's fingerprint.
    #[schema(format = Password)]
    pub secret: String,
    /// What stays.
    pub token: NodeTokenView,
}

/// An agent asks for its certificate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentJoin {
    /// The join token; it is used up.
    #[schema(format = Password)]
    pub token: String,
    /// The certificate signing request, PEM.
    pub csr: String,
    /// The machine's host name.
    pub hostname: String,
}

/// An agent's certificate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AgentJoined {
    /// The node's id.
    #[schema(value_type = String, format = Uuid)]
    pub node: NodeId,
    /// The cluster's id.
    #[schema(value_type = String, format = Uuid)]
    pub cluster: ClusterId,
    /// The agent's certificate, PEM.
    pub certificate: String,
    /// The cluster's CA, PEM.
    pub ca: String,
    /// Where the agent dials its tunnels, `host:port`.
    pub tunnel_addresses: Vec<String>,
}
