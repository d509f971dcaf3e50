//! The server's boot settings.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::ConfigError;
use crate::external::ExternalName;

/// The port that is listened on unless told otherwise.
const DEFAULT_LISTEN: &str = "0.0.0.0:7443";

/// A configuration file, or the command line in the same form: what is absent is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerFile {
    /// The data directory.
    pub data_dir: Option<PathBuf>,
    /// Address of the TLS listener.
    pub listen: Option<SocketAddr>,
    /// Address of the listener without TLS; loopback only.
    pub plain_listen: Option<SocketAddr>,
    /// Address for agents' tunnels (mutual TLS only); off unless given.
    pub agent_listen: Option<SocketAddr>,
    /// Names by which the server is known, `HOST` or `HOST:PORT`.
    #[serde(default)]
    pub external_names: Vec<String>,
    /// The first administrator's name; used at the first start.
    pub admin_user: Option<String>,
    /// A file with the first administrator's password; used at the first start.
    pub admin_password_file: Option<PathBuf>,
    /// The engine beside this server, `unix:///PATH`.
    pub engine: Option<String>,
    /// Where engines read registries' certificates (`/etc/docker/certs.d`).
    pub engine_certs_dir: Option<PathBuf>,
    /// `control,registry`.
    pub roles: Option<String>,
    /// An own server certificate.
    pub tls: Option<TlsFiles>,
    /// The log.
    pub log: Option<LogStyle>,
}

/// Files of an own server certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub certificate_file: Option<PathBuf>,
    /// Its key, PEM.
    pub key_file: Option<PathBuf>,
}

/// How the process logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogStyle {
    /// `info`, `info,registry=debug`, ….
    pub filter: Option<String>,
    /// Whether lines are JSON objects.
    #[serde(default)]
    pub json: bool,
}

/// The engine beside a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineSocket(pub PathBuf);

/// What a process serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// The control plane.
    pub control: bool,
    /// The trusted registry.
    pub registry: bool,
}

/// Settings that are complete and agree with each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// The data directory.
    pub data_dir: PathBuf,
    /// Address of the TLS listener.
    pub listen: SocketAddr,
    /// Address of the listener without TLS.
    pub plain_listen: Option<SocketAddr>,
    /// Address for agents' tunnels.
    pub agent_listen: Option<SocketAddr>,
    /// Names given; empty if the server is to choose.
    pub external_names: Vec<ExternalName>,
    /// The first administrator's name.
    pub admin_user: Option<String>,
    /// A file with the first administrator's password.
    pub admin_password_file: Option<PathBuf>,
    /// The engine beside this server.
    pub engine: Option<EngineSocket>,
    /// Where engines read registries' certificates.
    pub engine_certs_dir: PathBuf,
    /// What is served.
    pub roles: Roles,
    /// An own server certificate: chain and key files.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The log.
    pub log: LogStyle,
}

impl ServerFile {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// If it cannot be read, is malformed, or holds a key that is not known.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs_err::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        toml::from_str(&text)
            .map_err(|error| ConfigError::Parse { path: path.to_path_buf(), message: error.to_string() })
    }

    /// Lays the command line over the file: what the command line says wins.
    #[must_use]
    pub fn overlaid_by(self, over: Self) -> Self {
        Self {
            data_dir: over.data_dir.or(self.data_dir),
            listen: over.listen.or(self.listen),
            plain_listen: over.plain_listen.or(self.plain_listen),
            agent_listen: over.agent_listen.or(self.agent_listen),
            external_names: if over.external_names.is_empty() { self.external_names } else { over.external_names },
            admin_user: over.admin_user.or(self.admin_user),
            admin_password_file: over.admin_password_file.or(self.admin_password_file),
            engine: over.engine.or(self.engine),
            engine_certs_dir: over.engine_certs_dir.or(self.engine_certs_dir),
            roles: over.roles.or(self.roles),
            tls: over.tls.or(self.tls),
            log: over.log.or(self.log),
        }
    }

    /// Completes and checks the settings.
    ///
    /// # Errors
    /// If something needed is missing, or settings contradict each other.
    pub fn settle(self) -> Result<ServerSettings, ConfigError> {
        let listen = match self.listen {
            Some(listen) => listen,
            None => DEFAULT_LISTEN.parse().map_err(|_| ConfigError::Missing("--listen"))?,
        };
        if let Some(plain) = self.plain_listen.filter(|plain| !plain.ip().is_loopback()) {
            return Err(ConfigError::PlainNotLoopback(plain));
        }
        refuse_same(&[Some(listen), self.plain_listen, self.agent_listen])?;
        let names: Result<Vec<_>, _> =
            self.external_names.iter().map(|name| ExternalName::parse(name, listen.port())).collect();
        Ok(ServerSettings {
            data_dir: self.data_dir.ok_or(ConfigError::Missing("--data-dir"))?,
            listen,
            plain_listen: self.plain_listen,
            agent_listen: self.agent_listen,
            external_names: names?,
            admin_user: self.admin_user,
            admin_password_file: self.admin_password_file,
            engine: self.engine.as_deref().map(engine_socket).transpose()?,
            engine_certs_dir: self.engine_certs_dir.unwrap_or_else(|| "/etc/docker/certs.d".into()),
            roles: roles(self.roles.as_deref())?,
            certificate: certificate(self.tls.unwrap_or_default())?,
            log: self.log.unwrap_or_default(),
        })
    }
}

