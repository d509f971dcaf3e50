//! The client and how a call is made.

use std::fmt;
use std::sync::Arc;

use api_model::{ErrorBody, ErrorView};
use base::{OperationId, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::connection::{Sender, Target};
use crate::error::Error;
use crate::trust::{Trust, client_config};

/// The largest answer that is read into memory.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// What stays itself in a part of a path or query (RFC 3986 §2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As whom to call.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Nobody.
    None,
    /// Name and password or access token.
    Basic {
        /// The user's name.
        user: String,
        /// The password or access token.
        password: Secret,
    },
    /// A session's or access token.
    Bearer(Secret),
    /// A client bundle's certificate.
    Certificate {
        /// `cert.pem`.
        certificate: Vec<u8>,
        /// `key.pem`.
        key: Secret,
    },
}

/// What a client needs.
#[derive(Debug, Clone)]
pub struct Options {
    /// `https://host:port`; `http://` for a plain listener on loopback.
    pub url: String,
    /// Whom to trust.
    pub trust: Trust,
    /// As whom to call.
    pub credential: Credential,
}

/// The client; one connection, kept between calls.
pub struct Client {
    target: Target,
    tls: Arc<ClientConfig>,
    authorization: Option<HeaderValue>,
    /// Over TLS with nobody to trust, nothing but the CA is asked for.
    is_for_ca_only: bool,
    idle: Mutex<Option<Sender>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client; connects at the first call.
    ///
    /// # Errors
    /// If the address, the CA or the credential cannot be used.
    pub fn new(options: Options) -> Result<Self, Error> {
        let target = Target::parse(&options.url)?;
        let tls = Arc::new(client_config(&options.trust, &options.credential)?);
        let authorization = authorization(&options.credential)?;
        let is_for_ca_only = target.is_tls && matches!(options.trust, Trust::AnyoneForTheCa);
        Ok(Self { target, tls, authorization, is_for_ca_only, idle: Mutex::new(None) })
    }

    /// Fetches the CA that the server shows, PEM.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn ca(&self) -> Result<Vec<u8>, Error> {
        let call = Call::new("ca", Method::GET, "/ca", &[]);
        Ok(self.bytes(call).await?.to_vec())
    }

    /// Signs in as UCP's clients do and returns the session's token.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn login(&self, username: &str, password: &Secret) -> Result<Secret, Error> {
        let body = api_model::UcpLogin { username: username.to_owned(), password: password.expose().to_owned() };
        let call = Call::new("login", Method::POST, "/auth/login", &[]).body(&body)?;
        let answer: api_model::UcpLoginAnswer = self.answer(call).await?;
        Ok(Secret::new(answer.auth_token))
    }

    /// Makes a call and reads its JSON answer.
    pub(crate) async fn answer<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let operation = call.operation;
        let bytes = self.bytes(call).await?;
        let json: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(json).map_err(|error| Error::Answer { operation, message: error.to_string() })
    }

    /// Makes a call and reads its whole answer.
    pub(crate) async fn bytes(&self, call: Call) -> Result<Bytes, Error> {
        let operation = call.operation;
        self.refuse_untrusted(operation)?;
        let mut sender = self.connection().await?;
        let response = self.send(&mut sender, call).await?;
        let bytes = read(response, operation).await?;
        *self.idle.lock().await = Some(sender);
        Ok(bytes)
    }

    /// Makes a call and hands out the body while it comes, over a connection of its own.
    pub(crate) async fn stream(&self, call: Call) -> Result<(Incoming, Sender), Error> {
        let operation = call.operation;
        self.refuse_untrusted(operation)?;
        let mut sender = self.target.connect(&self.tls).await?;
        let response = self.send(&mut sender, call).await?;
        if response.status().is_success() {
            return Ok((response.into_body(), sender));
        }
        Err(read(response, operation)
            .await
            .err()
            .unwrap_or_else(|| Error::Answer { operation, message: "no stream".to_owned() }))
    }

    fn refuse_untrusted(&self, operation: &str) -> Result<(), Error> {
        if self.is_for_ca_only && operation != "ca" {
            return Err(Error::Untrusted { address: self.target.authority.clone() });
        }
        Ok(())
    }

    /// Takes the kept connection, unless the server has closed it meanwhile, or opens one.
    async fn connection(&self) -> Result<Sender, Error> {
        if let Some(mut sender) = self.idle.lock().await.take()
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        self.target.connect(&self.tls).await
    }

    async fn send(&self, sender: &mut Sender, call: Call) -> Result<Response<Incoming>, Error> {
        let operation = call.operation;
        let is_create = call.method == Method::POST;
        let mut builder = Request::builder()
            .method(call.method)
            .uri(call.path_and_query)
            .header(HOST, &self.target.authority)
            .header(USER_AGENT, concat!("holdfast/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, call.accept);
        if let Some(authorization) = self.authorization.as_ref().filter(|_| !self.is_for_ca_only) {
            builder = builder.header(AUTHORIZATION, authorization);
        }
        if is_create {
            builder = builder.header("idempotency-key", OperationId::random().to_string());
        }
        if call.body.is_some() {
            builder = builder.header(CONTENT_TYPE, "application/json");
        }
        let request = builder
            .body(Full::new(call.body.unwrap_or_default()))
            .map_err(|error| Error::Request { operation, message: error.to_string() })?;
        let talk = |source| Error::Talk { address: self.target.authority.clone(), source };
        sender.send_request(request).await.map_err(talk)
    }
}

/// Reads a whole answer; a refusal becomes an error.
async fn read(response: Response<Incoming>, operation: &'static str) -> Result<Bytes, Error> {
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
    let bytes = body.map_err(|error| Error::Answer { operation, message: error.to_string() })?.to_bytes();
    if status.is_success() {
        return Ok(bytes);
    }
    Err(Error::Refused { status: status.as_u16(), view: Box::new(refusal(&bytes, status)) })
}

/// Reads our error body, or the account service's, or makes one of what there is.
fn refusal(bytes: &[u8], status: http::StatusCode) -> ErrorView {
    #[derive(serde::Deserialize)]
    struct Listed {
        errors: Vec<ErrorView>,
    }
    if let Ok(body) = serde_json::from_slice::<ErrorBody>(bytes) {
        return body.error;
    }
    let listed = serde_json::from_slice::<Listed>(bytes).ok().and_then(|listed| listed.errors.into_iter().next());
    listed.unwrap_or_else(|| ErrorView {
        code: format!("HTTP_{}", status.as_u16()),
        message: status.to_string(),
        request_id: String::new(),
        detail: None,
    })
}

fn authorization(credential: &Credential) -> Result<Option<HeaderValue>, Error> {
    let text = match credential {
        Credential::None | Credential::Certificate { .. } => return Ok(None),
        Credential::Bearer(token) => format!("Bearer {}", token.expose()),
        Credential::Basic { user, password } => {
            format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose())))
        }
    };
    let unusable = |_| Error::Request { operation: "login", message: "the credential holds control characters".into() };
    let mut value = HeaderValue::try_from(text).map_err(unusable)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// One call, put together.
