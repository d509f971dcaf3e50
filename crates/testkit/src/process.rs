//! A child process with its output in a file, ended by process id.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::wait::wait_for;

/// A running child process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command; both of its streams are appended to the file `log`.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = fs_err::OpenOptions::new().create(true).append(true).open(log)?;
        let (out, err) = (file.file().try_clone()?, file.file().try_clone()?);
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        Ok(Self { child, log: log.to_path_buf() })
    }

    /// Returns the process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns what the process has written so far.
    #[must_use]
    pub fn output(&self) -> String {
        fs_err::read_to_string(&self.log).unwrap_or_default()
    }

    /// Reports whether the process has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks the process to end and waits; kills it when it does not within the time.
    pub fn terminate(&mut self, within: Duration) -> Option<ExitStatus> {
        if let Some(status) = self.ended() {
            return Some(status);
        }
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let ended = wait_for("the process to end", within, || self.ended()).ok();
        if ended.is_none() {
            self.kill();
        }
        ended
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.terminate(Duration::from_secs(10));
    }
}
