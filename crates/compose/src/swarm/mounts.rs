//! A service's mounts.

use serde_json::{Map, Value, json};

use super::{Options, labels, scoped};
use crate::model::{Mount, MountKind, Project, Service, Volume};
use crate::notes::Notes;

pub(super) fn convert(project: &Project, service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let mut mounts = Vec::new();
    for (index, mount) in service.volumes.iter().enumerate() {
        match one(project, mount, options) {
            Ok(mount) => mounts.push(mount),
            Err((code, message)) => notes.service_error(service, &format!("volumes[{index}]"), code, message),
        }
    }
    Value::Array(mounts)
}

type Refused = (&'static str, String);

fn one(project: &Project, mount: &Mount, options: &Options<'_>) -> Result<Value, Refused> {
    check_options(mount)?;
    let source = mount.source.as_deref().filter(|source| !source.is_empty());
    let mut entry = plain(mount);
    match mount.kind {
        MountKind::Volume => {
            let Some(key) = source else { return Ok(Value::Object(entry)) };
            let volume = declared(project, key)?;
            let mut settings = Map::new();
            if mount.volume.as_ref().is_some_and(|volume| volume.nocopy.unwrap_or_default()) {
                settings.insert("NoCopy".to_owned(), json!(true));
            }
            if let Some(subpath) = mount.volume.as_ref().and_then(|volume| volume.subpath.as_ref()) {
                settings.insert("Subpath".to_owned(), json!(subpath));
            }
            if volume.external.is_no() {
                settings.insert("Labels".to_owned(), Value::Object(labels(options.namespace, &volume.labels)));
                if volume.driver.is_some() || !volume.driver_opts.is_empty() {
                    settings.insert(
                        "DriverConfig".to_owned(),
                        json!({ "Name": volume.driver, "Options": volume.driver_opts }),
                    );
                }
            }
            entry.insert("Source".to_owned(), json!(volume_name(key, volume, options)));
            entry.insert("VolumeOptions".to_owned(), Value::Object(settings));
        }
        MountKind::Bind | MountKind::Npipe => {
            if source.is_none() {
                return Err(("MOUNT_SOURCE", format!("invalid {} source, source cannot be empty", word(mount.kind))));
            }
            if let Some(bind) = &mount.bind {
                entry.insert("BindOptions".to_owned(), json!({ "Propagation": bind.propagation }));
            }
        }
        MountKind::Tmpfs => {
            if source.is_some() {
                return Err(("MOUNT_SOURCE", "invalid tmpfs source, source must be empty".to_owned()));
            }
            if let Some(size) = mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size).filter(|size| size.0 != 0) {
                entry.insert("TmpfsOptions".to_owned(), json!({ "SizeBytes": size.0 }));
            }
        }
        MountKind::Cluster => {
            let Some(key) = source else {
                return Err(("MOUNT_SOURCE", "invalid cluster source, source cannot be empty".to_owned()));
            };
            entry.insert("ClusterOptions".to_owned(), json!({}));
            if !key.starts_with("group:") {
                entry.insert("Source".to_owned(), json!(volume_name(key, declared(project, key)?, options)));
            }
        }
        MountKind::Image => {
            return Err(("MOUNT_KIND", "volume type must be volume, bind, tmpfs, npipe, or cluster".to_owned()));
        }
    }
    Ok(Value::Object(entry))
}

fn plain(mount: &Mount) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("Type".to_owned(), json!(word(mount.kind)));
    if let Some(source) = &mount.source {
        entry.insert("Source".to_owned(), json!(source));
    }
    entry.insert("Target".to_owned(), json!(mount.target));
    if mount.read_only.unwrap_or_default() {
        entry.insert("ReadOnly".to_owned(), json!(true));
    }
    if let Some(consistency) = &mount.consistency {
        entry.insert("Consistency".to_owned(), json!(consistency));
    }
    entry
}

/// Options of one kind of mount on another kind are a mistake.
fn check_options(mount: &Mount) -> Result<(), Refused> {
    let wrong = |option: &str| {
        Err(("MOUNT_OPTIONS", format!("{option} options are incompatible with type {}", word(mount.kind))))
    };
    if mount.tmpfs.is_some() && mount.kind != MountKind::Tmpfs {
        return wrong("tmpfs");
    }
    if mount.volume.is_some() && mount.kind != MountKind::Volume {
        return wrong("volume");
    }
    if mount.bind.is_some() && !matches!(mount.kind, MountKind::Bind | MountKind::Npipe) {
        return wrong("bind");
    }
    Ok(())
}

fn declared<'a>(project: &'a Project, key: &str) -> Result<&'a Volume, Refused> {
    project.volumes.get(key).ok_or_else(|| ("UNDEFINED_VOLUME", format!("undefined volume {key:?}")))
}

fn volume_name(key: &str, volume: &Volume, options: &Options<'_>) -> String {
    match &volume.name {
        Some(name) if !name.is_empty() => name.clone(),
        _ if volume.external.is_yes() => key.to_owned(),
        _ => scoped(options.namespace, key),
    }
}

fn word(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Volume => "volume",
        MountKind::Bind => "bind",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Npipe => "npipe",
        MountKind::Cluster => "cluster",
        MountKind::Image => "image",
    }
}
