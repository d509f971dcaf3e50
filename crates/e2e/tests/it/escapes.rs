//! The escape catalogue: each way past a naive checker first works on the bare engine, then gets nothing through
//! the gateway, and the engine is as it was.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use holdfast_e2e::{Person, World};
use serde_json::Value;

use crate::PROGRAM;

struct Attack {
    name: &'static str,
    path: &'static str,
    body: &'static str,
    /// What must be found in the inspected container on the bare engine.
    effect: &'static str,
}

/// Bodies that the engine honours although a checker that reads names exactly sees nothing in them.
const CREATES: &[Attack] = &[
    Attack {
        name: "C1 names in another case",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"image":"busybox:1","cmd":["sleep","1"],"hostconfig":{"privileged":true,"binds":["/:/h"]}}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "C2 a field given twice",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":false},"HostConfig":{"Privileged":true}}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "C3 a field given in two cases",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":false,"privileged":true}}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "C4 a long s",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","Ho\u017ftConfig":{"Bind\u017f":["/:/h"]}}"#,
        effect: "\"Binds\":[\"/:/h\"]",
    },
    Attack {
        name: "C4 a Kelvin sign",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Networ\u212aMode":"host"}}"#,
        effect: "\"NetworkMode\":\"host\"",
    },
    Attack {
        name: "C5 two documents",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":true}}{"Image":"busybox:1"}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "C10 a bind in a volume's driver options",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Mounts":[{"Type":"volume","Source":"escvol","Target":"/h","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{"type":"none","o":"bind","device":"/etc"}}}}]}}"#,
        effect: "\"device\":\"/etc\"",
    },
    Attack {
        name: "the clean form",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":true}}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "a bare string for a list",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"CapAdd":"SYS_ADMIN"}}"#,
        effect: "SYS_ADMIN",
    },
    Attack {
        name: "the host's process namespace",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"PidMode":"host"}}"#,
        effect: "\"PidMode\":\"host\"",
    },
    Attack {
        name: "seccomp off",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"SecurityOpt":["seccomp=unconfined"]}}"#,
        effect: "seccomp=unconfined",
    },
    Attack {
        name: "masked paths unmasked",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"MaskedPaths":[],"ReadonlyPaths":[]}}"#,
        effect: "\"MaskedPaths\":[]",
    },
    Attack {
        name: "a device",
        path: "/v1.41/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Devices":[{"PathOnHost":"/dev/mem","PathInContainer":"/dev/mem","CgroupPermissions":"rwm"}]}}"#,
        effect: "/dev/mem",
    },
    Attack {
        name: "an unversioned path (C9)",
        path: "/containers/create?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":true}}"#,
        effect: "\"Privileged\":true",
    },
    Attack {
        name: "an escaped path (C7)",
        path: "/v1.41/containers/%63reate?name=esc",
        body: r#"{"Image":"busybox:1","HostConfig":{"Privileged":true}}"#,
        effect: "\"Privileged\":true",
    },
];

struct Answer {
    status: u16,
    body: String,
}

fn curl(target: &[String], method: &str, path: &str, body: &str, content_type: &str) -> Result<Answer> {
    let mut command = Command::new("curl");
    command.args(["-s", "--path-as-is", "--max-time", "20", "-w", "\n%{http_code}", "-X", method]);
    command.args(["-H", &format!("Content-Type: {content_type}")]);
    if !body.is_empty() {
        command.args(["--data-binary", body]);
    }
    let (base, options) = target.split_last().context("a target")?;
    command.args(options).arg(format!("{base}{path}"));
    let output = command.output().context("running curl")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let Some((body, status)) = text.rsplit_once('\n') else { bail!("curl said nothing") };
    Ok(Answer { status: status.trim().parse()?, body: body.to_owned() })
}

fn bare(world: &World) -> Vec<String> {
    vec!["--unix-socket".into(), world.engine.socket().display().to_string(), "http://docker".into()]
}

fn through(world: &World, person: &Person) -> Vec<String> {
    let file = |name: &str| person.bundle().join(name).display().to_string();
    vec![
        "--cacert".into(),
        file("ca.pem"),
        "--cert".into(),
        file("cert.pem"),
        "--key".into(),
        file("key.pem"),
        world.server.url(),
    ]
}

/// Everything that an attack could leave behind.
fn state(world: &World) -> Result<Vec<String>> {
    let docker = world.engine.docker();
    [
        &["ps", "-aq", "--no-trunc"][..],
        &["volume", "ls", "-q"],
        &["network", "ls", "-q", "--no-trunc"],
        &["service", "ls", "-q"],
        &["secret", "ls", "-q"],
        &["images", "-q", "--no-trunc"],
    ]
    .iter()
    .map(|list| docker.must(list))
    .collect()
}

