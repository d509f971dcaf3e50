//! Containers through the gateway with the stock client.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use holdfast_e2e::World;
use testkit::eventually;

use crate::PROGRAM;

#[test]
fn a_users_own_containers_work_as_on_a_bare_engine() -> Result<()> {
    let Some(world) = World::start_for("docker_job::containers", PROGRAM)? else { return Ok(()) };
    let anna = world.user("anna")?;
    // Images that are not of our registry need a right on the root; the administrator grants it.
    world.cli(&["role", "create", "image-users", "--allow", "Image View", "--allow", "Image Create"])?;
    world.cli(&["role", "create", "shell-users", "--allow", "Container Exec"])?;
    world.cli(&["grant", "create", "--user", "anna", "--role", "image-users", "--collection", "/"])?;
    world.cli(&[
        "grant",
        "create",
        "--user",
        "anna",
        "--role",
        "shell-users",
        "--collection",
        "/Shared/Private/anna",
    ])?;
    for person in [&world.admin, &anna] {
        let docker = &person.docker;
        let version = docker.must(&["version", "--format", "{{.Server.Version}}"])?;
        assert!(version.starts_with("holdfast/"), "{version}");
        docker.must(&["info"])?;

        // The client half-closes its standard input before the container starts.
        let echoed = docker.run_with_input(&["run", "-i", "--rm", "busybox:1", "cat"], b"x\n")?;
        assert_eq!(echoed.stdout, "x\n", "{}", echoed.all());
        let name = format!("{}-box", person.name);
        docker.must(&["run", "-d", "--name", &name, "busybox:1", "sh", "-c", "echo started; sleep 1000"])?;
        assert!(docker.must(&["ps", "--format", "{{.Names}}"])?.contains(&name));
        eventually("the first log line", || docker.must(&["logs", &name]).is_ok_and(|log| log == "started\n"))?;
        let executed = docker.run_with_input(&["exec", "-i", &name, "cat"], b"through exec")?;
        assert_eq!(executed.stdout, "through exec", "{}", executed.all());
        let code = docker.run(&["exec", &name, "sh", "-c", "exit 7"])?;
        assert!(!code.success);
        assert!(docker.must(&["inspect", &name])?.contains("com.docker.ucp.access.owner"));
        docker.must(&["stop", "-t", "0", &name])?;
        assert_eq!(docker.must(&["wait", &name])?.trim(), "137");
        docker.must(&["start", &name])?;
        docker.must(&["rm", "-f", &name])?;
        assert!(!docker.must(&["ps", "-a", "--format", "{{.Names}}"])?.contains(&name));
    }
    Ok(())
}

#[test]
fn build_push_pull_and_networks_volumes_secrets_configs() -> Result<()> {
    let Some(world) = World::start_for("docker_job::build", PROGRAM)? else { return Ok(()) };
    let docker = &world.admin.docker;
    world.docker_login(&world.admin)?;
    let context = tempfile::tempdir()?;
    testkit::busybox_root(context.path())?;
    fs_err::write(
        context.path().join("Dockerfile"),
        "FROM scratch\nCOPY bin /bin\nRUN [\"/bin/busybox\", \"touch\", \"/made\"]\nCMD [\"/bin/busybox\", \"ls\", \"/made\"]\n",
    )?;
    let image = world.image("admin/made:1");
    docker.must(&["build", "-t", &image, &context.path().display().to_string()])?;
    assert!(docker.must(&["images", "--format", "{{.Repository}}"])?.contains("admin/made"));
    docker.must(&["push", &image])?;
    docker.must(&["rmi", &image])?;
    docker.must(&["pull", &image])?;
    assert_eq!(docker.must(&["run", "--rm", &image])?, "/made\n");
    docker.must(&["tag", &image, &world.image("admin/made:2")])?;
    docker.must(&["push", &world.image("admin/made:2")])?;

    docker.must(&["network", "create", "net1"])?;
    assert!(docker.must(&["network", "ls"])?.contains("net1"));
    docker.must(&["network", "rm", "net1"])?;
    docker.must(&["volume", "create", "vol1"])?;
    docker.must(&["run", "--rm", "-v", "vol1:/v", "busybox:1", "touch", "/v/x"])?;
    assert!(docker.must(&["volume", "ls"])?.contains("vol1"));
    docker.must(&["volume", "rm", "vol1"])?;
    let secret = docker.run_with_input(&["secret", "create", "pw", "-"], b"hunter2")?;
    assert!(secret.success, "{}", secret.all());
    assert!(docker.must(&["secret", "ls"])?.contains("pw"));
    docker.must(&["secret", "rm", "pw"])?;
    let config = docker.run_with_input(&["config", "create", "conf", "-"], b"a=b")?;
    assert!(config.success, "{}", config.all());
    docker.must(&["config", "rm", "conf"])?;
    assert!(docker.must(&["node", "ls"])?.contains("Leader"));
    Ok(())
}

