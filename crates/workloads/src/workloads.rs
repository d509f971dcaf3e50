//! The domain object: engines, the control store, and what is remembered between requests.

use std::fmt;
use std::sync::Arc;

use access::{Operation, Parameter};
use base::ClusterId;
use opctx::{Denied, OpContext};
use serde_json::Value;
use state::ControlStore;

use crate::engine::{self, EngineAt, Engines, Weight};
use crate::error::Error;
use crate::labels::Home;
use crate::object::{self, Kind, Object};

/// Objects of the cluster's engines, as callers may know them; cheap to clone.
#[derive(Clone)]
pub struct Workloads {
    pub(crate) engines: Arc<dyn Engines>,
    pub(crate) control: ControlStore,
    pub(crate) cluster: ClusterId,
    /// Exec id → container id; both never change.
    execs: moka::sync::Cache<String, String>,
}

impl fmt::Debug for Workloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workloads").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}

/// Execs remembered; a forgotten one is asked for at the engine.
const EXECS: u64 = 10_000;

impl Workloads {
    /// Wires the parts together.
    #[must_use]
    pub fn new(engines: Arc<dyn Engines>, control: ControlStore, cluster: ClusterId) -> Self {
        Self { engines, control, cluster, execs: moka::sync::Cache::new(EXECS) }
    }

    /// Returns the engines.
    #[must_use]
    pub fn engines(&self) -> &Arc<dyn Engines> {
        &self.engines
    }

    /// Returns the cluster.
    #[must_use]
    pub fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// Finds an object by id, name or unique prefix, as the engine resolves it. Decides nothing: who calls this
    /// decides, or calls [`Workloads::authorize`].
    ///
    /// # Errors
    /// If it does not exist, the reference is ambiguous or no engine answers.
    pub async fn object(&self, ctx: &OpContext, kind: Kind, reference: &str) -> Result<Object, Error> {
        let missing = || Error::NotFound { kind, reference: reference.to_owned() };
        if reference.is_empty() {
            return Err(missing());
        }
        let view = match self.ask(&kind.path(reference)).await {
            Err(Error::Refused { status: 404, .. }) => return Err(missing()),
            answer => answer?,
        };
        let policy = &ctx.snapshot().policy;
        let mut found = object::object(kind, policy, EngineAt::Manager, view).ok_or_else(missing)?;
        if kind == Kind::Task {
            found.home = self.task_home(ctx, &found.view).await?;
        }
        Ok(found)
    }

    /// Finds an object and decides: what the caller may not know of does not exist.
    ///
    /// # Errors
    /// If it does not exist for the caller, or the caller lacks the right.
    pub async fn authorize(
        &self,
        ctx: &OpContext,
        kind: Kind,
        reference: &str,
        operation: Operation,
        parameters: &[Parameter],
    ) -> Result<Object, Error> {
        let object = self.object(ctx, kind, reference).await?;
        self.decide(ctx, &object, reference, operation, parameters)?;
        Ok(object)
    }

    /// Decides over an object that was found under a reference, and notes it in the audit log.
    ///
    /// # Errors
    /// As [`Workloads::authorize`].
    pub fn decide(
        &self,
        ctx: &OpContext,
        object: &Object,
        reference: &str,
        operation: Operation,
        parameters: &[Parameter],
    ) -> Result<(), Error> {
        let decided = match &object.home {
            Home::Collection(collection) => ctx.require(&object.target(), operation, parameters, collection),
            Home::AdminOnly => ctx.require_admin(operation.name()).map_err(|_| Denied::hidden(&object.target())),
        };
        decided.map_err(|denied| refused(object, reference, denied))
    }

    /// Decides without noting it: for one of several rights that a request needs.
    ///
    /// # Errors
    /// As [`Workloads::authorize`].
    pub fn check(
        &self,
        ctx: &OpContext,
        object: &Object,
        reference: &str,
        operation: Operation,
        parameters: &[Parameter],
    ) -> Result<(), Error> {
        let decided = match &object.home {
            Home::Collection(collection) => ctx.check(&object.target(), operation, parameters, collection),
            Home::AdminOnly if ctx.is_admin() => Ok(()),
            Home::AdminOnly => Err(Denied::hidden(&object.target())),
        };
        decided.map_err(|denied| refused(object, reference, denied))
    }

    /// Returns the container of an exec.
    ///
    /// # Errors
    /// If there is no such exec.
    pub async fn exec_container(&self, exec: &str) -> Result<String, Error> {
        if let Some(container) = self.execs.get(exec) {
            return Ok(container);
        }
        let view = self.ask(&format!("/exec/{}/json", object::segment(exec))).await?;
        let container = view.get("ContainerID").and_then(Value::as_str).unwrap_or_default().to_owned();
        if container.is_empty() {
            return Err(Error::Refused { status: 404, message: format!("No such exec instance: {exec}") });
        }
        // Only under its full id: a prefix may come to mean another one.
        if view.get("ID").and_then(Value::as_str) == Some(exec) {
            self.execs.insert(exec.to_owned(), container.clone());
        }
        Ok(container)
    }

    /// Remembers an exec that was just created.
    pub fn exec_created(&self, exec: &str, container: &str) {
        self.execs.insert(exec.to_owned(), container.to_owned());
    }

    /// Asks the manager's engine for JSON; the path (without a version) is the caller's own, never a client's.
    ///
    /// # Errors
    /// If the engine refuses or does not answer.
    pub async fn ask(&self, path: &str) -> Result<Value, Error> {
        engine::json(&*self.engines, EngineAt::Manager, path).await
    }

    /// Posts JSON to the manager's engine; path and body are ours.
    ///
    /// # Errors
    /// If the engine refuses or does not answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        let request = engine::post(path, body)?;
        engine::answer(engine::send(&*self.engines, EngineAt::Manager, request, Weight::Short).await?).await
    }

    /// A task lies where its service does; one without a service is for administrators.
    async fn task_home(&self, ctx: &OpContext, task: &Value) -> Result<Home, Error> {
        let Some(service) = task.get("ServiceID").and_then(Value::as_str).filter(|id| !id.is_empty()) else {
            return Ok(Home::AdminOnly);
        };
        match Box::pin(self.object(ctx, Kind::Service, service)).await {
            Ok(service) => Ok(service.home),
            Err(Error::NotFound { .. }) => Ok(Home::AdminOnly),
            Err(error) => Err(error),
        }
    }
}

fn refused(object: &Object, reference: &str, denied: Denied) -> Error {
    if denied.hidden {
        Error::NotFound { kind: object.kind, reference: reference.to_owned() }
    } else {
        Error::Denied(denied)
    }
}
