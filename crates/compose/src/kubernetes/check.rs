//! What is checked before anything is made: names, labels and collisions; and names that are adapted where that is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::name;
use super::network::{PUBLISHED, RANDOM};
use super::object::{Object, TextMap};
use super::sink::{Sink, Spot};
use super::stack::{Draft, DraftFile, DraftService, FileUse};

/// Longest name of a StatefulSet: its pods carry a label of the name, `-` and a hash of ten characters.
const STATEFUL_MAX: usize = name::LABEL_MAX - 11;

/// Checks the stack's name, which is a label's value and part of others.
pub(super) fn stack_name(stack: &str, sink: &mut Sink<'_>) {
    let spot = Spot::new("name", crate::model::Position::default());
    if stack.is_empty() {
        sink.error("MISSING_NAME", &spot, "the stack has no name", "write `name` at the top of the file, or give one");
    } else if let Err(expected) = name::label_1123(stack) {
        let instead = name::nearest(stack).map(|near| format!("call it `{near}`")).unwrap_or_default();
        sink.error("INVALID_NAME", &spot, format!("`{stack}` cannot be the name of a stack: {expected}"), &instead);
    }
}

/// Checks a service's name and what is made of it.
pub(super) fn service(service: &DraftService, stack: &str, sink: &mut Sink<'_>) {
    let spot = service.spot("");
    let own = &service.config.name;
    if let Err(expected) = name::label_1035(own) {
        let instead = name::nearest(own).map(|near| format!("call it `{near}`")).unwrap_or_default();
        sink.error("INVALID_NAME", &spot, format!("`{own}` cannot be the name of a service: {expected}"), &instead);
        return;
    }
    let suffix = |published: bool| service.config.ports.iter().any(|port| (port.published > 0) == published);
    let longest = [(true, PUBLISHED), (false, RANDOM)].into_iter().filter(|(published, _)| suffix(*published));
    for (_, suffix) in longest {
        if own.len() + suffix.len() > name::LABEL_MAX {
            let message = format!("`{own}{suffix}` is longer than 63 characters");
            sink.error("NAME_TOO_LONG", &spot, message, "shorten the service's name");
        }
    }
    if stack.len() + 1 + own.len() > name::LABEL_MAX {
        let message = format!("`{stack}-{own}` is longer than the 63 characters of a label");
        sink.error("NAME_TOO_LONG", &spot, message, "shorten the stack's name or the service's");
    }
    if super::volume::is_persistent(service) && own.len() > STATEFUL_MAX {
        let message =
            format!("`{own}` is longer than the {STATEFUL_MAX} characters that pods with volumes have room for");
        sink.error("NAME_TOO_LONG", &spot, message, "shorten the service's name");
    }
}

/// Sorts `deploy.labels` into labels and annotations: what no label can say is kept as an annotation. The labels by which pods are
/// selected cannot be overridden.
pub(super) fn deploy_labels(service: &DraftService, selector: &TextMap, sink: &mut Sink<'_>) -> (TextMap, TextMap) {
    let (mut labels, mut annotations) = (TextMap::new(), TextMap::new());
    let spot = service.spot("deploy.labels");
    for (key, value) in &service.config.deploy.labels {
        if selector.contains_key(key) {
            let message = format!("the label `{key}` selects the service's pods and is not overridden");
            sink.warning("RESERVED_LABEL", &spot, message, "");
        } else if !name::is_qualified(key) {
            let message = format!("`{key}` cannot be the key of a label and is left out");
            let instead = "letters, digits, `-`, `_` and `.` are allowed, with one `/` after a DNS name";
            sink.warning("INVALID_LABEL", &spot, message, instead);
        } else if name::is_label_value(value) {
            labels.insert(key.clone(), value.clone());
        } else {
            let message = format!("the value of `{key}` cannot be a label's and is kept as an annotation");
            sink.warning("INVALID_LABEL", &spot, message, "letters, digits, `-`, `_` and `.` are allowed, at most 63");
            annotations.insert(key.clone(), value.clone());
        }
    }
    labels.extend(selector.iter().map(|(key, value)| (key.clone(), value.clone())));
    (labels, annotations)
}