fn inspect(world: &World, name: &str) -> Result<String> {
    let answer = curl(&bare(world), "GET", &format!("/v1.41/containers/{name}/json"), "", "application/json")?;
    Ok(serde_json::from_str::<Value>(&answer.body)?.to_string())
}

fn restricted(world: &World) -> Result<Person> {
    let anna = world.user("anna")?;
    world.cli(&["role", "create", "image-users", "--allow", "Image View", "--allow", "Image Create"])?;
    world.cli(&["grant", "create", "--user", "anna", "--role", "image-users", "--collection", "/"])?;
    Ok(anna)
}

#[test]
fn no_dangerous_field_gets_past_the_decision() -> Result<()> {
    let Some(world) = World::start_for("escapes::creates", PROGRAM)? else { return Ok(()) };
    let anna = restricted(&world)?;
    // The right itself is there: what is refused is refused for its content.
    let plain = r#"{"Image":"busybox:1","Cmd":["true"]}"#;
    let allowed =
        curl(&through(&world, &anna), "POST", "/v1.41/containers/create?name=plain", plain, "application/json")?;
    assert_eq!(allowed.status, 201, "{}", allowed.body);

    for attack in CREATES {
        let control = curl(&bare(&world), "POST", attack.path, attack.body, "application/json")?;
        assert_eq!(
            control.status, 201,
            "{}: the bare engine refuses, so a refusal proves nothing: {}",
            attack.name, control.body
        );
        let seen = inspect(&world, "esc")?;
        assert!(seen.contains(attack.effect), "{}: no effect on the bare engine: {seen}", attack.name);
        world.engine.docker().must(&["rm", "-fv", "esc"])?;
        let _ = world.engine.docker().run(&["volume", "rm", "-f", "escvol"])?;

        let before = state(&world)?;
        let answer = curl(&through(&world, &anna), "POST", attack.path, attack.body, "application/json")?;
        assert!((400..500).contains(&answer.status), "{}: {} {}", attack.name, answer.status, answer.body);
        assert_eq!(state(&world)?, before, "{}: something was left behind", attack.name);
    }
    Ok(())
}

