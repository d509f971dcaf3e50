//! The stock docker client through TLS and a tunnel to a real engine: what the gateway stands on.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, ClusterId, SystemClock};
use engine_client::{EngineLink, Weight};
use http::StatusCode;
use http_kit::{
    Body, ClientTrust, Listener, PipeEnd, Request, Response, ServerIdentity, Shutdown, TlsOptions, TlsSettings, peer,
    pipe, serve, upgraded,
};
use pki::{ClientCa, Validity};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::rig::{Rig, rig};

/// An engine of our own, ended with the test.
struct Dockerd {
    child: Child,
    folder: tempfile::TempDir,
}

impl Dockerd {
    async fn start() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("e-").tempdir_in("/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        let log = fs_err::File::create(at("log")).unwrap().into_file();
        let child = Command::new("dockerd")
            .arg("--data-root")
            .arg(at("data"))
            .arg("--exec-root")
            .arg(at("exec"))
            .arg("--pidfile")
            .arg(at("pid"))
            .arg("-H")
            .arg(format!("unix://{}", at("d.sock").display()))
            .args(["--bridge=none", "--iptables=false", "--ip6tables=false"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .ok()?;
        let mut engine = Self { child, folder };
        let ready = timeout(Duration::from_secs(30), async {
            while std::os::unix::net::UnixStream::connect(engine.socket()).is_err() {
                if engine.child.try_wait().unwrap().is_some() {
                    return false;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            true
        });
        if ready.await != Ok(true) {
            return None;
        }
        Some(engine)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("d.sock")
    }
}

impl Drop for Dockerd {
    fn drop(&mut self) {
        if let Some(pid) = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).unwrap()) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// A listener that lets every request with a trusted certificate through, and cuts its streams when told.
struct Gateway {
    folder: tempfile::TempDir,
    address: std::net::SocketAddr,
    cut: CancellationToken,
    rig: Rig,
}

async fn gateway(engine: &Path) -> Gateway {
    let rig = rig(engine).await;
    let now = SystemClock.now();
    let ca = ClientCa::create(ClusterId::random(), Validity::authority(now)).unwrap();
    let made = ca.issue_server(&["127.0.0.1".to_owned()], Validity::leaf(now)).unwrap();
    let anna = ca.issue_user(&"anna".parse().unwrap(), Validity::leaf(now)).unwrap();
    let tls = TlsSettings::new(TlsOptions {
        identity: ServerIdentity::from_pem(&ca.chain_pem(&made.certificate), made.key_pem.expose()).unwrap(),
        by_name: Vec::new(),
        clients: Some(ClientTrust { ca_pem: ca.ca_pem().to_owned() }),
        http2: true,
        clock: Arc::new(SystemClock),
    })
    .unwrap();
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.address().unwrap();
    let cut = CancellationToken::new();
    let (link, until) = (Arc::clone(&rig.link), cut.clone());
    let service = move |request| pass(Arc::clone(&link), until.clone(), request);
    tokio::spawn(serve(listener, Some(tls), service, Shutdown::new()));
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("ca.pem", ca.ca_pem()), ("cert.pem", &anna.certificate.pem), ("key.pem", anna.key_pem.expose())]
    {
        fs_err::write(folder.path().join(name), text).unwrap();
    }
    Gateway { folder, address, cut, rig }
}

async fn pass(link: Arc<EngineLink>, until: CancellationToken, mut request: Request) -> Response {
    assert_eq!(peer(request.extensions()).unwrap().certificate.as_ref().unwrap().subject_cn.as_deref(), Some("anna"));
    let path = request.uri().path();
    let bulk = ["/build", "/logs", "/attach", "/start", "/wait", "/events"].iter().any(|end| path.ends_with(end));
    let weight = if bulk { Weight::Bulk } else { Weight::Short };
    let client = hyper::upgrade::on(&mut request);
    let mut response = match link.request(request, weight).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(base::chain(&error)));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            return response;
        }
    };
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return response.map(|body| cut_with(body, until));
    }
    let engine = hyper::upgrade::on(&mut response);
    tokio::spawn(async move {
        let (client, engine) = (client.await.unwrap(), engine.await.unwrap());
        let end = pipe(upgraded(client), upgraded(engine), until.cancelled()).await;
        assert!(!matches!(end, PipeEnd::Failed(_)), "{end:?}");
    });
    response
}

/// Ends a body when its time is over.
fn cut_with(body: Body, until: CancellationToken) -> Body {
    use futures_util::StreamExt;
    let until = Box::pin(until.cancelled_owned());
    Body::from_stream(body.into_data_stream().take_until(until))
}

impl Gateway {
    fn docker(&self, client: &str) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(client);
        command
            .arg("-H")
            .arg(format!("tcp://{}", self.address))
            .env("DOCKER_TLS_VERIFY", "1")
            .env("DOCKER_CERT_PATH", self.folder.path())
            .env("DOCKER_CONFIG", self.folder.path())
            .env("DOCKER_BUILDKIT", "0")
            .env_remove("DOCKER_HOST")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, client: &str, arguments: &[&str], input: &str) -> String {
        use tokio::io::AsyncWriteExt;
        let mut child = self
            .docker(client)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let done = timeout(Duration::from_secs(60), child.wait_with_output()).await.unwrap().unwrap();
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{client} {arguments:?}: {errors}");
        String::from_utf8(done.stdout).unwrap()
    }
}

