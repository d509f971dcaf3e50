//! The server's certificate: one given by the operator, or one of the cluster's own authority.

use std::sync::Arc;

use anyhow::{Context, Result};
use config::ServerSettings;
use http_kit::{ClientTrust, ServerIdentity, TlsOptions, TlsSettings};
use pki::Validity;

use crate::parts::Parts;

/// The TLS listener's settings.
pub(crate) struct Tls {
    pub(crate) settings: TlsSettings,
    /// The fingerprint by which a machine that joins knows this server.
    pub(crate) pin: [u8; 32],
    /// What engines must trust to use this server as a registry, PEM.
    pub(crate) ca_pem: String,
}

/// Makes the settings of the TLS listener. A certificate of our own is made anew at each start: it is cheap, and
/// follows the external names.
pub(crate) fn settings(parts: &Parts, settings: &ServerSettings) -> Result<Tls> {
    let own = own_identity(parts)?;
    let (identity, by_name, ca_pem) = match &settings.certificate {
        None => (own, Vec::new(), parts.keys.client_ca.ca_pem().to_owned()),
        Some((certificate, key)) => {
            let chain = fs_err::read_to_string(certificate)?;
            let key = fs_err::read_to_string(key)?;
            let given = ServerIdentity::from_pem(&chain, &key).context("using the given server certificate")?;
            // On the machine itself the cluster's own certificate still answers.
            (given, vec![("localhost".to_owned(), own)], chain)
        }
    };
    let pin = identity.pin();
    let options = TlsOptions {
        identity,
        by_name,
        clients: Some(ClientTrust { ca_pem: parts.keys.client_ca.ca_pem().to_owned() }),
        http2: true,
        clock: Arc::clone(&parts.clock),
    };
    Ok(Tls { settings: TlsSettings::new(options).context("preparing TLS")?, pin, ca_pem })
}

fn own_identity(parts: &Parts) -> Result<ServerIdentity> {
    let mut names: Vec<String> = parts.names.iter().map(|name| name.host().to_owned()).collect();
    for local in ["localhost", "127.0.0.1"] {
        if !names.iter().any(|name| name == local) {
            names.push(local.to_owned());
        }
    }
    let issued = parts.keys.client_ca.issue_server(&names, Validity::leaf(parts.clock.now()))?;
    let chain = parts.keys.client_ca.chain_pem(&issued.certificate);
    ServerIdentity::from_pem(&chain, issued.key_pem.expose()).context("using the server's own certificate")
}
