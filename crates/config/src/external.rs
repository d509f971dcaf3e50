//! Names under which clients and engines know a server.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is no external name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not HOST or HOST:PORT; HOST is a DNS name or an address")]
pub struct ExternalNameError(String);

/// A host (DNS name or address) with the port at which it is reached.
///
/// Docker takes a name that has neither a dot nor a port for a name on Docker Hub: the port is therefore
/// always written, except 443.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalName {
    host: String,
    port: u16,
}

impl ExternalName {
    /// Reads `HOST` or `HOST:PORT`; `[::1]:7443` for IPv6. Without a port, `port` is taken.
    ///
    /// # Errors
    /// If the host is neither a DNS name (RFC 1123) nor an address, or the port is 0.
    pub fn parse(text: &str, port: u16) -> Result<Self, ExternalNameError> {
        let wrong = || ExternalNameError(text.chars().take(80).collect());
        if let Ok(IpAddr::V6(address)) = text.parse() {
            return Ok(Self { host: format!("[{address}]"), port });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, digits)) => (host, digits.parse().ok().filter(|port| *port != 0).ok_or_else(wrong)?),
            None => (text, port),
        };
        let host = host.to_ascii_lowercase();
        let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let good = match bracketed {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
            None => is_dns_name(&host),
        };
        if good { Ok(Self { host, port }) } else { Err(wrong()) }
    }

    /// Returns the host without the port, as it goes into certificates.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns `https://HOST[:PORT]`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{self}")
    }
}

impl fmt::Display for ExternalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.port == 443 { f.write_str(&self.host) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

impl FromStr for ExternalName {
    type Err = ExternalNameError;

    fn from_str(text: &str) -> Result<Self, ExternalNameError> {
        Self::parse(text, 443)
    }
}

impl TryFrom<String> for ExternalName {
    type Error = ExternalNameError;

    fn try_from(text: String) -> Result<Self, ExternalNameError> {
        text.parse()
    }
}

impl From<ExternalName> for String {
    fn from(name: ExternalName) -> Self {
        name.to_string()
    }
}

fn is_dns_name(host: &str) -> bool {
    (1..=253).contains(&host.len())
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// Chooses the host by which a server is known when none is given: its full name if it has a dot, else its
/// first address that is not loopback, else `127.0.0.1`.
#[must_use]
pub fn default_external_host(full_name: &str, addresses: &[IpAddr]) -> String {
    let name = full_name.to_ascii_lowercase();
    if name.contains('.') && is_dns_name(&name) && !name.starts_with("localhost.") {
        return name;
    }
    match addresses.iter().find(|address| !address.is_loopback() && !address.is_unspecified()) {
        Some(IpAddr::V6(address)) => format!("[{address}]"),
        Some(address) => address.to_string(),
        None => "127.0.0.1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_written_unless_it_is_443() {
        assert_eq!(ExternalName::parse("Reg.Example.com", 7443).unwrap().to_string(), "reg.example.com:7443");
        assert_eq!(ExternalName::parse("reg.example.com:443", 7443).unwrap().to_string(), "reg.example.com");
        assert_eq!(ExternalName::parse("10.0.0.5:7443", 1).unwrap().to_string(), "10.0.0.5:7443");
        let six = ExternalName::parse("[2001:db8::1]:7443", 1).unwrap();
        assert_eq!((six.to_string().as_str(), six.host()), ("[2001:db8::1]:7443", "2001:db8::1"));
        for bad in ["", "a b", "http://x", "x:0", "x:99999", "-x", "x/y", "x\r\ny", "[::1", "ſ.com"] {
            assert!(ExternalName::parse(bad, 443).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_default_host_is_one_that_docker_takes_for_a_registry() {
        let outside = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([10, 0, 0, 5])];
        assert_eq!(default_external_host("node1.example.com", &outside), "node1.example.com");
        assert_eq!(default_external_host("node1", &outside), "10.0.0.5");
        assert_eq!(default_external_host("node1", &[]), "127.0.0.1");
    }
}
