//! The parts of a service, each on its own.

use super::super::{
    DeployConfig, FileUse, ResourceConfig, ResourcesConfig, RestartPolicyConfig, UpdateConfig, VolumeConfig,
    VolumeExtra,
};
use super::Reading;
use crate::model::{ByteSize, FileReference, Mount, MountKind, Resources, Service};

pub(super) fn deploy(service: &Service, reading: Reading) -> DeployConfig {
    let mut made = DeployConfig::default();
    if let Some(deploy) = &service.deploy {
        made.mode = deploy.mode.clone().unwrap_or_default();
        made.replicas = deploy.replicas;
        made.labels.clone_from(&deploy.labels);
        made.update_config =
            deploy.update_config.as_ref().map(|update| UpdateConfig { parallelism: update.parallelism });
        made.resources = deploy.resources.as_deref().map(resources).unwrap_or_default();
        made.restart_policy = deploy
            .restart_policy
            .as_ref()
            .map(|policy| RestartPolicyConfig { condition: policy.condition.clone().unwrap_or_default() });
    }
    if reading == Reading::Meant {
        made.replicas = made.replicas.or(service.scale);
        outer_limits(service, &mut made.resources);
    }
    made
}

fn resources(resources: &Resources) -> ResourcesConfig {
    let side = |side: &crate::model::ResourcesLimit| ResourceConfig {
        cpus: side.cpus.clone().unwrap_or_default(),
        memory_bytes: side.memory.map_or(0, |memory| memory.0),
    };
    ResourcesConfig {
        limits: resources.limits.as_deref().map(side),
        reservations: resources.reservations.as_deref().map(side),
    }
}

/// Takes the limits that version 2 and the specification write beside `deploy`.
fn outer_limits(service: &Service, made: &mut ResourcesConfig) {
    let positive = |size: Option<ByteSize>| size.map(|size| size.0).filter(|bytes| *bytes > 0);
    if service.cpus.is_some_and(|cpus| cpus > 0.0) || positive(service.mem_limit).is_some() {
        let limits = made.limits.get_or_insert_default();
        if limits.cpus.is_empty() {
            limits.cpus = service.cpus.map(|cpus| cpus.to_string()).unwrap_or_default();
        }
        if limits.memory_bytes == 0 {
            limits.memory_bytes = positive(service.mem_limit).unwrap_or_default();
        }
    }
    if let Some(bytes) = positive(service.mem_reservation) {
        let requests = made.reservations.get_or_insert_default();
        if requests.memory_bytes == 0 {
            requests.memory_bytes = bytes;
        }
    }
}

pub(super) fn file_use(reference: &FileReference) -> FileUse {
    FileUse {
        source: reference.source.clone().unwrap_or_default(),
        target: reference.target.clone().unwrap_or_default(),
        uid: reference.uid.clone().unwrap_or_default(),
        gid: String::new(),
        mode: reference.mode,
    }
}

pub(super) fn volume(mount: &Mount) -> VolumeConfig {
    let kind = match mount.kind {
        MountKind::Volume => "volume",
        MountKind::Bind => "bind",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Npipe => "npipe",
        MountKind::Cluster => "cluster",
        MountKind::Image => "image",
    };
    VolumeConfig {
        kind: kind.to_owned(),
        source: mount.source.clone().unwrap_or_default(),
        target: mount.target.clone(),
        read_only: mount.read_only.unwrap_or_default(),
    }
}

pub(super) fn volume_extra(mount: &Mount) -> VolumeExtra {
    let size = mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size);
    VolumeExtra {
        at: mount.at,
        size_bytes: size.and_then(|size| u64::try_from(size.0).ok()).filter(|bytes| *bytes > 0),
        subpath: mount.volume.as_ref().and_then(|volume| volume.subpath.clone()),
    }
}
