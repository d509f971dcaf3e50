//! The names under which the registry is known; a request's own word for its host is never trusted beyond
//! choosing among them.

use http::header::HOST;
use http::request::Parts;
use http_kit::{Transport, peer};

/// The names under which the registry is known.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The external names, with their port unless 443.
    pub external: Vec<String>,
    /// The names of the listener without TLS, with their port unless 80.
    pub plain: Vec<String>,
}

impl Names {
    /// Returns scheme and name for addresses in an answer: the name asked if it is listed, else the first.
    pub(crate) fn base(&self, parts: &Parts) -> String {
        let is_plain = peer(&parts.extensions).is_some_and(|peer| peer.transport == Transport::Plain);
        let (scheme, default_port) = if is_plain { ("http", ":80") } else { ("https", ":443") };
        let first = self.external.first().or(self.plain.first()).map_or("localhost", String::as_str);
        let asked = asked(parts);
        let same = |name: &&String| {
            asked.is_some_and(|asked| {
                name.eq_ignore_ascii_case(asked)
                    || asked.strip_suffix(default_port).is_some_and(|asked| name.eq_ignore_ascii_case(asked))
            })
        };
        let (listed, fallback) = if is_plain {
            let plain = self.plain.iter().chain(&self.external).find(same);
            (plain, self.plain.first().map_or(first, String::as_str))
        } else {
            (self.external.iter().find(same), first)
        };
        format!("{scheme}://{}", listed.map_or(fallback, String::as_str))
    }

    /// Returns the service that tokens are for.
    pub(crate) fn service(&self) -> &str {
        self.external.first().or(self.plain.first()).map_or("holdfast", String::as_str)
    }
}

fn asked(parts: &Parts) -> Option<&str> {
    match parts.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => parts.headers.get(HOST).and_then(|value| value.to_str().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(names: &Names, host: &str) -> String {
        let request = http::Request::builder().uri("/v2/").header("host", host).header("x-forwarded-host", "evil");
        names.base(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_name_that_is_not_listed_is_never_given_back() {
        let names = Names { external: vec!["reg.example.com".into(), "10.0.0.1:7443".into()], plain: Vec::new() };
        assert_eq!(base(&names, "10.0.0.1:7443"), "https://10.0.0.1:7443");
        assert_eq!(base(&names, "REG.example.com:443"), "https://reg.example.com");
        assert_eq!(base(&names, "evil.example.com"), "https://reg.example.com");
    }
}
