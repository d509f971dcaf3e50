//! An HTTP server on a unix socket with the few habits of an engine that tunnels must respect.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;
use http_kit::{Body, Listener, Request, Response, Shutdown, is_upgrade, read, serve, upgraded};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[derive(Clone, Default)]
pub(crate) struct SmallEngine {
    /// Requests served.
    pub(crate) served: Arc<AtomicUsize>,
    /// Streams that are open at this moment.
    pub(crate) open: Arc<AtomicUsize>,
}

impl SmallEngine {
    pub(crate) fn start(path: &Path, shutdown: Shutdown) -> Self {
        let engine = Self::default();
        let listener = Listener::unix(path).unwrap();
        let service = engine.clone();
        tokio::spawn(serve(listener, None, move |request| service.clone().handle(request), shutdown));
        engine
    }

    async fn handle(self, mut request: Request) -> Response {
        self.served.fetch_add(1, Ordering::SeqCst);
        match request.uri().path() {
            "/_ping" => Response::new(Body::from("OK")),
            "/headers" => {
                let names: Vec<_> = request.headers().keys().map(|name| name.as_str().to_owned()).collect();
                Response::new(Body::from(names.join(" ")))
            }
            "/echo" => {
                let body = read(request.into_body(), usize::MAX).await.unwrap();
                Response::new(Body::from(body))
            }
            "/count" => Response::new(Body::from(count(request.into_body()).await.to_string())),
            "/large" => {
                let pieces = (0..1024).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[7; 65536])));
                Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
            }
            "/forever" => {
                self.open.fetch_add(1, Ordering::SeqCst);
                let guard = Guard(Arc::clone(&self.open));
                let pieces = futures_util::stream::unfold((guard, false), |(guard, sent)| async move {
                    if sent {
                        std::future::pending::<()>().await;
                    }
                    Some((Ok::<_, std::io::Error>("first\n"), (guard, true)))
                });
                Response::new(Body::from_stream(pieces))
            }
            "/attach" if is_upgrade(&http_parts(&request)) => attach(&mut request),
            "/refuse" => answer(StatusCode::CONFLICT, "not running"),
            _ => answer(StatusCode::NOT_FOUND, "no"),
        }
    }
}

struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn http_parts(request: &Request) -> http::request::Parts {
    let mut copy = http::Request::new(()).into_parts().0;
    copy.headers = request.headers().clone();
    copy
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

async fn count(body: Body) -> usize {
    let mut body = body;
    let mut bytes = 0;
    while let Some(frame) = http_body_util::BodyExt::frame(&mut body).await {
        bytes += frame.unwrap().into_data().map_or(0, |data| data.len());
    }
    bytes
}

fn attach(request: &mut Request) -> Response {
    let on_upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        let mut client = upgraded(on_upgrade.await.unwrap());
        let mut input = String::new();
        client.read_to_string(&mut input).await.unwrap();
        client.write_all(format!("got {input}").as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
    });
    let mut response = answer(StatusCode::SWITCHING_PROTOCOLS, "");
    response.headers_mut().insert("connection", "Upgrade".parse().unwrap());
    response.headers_mut().insert("upgrade", "tcp".parse().unwrap());
    response
}
