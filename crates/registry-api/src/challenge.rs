//! The challenge: where to get a token, and for what.

use http::{HeaderValue, Method};

use crate::route::Route;

/// Why a token is asked for anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// None was sent.
    Absent,
    /// The one that was sent is not accepted.
    Invalid,
    /// The one that was sent does not cover the request.
    Insufficient,
}

/// Returns the scope that a request needs.
pub(crate) fn scope(route: &Route, method: &Method) -> Option<String> {
    if *route == Route::Catalog {
        return Some("registry:catalog:*".to_owned());
    }
    let actions = match *method {
        Method::GET | Method::HEAD => "pull",
        Method::DELETE => "delete",
        _ => "pull,push",
    };
    route.repository().map(|name| format!("repository:{name}:{actions}"))
}

/// Makes the header's value (RFC 6750, Docker token specification). Names have passed their parsers, so that
/// nothing in it needs to be escaped.
pub(crate) fn bearer(base: &str, service: &str, scope: Option<&str>, why: Why) -> HeaderValue {
    let mut text = format!("Bearer realm=\"{base}/auth/token\",service=\"{service}\"");
    if let Some(scope) = scope {
        text.push_str(",scope=\"");
        text.push_str(scope);
        text.push('"');
    }
    match why {
        Why::Absent => {}
        Why::Invalid => text.push_str(",error=\"invalid_token\""),
        Why::Insufficient => text.push_str(",error=\"insufficient_scope\""),
    }
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}
