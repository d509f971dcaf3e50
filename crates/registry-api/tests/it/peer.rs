//! skopeo as a peer.

use std::path::Path;
use std::process::Command;

use oci::Digest;
use serde_json::json;

use crate::world::{PASSWORD, World, image};

fn absent(what: &str) -> bool {
    let is_absent = Command::new(what).arg("--version").output().is_err();
    if is_absent {
        testkit::skip("registry-api peer::skopeo_copies_in_and_out", &format!("no `{what}` on this machine"));
    }
    is_absent
}

/// Writes an image of one layer, a static busybox if there is one, as an OCI layout.
fn layout(dir: &Path) {
    let root = dir.join("root");
    fs_err::create_dir_all(root.join("bin")).unwrap();
    let program = fs_err::read("/bin/busybox").unwrap_or_else(|_| vec![7; 1_000_000]);
    fs_err::write(root.join("bin/busybox"), program).unwrap();
    let layer_path = dir.join("layer.tar");
    let packed = Command::new("tar").arg("-cf").arg(&layer_path).arg("-C").arg(&root).arg(".").status();
    assert!(packed.unwrap().success());
    let layer = fs_err::read(&layer_path).unwrap();
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [Digest::of(&layer)]}, "config": {"Cmd": ["/bin/busybox"]},
    })
    .to_string();
    let manifest = image(config.as_bytes(), &[&layer]).to_string();
    let blobs = dir.join("oci/blobs/sha256");
    fs_err::create_dir_all(&blobs).unwrap();
    for content in [layer.as_slice(), config.as_bytes(), manifest.as_bytes()] {
        fs_err::write(blobs.join(Digest::of(content).hex()), content).unwrap();
    }
    let index = json!({"schemaVersion": 2, "manifests": [{
        "mediaType": oci::MediaType::OCI_MANIFEST, "digest": Digest::of(manifest.as_bytes()), "size": manifest.len(),
        "annotations": {"org.opencontainers.image.ref.name": "1"},
    }]});
    fs_err::write(dir.join("oci/index.json"), index.to_string()).unwrap();
    fs_err::write(dir.join("oci/oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
}

async fn skopeo(args: Vec<String>) -> String {
    let home = tempfile::tempdir().unwrap();
    let run = move || {
        let output = Command::new("skopeo").args(&args).env("HOME", home.path()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "skopeo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        text
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn skopeo_copies_in_and_out() {
    if absent("skopeo") || absent("tar") {
        return;
    }
    let world = World::start().await;
    let dir = tempfile::tempdir().unwrap();
    layout(dir.path());
    let words = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    let here = format!("docker://{}/anna/busy/box", world.address);
    let credentials = format!("anna:{PASSWORD}");
    let policy = "--insecure-policy";
    let source = format!("oci:{}:1", dir.path().join("oci").display());
    for (target, format) in [(format!("{here}:oci"), "oci"), (format!("{here}:v2s2"), "v2s2")] {
        let args = ["copy", policy, "--dest-tls-verify=false", "--dest-creds", &credentials, "--format", format];
        skopeo(words(&[&args[..], &[&source, &target]].concat())).await;
    }
    let target = format!("dir:{}", dir.path().join("out").display());
    let source = format!("{here}:oci");
    let args = ["copy", policy, "--src-tls-verify=false", "--src-creds", &credentials, &source, &target];
    skopeo(words(&args)).await;
    let listed = skopeo(words(&["list-tags", "--tls-verify=false", "--creds", &credentials, &here])).await;
    assert!(listed.contains("oci") && listed.contains("v2s2"), "{listed}");
    let inspected = skopeo(words(&["inspect", "--tls-verify=false", "--creds", &credentials, &source])).await;
    assert!(inspected.contains("amd64"), "{inspected}");
    skopeo(words(&["delete", "--tls-verify=false", "--creds", &credentials, &source])).await;
}
