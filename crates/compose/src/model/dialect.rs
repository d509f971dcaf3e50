//! The dialects of Compose files and the clients that read them.

use std::fmt;

/// What a file was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Dialect {
    /// Services at the top level, no `version`.
    V1,
    /// `version: "2"` (minor 0) to `"2.4"`.
    V2(u8),
    /// `version: "3"` (minor 0) to `"3.13"`.
    V3(u8),
    /// The Compose specification: no `version`, or one that the client ignores.
    #[default]
    Specification,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V1 => f.write_str("1"),
            Self::V2(minor) => write!(f, "2.{minor}"),
            Self::V3(minor) => write!(f, "3.{minor}"),
            Self::Specification => f.write_str("specification"),
        }
    }
}

/// A release of the docker client whose `stack deploy` is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StackClient {
    /// docker 20.10.
    V20_10,
    /// docker 28.
    V28,
}

/// The stock client whose reading of a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Client {
    /// `docker stack deploy`.
    StackDeploy(StackClient),
    /// `docker-compose` 1.29.
    ComposeV1_29,
    /// `docker compose`: the Compose specification.
    #[default]
    Specification,
}
