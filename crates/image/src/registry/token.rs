//! Who one is to a registry: a token from its token service, or a password (Docker registry v2, "Token Authentication").

use std::collections::HashMap;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::credentials::Login;
use crate::error::Error;
use crate::http::{Http, Target};

const MAX_TOKEN_BYTES: u64 = 256 * 1024;

/// What a registry asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A password.
    Basic,
    /// A token of a service.
    Bearer { realm: String, service: Option<String> },
}

impl Challenge {
    /// Reads a `WWW-Authenticate` header.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut parameters = parameters(rest);
        Some(Self::Bearer { realm: parameters.remove("realm")?, service: parameters.remove("service") })
    }
}

/// Reads `name="value"` pairs between commas.
fn parameters(mut text: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    while let Some((name, rest)) = text.split_once('=') {
        let name = name.trim_matches([' ', ',']).to_ascii_lowercase();
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        found.insert(name, value.to_owned());
        text = rest;
    }
    found
}

#[derive(Deserialize)]
struct Granted {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
}

/// Gets what the `Authorization` header must say; nothing if nobody is signed in and none is needed.
pub(super) fn authorization(
    http: &Http,
    challenge: &Challenge,
    scope: &str,
    login: Option<&Login>,
) -> Result<Option<String>, Error> {
    let (realm, service) = match challenge {
        Challenge::Basic => return Ok(login.map(basic)),
        Challenge::Bearer { realm, service } => (realm, service),
    };
    if let Some(Login::Bearer(token)) = login {
        return Ok(Some(format!("Bearer {token}")));
    }
    let bad = || Error::Unusable("the registry's token service has no usable address".to_owned());
    let uri: http::Uri = realm.parse().map_err(|_| bad())?;
    let authority = uri.authority().ok_or_else(bad)?;
    let target = Target::of_authority(authority.as_str(), uri.scheme_str() != Some("http"))?;
    let mut query = form_urlencoded::Serializer::new(uri.query().unwrap_or_default().to_owned());
    if let Some(service) = service {
        query.append_pair("service", service);
    }
    query.append_pair("scope", scope);
    let path = format!("{}?{}", uri.path(), query.finish());
    let login = login.map(basic);
    let headers: Vec<(&str, &str)> = login.iter().map(|value| ("authorization", value.as_str())).collect();
    let answer = http.get(&target, &path, &headers)?;
    if answer.status != 200 {
        return Err(answer.refused(&target, "a token"));
    }
    let mut bytes = Vec::new();
    answer.body.take(MAX_TOKEN_BYTES).read_to_end(&mut bytes).map_err(|source| Error::Read { source })?;
    let granted: Granted = serde_json::from_slice(&bytes)
        .map_err(|error| Error::Document { what: "token service's answer", reason: error.to_string() })?;
    let token = granted
        .token
        .or(granted.access_token)
        .ok_or_else(|| Error::Document { what: "token service's answer", reason: "it holds no token".to_owned() })?;
    Ok(Some(format!("Bearer {token}")))
}

fn basic(login: &Login) -> String {
    match login {
        Login::Password { user, password } => format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
        Login::Bearer(token) => format!("Bearer {token}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let header = r#"Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="a:b:c""#;
        let realm = "https://auth.example.com/token".to_owned();
        let service = Some("registry.example.com".to_owned());
        assert_eq!(Challenge::parse(header), Some(Challenge::Bearer { realm, service }));
        assert_eq!(Challenge::parse(r#"Basic realm="x""#), Some(Challenge::Basic));
        assert!(Challenge::parse("Negotiate").is_none() && Challenge::parse("Bearer").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_challenge_is_read_or_none(header in r#"(Bearer |basic |)[a-z=",é ]{0,60}"#) {
            let _ = Challenge::parse(&header);
        }
    }
}
