//! Secrets and configs, and how services refer to them.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Value, json};

use super::{Options, labels, scoped};
use crate::Json;
use crate::model::{FileReference, FileResource, Project, Service};
use crate::notes::Notes;
use crate::plan::id_of;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Secret,
    Config,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Config => "config",
        }
    }

    fn all(self, project: &Project) -> &BTreeMap<String, FileResource> {
        match self {
            Self::Secret => &project.secrets,
            Self::Config => &project.configs,
        }
    }
}

fn name_of(key: &str, resource: &FileResource, namespace: &str) -> String {
    match &resource.name {
        Some(name) if !name.is_empty() => name.clone(),
        _ if resource.external.is_yes() => key.to_owned(),
        _ => scoped(namespace, key),
    }
}

/// Bodies of creations, by name. Everything that is declared is made, used or not.
pub(super) fn convert(
    project: &Project,
    options: &Options<'_>,
    kind: Kind,
    notes: &mut Notes<'_>,
) -> BTreeMap<String, Json> {
    let mut made = BTreeMap::new();
    for (key, resource) in kind.all(project) {
        if resource.external.is_yes() {
            continue;
        }
        let name = name_of(key, resource, options.namespace);
        let mut body = json!({ "Name": name, "Labels": labels(options.namespace, &resource.labels) });
        let driver = resource.driver.as_ref().filter(|driver| kind == Kind::Secret && !driver.is_empty());
        if let Some(driver) = driver {
            body["Driver"] = json!({ "Name": driver, "Options": resource.driver_opts });
        } else {
            match content(resource, options) {
                Ok(bytes) => body["Data"] = Value::from(base64::engine::general_purpose::STANDARD.encode(bytes)),
                Err(message) => {
                    notes.error("FILE_UNREADABLE", message, &format!("{}s.{key}", kind.word()), resource.at);
                    continue;
                }
            }
        }
        if let Some(driver) = resource.template_driver.as_ref().filter(|driver| !driver.is_empty()) {
            body["Templating"] = json!({ "Name": driver });
        }
        made.insert(name, body.into());
    }
    made
}

fn content(resource: &FileResource, options: &Options<'_>) -> Result<Vec<u8>, String> {
    if let Some(content) = &resource.content {
        return Ok(content.clone().into_bytes());
    }
    let Some(file) = &resource.file else {
        return Err("it has neither a file nor a driver, and is not external".to_owned());
    };
    (options.reader)(file).map_err(|message| format!("open {file}: {message}"))
}

/// References of a service, sorted by name.
pub(super) fn references(
    project: &Project,
    service: &Service,
    options: &Options<'_>,
    kind: Kind,
    notes: &mut Notes<'_>,
) -> Value {
    let (uses, id_key, name_key) = match kind {
        Kind::Secret => (&service.secrets, "SecretID", "SecretName"),
        Kind::Config => (&service.configs, "ConfigID", "ConfigName"),
    };
    let mut references: Vec<(String, Value)> = Vec::new();
    for used in uses {
        let key = used.source.as_deref().unwrap_or_default();
        let Some(resource) = kind.all(project).get(key) else {
            let code = if kind == Kind::Secret { "UNDEFINED_SECRET" } else { "UNDEFINED_CONFIG" };
            notes.service_error(
                service,
                &format!("{}s", kind.word()),
                code,
                format!("undefined {} {key:?}", kind.word()),
            );
            continue;
        };
        let name = name_of(key, resource, options.namespace);
        let reference = json!({ "File": file(used, key), id_key: id_of(&name), name_key: name });
        if references.iter().any(|(_, other)| other["File"]["Name"] == reference["File"]["Name"]) {
            let message = format!("duplicate {} target for {name} not allowed", kind.word());
            notes.service_error(service, &format!("{}s", kind.word()), "DUPLICATE_TARGET", message);
        }
        references.push((name, reference));
    }
    if kind == Kind::Config
        && let Some(key) = service.credential_spec.as_ref().and_then(|spec| spec.config.as_ref())
    {
        match project.configs.get(key) {
            Some(resource) => {
                let name = name_of(key, resource, options.namespace);
                references.push((name.clone(), json!({ "Runtime": {}, id_key: id_of(&name), name_key: name })));
            }
            None => {
                notes.service_error(service, "credential_spec", "UNDEFINED_CONFIG", format!("undefined config {key:?}"))
            }
        }
    }
    references.sort_by(|a, b| a.0.cmp(&b.0));
    references.into_iter().map(|(_, reference)| reference).collect()
}

fn file(used: &FileReference, key: &str) -> Value {
    let or_zero =
        |text: &Option<String>| text.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| "0".to_owned());
    let target = used.target.clone().filter(|target| !target.is_empty()).unwrap_or_else(|| key.to_owned());
    json!({ "Name": target, "UID": or_zero(&used.uid), "GID": or_zero(&used.gid), "Mode": used.mode.unwrap_or(0o444) })
}

/// The credential specification of a service; a config is named by its id.
pub(super) fn credentials(project: &Project, service: &Service, options: &Options<'_>, notes: &mut Notes<'_>) -> Value {
    let Some(spec) = &service.credential_spec else { return Value::Null };
    let set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let named: Vec<&str> =
        [("\"Config\"", set(&spec.config)), ("\"File\"", set(&spec.file)), ("\"Registry\"", set(&spec.registry))]
            .into_iter()
            .filter_map(|(name, set)| set.then_some(name))
            .collect();
    match named.as_slice() {
        [] => return Value::Null,
        [_] => {}
        [first @ .., last] => {
            let message = format!("invalid credential spec: cannot specify both {} and {last}", first.join(", "));
            notes.service_error(service, "credential_spec", "CREDENTIAL_SPEC", message);
        }
    }
    let config = spec.config.as_ref().and_then(|key| {
        let resource = project.configs.get(key)?;
        Some(id_of(&name_of(key, resource, options.namespace)))
    });
    json!({ "Config": config, "File": spec.file, "Registry": spec.registry })
}