/// Finds objects of a kind, and claims of pods, that have one name. What is found is told at the end.
#[derive(Default)]
pub(super) struct Collisions {
    /// The owner of each object, by kind and name.
    objects: BTreeMap<(&'static str, String), Option<Rc<str>>>,
    /// The owner of each claim, by its name.
    claims: BTreeMap<String, Rc<str>>,
    found: Vec<(Spot, String, &'static str)>,
}

impl Collisions {
    /// Takes an object that was made, of a service or of none.
    pub(super) fn see(&mut self, object: &Object, service: Option<&DraftService>) {
        let spot = || {
            service.map_or_else(|| Spot::new("services", crate::model::Position::default()), |service| service.spot(""))
        };
        let owner: Option<Rc<str>> = service.map(|service| service.config.name.as_str().into());
        if let Some(other) = self.objects.insert((object.kind(), object.name().to_owned()), owner) {
            let of = other.map(|other| format!(" of the service `{other}`")).unwrap_or_default();
            let message = format!("the {} `{}` has the name of another{of}", object.kind(), object.name());
            self.found.push((spot(), message, "call one of the two services otherwise"));
        }
        let Object::StatefulSet(set) = object else { return };
        for claim in &set.spec.volume_claim_templates {
            let name = format!("{}-{}", claim.metadata.name, set.metadata.name);
            if let Some(other) = self.claims.insert(name.clone(), set.metadata.name.as_str().into()) {
                let message = format!("the claims `{name}-0` and so on are those of the service `{other}` too");
                self.found.push((spot(), message, "call one of the volumes otherwise"));
            }
        }
    }

    /// Says what was found.
    pub(super) fn tell(self, sink: &mut Sink<'_>) {
        for (spot, message, instead) in self.found {
            sink.error("NAME_TAKEN", &spot, message, instead);
        }
    }
}

/// Says of volumes that several services mount: each pod gets a claim of its own.
pub(super) fn shared_volumes(services: &[Box<DraftService>], sink: &mut Sink<'_>) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for service in services {
        for (index, volume) in service.config.volumes.iter().enumerate() {
            if volume.kind != "volume" || volume.source.is_empty() {
                continue;
            }
            let owner = owners.entry(&volume.source).or_insert(&service.config.name);
            if *owner != service.config.name {
                let message =
                    format!("`{}` is not the volume that `{owner}` has: each pod gets its own", volume.source);
                let instead = "share data through a service, or write a ReadWriteMany claim for Kubernetes";
                sink.warning("SHARED_VOLUME", &service.spot(&format!("volumes[{index}]")), message, instead);
            }
        }
    }
}

/// Takes the nearest names that Kubernetes allows.
pub(super) fn adapt(draft: &mut Draft, sink: &mut Sink<'_>) {
    let mut taken = BTreeSet::new();
    for service in &mut draft.services {
        let spot = service.spot("");
        let own = service.config.name.clone();
        if name::label_1035(&own).is_err()
            && let Some(near) = nearest_1035(&own)
        {
            renamed(
                &spot,
                "service",
                &own,
                &near,
                "others that ask for it under its name have to ask for the new one",
                sink,
            );
            service.config.name = near;
        }
        if !taken.insert(service.config.name.clone()) {
            let message = format!("two services would be called `{}`", service.config.name);
            sink.error("NAME_TAKEN", &spot, message, "call one of the two otherwise");
        }
        for index in 0..service.config.volumes.len() {
            let spot = service.spot(&format!("volumes[{index}]"));
            let Some(volume) = service.config.volumes.get_mut(index) else { continue };
            if volume.kind != "volume" || volume.source.is_empty() || name::label_1123(&volume.source).is_ok() {
                continue;
            }
            if let Some(near) = name::nearest(&volume.source) {
                renamed(&spot, "volume", &volume.source, &near, "", sink);
                volume.source = near;
            }
        }
    }
    adapt_files("secrets", &mut draft.secrets, sink);
    adapt_files("configs", &mut draft.configs, sink);
    for service in &mut draft.services {
        for (files, uses) in
            [(&draft.secrets, &mut service.config.secrets), (&draft.configs, &mut service.config.configs)]
        {
            for file in uses {
                follow(file, files);
            }
        }
    }
}

/// Makes a name that begins with a letter: `1st` becomes `svc-1st`.
fn nearest_1035(own: &str) -> Option<String> {
    let near = name::nearest(own)?;
    if name::label_1035(&near).is_ok() { Some(near) } else { name::nearest(&format!("svc-{near}")) }
}

fn adapt_files(section: &str, files: &mut BTreeMap<String, DraftFile>, sink: &mut Sink<'_>) {
    let mut made = BTreeMap::new();
    for (key, file) in std::mem::take(files) {
        let near = (name::subdomain_1123(&key).is_err() && !file.object.external.external)
            .then(|| name::nearest(&key))
            .flatten()
            .unwrap_or_else(|| key.clone());
        let spot = Spot::new(format!("{section}.{key}"), file.at);
        if near != key {
            renamed(&spot, "object", &key, &near, "", sink);
        }
        if made.insert(near.clone(), file).is_some() {
            let message = format!("two of `{section}` would be called `{near}`");
            sink.error("NAME_TAKEN", &spot, message, "call one of the two otherwise");
        }
    }
    *files = made;
}

/// Follows a secret or config to its new key; the path in the container stays what the file means.
fn follow(file: &mut FileUse, files: &BTreeMap<String, DraftFile>) {
    if files.contains_key(&file.source) {
        return;
    }
    if let Some(near) = name::nearest(&file.source).filter(|near| files.contains_key(near)) {
        let source = std::mem::replace(&mut file.source, near);
        if file.target.is_empty() {
            file.target = source;
        }
    }
}

fn renamed(spot: &Spot, what: &str, own: &str, near: &str, instead: &str, sink: &mut Sink<'_>) {
    sink.warning("NAME_ADAPTED", spot, format!("the {what} `{own}` is called `{near}` on Kubernetes"), instead);
}
