//! One file over HTTP(S): conditional, bounded, retried, and never less protected after a redirection.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ETAG, HOST, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use oci::{Algorithm, Digest};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use super::error::Error;

const CONNECT: Duration = Duration::from_secs(20);
/// The head of the answer, and each further piece of it.
const IDLE: Duration = Duration::from_secs(60);
const REDIRECTIONS: usize = 5;
const RETRIES: u32 = 3;
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Whom to trust as a host.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Trusts what the system trusts, and the CAs of a PEM text beside.
    ///
    /// # Errors
    /// If the text holds no certificate, or there is nobody to trust at all.
    pub fn system(extra_pem: Option<&[u8]>) -> Result<Self, Error> {
        let failed = |reason: String| Error::Tls { reason };
        let mut roots = RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            // Some systems carry certificates that no parser takes; the others do.
            let _ = roots.add(certificate);
        }
        if let Some(pem) = extra_pem {
            let certificates: Result<Vec<_>, _> = rustls_pemfile::certs(&mut &*pem).collect();
            let certificates = certificates.ok().filter(|list| !list.is_empty());
            for certificate in certificates.ok_or_else(|| failed("the CA file holds no certificate".to_owned()))? {
                roots.add(certificate).map_err(|error| failed(error.to_string()))?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| failed(error.to_string()))?;
        Ok(Self(Arc::new(builder.with_root_certificates(roots).with_no_client_auth())))
    }
}

/// What to ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    pub(crate) etag: Option<&'a str>,
    pub(crate) last_modified: Option<&'a str>,
    pub(crate) limit_bytes: u64,
    /// Where the file is put until it is renamed.
    pub(crate) folder: &'a Path,
    /// The pause before the second attempt; each further one is twice as long.
    pub(crate) pause: Duration,
}

/// What came.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It is what it was.
    Unchanged,
    /// A file, not in its place yet.
    File(Download),
}

/// A file that was fetched.
#[derive(Debug)]
pub(crate) struct Download {
    pub(crate) file: NamedTempFile,
    pub(crate) size_bytes: u64,
    pub(crate) digest: Digest,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

/// Fetches; what may pass is tried again, with growing pauses.
pub(crate) async fn get(trust: &Trust, ask: Ask<'_>) -> Result<Answer, Error> {
    let mut pause = ask.pause;
    for _ in 0..RETRIES {
        match Box::pin(follow(trust, ask)).await {
            Err(Failure { error, wait: Some(wait) }) if may_pass(&error) => {
                sleep(wait.max(pause).min(LONGEST_WAIT)).await
            }
            Err(Failure { error, wait: None }) if may_pass(&error) => sleep(pause).await,
            Err(failure) => return Err(failure.error),
            Ok(answer) => return Ok(answer),
        }
        pause *= 2;
    }
    Box::pin(follow(trust, ask)).await.map_err(|failure| failure.error)
}

struct Failure {
    error: Error,
    /// How long the host asks to wait.
    wait: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, wait: None }
    }
}

fn may_pass(error: &Error) -> bool {
    match error {
        Error::Transfer { .. } => true,
        Error::Answer { status, .. } => matches!(status, 408 | 429 | 500..=599),
        _ => false,
    }
}

fn transfer(url: &str) -> impl Fn(Box<dyn std::error::Error + Send + Sync>) -> Error {
    let url = url.to_owned();
    move |source| Error::Transfer { url: url.clone(), source }
}

async fn follow(trust: &Trust, ask: Ask<'_>) -> Result<Answer, Failure> {
    let mut url = ask.url.to_owned();
    for _ in 0..=REDIRECTIONS {
        let response = Box::pin(send(trust, &url, ask)).await?;
        let status = response.status();
        match status {
            StatusCode::NOT_MODIFIED => return Ok(Answer::Unchanged),
            StatusCode::OK => return Ok(Answer::File(Box::pin(receive(&url, response, ask)).await?)),
            status if status.is_redirection() => url = redirected(&url, response.headers())?,
            status => {
                let wait =
                    text(response.headers(), &RETRY_AFTER).and_then(|text| text.parse().ok()).map(Duration::from_secs);
                return Err(Failure { error: Error::Answer { url, status: status.as_u16() }, wait });
            }
        }
    }
    Err(Error::Address { url: ask.url.to_owned(), reason: "it is redirected too often" }.into())
}

fn redirected(url: &str, headers: &HeaderMap) -> Result<String, Error> {
    let bad = |reason| Error::Address { url: url.to_owned(), reason };
    let location = text(headers, &LOCATION).ok_or_else(|| bad("it is redirected to nowhere"))?;
    let next = if location.starts_with('/') {
        let uri: Uri = url.parse().map_err(|_| bad("it is no URL"))?;
        format!("{}://{}{location}", uri.scheme_str().unwrap_or("https"), uri.authority().map_or("", |a| a.as_str()))
    } else {
        location
    };
    if url.starts_with("https://") && !next.starts_with("https://") {
        return Err(bad("it is redirected to an address without TLS"));
    }
    Ok(next)
}