/// Docker 28, as `DOCKER_28` names it or as the PATH has it.
fn docker_28() -> Option<String> {
    let named = std::env::var("DOCKER_28").ok();
    let programs = named.into_iter().chain(["/usr/local/bin/docker".to_owned(), "docker".to_owned()]);
    programs.into_iter().find(|program| {
        let version = std::process::Command::new(program).arg("--version").output();
        version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("version 28."))
    })
}

#[test]
fn a_newer_client_works_as_the_packaged_one() -> Result<()> {
    let test = "docker_job::docker_28";
    let Some(program) = docker_28() else {
        testkit::skip(test, "no docker 28 on this machine (DOCKER_28 can name one)");
        return Ok(());
    };
    let Some(world) = World::start_for(test, PROGRAM)? else { return Ok(()) };
    let docker = world.admin.docker.clone().program(program);
    assert!(docker.must(&["version"])?.contains("holdfast/"));
    let echoed = docker.run_with_input(&["run", "-i", "--rm", "busybox:1", "cat"], b"x\n")?;
    assert_eq!(echoed.stdout, "x\n", "{}", echoed.all());
    let password = world.server.password().as_bytes();
    let login = ["login", &world.server.authority(), "-u", "admin", "--password-stdin"];
    assert!(docker.run_with_input(&login, password)?.success);
    let context = tempfile::tempdir()?;
    testkit::busybox_root(context.path())?;
    fs_err::write(
        context.path().join("Dockerfile"),
        "FROM scratch\nCOPY bin /bin\nCMD [\"/bin/busybox\", \"sleep\", \"1000\"]\n",
    )?;
    let image = world.image("admin/newer:1");
    docker.must(&["build", "-t", &image, &context.path().display().to_string()])?;
    docker.must(&["push", &image])?;
    let file = context.path().join("compose.yml");
    fs_err::write(&file, format!("services:\n  web:\n    image: {image}\n    deploy:\n      endpoint_mode: dnsrr\n"))?;
    docker.must(&["stack", "deploy", "--detach=true", "-c", &file.display().to_string(), "newer"])?;
    eventually("the stack's service to run", || {
        docker.must(&["service", "ls", "--format", "{{.Replicas}}"]).is_ok_and(|listed| listed.trim() == "1/1")
    })?;
    docker.must(&["stack", "rm", "newer"])?;
    Ok(())
}

#[test]
fn an_open_stream_ends_within_a_second_of_its_right() -> Result<()> {
    let Some(world) = World::start_for("docker_job::revoked", PROGRAM)? else { return Ok(()) };
    let anna = world.user("anna")?;
    world.cli(&["role", "create", "image-users", "--allow", "Image View", "--allow", "Image Create"])?;
    world.cli(&["grant", "create", "--user", "anna", "--role", "image-users", "--collection", "/"])?;
    anna.docker.must(&[
        "run",
        "-d",
        "--name",
        "ticker",
        "busybox:1",
        "sh",
        "-c",
        "while :; do echo tick; sleep 1; done",
    ])?;
    let mut follow =
        anna.docker.command(&["logs", "-f", "ticker"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut lines = BufReader::new(follow.stdout.take().context("the client's output")?);
    let mut first = String::new();
    lines.read_line(&mut first)?;
    assert_eq!(first, "tick\n");
    let closed = Instant::now();
    world.cli(&["user", "update", "anna", "--active", "false"])?;
    let ended = testkit::wait_for("logs -f to end", Duration::from_secs(5), || follow.try_wait().ok().flatten())?;
    let took = closed.elapsed();
    assert!(took < Duration::from_millis(2500), "the stream ended after {took:?} ({ended})");
    assert!(
        anna.docker.refused(&["ps"])?.to_lowercase().contains("unauthorized") || !anna.docker.run(&["ps"])?.success
    );
    Ok(())
}
