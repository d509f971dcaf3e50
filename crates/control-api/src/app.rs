//! What handlers share, and the way of a request from the listener to a handler and back.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use base::{ClusterId, ErrorKind};
use fleet::Fleet;
use http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http_kit::{CookiePolicy, Dialect, Origins, Request, Response, render};
use identity::Identity;
use opctx::{Caller, ContextFactory};
use registry::Registry;
use state::control::ControlStore;
use tower::ServiceExt;
use workloads::Workloads;

use crate::authenticate;
use crate::error::ApiError;
use crate::events::EventHub;
use crate::reserved;

/// What the API is made of.
#[derive(Clone)]
pub struct Deps {
    /// Accounts, access and credentials.
    pub identity: Identity,
    /// Nodes.
    pub fleet: Fleet,
    /// Services.
    pub workloads: Workloads,
    /// Repositories.
    pub registry: Arc<Registry>,
    /// The control store, for its state and the audit trail.
    pub store: ControlStore,
    /// Makes the context of each request.
    pub contexts: ContextFactory,
    /// What the event stream says; fed by the server.
    pub events: EventHub,
    /// The origins from which the console may call.
    pub origins: Origins,
    /// The cluster served.
    pub cluster: Cluster,
    /// The CA that `/ca` shows, PEM.
    pub ca_pem: String,
}

/// The cluster served, as it is shown.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// The name to show.
    pub name: String,
    /// The name images are pushed to and pulled from, with its port unless 443.
    pub registry: String,
    /// The server's version.
    pub version: String,
}

/// What handlers are given.
pub(crate) type AppState = Arc<Deps>;

/// The REST API, UCP's own paths and `/ca`; cheap to clone.
#[derive(Clone)]
pub struct ControlApi {
    router: Router,
    app: AppState,
}

impl std::fmt::Debug for ControlApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlApi").field("cluster", &self.app.cluster).finish_non_exhaustive()
    }
}

impl ControlApi {
    /// Makes the API.
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        let app = Arc::new(deps);
        let router = Router::from(crate::api::router())
            .merge(crate::ucp::router())
            .merge(crate::docs::router())
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed)
            .with_state(Arc::clone(&app));
        Self { router, app }
    }

    /// Reports whether a path is answered here.
    #[must_use]
    pub fn owns(path: &str) -> bool {
        is_ours(path) || crate::ucp::owns(path) || reserved::find(path).is_some()
    }

    /// Answers a request.
    pub fn handle(&self, request: Request) -> impl Future<Output = Response> + Send + use<> {
        let this = self.clone();
        async move { this.answer(request).await }
    }

    async fn answer(self, request: Request) -> Response {
        let id = http_kit::request_id(request.extensions());
        let dialect = dialect(request.uri().path());
        let mut response = match self.route(request).await {
            Ok(response) => response,
            Err(error) => return render(&error.noted(&id), dialect, &id),
        };
        if let Some(error) = response.extensions_mut().remove::<ApiError>() {
            return render(&error.noted(&id), dialect, &id);
        }
        let headers = response.headers_mut();
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
        response
    }

    async fn route(&self, request: Request) -> Result<Response, ApiError> {
        if let Some(path) = reserved::find(request.uri().path()) {
            return Err(path.refusal().into());
        }
        let (mut parts, body) = request.into_parts();
        let context = authenticate::context(&self.app, &parts).await?;
        let public = authenticate::is_public(&parts.method, parts.uri.path());
        // A node's pull credential is for the registry alone.
        if !public && matches!(context.caller(), Caller::Anonymous | Caller::Workload(_)) {
            return Err(authenticate::sign_in_first());
        }
        // A trail that cannot be written holds work back.
        self.app.contexts.audit().ready().await;
        parts.extensions.insert(context);
        let answered = self.router.clone().oneshot(Request::from_parts(parts, body)).await;
        Ok(answered.unwrap_or_else(|never| match never {}))
    }
}

/// Cookies count on our own paths alone.
pub(crate) fn cookie_policy(path: &str) -> CookiePolicy {
    if is_ours(path) { CookiePolicy::Honoured } else { CookiePolicy::Ignored }
}

pub(crate) fn is_ours(path: &str) -> bool {
    path == "/api/v1" || path.starts_with("/api/v1/") || path == "/api/docs"
}

fn dialect(path: &str) -> Dialect {
    if is_ours(path) {
        return Dialect::Holdfast;
    }
    reserved::find(path).map_or(Dialect::Ucp, |path| path.dialect)
}

async fn not_found() -> ApiError {
    ApiError::not_found("NOT_FOUND", "there is nothing at this path; `/api/docs` lists what there is")
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorKind::MethodNotAllowed, "METHOD_NOT_ALLOWED", "this path does not take that method")
}
