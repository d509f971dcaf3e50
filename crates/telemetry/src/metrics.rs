//! The metrics of a process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Labels of a served request; each has few values, so that the series stay bounded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// The protocol served: `docker`, `registry`, `api`, `console`, `other`.
    pub surface: &'static str,
    /// The class of the status code: `2xx`, ….
    pub status: &'static str,
}

struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RequestLabels, Histogram>,
    open: Gauge,
}

/// The metrics registry with the counters that every surface shares; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Makes a registry; `extra` registers what only the caller knows (gauges of its own parts).
    #[must_use]
    pub fn new(extra: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("holdfast");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds = Family::<RequestLabels, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.0005, 4.0, 9))
        });
        let open = Gauge::default();
        registry.register("requests", "Requests served", requests.clone());
        registry.register("request_head_seconds", "Time from a request's head to its answer's head", seconds.clone());
        registry.register("requests_open", "Requests whose answer's head is awaited", open.clone());
        extra(&mut registry);
        Self(Arc::new(Inner { registry, requests, seconds, open }))
    }

    /// Notes that a request came in; the guard notes that its head was answered.
    #[must_use]
    pub fn request(&self) -> OpenRequest {
        self.0.open.inc();
        OpenRequest(self.clone())
    }

    /// Prints all metrics in the OpenMetrics text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}

/// A request whose answer's head is awaited.
#[derive(Debug)]
pub struct OpenRequest(Metrics);

impl OpenRequest {
    /// Counts the answer.
    pub fn answered(self, surface: &'static str, status: u16, after: Duration) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        let labels = RequestLabels { surface, status };
        let inner = &self.0.0;
        inner.requests.get_or_create(&labels).inc();
        inner.seconds.get_or_create(&labels).observe(after.as_secs_f64());
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.0.open.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_surface_and_class() {
        let metrics = Metrics::new(|_| {});
        metrics.request().answered("docker", 404, Duration::from_millis(2));
        let _open = metrics.request();
        let text = metrics.text();
        assert!(text.contains("holdfast_requests_total{surface=\"docker\",status=\"4xx\"} 1"), "{text}");
        assert!(text.contains("holdfast_requests_open 1"), "{text}");
    }
}
