//! Client bundles.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use identity::{AuthError, BundleRequest, Credential};
use opctx::Via;

use crate::world::{World, name};

fn unzip(bytes: &[u8]) -> BTreeMap<String, (Option<u32>, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().to_owned(), (file.unix_mode().map(|mode| mode & 0o777), text))
        })
        .collect()
}

/// Lets every docker on this machine import the zip as a context.
fn import(zip: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bundle.zip");
    fs_err::write(&file, zip).unwrap();
    for docker in ["/usr/bin/docker", "/usr/local/bin/docker"] {
        if !std::path::Path::new(docker).exists() {
            skip(&format!("no docker client at {docker}"));
            continue;
        }
        let run = |arguments: &[&str]| {
            let mut command = std::process::Command::new(docker);
            command.env("DOCKER_CONFIG", dir.path().join(docker.replace('/', "_"))).args(arguments);
            let output = command.output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
        };
        let (imported, said) = run(&["context", "import", "mine", file.to_str().unwrap()]);
        assert!(imported, "{docker}: {said}");
        let (_, shown) = run(&["context", "inspect", "mine"]);
        for part in ["tcp://ucp.example.org:443", "ca.pem", "cert.pem", "key.pem"] {
            assert!(shown.contains(part), "{docker}: no {part} in {shown}");
        }
    }
}

/// Names what was not tried among the skipped.
fn skip(reason: &str) {
    use std::io::Write;
    if let Ok(path) = std::env::var("HOLDFAST_SKIPS") {
        let mut file = fs_err::OpenOptions::new().append(true).create(true).open(path).unwrap();
        writeln!(file, "docker context import of a client bundle: {reason}").unwrap();
    }
}

fn present(pem: &str) -> Credential {
    let der = pki::certificates_from_pem(pem).unwrap().remove(0);
    Credential::Certificate { fingerprint: pki::fingerprint(&der), trusted: true, expired: false }
}

#[tokio::test]
async fn a_bundle_has_what_docker_needs_and_its_certificate_signs_in() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let request = BundleRequest { label: "laptop".to_owned(), host: None };
    let bundle = world.identity.bundle_create(&anna, &name("anna"), request).await.unwrap();
    assert_eq!(bundle.file_name, "ucp-bundle-anna.zip");
    let files = unzip(&bundle.zip);
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "ca.pem",
            "cert.pem",
            "cert.pub",
            "env.cmd",
            "env.ps1",
            "env.sh",
            "key.pem",
            "meta.json",
            "tls/docker/ca.pem",
            "tls/docker/cert.pem",
            "tls/docker/key.pem"
        ]
    );
    assert_eq!(files["key.pem"].0, Some(0o600));
    import(&bundle.zip);
    assert_eq!(files["ca.pem"].1, world.ca.ca_pem());
    assert_eq!(files["key.pem"].1, files["tls/docker/key.pem"].1);
    insta::assert_snapshot!(files["env.sh"].1.replace(&anna.cluster().to_string(), "CLUSTER"));
    insta::assert_snapshot!(files["meta.json"].1);
    let facts = pki::certificate_facts(&pki::certificates_from_pem(&files["cert.pem"].1).unwrap()[0]).unwrap();
    assert_eq!(facts.common_name.as_deref(), Some("anna"));
    let caller = world.present(present(&files["cert.pem"].1)).await.unwrap();
    assert_eq!((caller.name.as_str(), caller.via), ("anna", Via::Certificate(bundle.id)));
}

#[tokio::test]
async fn a_revoked_foreign_or_expired_certificate_is_refused() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    let bundle = world.identity.bundle_create(&anna, &name("anna"), BundleRequest::default()).await.unwrap();
    let certificate = present(&unzip(&bundle.zip)["cert.pem"].1);
    let Credential::Certificate { fingerprint, .. } = certificate else { panic!("a certificate") };
    let with = |trusted, expired| Credential::Certificate { fingerprint, trusted, expired };
    assert!(matches!(world.present(with(false, false)).await, Err(AuthError::ForeignCertificate)));
    assert!(matches!(world.present(with(true, true)).await, Err(AuthError::ExpiredCertificate)));
    world.present(with(true, false)).await.unwrap();
    world.identity.bundle_revoke(&anna, &name("anna"), bundle.id).await.unwrap();
    assert!(matches!(world.present(with(true, false)).await, Err(AuthError::BadCertificate)));
    assert!(world.identity.bundle_list(&anna, &name("anna")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_bundle_points_to_a_name_of_the_server_alone() {
    let world = World::with_users().await;
    let anna = world.context("anna").await;
    for (asked, given) in [("10.0.0.1:7443", "10.0.0.1:7443"), ("evil.example:443", "ucp.example.org:443")] {
        let request = BundleRequest { label: String::new(), host: Some(asked.to_owned()) };
        let bundle = world.identity.bundle_create(&anna, &name("anna"), request).await.unwrap();
        assert!(unzip(&bundle.zip)["env.sh"].1.contains(&format!("DOCKER_HOST=tcp://{given}\n")));
    }
}
