//! Ubuntu Pro and Chisel.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{have, read, try_read};

const WALL: &str = "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":6}\n\
{\"kind\":\"content\",\"slice\":\"libc6_libs\",\"path\":\"/lib/x86_64-linux-gnu/libc.so.6\"}\n\
{\"kind\":\"package\",\"name\":\"libc6\",\"version\":\"2.39-0ubuntu8.4\",\"sha256\":\"aa\",\"arch\":\"amd64\"}\n\
{\"kind\":\"package\",\"name\":\"openssl\",\"version\":\"3.0.13-0ubuntu3.5\",\"sha256\":\"bb\",\"arch\":\"amd64\"}\n\
{\"kind\":\"path\",\"path\":\"/lib/x86_64-linux-gnu/\",\"mode\":\"0755\",\"slices\":[\"libc6_libs\"]}\n\
{\"kind\":\"path\",\"path\":\"/lib/x86_64-linux-gnu/libc.so.6\",\"mode\":\"0755\",\"slices\":[\"libc6_libs\"],\"sha256\":\"cc\",\"size\":1}\n\
{\"kind\":\"slice\",\"name\":\"libc6_libs\"}\nnot json\n";

pub(crate) fn zstd(plain: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new("zstd").args(["-q", "-c", "-19"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(plain).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn chiselled_images_have_packages() {
    if !have("chiselled_images_have_packages", &["zstd"]) {
        return;
    }
    let findings = read("/var/lib/chisel/manifest.wall", &zstd(WALL.as_bytes()));
    let told: Vec<_> = findings.packages.iter().map(|p| (p.name.as_str(), p.version.as_str())).collect();
    assert_eq!(told, [("libc6", "2.39-0ubuntu8.4"), ("openssl", "3.0.13-0ubuntu3.5")]);
    assert_eq!(findings.owned[0].paths, ["/lib/x86_64-linux-gnu/libc.so.6"]);
    assert_eq!(findings.faults.len(), 1);
}

#[test]
fn a_manifest_that_unfolds_without_end_is_refused() {
    if !have("a_manifest_that_unfolds_without_end_is_refused", &["zstd"]) {
        return;
    }
    let bomb = zstd(&vec![b'\n'; 64 << 20]);
    assert!(bomb.len() < 64 << 10);
    assert!(try_read("/opt/manifest.wall", &bomb).is_err());
    assert!(try_read("/opt/manifest.wall", b"no zstd").is_err());
}

#[test]
fn enabled_pro_services_are_channels() {
    let status = br#"{"attached":true,"services":[{"name":"esm-infra","status":"enabled","available":"yes"},{"name":"esm-apps","status":"disabled"}]}"#;
    assert_eq!(read("/var/lib/ubuntu-advantage/status.json", status).channels, ["esm-infra"]);
}
