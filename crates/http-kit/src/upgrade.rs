//! Upgrades of a connection to another protocol.

use base::ErrorKind;
use http::header::{CONNECTION, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, Method, Version};

use crate::Failure;

/// Reports whether the request asks to leave HTTP on this connection.
#[must_use]
pub fn is_upgrade(parts: &Parts) -> bool {
    parts.headers.contains_key(UPGRADE)
        && parts
            .headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case("upgrade"))
}

/// Returns the refusal of an upgrade over HTTP/2, where none exists (RFC 9113 §8.6). `needed` says that the
/// route is one that upgrades, whatever the headers say: HTTP/2 has no header to ask with.
#[must_use]
pub fn refuse_over_h2(parts: &Parts, needed: bool) -> Option<Failure> {
    let asked = needed || parts.headers.contains_key(UPGRADE) || parts.method == Method::CONNECT;
    (parts.version == Version::HTTP_2 && asked).then(|| {
        Failure::new(
            ErrorKind::Invalid,
            "UPGRADE_OVER_HTTP2",
            "this connection speaks HTTP/2, which has no upgrades; ask again over HTTP/1.1",
        )
    })
}

/// Removes the headers that belong to one hop (RFC 9110 §7.6.1), those named by `Connection` included.
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
    const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|token| token.trim().parse().ok())
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in [CONNECTION, PROXY_CONNECTION, KEEP_ALIVE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
}

/// Turns hyper's upgraded connection into a tokio stream for [`crate::pipe`].
#[must_use]
pub fn upgraded(upgraded: hyper::upgrade::Upgraded) -> hyper_util::rt::TokioIo<hyper::upgrade::Upgraded> {
    hyper_util::rt::TokioIo::new(upgraded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_named_by_connection_are_removed_too() {
        let mut headers = HeaderMap::new();
        headers.insert(CONNECTION, "keep-alive, X-Secret".parse().unwrap());
        headers.insert("x-secret", "1".parse().unwrap());
        headers.insert("x-kept", "1".parse().unwrap());
        headers.insert(TRANSFER_ENCODING, "chunked".parse().unwrap());
        strip_hop_by_hop(&mut headers);
        assert_eq!(headers.len(), 1);
        assert!(headers.contains_key("x-kept"));
    }
}
