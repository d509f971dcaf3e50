//! The stand-in on a unix socket.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::UnixListener;

use crate::Engine;

/// Requests are a client's own: larger ones than this are a mistake of the corpus.
const BODY_LIMIT_BYTES: usize = 16 << 20;

/// A running stand-in; it ends with this value.
pub struct Server {
    socket: PathBuf,
    engine: Arc<Mutex<Engine>>,
    runtime: tokio::runtime::Runtime,
}

impl Server {
    /// Starts a stand-in on `socket`.
    pub fn start(socket: &Path, engine: Engine) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("starting a runtime")?;
        let engine = Arc::new(Mutex::new(engine));
        let listener = {
            let _inside = runtime.enter();
            UnixListener::bind(socket).with_context(|| format!("listening on `{}`", socket.display()))?
        };
        runtime.spawn(accept(listener, Arc::clone(&engine)));
        Ok(Self { socket: socket.to_owned(), engine, runtime })
    }

    /// Returns the address for `DOCKER_HOST`.
    #[must_use]
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Runs `act` on the engine's state.
    pub fn with<T>(&self, act: impl FnOnce(&mut Engine) -> T) -> T {
        act(&mut self.engine.lock())
    }

    /// Ends the stand-in without waiting for connections that a client left open.
    pub fn stop(self) {
        self.runtime.shutdown_background();
    }
}

async fn accept(listener: UnixListener, engine: Arc<Mutex<Engine>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let engine = Arc::clone(&engine);
        tokio::spawn(async move {
            let service = service_fn(move |request| respond(request, Arc::clone(&engine)));
            // A client that goes away in the middle of a request is its own affair.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    request: http::Request<Incoming>,
    engine: Arc<Mutex<Engine>>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT_BYTES).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let (status, reply, newest) = {
        let mut engine = engine.lock();
        let (status, reply) = engine.answer(head.method.as_str(), &target, &body);
        (status, reply, engine.newest().to_owned())
    };
    let response = http::Response::builder()
        .status(status)
        .header("Api-Version", newest)
        .header("Ostype", "linux")
        .header("Docker-Experimental", "false")
        .header("Server", "Docker/20.10.24 (linux)")
        .header("Content-Type", "application/json")
        .body(Full::new(Bytes::from(reply)))
        .unwrap_or_default();
    Ok(response)
}
