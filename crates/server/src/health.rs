//! What tells supervisors and monitors how the server is.

use http::request::Parts as Head;
use http::{Method, StatusCode};
use http_kit::{Body, Peer, Response, Transport, peer};
use serde_json::json;
use telemetry::Metrics;

use crate::parts::Parts;

/// Answers `/healthz`, `/readyz` and `/metrics`; `None` for every other path.
pub(crate) async fn answer(parts: &Parts, metrics: &Metrics, request: &Head) -> Option<Response> {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return None;
    }
    match request.uri.path() {
        "/healthz" => Some(text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".to_owned())),
        "/readyz" => Some(ready(parts)),
        "/metrics" if may_read_metrics(parts, request).await => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            Some(text(StatusCode::OK, kind, metrics.text()))
        }
        "/metrics" => Some(text(
            StatusCode::UNAUTHORIZED,
            "text/plain; charset=utf-8",
            "metrics need an administrator's access token (Authorization: Bearer), or the loopback listener\n"
                .to_owned(),
        )),
        _ => None,
    }
}

fn ready(parts: &Parts) -> Response {
    let (control, registry) = (parts.control.status(), parts.registry_store.status());
    let accounts = parts.contexts.authority().is_current();
    let all = control.ready && registry.ready && accounts;
    let body = json!({
        "ready": all,
        "control": { "ready": control.ready, "applied": control.applied },
        "registry": { "ready": registry.ready, "applied": registry.applied },
        "accounts_current": accounts,
    });
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    text(status, "application/json", body.to_string())
}

/// The loopback listener without TLS shows metrics to whoever is on the machine; elsewhere an administrator signs in.
async fn may_read_metrics(parts: &Parts, request: &Head) -> bool {
    if let Some(Peer { transport: Transport::Plain, address, .. }) = peer(&request.extensions)
        && address.ip().is_loopback()
    {
        return true;
    }
    crate::surfaces::is_administrator(parts, request).await
}

fn text(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
