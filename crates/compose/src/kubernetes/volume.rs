//! Mounts of every sort as volumes of the pod.

use std::collections::{BTreeMap, BTreeSet};

use super::name;
use super::object::{ObjectMeta, TextMap, VolumeClaimSpec, VolumeClaimTemplate, VolumeResources};
use super::pod::{EmptyDir, KeyToPath, Volume, VolumeMount, VolumeSource};
use super::quantity;
use super::sink::{Sink, Spot};
use super::stack::{Draft, DraftFile, DraftService, FileUse, VolumeConfig, VolumeExtra};

const ENGINE_SOCKET: &str = "/var/run/docker.sock";
/// Size of a claim where nothing else is said, as compose-on-kubernetes had it.
pub(super) const CLAIM_SIZE: &str = "100Mi";

/// The volumes of a service's pods.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    /// Volumes that come with the pod.
    pub(super) volumes: Vec<Volume>,
    /// Where volumes and claims are seen in the container.
    pub(super) mounts: Vec<VolumeMount>,
    /// Claims that each pod makes for itself.
    pub(super) claims: Vec<String>,
}

impl Volumes {
    fn add(&mut self, name: String, source: Option<VolumeSource>, mount: VolumeMount) {
        match source {
            Some(source) => self.volumes.push(Volume { name, source }),
            None if !self.claims.contains(&name) => self.claims.push(name),
            None => {}
        }
        self.mounts.push(mount);
    }
}

/// Whether a service keeps anything in a volume of its own.
pub(super) fn is_persistent(service: &DraftService) -> bool {
    service.config.volumes.iter().any(is_claim)
}

fn is_claim(volume: &VolumeConfig) -> bool {
    matches!(volume.kind.as_str(), "volume" | "cluster") && !is_repository(volume) && !is_engine_socket(volume)
}

fn is_repository(volume: &VolumeConfig) -> bool {
    volume.source.ends_with(".git") && !volume.source.starts_with('/')
}

fn is_engine_socket(volume: &VolumeConfig) -> bool {
    volume.source == ENGINE_SOCKET && volume.target == ENGINE_SOCKET
}

/// Makes the volumes and mounts of a service's pods.
pub(super) fn volumes(service: &DraftService, draft: &Draft, sink: &mut Sink<'_>) -> Volumes {
    let mut made = Volumes::default();
    let nothing = VolumeExtra::default();
    for (index, volume) in service.config.volumes.iter().enumerate() {
        let extra = service.extra.volumes.get(index).unwrap_or(&nothing);
        let mut spot = service.spot(&format!("volumes[{index}]"));
        if extra.at.is_known() {
            spot.at = extra.at;
        }
        mount(index, volume, extra, &spot, &mut made, sink);
    }
    for (index, text) in service.config.tmpfs.iter().enumerate() {
        memory(index, text, &service.spot(&format!("tmpfs[{index}]")), &mut made, sink);
    }
    let path_of_secret = |file: &FileUse| under("/run/secrets", target(file).unwrap_or(&file.source));
    for (index, file) in service.config.secrets.iter().enumerate() {
        let name = format!("secret-{index}");
        let (object, key) = reference(file, &draft.secrets);
        let source = VolumeSource::Secret { secret_name: object, items: vec![item(key, &name, file)] };
        made.add(name.clone(), Some(source), file_mount(&name, path_of_secret(file)));
    }
    for (index, file) in service.config.configs.iter().enumerate() {
        let name = format!("config-{index}");
        let (object, key) = reference(file, &draft.configs);
        let source = VolumeSource::ConfigMap { name: object, items: vec![item(key, &name, file)] };
        made.add(name.clone(), Some(source), file_mount(&name, under("/", target(file).unwrap_or(&file.source))));
    }
    check(service, &made, sink);
    made
}

