//! How this machine becomes a node.

use std::sync::Arc;

use anyhow::{Context, bail};
use engine_client::{JoinRequest, JoinResponse};
use http::header::{CONTENT_TYPE, HOST};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use pki::JoinToken;

use crate::dial::connect;
use crate::identity::Identity;

const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// Joins with a token at a manager's address (`host:port`, or an `https://` URL). The server is known by the
/// fingerprint in the token; the key is made here and stays here.
pub(crate) async fn join(server: &str, token: &str, name: &str) -> anyhow::Result<Identity> {
    let token: JoinToken = token.parse()?;
    let address = server.strip_prefix("https://").unwrap_or(server).trim_end_matches('/');
    let address = if has_port(address) { address.to_owned() } else { format!("{address}:443") };
    let config = http_kit::pinned_client_config(token.ca_sha256)?;
    let io = connect(&address, Arc::new(config))
        .await
        .with_context(|| format!("connecting to the server at `{address}` that the token names"))?;
    let request = pki::certificate_request()?;
    let body =
        JoinRequest { token: token.text().expose().to_owned(), csr: request.request_pem, hostname: name.to_owned() };
    let response = post(io, &address, &body).await?;
    Ok(Identity::new(response, &request.key_pem))
}

async fn post<I>(io: I, address: &str, body: &JoinRequest) -> anyhow::Result<JoinResponse>
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await?;
    tokio::spawn(connection);
    let request = http::Request::post(JoinRequest::PATH)
        .header(HOST, address)
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(bytes::Bytes::from(serde_json::to_vec(body)?)))?;
    let response = sender.send_request(request).await.context("asking the server to join")?;
    let status = response.status();
    let bytes = Limited::new(response.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await
        .map_err(|error| anyhow::anyhow!("reading the server's answer: {error}"))?
        .to_bytes();
    if !status.is_success() {
        let message = serde_json::from_slice::<serde_json::Value>(&bytes)
            .ok()
            .and_then(|value| Some(value.get("error")?.get("message")?.as_str()?.to_owned()))
            .unwrap_or_else(|| status.to_string());
        bail!("the server refused the join: {message}");
    }
    serde_json::from_slice(&bytes).context("reading the server's answer")
}

fn has_port(address: &str) -> bool {
    address
        .rsplit_once(':')
        .is_some_and(|(host, port)| port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_told_from_an_address() {
        for (address, has) in [("a:1", true), ("a", false), ("[::1]:443", true), ("[::1]", false), ("a:x", false)] {
            assert_eq!(has_port(address), has, "{address}");
        }
    }
}
