//! The docker client before the gateway before a real engine of each test's own. `HOLDFAST_DOCKER` names another client.

mod builds;

use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use engine_client::EngineSocket;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use http_kit::{Listener, Request, Response, Shutdown, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};
use workloads::{EngineAt, EngineError, Engines, LogOptions, ServiceFilter, Weight};

use crate::stub::Stub;
use crate::world::{World, basic};

/// An engine without a tunnel.
struct Direct(EngineSocket);

impl Engines for Direct {
    fn request(&self, _: EngineAt, request: Request, _: Weight) -> BoxFuture<'_, Result<Response, EngineError>> {
        Box::pin(async move { self.0.request(request).await.map_err(|source| EngineError::Failed(Box::new(source))) })
    }
}

struct Real {
    world: World,
    address: String,
    home: TempDir,
    shutdown: Shutdown,
    tag: String,
    engine: testkit::Engine,
}

impl Real {
    async fn start(test: &str) -> Option<Self> {
        let engine = testkit::Engine::start_for(&format!("engine-gateway real::{test}")).unwrap()?;
        engine.swarm_init().unwrap();
        testkit::import_busybox(&engine.docker(), "busybox:local").unwrap();
        let world = World::with(Arc::new(Direct(EngineSocket::new(engine.socket()))), Stub::default()).await;
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.address().unwrap().to_string();
        let (gateway, shutdown) = (world.gateway.clone(), Shutdown::new());
        let service = move |request| {
            let gateway = gateway.clone();
            async move { gateway.handle(request).await }
        };
        tokio::spawn(serve(listener, None, service, shutdown.clone()));
        let home = tempfile::tempdir().unwrap();
        for user in ["admin", "anna", "ben"] {
            let folder = home.path().join(user);
            fs_err::create_dir_all(&folder).unwrap();
            let config = serde_json::json!({ "HttpHeaders": { "Authorization": basic(user) } });
            fs_err::write(folder.join("config.json"), config.to_string()).unwrap();
        }
        world.set_everywhere().await;
        world.role("images", &[access::Operation::ImageView]).await;
        world.grant("anna", "images", "/").await;
        let tag = format!("t{}", std::process::id());
        Some(Self { world, address, home, shutdown, tag, engine })
    }

    fn command(&self, user: &str, arguments: &[&str]) -> Command {
        let docker = std::env::var("HOLDFAST_DOCKER").unwrap_or_else(|_| "docker".to_owned());
        let mut command = Command::new(docker);
        command
            .env("DOCKER_CONFIG", self.home.path().join(user))
            .env("DOCKER_BUILDKIT", "0")
            .env_remove("DOCKER_CONTEXT")
            .env("DOCKER_HOST", format!("tcp://{}", self.address))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, user: &str, arguments: &[&str]) -> Output {
        let output = timeout(Duration::from_secs(60), self.command(user, arguments).output());
        output.await.unwrap_or_else(|_| panic!("docker {arguments:?} does not end")).unwrap()
    }

    /// Runs docker, which must succeed; returns what it printed.
    async fn must(&self, user: &str, arguments: &[&str]) -> String {
        let output = self.run(user, arguments).await;
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "docker {arguments:?} as {user}: {out}{err}");
        out.trim().to_owned()
    }

    /// Runs docker, which must fail; returns why it says it did.
    async fn refused(&self, user: &str, arguments: &[&str]) -> String {
        let output = self.run(user, arguments).await;
        assert!(!output.status.success(), "docker {arguments:?} as {user} succeeded");
        text(&output.stderr)
    }

    fn spawn(&self, user: &str, arguments: &[&str]) -> Child {
        self.command(user, arguments).stdin(Stdio::piped()).spawn().unwrap()
    }

    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.tag)
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const IMAGE: &str = "busybox:local";