fn mount(
    index: usize,
    volume: &VolumeConfig,
    extra: &VolumeExtra,
    spot: &Spot,
    made: &mut Volumes,
    sink: &mut Sink<'_>,
) {
    let mut name = format!("mount-{index}");
    let mut sub_path = None;
    let source = if is_engine_socket(volume) {
        let instead = "let the program ask the cluster's own API, with a service account";
        sink.warning("ENGINE_SOCKET", spot, "nodes of today's clusters have no Docker engine to be asked", instead);
        sub_path = Some("docker.sock".to_owned());
        Some(VolumeSource::HostPath { path: "/var/run".to_owned() })
    } else if is_repository(volume) {
        let instead = "clone in the image or in an init container";
        sink.warning("DEPRECATED", spot, "clusters refuse volumes of Git repositories since 1.33", instead);
        Some(VolumeSource::GitRepo { repository: volume.source.clone() })
    } else {
        match volume.kind.as_str() {
            "volume" | "cluster" => {
                if !volume.source.is_empty() {
                    volume.source.clone_into(&mut name);
                }
                sub_path.clone_from(&extra.subpath);
                None
            }
            "tmpfs" => Some(in_memory(extra.size_bytes)),
            "image" | "npipe" => {
                let message = format!("mounts of type `{}` have no equivalent that every cluster knows", volume.kind);
                sink.error("NO_EQUIVALENT", spot, message, "put the files into the image, or into a volume");
                return;
            }
            _ => match host_path(&volume.source) {
                Some((parent, file)) => {
                    sub_path = file;
                    Some(VolumeSource::HostPath { path: parent })
                }
                None => {
                    let message = format!("`{}` is no absolute path of a node", volume.source);
                    sink.error("RELATIVE_PATH", spot, message, "write the whole path, or use a volume");
                    return;
                }
            },
        }
    };
    let mount =
        VolumeMount { name: name.clone(), mount_path: volume.target.clone(), sub_path, read_only: volume.read_only };
    made.add(name, source, mount);
}

/// Takes a path apart: the folder, which is what is mounted from the node, and what is seen of it.
fn host_path(path: &str) -> Option<(String, Option<String>)> {
    if !path.starts_with('/') {
        return None;
    }
    let path = if path.split('/').any(|part| matches!(part, "." | "..")) { clean(path) } else { path.to_owned() };
    let (parent, file) = path.rsplit_once('/')?;
    let parent = parent.trim_end_matches('/');
    let parent = if parent.is_empty() { "/" } else { parent };
    Some((parent.to_owned(), (!file.is_empty()).then(|| file.to_owned())))
}

/// Takes `.` and `..` out of an absolute path, which Kubernetes refuses.
fn clean(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Puts a path below another, unless it is absolute.
fn under(root: &str, path: &str) -> String {
    if path.starts_with('/') { clean(path) } else { clean(&format!("{root}/{path}")) }
}

/// Reads `tmpfs: /path:size=64m,mode=1777`.
fn memory(index: usize, text: &str, spot: &Spot, made: &mut Volumes, sink: &mut Sink<'_>) {
    let name = format!("tmp-{index}");
    let (path, options) = text.split_once(':').unwrap_or((text, ""));
    let mut size = None;
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option.split_once('=').and_then(|(key, value)| (key == "size").then(|| size_bytes(value))) {
            Some(Some(bytes)) => size = Some(bytes),
            _ => {
                let message = format!("the option `{option}` of a memory mount is not held to");
                sink.warning("NO_EQUIVALENT", spot, message, "only `size` has an equivalent");
            }
        }
    }
    let mount = VolumeMount { name: name.clone(), mount_path: path.to_owned(), sub_path: None, read_only: false };
    made.add(name, Some(in_memory(size)), mount);
}

