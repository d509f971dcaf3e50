//! Requests that a foreign page makes in a browser's name.

use base::ErrorKind;
use http::header::{HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method};

use crate::peer::{Transport, peer};
use crate::presented::Presented;
use crate::upgrade::is_upgrade;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origins from which the console may call, besides the one that the request itself names.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Takes origins in their serialized form, `https://host:port`.
    #[must_use]
    pub fn new(origins: impl IntoIterator<Item = String>) -> Self {
        Self(origins.into_iter().map(|origin| origin.to_ascii_lowercase()).collect())
    }
}

/// A request that another site's page seems to have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsrfError {
    /// No `Origin` where one is needed.
    #[error("the request needs an Origin header")]
    Missing,
    /// Another origin.
    #[error("the request comes from another origin")]
    Foreign,
}

impl CsrfError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Foreign => ErrorKind::Forbidden,
        }
    }
}

/// Checks that a request which a browser authenticates by itself comes from our own pages.
///
/// With a session cookie, unsafe methods and WebSockets need a matching `Origin`; others must not be
/// cross-site where the browser says so in `Sec-Fetch-Site`. A certificate is sent by browsers unasked as
/// well, but by tools without any `Origin`: there only a foreign one is refused. Credentials in an explicit
/// header never come from a browser by itself.
///
/// # Errors
/// If the request comes, or may come, from another site.
pub fn check_origin(parts: &Parts, presented: &Presented, origins: &Origins) -> Result<(), CsrfError> {
    let needed = match presented {
        Presented::None | Presented::Basic { .. } | Presented::Bearer(_) => return Ok(()),
        Presented::Certificate(_) => false,
        Presented::Session(_) => !parts.method.is_safe() || parts.method == Method::TRACE || is_upgrade(parts),
    };
    match single(&parts.headers, &ORIGIN) {
        Ok(Some(origin)) if is_ours(parts, origin, origins) => Ok(()),
        Ok(Some(_)) | Err(()) => Err(CsrfError::Foreign),
        Ok(None) if needed => Err(CsrfError::Missing),
        Ok(None) => match single(&parts.headers, &SEC_FETCH_SITE) {
            Ok(None | Some("same-origin" | "none")) => Ok(()),
            // A link from elsewhere may open a page, but not read data: pages are navigations.
            Ok(Some(_)) if is_navigation(parts) => Ok(()),
            Ok(Some(_)) | Err(()) => Err(CsrfError::Foreign),
        },
    }
}

/// A form that is sent navigates as well, but not with a safe method.
fn is_navigation(parts: &Parts) -> bool {
    parts.method.is_safe() && parts.headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate")
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(());
    }
    value.to_str().map(Some).map_err(|_| ())
}

fn is_ours(parts: &Parts, origin: &str, origins: &Origins) -> bool {
    let origin = origin.to_ascii_lowercase();
    if origins.0.contains(&origin) {
        return true;
    }
    // The origin of the page equals the host that the browser itself asked: a foreign page cannot choose that.
    let scheme = match peer(&parts.extensions).map(|peer| peer.transport) {
        Some(Transport::Plain) => "http://",
        Some(Transport::Tls) | None => "https://",
    };
    let authority = parts
        .uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| parts.headers.get(HOST).and_then(|host| host.to_str().ok()));
    authority
        .zip(origin.strip_prefix(scheme))
        .is_some_and(|(authority, asked)| !asked.is_empty() && authority.eq_ignore_ascii_case(asked))
}

#[cfg(test)]
mod tests {
    use base::Secret;

    use super::*;

    fn check(method: Method, headers: &[(&str, &str)]) -> Result<(), CsrfError> {
        check_as(&Presented::Session(Secret::new("s")), method, headers)
    }

    fn check_as(presented: &Presented, method: Method, headers: &[(&str, &str)]) -> Result<(), CsrfError> {
        let mut builder = http::Request::builder().method(method).uri("/api/v1/users").header("host", "hf:7443");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let parts = builder.body(()).unwrap().into_parts().0;
        check_origin(&parts, presented, &Origins::new(["https://alias".to_owned()]))
    }

    #[test]
    fn a_certificate_serves_no_foreign_page() {
        let certificate = Presented::Certificate(std::sync::Arc::new(crate::PeerCertificate {
            fingerprint: [0; 32],
            subject_cn: None,
            verdict: crate::Verdict::Trusted,
            not_after: base::Timestamp::default(),
            der: bytes::Bytes::new(),
        }));
        let check = |method, headers: &[(&str, &str)]| check_as(&certificate, method, headers);
        assert_eq!(check(Method::POST, &[]), Ok(()), "tools send no Origin");
        assert_eq!(check(Method::POST, &[("origin", "https://evil")]), Err(CsrfError::Foreign));
        let form = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(check(Method::POST, &form), Err(CsrfError::Foreign));
        assert_eq!(check(Method::GET, &form), Ok(()));
    }

    #[test]
    fn unsafe_methods_need_a_matching_origin() {
        assert_eq!(check(Method::POST, &[]), Err(CsrfError::Missing));
        assert_eq!(check(Method::POST, &[("origin", "https://hf:7443")]), Ok(()));
        assert_eq!(check(Method::POST, &[("origin", "https://alias")]), Ok(()));
        for foreign in ["http://hf:7443", "https://hf", "https://evil", "null", "https://hf:7443.evil"] {
            assert_eq!(check(Method::POST, &[("origin", foreign)]), Err(CsrfError::Foreign), "{foreign}");
        }
    }

    #[test]
    fn websockets_need_a_matching_origin() {
        let upgrade = [("connection", "Upgrade"), ("upgrade", "websocket")];
        assert_eq!(check(Method::GET, &upgrade), Err(CsrfError::Missing));
    }

    #[test]
    fn reads_must_not_be_cross_site() {
        assert_eq!(check(Method::GET, &[]), Ok(()));
        assert_eq!(check(Method::GET, &[("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(check(Method::GET, &[("sec-fetch-site", "cross-site")]), Err(CsrfError::Foreign));
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(check(Method::GET, &link), Ok(()));
    }
}
