//! What a swarm has already.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{LABEL_NAMESPACE, Stack};
use crate::Diagnostic;
use crate::plan::id_of;

/// A network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NetworkState {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `swarm`, `local` or `global`.
    pub scope: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// A secret or a config.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ObjectState {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The index of its version.
    pub version: u64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// A service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceState {
    /// Its id.
    pub id: String,
    /// The index of its version.
    pub version: u64,
    /// Its specification, as the engine gives it.
    pub spec: Value,
}

impl ServiceState {
    /// Returns the service's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.spec.get("Name").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_of(&self, namespace: &str) -> bool {
        self.spec.pointer("/Labels").and_then(|labels| labels.get(LABEL_NAMESPACE)).and_then(Value::as_str)
            == Some(namespace)
    }
}

/// What a swarm has already. The default is a swarm that has nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// Networks, of other stacks too.
    pub networks: Vec<NetworkState>,
    /// Secrets.
    pub secrets: Vec<ObjectState>,
    /// Configs.
    pub configs: Vec<ObjectState>,
    /// Services.
    pub services: Vec<ServiceState>,
}

pub(super) fn label_is(labels: &BTreeMap<String, String>, namespace: &str) -> bool {
    labels.get(LABEL_NAMESPACE).map(String::as_str) == Some(namespace)
}

impl State {
    pub(super) fn has_stack_network(&self, namespace: &str, name: &str) -> bool {
        self.networks.iter().any(|network| network.name == name && label_is(&network.labels, namespace))
    }

    /// External networks must be there and span the swarm; `host`, `bridge` and `none` are on every node.
    pub(super) fn check_networks(&self, names: &[String], errors: &mut Vec<Diagnostic>) {
        for name in names.iter().filter(|name| super::networks::is_user_defined(name)) {
            match self.networks.iter().find(|network| network.name == *name || network.id == *name) {
                None => errors.push(
                    Diagnostic::error(
                        "EXTERNAL_NETWORK_MISSING",
                        format!("network {name:?} is declared as external, but could not be found"),
                    )
                    .suggestion(format!("create it first: docker network create --driver overlay {name}")),
                ),
                Some(network) if network.scope != "swarm" => errors.push(
                    Diagnostic::error(
                        "EXTERNAL_NETWORK_SCOPE",
                        format!("network {name:?} is declared as external, but its scope is {:?}", network.scope),
                    )
                    .expected("a network of scope \"swarm\""),
                ),
                Some(_) => {}
            }
        }
    }

    /// Puts ids where the specification names secrets and configs.
    pub(super) fn fill_ids(&self, service: &str, spec: &mut Value, stack: &Stack, errors: &mut Vec<Diagnostic>) {
        for (list, id_key, name_key, what, existing, made) in [
            ("Secrets", "SecretID", "SecretName", "secret", &self.secrets, &stack.secrets),
            ("Configs", "ConfigID", "ConfigName", "config", &self.configs, &stack.configs),
        ] {
            let pointer = format!("/TaskTemplate/ContainerSpec/{list}");
            for reference in spec.pointer_mut(&pointer).and_then(Value::as_array_mut).into_iter().flatten() {
                let name = reference.get(name_key).and_then(Value::as_str).unwrap_or_default().to_owned();
                let id = existing.iter().find(|object| object.name == name).map(|object| object.id.clone());
                let Some(id) = id.or_else(|| made.contains_key(&name).then(|| id_of(&name))) else {
                    let code = if what == "secret" { "SECRET_MISSING" } else { "CONFIG_MISSING" };
                    errors.push(Diagnostic::error(code, format!("service {service}: {what} not found: {name}")));
                    continue;
                };
                reference[id_key] = Value::from(id);
            }
        }
        // A credential specification kept in a config names it by its id.
        let pointer = "/TaskTemplate/ContainerSpec/Privileges/CredentialSpec/Config";
        if let Some(config) = spec.pointer_mut(pointer)
            && let Some(name) = config.as_str().and_then(|id| id.strip_prefix('<')?.strip_suffix('>'))
            && let Some(object) = self.configs.iter().find(|object| object.name == name)
        {
            *config = Value::from(object.id.clone());
        }
    }
}
