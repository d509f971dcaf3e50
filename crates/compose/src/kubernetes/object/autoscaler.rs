//! HorizontalPodAutoscaler: a number of pods that follows the load.

use serde::Serialize;

/// What is scaled, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoscalerSpec {
    /// What is scaled.
    pub scale_target_ref: ScaleTarget,
    /// The fewest pods.
    pub min_replicas: u32,
    /// The most pods.
    pub max_replicas: u32,
    /// What is measured.
    pub metrics: Vec<MetricSpec>,
}

/// What is scaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTarget {
    /// Group and version.
    pub api_version: &'static str,
    /// `Deployment` or `StatefulSet`.
    pub kind: &'static str,
    /// Name.
    pub name: String,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricSpec {
    /// `Resource`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The resource.
    pub resource: MetricResource,
}

/// A resource that is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricResource {
    /// `cpu` or `memory`.
    pub name: &'static str,
    /// How much of it is wanted.
    pub target: MetricTarget,
}

/// How much of a resource is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricTarget {
    /// `Utilization`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Percent of what the pods request, on average.
    pub average_utilization: u32,
}
