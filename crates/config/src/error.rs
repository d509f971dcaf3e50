//! What can be wrong with boot settings.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::external::ExternalNameError;

/// Boot settings that cannot be used; each message says what to give instead.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("reading the configuration file `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is malformed; the message names line, column and key.
    #[error("the configuration file `{path}` cannot be used: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// A setting is needed and nowhere given.
    #[error("`{0}` is needed: give it on the command line or in the configuration file")]
    Missing(&'static str),
    /// The listener without TLS is reachable from outside.
    #[error(
        "`--plain-listen {0}` is refused: without TLS only a loopback address may be served, such as 127.0.0.1:7445"
    )]
    PlainNotLoopback(SocketAddr),
    /// Two listeners want the same address.
    #[error("two listeners are given the same address, {0}")]
    SameAddress(SocketAddr),
    /// The engine's address is of a kind that is not served.
    #[error("`--engine {0}` cannot be used: give a socket, such as unix:///var/run/docker.sock")]
    Engine(String),
    /// An external name is malformed.
    #[error("an external name cannot be used")]
    External(#[from] ExternalNameError),
    /// A role is unknown, or a combination is not open yet.
    #[error(
        "roles `{0}` cannot be served: one process serves `control,registry`; apart from each other is not open yet"
    )]
    Roles(String),
    /// Only half of a certificate is given.
    #[error("a server certificate needs both `tls.certificate_file` and `tls.key_file`")]
    HalfCertificate,
}