fn refuse_same(addresses: &[Option<SocketAddr>]) -> Result<(), ConfigError> {
    let mut seen = Vec::new();
    for address in addresses.iter().flatten().filter(|address| address.port() != 0) {
        if seen.contains(address) {
            return Err(ConfigError::SameAddress(*address));
        }
        seen.push(*address);
    }
    Ok(())
}

fn engine_socket(text: &str) -> Result<EngineSocket, ConfigError> {
    match text.strip_prefix("unix://") {
        Some(path) if path.starts_with('/') => Ok(EngineSocket(path.into())),
        _ => Err(ConfigError::Engine(text.to_owned())),
    }
}

fn roles(text: Option<&str>) -> Result<Roles, ConfigError> {
    let Some(text) = text else { return Ok(Roles { control: true, registry: true }) };
    let mut names: Vec<&str> = text.split(',').map(str::trim).collect();
    names.sort_unstable();
    match names.as_slice() {
        ["control", "registry"] => Ok(Roles { control: true, registry: true }),
        _ => Err(ConfigError::Roles(text.to_owned())),
    }
}

fn certificate(files: TlsFiles) -> Result<Option<(PathBuf, PathBuf)>, ConfigError> {
    match (files.certificate_file, files.key_file) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, None) => Ok(None),
        _ => Err(ConfigError::HalfCertificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimal() -> ServerFile {
        ServerFile { data_dir: Some("/d".into()), ..ServerFile::default() }
    }

    #[test]
    fn a_plain_listener_is_loopback_only() {
        let file = ServerFile { plain_listen: "0.0.0.0:80".parse().ok(), ..minimal() };
        assert!(matches!(file.settle(), Err(ConfigError::PlainNotLoopback(_))));
        let file = ServerFile { plain_listen: "127.0.0.1:80".parse().ok(), ..minimal() };
        assert!(file.settle().is_ok());
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file: ServerFile = toml::from_str("listen = \"127.0.0.1:1\"\nexternal_names = [\"a.example\"]").unwrap();
        let over = ServerFile { listen: "127.0.0.1:2".parse().ok(), ..minimal() };
        let settled = file.overlaid_by(over).settle().unwrap();
        assert_eq!(settled.listen.port(), 2);
        assert_eq!(settled.external_names[0].to_string(), "a.example:2");
    }

    #[test]
    fn wrong_settings_are_named() {
        assert!(toml::from_str::<ServerFile>("lisen = 1").unwrap_err().to_string().contains("lisen"));
        assert!(matches!(ServerFile::default().settle(), Err(ConfigError::Missing("--data-dir"))));
        let tcp = ServerFile { engine: Some("tcp://x".into()), ..minimal() };
        assert!(matches!(tcp.settle(), Err(ConfigError::Engine(_))));
        let half =
            ServerFile { tls: Some(TlsFiles { certificate_file: Some("c".into()), key_file: None }), ..minimal() };
        assert!(matches!(half.settle(), Err(ConfigError::HalfCertificate)));
        let alone = ServerFile { roles: Some("control".into()), ..minimal() };
        assert!(matches!(alone.settle(), Err(ConfigError::Roles(_))));
        let same =
            ServerFile { listen: "127.0.0.1:5".parse().ok(), plain_listen: "127.0.0.1:5".parse().ok(), ..minimal() };
        assert!(matches!(same.settle(), Err(ConfigError::SameAddress(_))));
    }
}
