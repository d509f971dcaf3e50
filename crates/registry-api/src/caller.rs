//! Who asks.

use base::{ErrorKind, Secret};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::USER_AGENT;
use http::request::Parts;
use http_kit::{CookiePolicy, Failure, Origins, Presented, Verdict, check_origin, peer, presented, request_id};
use identity::{AuthError, Credential, Identity};
use opctx::{Caller, Origin, Surface};

use crate::api::RegistryApi;

/// Establishes who presents something; identity does so.
pub trait Authenticator: Send + Sync + 'static {
    /// Turns what is presented into a caller; what is wrong is an error, never an anonymous caller.
    fn authenticate<'a>(
        &'a self,
        credential: Credential,
        origin: &'a Origin,
    ) -> BoxFuture<'a, Result<Caller, AuthError>>;
}

impl Authenticator for Identity {
    fn authenticate<'a>(
        &'a self,
        credential: Credential,
        origin: &'a Origin,
    ) -> BoxFuture<'a, Result<Caller, AuthError>> {
        Identity::authenticate(self, credential, origin).boxed()
    }
}

/// Who asks, and whether anything was presented at all.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) has_presented: bool,
}

pub(crate) fn origin(parts: &Parts) -> Origin {
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Origin {
        address: peer(&parts.extensions).map(|peer| peer.address.ip()),
        request: request_id(&parts.extensions),
        surface: Surface::Registry,
        agent: agent.chars().take(200).collect(),
    }
}

/// Reads what is presented. A browser sends a certificate unasked, for any page that makes it ask.
pub(crate) fn given(parts: &Parts) -> Result<Presented, Failure> {
    let presented = presented(parts, CookiePolicy::Ignored)
        .map_err(|error| Failure::new(ErrorKind::Unauthenticated, "UNAUTHORIZED", error.to_string()))?;
    check_origin(parts, &presented, &Origins::default())
        .map_err(|error| Failure::new(error.kind(), "DENIED", error.to_string()))?;
    Ok(presented)
}

fn failure(error: &AuthError, origin: &Origin) -> Failure {
    let code = match error.kind() {
        ErrorKind::TooMany => "TOOMANYREQUESTS",
        ErrorKind::Unavailable => "UNAVAILABLE",
        _ => "UNAUTHORIZED",
    };
    Failure::from_error(error.kind(), code, error, &origin.request)
}

impl RegistryApi {
    /// Establishes who asks under `/v2/`: a token of ours, or whatever identity knows.
    pub(crate) async fn asking(&self, parts: &Parts, origin: &Origin) -> Result<Asking, Failure> {
        let unauthorized = |message: String| Failure::new(ErrorKind::Unauthenticated, "UNAUTHORIZED", message);
        let presented = given(parts)?;
        if let Presented::Bearer(token) = &presented
            && token.expose().split('.').count() == 3
        {
            let verified = self.registry.token_verify(self.contexts.authority(), token.expose());
            let caller = verified.map_err(|error| unauthorized(error.to_string()))?;
            return Ok(Asking { caller, has_presented: true });
        }
        let has_presented = !matches!(presented, Presented::None);
        let caller = self.identify(presented, origin).await?;
        Ok(Asking { caller, has_presented })
    }

    /// Asks identity.
    pub(crate) async fn identify(&self, presented: Presented, origin: &Origin) -> Result<Caller, Failure> {
        let credential = match presented {
            Presented::None => Credential::None,
            Presented::Basic { user, password } => Credential::Basic { user, password },
            Presented::Bearer(token) => Credential::Bearer(token),
            Presented::Session(token) => Credential::Session(token),
            Presented::Certificate(certificate) => Credential::Certificate {
                fingerprint: certificate.fingerprint,
                trusted: certificate.verdict != Verdict::Foreign,
                expired: matches!(certificate.verdict, Verdict::Expired | Verdict::NotYetValid),
            },
        };
        self.identity.authenticate(credential, origin).await.map_err(|error| failure(&error, origin))
    }

    /// Asks identity about the credentials of a form.
    pub(crate) async fn identify_form(
        &self,
        user: Option<String>,
        secret: Secret,
        origin: &Origin,
    ) -> Result<Caller, Failure> {
        let presented = match user {
            Some(user) => Presented::Basic { user, password: secret },
            None => Presented::Bearer(secret),
        };
        self.identify(presented, origin).await
    }
}
