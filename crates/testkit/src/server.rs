//! A real server process.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::docker::Docker;
use crate::port::free_port;
use crate::process::Process;
use crate::wait::wait_for;

/// How a server is to be started.
#[derive(Debug)]
pub struct ServerBuilder {
    program: PathBuf,
    address: IpAddr,
    engine: Option<PathBuf>,
    arguments: Vec<String>,
}

/// A running `holdfast server` with a data directory of its own.
#[derive(Debug)]
pub struct Server {
    builder: ServerBuilder,
    process: Option<Process>,
    folder: tempfile::TempDir,
    port: u16,
    plain_port: u16,
}

/// The password of the administrator of a test's server.
const PASSWORD: &str = "correct horse battery";

impl ServerBuilder {
    /// Begins with a program: the binary under test.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), address: IpAddr::from([127, 0, 0, 1]), engine: None, arguments: Vec::new() }
    }

    /// Sets the address on which the server listens and by which it is known.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// Puts the server beside an engine.
    #[must_use]
    pub fn engine(mut self, socket: PathBuf) -> Self {
        self.engine = Some(socket);
        self
    }

    /// Adds further arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// If it ends or is not ready within 30 seconds; with its log.
    pub fn start(self) -> Result<Server> {
        let folder = tempfile::Builder::new().prefix("hf-server-").tempdir()?;
        fs_err::write(folder.path().join("password"), PASSWORD)?;
        let (port, plain_port) = (free_port(self.address)?, free_port(IpAddr::from([127, 0, 0, 1]))?);
        let mut server = Server { builder: self, process: None, folder, port, plain_port };
        server.run()?;
        Ok(server)
    }
}

impl Server {
    fn run(&mut self) -> Result<()> {
        let folder = self.folder.path();
        let mut command = Command::new(&self.builder.program);
        command.arg("server").arg("--data-dir").arg(folder.join("data"));
        command.args(["--listen", &self.authority(), "--external-name", &self.authority(), "--admin-user", "admin"]);
        command.arg("--admin-password-file").arg(folder.join("password"));
        command.args(["--plain-listen", &format!("127.0.0.1:{}", self.plain_port)]);
        if let Some(engine) = &self.builder.engine {
            command.arg("--engine").arg(format!("unix://{}", engine.display()));
        }
        command.args(&self.builder.arguments);
        let mut process = Process::start(&mut command, &folder.join("log"))?;
        let ready = format!("http://127.0.0.1:{}/readyz", self.plain_port);
        let outcome = wait_for("the server to be ready", Duration::from_secs(30), || {
            if process.ended().is_some() {
                return Some(false);
            }
            let curl = Command::new("curl").args(["-sf", "-o", "/dev/null", &ready]).status();
            curl.is_ok_and(|status| status.success()).then_some(true)
        });
        match outcome {
            Ok(true) => {
                self.process = Some(process);
                Ok(())
            }
            Ok(false) => bail!("the server ended:\n{}", process.output()),
            Err(error) => Err(error).with_context(|| process.output()),
        }
    }

    /// Returns `ADDRESS:PORT` of the TLS listener: the server's external name.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.builder.address, self.port)
    }

    /// Returns the address of the plain listener, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn plain_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.plain_port)
    }

    /// Returns the address of the TLS listener, `https://ADDRESS:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}", self.authority())
    }

    /// Returns the administrator's password.
    #[must_use]
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// Returns the server's folder: `data`, `log`, `password`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns what the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs_err::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Returns the server's process id.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Runs the operator's command line against this server, as a user; returns standard output.
    ///
    /// # Errors
    /// With both streams, if it does not end with 0.
    pub fn cli(&self, home: &Path, arguments: &[&str]) -> Result<String> {
        let ran = self.cli_run(home, arguments)?;
        if ran.success { Ok(ran.stdout) } else { bail!("holdfast {}: {}", arguments.join(" "), ran.all()) }
    }

    /// Runs the operator's command line to its end.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn cli_run(&self, home: &Path, arguments: &[&str]) -> Result<crate::docker::Ran> {
        let mut command = Command::new(&self.builder.program);
        command.args(arguments).env("HOME", home).env("XDG_CONFIG_HOME", home.join(".config"));
        Ok(command.output().with_context(|| format!("holdfast {}", arguments.join(" ")))?.into())
    }

    /// Signs a user in at the command line with a home folder of its own.
    ///
    /// # Errors
    /// If the server refuses.
    pub fn login(&self, home: &Path, user: &str, password: &str) -> Result<()> {
        let file = home.join("password");
        fs_err::write(&file, password)?;
        let ca = home.join("server-ca.pem");
        let pem = Command::new("curl").args(["-sf", &format!("{}/ca", self.plain_url())]).output()?;
        fs_err::write(&ca, pem.stdout)?;
        let (url, ca, file) = (self.url(), ca.display().to_string(), file.display().to_string());
        self.cli(home, &["login", &url, "--user", user, "--password-file", &file, "--ca", &ca]).map(drop)
    }

    /// Returns a docker client that uses a client bundle's folder.
    #[must_use]
    pub fn docker(&self, bundle: &Path) -> Docker {
        Docker::with_bundle(bundle, &format!("tcp://{}", self.authority()))
    }

    /// Kills the server as a power cut would, and starts it again on the same data.
    ///
    /// # Errors
    /// If it does not become ready.
    pub fn crash_and_restart(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
        self.run()
    }

    /// Ends the server cleanly.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.terminate(Duration::from_secs(15));
        }
    }
}
