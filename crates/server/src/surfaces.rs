//! The surfaces behind one listener.

use std::sync::Arc;
use std::time::Instant;

use base::{RepositoryName, Secret};
use control_api::{Cluster, ControlApi, Deps, EventHub};
use engine_gateway::{EngineGateway, GatewayOptions, ImageRight, ImageRights};
use futures_util::future::BoxFuture;
use http::request::Parts as Head;
use http::{HeaderValue, StatusCode, header};
use http_kit::{Body, Origins, Request, Response};
use identity::Credential;
use opctx::{Caller, OpContext, Origin};
use registry::{Action, Registry};
use registry_api::{Names, RegistryApi};
use telemetry::Metrics;
use workloads::Workloads;

use crate::dispatch::Destination;
use crate::health;
use crate::parts::Parts;

/// Everything that answers requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct Surfaces(Arc<Inner>);

struct Inner {
    parts: Arc<Parts>,
    metrics: Metrics,
    control: ControlApi,
    registry: RegistryApi,
    docker: EngineGateway,
}

impl Surfaces {
    pub(crate) fn new(
        parts: Arc<Parts>,
        metrics: Metrics,
        fleet: fleet::Fleet,
        workloads: Workloads,
        events: EventHub,
        rules: engine_spec::Rules,
    ) -> Self {
        let names: Vec<String> = parts.names.iter().map(ToString::to_string).collect();
        let first = names.first().cloned().unwrap_or_default();
        let origins = parts.names.iter().map(config::ExternalName::url);
        let control = ControlApi::new(Deps {
            identity: parts.identity.clone(),
            fleet,
            workloads: workloads.clone(),
            registry: Arc::clone(&parts.registry),
            store: parts.control.clone(),
            contexts: parts.contexts.clone(),
            events,
            origins: Origins::new(origins),
            cluster: Cluster {
                id: parts.cluster,
                name: first.split(':').next().unwrap_or_default().to_owned(),
                registry: first,
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            ca_pem: parts.keys.client_ca.ca_pem().to_owned(),
        });
        let registry = RegistryApi::new(registry_api::Options {
            registry: Arc::clone(&parts.registry),
            identity: Arc::new(parts.identity.clone()),
            contexts: parts.registry_contexts.clone(),
            names: Names { external: names.clone(), plain: parts.plain_names.clone() },
        });
        // Whatever an engine may call this registry, its images are ours.
        let registry_names = names.into_iter().chain(parts.plain_names.iter().cloned()).collect();
        let options = GatewayOptions { registry_names, rules, ..GatewayOptions::default() };
        let images = Arc::new(RegistryImages(Arc::clone(&parts.registry)));
        let docker = EngineGateway::new(parts.identity.clone(), workloads, images, options);
        Self(Arc::new(Inner { parts, metrics, control, registry, docker }))
    }

    /// Answers a request of any listener.
    pub(crate) async fn answer(self, request: Request) -> Response {
        let began = Instant::now();
        let open = self.0.metrics.request();
        let destination = Destination::of(request.uri().path());
        let response = match destination {
            Destination::Health => {
                let (head, body) = request.into_parts();
                match health::answer(&self.0.parts, &self.0.metrics, &head).await {
                    Some(response) => response,
                    // The Docker API's table refuses it.
                    None => self.0.docker.handle(Request::from_parts(head, body)).await,
                }
            }
            Destination::Root => to_console(),
            Destination::Console => console::handle(request),
            Destination::Registry => self.0.registry.handle(request).await,
            Destination::Control => self.0.control.handle(request).await,
            Destination::Docker => self.0.docker.handle(request).await,
        };
        open.answered(destination.label(), response.status().as_u16(), began.elapsed());
        response
    }
}

/// The registry's rights, as the Docker gateway asks for them.
struct RegistryImages(Arc<Registry>);

impl ImageRights for RegistryImages {
    fn allows<'a>(
        &'a self,
        ctx: &'a OpContext,
        repository: &'a RepositoryName,
        right: ImageRight,
    ) -> BoxFuture<'a, bool> {
        let action = match right {
            ImageRight::Pull => Action::Pull,
            ImageRight::Push => Action::Push,
        };
        Box::pin(async move {
            self.0.image_right(ctx, repository, action).await.unwrap_or_else(|error| {
                tracing::warn!(repo.name = %repository, "reading rights of `{repository}`: {}", base::chain(&error));
                false
            })
        })
    }
}

/// Reports whether a request carries an administrator's token.
pub(crate) async fn is_administrator(parts: &Parts, request: &Head) -> bool {
    let value = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = value.and_then(|value| value.strip_prefix("Bearer ")) else { return false };
    let credential = Credential::Bearer(Secret::new(token));
    let caller = parts.identity.authenticate(credential, &Origin::system()).await;
    matches!(caller, Ok(Caller::Account(account)) if account.is_admin)
}

fn to_console() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/console/"));
    response
}
