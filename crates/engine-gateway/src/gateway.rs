//! The way of one request.

use std::fmt;
use std::sync::Arc;

use base::RequestId;
use engine_spec::{Call, Openness, Route, Rules, parse};
use http::request::Parts;
use http_kit::{
    Body, CookiePolicy, Origins, Presented, Request, Response, Verdict, check_origin, peer, presented, request_id,
};
use identity::{Credential, Identity};
use opctx::{AuditEntry, AuditOutcome, Caller, OpContext, Origin, Surface};
use workloads::Workloads;

use crate::decide::Decided;
use crate::error::Error;
use crate::images::ImageRights;
use crate::own::EngineState;

/// What this installation is called and allows.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// The names of our registry, `host[:port]`, as they stand in image references.
    pub registry_names: Vec<String>,
    /// Other registries that an engine may be made to talk to by who is no administrator.
    pub open_registries: Vec<String>,
    /// Ports and paths that belong to us.
    pub rules: Rules,
    /// The version that `docker version` shows: `holdfast/1.2.3`.
    pub version_shown: String,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            registry_names: Vec::new(),
            open_registries: vec!["docker.io".to_owned()],
            rules: Rules::default(),
            version_shown: format!("holdfast/{}", env!("CARGO_PKG_VERSION")),
        }
    }
}

pub(crate) struct Gateway {
    pub(crate) identity: Identity,
    pub(crate) workloads: Workloads,
    pub(crate) images: Arc<dyn ImageRights>,
    pub(crate) options: GatewayOptions,
    pub(crate) state: EngineState,
}

/// The Docker API's surface; cheap to clone.
#[derive(Clone)]
pub struct EngineGateway(Arc<Gateway>);

impl fmt::Debug for EngineGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineGateway").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// A request on its way: what was asked, by whom.
pub(crate) struct Asked {
    pub(crate) ctx: OpContext,
    pub(crate) call: Call,
    pub(crate) parts: Parts,
}

impl EngineGateway {
    /// Wires the parts together.
    #[must_use]
    pub fn new(
        identity: Identity,
        workloads: Workloads,
        images: Arc<dyn ImageRights>,
        options: GatewayOptions,
    ) -> Self {
        Self(Arc::new(Gateway { identity, workloads, images, options, state: EngineState::default() }))
    }

    /// Answers a request.
    pub async fn handle(&self, request: Request) -> Response {
        let gateway = Arc::clone(&self.0);
        let (parts, body) = request.into_parts();
        let id = request_id(&parts.extensions);
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let parsed = parse(&parts.method, target);
        // Health checks and version negotiation: no account, no engine, no allocation worth naming.
        if let Ok(Call { route: Route::Ping | Route::PingHead, .. }) = &parsed {
            return gateway.ping(&parts.method).await;
        }
        let mut response = match Arc::clone(&gateway).authenticated(parts, body, id, parsed).await {
            Ok(response) => response,
            Err(error) => error.response(&id),
        };
        gateway.own_headers(response.headers_mut());
        response
    }
}

impl Gateway {
    async fn authenticated(
        self: Arc<Self>,
        parts: Parts,
        body: Body,
        request: RequestId,
        parsed: Result<Call, engine_spec::RouteError>,
    ) -> Result<Response, Error> {
        let ctx = self.caller(&parts, request).await?;
        let call = parsed?;
        if call.route.openness() == Openness::NotYet {
            return Err(Error::NotYet { route: Box::new(call.route) });
        }
        if let Some(version) = call.version {
            version.within(self.advertised().await)?;
        }
        let needed = call.route.flow() == engine_spec::Flow::Upgrade;
        if let Some(failure) = http_kit::refuse_over_h2(&parts, needed) {
            return Err(Error::Upgrade(failure));
        }
        let asked = Asked { ctx, call, parts };
        self.answer(asked, body).await
    }

    /// Establishes who asks; anonymous callers get nothing but `_ping`.
    async fn caller(&self, parts: &Parts, request: RequestId) -> Result<OpContext, Error> {
        let origin = Origin {
            address: peer(&parts.extensions).map(|peer| peer.address.ip()),
            request,
            surface: Surface::Docker,
            agent: user_agent(parts),
        };
        let presented = presented(parts, CookiePolicy::Ignored).map_err(Error::Presented)?;
        // A browser sends a certificate unasked, for any page that makes it ask.
        check_origin(parts, &presented, &Origins::default()).map_err(Error::Origin)?;
        let credential = match presented {
            Presented::None | Presented::Session(_) => return Err(Error::Anonymous),
            Presented::Basic { user, password } => Credential::Basic { user, password },
            Presented::Bearer(token) => Credential::Bearer(token),
            Presented::Certificate(certificate) => Credential::Certificate {
                fingerprint: certificate.fingerprint,
                trusted: certificate.verdict != Verdict::Foreign,
                expired: matches!(certificate.verdict, Verdict::Expired | Verdict::NotYetValid),
            },
        };
        let caller = self.identity.authenticate(credential, &origin).await.map_err(Error::SignIn)?;
        match caller {
            // Credentials of nodes are for the registry alone.
            Caller::Account(_) => Ok(self.identity.contexts().context(caller, origin)),
            Caller::Anonymous | Caller::Workload(_) | Caller::System(_) => Err(Error::Anonymous),
        }
    }

    async fn answer(self: Arc<Self>, asked: Asked, body: Body) -> Result<Response, Error> {
        match &asked.call.route {
            Route::Version => return self.version(&asked).await,
            Route::Info => return self.info(&asked).await,
            Route::Auth => return self.auth(&asked, body).await,
            _ => {}
        }
        let mut incoming = self.incoming(&asked, body).await?;
        let mut decided = Decided::default();
        if let Err(error) = self.decide(&asked, &mut incoming, &mut decided).await {
            // What is not there is no refusal to an administrator.
            if !asked.ctx.is_admin() {
                self.note(&asked, &decided, AuditOutcome::Refused, &error.to_string());
            }
            return Err(error);
        }
        let response = self.perform(&asked, incoming, &decided).await;
        match &response {
            _ if decided.is_look() => {}
            Ok(response) if response.status().is_client_error() || response.status().is_server_error() => {
                self.note(&asked, &decided, AuditOutcome::Failed, response.status().as_str());
            }
            Ok(_) => self.note(&asked, &decided, AuditOutcome::Allowed, ""),
            Err(error) => self.note(&asked, &decided, failed_or_refused(error), &error.to_string()),
        }
        response
    }

    /// Writes the one audit row of a request: all refusals, and what was more than looking.
    fn note(&self, asked: &Asked, decided: &Decided, outcome: AuditOutcome, reason: &str) {
        let name = asked.call.route.object().map_or("", |object| object.as_str());
        asked.ctx.audit(AuditEntry {
            operation: decided.operation_name(asked.call.route.name()),
            object: decided.target(name),
            collection: decided.path(&asked.ctx),
            outcome,
            reason: reason.to_owned(),
        });
    }
}

/// A build is refused while its context streams.
fn failed_or_refused(error: &Error) -> AuditOutcome {
    match error.kind() {
        base::ErrorKind::Forbidden | base::ErrorKind::NotFound => AuditOutcome::Refused,
        _ => AuditOutcome::Failed,
    }
}

fn user_agent(parts: &Parts) -> String {
    let agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().chars().take(200).collect()
}
