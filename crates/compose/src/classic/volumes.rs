//! Volumes, binds and mounts of containers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{ContainerState, LABEL_PROJECT, LABEL_VERSION, Options, State, VERSION};
use crate::model::{Dialect, Mount, MountKind, Project, Service, Volume};
use crate::notes::Notes;
use crate::plan::Request;

pub(super) fn name_of(key: &str, volume: &Volume, project: &str) -> String {
    match &volume.name {
        Some(name) if !name.is_empty() => name.clone(),
        _ if volume.external.is_yes() => key.to_owned(),
        _ => format!("{}_{key}", project.trim_start_matches(['-', '_'])),
    }
}

/// Makes the volumes that the file declares and the engine lacks.
pub(super) fn ensure(
    project: &Project,
    options: &Options<'_>,
    state: &State,
    requests: &mut Vec<Request>,
    notes: &mut Notes<'_>,
) {
    for (key, volume) in &project.volumes {
        let name = name_of(key, volume, options.project);
        if state.volumes.contains(&name) {
            continue;
        }
        if volume.external.is_yes() {
            let message = format!(
                "Volume {name} declared as external, but could not be found. Please create it with `docker volume create {name}`"
            );
            notes.error("EXTERNAL_VOLUME_MISSING", message, &format!("volumes.{key}"), volume.at);
            continue;
        }
        let mut labels: BTreeMap<String, String> = volume.labels.clone();
        labels.insert(LABEL_PROJECT.to_owned(), options.project.to_owned());
        labels.insert("com.docker.compose.volume".to_owned(), if volume.name.is_some() { &name } else { key }.clone());
        labels.insert(LABEL_VERSION.to_owned(), VERSION.to_owned());
        let mut body = json!({ "Name": name, "Labels": labels });
        if let Some(driver) = &volume.driver {
            body["Driver"] = json!(driver);
        }
        if !volume.driver_opts.is_empty() {
            body["DriverOpts"] = json!(volume.driver_opts);
        }
        requests.push(Request::post("/volumes/create", body));
    }
}

/// What a container mounts.
#[derive(Debug, Default)]
pub(super) struct Mounted {
    /// `HostConfig.Binds`.
    pub(super) binds: Vec<String>,
    /// `HostConfig.Mounts`.
    pub(super) mounts: Vec<Value>,
    /// `Volumes` of the configuration.
    pub(super) declared: BTreeSet<String>,
    /// Whether volumes were taken over from the container before.
    pub(super) taken_over: bool,
}

/// Returns the engine's name of a mount's source.
fn source(project: &Project, mount: &Mount, options: &Options<'_>) -> Option<String> {
    let source = mount.source.as_ref()?;
    if project.dialect == Dialect::V1 || mount.kind != MountKind::Volume {
        return Some(source.clone());
    }
    Some(project.volumes.get(source).map_or_else(|| source.clone(), |volume| name_of(source, volume, options.project)))
}

/// Returns what a container of `service` mounts, with the data of the container it replaces.
pub(super) fn of_service(
    project: &Project,
    service: &Service,
    options: &Options<'_>,
    previous: Option<&ContainerState>,
) -> Mounted {
    let mut mounted = Mounted::default();
    // By path, because a volume taken over replaces the bind at its path.
    let mut binds: Vec<(String, String)> = Vec::new();
    let (short, long): (Vec<&Mount>, Vec<&Mount>) =
        service.volumes.iter().partition(|mount| mount.short_mode.is_some());
    for mount in &short {
        mounted.declared.insert(mount.target.clone());
        if let Some(source) = source(project, mount, options) {
            binds.push((mount.target.clone(), format!("{source}:{}:{}", mount.target, mode(mount))));
        }
    }
    if let Some(previous) = previous {
        for (path, mode) in kept(service, &short, &long, previous, options) {
            if let Some(volume) = previous.volumes.get(&path) {
                let bind = format!("{volume}:{path}:{mode}");
                mounted.taken_over = true;
                match binds.iter_mut().find(|(target, _)| *target == path) {
                    Some(entry) => entry.1 = bind,
                    None => binds.push((path, bind)),
                }
            }
        }
    }
    mounted.binds = binds.into_iter().map(|(_, bind)| bind).collect();
    for mount in long {
        let old = previous
            .and_then(|previous| previous.volumes.get(&mount.target))
            .filter(|_| mount.kind == MountKind::Volume);
        mounted.taken_over |= old.is_some();
        let source = old.cloned().or_else(|| source(project, mount, options));
        mounted.mounts.push(entry(mount, source));
    }
    mounted.mounts.extend(secrets(project, service));
    mounted
}

