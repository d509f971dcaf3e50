//! Fetching: conditional, bounded, tried again, and never something else in the place of a feed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use holdfast_scanning::advisories::{Error, FetchOptions, Fetched, Trust, fetch, source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::advisories_build::now;

/// A host that gives each request the next answer, and keeps what was asked.
struct Host {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    async fn new(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answers, kept) = (answers.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), Arc::clone(&asked));
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                kept.lock().unwrap().push(String::from_utf8(head).unwrap());
                // Whoever has had enough may hang up.
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

async fn get(folder: &std::path::Path, url: &str) -> Result<Vec<Fetched>, Error> {
    let options = FetchOptions {
        trust: Trust::system(None).unwrap(),
        addresses: BTreeMap::from([("kev".to_owned(), vec![url.to_owned()])]),
        mirror: None,
        limit_bytes: 1000,
        pause: Duration::from_millis(1),
    };
    fetch(&source("kev", now()).unwrap(), &options, folder, now(), |_| {}).await
}

#[tokio::test]
async fn a_file_is_asked_for_again_only_if_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let first = ok("ETag: \"v1\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n", "{\"a\":1}");
    let host = Host::new(&[&first, "HTTP/1.1 304 Not Modified\r\n\r\n", &ok("", "{\"a\":2}")]).await;
    let url = format!("{}/kev.json", host.address);
    assert!(get(folder.path(), &url).await.unwrap()[0].is_new);
    assert!(!get(folder.path(), &url).await.unwrap()[0].is_new);
    let second = host.asked()[1].to_ascii_lowercase();
    assert!(second.contains("if-none-match: \"v1\"") && second.contains("if-modified-since: thu, 01 jan"), "{second}");
    assert!(get(folder.path(), &url).await.unwrap()[0].is_new);
    assert_eq!(fs_err::read_to_string(folder.path().join("kev/kev.json")).unwrap(), "{\"a\":2}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_redirections_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    let moved = "HTTP/1.1 302 Found\r\nLocation: /there.json\r\nContent-Length: 0\r\n\r\n";
    let host = Host::new(&[busy, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut", moved, &ok("", "{}")]).await;
    let fetched = get(folder.path(), &format!("{}/kev.json", host.address)).await.unwrap();
    assert_eq!((fetched.len(), fetched[0].size_bytes), (1, 2));
    assert!(host.asked()[3].starts_with("GET /there.json "));
}

#[tokio::test]
async fn what_is_no_feed_never_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let good = ok("", "{\"good\":1}");
    let page = ok("", "\n<!DOCTYPE html><html>log in</html>");
    let large = ok("", &"x".repeat(2000));
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let host = Host::new(&[&good, &page, &large, missing, &ok("", "")]).await;
    let url = format!("{}/kev.json", host.address);
    get(folder.path(), &url).await.unwrap();
    assert!(matches!(get(folder.path(), &url).await, Err(Error::Content { .. })));
    assert!(matches!(get(folder.path(), &url).await, Err(Error::TooLarge { limit_bytes: 1000, .. })));
    assert!(matches!(get(folder.path(), &url).await, Err(Error::Answer { status: 404, .. })));
    assert!(matches!(get(folder.path(), &url).await, Err(Error::Content { .. })));
    let entries: Vec<_> =
        fs_err::read_dir(folder.path().join("kev")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!(fs_err::read_to_string(folder.path().join("kev/kev.json")).unwrap(), "{\"good\":1}");
}

#[tokio::test]
async fn addresses_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["ftp://h/x", "http://user:pass@h/x", "file:///etc/passwd", "x"] {
        assert!(matches!(get(folder.path(), url).await, Err(Error::Address { .. })), "{url}");
    }
}
