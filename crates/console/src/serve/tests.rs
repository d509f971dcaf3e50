use http::header::HOST;
use http_body_util::BodyExt;

use super::*;

fn get(path: &str) -> Response {
    get_with(path, &[])
}

fn get_with(path: &str, headers: &[(HeaderName, &str)]) -> Response {
    let mut builder = http::Request::get(path).header(HOST, "holdfast.example");
    for (name, value) in headers {
        builder = builder.header(name, *value);
    }
    handle(builder.body(Body::empty()).unwrap())
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// The debug build reads `console/dist`; where it is not built there is only the page that says so.
fn is_built() -> bool {
    assets::find("index.html", false).is_some()
}

#[test]
fn every_answer_carries_the_strict_policy() {
    for path in ["/console", "/console/", "/console/services/web", "/console/assets/gone.js", "/console/../etc/passwd"]
    {
        let response = get(path);
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(response.headers()[X_FRAME_OPTIONS], "DENY", "{path}");
    }
}

#[test]
fn the_bare_prefix_leads_to_the_folder() {
    let response = get("/console");
    assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(response.headers()[LOCATION], "/console/");
}

#[test]
fn the_icon_that_browsers_ask_for_is_the_mark() {
    if is_built() {
        let response = get("/favicon.ico");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "image/svg+xml");
    }
}

#[test]
fn only_reading_is_offered() {
    let request = http::Request::post("/console/").body(Body::empty()).unwrap();
    let response = handle(request);
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "GET, HEAD");
}

#[test]
fn a_missing_script_is_not_answered_with_a_page() {
    assert_eq!(get("/console/assets/index-00000000.js").status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_address_that_is_no_file_is_the_application() {
    let expected = if is_built() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    for path in
        ["/console/", "/console/repositories/acme%2Fweb.js", "/console/a/../../../etc/passwd", "/console/.git/config"]
    {
        let response = get(path);
        assert_eq!(response.status(), expected, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert!(text(response).await.contains("<title>Holdfast</title>"), "{path}");
    }
}

#[tokio::test]
async fn a_head_request_gets_the_head_alone() {
    let request = http::Request::head("/console/").body(Body::empty()).unwrap();
    assert_eq!(text(handle(request)).await, "");
}

#[tokio::test]
async fn a_page_seen_before_is_not_sent_again() {
    if !is_built() {
        return;
    }
    let etag = get("/console/").headers()[ETAG].to_str().unwrap().to_owned();
    let response = get_with("/console/", &[(IF_NONE_MATCH, &etag)]);
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn hashed_files_stay_for_good_and_travel_compressed() {
    if !is_built() {
        return;
    }
    let page = text(get("/console/")).await;
    let start = page.find("/console/assets/").unwrap();
    let script = page[start..].split('"').next().unwrap();
    let plain = get(script);
    assert_eq!(plain.headers()[CACHE_CONTROL], FOR_GOOD);
    assert!(plain.headers().get(CONTENT_ENCODING).is_none());
    let packed = get_with(script, &[(ACCEPT_ENCODING, "gzip, br")]);
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(packed.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_ne!(plain.headers()[ETAG], packed.headers()[ETAG]);
}

#[test]
fn gzip_is_sent_to_who_takes_it() {
    let with = |value: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepts_gzip(&headers)
    };
    assert!(with("gzip"));
    assert!(with("br, GZIP;q=0.5"));
    assert!(with("*"));
    assert!(!with("gzip;q=0"));
    assert!(!with("gzip; q=0.000"));
    assert!(!with("br"));
    assert!(!accepts_gzip(&HeaderMap::new()));
}
