//! The stock docker client, with a configuration of its own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};

/// What a run of the client gave.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Whether it ended with 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// Returns both streams, for messages and searches.
    #[must_use]
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A docker client: a program, where it connects to, and a configuration folder of its own.
#[derive(Debug, Clone)]
pub struct Docker {
    program: PathBuf,
    environment: Vec<(String, String)>,
    folder: Arc<tempfile::TempDir>,
}

impl Docker {
    /// Makes a client (`docker` of the PATH, 20.10 where the package's is found) for a `DOCKER_HOST`.
    ///
    /// # Panics
    /// If no temporary folder can be made.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without a temporary folder cannot go on")]
    pub fn new(host: &str) -> Self {
        let packaged = PathBuf::from("/usr/bin/docker");
        Self {
            program: if packaged.is_file() { packaged } else { "docker".into() },
            environment: vec![
                ("DOCKER_HOST".to_owned(), host.to_owned()),
                ("DOCKER_BUILDKIT".to_owned(), "0".to_owned()),
                ("DOCKER_CLI_HINTS".to_owned(), "false".to_owned()),
            ],
            folder: Arc::new(tempfile::Builder::new().prefix("hf-docker-").tempdir().expect("a temporary folder")),
        }
    }

    /// Makes a client from a client bundle's folder.
    #[must_use]
    pub fn with_bundle(bundle: &std::path::Path, host: &str) -> Self {
        let mut client = Self::new(host);
        client.environment.push(("DOCKER_TLS_VERIFY".to_owned(), "1".to_owned()));
        client.environment.push(("DOCKER_CERT_PATH".to_owned(), bundle.display().to_string()));
        client
    }

    /// Uses another client program, such as docker 28.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Prepares a command without running it.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::null());
        command.env_remove("DOCKER_CONTEXT").env("DOCKER_CONFIG", self.folder.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the client to its end.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Result<Ran> {
        Ok(self.command(arguments).output().with_context(|| format!("docker {}", arguments.join(" ")))?.into())
    }

    /// Runs the client with something on its standard input.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Result<Ran> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("docker {}", arguments.join(" ")))?;
        if let Some(mut stdin) = child.stdin.take() {
            let input = input.to_vec();
            // A writer of its own: the client may fill its output before it has read all.
            std::thread::spawn(move || stdin.write_all(&input));
        }
        Ok(child.wait_with_output()?.into())
    }

    /// Runs the client and fails unless it ends with 0; returns its standard output.
    ///
    /// # Errors
    /// With both streams, if it does not end with 0.
    pub fn must(&self, arguments: &[&str]) -> Result<String> {
        let ran = self.run(arguments)?;
        if ran.success { Ok(ran.stdout) } else { bail!("docker {}: {}", arguments.join(" "), ran.all()) }
    }

    /// Runs the client and fails unless it is refused; returns what it said.
    ///
    /// # Errors
    /// If it succeeds.
    pub fn refused(&self, arguments: &[&str]) -> Result<String> {
        let ran = self.run(arguments)?;
        if ran.success { bail!("docker {} was not refused: {}", arguments.join(" "), ran.all()) } else { Ok(ran.all()) }
    }
}
