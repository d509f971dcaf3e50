//! Measures what the gateway adds to Docker API requests: the bare engine's socket against TLS with a client
//! certificate, in turns, in one run. Prints a table for `docs/benchmarks.md`.

#![expect(clippy::print_stdout, reason = "a program that prints what it found")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use holdfast_e2e::World;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const ROUNDS: usize = 5;
const REQUESTS: usize = 2000;

fn main() -> Result<()> {
    let program = std::env::args().nth(1).context("usage: bench-gateway PATH-OF-HOLDFAST (a release build)")?;
    let Some(world) = World::start_for("bench", &program)? else { bail!("no engine can run here") };
    let docker = world.engine.docker();
    for number in 0..100 {
        docker.must(&["create", "--name", &format!("idle-{number}"), "busybox:1", "true"])?;
    }
    let server = world.server.process_id().context("the server's process")?;
    println!("idle: {} MiB resident", resident_mib(server)?);
    let paths = ["/_ping", "/v1.41/containers/idle-0/json", "/v1.41/containers/json?all=1"];
    println!("| request | bare p50 ms | p99 | through p50 | p99 | added p50 | added p99 | cpu-ms each |");
    println!("|---|---|---|---|---|---|---|---|");
    for path in paths {
        let (mut bare, mut through) = (Vec::new(), Vec::new());
        let mut cpu = 0.0;
        let requests = if path.contains("all=1") { REQUESTS / 10 } else { REQUESTS };
        for _ in 0..ROUNDS {
            bare.extend(measure(bare_stream(&world)?, path, requests)?);
            let before = cpu_ms(server)?;
            through.extend(measure(tls_stream(&world)?, path, requests)?);
            cpu += cpu_ms(server)? - before;
        }
        let (b50, b99) = quantiles(&mut bare);
        let (t50, t99) = quantiles(&mut through);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let each = cpu / (ROUNDS * requests) as f64;
        println!(
            "| `{path}` | {b50:.3} | {b99:.3} | {t50:.3} | {t99:.3} | {:.3} | {:.3} | {each:.3} |",
            t50 - b50,
            t99 - b99
        );
    }
    println!("after: {} MiB resident", resident_mib(server)?);
    Ok(())
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

fn bare_stream(world: &World) -> Result<Box<dyn Stream>> {
    Ok(Box::new(UnixStream::connect(world.engine.socket())?))
}

fn tls_stream(world: &World) -> Result<Box<dyn Stream>> {
    let bundle = world.admin.bundle();
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(bundle.join("ca.pem"))? {
        roots.add(certificate?)?;
    }
    let chain: Vec<_> = CertificateDer::pem_file_iter(bundle.join("cert.pem"))?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(bundle.join("key.pem"))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    let authority = world.server.authority();
    let host = authority.rsplit_once(':').map_or(authority.as_str(), |(host, _)| host).to_owned();
    let socket = TcpStream::connect(&authority)?;
    socket.set_nodelay(true)?;
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
    Ok(Box::new(StreamOwned::new(connection, socket)))
}

/// Sends requests one after another on one connection; returns the time of each.
fn measure(stream: Box<dyn Stream>, path: &str, requests: usize) -> Result<Vec<Duration>> {
    let mut reader = BufReader::new(stream);
    let request = format!("GET {path} HTTP/1.1\r\nHost: docker\r\n\r\n");
    let mut times = Vec::with_capacity(requests);
    for number in 0..requests + 50 {
        let began = Instant::now();
        reader.get_mut().write_all(request.as_bytes())?;
        reader.get_mut().flush()?;
        read_answer(&mut reader)?;
        if number >= 50 {
            times.push(began.elapsed());
        }
    }
    Ok(times)
}

fn read_answer(reader: &mut impl BufRead) -> Result<()> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        bail!("answered {line:?}");
    }
    let (mut length, mut chunked) = (0_usize, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
    }
    if !chunked {
        return discard(reader, length);
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16)?;
        discard(reader, size + 2)?;
        if size == 0 {
            return Ok(());
        }
    }
}

fn discard(reader: &mut impl BufRead, bytes: usize) -> Result<()> {
    std::io::copy(&mut reader.take(bytes as u64), &mut std::io::sink())?;
    Ok(())
}

fn quantiles(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1000].as_secs_f64() * 1000.0;
    (at(500), at(990))
}

fn resident_mib(process: u32) -> Result<u64> {
    let status = fs_err::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
    Ok(line.split_whitespace().nth(1).context("a number")?.parse::<u64>()? / 1024)
}

fn cpu_ms(process: u32) -> Result<f64> {
    let stat = fs_err::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    let hertz = Command::new("getconf").arg("CLK_TCK").output()?;
    Ok(ticks * 1000.0 / String::from_utf8_lossy(&hertz.stdout).trim().parse::<f64>()?)
}
