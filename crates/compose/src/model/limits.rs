//! Limits and devices of a container.

use std::collections::BTreeMap;

use serde::Serialize;

/// One `ulimits` entry. A single number sets both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Ulimit {
    /// The soft limit; absent only where the file names one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft: Option<i64>,
    /// The hard limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard: Option<i64>,
    /// Whether the file wrote one number for both.
    #[serde(skip)]
    pub single: bool,
}

/// One `devices` entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Device {
    /// The path on the host, or a CDI device name.
    pub source: String,
    /// The path in the container; absent where the short form has one part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `r`, `w`, `m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<String>,
    /// `x-` keys.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, serde_json::Value>,
}

/// `blkio_config`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct BlkioConfig {
    /// 10 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Weights by device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weight_device: Vec<WeightDevice>,
    /// Read rates in bytes a second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_read_bps: Vec<ThrottleDevice>,
    /// Read rates in operations a second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_read_iops: Vec<ThrottleDevice>,
    /// Write rates in bytes a second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_write_bps: Vec<ThrottleDevice>,
    /// Write rates in operations a second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub device_write_iops: Vec<ThrottleDevice>,
}

/// The weight of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct WeightDevice {
    /// The path of the device.
    pub path: String,
    /// 10 to 1000.
    pub weight: u16,
}

/// The rate of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ThrottleDevice {
    /// The path of the device.
    pub path: String,
    /// Bytes or operations a second.
    pub rate: i64,
}
