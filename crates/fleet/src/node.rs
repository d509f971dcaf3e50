//! Nodes as callers see them.

use std::collections::HashMap;
use std::sync::Arc;

use access::Operation;
use base::{CollectionId, CollectionPath, NodeId, NodeName, Page, PageLimit, PageToken};
use engine_client::EngineInventory;
use opctx::{ObjectRef, OpContext};
use state::control::Command;
use state::control::nodes;

use crate::error::Error;
use crate::fleet::Fleet;

/// A node as a caller sees it.
#[derive(Debug, Clone)]
pub struct Node {
    /// What is recorded of it.
    pub record: nodes::Node,
    /// The path of its collection.
    pub collection_path: Option<CollectionPath>,
    /// Whether its agent is connected now.
    pub is_connected: bool,
    /// The version of its agent, while connected.
    pub agent_version: Option<String>,
    /// What its agent reported, now or before it went.
    pub inventory: Option<Arc<EngineInventory>>,
}

fn object(name: &str) -> ObjectRef {
    ObjectRef::new("node", name)
}

impl Fleet {
    /// Lists the nodes that the caller may see, by name.
    ///
    /// # Errors
    /// If no decision can be made, or the store cannot be read.
    pub async fn node_list(
        &self,
        ctx: &OpContext,
        after: Option<&PageToken>,
        limit: PageLimit,
    ) -> Result<Page<Node>, Error> {
        let mut after = after.cloned();
        let mut items = Vec::new();
        // Each collection is decided once.
        let mut seen = HashMap::<CollectionId, bool>::new();
        loop {
            let (cluster, start) = (ctx.cluster(), after.clone());
            let page = self
                .0
                .options
                .store
                .read(move |conn| nodes::list(conn, cluster, start.as_ref(), limit))
                .await
                .map_err(Error::Read)?;
            for record in page.items {
                let visible = *seen.entry(record.collection.clone()).or_insert_with(|| {
                    ctx.check(&object(record.name.as_str()), Operation::NodeView, &[], &record.collection).is_ok()
                });
                if !visible {
                    continue;
                }
                if items.len() == limit.get() {
                    let last = items.last().map(|node: &Node| PageToken(node.record.name.to_string()));
                    return Ok(Page { items, next: last });
                }
                items.push(self.shown(ctx, record));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(Page { items, next: None }),
            }
        }
    }

    /// Shows a node, by name or id.
    ///
    /// # Errors
    /// If it does not exist for the caller.
    pub async fn node_view(&self, ctx: &OpContext, node: &str) -> Result<Node, Error> {
        let record = self.load(ctx, node, Operation::NodeView).await?;
        Ok(self.shown(ctx, record))
    }

    /// Removes a node: its certificate ends and its tunnels are cut. A connected agent takes back what it wrote.
    ///
    /// # Errors
    /// If it does not exist for the caller, or the caller is no administrator.
    pub async fn node_remove(&self, ctx: &OpContext, node: &str) -> Result<(), Error> {
        let record = self.load(ctx, node, Operation::NodeView).await?;
        ctx.require_admin("remove a node")?;
        if let Ok(link) = self.engine(record.id)
            && let Err(error) = link.control().leave().await
        {
            tracing::warn!(node.id = %record.id, "telling a node to leave: {}", base::chain(&error));
        }
        self.write(ctx.operation_id(), Command::NodeRemove(record.id)).await?;
        ctx.audit(opctx::AuditEntry::allowed("node_remove", object(node)));
        if let Ok(link) = self.engine(record.id) {
            link.close();
        }
        Ok(())
    }

    /// Moves a node to another collection.
    ///
    /// # Errors
    /// If it does not exist for the caller, or the caller may not update it here and schedule there.
    pub async fn node_move(&self, ctx: &OpContext, node: &str, collection: CollectionId) -> Result<(), Error> {
        let record = self.load(ctx, node, Operation::NodeUpdate).await?;
        ctx.require(&object(node), Operation::NodeUpdate, &[], &collection)?;
        self.write(ctx.operation_id(), Command::NodeMove { node: record.id, collection }).await?;
        Ok(())
    }

    /// Loads a node and authorizes the operation on it, in one.
    async fn load(&self, ctx: &OpContext, node: &str, operation: Operation) -> Result<nodes::Node, Error> {
        let not_found = || Error::NotFound { node: node.chars().take(80).collect() };
        let cluster = ctx.cluster();
        let (id, name) = (node.parse::<NodeId>().ok(), node.parse::<NodeName>().ok());
        let record = self
            .0
            .options
            .store
            .read(move |conn| match (id, name) {
                (Some(id), _) => nodes::by_id(conn, id),
                (None, Some(name)) => nodes::by_name(conn, cluster, &name),
                (None, None) => Ok(None),
            })
            .await
            .map_err(Error::Read)?
            .filter(|record| record.cluster == cluster);
        let Some(record) = record else {
            ctx.require_signed_in().map(|_| ()).or_else(|denied| if ctx.is_admin() { Ok(()) } else { Err(denied) })?;
            return Err(not_found());
        };
        match ctx.require(&object(node), operation, &[], &record.collection) {
            Ok(()) => Ok(record),
            Err(denied) if denied.hidden => Err(not_found()),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }

    fn shown(&self, ctx: &OpContext, record: nodes::Node) -> Node {
        let live = self.0.live.node(record.id);
        let reported = live.as_ref().and_then(|live| live.inventory.clone());
        let inventory = reported.or_else(|| serde_json::from_value(record.inventory.clone()).ok().map(Arc::new));
        Node {
            collection_path: ctx.snapshot().policy.collection(&record.collection).map(|found| found.path.clone()),
            is_connected: live.is_some(),
            agent_version: live.map(|live| live.link.agent_version().to_owned()),
            inventory,
            record,
        }
    }
}
