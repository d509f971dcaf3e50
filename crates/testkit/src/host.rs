//! A host of its own: a network namespace with one veth pair to the test.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A network namespace `hft-N` with address `10.99.N.2`; the test is `10.99.N.1`. No default route, so that
/// nothing inside can reach further.
#[derive(Debug)]
pub struct Host {
    number: u8,
}

const OWNERS: &str = "/run/holdfast-testkit";

impl Host {
    /// Makes a namespace with a number that nobody else uses.
    ///
    /// # Errors
    /// If not root, or without the `ip` program.
    pub fn new() -> Result<Self> {
        fs_err::create_dir_all(OWNERS)?;
        for number in 1..=200_u8 {
            Self::clear_abandoned(number);
            let (outer, name) = (format!("hft{number}"), format!("hft-{number}"));
            // Making the link is the claim: the kernel lets only one succeed.
            if ip(&["link", "add", &outer, "type", "veth", "peer", "name", &format!("hfp{number}")]).is_err() {
                continue;
            }
            let host = Self { number };
            fs_err::write(host.owner_file(), std::process::id().to_string())?;
            ip(&["netns", "add", &name])?;
            ip(&["link", "set", &format!("hfp{number}"), "netns", &name, "name", "eth0"])?;
            ip(&["addr", "add", &format!("{}/24", host.outer_address()), "dev", &outer])?;
            ip(&["link", "set", &outer, "up"])?;
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
            ip(&["-n", &name, "addr", "add", &format!("{}/24", host.address()), "dev", "eth0"])?;
            ip(&["-n", &name, "link", "set", "eth0", "up"])?;
            return Ok(host);
        }
        bail!("no number from 1 to 200 is free for a network namespace (root and iproute2 are needed)")
    }

    /// Returns the address of the host, as seen by the test.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 99, self.number, 2)
    }

    /// Returns the test's own address, as seen from inside.
    #[must_use]
    pub fn outer_address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 99, self.number, 1)
    }

    /// Returns a name that no other host of this machine has now.
    #[must_use]
    pub fn name(&self) -> String {
        format!("hft-{}", self.number)
    }

    /// Returns a command that runs a shell script inside, in mount and UTS namespaces of its own with an empty `/run`.
    #[must_use]
    pub fn command(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/var/run/netns/{}", self.name()));
        // `/etc/docker` is private too: what an agent writes there must not reach the machine.
        command.args(["unshare", "-m", "-u", "sh", "-c"]);
        command.arg(format!(
            "mount -t tmpfs tmpfs /run && mkdir -p /etc/docker && mount -t tmpfs tmpfs /etc/docker && hostname {} && {script}",
            self.name()
        ));
        command
    }

    fn owner_file(&self) -> PathBuf {
        PathBuf::from(OWNERS).join(format!("{}.pid", self.number))
    }

    /// Removes what a killed run has left.
    fn clear_abandoned(number: u8) {
        let host = std::mem::ManuallyDrop::new(Self { number });
        let Ok(owner) = fs_err::read_to_string(host.owner_file()) else { return };
        if !PathBuf::from(format!("/proc/{}", owner.trim())).exists() {
            host.remove();
        }
    }

    fn remove(&self) {
        let _ = ip(&["netns", "del", &self.name()]);
        let _ = ip(&["link", "del", &format!("hft{}", self.number)]);
        let _ = fs_err::remove_file(self.owner_file());
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.remove();
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output().context("running ip")?;
    if output.status.success() {
        Ok(())
    } else {
        bail!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim())
    }
}
