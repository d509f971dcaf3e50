//! The scripts of a bundle that point a shell's docker at the server.

use base::{AccountName, ClusterId};

/// What the scripts say.
pub(super) struct Env<'a> {
    pub(super) user: &'a AccountName,
    pub(super) host: &'a str,
    pub(super) cluster: ClusterId,
    pub(super) is_admin: bool,
}

/// Reports whether a text is a `host:port` that may stand in a script without quotes.
pub(super) fn is_host(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    (1..=255).contains(&host.len())
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

impl Env<'_> {
    fn notice(&self, comment: &str) -> String {
        let mut lines = format!("{comment} Client bundle of user {}\n{comment} Cluster {}\n", self.user, self.cluster);
        if self.is_admin {
            lines.push_str(comment);
            lines.push_str(" This user is an administrator: keep these files as you keep a password.\n");
        }
        lines
    }

    /// Returns `env.sh`: to be sourced, or evaluated within its directory.
    pub(super) fn sh(&self) -> String {
        format!(
            r#"__bundle="$(cd "$(dirname -- "${{BASH_SOURCE:-.}}")" 2>/dev/null && pwd)"
if [ ! -f "$__bundle/cert.pem" ]; then __bundle="$(pwd)"; fi
export DOCKER_TLS_VERIFY=1
export COMPOSE_TLS_VERSION=TLSv1_2
export DOCKER_CERT_PATH="$__bundle"
export DOCKER_HOST=tcp://{host}
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE __bundle
{notice}# Run this within this directory to point your shell's docker at the cluster:
# eval "$(<env.sh)"
"#,
            host = self.host,
            notice = self.notice("#")
        )
    }

    /// Returns `env.ps1`.
    pub(super) fn ps1(&self) -> String {
        format!(
            r#"$env:DOCKER_TLS_VERIFY = "1"
$env:COMPOSE_TLS_VERSION = "TLSv1_2"
$env:DOCKER_CERT_PATH = $(Split-Path $script:MyInvocation.MyCommand.Path)
$env:DOCKER_HOST = "tcp://{host}"
Remove-Item Env:REQUESTS_CA_BUNDLE, Env:CURL_CA_BUNDLE -ErrorAction SilentlyContinue
{notice}# Run this within this directory to point your shell's docker at the cluster:
# Import-Module .\env.ps1
"#,
            host = self.host,
            notice = self.notice("#")
        )
        .replace('\n', "\r\n")
    }

    /// Returns `env.cmd`.
    pub(super) fn cmd(&self) -> String {
        format!(
            "@echo off\nset DOCKER_TLS_VERIFY=1\nset COMPOSE_TLS_VERSION=TLSv1_2\nset DOCKER_CERT_PATH=%~dp0\n\
             set DOCKER_HOST=tcp://{host}\nset REQUESTS_CA_BUNDLE=\nset CURL_CA_BUNDLE=\n{notice}\
             REM Run this within this directory to point your shell's docker at the cluster:\nREM env.cmd\n",
            host = self.host,
            notice = self.notice("REM")
        )
        .replace('\n', "\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_hosts_go_into_scripts() {
        for good in ["ucp.example.org:443", "10.0.0.1:7443", "[::1]:7443"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["ucp.example.org", "a b:1", "x;reboot:443", "$(id):443", "x:0", "x:99999", ":443", "x:443\nid"] {
            assert!(!is_host(bad), "{bad:?}");
        }
    }
}