#[derive(Debug)]
pub(crate) struct Call {
    operation: &'static str,
    method: Method,
    path_and_query: String,
    accept: &'static str,
    body: Option<Bytes>,
}

impl Call {
    /// Begins a call: each `{part}` of the template is replaced by the next argument, percent-encoded.
    pub(crate) fn new(operation: &'static str, method: Method, template: &str, arguments: &[&str]) -> Self {
        let mut path = String::with_capacity(template.len() + 32);
        let (mut rest, mut arguments) = (template, arguments.iter());
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            path.extend(utf8_percent_encode(arguments.next().copied().unwrap_or_default(), UNRESERVED));
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        path.push_str(rest);
        Self { operation, method, path_and_query: path, accept: "application/json", body: None }
    }

    /// Adds query parameters.
    pub(crate) fn query(mut self, parameters: &[(&str, String)]) -> Self {
        for (position, (name, value)) in parameters.iter().enumerate() {
            self.path_and_query.push(if position == 0 { '?' } else { '&' });
            self.path_and_query.extend(utf8_percent_encode(name, UNRESERVED));
            self.path_and_query.push('=');
            self.path_and_query.extend(utf8_percent_encode(value, UNRESERVED));
        }
        self
    }

    /// Adds a JSON body.
    pub(crate) fn body<B: Serialize>(mut self, body: &B) -> Result<Self, Error> {
        let failed =
            |error: serde_json::Error| Error::Request { operation: self.operation, message: error.to_string() };
        self.body = Some(serde_json::to_vec(body).map_err(failed)?.into());
        Ok(self)
    }

    /// Asks for another form than JSON.
    pub(crate) fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path_are_encoded() {
        let call = Call::new("x", Method::GET, "/r/{a}/t/{b}", &["acme/web", "../1?x"]);
        assert_eq!(call.path_and_query, "/r/acme%2Fweb/t/..%2F1%3Fx");
        let call = Call::new("x", Method::GET, "/r", &[]).query(&[("q", "a b&c".into()), ("limit", "1".into())]);
        assert_eq!(call.path_and_query, "/r?q=a%20b%26c&limit=1");
    }

    #[test]
    fn a_refusal_in_any_form_is_read() {
        let ours = br#"{"error":{"code":"X","message":"no","detail":null,"request_id":"r"}}"#;
        assert_eq!(refusal(ours, http::StatusCode::FORBIDDEN).code, "X");
        let listed = br#"{"errors":[{"code":"Y","message":"no"}]}"#;
        assert_eq!(refusal(listed, http::StatusCode::FORBIDDEN).code, "Y");
        assert_eq!(refusal(b"<html>", http::StatusCode::BAD_GATEWAY).code, "HTTP_502");
    }
}
