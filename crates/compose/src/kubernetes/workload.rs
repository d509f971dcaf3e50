//! What runs a service's pods: Deployment, StatefulSet, DaemonSet, or a Job that ends.

use super::kompose::{Controller, Kompose};
use super::name;
use super::object::{
    CountOrPercent, DaemonSetSpec, DeploymentSpec, JobSpec, LabelSelector, Manifest, Object, ObjectMeta, RollingUpdate,
    StatefulSetSpec, TextMap, UpdateStrategy,
};
use super::pod::PodTemplate;
use super::sink::Sink;
use super::stack::DraftService;
use super::volume::{self, Volumes};

/// Number of old versions that are kept, as compose-on-kubernetes had it.
const REVISIONS: u32 = 3;

/// Chooses what runs a service: a DaemonSet where it is global, a StatefulSet where it keeps anything, or else a Deployment.
fn controller(service: &DraftService, kompose: &Kompose, sink: &mut Sink<'_>) -> Controller {
    let persistent = volume::is_persistent(service);
    let spot = service.spot("deploy.mode");
    let by_mode = match service.config.deploy.mode.as_str() {
        "global" => Controller::DaemonSet,
        "" | "replicated" => Controller::Deployment,
        "replicated-job" => Controller::Job,
        "global-job" => {
            let message = "a Job runs a number of times, wherever there is room, and not once on each node";
            let instead = "write `replicated-job`, or a DaemonSet for Kubernetes alone";
            sink.error("NO_EQUIVALENT", &spot, message, instead);
            Controller::Job
        }
        other => {
            sink.error("INVALID_VALUE", &spot, format!("`{other}` is no mode"), "write `replicated` or `global`");
            Controller::Deployment
        }
    };
    let chosen = match (kompose.controller, by_mode) {
        (Some(asked), _) => asked,
        (None, Controller::Deployment) if persistent => Controller::StatefulSet,
        (None, by_mode) => by_mode,
    };
    let chosen = if kompose.cron.is_asked() { Controller::Job } else { chosen };
    if persistent && chosen != Controller::StatefulSet {
        let message = "a service that runs otherwise than as a StatefulSet cannot have volumes of its own";
        let instead = "mount a path of the node (`type: bind`), or run it replicated";
        sink.error("GLOBAL_VOLUME", &service.spot("volumes"), message, instead);
    }
    if chosen == Controller::DaemonSet && service.config.deploy.replicas.is_some_and(|replicas| replicas != 1) {
        let spot = service.spot("deploy.replicas");
        sink.warning("NO_EQUIVALENT", &spot, "a global service runs once on each node: `replicas` is ignored", "");
    }
    chosen
}

/// Makes what runs a service.
pub(super) fn workload(
    service: &DraftService,
    metadata: ObjectMeta,
    selector: &TextMap,
    template: PodTemplate,
    volumes: &Volumes,
    kompose: &Kompose,
    sink: &mut Sink<'_>,
) -> Object {
    let selector = LabelSelector { match_labels: selector.clone() };
    let replicas = replicas(service, sink);
    match controller(service, kompose, sink) {
        Controller::DaemonSet => {
            let spec = DaemonSetSpec { revision_history_limit: None, selector, template };
            Object::DaemonSet(Manifest { api_version: "apps/v1", kind: "DaemonSet", metadata, spec })
        }
        Controller::Job if kompose.cron.is_asked() => kompose.cron.object(metadata, template),
        Controller::Job => {
            let backoff_limit =
                service.extra.max_attempts.and_then(|limit| i32::try_from(limit).ok()).map(i32::unsigned_abs);
            let spec = JobSpec { parallelism: Some(replicas), completions: Some(replicas), backoff_limit, template };
            Object::Job(Manifest { api_version: "batch/v1", kind: "Job", metadata, spec })
        }
        Controller::Deployment => {
            let strategy = strategy(service);
            let spec = DeploymentSpec { replicas, revision_history_limit: REVISIONS, selector, strategy, template };
            Object::Deployment(Manifest { api_version: "apps/v1", kind: "Deployment", metadata, spec })
        }
        Controller::StatefulSet => {
            stateful_set(service, metadata, selector, template, volumes, kompose, replicas, sink)
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one object, each made elsewhere")]
fn stateful_set(
    service: &DraftService,
    metadata: ObjectMeta,
    selector: LabelSelector,
    template: PodTemplate,
    volumes: &Volumes,
    kompose: &Kompose,
    replicas: u32,
    sink: &mut Sink<'_>,
) -> Object {
    let strategy = strategy(service);
    let one = CountOrPercent::Count(1);
    if strategy.as_ref().is_some_and(|strategy| strategy.rolling_update.max_unavailable != one) {
        let message = "clusters before 1.35 replace pods with volumes one after another, whatever `parallelism` says";
        sink.warning("NEWER_CLUSTER", &service.spot("deploy.update_config.parallelism"), message, "");
    }
    let size = kompose.volume_size.as_deref().unwrap_or(volume::CLAIM_SIZE);
    let spec = StatefulSetSpec {
        service_name: metadata.name.clone(),
        replicas,
        revision_history_limit: REVISIONS,
        selector,
        update_strategy: strategy,
        template,
        volume_claim_templates: volume::claims(volumes, &annotations(service), size, kompose.storage_class.as_deref()),
    };
    Object::StatefulSet(Manifest { api_version: "apps/v1", kind: "StatefulSet", metadata, spec })
}

/// Returns what the file says of the service, for its claims.
fn annotations(service: &DraftService) -> TextMap {
    let labels = service.config.deploy.labels.iter().filter(|(key, _)| name::is_qualified(key));
    labels.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn replicas(service: &DraftService, sink: &mut Sink<'_>) -> u32 {
    let asked = service.config.deploy.replicas.unwrap_or(1);
    match u32::try_from(asked).ok().filter(|count| *count <= i32::MAX.unsigned_abs()) {
        Some(count) => count,
        None => {
            sink.error("INVALID_VALUE", &service.spot("deploy.replicas"), format!("{asked} replicas are too many"), "");
            1
        }
    }
}

/// Returns how pods are replaced: as many at a time as `parallelism` says, of which 0 means all.
fn strategy(service: &DraftService) -> Option<UpdateStrategy> {
    let asked = service.config.deploy.update_config.as_ref()?.parallelism?;
    let max_unavailable = match asked {
        0 => CountOrPercent::Percent("100%"),
        count => CountOrPercent::Count(u32::try_from(count).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())),
    };
    Some(UpdateStrategy { kind: "RollingUpdate", rolling_update: RollingUpdate { max_unavailable } })
}
