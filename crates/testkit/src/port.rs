//! Ports for programs that cannot bind port 0 and say what they got.

use std::net::{IpAddr, SocketAddr, TcpListener};

use anyhow::{Context, Result};

/// Returns a port that was free a moment ago on this address.
///
/// # Errors
/// If the address is not this machine's.
pub fn free_port(address: IpAddr) -> Result<u16> {
    let listener = TcpListener::bind(SocketAddr::new(address, 0)).with_context(|| format!("binding {address}"))?;
    Ok(listener.local_addr()?.port())
}
