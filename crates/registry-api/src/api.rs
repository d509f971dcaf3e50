//! The surface: from a request to an answer.

use std::fmt;
use std::sync::Arc;

use base::ErrorKind;
use http::header::WWW_AUTHENTICATE;
use http::request::Parts;
use http::{Method, StatusCode};
use http_kit::{Body, Failure, Request, Response};
use opctx::{Caller, ContextFactory, OpContext};
use registry::{Error, Registry};
use serde_json::json;

use crate::caller::{self, Authenticator};
use crate::challenge::{self, Why};
use crate::names::Names;
use crate::query::Query;
use crate::reply::{Refusal, Reply, finish};
use crate::route::Route;

/// What the surface is made of.
#[derive(Clone)]
pub struct Options {
    /// The domain.
    pub registry: Arc<Registry>,
    /// Who knows who asks.
    pub identity: Arc<dyn Authenticator>,
    /// Makes contexts.
    pub contexts: ContextFactory,
    /// The names under which the registry is known.
    pub names: Names,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("names", &self.names).finish_non_exhaustive()
    }
}

/// The registry's protocol; cheap to clone.
#[derive(Clone)]
pub struct RegistryApi {
    pub(crate) registry: Arc<Registry>,
    pub(crate) identity: Arc<dyn Authenticator>,
    pub(crate) contexts: ContextFactory,
    pub(crate) names: Arc<Names>,
}

impl fmt::Debug for RegistryApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryApi").field("names", &self.names).finish_non_exhaustive()
    }
}

/// A request whose route and caller are known.
pub(crate) struct Call {
    pub(crate) parts: Parts,
    pub(crate) query: Query,
    pub(crate) ctx: OpContext,
}

impl Call {
    /// Returns a header's value if it is one and readable.
    pub(crate) fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl RegistryApi {
    /// Makes the surface.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            registry: options.registry,
            identity: options.identity,
            contexts: options.contexts,
            names: Arc::new(options.names),
        }
    }

    /// Answers a request for `/v2/…` or `/auth/token`.
    pub async fn handle(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let origin = caller::origin(&parts);
        let route = match Route::parse(parts.uri.path()) {
            Ok(Route::Token) => return self.token(parts, body, origin).await,
            Ok(route) => route,
            // Whoever is nobody learns nothing about paths either.
            Err(error) => return finish(Refusal::from(error).render(&origin.request)),
        };
        let (base, method) = (self.names.base(&parts), parts.method.clone());
        let challenged = |why| self.challenged(&base, &route, &method, why);
        let asking = match self.asking(&parts, &origin).await {
            Ok(asking) => asking,
            Err(failure) => {
                let header = (failure.kind == ErrorKind::Unauthenticated).then(|| challenged(Why::Invalid));
                return with_challenge(Refusal::from(failure).render(&origin.request), header);
            }
        };
        let request_id = origin.request;
        let has_presented = asking.has_presented;
        let ctx = self.contexts.context(asking.caller, origin);
        let outcome = match Query::parse(parts.uri.query().unwrap_or_default()) {
            Ok(query) => self.dispatch(route.clone(), Call { parts, query, ctx }, body, has_presented).await,
            Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(response) => finish(response),
            Err(refusal) => {
                let why = match &refusal {
                    Refusal::Domain(Error::ScopeMissing { .. }) => Some(Why::Insufficient),
                    Refusal::Domain(error) if error.kind() == ErrorKind::Unauthenticated => {
                        Some(if has_presented { Why::Insufficient } else { Why::Absent })
                    }
                    Refusal::Protocol(failure) if failure.kind == ErrorKind::Unauthenticated => Some(Why::Absent),
                    Refusal::Domain(_) | Refusal::Protocol(_) => None,
                };
                with_challenge(refusal.render(&request_id), why.map(challenged))
            }
        }
    }

    fn challenged(&self, base: &str, route: &Route, method: &Method, why: Why) -> http::HeaderValue {
        challenge::bearer(base, self.names.service(), challenge::scope(route, method).as_deref(), why)
    }

    async fn dispatch(&self, route: Route, call: Call, body: Body, has_presented: bool) -> Result<Response, Refusal> {
        match route {
            Route::Base => base(&call, has_presented),
            Route::Catalog => self.catalog(&call).await,
            Route::Tags(name) => self.tags(&call, &name).await,
            Route::Manifest(name, reference) => self.manifest(&call, body, &name, &reference).await,
            Route::Blob(name, digest) => self.blob(&call, &name, &digest).await,
            Route::Uploads(name) => self.uploads(&call, body, &name).await,
            Route::Upload(name, id) => self.upload(&call, body, &name, id).await,
            Route::Referrers(name, digest) => self.referrers(&call, &name, &digest).await,
            Route::Trust => {
                Err(Failure::new(ErrorKind::NotImplemented, "UNSUPPORTED", "content trust is not open yet").into())
            }
            // Handled before a caller is established.
            Route::Token => Err(Refusal::not_allowed()),
        }
    }
}

/// `docker login` and every client begin here: an answer of 200 says that the credential is good.
fn base(call: &Call, has_presented: bool) -> Result<Response, Refusal> {
    if !matches!(call.parts.method, Method::GET | Method::HEAD) {
        return Err(Refusal::not_allowed());
    }
    let is_nobody = matches!(call.ctx.caller(), Caller::Anonymous) && !has_presented;
    if is_nobody || !call.ctx.is_alive() {
        return Err(Failure::new(ErrorKind::Unauthenticated, "UNAUTHORIZED", "sign in first").into());
    }
    Ok(Reply::json(StatusCode::OK, "application/json", &json!({})).done())
}

fn with_challenge(response: Response, header: Option<http::HeaderValue>) -> Response {
    let mut response = finish(response);
    if let Some(header) = header {
        response.headers_mut().insert(WWW_AUTHENTICATE, header);
    }
    response
}
