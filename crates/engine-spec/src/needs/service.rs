//! Services: what their tasks may reach on any node.

use access::{Operation as Op, Parameter};
use serde_json::Value;

use super::collect::{Collector, list, text, texts};
use super::labels::Labels;
use super::{Creation, CreationKind, FollowUp, Needs, Pin, Request, Rules, Target};
use crate::body::Canonical;
use crate::reference::ObjectRef;

/// Decides on a spec that comes from the engine: the previous one of a service that is rolled back.
#[must_use]
pub fn needs_of_spec(service: &ObjectRef, spec: &Canonical, rules: &Rules) -> Needs {
    let mut c = Collector::new(rules);
    c.tables(spec);
    c.main(Op::ServiceUpdate, Target::Service(service.clone()));
    c.service(&spec.value, Labels::Existing);
    c.finish()
}

impl Collector<'_> {
    pub(super) fn service_create(&mut self, body: Option<&Canonical>) {
        self.main(Op::ServiceCreate, Target::Created);
        self.needs.schedules = true;
        let Some(body) = body.map(|body| &body.value) else { return };
        let name = text(body, "Name");
        self.needs.creation = Some(Creation { kind: CreationKind::Service, name: name.map(str::to_owned) });
        self.service(body, Labels::New);
    }

    pub(super) fn service_update(&mut self, service: &ObjectRef, request: &Request<'_>) {
        self.main(Op::ServiceUpdate, Target::Service(service.clone()));
        self.needs.schedules = true;
        let Some(body) = request.body.map(|body| &body.value) else { return };
        self.service(body, Labels::Existing);
        match request.query.text("rollback").unwrap_or_default() {
            "" | "none" => {}
            "previous" => self.follow(FollowUp::Rollback(service.clone())),
            _ => self.malformed("rollback", "it is `previous` or `none`"),
        }
        let image = body.pointer("/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str).unwrap_or_default();
        let stored = |previous| FollowUp::StoredCredentials {
            service: service.clone(),
            previous,
            image: crate::reference::ImageRef::new(image).ok(),
        };
        match request.query.text("registryAuthFrom").unwrap_or_default() {
            // The engine keeps the credentials of the current spec when none are sent.
            "" | "spec" => self.follow(stored(false)),
            "previous-spec" => self.follow(stored(true)),
            _ => self.malformed("registryAuthFrom", "it is `spec` or `previous-spec`"),
        }
    }

    /// Judges a service's spec.
    fn service(&mut self, spec: &Value, labels: Labels) {
        self.name("Name", text(spec, "Name"));
        self.labels("Labels", spec.get("Labels"), labels);
        self.routing(spec.get("Labels"));
        let task = spec.get("TaskTemplate").unwrap_or(&Value::Null);
        match text(task, "Runtime").unwrap_or_default() {
            "" | "container" => {}
            "plugin" => self.admin("a service of plugins installs them on every node"),
            runtime => self.refuse("TaskTemplate.Runtime", format!("the runtime `{runtime}` is not a client's to ask")),
        }
        if task.get("NetworkAttachmentSpec").is_some_and(|attachment| !attachment.is_null()) {
            self.refuse("TaskTemplate.NetworkAttachmentSpec", "attachments are made by the engine alone");
        }
        self.service_networks("/TaskTemplate/Networks", list(task, "Networks"));
        self.service_networks("/Networks", list(spec, "Networks"));
        let log = task.get("LogDriver").unwrap_or(&Value::Null);
        self.logging("TaskTemplate.LogDriver", text(log, "Name").unwrap_or_default(), log.get("Options"));
        for port in spec.pointer("/EndpointSpec/Ports").and_then(Value::as_array).into_iter().flatten() {
            let published = port.get("PublishedPort").and_then(Value::as_u64).unwrap_or_default();
            let tcp = text(port, "Protocol").is_none_or(|protocol| protocol.eq_ignore_ascii_case("tcp"));
            match u16::try_from(published) {
                Ok(0) => {}
                Ok(published) if tcp => self.own_ports("EndpointSpec.Ports", published..=published),
                Ok(_) => {}
                Err(_) => self.malformed("EndpointSpec.Ports", "a port is at most 65535"),
            }
        }
        if let Some(container) = task.get("ContainerSpec").filter(|container| !container.is_null()) {
            self.service_container(container);
        }
    }

    fn service_container(&mut self, container: &Value) {
        if let Some(image) = text(container, "Image").and_then(|image| self.image("Image", image)) {
            if let Some(host) = image.host() {
                self.registry(host);
            }
            self.need(Op::ImageView, Target::Image(image));
        }
        self.labels("TaskTemplate.ContainerSpec.Labels", container.get("Labels"), Labels::Inner);
        for (index, mount) in list(container, "Mounts").iter().enumerate() {
            self.mount(&format!("TaskTemplate.ContainerSpec.Mounts.{index}"), mount);
        }
        self.isolation(text(container, "Isolation"));
        self.out_of_memory(container.get("OomScoreAdj"));
        if texts(container, "Hosts").any(|(_, entry)| entry.contains("host-gateway")) {
            self.parameter(Parameter::ExtraHosts);
        }
        for secret in list(container, "Secrets") {
            self.reference("Secrets", secret, "SecretID", "SecretName", Op::SecretUse);
        }
        for config in list(container, "Configs") {
            self.reference("Configs", config, "ConfigID", "ConfigName", Op::ConfigUse);
        }
        if let Some(id) = container.pointer("/Privileges/CredentialSpec/Config").and_then(Value::as_str)
            && !id.is_empty()
            && let Some(id) = self.object("CredentialSpec.Config", id)
        {
            self.need(Op::ConfigUse, Target::Config { id, name: None });
        }
    }

    /// Asks for the use of a secret or config by its id; the name sent along must be the id's.
    fn reference(&mut self, field: &str, reference: &Value, id: &str, name: &str, operation: Op) {
        let Some(id) = self.object(field, reference.get(id).and_then(Value::as_str).unwrap_or_default()) else {
            return;
        };
        let name = text(reference, name).map(str::to_owned);
        let target = if operation == Op::SecretUse { Target::Secret { id, name } } else { Target::Config { id, name } };
        self.need(operation, target);
    }

    fn service_networks(&mut self, pointer: &str, networks: &[Value]) {
        for (index, network) in networks.iter().enumerate() {
            let target = network.get("Target").and_then(Value::as_str).unwrap_or_default();
            let pin = Pin { pointer: format!("{pointer}/{index}/Target"), start: 0, end: target.len() };
            self.network(pointer, target, Some(pin));
        }
    }

    /// Judges labels that a router of ours would act on.
    fn routing(&mut self, labels: Option<&Value>) {
        let label = |name: &str| labels.and_then(|labels| text(labels, name)).map(str::to_owned);
        for name in ["com.docker.lb.ssl_cert", "com.docker.lb.ssl_key"] {
            if let Some(secret) = label(name).and_then(|secret| self.object(name, &secret)) {
                self.need(Op::SecretUse, Target::Secret { id: secret, name: None });
            }
        }
        if let Some(network) = label("com.docker.lb.network") {
            self.network("com.docker.lb.network", &network, None);
        }
    }
}
