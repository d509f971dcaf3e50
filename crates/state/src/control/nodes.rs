//! Nodes: machines with an engine and an agent.

use std::fmt;
use std::str::FromStr;

use access::builtin;
use base::{ClusterId, CollectionId, NodeId, NodeName, Page, PageLimit, PageToken, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::{Change, Outcome};
use super::command::{Event, Reply};
use super::hash::TokenHash;
use super::reject::Reject;
use super::row::{all, id, int, json, one, parsed, run, time, to_json};
use super::{collections, join_tokens};

/// The bytes that an inventory may have.
const INVENTORY: usize = 256 * 1024;

/// What a node is in its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeRole {
    /// Runs a manager; lies in `/System`.
    Manager,
    /// Runs work alone; lies in `/Shared`.
    Worker,
}

impl NodeRole {
    /// Returns the role as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Worker => "worker",
        }
    }

    fn home(self) -> CollectionId {
        match self {
            Self::Manager => builtin::system(),
            Self::Worker => builtin::shared(),
        }
    }
}

impl fmt::Display for NodeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no role of a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a node is `manager` or `worker`")]
pub struct NodeRoleError;

impl FromStr for NodeRole {
    type Err = NodeRoleError;

    fn from_str(text: &str) -> Result<Self, NodeRoleError> {
        match text {
            "manager" => Ok(Self::Manager),
            "worker" => Ok(Self::Worker),
            _ => Err(NodeRoleError),
        }
    }
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// Its host name.
    pub name: NodeName,
    /// The fingerprint of its agent's certificate; none for the agent within a server's process.
    pub fingerprint: Option<TokenHash>,
    /// What it is in the cluster.
    pub role: NodeRole,
    /// Where it lies.
    pub collection: CollectionId,
    /// The engine's own id.
    pub engine: Option<String>,
    /// The Swarm's id of the node.
    pub swarm_node: Option<String>,
    /// What its agent reported last.
    pub inventory: Value,
    /// When it joined.
    pub created: Timestamp,
    /// When it was last seen, coarsely.
    pub seen: Timestamp,
}

/// Records a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodeRegister {
    /// Its id.
    pub id: NodeId,
    /// The cluster it belongs to.
    pub cluster: ClusterId,
    /// Its host name.
    pub name: NodeName,
    /// The fingerprint of its agent's certificate; none for the agent within a server's process.
    pub fingerprint: Option<TokenHash>,
    /// What it is in the cluster; a join token's own role goes before.
    pub role: NodeRole,
}

/// What a node's agent reports; what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NodeReport {
    /// The node.
    pub id: NodeId,
    /// The engine's own id.
    pub engine: Option<String>,
    /// The Swarm's id of the node.
    pub swarm_node: Option<String>,
    /// What it is in the cluster.
    pub role: Option<NodeRole>,
    /// All that it tells of itself.
    pub inventory: Option<Value>,
}

pub(super) fn join(change: &mut Change<'_>, token: &TokenHash, node: &NodeRegister) -> Outcome {
    let token = join_tokens::use_up(change, token, node.id)?;
    insert(change, node, token.role)
}

pub(super) fn register(change: &mut Change<'_>, node: &NodeRegister) -> Outcome<Reply> {
    if let Some(known) = by_id(change.tx, node.id)? {
        if known.name == node.name && known.cluster == node.cluster && known.fingerprint == node.fingerprint {
            return Ok(Reply::Unchanged);
        }
        return Err(Reject::Exists { what: format!("node {}", node.id) }.into());
    }
    insert(change, node, node.role)?;
    Ok(Reply::Created)
}

fn insert(change: &mut Change<'_>, node: &NodeRegister, role: NodeRole) -> Outcome {
    if by_id(change.tx, node.id)?.is_some() {
        return Err(Reject::Exists { what: format!("node {}", node.id) }.into());
    }
    if by_name(change.tx, node.cluster, &node.name)?.is_some() {
        return Err(Reject::NodeNameTaken { name: node.name.to_string() }.into());
    }
    if let Some(fingerprint) = &node.fingerprint
        && by_fingerprint(change.tx, fingerprint)?.is_some()
    {
        return Err(Reject::Exists { what: "a node with that certificate".to_owned() }.into());
    }
    run(
        change.tx,
        "INSERT INTO nodes (id, cluster, name, fingerprint, role, collection, inventory, created, seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'null', ?7, ?7)",
        params![
            node.id.as_bytes(),
            node.cluster.as_bytes(),
            node.name.as_str(),
            node.fingerprint.as_ref().map(TokenHash::as_bytes),
            role.as_str(),
            role.home().as_str(),
            change.now.as_millis()
        ],
    )?;
    change.event(Event::Node(node.id));
    Ok(())
}

