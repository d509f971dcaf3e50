//! What certificates say, and who issues them.

use base::{AccountName, ClusterId, MemberId, NodeId, Secret, Timestamp};

use super::*;
use crate::{certificate_facts, certificate_request};

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn cluster_ca() -> (ClusterId, ClusterCa) {
    let cluster = ClusterId::random();
    (cluster, ClusterCa::create(cluster, Validity::authority(now())).unwrap())
}

#[test]
fn an_agents_certificate_names_node_and_cluster() {
    let (cluster, ca) = cluster_ca();
    let request = certificate_request().unwrap();
    let node = NodeId::random();
    let certificate = ca.sign_agent(&request.request_pem, cluster, node, Validity::leaf(now())).unwrap();
    let facts = certificate_facts(&certificate.der).unwrap();
    assert_eq!(facts.agent(), Some((cluster, node)));
    assert_eq!(facts.member(), None);
    assert!(!facts.is_ca);
    assert_eq!(facts.not_after, certificate.not_after);
    assert_eq!(facts.not_after, now().plus_secs(825 * 86_400 - 3600));
}

#[test]
fn a_members_certificate_names_member_and_cluster() {
    let (cluster, ca) = cluster_ca();
    let made = ca.issue_member(cluster, MemberId(3), &["10.0.0.1".to_owned()], Validity::leaf(now())).unwrap();
    let facts = certificate_facts(&made.certificate.der).unwrap();
    assert_eq!(facts.member(), Some((cluster, MemberId(3))));
    assert_eq!(facts.names, ["10.0.0.1"]);
}

#[test]
fn a_server_certificate_has_all_its_names() {
    let ca = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
    let names = ["hf.example.com", "10.0.0.1", "::1", "localhost"].map(str::to_owned);
    let made = ca.issue_server(&names, Validity::leaf(now())).unwrap();
    assert_eq!(certificate_facts(&made.certificate.der).unwrap().names, names);
    assert!(ca.chain_pem(&made.certificate).ends_with(ca.ca_pem()));
}

#[test]
fn an_authority_comes_back_from_its_pem() {
    let ca = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
    let again = ClientCa::load(ca.ca_pem(), &ca.key_pem()).unwrap();
    assert_eq!(again.certificate(), ca.certificate());
    let anna: AccountName = "anna".parse().unwrap();
    let made = again.issue_user(&anna, Validity::leaf(now())).unwrap();
    assert_eq!(certificate_facts(&made.certificate.der).unwrap().common_name.as_deref(), Some("anna"));
    assert!(made.public_key_pem.contains("PUBLIC KEY"));
}

#[test]
fn certificate_and_key_must_belong_together() {
    let one = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
    let two = ClientCa::create(ClusterId::random(), Validity::authority(now())).unwrap();
    assert!(ClientCa::load(one.ca_pem(), &two.key_pem()).is_err());
    assert!(ClientCa::load("", &one.key_pem()).is_err());
    let server = one.issue_server(&["a".to_owned()], Validity::leaf(now())).unwrap();
    assert!(ClientCa::load(&server.certificate.pem, &server.key_pem).is_err());
}

#[test]
fn a_request_with_a_foreign_signature_is_refused() {
    let (cluster, ca) = cluster_ca();
    for bad in ["", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"] {
        assert!(ca.sign_agent(bad, cluster, NodeId::random(), Validity::leaf(now())).is_err());
    }
    // The last bytes of a request are its signature.
    let request = certificate_request().unwrap().request_pem;
    let body: String = request.lines().filter(|line| !line.starts_with("---")).collect();
    use base64::Engine;
    let mut der = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    *der.last_mut().unwrap() ^= 1;
    let changed = format!(
        "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
        base64::engine::general_purpose::STANDARD.encode(der)
    );
    assert!(ca.sign_agent(&changed, cluster, NodeId::random(), Validity::leaf(now())).is_err());
}

#[test]
fn two_certificates_of_one_key_differ() {
    let (cluster, ca) = cluster_ca();
    let request = certificate_request().unwrap();
    let node = NodeId::random();
    let one = ca.sign_agent(&request.request_pem, cluster, node, Validity::leaf(now())).unwrap();
    let two = ca.sign_agent(&request.request_pem, cluster, node, Validity::leaf(now())).unwrap();
    assert_ne!(one.fingerprint, two.fingerprint);
    assert!(!format!("{:?}", Secret::new(request.key_pem.expose())).contains("PRIVATE"));
}
