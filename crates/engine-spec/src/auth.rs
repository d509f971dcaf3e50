//! Credentials in headers: `X-Registry-Auth` and `X-Registry-Config`, base64url of JSON.

use std::collections::BTreeMap;

use base::{ErrorKind, Secret};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value, json};

use crate::body::{BodyError, canonical};
use crate::schema::Schema;

/// The longest header that is read.
const MAX_BYTES: usize = 64 * 1024;

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_encode_padding(true);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);

/// A header of credentials that cannot be read; never shows what stood in it.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Longer than 64 KiB.
    #[error("the credentials header is too long")]
    TooLong,
    /// Not base64.
    #[error("the credentials header is not base64url")]
    Encoding,
    /// Not the JSON that it must be.
    #[error("reading the credentials header")]
    Body(#[source] BodyError),
    /// A field that no client sends.
    #[error("the credentials header has an unknown field `{0}`")]
    Unknown(String),
}

impl AuthError {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLong | Self::Encoding | Self::Body(_) | Self::Unknown(_) => ErrorKind::Invalid,
        }
    }
}

/// Credentials for one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthConfig {
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// `user:password` in base64, as older clients send it.
    pub auth: Option<Secret>,
    /// A refresh token.
    pub identity_token: Option<Secret>,
    /// An access token.
    pub registry_token: Option<Secret>,
    /// The registry.
    pub server_address: Option<String>,
    /// The e-mail address of old clients.
    pub email: Option<String>,
}

/// Credentials for several registries, by address.
pub type RegistryConfig = BTreeMap<String, AuthConfig>;

impl AuthConfig {
    /// Reads the canonical body of `POST /auth`.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let text =
            |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            username: text("username"),
            password: text("password").map(Secret::new),
            auth: text("auth").map(Secret::new),
            identity_token: text("identitytoken").map(Secret::new),
            registry_token: text("registrytoken").map(Secret::new),
            server_address: text("serveraddress"),
            email: text("email"),
        }
    }

    /// Reports whether nothing is in it: clients send an empty document for "no credentials".
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self { server_address: self.server_address.clone(), email: self.email.clone(), ..Self::default() }
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        let mut put = |name: &str, text: Option<&str>| {
            if let Some(text) = text {
                map.insert(name.to_owned(), json!(text));
            }
        };
        put("username", self.username.as_deref());
        put("password", self.password.as_ref().map(Secret::expose));
        put("auth", self.auth.as_ref().map(Secret::expose));
        put("email", self.email.as_deref());
        put("serveraddress", self.server_address.as_deref());
        put("identitytoken", self.identity_token.as_ref().map(Secret::expose));
        put("registrytoken", self.registry_token.as_ref().map(Secret::expose));
        Value::Object(map)
    }
}

fn decode(header: &str, schema: Schema) -> Result<Value, AuthError> {
    if header.len() > MAX_BYTES {
        return Err(AuthError::TooLong);
    }
    let header = header.trim();
    let bytes = URL.decode(header).or_else(|_| PLAIN.decode(header)).map_err(|_| AuthError::Encoding)?;
    let document = canonical(&bytes, schema).map_err(AuthError::Body)?;
    match document.unknown.into_iter().next() {
        Some(field) => Err(AuthError::Unknown(field)),
        None => Ok(document.value),
    }
}

/// Reads `X-Registry-Auth`; an empty header means no credentials.
///
/// # Errors
/// If it is not base64url of one JSON document of credentials.
pub fn registry_auth_decode(header: &str) -> Result<AuthConfig, AuthError> {
    if header.trim().is_empty() {
        return Ok(AuthConfig::default());
    }
    decode(header, Schema::AuthConfig).map(|value| AuthConfig::from_value(&value))
}

/// Writes `X-Registry-Auth`.
#[must_use]
pub fn registry_auth_encode(auth: &AuthConfig) -> String {
    URL.encode(auth.to_value().to_string())
}

/// Reads `X-Registry-Config` (builds); an empty header means no credentials.
///
/// # Errors
/// As for [`registry_auth_decode`].
pub fn registry_config_decode(header: &str) -> Result<RegistryConfig, AuthError> {
    if header.trim().is_empty() {
        return Ok(RegistryConfig::new());
    }
    let value = decode(header, Schema::RegistryConfig)?;
    let entries = value.as_object().into_iter().flatten();
    Ok(entries.map(|(address, auth)| (address.clone(), AuthConfig::from_value(auth))).collect())
}

/// Writes `X-Registry-Config`.
#[must_use]
pub fn registry_config_encode(config: &RegistryConfig) -> String {
    let map: Map<String, Value> = config.iter().map(|(address, auth)| (address.clone(), auth.to_value())).collect();
    URL.encode(Value::Object(map).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_survive_a_round_trip() {
        let auth = AuthConfig {
            username: Some("anna".into()),
            password: Some(Secret::new("pa?>ss")),
            server_address: Some("registry:5000".into()),
            ..AuthConfig::default()
        };
        assert_eq!(registry_auth_decode(&registry_auth_encode(&auth)).unwrap(), auth);
        assert!(registry_auth_decode("e30=").unwrap().is_empty());
        assert!(registry_auth_decode("").unwrap().is_empty());
        let config = RegistryConfig::from([("registry:5000".to_owned(), auth)]);
        assert_eq!(registry_config_decode(&registry_config_encode(&config)).unwrap(), config);
    }

    #[test]
    fn hostile_credentials_are_refused() {
        let twice = PLAIN.encode(r#"{"username":"a","Username":"b"}"#);
        assert!(matches!(registry_auth_decode(&twice), Err(AuthError::Body(BodyError::Duplicate { .. }))));
        assert!(matches!(registry_auth_decode("!"), Err(AuthError::Encoding)));
        assert!(matches!(registry_auth_decode(&PLAIN.encode(r#"{"x":1}"#)), Err(AuthError::Unknown(_))));
        assert!(matches!(registry_auth_decode(&"a".repeat(MAX_BYTES + 1)), Err(AuthError::TooLong)));
    }

    #[test]
    fn credentials_do_not_print_themselves() {
        let auth = AuthConfig { password: Some(Secret::new("hunter2")), ..AuthConfig::default() };
        assert!(!format!("{auth:?}").contains("hunter2"));
    }
}
