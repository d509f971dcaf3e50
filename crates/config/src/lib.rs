//! Boot settings of a server: defaults, then a TOML file, then the command line.
//!
//! What an administrator may change while the server runs is state, not configuration: it is in the
//! control store.

mod error;
mod external;
mod server;

pub use error::ConfigError;
pub use external::{ExternalName, ExternalNameError, default_external_host};
pub use server::{EngineSocket, LogStyle, Roles, ServerFile, ServerSettings, TlsFiles};
