//! kompose's labels for a number of pods that follows the load: `kompose.hpa.*`.

use super::super::object::{
    AutoscalerSpec, Manifest, MetricResource, MetricSpec, MetricTarget, Object, ObjectMeta, ScaleTarget,
};
use super::super::sink::Sink;
use super::super::stack::DraftService;
use super::PREFIX;

/// Bounds and aims; the defaults are kompose's.
#[derive(Debug)]
pub(in crate::kubernetes) struct Autoscale {
    is_asked: bool,
    min: u32,
    max: u32,
    cpu: u32,
    memory: u32,
}

impl Default for Autoscale {
    fn default() -> Self {
        Self { is_asked: false, min: 1, max: 3, cpu: 50, memory: 70 }
    }
}

impl Autoscale {
    /// Takes a label; the error says what is expected. kompose takes the default in place of what it cannot read.
    pub(super) fn take(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        self.is_asked = true;
        let text = value.trim().trim_end_matches('%');
        let number = text.parse::<u32>().ok().filter(|number| *number > 0 && i32::try_from(*number).is_ok());
        let percent = number.filter(|number| *number <= 100);
        let (slot, number, expected) = match key {
            "hpa.replicas.min" => (&mut self.min, number, "write a number of pods, from 1"),
            "hpa.replicas.max" => (&mut self.max, number, "write a number of pods, from 1"),
            "hpa.cpu" => (&mut self.cpu, percent, "write a percentage of what the pods request, from 1 to 100"),
            "hpa.memory" => (&mut self.memory, percent, "write a percentage of what the pods request, from 1 to 100"),
            _ => return Err("write `hpa.replicas.min`, `hpa.replicas.max`, `hpa.cpu` or `hpa.memory`"),
        };
        *slot = number.ok_or(expected)?;
        Ok(())
    }

    /// Makes the autoscaler of what runs a service.
    pub(in crate::kubernetes) fn object(
        &self,
        service: &DraftService,
        workload: &Object,
        meta: &ObjectMeta,
        sink: &mut Sink<'_>,
    ) -> Option<Object> {
        if !self.is_asked {
            return None;
        }
        let spot = service.spot("labels");
        let kind = workload.kind();
        if !matches!(workload, Object::Deployment(_) | Object::StatefulSet(_)) {
            let message = format!("a {kind} has no number of pods that `{PREFIX}hpa.*` could change");
            sink.error("INVALID_LABEL", &spot, message, "run it replicated, or remove the labels");
            return None;
        }
        if self.min > self.max {
            let message = format!("`{PREFIX}hpa.replicas.min` is {} and above the most, {}", self.min, self.max);
            sink.error("INVALID_LABEL", &spot, message, "raise `kompose.hpa.replicas.max`");
        }
        let limits = &service.config.deploy.resources;
        let requests = |side: &Option<super::super::stack::ResourceConfig>| {
            side.as_ref().is_some_and(|side| !side.cpus.is_empty() && side.memory_bytes > 0)
        };
        if !requests(&limits.limits) && !requests(&limits.reservations) {
            let message = "the load is measured against what the pods request, and this service requests nothing";
            sink.warning(
                "MISSING_RESOURCES",
                &spot,
                message,
                "set `cpus` and `memory` of `deploy.resources.reservations`",
            );
        }
        let metric = |name, average_utilization| MetricSpec {
            kind: "Resource",
            resource: MetricResource { name, target: MetricTarget { kind: "Utilization", average_utilization } },
        };
        let spec = AutoscalerSpec {
            scale_target_ref: ScaleTarget { api_version: "apps/v1", kind, name: meta.name.clone() },
            min_replicas: self.min,
            max_replicas: self.max,
            metrics: vec![metric("cpu", self.cpu), metric("memory", self.memory)],
        };
        let metadata = meta.clone();
        let kind = "HorizontalPodAutoscaler";
        Some(Object::Autoscaler(Manifest { api_version: "autoscaling/v2", kind, metadata, spec }))
    }
}
