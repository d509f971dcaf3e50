//! An API server that says yes and remembers: enough of one for the docker client to deploy a stack to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request with a body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

/// The server; its threads end with the test's process.
pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let memory = Arc::clone(&memory);
                std::thread::spawn(move || serve(stream, &memory));
            }
        });
        Self { address, seen }
    }

    /// Returns the requests that made something, in order.
    pub(crate) fn posts(&self) -> Vec<Request> {
        self.seen.lock().unwrap().iter().filter(|request| request.method == "POST").cloned().collect()
    }
}

fn serve(stream: TcpStream, memory: &Mutex<Vec<Request>>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.split('?').next()?.to_owned());
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            match header.trim_end().to_ascii_lowercase().split_once(':') {
                Some(("content-length", value)) => length = value.trim().parse().ok()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let request = Request { method, path, body };
        let (status, answer) = answer(&request);
        memory.lock().unwrap().push(request);
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(answer.as_bytes())).ok()?;
    }
}

fn answer(request: &Request) -> (u16, Value) {
    let version =
        |version: &str| json!({ "groupVersion": format!("compose.docker.com/{version}"), "version": version });
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api") => (200, json!({ "kind": "APIVersions", "versions": ["v1"] })),
        ("GET", "/apis") => {
            let versions = [version("v1alpha3"), version("v1beta2"), version("v1beta1")];
            let group =
                json!({ "name": "compose.docker.com", "versions": versions, "preferredVersion": version("v1alpha3") });
            (200, json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": [group] }))
        }
        ("POST" | "PUT", _) => {
            let mut made = request.body.clone();
            made["metadata"]["uid"] = "1".into();
            made["metadata"]["resourceVersion"] = "1".into();
            (201, made)
        }
        // No stack is ever found, so that the client ends after it has sent its own.
        _ => {
            let status =
                json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404 });
            (404, status)
        }
    }
}