#[test]
fn a_volume_is_no_way_to_the_hosts_files() -> Result<()> {
    let Some(world) = World::start_for("escapes::volumes", PROGRAM)? else { return Ok(()) };
    let anna = restricted(&world)?;
    for body in [
        r#"{"Name":"escvol","Driver":"local","DriverOpts":{"type":"none","o":"bind","device":"/etc"}}"#,
        r#"{"name":"escvol","driveropts":{"type":"none","o":"bind","device":"/etc"}}"#,
    ] {
        let control = curl(&bare(&world), "POST", "/v1.41/volumes/create", body, "application/json")?;
        assert_eq!(control.status, 201, "C11 control: {}", control.body);
        let read = world.engine.docker().must(&["run", "--rm", "-v", "escvol:/h", "busybox:1", "ls", "/h/hostname"])?;
        assert!(read.contains("/h/hostname"), "C11 control reads the host's files");
        world.engine.docker().must(&["volume", "rm", "escvol"])?;
        let before = state(&world)?;
        let answer = curl(&through(&world, &anna), "POST", "/v1.41/volumes/create", body, "application/json")?;
        assert!((400..500).contains(&answer.status), "C11: {} {}", answer.status, answer.body);
        assert_eq!(state(&world)?, before);
    }
    // Creating with another's name would adopt it.
    world.engine.docker().must(&["volume", "create", "others"])?;
    let adopt =
        curl(&through(&world, &anna), "POST", "/v1.41/volumes/create", r#"{"Name":"others"}"#, "application/json")?;
    assert!((400..500).contains(&adopt.status), "{} {}", adopt.status, adopt.body);
    Ok(())
}

#[test]
fn an_old_version_replaces_no_checked_configuration() -> Result<()> {
    let Some(world) = World::start_for("escapes::versions", PROGRAM)? else { return Ok(()) };
    let anna = restricted(&world)?;
    let body = r#"{"Privileged":true,"Binds":["/:/h"]}"#;
    world.engine.docker().must(&["create", "--name", "old", "busybox:1", "true"])?;
    let control = curl(&bare(&world), "POST", "/v1.23/containers/old/start", body, "application/json")?;
    // A privileged container cannot start everywhere; what counts is that the configuration was replaced.
    assert!(inspect(&world, "old")?.contains("\"Privileged\":true"), "C6 control: {} {}", control.status, control.body);
    world.engine.docker().must(&["rm", "-f", "old"])?;

    let made = curl(
        &through(&world, &anna),
        "POST",
        "/v1.41/containers/create?name=mine",
        r#"{"Image":"busybox:1","Cmd":["true"]}"#,
        "application/json",
    )?;
    assert_eq!(made.status, 201, "{}", made.body);
    for version in ["v1.23", "v1.18", "v1.023", "v01.23", "v1.23.99", "v1.23.", "v1%2e23", "v1.024", "v1.0"] {
        let answer = curl(
            &through(&world, &anna),
            "POST",
            &format!("/{version}/containers/mine/start"),
            body,
            "application/json",
        )?;
        assert!((400..500).contains(&answer.status), "C6 {version}: {} {}", answer.status, answer.body);
        assert!(!inspect(&world, "mine")?.contains("\"Privileged\":true"), "C6 {version}");
    }
    let form = "HostConfig=x&name=other";
    let answer = curl(
        &through(&world, &anna),
        "POST",
        "/v1.41/containers/create?name=formed",
        form,
        "application/x-www-form-urlencoded",
    )?;
    assert!((400..500).contains(&answer.status), "form body: {} {}", answer.status, answer.body);
    Ok(())
}

#[test]
fn another_spelling_of_a_path_gets_the_same_decision() -> Result<()> {
    let Some(world) = World::start_for("escapes::paths", PROGRAM)? else { return Ok(()) };
    let anna = restricted(&world)?;
    world.engine.docker().must(&["run", "-d", "--name", "others", "busybox:1", "sleep", "1000"])?;
    let clean = curl(&through(&world, &anna), "GET", "/v1.41/containers/json?all=1", "", "application/json")?;
    assert_eq!((clean.status, clean.body.trim()), (200, "[]"));
    for path in [
        "/v1.41/containers/%6Ason?all=1",
        "//v1.41//containers/json?all=1",
        "/v1.41/./containers/json?all=1",
        "/v1.41/images/../containers/json?all=1",
        "/v1.41/images/%2e%2e/containers/json?all=1",
        "/containers/json?all=1",
        "/v1.41/containers/json/?all=1",
    ] {
        let answer = curl(&through(&world, &anna), "GET", path, "", "application/json")?;
        let same = answer.status == 200 && answer.body.trim() == "[]";
        assert!(same || (300..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        assert!(!answer.body.contains("others"), "{path}: {}", answer.body);
    }
    for path in [
        "/v1.41/containers/others/json",
        "/v1.41/containers/%6fthers/json",
        "/containers/others/json",
        "//containers/others/json",
    ] {
        let answer = curl(&through(&world, &anna), "GET", path, "", "application/json")?;
        assert!((300..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.body);
        assert!(!answer.body.contains("busybox"), "{path}: {}", answer.body);
    }
    // What is not in the table is refused, whoever asks.
    for (method, path) in [
        ("GET", "/v1.41/debug/vars"),
        ("POST", "/v1.41/grpc"),
        ("GET", "/v1.41/nosuch"),
        ("OPTIONS", "/v1.41/containers/json"),
        ("PUT", "/v1.41/containers/json"),
    ] {
        let answer = curl(&through(&world, &world.admin), method, path, "", "application/json")?;
        assert!((400..600).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.body);
    }
    Ok(())
}

#[test]
fn a_stranger_gets_nothing() -> Result<()> {
    let Some(world) = World::start_for("escapes::stranger", PROGRAM)? else { return Ok(()) };
    let nobody = vec!["-k".to_owned(), world.server.url()];
    for path in [
        "/v1.41/containers/json",
        "/v1.41/info",
        "/v1.41/version",
        "/v1.41/images/json",
        "/v1.41/swarm",
        "/api/v1/users",
        "/api/v1/audit",
        "/v2/",
    ] {
        let answer = curl(&nobody, "GET", path, "", "application/json")?;
        assert_eq!(answer.status, 401, "{path}: {}", answer.body);
    }
    assert_eq!(curl(&nobody, "GET", "/_ping", "", "application/json")?.body, "OK");
    // A certificate of another authority does not break the handshake; it proves nothing either.
    let folder = tempfile::tempdir()?;
    let (key, certificate) = (folder.path().join("k.pem"), folder.path().join("c.pem"));
    self_signed(&key, &certificate)?;
    let foreign = vec![
        "-k".to_owned(),
        "--cert".to_owned(),
        certificate.display().to_string(),
        "--key".to_owned(),
        key.display().to_string(),
        world.server.url(),
    ];
    assert_eq!(curl(&foreign, "GET", "/v1.41/containers/json", "", "application/json")?.status, 401);
    Ok(())
}

fn self_signed(key: &Path, certificate: &Path) -> Result<()> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"])
        .args(["-subj", "/CN=admin", "-keyout", &key.display().to_string(), "-out", &certificate.display().to_string()])
        .output()
        .context("running openssl")?;
    if made.status.success() { Ok(()) } else { bail!("openssl: {}", String::from_utf8_lossy(&made.stderr)) }
}
