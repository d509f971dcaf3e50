//! Every client certificate reaches the request with its verdict.

use std::sync::Arc;

use base::ClusterId;
use http_kit::{Body, Request, Response, Transport, peer};
use pki::{ClientCa, KeyedCertificate, Validity};
use tokio::net::TcpStream;

use crate::server::{Server, ask, get, now};

async fn tell(request: Request) -> Response {
    let peer = peer(request.extensions()).unwrap();
    assert_eq!(peer.transport, Transport::Tls);
    let text = peer.certificate.as_ref().map_or("none".to_owned(), |certificate| {
        format!("{:?} {}", certificate.verdict, certificate.subject_cn.as_deref().unwrap_or("-"))
    });
    Response::new(Body::from(text))
}

async fn verdict(server: &Server, certificate: Option<&KeyedCertificate>) -> String {
    let (parts, text) = ask(server.connect(certificate, b"http/1.1").await, get("/")).await;
    assert!(parts.headers.contains_key("x-request-id"));
    text
}

fn user(ca: &ClientCa, validity: Validity) -> KeyedCertificate {
    ca.issue_user(&"anna".parse().unwrap(), validity).unwrap()
}

#[tokio::test]
async fn no_certificate_is_no_hindrance() {
    let server = Server::start(tell).await;
    assert_eq!(verdict(&server, None).await, "none");
}

#[tokio::test]
async fn our_certificate_is_trusted_until_it_expires() {
    let server = Server::start(tell).await;
    let anna = user(&server.ca, Validity { from: now(), days: 2 });
    assert_eq!(verdict(&server, Some(&anna)).await, "Trusted anna");
    server.clock.advance_secs(3 * 86_400);
    assert_eq!(verdict(&server, Some(&anna)).await, "Expired anna");
}

#[tokio::test]
async fn a_certificate_of_the_future_is_not_yet_valid() {
    let server = Server::start(tell).await;
    let anna = user(&server.ca, Validity { from: now().plus_secs(86_400), days: 2 });
    assert_eq!(verdict(&server, Some(&anna)).await, "NotYetValid anna");
}

#[tokio::test]
async fn a_foreign_certificate_reaches_the_handler_as_foreign() {
    let server = Server::start(tell).await;
    let foreign = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
    assert_eq!(verdict(&server, Some(&user(&foreign, Validity::leaf(now())))).await, "Foreign anna");
    // Expired and foreign is foreign: its end says nothing about us.
    let old = Validity { from: now().plus_secs(-10 * 86_400), days: 2 };
    assert_eq!(verdict(&server, Some(&user(&foreign, old))).await, "Foreign anna");
}

#[tokio::test]
async fn a_server_certificate_of_ours_is_no_clients() {
    let server = Server::start(tell).await;
    let made = server.ca.issue_server(&["a".to_owned()], Validity::leaf(now())).unwrap();
    assert_eq!(verdict(&server, Some(&made)).await, "Foreign a");
}

#[tokio::test]
async fn a_certificate_with_unknown_critical_parts_does_not_break_the_handshake() {
    let server = Server::start(tell).await;
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    let mut extension = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], vec![5, 0]);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
    let chain = vec![params.self_signed(&key).unwrap().der().clone()];
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let signer = provider.key_provider.load_private_key(key.serialize_der().try_into().unwrap()).unwrap();
    let certified = rustls::sign::CertifiedKey::new(chain, signer);
    let mut config = http_kit::client_config(server.ca.ca_pem(), None).unwrap();
    config.client_auth_cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(certified));
    let stream = TcpStream::connect(server.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let io = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    assert!(ask(io, get("/")).await.1.starts_with("Foreign"));
}

#[tokio::test]
async fn the_pin_of_the_ca_is_enough_to_know_the_server() {
    let server = Server::start(tell).await;
    for (pin, fits) in [(server.ca.certificate().fingerprint, true), ([1; 32], false)] {
        let config = http_kit::pinned_client_config(pin).unwrap();
        let stream = TcpStream::connect(server.address).await.unwrap();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let outcome = connector.connect("localhost".try_into().unwrap(), stream).await;
        assert_eq!(outcome.is_ok(), fits);
    }
    // The right CA under another name is another server.
    let config = http_kit::pinned_client_config(server.ca.certificate().fingerprint).unwrap();
    let stream = TcpStream::connect(server.address).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    assert!(connector.connect("other.example".try_into().unwrap(), stream).await.is_err());
}
