//! Nodes, join tokens, the join of an agent.

use api_model::{AgentJoined, NodeResourcesView, NodeState, NodeTokenView, NodeView};
use fleet::{EngineInventory, JoinResponse, JoinToken, Node};

/// Shows a node.
pub(crate) fn node_view(node: Node) -> NodeView {
    let inventory = node.inventory.as_deref().filter(|inventory| !inventory.version.is_empty());
    let swarm = inventory.map(|inventory| &inventory.swarm).filter(|swarm| swarm.is_active());
    NodeView {
        id: node.record.id,
        name: node.record.name.to_string(),
        role: node.record.role.as_str().to_owned(),
        state: if node.is_connected { NodeState::Connected } else { NodeState::Disconnected },
        swarm_role: swarm.map(|swarm| if swarm.is_manager { "manager" } else { "worker" }.to_owned()),
        swarm_node_id: node.record.swarm_node,
        collection_path: node.collection_path,
        engine_version: inventory.map(|inventory| inventory.version.clone()),
        api_version: inventory.map(|inventory| inventory.api_version.clone()),
        agent_version: node.agent_version,
        resources: inventory.map(resources),
        joined_at: node.record.created,
        seen_at: node.record.seen,
    }
}

fn resources(inventory: &EngineInventory) -> NodeResourcesView {
    NodeResourcesView {
        operating_system: inventory.operating_system.clone(),
        os: inventory.os.clone(),
        architecture: inventory.architecture.clone(),
        cpus: inventory.cpus.into(),
        memory_bytes: inventory.memory_bytes,
        containers_running: inventory.containers_running.into(),
    }
}

/// Shows a join token.
pub(crate) fn node_token_view(token: JoinToken) -> NodeTokenView {
    NodeTokenView { id: token.id, label: token.label, created_at: token.created, expires_at: token.expires }
}

/// Shows an agent's certificate.
pub(crate) fn agent_joined(joined: JoinResponse) -> AgentJoined {
    AgentJoined {
        node: joined.node,
        cluster: joined.cluster,
        certificate: joined.certificate,
        ca: joined.ca,
        tunnel_addresses: joined.tunnel_addresses,
    }
}
