//! What a caller presented to prove who it is. Only read here, judged by the domain.

use std::sync::Arc;

use base::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;

use crate::peer::{PeerCertificate, peer};

/// The session cookie's name; the prefix makes browsers insist on TLS, this host and the path `/`.
pub const SESSION_COOKIE: &str = "__Host-holdfast";

const MAX_CREDENTIAL_BYTES: usize = 16 * 1024;

/// Whether session cookies count on this route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookiePolicy {
    /// `/api/v1` and `/console`.
    Honoured,
    /// Everywhere else.
    Ignored,
}

/// What the caller presented; the first in the order explicit header, certificate, cookie.
#[derive(Debug, Clone)]
pub enum Presented {
    /// Nothing.
    None,
    /// `Authorization: Basic`.
    Basic {
        /// The name given.
        user: String,
        /// The password or access token given.
        password: Secret,
    },
    /// `Authorization: Bearer`.
    Bearer(Secret),
    /// A client certificate, whatever its verdict: a bad one is refused, never skipped.
    Certificate(Arc<PeerCertificate>),
    /// A session cookie.
    Session(Secret),
}

/// An `Authorization` that cannot be read: 401 in the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PresentedError {
    /// More than one `Authorization` header.
    #[error("more than one Authorization header")]
    Repeated,
    /// Neither Basic nor Bearer.
    #[error("the Authorization scheme is neither Basic nor Bearer")]
    Scheme,
    /// Too long or not in its form.
    #[error("the Authorization header is malformed")]
    Malformed,
}

impl PresentedError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> base::ErrorKind {
        match self {
            Self::Repeated | Self::Scheme | Self::Malformed => base::ErrorKind::Unauthenticated,
        }
    }
}

/// Reads what the caller presented: an explicit `Authorization`, else a certificate, else a cookie.
///
/// # Errors
/// If there is an `Authorization` that cannot be read; it is never skipped.
pub fn presented(parts: &Parts, cookies: CookiePolicy) -> Result<Presented, PresentedError> {
    let mut given = parts.headers.get_all(AUTHORIZATION).iter();
    if let Some(value) = given.next() {
        if given.next().is_some() {
            return Err(PresentedError::Repeated);
        }
        return explicit(value.to_str().map_err(|_| PresentedError::Malformed)?);
    }
    if let Some(certificate) = peer(&parts.extensions).and_then(|peer| peer.certificate.clone()) {
        return Ok(Presented::Certificate(certificate));
    }
    match cookies {
        CookiePolicy::Honoured => Ok(session_cookie(parts).map_or(Presented::None, Presented::Session)),
        CookiePolicy::Ignored => Ok(Presented::None),
    }
}

/// Returns the session cookie's value.
#[must_use]
pub fn session_cookie(parts: &Parts) -> Option<Secret> {
    parts
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == SESSION_COOKIE && !value.is_empty() && value.len() <= MAX_CREDENTIAL_BYTES)
        .map(|(_, value)| Secret::new(value))
}

fn explicit(value: &str) -> Result<Presented, PresentedError> {
    if value.len() > MAX_CREDENTIAL_BYTES {
        return Err(PresentedError::Malformed);
    }
    let (scheme, rest) = value.split_once(' ').ok_or(PresentedError::Malformed)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(PresentedError::Malformed);
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Presented::Bearer(Secret::new(rest)));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(PresentedError::Scheme);
    }
    let decoded = STANDARD.decode(rest).map_err(|_| PresentedError::Malformed)?;
    let decoded = String::from_utf8(decoded).map_err(|_| PresentedError::Malformed)?;
    let (user, password) = decoded.split_once(':').ok_or(PresentedError::Malformed)?;
    Ok(Presented::Basic { user: user.to_owned(), password: Secret::new(password) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut builder = http::Request::builder().uri("/");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    #[test]
    fn an_explicit_header_is_never_skipped() {
        for bad in ["Digest x", "Basic", "Basic !!", "Bearer ", "Basic dXNlcg=="] {
            assert!(presented(&parts(&[("authorization", bad)]), CookiePolicy::Honoured).is_err(), "{bad}");
        }
        let twice = parts(&[("authorization", "Bearer a"), ("authorization", "Bearer b")]);
        assert_eq!(presented(&twice, CookiePolicy::Ignored).unwrap_err(), PresentedError::Repeated);
    }

    #[test]
    fn basic_keeps_colons_of_the_password() {
        let found = presented(&parts(&[("authorization", "bAsIc YW5uYTpwOnc=")]), CookiePolicy::Ignored).unwrap();
        let Presented::Basic { user, password } = found else { panic!("{found:?}") };
        assert_eq!((user.as_str(), password.expose()), ("anna", "p:w"));
    }

    #[test]
    fn cookies_count_only_where_they_are_honoured() {
        let parts = parts(&[("cookie", "a=b; __Host-holdfast=s3cret; c=d")]);
        assert!(matches!(presented(&parts, CookiePolicy::Ignored).unwrap(), Presented::None));
        let found = presented(&parts, CookiePolicy::Honoured).unwrap();
        assert!(matches!(found, Presented::Session(secret) if secret.expose() == "s3cret"));
    }
}
