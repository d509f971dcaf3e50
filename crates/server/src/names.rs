//! The names under which this server is known, settled at the first start.

use std::net::{IpAddr, SocketAddr};
use std::process::Command as Program;

use anyhow::{Context, Result};
use base::OperationId;
use config::{ExternalName, default_external_host};
use state::control::settings::{self, SettingSet, names};
use state::control::{Command, ControlStore};

/// Returns the external names: those given (they are recorded), else those recorded, else one chosen from
/// the machine.
pub(crate) async fn settle(
    store: &ControlStore,
    given: &[ExternalName],
    listen: SocketAddr,
) -> Result<Vec<ExternalName>> {
    let recorded: Option<Vec<ExternalName>> =
        store.read(|conn| settings::get_as(conn, names::EXTERNAL_NAMES)).await.context("reading the external names")?;
    let chosen = match (given, recorded) {
        ([], Some(recorded)) if !recorded.is_empty() => return Ok(recorded),
        ([], _) => vec![choose(listen)?],
        (given, Some(recorded)) if given == recorded => return Ok(recorded),
        (given, _) => given.to_vec(),
    };
    let value = serde_json::to_value(&chosen)?;
    let set = SettingSet { name: names::EXTERNAL_NAMES.to_owned(), value: Some(value), only_if_absent: false };
    store.write(OperationId::random(), Command::SettingSet(set)).await.context("recording the external names")?;
    Ok(chosen)
}

fn choose(listen: SocketAddr) -> Result<ExternalName> {
    // A listener on one address is known by that address.
    if !listen.ip().is_unspecified() {
        return Ok(ExternalName::parse(&bracketed(listen.ip()), listen.port())?);
    }
    let host = default_external_host(&full_host_name(), &addresses());
    Ok(ExternalName::parse(&host, listen.port())?)
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The resolver knows the full name; the kernel only what was set.
fn full_host_name() -> String {
    let resolved = Program::new("hostname").arg("-f").output().ok().filter(|output| output.status.success());
    match resolved {
        Some(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        None => gethostname::gethostname().to_string_lossy().into_owned(),
    }
}

/// The machine's addresses as `hostname -I` lists them; empty where that program is missing.
fn addresses() -> Vec<IpAddr> {
    let Ok(output) = Program::new("hostname").arg("-I").output() else { return Vec::new() };
    String::from_utf8_lossy(&output.stdout).split_whitespace().filter_map(|text| text.parse().ok()).collect()
}
