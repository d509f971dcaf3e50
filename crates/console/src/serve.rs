//! Answers requests under `/console`.

use axum::body::Body;
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_kit::{Request, Response};

use crate::assets::{self, Asset};

/// What a page may load and run: our own files and nothing else, no inline script, no inline style.
///
/// React and React Aria set styles through the CSSOM, which `style-src` does not govern; the one `<style>` element
/// that React Aria would add is kept away by `index.html`, and its rule is in our own sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Shown by a build without the console.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Holdfast</title>\
<h1>The console is not built</h1>\
<p>This server was compiled without it. In the source folder run:</p>\
<pre>cd console &amp;&amp; npm ci &amp;&amp; npm run build</pre>\
<p>A debug build shows it at the next load; the API, the registry and the command line work meanwhile.</p></html>";

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Answers a request whose path is `/console` or `/favicon.ico`, or begins with `/console/`.
#[must_use]
pub fn handle(request: Request) -> Response {
    let (parts, _body) = request.into_parts();
    let mut response = answer(&parts.method, parts.uri.path(), &parts.headers);
    secure(response.headers_mut());
    if parts.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let mut response = status(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    // Browsers ask for this on pages that name no icon, such as an error of the API.
    let path = if path == "/favicon.ico" { "/console/mark.svg" } else { path };
    let Some(path) = path.strip_prefix("/console/") else {
        let mut response = status(StatusCode::PERMANENT_REDIRECT);
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/console/"));
        return response;
    };
    let gzip = accepts_gzip(headers);
    if path != "index.html"
        && let Some(asset) = assets::find(path, gzip)
    {
        return file(path, asset, headers);
    }
    if path.starts_with("assets/") {
        // A page of an older version asks for a file that is gone: an answer of HTML would be run as a script.
        return status(StatusCode::NOT_FOUND);
    }
    match assets::find("index.html", gzip) {
        Some(asset) => file("index.html", asset, headers),
        None => not_built(),
    }
}

fn file(path: &str, asset: Asset, headers: &HeaderMap) -> Response {
    // Names below `assets/` hold a hash of their content; the others keep their names from version to version.
    let caching = if path.starts_with("assets/") { FOR_GOOD } else { ASK_AGAIN };
    let fresh = headers.get_all(IF_NONE_MATCH).iter().any(|value| names(value, &asset.etag));
    let mut response = status(if fresh { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    let head = response.headers_mut();
    head.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    head.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(etag) = HeaderValue::from_str(&asset.etag) {
        head.insert(ETAG, etag);
    }
    if fresh {
        return response;
    }
    head.insert(CONTENT_TYPE, content_type(path));
    if asset.is_gzip {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    *response.body_mut() = match asset.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    response
}

fn content_type(path: &str) -> HeaderValue {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    let text = match (guessed.type_(), guessed.subtype()) {
        (mime_guess::mime::TEXT, mime_guess::mime::HTML) => "text/html; charset=utf-8",
        (mime_guess::mime::TEXT, mime_guess::mime::CSS) => "text/css; charset=utf-8",
        (_, mime_guess::mime::JAVASCRIPT) => "text/javascript; charset=utf-8",
        _ => guessed.essence_str(),
    };
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

fn not_built() -> Response {
    let mut response = status(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(NOT_BUILT);
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn secure(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
}

/// Reports whether an `If-None-Match` names this tag (RFC 9110 §13.1.2: weak comparison).
fn names(value: &HeaderValue, etag: &str) -> bool {
    value.to_str().is_ok_and(|text| {
        text.split(',').map(str::trim).any(|each| each == "*" || each.strip_prefix("W/").unwrap_or(each) == etag)
    })
}

/// Reports whether gzip may be sent (RFC 9110 §12.5.3: a weight of zero refuses it).
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|each| {
        let mut pieces = each.split(';').map(str::trim);
        let named = pieces.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip") || coding == "*");
        let refused = pieces.any(|weight| {
            let value = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="));
            value.is_some_and(|value| value.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
        });
        named && !refused
    })
}

#[cfg(test)]
mod tests;