pub(super) fn report(change: &mut Change<'_>, report: &NodeReport) -> Outcome {
    let known = require(change.tx, report.id)?;
    let inventory = to_json(report.inventory.as_ref().unwrap_or(&known.inventory))?;
    if inventory.len() > INVENTORY {
        return Err(Reject::TooLarge { what: "the inventory".to_owned(), limit: 262_144 }.into());
    }
    let role = report.role.unwrap_or(known.role);
    // A node that lies in the home of its role moves with the role; one that was placed stays.
    let collection = if known.collection == known.role.home() { role.home() } else { known.collection.clone() };
    run(
        change.tx,
        "UPDATE nodes SET engine = COALESCE(?2, engine), swarm_node = COALESCE(?3, swarm_node), role = ?4,
         collection = ?5, inventory = ?6, seen = ?7 WHERE id = ?1",
        params![
            report.id.as_bytes(),
            report.engine,
            report.swarm_node,
            role.as_str(),
            collection.as_str(),
            inventory,
            change.now.as_millis()
        ],
    )?;
    change.event(Event::Node(report.id));
    Ok(())
}

pub(super) fn seen(change: &mut Change<'_>, nodes: &[NodeId]) -> Outcome {
    for node in nodes {
        let now = change.now.as_millis();
        run(change.tx, "UPDATE nodes SET seen = ?2 WHERE id = ?1", params![node.as_bytes(), now])?;
    }
    Ok(())
}

pub(super) fn move_to(change: &mut Change<'_>, node: NodeId, collection: &CollectionId) -> Outcome {
    require(change.tx, node)?;
    collections::require(change.tx, collection)?;
    let sql = "UPDATE nodes SET collection = ?2 WHERE id = ?1";
    run(change.tx, sql, params![node.as_bytes(), collection.as_str()])?;
    change.event(Event::Node(node));
    Ok(())
}

pub(super) fn certificate(change: &mut Change<'_>, node: NodeId, fingerprint: &TokenHash) -> Outcome {
    require(change.tx, node)?;
    if by_fingerprint(change.tx, fingerprint)?.is_some_and(|other| other.id != node) {
        return Err(Reject::Exists { what: "a node with that certificate".to_owned() }.into());
    }
    let sql = "UPDATE nodes SET fingerprint = ?2 WHERE id = ?1";
    run(change.tx, sql, params![node.as_bytes(), fingerprint.as_bytes()])?;
    change.event(Event::Node(node));
    Ok(())
}

pub(super) fn remove(change: &mut Change<'_>, node: NodeId) -> Outcome {
    require(change.tx, node)?;
    run(change.tx, "DELETE FROM nodes WHERE id = ?1", [node.as_bytes()])?;
    change.event(Event::Node(node));
    Ok(())
}

fn require(conn: &Connection, node: NodeId) -> Outcome<Node> {
    by_id(conn, node)?.ok_or_else(|| Reject::NodeUnknown { node }.into())
}

const SELECT: &str =
    "SELECT id, cluster, name, fingerprint, role, collection, engine, swarm_node, inventory, created, seen FROM nodes";

fn node(row: &Row<'_>) -> rusqlite::Result<Node> {
    Ok(Node {
        id: id(row, 0)?,
        cluster: id(row, 1)?,
        name: parsed(row, 2)?,
        fingerprint: row.get::<_, Option<[u8; 32]>>(3)?.map(TokenHash::from_bytes),
        role: parsed(row, 4)?,
        collection: parsed(row, 5)?,
        engine: row.get(6)?,
        swarm_node: row.get(7)?,
        inventory: json(row, 8)?,
        created: time(row, 9)?,
        seen: time(row, 10)?,
    })
}

/// Finds a node by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, node_id: NodeId) -> rusqlite::Result<Option<Node>> {
    one(conn, &format!("{SELECT} WHERE id = ?1"), [node_id.as_bytes()], node)
}

/// Finds a node of a cluster by its name.
///
/// # Errors
/// If the query fails.
pub fn by_name(conn: &Connection, cluster: ClusterId, name: &NodeName) -> rusqlite::Result<Option<Node>> {
    let sql = format!("{SELECT} WHERE cluster = ?1 AND name = ?2");
    one(conn, &sql, params![cluster.as_bytes(), name.as_str()], node)
}

/// Finds the node whose agent holds a certificate.
///
/// # Errors
/// If the query fails.
pub fn by_fingerprint(conn: &Connection, fingerprint: &TokenHash) -> rusqlite::Result<Option<Node>> {
    one(conn, &format!("{SELECT} WHERE fingerprint = ?1"), [fingerprint.as_bytes()], node)
}

/// Lists all nodes by name.
///
/// # Errors
/// If the query fails.
pub fn every(conn: &Connection) -> rusqlite::Result<Vec<Node>> {
    all(conn, &format!("{SELECT} ORDER BY name, id"), [], node)
}

/// Lists the nodes of a cluster by name.
///
/// # Errors
/// If the query fails.
pub fn list(
    conn: &Connection,
    cluster: ClusterId,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<Node>> {
    let rows = all(
        conn,
        &format!("{SELECT} WHERE cluster = ?1 AND name > ?2 ORDER BY name LIMIT ?3"),
        params![cluster.as_bytes(), after.map_or("", |token| token.0.as_str()), int(limit.get() as u64 + 1)],
        node,
    )?;
    Ok(Page::from_rows(rows, limit, |node| node.name.to_string()))
}
