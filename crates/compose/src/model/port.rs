//! `ports`.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Position;

/// One port or an unbroken range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// First port.
    pub start: u16,
    /// Last port; equal to `start` for a single port.
    pub end: u16,
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == self.end { write!(f, "{}", self.start) } else { write!(f, "{}-{}", self.start, self.end) }
    }
}

impl Serialize for PortRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One container port. Ranges of equal length are expanded into single ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Port {
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ingress` or `host`; `ingress` for short forms read by `stack deploy` and the specification, absent where a long form leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The host address to bind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_ip: Option<String>,
    /// The container port.
    pub target: u16,
    /// The published port; a range means any free one of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PortRange>,
    /// `tcp`, `udp` or `sctp`; `tcp` for short forms, absent where a long form leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// The application protocol, such as `http`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<String>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: std::collections::BTreeMap<String, serde_json::Value>,
    /// Where it stood.
    #[serde(skip)]
    pub at: Position,
}
