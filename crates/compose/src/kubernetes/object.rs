//! The Kubernetes objects that a Compose project becomes: exactly the fields that are made, in the order people read them.
//!
//! Field names and forms follow the Kubernetes API reference: core/v1, apps/v1, batch/v1, autoscaling/v2 and networking.k8s.io/v1.

mod autoscaler;
mod batch;
mod ingress;

use std::collections::BTreeMap;

use serde::Serialize;

use super::pod::PodTemplate;

pub use autoscaler::{AutoscalerSpec, MetricResource, MetricSpec, MetricTarget, ScaleTarget};
pub use batch::{CronJobSpec, JobSpec, JobTemplate};
pub use ingress::{
    IngressBackend, IngressHttp, IngressPath, IngressPort, IngressRule, IngressService, IngressSpec, IngressTls,
};

/// Text by text; ordered, so that the same project always prints the same.
pub type TextMap = BTreeMap<String, String>;

/// One object of the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Object {
    /// Files that are not secret.
    ConfigMap(ConfigMap),
    /// Files that are secret.
    Secret(Secret),
    /// A name and ports within the cluster, or towards the outside.
    Service(Manifest<ServiceSpec>),
    /// Pods that are alike and keep nothing.
    Deployment(Manifest<DeploymentSpec>),
    /// Pods with volumes of their own.
    StatefulSet(Manifest<StatefulSetSpec>),
    /// One pod on each node.
    DaemonSet(Manifest<DaemonSetSpec>),
    /// Pods that end.
    Job(Manifest<JobSpec>),
    /// Pods that end, begun by the clock; only for kompose's `kompose.cronjob.schedule`.
    CronJob(Manifest<CronJobSpec>),
    /// A number of pods that follows the load; only for kompose's `kompose.hpa.*`.
    Autoscaler(Manifest<AutoscalerSpec>),
    /// A host name of the outside led to a service; only for kompose's `kompose.service.expose`.
    Ingress(Manifest<IngressSpec>),
}

impl Object {
    /// Returns the kind, as the object's `kind` field says it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfigMap(_) => "ConfigMap",
            Self::Secret(_) => "Secret",
            Self::Service(_) => "Service",
            Self::Deployment(_) => "Deployment",
            Self::StatefulSet(_) => "StatefulSet",
            Self::DaemonSet(_) => "DaemonSet",
            Self::Job(_) => "Job",
            Self::CronJob(_) => "CronJob",
            Self::Autoscaler(_) => "HorizontalPodAutoscaler",
            Self::Ingress(_) => "Ingress",
        }
    }

    /// Returns the metadata.
    #[must_use]
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::ConfigMap(object) => &object.metadata,
            Self::Secret(object) => &object.metadata,
            Self::Service(object) => &object.metadata,
            Self::Deployment(object) => &object.metadata,
            Self::StatefulSet(object) => &object.metadata,
            Self::DaemonSet(object) => &object.metadata,
            Self::Job(object) => &object.metadata,
            Self::CronJob(object) => &object.metadata,
            Self::Autoscaler(object) => &object.metadata,
            Self::Ingress(object) => &object.metadata,
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.metadata().name
    }

    /// Returns the pod template and the labels that select its pods, of those kinds that run pods. Jobs are given a selector of their
    /// own by the cluster; the pods' labels stand for it.
    #[must_use]
    pub fn pods(&self) -> Option<(&PodTemplate, &TextMap)> {
        match self {
            Self::Deployment(object) => Some((&object.spec.template, &object.spec.selector.match_labels)),
            Self::StatefulSet(object) => Some((&object.spec.template, &object.spec.selector.match_labels)),
            Self::DaemonSet(object) => Some((&object.spec.template, &object.spec.selector.match_labels)),
            Self::Job(object) => Some((&object.spec.template, &object.spec.template.metadata.labels)),
            Self::CronJob(object) => {
                let template = &object.spec.job_template.spec.template;
                Some((template, &template.metadata.labels))
            }
            Self::ConfigMap(_) | Self::Secret(_) | Self::Service(_) | Self::Autoscaler(_) | Self::Ingress(_) => None,
        }
    }
}