fn text(headers: &HeaderMap, name: &http::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().filter(|value| value.len() < 4096).map(str::to_owned)
}

async fn send(trust: &Trust, url: &str, ask: Ask<'_>) -> Result<Response<Incoming>, Error> {
    let bad = |reason| Error::Address { url: url.to_owned(), reason };
    let failed = transfer(url);
    let uri: Uri = url.parse().map_err(|_| bad("it is no URL"))?;
    let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
    let is_tls = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(bad("it is neither http nor https")),
    };
    if authority.as_str().contains('@') {
        return Err(bad("it holds a name or a password"));
    }
    let host = authority.host().trim_matches(['[', ']']);
    let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let connected = timeout(CONNECT, TcpStream::connect((host, port))).await;
    let stream = connected.map_err(|late| failed(late.into()))?.map_err(|error| failed(error.into()))?;
    let mut request =
        Request::builder().method(Method::GET).uri(uri.path_and_query().map_or("/", |path| path.as_str()));
    request = request.header(HOST, authority.as_str()).header(ACCEPT, "application/json, */*;q=0.5");
    request = request.header(USER_AGENT, concat!("holdfast/", env!("CARGO_PKG_VERSION")));
    // Only the first host knows these.
    if url == ask.url {
        for (name, value) in [(IF_NONE_MATCH, ask.etag), (IF_MODIFIED_SINCE, ask.last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
    }
    let request = request.body(Empty::new()).map_err(|_| bad("it cannot be asked for"))?;
    if is_tls {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| bad("its host is no name"))?;
        let shaken = timeout(CONNECT, TlsConnector::from(Arc::clone(&trust.0)).connect(name, stream)).await;
        let stream = shaken.map_err(|late| failed(late.into()))?.map_err(|error| failed(error.into()))?;
        Box::pin(exchange(stream, request)).await.map_err(failed)
    } else {
        Box::pin(exchange(stream, request)).await.map_err(failed)
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    request: Request<Empty<Bytes>>,
) -> Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // A broken connection shows at the body that comes over it.
    tokio::spawn(connection);
    Ok(timeout(IDLE, sender.send_request(request)).await??)
}

async fn receive(url: &str, response: Response<Incoming>, ask: Ask<'_>) -> Result<Download, Error> {
    let failed = transfer(url);
    let (parts, mut body) = response.into_parts();
    fs_err::create_dir_all(ask.folder).map_err(Error::write(ask.folder))?;
    let mut file = NamedTempFile::new_in(ask.folder).map_err(Error::write(ask.folder))?;
    let mut hasher = Algorithm::Sha256.hasher();
    let mut size_bytes = 0_u64;
    let mut head = Vec::new();
    while let Some(frame) = timeout(IDLE, body.frame()).await.map_err(|late| failed(late.into()))? {
        let Ok(data) = frame.map_err(|error| failed(error.into()))?.into_data() else { continue };
        size_bytes = size_bytes.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
        if size_bytes > ask.limit_bytes {
            return Err(Error::TooLarge { url: url.to_owned(), limit_bytes: ask.limit_bytes });
        }
        if head.len() < 64 {
            head.extend(data.iter().take(64));
        }
        hasher.update(&data);
        file.write_all(&data).map_err(Error::write(file.path()))?;
    }
    file.as_file().sync_all().map_err(Error::write(file.path()))?;
    check(url, size_bytes, &head)?;
    let (etag, last_modified) = (text(&parts.headers, &ETAG), text(&parts.headers, &LAST_MODIFIED));
    Ok(Download { file, size_bytes, digest: hasher.finish(), etag, last_modified })
}

/// A page for people where a feed should be: a portal, or an error that is answered with 200.
fn check(url: &str, size_bytes: u64, head: &[u8]) -> Result<(), Error> {
    let content = |reason: &str| Error::Content { url: url.to_owned(), reason: reason.to_owned() };
    if size_bytes == 0 {
        return Err(content("it is empty"));
    }
    let start = head.trim_ascii_start().to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Err(content("it is a web page, not a feed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_never_gives_up_tls() {
        let to = |from: &str, location: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, location.parse().unwrap());
            redirected(from, &headers).ok()
        };
        assert_eq!(to("https://a/x", "/y").as_deref(), Some("https://a/y"));
        assert_eq!(to("https://a/x", "https://b/y").as_deref(), Some("https://b/y"));
        assert_eq!(to("http://a/x", "http://b/y").as_deref(), Some("http://b/y"));
        assert_eq!(to("https://a/x", "http://b/y"), None);
        assert_eq!(to("https://a/x", "//b/y").as_deref(), Some("https://a//b/y"));
    }
}
