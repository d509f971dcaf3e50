//! `/api/docs`: the API for reading, made from its description; and the description itself.

use std::fmt::Write;
use std::sync::OnceLock;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use utoipa::openapi::path::Operation;

use crate::app::AppState;

/// Nothing but the page's own style.
const POLICY: &str = "default-src 'none'; style-src 'sha256-STYLE'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
code{font-family:ui-monospace,monospace}dt{margin-top:1rem}dd{margin-left:2rem}\
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#7cc}}";

/// Returns the routes.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/api/docs", get(page)).route("/api/v1/openapi.json", get(description))
}

async fn description() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(crate::openapi::openapi_json);
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], text.as_str()).into_response()
}

async fn page() -> Response {
    static PAGE: OnceLock<(String, String)> = OnceLock::new();
    let (html, policy) = PAGE.get_or_init(|| (html(), POLICY.replace("STYLE", &style_hash())));
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, html.as_str()).into_response()
}

fn style_hash() -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE.as_bytes()))
}

fn html() -> String {
    let document = crate::openapi::openapi();
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         </head><body><h1>{title} API</h1><p>{about}</p><p><a href=\"/api/v1/openapi.json\">OpenAPI 3.1 document</a></p>",
        title = escape(&document.info.title),
        about = escape(document.info.description.as_deref().unwrap_or_default()),
    );
    let operations: Vec<(&str, &str, &Operation)> = document
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            methods
                .into_iter()
                .filter_map(move |(method, operation)| Some((path.as_str(), method, operation.as_ref()?)))
        })
        .collect();
    for tag in document.tags.iter().flatten() {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "<h2>{}</h2><p>{}</p><dl>",
            escape(&tag.name),
            escape(tag.description.as_deref().unwrap_or_default())
        );
        for (path, method, operation) in &operations {
            if operation.tags.iter().flatten().any(|name| *name == tag.name) {
                let summary = escape(operation.summary.as_deref().unwrap_or_default());
                let _ = write!(page, "<dt><code>{method} {}</code></dt><dd>{summary}</dd>", escape(path));
            }
        }
        page.push_str("</dl>");
    }
    page.push_str("</body></html>");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
