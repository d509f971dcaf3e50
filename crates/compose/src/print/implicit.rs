//! What a client makes up where the file says nothing.

use std::collections::BTreeMap;

use crate::model::{Client, CommandLine, Dialect, HealthTest, MountKind, Project, Service};
use crate::shell;

impl Project {
    /// Fills in what the client makes up and prints: names of what is external; for the specification also `<project>_<key>` and the
    /// network `default`; for version 1 the network mode `bridge`.
    #[must_use]
    pub fn with_implicit_names(mut self, client: Client) -> Self {
        let prefix = (client == Client::Specification).then(|| self.name.clone());
        if prefix.is_some() {
            self.attach_to_default();
        }
        if matches!(client, Client::StackDeploy(_)) {
            self.as_the_stack_client_holds_it();
        }
        if self.dialect == Dialect::V1 {
            for service in self.services.values_mut() {
                service.network_mode.get_or_insert_with(|| "bridge".to_owned());
            }
        }
        let fill = |name: &mut Option<String>, key: &str, is_external: bool| {
            if is_external {
                name.get_or_insert_with(|| key.to_owned());
            } else if let Some(prefix) = &prefix {
                name.get_or_insert_with(|| format!("{prefix}_{key}"));
            }
        };
        self.networks.iter_mut().for_each(|(key, network)| fill(&mut network.name, key, network.external.is_yes()));
        self.volumes.iter_mut().for_each(|(key, volume)| fill(&mut volume.name, key, volume.external.is_yes()));
        self.secrets.iter_mut().for_each(|(key, secret)| fill(&mut secret.name, key, secret.external.is_yes()));
        self.configs.iter_mut().for_each(|(key, config)| fill(&mut config.name, key, config.external.is_yes()));
        self
    }

    /// The stack client's own model splits command lines, writes the version out, and has no place for some of what it reads.
    fn as_the_stack_client_holds_it(&mut self) {
        if let Dialect::V3(minor) = self.dialect {
            self.version = Some(format!("3.{minor}"));
        }
        for service in self.services.values_mut() {
            for line in [&mut service.command, &mut service.entrypoint] {
                if let Some(CommandLine::Text(text)) = line
                    && let Some(words) = shell::split(text)
                {
                    *line = Some(CommandLine::Words(words));
                }
            }
            service.ports.iter_mut().for_each(|port| port.host_ip = None);
            if let Some(check) = &mut service.healthcheck
                && let Some(test @ HealthTest::Shell(_)) = &mut check.test
            {
                *test = HealthTest::Words(test.words());
            }
            if let Some(build) = &mut service.build {
                build.parts.shm_size = None;
            }
        }
    }

    fn attach_to_default(&mut self) {
        let mut is_used = false;
        for service in self.services.values_mut() {
            let is_unattached = service.networks.as_ref().is_none_or(BTreeMap::is_empty);
            if is_unattached && service.network_mode.is_none() && service.provider.is_none() {
                service.networks = Some([("default".to_owned(), None)].into());
            }
            is_used |= service.networks.as_ref().is_some_and(|networks| networks.contains_key("default"));
            defaults(service);
        }
        if is_used {
            self.networks.entry("default".to_owned()).or_default();
        }
    }
}

fn defaults(service: &mut Service) {
    if let Some(build) = &mut service.build
        && build.dockerfile.is_none()
        && build.dockerfile_inline.is_none()
    {
        build.dockerfile = Some("Dockerfile".to_owned());
    }
    for mount in &mut service.volumes {
        if mount.kind == MountKind::Volume && mount.source.is_some() {
            mount.volume.get_or_insert_default();
        }
    }
}
