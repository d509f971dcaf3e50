//! Measures what the embedded tunnel adds to a small request, and to a stream of 256 MiB, against the same
//! engine asked directly.
//!
//! `cargo run --example latency -- [ENGINE_SOCKET]`; without a socket it asks a small server of its own, which
//! alone has the stream.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use base::{ClusterId, NodeId};
use futures_util::future::BoxFuture;
use holdfast_engine_client::tunnel::{Acceptor, AgentEnd, EmbeddedDial, serve};
use holdfast_engine_client::{AgentHandler, AgentIdentity, EngineLink, EngineSocket, Weight};
use http_body_util::BodyExt;
use http_kit::{Body, Listener, Request, Response, Shutdown};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::sync::{broadcast, mpsc, watch};

const ROUNDS: usize = 10;
const REQUESTS: usize = 1000;
const STREAM_BYTES: usize = 256 << 20;

struct Idle;

impl AgentHandler for Idle {
    fn certificate_write<'a>(&'a self, _: &'a str, _: &'a str, _: bool) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
    fn certificate_remove<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
    fn leave(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

fn main() -> anyhow::Result<()> {
    let socket = match std::env::args().nth(1) {
        Some(path) => PathBuf::from(path),
        None => small_engine()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(EngineSocket::new(socket)))
}

/// A server on a thread of its own, as an engine is a process of its own.
fn small_engine() -> anyhow::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("holdfast-latency-{}.sock", std::process::id()));
    let (ready, started) = std::sync::mpsc::channel();
    let at = path.clone();
    std::thread::spawn(move || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = Listener::unix(&at)?;
            ready.send(())?;
            let answer = |request: Request| {
                let body = if request.uri().path() == "/stream" { stream() } else { Body::from("OK") };
                std::future::ready(Response::new(body))
            };
            http_kit::serve(listener, None, answer, Shutdown::new()).await;
            Ok(())
        })
    });
    started.recv()?;
    Ok(path)
}

fn stream() -> Body {
    static PIECE: [u8; 65536] = [7; 65536];
    let pieces = (0..STREAM_BYTES / PIECE.len()).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from_static(&PIECE)));
    Body::from_stream(futures_util::stream::iter(pieces))
}

async fn measure(engine: EngineSocket) -> anyhow::Result<()> {
    let link = tunnel(&engine).await?;
    measure_requests(&engine, &link).await?;
    let mut out = anstream::stdout();
    for _ in 0..3 {
        let start = Instant::now();
        let bare = drain(engine.request(get("/stream")?).await?.into_body()).await?;
        let direct = start.elapsed();
        let start = Instant::now();
        let through = drain(link.request(get("/stream")?, Weight::Bulk).await?.into_body()).await?;
        if bare == STREAM_BYTES && through == STREAM_BYTES {
            let factor = start.elapsed().as_secs_f64() / direct.as_secs_f64();
            writeln!(out, "256 MiB: direct {direct:>7.1?}, tunnel {:>7.1?}, factor {factor:.2}", start.elapsed())?;
        }
    }
    Ok(())
}

async fn drain(mut body: Body) -> anyhow::Result<usize> {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame?.into_data().map_or(0, |data| data.len());
    }
    Ok(bytes)
}

async fn measure_requests(engine: &EngineSocket, link: &EngineLink) -> anyhow::Result<()> {
    let (mut direct, connection) = http1::handshake(TokioIo::new(engine.dial().await?)).await?;
    tokio::spawn(connection);
    let (mut bare, mut through) = (Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine meets both.
    for _ in 0..ROUNDS {
        for _ in 0..REQUESTS {
            let start = Instant::now();
            ask_directly(&mut direct).await?;
            bare.push(start.elapsed());
        }
        for _ in 0..REQUESTS {
            let start = Instant::now();
            let response = link.request(get("/_ping")?, Weight::Short).await?;
            http_kit::read(response.into_body(), 1024).await?;
            through.push(start.elapsed());
        }
    }
    let mut out = anstream::stdout();
    let (bare, through) = (Figures::of(bare), Figures::of(through));
    writeln!(out, "direct : p50 {:>7.1?}  p99 {:>7.1?}", bare.p50, bare.p99)?;
    writeln!(out, "tunnel : p50 {:>7.1?}  p99 {:>7.1?}", through.p50, through.p99)?;
    writeln!(
        out,
        "added  : p50 {:>7.1?}  p99 {:>7.1?}",
        through.p50.saturating_sub(bare.p50),
        through.p99.saturating_sub(bare.p99)
    )?;
    Ok(())
}

struct Figures {
    p50: Duration,
    p99: Duration,
}

impl Figures {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |part: usize| all.get(all.len() * part / 100).copied().unwrap_or_default();
        Self { p50: at(50), p99: at(99) }
    }
}

async fn tunnel(engine: &EngineSocket) -> anyhow::Result<Arc<EngineLink>> {
    let identity = AgentIdentity { cluster: ClusterId::random(), node: NodeId::random() };
    let (links, mut arrived) = mpsc::channel(1);
    let dial = EmbeddedDial::new(Acceptor::default(), identity, links);
    let (inventory, seen) = watch::channel(None);
    let end = AgentEnd {
        identity,
        agent_version: String::new(),
        engine: engine.clone(),
        handler: Arc::new(Idle),
        inventory: seen,
        events: broadcast::Sender::new(16),
        waiting: 2,
    };
    tokio::spawn(async move {
        let _alive = inventory;
        serve(&end, &dial).await
    });
    arrived.recv().await.context("no tunnel")
}

fn get(path: &str) -> anyhow::Result<Request> {
    Ok(http::Request::get(path).header("host", "docker").body(Body::empty())?)
}

async fn ask_directly(sender: &mut SendRequest<Body>) -> anyhow::Result<()> {
    sender.ready().await?;
    let response = sender.send_request(get("/_ping")?).await?;
    http_kit::read(Body::new(response.into_body()), 1024).await?;
    Ok(())
}