fn mode(mount: &Mount) -> &str {
    mount.short_mode.as_deref().filter(|mode| !mode.is_empty()).unwrap_or("rw")
}

/// Returns the paths of anonymous volumes whose data goes on: the file's and the image's, but no path that is mounted otherwise.
fn kept(
    service: &Service,
    short: &[&Mount],
    long: &[&Mount],
    previous: &ContainerState,
    options: &Options<'_>,
) -> BTreeMap<String, String> {
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    for mount in short.iter().filter(|mount| mount.source.is_none()) {
        paths.insert(mount.target.clone(), mode(mount).to_owned());
    }
    if let Some(image) = (options.image)(&previous.image) {
        for path in image.volumes {
            paths.entry(path).or_insert_with(|| "rw".to_owned());
        }
    }
    let tmpfs: Vec<&str> = service.tmpfs.iter().map(|entry| entry.split(':').next().unwrap_or(entry)).collect();
    paths.retain(|path, _| !tmpfs.contains(&path.as_str()) && !long.iter().any(|mount| mount.target == *path));
    paths
}

fn entry(mount: &Mount, source: Option<String>) -> Value {
    let kind = match mount.kind {
        MountKind::Volume => "volume",
        MountKind::Bind => "bind",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Npipe => "npipe",
        MountKind::Cluster => "cluster",
        MountKind::Image => "image",
    };
    let mut entry = Map::from_iter([
        ("Target".to_owned(), json!(mount.target)),
        ("Source".to_owned(), json!(source)),
        ("Type".to_owned(), json!(kind)),
        ("ReadOnly".to_owned(), json!(mount.read_only)),
    ]);
    if let Some(consistency) = &mount.consistency {
        entry.insert("Consistency".to_owned(), json!(consistency));
    }
    if let Some(propagation) = mount.bind.as_ref().and_then(|bind| bind.propagation.as_ref()) {
        entry.insert("BindOptions".to_owned(), json!({ "Propagation": propagation }));
    }
    if mount.volume.as_ref().and_then(|volume| volume.nocopy).unwrap_or_default() {
        entry.insert("VolumeOptions".to_owned(), json!({ "NoCopy": true }));
    }
    if let Some(size) = mount.tmpfs.as_ref().and_then(|tmpfs| tmpfs.size) {
        entry.insert("TmpfsOptions".to_owned(), json!({ "SizeBytes": size.0 }));
    }
    Value::Object(entry)
}

/// Secrets are files of the host, mounted.
fn secrets(project: &Project, service: &Service) -> Vec<Value> {
    let mut mounts = Vec::new();
    for used in &service.secrets {
        let key = used.source.as_deref().unwrap_or_default();
        let Some(secret) = project.secrets.get(key).filter(|secret| secret.external.is_no()) else { continue };
        let target = match &used.target {
            Some(target) if target.starts_with('/') => target.clone(),
            Some(target) => format!("/run/secrets/{target}"),
            None => format!("/run/secrets/{key}"),
        };
        mounts.push(json!({ "Target": target, "Source": secret.file, "Type": "bind", "ReadOnly": true }));
    }
    mounts
}
