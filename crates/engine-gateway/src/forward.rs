//! Reading what came in, and the fresh request that goes to the engine.

use base::ErrorKind;
use engine_spec::{
    AuthConfig, BodyKind, Call, Canonical, Flow, MAX_BODY_BYTES, RegistryConfig, Route, canonical,
    registry_auth_decode, registry_auth_encode, registry_config_decode, registry_config_encode,
};
use http::header::{CONNECTION, CONTENT_TYPE, HOST, UPGRADE};
use http::{HeaderMap, HeaderValue};
use http_body::Body as _;
use http_kit::{Body, Request, Response};
use workloads::{EngineAt, Weight};

use crate::decide::Decided;
use crate::error::Error;
use crate::gateway::{Asked, Gateway};

const REGISTRY_AUTH: &str = "x-registry-auth";
const REGISTRY_CONFIG: &str = "x-registry-config";

/// A request's body and credentials, understood.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    /// A JSON body.
    pub(crate) canonical: Option<Canonical>,
    /// A streamed body.
    pub(crate) stream: Option<Body>,
    /// Credentials for one registry.
    pub(crate) registry_auth: Option<AuthConfig>,
    /// Credentials of a build.
    pub(crate) registry_config: Option<RegistryConfig>,
    /// The Dockerfile's path in a build's context.
    pub(crate) dockerfile: String,
    /// Credentials stored with a service would go to another registry: an empty document takes their place.
    pub(crate) drop_stored_credentials: bool,
}

impl Gateway {
    /// Reads body and credentials.
    pub(crate) async fn incoming(&self, asked: &Asked, body: Body) -> Result<Incoming, Error> {
        let headers = &asked.parts.headers;
        let kind = asked.call.route.body();
        let has_body = !body.is_end_stream();
        let media = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or("(not text)"));
        kind.content_type(media, has_body).map_err(Error::Body)?;
        let mut incoming = Incoming { registry_auth: registry_auth(headers)?, ..Incoming::default() };
        if matches!(asked.call.route, Route::Build) {
            incoming.registry_config = registry_config(headers)?;
        }
        match kind {
            // Whatever came is dropped with the body.
            BodyKind::None => {}
            BodyKind::Stream => incoming.stream = Some(body),
            BodyKind::Json(schema) | BodyKind::OptionalJson(schema) => {
                let body = http_kit::timed(body, http_kit::BodyTimes::default());
                let bytes = http_kit::read(body, MAX_BODY_BYTES).await.map_err(|error| match error.kind() {
                    ErrorKind::TooLarge => Error::Body(engine_spec::BodyError::TooLarge),
                    _ => Error::Read(error),
                })?;
                let is_empty = bytes.iter().all(u8::is_ascii_whitespace);
                if !is_empty || matches!(kind, BodyKind::Json(_)) {
                    incoming.canonical = Some(canonical(&bytes, schema).map_err(Error::Body)?);
                }
            }
        }
        Ok(incoming)
    }

    /// Builds the fresh request and sends it.
    pub(crate) async fn send(&self, call: &Call, incoming: Incoming, decided: &Decided) -> Result<Response, Error> {
        let route = fresh_route(&call.route, decided);
        let version = match call.version {
            Some(version) => version,
            None => self.advertised().await,
        };
        let (method, target) = route.method_and_path(Some(version), &call.query);
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().map_err(|source: http::uri::InvalidUri| Error::Build(source.into()))?;
        let upgrade = route.flow() == Flow::Upgrade && !is_detached(&incoming);
        let streams = incoming.stream.is_some() || route.flow() != Flow::Short;
        headers(request.headers_mut(), &incoming, upgrade)?;
        *request.body_mut() = match (incoming.canonical, incoming.stream) {
            (Some(body), _) => Body::from(body.value.to_string()),
            (None, Some(stream)) => stream,
            (None, None) => Body::empty(),
        };
        let weight = if upgrade || streams { Weight::Bulk } else { Weight::Short };
        let sent = self.workloads.engines().request(EngineAt::Manager, request, weight).await;
        sent.map_err(|source| Error::Work(workloads::Error::Engine { source }))
    }
}

/// Puts the full id where the client's reference stood. Images keep their names: an id has no tag to remove or push.
fn fresh_route(route: &Route, decided: &Decided) -> Route {
    let is_exec = matches!(route, Route::ExecInspect(_) | Route::ExecStart(_) | Route::ExecResize(_));
    match &decided.object {
        Some(object) if !is_exec => route.with_object(&object.id).unwrap_or_else(|_| route.clone()),
        _ => route.clone(),
    }
}

/// An exec that is started in the background answers at once and leaves HTTP alone.
pub(crate) fn is_detached(incoming: &Incoming) -> bool {
    let detach = incoming.canonical.as_ref().and_then(|body| body.value.get("Detach"));
    detach.and_then(serde_json::Value::as_bool).unwrap_or_default()
}

fn headers(headers: &mut HeaderMap, incoming: &Incoming, upgrade: bool) -> Result<(), Error> {
    headers.insert(HOST, HeaderValue::from_static("docker"));
    if incoming.canonical.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    } else if incoming.stream.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
    }
    if upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("tcp"));
    }
    if let Some(auth) = &incoming.registry_auth {
        secret_header(headers, REGISTRY_AUTH, &registry_auth_encode(auth))?;
    }
    if let Some(config) = &incoming.registry_config {
        secret_header(headers, REGISTRY_CONFIG, &registry_config_encode(config))?;
    }
    Ok(())
}

fn secret_header(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), Error> {
    let mut value = HeaderValue::from_str(value).map_err(|source| Error::Build(source.into()))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

fn registry_auth(headers: &HeaderMap) -> Result<Option<AuthConfig>, Error> {
    let Some(value) = single(headers, REGISTRY_AUTH)? else { return Ok(None) };
    let read = registry_auth_decode(value);
    read.map(Some).map_err(|source| Error::Credentials { header: "X-Registry-Auth", source })
}

fn registry_config(headers: &HeaderMap) -> Result<Option<RegistryConfig>, Error> {
    let Some(value) = single(headers, REGISTRY_CONFIG)? else { return Ok(None) };
    let read = registry_config_decode(value);
    read.map(Some).map_err(|source| Error::Credentials { header: "X-Registry-Config", source })
}

fn single<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<Option<&'h str>, Error> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Error::Invalid(format!("{name} is given twice")));
    }
    value.to_str().map(Some).map_err(|_| Error::Invalid(format!("{name} is not text")))
}