/// A root file system of nothing but a static busybox, as a tar.
fn root_file_system(folder: &Path) -> Option<PathBuf> {
    let busybox = ["/usr/bin/busybox", "/bin/busybox"].into_iter().find(|path| Path::new(path).exists())?;
    let root = folder.join("root/bin");
    fs_err::create_dir_all(&root).unwrap();
    fs_err::copy(busybox, root.join("busybox")).unwrap();
    for name in ["sh", "cat", "echo", "sleep", "seq"] {
        std::os::unix::fs::symlink("busybox", root.join(name)).unwrap();
    }
    let tar = folder.join("root.tar");
    let made = Command::new("tar").arg("-C").arg(folder.join("root")).arg("-cf").arg(&tar).arg(".").status();
    made.unwrap().success().then_some(tar)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_docker_client_works_through_tls_and_tunnel() {
    let clients: Vec<&str> =
        ["/usr/bin/docker", "/usr/local/bin/docker"].into_iter().filter(|path| Path::new(path).exists()).collect();
    let engine = Dockerd::start().await;
    let (Some(engine), false) = (engine, clients.is_empty()) else {
        return skip("no docker client, or no engine can be started here");
    };
    let folder = tempfile::tempdir().unwrap();
    let Some(tar) = root_file_system(folder.path()) else {
        return skip("no static busybox");
    };
    for client in clients {
        let gateway = gateway(&engine.socket()).await;
        gateway.run(client, &["import", tar.to_str().unwrap(), "bb:1"], "").await;
        run_with_input(&gateway, client).await;
        build(&gateway, client, folder.path()).await;
        exec_with_terminal(&gateway, client).await;
        logs_are_cut(&gateway, client).await;
    }
}

/// Names the test among the skipped ones.
fn skip(reason: &str) {
    use std::io::Write;
    if let Ok(path) = std::env::var("HOLDFAST_SKIPS") {
        let mut file = fs_err::OpenOptions::new().append(true).create(true).open(path).unwrap();
        writeln!(file, "the docker client through TLS and tunnel: {reason}").unwrap();
    }
}

async fn run_with_input(gateway: &Gateway, client: &str) {
    for _ in 0..3 {
        let output = gateway.run(client, &["run", "--rm", "-i", "--network=none", "bb:1", "cat"], "x\n").await;
        assert_eq!(output, "x\n");
    }
    // More than any buffer on the way.
    let many = "0123456789abcdef\n".repeat(100_000);
    let output = gateway.run(client, &["run", "--rm", "-i", "--network=none", "bb:1", "cat"], &many).await;
    assert_eq!(output.len(), many.len());
}

async fn build(gateway: &Gateway, client: &str, folder: &Path) {
    let context = folder.join("context");
    fs_err::create_dir_all(&context).unwrap();
    fs_err::write(context.join("Dockerfile"), "FROM bb:1\nCOPY file /file\nRUN echo built > /proof\n").unwrap();
    fs_err::write(context.join("file"), "z".repeat(4 << 20)).unwrap();
    let arguments = ["build", "--network=none", "--no-cache", "-t", "built:1", context.to_str().unwrap()];
    gateway.run(client, &arguments, "").await;
    let output = gateway.run(client, &["run", "--rm", "--network=none", "built:1", "cat", "/proof"], "").await;
    assert_eq!(output, "built\n");
}

async fn exec_with_terminal(gateway: &Gateway, client: &str) {
    gateway.run(client, &["run", "-d", "--name=box", "--network=none", "bb:1", "sleep", "1000"], "").await;
    // `script` gives the client a terminal.
    let docker = gateway.docker(client);
    let mut command = tokio::process::Command::new("script");
    command.args(["-qec", &format!("{client} -H tcp://{} exec -it box sh -c 'echo in-$((40+2))'", gateway.address)]);
    command.arg("/dev/null").stdin(Stdio::null());
    for (key, value) in docker.as_std().get_envs() {
        match value {
            Some(value) => command.env(key, value),
            None => command.env_remove(key),
        };
    }
    let done = timeout(Duration::from_secs(30), command.output()).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&done.stdout).contains("in-42"), "{done:?}");
    gateway.run(client, &["rm", "-f", "box"], "").await;
}

async fn logs_are_cut(gateway: &Gateway, client: &str) {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let talk = "while true; do echo talk; sleep 1; done";
    gateway.run(client, &["run", "-d", "--name=talker", "--network=none", "bb:1", "sh", "-c", talk], "").await;
    let logs = ["logs", "-f", "talker"];
    let attach = ["attach", "--sig-proxy=false", "talker"];
    let mut open = Vec::new();
    for arguments in [&logs[..], &attach[..]] {
        let mut command = gateway.docker(client);
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(Duration::from_secs(10), lines.next_line()).await.unwrap().unwrap();
        assert_eq!(line.as_deref(), Some("talk"));
        open.push((child, lines));
    }
    let start = Instant::now();
    gateway.cut.cancel();
    for (mut child, _lines) in open {
        timeout(Duration::from_secs(1), child.wait()).await.unwrap().unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(1));
    // Ended by the server, not by the container. This listener serves no bodies any more, another does.
    let other = self::gateway(gateway.rig.end.engine.path()).await;
    other.run(client, &["rm", "-f", "talker"], "").await;
}
