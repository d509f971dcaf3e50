//! Where something new lies, and on which nodes it may run.

use std::collections::BTreeMap;

use access::{Category, Collection, Operation, Policy};
use base::{AccountId, CollectionId, CollectionPath};
use opctx::{Denied, ObjectRef, OpContext};
use serde_json::Value;
use state::control::settings::{self, names};

use crate::error::Error;
use crate::labels::{ACCESS_LABEL, COLLECTION_LABEL_PREFIX, Home, OWNER_LABEL};
use crate::object::{Kind, Object};
use crate::workloads::Workloads;

/// The home of something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The collection.
    pub collection: CollectionId,
    /// Its path.
    pub path: CollectionPath,
    /// The labels that say so: access, owner, and one for the collection and each above it.
    pub labels: BTreeMap<String, String>,
}

/// On which nodes work may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// On all.
    Anywhere,
    /// On those at or below this collection.
    Below(CollectionId),
}

impl Schedule {
    /// Returns the constraint of a service.
    #[must_use]
    pub fn constraint(&self) -> Option<String> {
        match self {
            Self::Anywhere => None,
            Self::Below(collection) => Some(format!("node.labels.{COLLECTION_LABEL_PREFIX}{collection}==true")),
        }
    }
}

impl Workloads {
    /// Finds the home of something new: the path asked by label, else the caller's default collection. Whether the
    /// caller may create there is decided by who calls this.
    ///
    /// # Errors
    /// If the path is not known, or nothing was asked and there is no default.
    pub fn place(&self, ctx: &OpContext, asked: Option<&str>, category: Category) -> Result<Placed, Error> {
        let snapshot = ctx.snapshot();
        let account = ctx.require_signed_in().map_err(Error::Denied)?.id;
        let collection = match asked {
            Some(asked) => asked
                .parse::<CollectionPath>()
                .ok()
                .and_then(|path| snapshot.policy.collection_by_path(&path))
                .ok_or_else(|| Error::Collection { path: asked.chars().take(300).collect(), category })?,
            None => {
                let default = snapshot.account(account).and_then(|account| account.default_collection.as_ref());
                default.and_then(|id| snapshot.policy.collection(id)).ok_or(Error::NoHome)?
            }
        };
        Ok(placed(&snapshot.policy, collection, Some(account)))
    }

    /// Returns where an object lies, in the form in which it is written again at an update; none if only
    /// administrators reach it. The owner stays.
    #[must_use]
    pub fn placed(&self, ctx: &OpContext, object: &Object) -> Option<Placed> {
        let snapshot = ctx.snapshot();
        let collection = snapshot.policy.collection(object.home.collection()?)?;
        Some(placed(&snapshot.policy, collection, object.owner))
    }

    /// Decides whether the caller's work in a collection may run on the manager's own engine: where a plain container
    /// goes while there is one engine.
    ///
    /// # Errors
    /// If that engine's node is not among the nodes on which the caller may schedule.
    pub async fn schedule_here(&self, ctx: &OpContext, placed: &Placed) -> Result<(), Error> {
        let Schedule::Below(root) = self.schedule(ctx, placed).await? else { return Ok(()) };
        let info = self.ask("/info").await?;
        let node = info.pointer("/Swarm/NodeID").and_then(Value::as_str).filter(|id| !id.is_empty());
        let home = match node {
            Some(node) => self.object(ctx, Kind::Node, node).await?.home,
            None => Home::Collection(access::builtin::system()),
        };
        let snapshot = ctx.snapshot();
        let inside = home.collection().is_some_and(|id| snapshot.policy.ancestors(id).any(|above| above.id == root));
        if inside || ctx.is_admin() {
            return Ok(());
        }
        Err(Error::Denied(Denied::forbidden(
            "no node is available to you: you may schedule on none that runs containers",
        )))
    }

    /// Finds the nodes on which the caller's work in a collection may run.
    ///
    /// # Errors
    /// If the caller may schedule nowhere on the way up from it.
    pub async fn schedule(&self, ctx: &OpContext, placed: &Placed) -> Result<Schedule, Error> {
        let everywhere = self.control.read(|conn| settings::get_as(conn, names::SCHEDULE_ON_ALL_NODES)).await;
        if everywhere.map_err(|source| Error::Place { source })?.unwrap_or(false) {
            return Ok(Schedule::Anywhere);
        }
        match ctx.snapshot().policy.schedule_root(&ctx.subject(), &placed.collection) {
            Some(root) if root == access::builtin::root() => Ok(Schedule::Anywhere),
            Some(root) => Ok(Schedule::Below(root)),
            None => {
                let target = ObjectRef::to_create("collection", placed.path.as_str());
                ctx.check(&target, Operation::NodeSchedule, &[], &placed.collection).map_err(Error::Denied)?;
                Ok(Schedule::Below(placed.collection.clone()))
            }
        }
    }
}

fn placed(policy: &Policy, collection: &Collection, owner: Option<AccountId>) -> Placed {
    let mut labels = BTreeMap::from([(ACCESS_LABEL.to_owned(), collection.path.as_str().to_owned())]);
    if let Some(owner) = owner {
        labels.insert(OWNER_LABEL.to_owned(), owner.to_string());
    }
    for above in policy.ancestors(&collection.id) {
        labels.insert(format!("{COLLECTION_LABEL_PREFIX}{}", above.id), "true".to_owned());
    }
    Placed { collection: collection.id.clone(), path: collection.path.clone(), labels }
}
