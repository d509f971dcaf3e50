//! Jobs: pods that end.

use serde::Serialize;

use crate::kubernetes::pod::PodTemplate;

/// What a Job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// Pods at a time; absent means one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<u32>,
    /// Pods that must end well; absent means one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<u32>,
    /// How often it is tried again; absent means the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit: Option<u32>,
    /// The pod.
    pub template: PodTemplate,
}

/// What a CronJob begins, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CronJobSpec {
    /// Five fields, as cron has them.
    pub schedule: String,
    /// `Allow`, `Forbid` or `Replace`; absent means the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency_policy: Option<&'static str>,
    /// The job.
    pub job_template: JobTemplate,
}

/// The job of a CronJob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobTemplate {
    /// What is wanted.
    pub spec: JobSpec,
}