/// An object of the form that most kinds have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest<S> {
    /// Group and version.
    pub api_version: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Name and labels.
    pub metadata: ObjectMeta,
    /// What is wanted.
    pub spec: S,
}

/// Name, labels and annotations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ObjectMeta {
    /// Name, unique for its kind within the namespace; empty in pod templates.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Namespace; absent means the one that the client is set to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Labels, by which objects are selected.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: TextMap,
    /// Annotations, which nothing selects by.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: TextMap,
}

/// Files that are not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigMap {
    /// Group and version.
    pub api_version: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Name and labels.
    pub metadata: ObjectMeta,
    /// Content by key, where it is text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub data: TextMap,
    /// Base64 content by key, where it is not text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub binary_data: TextMap,
}

/// Files that are secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Group and version.
    pub api_version: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Name and labels.
    pub metadata: ObjectMeta,
    /// Base64 content by key.
    pub data: TextMap,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What is secret is printed where it is asked for, never where something is debugged.
        formatter
            .debug_struct("Secret")
            .field("metadata", &self.metadata)
            .field("keys", &self.data.keys())
            .finish_non_exhaustive()
    }
}

/// What a Service selects and offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// `NodePort` or `LoadBalancer`; absent means `ClusterIP`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub service_type: Option<&'static str>,
    /// `None` for a headless service, whose name resolves to the pods themselves.
    #[serde(rename = "clusterIP", skip_serializing_if = "Option::is_none")]
    pub cluster_ip: Option<&'static str>,
    /// Labels of the pods that answer.
    pub selector: TextMap,
    /// Ports offered.
    pub ports: Vec<ServicePort>,
    /// `Cluster` or `Local`; only for kompose's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_traffic_policy: Option<&'static str>,
}

/// One port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePort {
    /// Name, unique within the service.
    pub name: String,
    /// Protocol.
    pub protocol: &'static str,
    /// Port of the service.
    pub port: u16,
    /// Port of the pods.
    pub target_port: u16,
    /// Port of every node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_port: Option<u16>,
}

/// Which pods an object looks after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector {
    /// Labels that a pod must have.
    pub match_labels: TextMap,
}

/// What a Deployment runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentSpec {
    /// Number of pods.
    pub replicas: u32,
    /// Number of old versions that are kept.
    pub revision_history_limit: u32,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// How pods are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<UpdateStrategy>,
    /// The pod.
    pub template: PodTemplate,
}

/// How pods are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateStrategy {
    /// `RollingUpdate`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Limits of the roll.
    pub rolling_update: RollingUpdate,
}

/// How many pods may be missing during a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingUpdate {
    /// A number of pods, or `100%`.
    pub max_unavailable: CountOrPercent,
}

/// A number of pods, or a share of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CountOrPercent {
    /// Number of pods.
    Count(u32),
    /// Share, as `100%`.
    Percent(&'static str),
}

/// What a StatefulSet runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatefulSetSpec {
    /// The headless service that names the pods.
    pub service_name: String,
    /// Number of pods.
    pub replicas: u32,
    /// Number of old versions that are kept.
    pub revision_history_limit: u32,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// How pods are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_strategy: Option<UpdateStrategy>,
    /// The pod.
    pub template: PodTemplate,
    /// The volumes that each pod gets for itself.
    pub volume_claim_templates: Vec<VolumeClaimTemplate>,
}

/// A volume that each pod of a StatefulSet gets for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeClaimTemplate {
    /// Name, to which the pods' names are added.
    pub metadata: ObjectMeta,
    /// What is claimed.
    pub spec: VolumeClaimSpec,
}

/// What is claimed of the cluster's storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeClaimSpec {
    /// `ReadWriteOnce`.
    pub access_modes: Vec<&'static str>,
    /// Class; absent means the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<String>,
    /// Size.
    pub resources: VolumeResources,
}

/// Size of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeResources {
    /// `storage` with its quantity.
    pub requests: TextMap,
}

/// What a DaemonSet runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DaemonSetSpec {
    /// Number of old versions that are kept; absent means the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_history_limit: Option<u32>,
    /// Which pods are its own.
    pub selector: LabelSelector,
    /// The pod.
    pub template: PodTemplate,
}
