//! A registry and an engine, as small as can be.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Arc;

use holdfast_image::{Access, OpenOptions, Source, open};

use crate::archives::{Layer, base, config, dpkg, gzip, layout, tarred, write_all};

/// Answers requests, one a connection: path and authorization to status, headers and body.
type Answers = Arc<dyn Fn(&str, Option<&str>) -> (u16, String, Vec<u8>) + Send + Sync>;

fn answer(stream: impl Read + Write, answers: &Answers) {
    let mut reader = BufReader::new(stream);
    let (mut path, mut authorization) = (String::new(), None);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("authorization: ") {
            authorization = Some(line[line.len() - value.len()..].trim().to_owned());
        }
    }
    let (status, headers, body) = answers(&path, authorization.as_deref());
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    // A client that wanted TLS has gone.
    let _ = reader.get_mut().write_all(&[head.as_bytes(), &body].concat());
}

fn serve(answers: impl FnOnce(u16) -> Answers) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = answers(port);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || answer(stream, &answers));
        }
    });
    port
}

fn files() -> HashMap<String, Vec<u8>> {
    let plain = vec![base().bytes(), Layer::new().file("var/lib/dpkg/status", dpkg(&[("bash", "5.2")])).bytes()];
    let stored: Vec<Vec<u8>> = plain.iter().map(|layer| gzip(layer)).collect();
    let mut files: HashMap<String, Vec<u8>> = layout(&plain, &stored, "1").into_iter().collect();
    let index = files["index.json"].clone();
    files.insert("index".into(), index);
    files
}

#[test]
fn an_image_of_a_registry_needs_a_token_and_follows_redirects() {
    let port = serve(|port| {
        let files = files();
        Arc::new(move |path, authorization| {
            let realm = format!("www-authenticate: Bearer realm=\"http://127.0.0.1:{port}/token\",service=\"s\"\r\n");
            if let Some(query) = path.strip_prefix("/token?") {
                // The user's password goes to the token service alone.
                let is_known = authorization == Some("Basic YW5uYTpzZWNyZXQ=");
                assert!(query.contains("scope=repository%3Aacme%2Fweb%3Apull"));
                return if is_known {
                    (200, String::new(), br#"{"token":"t1"}"#.to_vec())
                } else {
                    (401, realm, vec![])
                };
            }
            if let Some(hex) = path.strip_prefix("/elsewhere/") {
                assert_eq!(authorization, None, "a token was shown to a stranger");
                return (200, String::new(), files[&format!("blobs/sha256/{hex}")].clone());
            }
            if authorization != Some("Bearer t1") {
                return (401, realm, vec![]);
            }
            if path == "/v2/acme/web/manifests/1" {
                let kind = format!("content-type: {}\r\n", oci::MediaType::OCI_INDEX);
                return (200, kind, files["index"].clone());
            }
            if let Some(hex) = path.strip_prefix("/v2/acme/web/manifests/sha256:") {
                let kind = format!("content-type: {}\r\n", oci::MediaType::OCI_MANIFEST);
                return (200, kind, files[&format!("blobs/sha256/{hex}")].clone());
            }
            match path.strip_prefix("/v2/acme/web/blobs/sha256:") {
                Some(hex) => (307, format!("location: http://localhost:{port}/elsewhere/{hex}\r\n"), vec![]),
                None => (404, String::new(), vec![]),
            }
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let auth = format!(r#"{{"auths":{{"127.0.0.1:{port}":{{"auth":"YW5uYTpzZWNyZXQ="}}}}}}"#);
    fs_err::write(folder.path().join("config.json"), auth).unwrap();
    let access = Access { ca_pem: None, docker_config: Some(folder.path().to_owned()) };
    let options = OpenOptions { access, ..OpenOptions::default() };
    let image = open(&Source::of(&format!("registry:127.0.0.1:{port}/acme/web:1")), &options).unwrap();
    assert_eq!(image.layers.len(), 2);
    let mut bytes = Vec::new();
    image.layers[1].open().unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(Some(oci::Digest::of(&bytes)), image.layers[1].blob);
    let refused = open(&Source::of(&format!("registry:127.0.0.1:{port}/acme/web:9")), &options).unwrap_err();
    assert_eq!(refused.kind(), ::base::ErrorKind::NotFound);
}

#[test]
fn plain_http_is_spoken_on_this_machine_only() {
    let error = open(&Source::Registry("192.0.2.1:1/x".into()), &OpenOptions::default());
    assert!(error.is_err());
    let port = serve(|_| {
        Arc::new(|_: &str, _: Option<&str>| {
            (200, "www-authenticate: x\r\ncontent-type: text/plain\r\n".to_owned(), b"nothing".to_vec())
        })
    });
    let error = open(&Source::Registry(format!("127.0.0.1:{port}/x:1")), &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, holdfast_image::Error::Manifest { .. }), "{error}");
}

#[test]
fn an_image_of_an_engine_is_its_export() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let plain = vec![base().bytes()];
    let saved = config(&plain);
    let list = r#"[{"Config":"c.json","RepoTags":["acme/web:1"],"Layers":["l/layer.tar"]}]"#;
    let export = tarred(&[
        ("c.json".into(), saved),
        ("l/layer.tar".into(), plain[0].clone()),
        ("manifest.json".into(), list.into()),
    ]);
    let answers: Answers = Arc::new(move |path, _| match path {
        "/images/acme/web:1/json" => (200, String::new(), b"{}".to_vec()),
        "/images/acme/web:1/get" => (200, String::new(), export.clone()),
        _ => (404, String::new(), br#"{"message":"No such image"}"#.to_vec()),
    });
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &answers)));
    let options = OpenOptions { engine_socket: Some(socket), ..OpenOptions::default() };
    for source in [Source::Engine("acme/web:1".into()), Source::Named("acme/web:1".into())] {
        assert_eq!(open(&source, &options).unwrap().layers.len(), 1);
    }
    let error = open(&Source::Engine("acme/none".into()), &options).unwrap_err();
    assert!(error.to_string().contains("No such image"), "{error}");
    write_all(folder.path(), &[]);
}
