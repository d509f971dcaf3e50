//! Values with units, and values of more than one type.

use std::fmt;

use serde::{Serialize, Serializer};

/// A length of time in nanoseconds, as Go's `time.Duration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Duration(pub i64);

impl fmt::Display for Duration {
    /// Writes the form that Go writes (`1m30s`, `1.5s`, `10ms`), which every client reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let fraction = |f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str| {
            let digits = format!("{:0width$}", value % unit, width = unit.ilog10() as usize);
            let digits = digits.trim_end_matches('0');
            let dot = if digits.is_empty() || unit == 1 { "" } else { "." };
            let digits = if unit == 1 { "" } else { digits };
            write!(f, "{sign}{}{dot}{digits}{name}", value / unit)
        };
        match total {
            0 => f.write_str("0s"),
            1..1_000 => fraction(f, total, 1, "ns"),
            1_000..1_000_000 => fraction(f, total, 1_000, "us"),
            1_000_000..1_000_000_000 => fraction(f, total, 1_000_000, "ms"),
            _ => {
                let (minutes, rest) = (total / 60_000_000_000, total % 60_000_000_000);
                if minutes == 0 {
                    return fraction(f, rest, 1_000_000_000, "s");
                }
                f.write_str(sign)?;
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                write!(f, "{}m", minutes % 60)?;
                let digits = format!("{:09}", rest % 1_000_000_000);
                let digits = digits.trim_end_matches('0');
                let dot = if digits.is_empty() { "" } else { "." };
                write!(f, "{}{dot}{digits}s", rest / 1_000_000_000)
            }
        }
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A number of bytes. Negative where a client takes -1 for "no limit".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct ByteSize(pub i64);

impl Serialize for ByteSize {
    /// Writes a string of digits, as `docker compose config` does.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// `command`, `entrypoint` and the like: kept as written, because docker-compose 1.29 hands strings on in its own way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CommandLine {
    /// A string, which clients split as a shell does.
    Text(String),
    /// A list; empty clears what the image says.
    Words(Vec<String>),
}

/// A plain value whose type the file chose.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// Writes a number without a fraction as a whole number, as every client prints it.
pub(super) fn whole<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value.map(|value| (value, crate::units::whole_number(value))) {
        Some((value, Some(whole))) if value.fract() == 0.0 => serializer.serialize_i64(whole),
        Some((value, _)) => serializer.serialize_f64(value),
        None => serializer.serialize_none(),
    }
}
