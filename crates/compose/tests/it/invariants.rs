//! What holds for whatever is made.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_compose::kubernetes::object::{ServiceSpec, TextMap};
use holdfast_compose::kubernetes::pod::{PodTemplate, VolumeSource};
use holdfast_compose::kubernetes::{Object, Objects};

/// Checks everything that an API server, or a reader, relies on. `outside` are the secrets and configs that exist already.
pub(crate) fn check(objects: &Objects, outside: &BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    for object in &objects.items {
        assert!(seen.insert((object.kind(), object.name())), "two {} are called {}", object.kind(), object.name());
        assert!(is_subdomain(object.name()), "{}", object.name());
        labels(&object.metadata().labels);
        annotations(&object.metadata().annotations);
        if let Object::Service(service) = object {
            assert!(is_label(object.name()) && object.name().starts_with(|first: char| first.is_ascii_lowercase()));
            ports(&service.spec);
            let answered = objects.items.iter().filter_map(Object::pods);
            let count = answered.filter(|(pod, _)| matches(&service.spec.selector, &pod.metadata.labels)).count();
            assert_eq!(count, 1, "the Service {} selects the pods of one controller", object.name());
        }
        if let Some((template, selector)) = object.pods() {
            assert!(matches(selector, &template.metadata.labels), "{} does not select its own pods", object.name());
            pod(object, template, objects, outside);
        }
    }
}

fn matches(selector: &TextMap, labels: &TextMap) -> bool {
    !selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn ports(spec: &ServiceSpec) {
    assert!(!spec.ports.is_empty());
    let names: BTreeSet<_> = spec.ports.iter().map(|port| &port.name).collect();
    assert_eq!(names.len(), spec.ports.len());
    assert!(spec.ports.iter().all(|port| port.port > 0 && port.target_port > 0 && port.name.len() <= 15));
}

fn pod(owner: &Object, template: &PodTemplate, objects: &Objects, outside: &BTreeSet<String>) {
    labels(&template.metadata.labels);
    annotations(&template.metadata.annotations);
    let [container] = template.spec.containers.as_slice() else { panic!("one container is made") };
    assert!(is_label(&container.name) && !container.image.is_empty());
    let mut volumes: Vec<&str> = template.spec.volumes.iter().map(|volume| volume.name.as_str()).collect();
    if let Object::StatefulSet(set) = owner {
        assert!(!set.spec.volume_claim_templates.is_empty());
        volumes.extend(set.spec.volume_claim_templates.iter().map(|claim| claim.metadata.name.as_str()));
    }
    let unique: BTreeSet<&str> = volumes.iter().copied().collect();
    assert_eq!(unique.len(), volumes.len(), "{volumes:?}");
    assert!(volumes.iter().all(|name| is_label(name)), "{volumes:?}");
    let paths: BTreeSet<_> = container.volume_mounts.iter().map(|mount| &mount.mount_path).collect();
    assert_eq!(paths.len(), container.volume_mounts.len());
    for mount in &container.volume_mounts {
        assert!(unique.contains(mount.name.as_str()), "{mount:?}");
        assert!(!mount.mount_path.is_empty() && !mount.mount_path.contains(':'), "{mount:?}");
        assert!(
            mount
                .sub_path
                .as_ref()
                .is_none_or(|path| !path.starts_with('/') && !path.split('/').any(|part| part == "..")),
            "{mount:?}"
        );
    }
    for volume in &template.spec.volumes {
        let (kind, name, items) = match &volume.source {
            VolumeSource::Secret { secret_name, items } => ("Secret", secret_name, items),
            VolumeSource::ConfigMap { name, items } => ("ConfigMap", name, items),
            VolumeSource::HostPath { path } => {
                assert!(path.starts_with('/') && !path.split('/').any(|part| part == ".."), "{path}");
                continue;
            }
            VolumeSource::EmptyDir(_) | VolumeSource::GitRepo { .. } => continue,
        };
        let made = objects.items.iter().find(|object| object.kind() == kind && object.name() == name);
        let Some(made) = made else {
            assert!(outside.contains(name), "the {kind} {name} is mounted and not there");
            continue;
        };
        let keys: Vec<&String> = match made {
            Object::Secret(secret) => secret.data.keys().collect(),
            Object::ConfigMap(map) => map.data.keys().chain(map.binary_data.keys()).collect(),
            _ => Vec::new(),
        };
        assert!(items.iter().all(|item| keys.contains(&&item.key)), "{items:?} of {keys:?}");
    }
}

fn labels(labels: &BTreeMap<String, String>) {
    let fits = |text: &str| {
        let ends = |character: Option<char>| character.is_some_and(|one| one.is_ascii_alphanumeric());
        text.len() <= 63
            && ends(text.chars().next())
            && ends(text.chars().last())
            && text.chars().all(|one| one.is_ascii_alphanumeric() || "-_.".contains(one))
    };
    for (key, value) in labels {
        let (prefix, name) = key.split_once('/').map_or((None, key.as_str()), |(prefix, name)| (Some(prefix), name));
        assert!(prefix.is_none_or(is_subdomain) && fits(name), "{key}");
        assert!(value.is_empty() || fits(value), "{key}: {value}");
    }
}

fn annotations(annotations: &BTreeMap<String, String>) {
    labels(&annotations.keys().map(|key| (key.clone(), String::new())).collect());
}

fn is_label(text: &str) -> bool {
    is_subdomain(text) && !text.contains('.') && text.len() <= 63
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-')
        })
}