#[tokio::test(flavor = "multi_thread")]
async fn a_user_runs_containers_and_nobody_else_sees_them() {
    let Some(real) = Real::start("a_user_runs_containers_and_nobody_else_sees_them").await else { return };
    let (name, other) = (real.name("c"), real.name("other"));
    let mine = format!("name={}", real.tag);
    real.must("anna", &["version"]).await;
    real.must("anna", &["info"]).await;
    real.must("anna", &["run", "-d", "--network", "none", "--name", &name, IMAGE, "sh", "-c", "echo hello; sleep 600"])
        .await;
    assert_eq!(real.must("anna", &["ps", "--filter", &mine, "--format", "{{.Names}}"]).await, name);
    assert_eq!(real.must("ben", &["ps", "-a", "--filter", &mine, "--format", "{{.Names}}"]).await, "");
    assert_eq!(real.must("anna", &["logs", &name]).await, "hello");
    assert!(real.refused("ben", &["logs", &name]).await.contains("No such container"));
    assert!(real.refused("ben", &["rm", &name]).await.contains("No such container"));
    assert!(real.refused("anna", &["exec", &name, "id"]).await.contains("Container Exec"));
    assert_eq!(real.must("admin", &["exec", &name, "echo", "in"]).await, "in");
    for dangerous in [&["--privileged"][..], &["-v", "/:/host"], &["--pid", "host"], &["--cap-add", "SYS_ADMIN"]] {
        let arguments = [&["run", "--rm", "--network", "none"], dangerous, &[IMAGE, "true"]].concat();
        let why = real.refused("anna", &arguments).await;
        assert!(why.contains("you need a grant") || why.contains("administrator"), "{dangerous:?}: {why}");
    }
    let volume = real.name("v");
    let bind = format!("{volume}:/data");
    real.must("anna", &["run", "--rm", "--network", "none", "--name", &other, "-v", &bind, IMAGE, "touch", "/data/x"])
        .await;
    assert_eq!(real.must("anna", &["volume", "ls", "--filter", &mine, "-q"]).await, volume);
    assert_eq!(real.must("ben", &["volume", "ls", "--filter", &mine, "-q"]).await, "");
    real.must("anna", &["volume", "rm", &volume]).await;
    real.must("anna", &["stop", "-t", "1", &name]).await;
    real.must("anna", &["start", &name]).await;
    real.must("anna", &["rm", "-f", &name]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_reaches_a_container_and_its_end_does_too() {
    let Some(real) = Real::start("input_reaches_a_container_and_its_end_does_too").await else { return };
    let mut child = real.spawn("anna", &["run", "--rm", "-i", "--network", "none", IMAGE, "cat"]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"through the gateway\n").await.unwrap();
    drop(input);
    let output = timeout(Duration::from_secs(30), child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(text(&output.stdout), "through the gateway\n", "{}", text(&output.stderr));
    assert!(output.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_end_with_the_right() {
    let Some(real) = Real::start("open_streams_end_with_the_right").await else { return };
    let name = real.name("s");
    real.world.collection("/prod").await;
    real.world.grant("ben", "fullcontrol", "/prod").await;
    let label = "com.docker.ucp.access.label=/prod";
    let script = "while true; do echo tick; sleep 0.1; done";
    real.must(
        "admin",
        &["run", "-d", "--network", "none", "--label", label, "--name", &name, IMAGE, "sh", "-c", script],
    )
    .await;
    let mut logs = real.spawn("ben", &["logs", "-f", &name]);
    let mut exec = real.spawn("ben", &["exec", "-i", &name, "cat"]);
    let (mut tick, mut input) = ([0; 5], exec.stdin.take().unwrap());
    logs.stdout.as_mut().unwrap().read_exact(&mut tick).await.unwrap();
    input.write_all(b"echo\n").await.unwrap();
    exec.stdout.as_mut().unwrap().read_exact(&mut tick).await.unwrap();
    assert_eq!(&tick, b"echo\n");
    let before = Instant::now();
    real.world.revoke("ben", "fullcontrol", "/prod").await;
    timeout(Duration::from_secs(5), logs.wait()).await.expect("the log ends").unwrap();
    timeout(Duration::from_secs(5), exec.wait()).await.expect("the exec ends").unwrap();
    assert!(before.elapsed() < Duration::from_secs(5));
    real.must("admin", &["rm", "-f", &name]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_is_deployed_scaled_read_and_removed() {
    let Some(real) = Real::start("a_stack_is_deployed_scaled_read_and_removed").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stack.yml");
    let compose = format!(
        "version: '3.8'\nservices:\n  web:\n    image: {IMAGE}\n    command: sh -c 'echo up; sleep 600'\n    \
         deploy: {{replicas: 2, endpoint_mode: dnsrr}}\n    networks: [none]\n    secrets: [key]\n    configs: [conf]\n\
         networks:\n  none: {{external: true, name: host}}\n\
         secrets:\n  key: {{file: ./stack.yml}}\nconfigs:\n  conf: {{file: ./stack.yml}}\n"
    );
    // The host's network needs a grant; without it the stack is refused by name of the parameter.
    fs_err::write(&file, &compose).unwrap();
    let (stack, path) = (real.name("st"), file.display().to_string());
    let mine = format!("name={}", real.tag);
    let why = real.refused("anna", &["stack", "deploy", "--resolve-image", "never", "-c", &path, &stack]).await;
    assert!(why.contains("Host Networking Mode"), "{why}");
    real.world.grant("anna", "fullcontrol", "/Shared/Private/anna").await;
    real.must("anna", &["stack", "deploy", "--resolve-image", "never", "-c", &path, &stack]).await;
    let service = format!("{stack}_web");
    assert_eq!(real.must("anna", &["service", "ls", "--filter", &mine, "--format", "{{.Name}}"]).await, service);
    assert_eq!(real.must("ben", &["service", "ls", "-q"]).await, "");
    assert!(real.must("anna", &["stack", "ls", "--format", "{{.Name}}"]).await.contains(&stack));
    let deadline = Instant::now() + Duration::from_secs(60);
    while real.must("anna", &["service", "ls", "--filter", &mine, "--format", "{{.Replicas}}"]).await != "2/2" {
        assert!(Instant::now() < deadline, "{}", real.must("admin", &["service", "ps", "--no-trunc", &service]).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    real.must("anna", &["service", "scale", "-d", &format!("{service}=1")]).await;
    assert!(real.must("anna", &["service", "ps", "--format", "{{.Name}}", &service]).await.contains(&service));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !real.must("anna", &["service", "logs", &service]).await.contains("up") {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(real.refused("ben", &["service", "logs", &service]).await.contains("no such"));
    the_service_is_shown(&real, &service).await;
    // Deployed again it stays where it lies.
    real.must("anna", &["stack", "deploy", "--resolve-image", "never", "-c", &path, &stack]).await;
    assert_eq!(real.must("anna", &["service", "ls", "--filter", &mine, "--format", "{{.Name}}"]).await, service);
    assert!(!real.must("anna", &["secret", "ls", "-q"]).await.is_empty());
    assert!(real.must("ben", &["secret", "ls", "-q"]).await.is_empty());
    real.must("anna", &["stack", "rm", &stack]).await;
}

/// What our own API shows of a service.
async fn the_service_is_shown(real: &Real, service: &str) {
    let (anna, ben) = (real.world.context("anna").await, real.world.context("ben").await);
    let workloads = &real.world.workloads;
    let filter = ServiceFilter { contains: Some(real.tag.clone()), ..ServiceFilter::default() };
    let limit = base::PageLimit::clamped(Some(10));
    let page = workloads.service_list(&anna, &filter, limit, None).await.unwrap();
    assert_eq!(page.items.iter().map(|service| service.name.as_str()).collect::<Vec<_>>(), [service]);
    assert_eq!(page.items[0].collection_path.as_ref().unwrap().as_str(), "/Shared/Private/anna");
    assert!(page.items[0].rights.update && page.items[0].stack.is_some());
    assert!(workloads.service_list(&ben, &filter, limit, None).await.unwrap().items.is_empty());
    assert_eq!(workloads.service_view(&ben, service).await.unwrap_err().kind(), base::ErrorKind::NotFound);
    let scaled = workloads.service_scale(&anna, service, 2).await.unwrap();
    assert_eq!(scaled.desired, 2);
    assert!(workloads.service_tasks(&anna, service).await.unwrap().iter().all(|task| task.name.starts_with(service)));
    let mut lines = workloads.service_logs(&anna, service, LogOptions { follow: true, tail: 10 }).await.unwrap();
    let line = timeout(Duration::from_secs(20), lines.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(line.line, "up");
    assert!(line.at.is_some() && line.task.is_some() && line.node.is_some(), "{line:?}");
    real.world.revoke("anna", "fullcontrol", "/Shared/Private/anna").await;
    real.world.revoke("anna", "restrictedcontrol", "/Shared/Private/anna").await;
    let ended = async { while lines.next().await.is_some() {} };
    timeout(Duration::from_secs(1), ended).await.expect("the log ends with the right");
    real.world.grant("anna", "fullcontrol", "/Shared/Private/anna").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_for_no_upgrade_gets_the_output() {
    let Some(real) = Real::start("a_client_that_asks_for_no_upgrade_gets_the_output").await else { return };
    let name = real.name("plain");
    real.must("anna", &["run", "-d", "--network", "none", "--name", &name, IMAGE, "echo", "plain"]).await;
    let target = format!("/v1.41/containers/{name}/attach?logs=1&stdout=1");
    let response = real.world.raw(Some("anna"), http::Method::POST, &target, http_kit::Body::empty()).await;
    assert_eq!(response.status(), 200);
    let bytes = timeout(Duration::from_secs(10), http_kit::read(response.into_body(), 4096)).await.unwrap().unwrap();
    assert!(bytes.ends_with(b"plain\n"), "{bytes:?}");
    real.must("anna", &["rm", "-f", &name]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_the_callers_own() {
    let Some(real) = Real::start("events_are_the_callers_own").await else { return };
    let (own, other) = (real.name("e1"), real.name("e2"));
    let mut events =
        real.spawn("anna", &["events", "--filter", "event=create", "--format", "{{.Type}} {{.Actor.Attributes.name}}"]);
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut seen = String::new();
    // The stream may not be open yet at the first container.
    for round in 0.. {
        assert!(Instant::now() < deadline, "{seen}");
        for (user, name) in [("admin", &other), ("anna", &own)] {
            real.must(user, &["create", "--network", "none", "--name", &format!("{name}-{round}"), IMAGE, "true"])
                .await;
            real.must(user, &["rm", &format!("{name}-{round}")]).await;
        }
        let mut piece = [0; 4096];
        if let Ok(read) = timeout(Duration::from_millis(500), events.stdout.as_mut().unwrap().read(&mut piece)).await {
            seen.push_str(&text(&piece[..read.unwrap()]));
            break;
        }
    }
    assert!(seen.contains(&format!("container {own}")), "{seen}");
    assert!(!seen.contains(&other), "{seen}");
}
