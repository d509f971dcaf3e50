//! In front of all handlers: from what a request presents to the context that handlers are given.

use base::ErrorKind;
use http::Method;
use http::header::{ORIGIN, USER_AGENT};
use http::request::Parts;
use http_kit::{Presented, Verdict, check_origin, peer, presented, request_id};
use identity::Credential;
use opctx::{Caller, OpContext, Origin, Surface};

use crate::app::{Deps, cookie_policy, is_ours};
use crate::error::ApiError;

/// The longest `User-Agent` that is kept.
const MAX_AGENT_CHARS: usize = 200;

/// What an anonymous caller may ask. Whatever they present there is not looked at: an old cookie must not keep
/// anybody from signing in.
const PUBLIC: &[(Method, &str)] = &[
    (Method::POST, "/api/v1/session"),
    (Method::POST, "/api/v1/agents/join"),
    (Method::GET, "/api/v1/openapi.json"),
    (Method::GET, "/api/docs"),
    (Method::POST, "/auth/login"),
    (Method::GET, "/ca"),
];

/// Reports whether a route needs no caller.
pub(crate) fn is_public(method: &Method, path: &str) -> bool {
    // A HEAD is answered by the route of its GET.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    PUBLIC.iter().any(|(known, place)| known == method && *place == path)
}

/// Establishes who asks and makes the context.
pub(crate) async fn context(app: &Deps, parts: &Parts) -> Result<OpContext, ApiError> {
    let origin = origin(parts);
    if is_public(&parts.method, parts.uri.path()) {
        refuse_foreign_page(app, parts)?;
        return Ok(app.contexts.context(Caller::Anonymous, origin));
    }
    let presented = presented(parts, cookie_policy(parts.uri.path()))
        .map_err(|error| ApiError::new(error.kind(), "UNAUTHENTICATED", error.to_string()))?;
    check_origin(parts, &presented, &app.origins)
        .map_err(|error| ApiError::new(error.kind(), "FOREIGN_ORIGIN", error.to_string()))?;
    let caller = app.identity.authenticate(credential(presented), &origin).await?;
    Ok(app.contexts.context(caller, origin))
}

/// Refuses who is nobody.
pub(crate) fn sign_in_first() -> ApiError {
    ApiError::new(ErrorKind::Unauthenticated, "UNAUTHENTICATED", "sign in first")
}

/// A foreign page must not sign a browser in as somebody else; tools send no `Origin`.
fn refuse_foreign_page(app: &Deps, parts: &Parts) -> Result<(), ApiError> {
    if !parts.headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let as_from_a_browser = Presented::Session(base::Secret::new(""));
    check_origin(parts, &as_from_a_browser, &app.origins)
        .map_err(|error| ApiError::new(error.kind(), "FOREIGN_ORIGIN", error.to_string()))
}

fn origin(parts: &Parts) -> Origin {
    let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Origin {
        address: peer(&parts.extensions).map(|peer| peer.address.ip()),
        request: request_id(&parts.extensions),
        surface: if is_ours(parts.uri.path()) { Surface::Api } else { Surface::Ucp },
        agent: agent.chars().take(MAX_AGENT_CHARS).collect(),
    }
}

fn credential(presented: Presented) -> Credential {
    match presented {
        Presented::None => Credential::None,
        Presented::Basic { user, password } => Credential::Basic { user, password },
        Presented::Bearer(token) => Credential::Bearer(token),
        Presented::Session(token) => Credential::Session(token),
        Presented::Certificate(certificate) => Credential::Certificate {
            fingerprint: certificate.fingerprint,
            trusted: certificate.verdict != Verdict::Foreign,
            expired: matches!(certificate.verdict, Verdict::Expired | Verdict::NotYetValid),
        },
    }
}
