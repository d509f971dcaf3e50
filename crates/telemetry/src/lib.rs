//! Structured logs and the metrics registry.
//!
//! Logs go to standard error, one event a line, as text for people or JSON for collectors. Metrics are
//! counters, gauges and histograms in one registry, printed in the OpenMetrics text format.

mod logs;
mod metrics;

pub use logs::{LogError, LogFormat, init};
pub use metrics::{Metrics, RequestLabels};
