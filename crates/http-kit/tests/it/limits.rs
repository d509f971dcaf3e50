//! Limits, HTTP/2, and the end of a listener.

use std::time::Duration;

use http_kit::{Body, Listener, Request, Response, Shutdown, read, serve};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::server::{Server, ask, get};

async fn ok(request: Request) -> Response {
    let body = read(request.into_body(), 1024).await.unwrap();
    Response::new(Body::from(body))
}

#[tokio::test]
async fn a_head_beyond_its_bound_is_refused() {
    let server = Server::start(ok).await;
    for head in [format!("a: {}\r\n", "x".repeat(100_000)), "a: b\r\n".repeat(200)] {
        let mut io = server.connect(None, b"http/1.1").await;
        io.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n{head}\r\n").as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        io.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8(answer).unwrap(), "HTTP/1.1 431");
    }
}

#[tokio::test]
async fn http2_is_served_and_its_connect_refused() {
    let server = Server::start(ok).await;
    let io = server.connect(None, b"h2").await;
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(io)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post("https://localhost/").body(Body::from("hello")).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let connect = http::Request::connect("localhost:1").body(Body::empty()).unwrap();
    let response = sender.send_request(connect).await.unwrap();
    assert_eq!(response.status(), 400);
    let text = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("HTTP/1.1"));
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let server = Server::start(ok).await;
    let id = base::RequestId::random().to_string();
    let mut request = get("/");
    request.headers_mut().insert("x-request-id", id.parse().unwrap());
    let (parts, _) = ask(server.connect(None, b"http/1.1").await, request).await;
    assert_eq!(parts.headers["x-request-id"], id.as_str());
}

#[tokio::test]
async fn an_open_request_is_finished_before_the_listener_ends() {
    let (entered, go) = (std::sync::Arc::new(Notify::new()), std::sync::Arc::new(Notify::new()));
    let notes = (std::sync::Arc::clone(&entered), std::sync::Arc::clone(&go));
    let server = Server::start(move |_| {
        let (entered, go) = (std::sync::Arc::clone(&notes.0), std::sync::Arc::clone(&notes.1));
        async move {
            entered.notify_one();
            go.notified().await;
            Response::new(Body::from("done"))
        }
    })
    .await;
    let asked = tokio::spawn(ask(server.connect(None, b"http/1.1").await, get("/")));
    entered.notified().await;
    server.shutdown.begin();
    go.notify_one();
    assert_eq!(asked.await.unwrap().1, "done");
    timeout(Duration::from_secs(5), server.ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_plain_listener_and_a_unix_socket_serve_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let tcp = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = tcp.address().unwrap();
    let shutdown = Shutdown::new();
    tokio::spawn(serve(tcp, None, ok, shutdown.clone()));
    tokio::spawn(serve(Listener::unix(&path).unwrap(), None, ok, shutdown.clone()));
    let mut answers = Vec::new();
    let request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut io = TcpStream::connect(address).await.unwrap();
    io.write_all(request).await.unwrap();
    io.read_to_end(&mut answers).await.unwrap();
    let mut io = tokio::net::UnixStream::connect(&path).await.unwrap();
    io.write_all(request).await.unwrap();
    io.read_to_end(&mut answers).await.unwrap();
    assert_eq!(String::from_utf8(answers).unwrap().matches("200 OK").count(), 2);
}
