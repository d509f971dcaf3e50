//! Upgraded connections over TLS.

use std::time::Duration;

use http::StatusCode;
use http_kit::{Body, PipeEnd, Request, Response, pipe, upgraded};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::server::Server;

/// Upgrades, and joins the connection to an echo that answers only when its input has ended.
fn echo(
    until: CancellationToken,
    ends: mpsc::Sender<String>,
) -> impl Fn(Request) -> std::future::Ready<Response> + Clone {
    move |mut request| {
        let on_upgrade = hyper::upgrade::on(&mut request);
        let (until, ends) = (until.clone(), ends.clone());
        tokio::spawn(async move {
            let client = upgraded(on_upgrade.await.unwrap());
            let (ours, mut theirs) = duplex(1024);
            tokio::spawn(async move {
                let mut input = String::new();
                theirs.read_to_string(&mut input).await.unwrap();
                theirs.write_all(format!("got {input}").as_bytes()).await.unwrap();
            });
            let end = pipe(client, ours, until.cancelled()).await;
            ends.send(format!("{end:?}")).await.unwrap();
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response.headers_mut().insert("connection", "Upgrade".parse().unwrap());
        response.headers_mut().insert("upgrade", "tcp".parse().unwrap());
        std::future::ready(response)
    }
}

async fn upgrade(server: &Server) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    let mut io = server.connect(None, b"http/1.1").await;
    io.write_all(b"POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n").await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    io
}

#[tokio::test]
async fn the_end_of_input_travels_as_close_notify_and_output_follows() {
    let (ends, mut ended) = mpsc::channel(1);
    let server = Server::start(echo(CancellationToken::new(), ends)).await;
    let mut io = upgrade(&server).await;
    io.write_all(b"x").await.unwrap();
    // Sends close_notify and nothing more; reading goes on.
    io.shutdown().await.unwrap();
    let mut output = String::new();
    // An end without close_notify from the server would be an error here.
    timeout(Duration::from_secs(5), io.read_to_string(&mut output)).await.unwrap().unwrap();
    assert_eq!(output, "got x");
    assert!(ended.recv().await.unwrap().starts_with("Finished"));
}

#[tokio::test]
async fn a_cut_reaches_the_client_within_a_second() {
    let (ends, mut ended) = mpsc::channel(1);
    let until = CancellationToken::new();
    let server = Server::start(echo(until.clone(), ends)).await;
    let mut io = upgrade(&server).await;
    let start = Instant::now();
    until.cancel();
    // Gone, whether by an end or by an error.
    let read = timeout(Duration::from_secs(1), io.read(&mut [0; 16])).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)));
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(ended.recv().await.unwrap(), format!("{:?}", PipeEnd::Cut));
}
