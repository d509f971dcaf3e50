//! A real Docker Engine in a host of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::docker::Docker;
use crate::host::Host;
use crate::process::Process;
use crate::skip::{missing, skip};
use crate::wait::wait_for;

/// A running `dockerd` with its own data, execution root, cgroup parent and network namespace.
#[derive(Debug)]
pub struct Engine {
    process: Option<Process>,
    host: Host,
    folder: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Engine {
    /// Starts an engine, or says that `test` is skipped and why.
    ///
    /// # Errors
    /// If the engine does not come up.
    pub fn start_for(test: &str) -> Result<Option<Self>> {
        if let Some(program) = missing(&["dockerd", "docker", "ip", "nsenter", "iptables"]) {
            skip(test, &format!("`{program}` is not installed"));
            return Ok(None);
        }
        if !rustix::process::getuid().is_root() {
            skip(test, "an engine needs root");
            return Ok(None);
        }
        Self::start().map(Some)
    }

    /// Starts an engine.
    ///
    /// # Errors
    /// If it does not come up within 30 seconds.
    pub fn start() -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("hf-engine-").tempdir()?;
        let mut engine =
            Self { process: None, host: Host::new()?, folder: temporary.path().to_path_buf(), _temporary: temporary };
        engine.run()?;
        Ok(engine)
    }

    fn run(&mut self) -> Result<()> {
        let folder = self.folder.display();
        let name = self.host.name();
        let script = format!(
            "exec dockerd --data-root {folder}/data --exec-root {folder}/exec --pidfile {folder}/pid \
             -H unix://{folder}/docker.sock --cgroup-parent {name} --shutdown-timeout 1"
        );
        // The pid file of a killed engine would stop the next one.
        let _ = fs_err::remove_file(self.folder.join("pid"));
        let process = Process::start(&mut self.host.command(&script), &self.folder.join("log"))?;
        let docker = self.docker();
        wait_for("the engine to answer", Duration::from_secs(30), || {
            docker.run(&["version"]).ok().filter(|ran| ran.success)
        })
        .with_context(|| process.output())?;
        self.process = Some(process);
        Ok(())
    }

    /// Returns the engine's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    /// Returns a client that talks to the bare engine.
    #[must_use]
    pub fn docker(&self) -> Docker {
        Docker::new(&format!("unix://{}", self.socket().display()))
    }

    /// Returns the host in which the engine runs.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the id of the engine's process (of the shell that became it).
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        fs_err::read_to_string(self.folder.join("pid")).ok()?.trim().parse().ok()
    }

    /// Returns the engine's folder, with its log.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the engine a Swarm of one manager.
    ///
    /// # Errors
    /// If the engine refuses.
    pub fn swarm_init(&self) -> Result<()> {
        self.docker().must(&["swarm", "init", "--advertise-addr", &self.host.address().to_string()]).map(drop)
    }

    /// Restarts the engine, as a machine's restart would.
    ///
    /// # Errors
    /// If it does not come up again.
    pub fn restart(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.terminate(Duration::from_secs(20));
        }
        self.run()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Containers first: an engine waits for each of them when it ends.
        let docker = self.docker();
        let _ = docker.run(&["swarm", "leave", "--force"]);
        if let Ok(all) = docker.run(&["ps", "-aq"]) {
            let ids: Vec<&str> = all.stdout.split_whitespace().collect();
            if !ids.is_empty() {
                let _ = docker.run(&[&["rm", "-f"], ids.as_slice()].concat());
            }
        }
        if let Some(mut process) = self.process.take() {
            process.terminate(Duration::from_secs(20));
        }
        // Mounts that a container left would keep the folder from being removed.
        let mounts = fs_err::read_to_string("/proc/mounts").unwrap_or_default();
        let prefix = self.folder.display().to_string();
        for target in mounts.lines().filter_map(|line| line.split(' ').nth(1)).filter(|path| path.starts_with(&prefix))
        {
            let _ = Command::new("umount").args(["-l", target]).output();
        }
    }
}
