//! Decisions that need something of the engine's first.

use engine_spec::{Canonical, FollowUp, Needs, Schema};
use serde_json::Value;
use workloads::Kind;

use super::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};

impl Gateway {
    pub(super) async fn follow_up(
        &self,
        asked: &Asked,
        follow_up: &FollowUp,
        incoming: &mut Incoming,
        decided: &mut Decided,
    ) -> Result<(), Error> {
        let ctx = &asked.ctx;
        match follow_up {
            FollowUp::VolumesFrom(container) => {
                let source = self.workloads.object(ctx, Kind::Container, container.as_str()).await?;
                // The name may have become another's since it was decided on.
                if !decided.pins.iter().any(|(_, id)| *id == source.id) {
                    let reference = container.as_str().to_owned();
                    return Err(workloads::Error::NotFound { kind: Kind::Container, reference }.into());
                }
                let needs = engine_spec::needs_from_mounts(&source.view, &self.options.rules);
                self.more(asked, &needs, decided).await
            }
            FollowUp::Rollback(service) => {
                let service_object = self.workloads.object(ctx, Kind::Service, service.as_str()).await?;
                let Some(spec) = service_object.view.get("PreviousSpec").filter(|spec| !spec.is_null()) else {
                    return Ok(());
                };
                let policy = &ctx.snapshot().policy;
                if !ctx.is_admin() && Kind::Service.home(policy, spec, spec.get("Labels")) != service_object.home {
                    let message = "the previous specification lies in another collection: update the service instead";
                    return Err(Error::Forbidden(message.into()));
                }
                let canonical = previous(spec)?;
                let needs = engine_spec::needs_of_spec(service, &canonical, &self.options.rules);
                self.more(asked, &needs, decided).await?;
                self.branches(ctx, decided)
            }
            FollowUp::StoredCredentials { service, previous, image } => {
                let object = self.workloads.object(ctx, Kind::Service, service.as_str()).await?;
                let from = if *previous { "/PreviousSpec" } else { "/Spec" };
                let stored = object.view.pointer(&format!("{from}/TaskTemplate/ContainerSpec/Image"));
                let stored = stored.and_then(Value::as_str).and_then(|text| engine_spec::ImageRef::new(text).ok());
                let host = |image: &Option<engine_spec::ImageRef>| image.as_ref()?.host().map(str::to_owned);
                let own = incoming.registry_auth.as_ref().is_some_and(|auth| !auth.is_empty());
                if own || host(image) == host(&stored) || image.as_ref().is_some_and(|image| self.ours(image).is_some())
                {
                    return Ok(());
                }
                incoming.drop_stored_credentials = true;
                Ok(())
            }
            FollowUp::Dockerfile { path } => {
                path.clone_into(&mut incoming.dockerfile);
                Ok(())
            }
        }
    }

    /// Decides over needs that were found on the way; the main operation stays the request's own.
    async fn more(&self, asked: &Asked, needs: &Needs, decided: &mut Decided) -> Result<(), Error> {
        self.gates(&asked.ctx, needs)?;
        for need in &needs.needs {
            self.need(asked, need, false, "", decided).await?;
        }
        Ok(())
    }
}

/// Reads a spec that the engine holds. What it knows beyond our tables was there before us.
fn previous(spec: &Value) -> Result<Canonical, Error> {
    engine_spec::canonical_value(spec, Schema::ServiceSpec).map_err(Error::Body)
}
