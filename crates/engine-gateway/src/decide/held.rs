//! What a decision found.

use access::{Operation, Parameter};
use base::CollectionPath;
use engine_spec::Pin;
use opctx::{ObjectRef, OpContext};
use workloads::{Home, Object, Placed};

/// What a request's own operation is decided on; asked again while a stream is open.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) operation: Operation,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) target: ObjectRef,
    pub(crate) home: Home,
    /// Whether the right is asked again while a stream is open; the caller always is.
    pub(crate) lasting: bool,
}

impl Held {
    /// Reports whether the right is still there.
    pub(crate) fn still(&self, ctx: &OpContext) -> bool {
        match &self.home {
            _ if !self.lasting => true,
            Home::Collection(collection) => {
                ctx.check(&self.target, self.operation, &self.parameters, collection).is_ok()
            }
            Home::AdminOnly => ctx.is_admin(),
        }
    }
}

/// A request that is allowed, with all that the decision found.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// The request's own operation; none where each item is judged, or for administrators' routes.
    pub(crate) held: Option<Held>,
    /// The object named in the path.
    pub(crate) object: Option<Object>,
    /// Ids that take the place of references in the body.
    pub(crate) pins: Vec<(Pin, String)>,
    /// Where what is made or changed lies.
    pub(crate) placed: Option<Placed>,
    /// Named volumes that the request makes on its way.
    pub(crate) new_volumes: Vec<String>,
    /// Constraints of a service's placement.
    pub(crate) constraints: Vec<String>,
    /// Secrets and configs, to be in the service's own branch.
    pub(super) branch: Vec<Object>,
    /// The operation asked, whether it is allowed or not.
    pub(crate) operation: Option<Operation>,
    /// The judged operation of list items.
    pub(crate) per_item: Option<Operation>,
}

impl Decided {
    /// Reports whether the request only looks: not worth a row in the audit log.
    pub(crate) fn is_look(&self) -> bool {
        match &self.held {
            Some(held) => {
                held.operation.view() == held.operation
                    || matches!(held.operation, Operation::ServiceViewTasks | Operation::ImageHistory)
                    || matches!(held.operation, Operation::ContainerStats | Operation::ContainerTop)
                    || matches!(held.operation, Operation::ContainerResize | Operation::ContainerWait)
            }
            None => self.per_item.is_some(),
        }
    }

    pub(crate) fn operation_name(&self, route: &str) -> String {
        self.operation.map_or_else(|| route.to_owned(), |operation| operation.name().to_owned())
    }

    pub(crate) fn target(&self, name: &str) -> ObjectRef {
        let kind = self.operation.map_or("engine", |operation| operation.category().word());
        self.held.as_ref().map_or_else(|| ObjectRef::new(kind, name), |held| held.target.clone())
    }

    pub(crate) fn path(&self, ctx: &OpContext) -> Option<CollectionPath> {
        let collection = self.held.as_ref()?.home.collection()?;
        ctx.snapshot().policy.collection(collection).map(|found| found.path.clone())
    }
}
