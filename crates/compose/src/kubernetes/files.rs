//! Secrets and configs as objects.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::object::{ConfigMap, Object, ObjectMeta, Secret, TextMap};
use super::sink::{Sink, Spot};
use super::stack::{Draft, DraftFile, DraftSource};
use super::volume::{data_key, object_name};
use super::{Options, STACK_LABEL, name};

/// Most that a Secret or `ConfigMap` may hold: `core/v1`, `MaxSecretSize`.
const CONTENT_MAX: usize = 1 << 20;

/// Makes the config maps and secrets that do not exist yet.
pub(super) fn objects(draft: &Draft, stack: &str, options: &Options, sink: &mut Sink<'_>) -> Vec<Object> {
    let mut made = Vec::new();
    for (section, files) in [("configs", &draft.configs), ("secrets", &draft.secrets)] {
        made.extend(section_objects(section, files, stack, options, sink));
    }
    for service in &draft.services {
        let uses = [
            ("secrets", &service.config.secrets, &draft.secrets),
            ("configs", &service.config.configs, &draft.configs),
        ];
        for (section, uses, files) in uses {
            for (index, file) in uses.iter().enumerate() {
                let spot = service.spot(&format!("{section}[{index}]"));
                if files.contains_key(&file.source) {
                    continue;
                }
                if draft.must_declare {
                    let message = format!("there is no `{}` under `{section}`", file.source);
                    sink.error("UNDEFINED", &spot, message, "declare it, with `external: true` if it exists already");
                } else if let Err(expected) = name::subdomain_1123(&file.source) {
                    let message = format!("`{}` cannot be the name of an object: {expected}", file.source);
                    sink.error("INVALID_NAME", &spot, message, "");
                }
            }
        }
    }
    made
}

fn section_objects(
    section: &str,
    files: &BTreeMap<String, DraftFile>,
    stack: &str,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Vec<Object> {
    let mut made = Vec::new();
    for (key, file) in files {
        let spot = Spot::new(format!("{section}.{key}"), file.at);
        let object = object_name(key, file);
        if let Err(expected) = name::subdomain_1123(object) {
            let instead = name::nearest(object).map(|near| format!("call it `{near}`")).unwrap_or_default();
            let message = format!("`{object}` cannot be the name of an object: {expected}");
            sink.error("INVALID_NAME", &spot, message, &instead);
        }
        if !name::is_data_key(&data_key(file)) {
            let message = format!("`{}` cannot be the key of a content", data_key(file));
            sink.error(
                "INVALID_NAME",
                &spot,
                message,
                "call the file otherwise: letters, digits, `-`, `_` and `.` are allowed",
            );
        }
        if file.object.external.external || !file.object.external.name.is_empty() {
            continue;
        }
        if !file.object.name.is_empty() && file.object.name != *key {
            let message = format!("the object is called `{key}`, as docker's client calls it; `name` is for Swarm");
            sink.warning("NAME_IGNORED", &spot, message, "");
        }
        let Some(content) = content(file, options, &spot, sink) else { continue };
        let metadata = ObjectMeta {
            name: object.to_owned(),
            namespace: options.namespace.clone(),
            labels: [(STACK_LABEL.to_owned(), stack.to_owned())].into(),
            annotations: annotations(file, &spot, sink),
        };
        made.push(object_of(section, metadata, data_key(file), content));
    }
    made
}

fn object_of(section: &str, metadata: ObjectMeta, key: String, content: Option<Vec<u8>>) -> Object {
    let one = |value: String| -> TextMap { [(key.clone(), value)].into() };
    if section == "secrets" {
        let data = content.map(|bytes| one(STANDARD.encode(bytes))).unwrap_or_default();
        return Object::Secret(Secret { api_version: "v1", kind: "Secret", metadata, data });
    }
    let (mut data, mut binary_data) = (TextMap::new(), TextMap::new());
    match content.map(String::from_utf8) {
        Some(Ok(text)) => data = one(text),
        Some(Err(bytes)) => binary_data = one(STANDARD.encode(bytes.as_bytes())),
        None => {}
    }
    Object::ConfigMap(ConfigMap { api_version: "v1", kind: "ConfigMap", metadata, data, binary_data })
}

/// Returns the content; `Some(None)` where contents are left out.
fn content(file: &DraftFile, options: &Options, spot: &Spot, sink: &mut Sink<'_>) -> Option<Option<Vec<u8>>> {
    let Some(contents) = &options.contents else { return Some(None) };
    let found = match &file.source {
        DraftSource::Inline(text) => Some(text.clone().into_bytes()),
        DraftSource::Variable(name) => contents.variables.get(name).map(|value| value.clone().into_bytes()),
        DraftSource::File if file.object.file.is_empty() => {
            let instead = "name a `file`, or say `external: true` if it exists already";
            sink.error("MISSING_CONTENT", spot, "there is no content to make the object of", instead);
            return None;
        }
        DraftSource::File => contents.files.get(&file.object.file).cloned(),
    };
    let Some(found) = found else {
        let what = match &file.source {
            DraftSource::Variable(name) => format!("the variable `{name}` is not set"),
            DraftSource::File | DraftSource::Inline(_) => format!("the file `{}` was not read", file.object.file),
        };
        sink.error("MISSING_CONTENT", spot, what, "");
        return None;
    };
    if found.len() > CONTENT_MAX {
        let message = format!("the content has {} bytes; Kubernetes takes 1 MiB", found.len());
        sink.error("CONTENT_TOO_LARGE", spot, message, "put it into the image or into a volume");
        return None;
    }
    Some(Some(found))
}

fn annotations(file: &DraftFile, spot: &Spot, sink: &mut Sink<'_>) -> TextMap {
    let mut made = TextMap::new();
    for (key, value) in &file.object.labels {
        if name::is_qualified(key) {
            made.insert(key.clone(), value.clone());
        } else {
            let message = format!("`{key}` cannot be the key of an annotation and is left out");
            sink.warning("INVALID_LABEL", spot, message, "");
        }
    }
    made
}
