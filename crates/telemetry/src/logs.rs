//! The process's log.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Readable lines, coloured where standard error is a terminal.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is malformed.
    #[error("reading the log filter `{filter}`")]
    Filter {
        /// What was given.
        filter: String,
        /// Why it is malformed.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Another log is in force already.
    #[error("a log is set up already")]
    Installed(#[source] tracing_subscriber::util::TryInitError),
}

/// Sets up the process's log; `filter` is in the form `info,registry=debug`.
///
/// # Errors
/// If the filter is malformed or a log is set up already.
pub fn init(filter: &str, format: LogFormat) -> Result<(), LogError> {
    let parsed = EnvFilter::try_new(filter).map_err(|source| LogError::Filter { filter: filter.to_owned(), source })?;
    let registry = tracing_subscriber::registry().with(parsed);
    match format {
        LogFormat::Text => registry
            .with(fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()))
            .try_init(),
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()
        }
    }
    .map_err(LogError::Installed)
}