/// Reads a size as the kernel's tmpfs does: a number with `k`, `m` or `g`.
fn size_bytes(text: &str) -> Option<u64> {
    let text = text.to_ascii_lowercase();
    let (number, unit) = match text.strip_suffix(['k', 'm', 'g']) {
        Some(number) => (number, text.get(number.len()..)?),
        None => (text.as_str(), ""),
    };
    let shift = match unit {
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => 0,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
}

fn in_memory(size_bytes: Option<u64>) -> VolumeSource {
    VolumeSource::EmptyDir(EmptyDir { medium: "Memory", size_limit: size_bytes.map(quantity::from_bytes) })
}

/// Returns what a service's use of a secret or config says about the path, if anything.
fn target(file: &FileUse) -> Option<&str> {
    Some(file.target.as_str()).filter(|target| !matches!(*target, "" | "."))
}

/// Returns the object and the key in it that a service's use of a secret or config means.
fn reference(file: &FileUse, files: &BTreeMap<String, DraftFile>) -> (String, String) {
    match files.get(&file.source) {
        Some(found) => (object_name(&file.source, found).to_owned(), data_key(found)),
        None => (file.source.clone(), "file".to_owned()),
    }
}

/// Returns the name of the object that holds a secret or config: the key of the file, as the docker client makes it, unless the
/// object exists already under another.
pub(super) fn object_name<'a>(key: &'a str, file: &'a DraftFile) -> &'a str {
    let object = &file.object;
    let external = object.external.external || !object.external.name.is_empty();
    [&object.external.name, &object.name].into_iter().find(|name| external && !name.is_empty()).map_or(key, |name| name)
}

/// Returns the key under which an object holds its file: the file's own name, or `file`.
pub(super) fn data_key(file: &DraftFile) -> String {
    match file.object.file.trim_end_matches('/').rsplit('/').next() {
        Some(base) if !base.is_empty() => base.to_owned(),
        _ => "file".to_owned(),
    }
}

fn item(key: String, name: &str, file: &FileUse) -> KeyToPath {
    KeyToPath { key, path: name.to_owned(), mode: file.mode }
}

fn file_mount(name: &str, mount_path: String) -> VolumeMount {
    VolumeMount { name: name.to_owned(), mount_path, sub_path: Some(name.to_owned()), read_only: true }
}

/// Checks what an API server would refuse: names, paths that are taken, paths with a colon.
fn check(service: &DraftService, made: &Volumes, sink: &mut Sink<'_>) {
    let spot = service.spot("volumes");
    let mut paths = BTreeSet::new();
    for mount in &made.mounts {
        if mount.mount_path.is_empty() || mount.mount_path.contains(':') {
            let message = format!("`{}` is no path that something can be mounted at", mount.mount_path);
            sink.error("INVALID_PATH", &spot, message, "a path without `:` is expected");
        }
        if !paths.insert(mount.mount_path.trim_end_matches('/')) {
            let message = format!("two things are mounted at `{}`", mount.mount_path);
            sink.error("PATH_TAKEN", &spot, message, "give each a path of its own");
        }
        if mount.sub_path.as_ref().is_some_and(|path| path.starts_with('/') || path.split('/').any(|part| part == ".."))
        {
            sink.error("INVALID_PATH", &spot, "a path within a volume cannot lead out of it", "");
        }
    }
    let mut names = BTreeSet::new();
    for name in made.volumes.iter().map(|volume| &volume.name).chain(&made.claims) {
        if let Err(expected) = name::label_1123(name) {
            let instead = name::nearest(name).map(|near| format!("call it `{near}`")).unwrap_or_default();
            sink.error("INVALID_NAME", &spot, format!("`{name}` cannot be the name of a volume: {expected}"), &instead);
        }
        if !names.insert(name) {
            let message = format!("the volume `{name}` has the name that another mount of the pod is given");
            sink.error("NAME_TAKEN", &spot, message, "call the volume otherwise");
        }
    }
}

/// Makes the claims of a stateful service.
pub(super) fn claims(
    volumes: &Volumes,
    annotations: &TextMap,
    size: &str,
    class: Option<&str>,
) -> Vec<VolumeClaimTemplate> {
    let claim = |name: &String| VolumeClaimTemplate {
        metadata: ObjectMeta { name: name.clone(), annotations: annotations.clone(), ..ObjectMeta::default() },
        spec: VolumeClaimSpec {
            access_modes: vec!["ReadWriteOnce"],
            storage_class_name: class.map(str::to_owned),
            resources: VolumeResources { requests: [("storage".to_owned(), size.to_owned())].into() },
        },
    };
    volumes.claims.iter().map(claim).collect()
}
