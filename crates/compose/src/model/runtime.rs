//! How a container runs: health, logs, hooks, credentials, hosts.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{CommandLine, Duration};

/// `healthcheck`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct HealthCheck {
    /// The test; absent where only times are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<HealthTest>,
    /// Time between tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Duration>,
    /// Time a test may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// Failures in a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    /// Time in which failures do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<Duration>,
    /// Time between tests in the start period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<Duration>,
    /// No test at all, not even the image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable: Option<bool>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// `healthcheck.test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum HealthTest {
    /// A string, run by the shell: the engine is given `["CMD-SHELL", text]`.
    Shell(String),
    /// A list that begins with `NONE`, `CMD` or `CMD-SHELL`.
    Words(Vec<String>),
}

impl HealthTest {
    /// Returns the list that engines take.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Shell(text) => vec!["CMD-SHELL".to_owned(), text.clone()],
            Self::Words(words) => words.clone(),
        }
    }
}

/// `logging`; v1's `log_driver` and `log_opt`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Logging {
    /// The driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// The driver's options; `None` is a null value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Option<String>>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// One `post_start` or `pre_stop` hook.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Hook {
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandLine>,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Privileged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// The directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Option<String>>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// `credential_spec`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CredentialSpec {
    /// The key of a config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// A file on the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// A value of the host's registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
}

/// One line of the hosts file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtraHost {
    /// The name.
    pub host: String,
    /// The address, or `host-gateway`. Empty where the text has no separator.
    pub address: String,
}

impl ExtraHost {
    /// `host:address`, as the older clients write it; the host alone where the text has no separator.
    pub(crate) fn line(&self) -> String {
        if self.address.is_empty() { self.host.clone() } else { format!("{}:{}", self.host, self.address) }
    }
}

impl Serialize for ExtraHost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}={}", self.host, self.address))
    }
}
