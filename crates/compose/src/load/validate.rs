//! Rules about how the parts of a project fit together, as each client checks them.

mod references;

use crate::diagnostic::Diagnostic;
use crate::model::{Build, Client, CommandLine, Dialect, HealthTest, Position, Project, Service};
use crate::shell;
use crate::sink::Sink;
use crate::tree::{Node, Trail};

/// Checks what can only be seen on the tree.
pub(super) fn tree(root: &Node, client: Client, sink: &mut Sink) {
    let top = Trail::ROOT;
    for section in ["networks", "volumes", "secrets", "configs"] {
        let path = top.key(section);
        for (name, entry) in root.get(section).and_then(Node::as_map).into_iter().flatten() {
            let is_external =
                entry.node.get("external").is_some_and(|node| node.to_json() == true || node.as_text() == Some("true"));
            if is_external && (section == "volumes" || client != Client::Specification) {
                external(&entry.node, section, client, &path.key(name), sink);
            } else if matches!(section, "secrets" | "configs") {
                content(&entry.node, section, client, is_external, entry.key_at, &path.key(name), sink);
            }
        }
    }
}

/// Checks requests for devices, as the specification's client does; decoding takes the services out of the tree.
pub(super) fn device_requests(root: &Node, client: Client, sink: &mut Sink) {
    if client != Client::Specification {
        return;
    }
    let top = Trail::ROOT;
    let services = top.key("services");
    for (name, entry) in root.get("services").and_then(Node::as_map).into_iter().flatten() {
        let service = services.key(name);
        let gpus = service.key("gpus");
        for (index, request) in entry.node.get("gpus").and_then(Node::as_list).unwrap_or_default().iter().enumerate() {
            device_request(request, &gpus.index(index), sink);
        }
        let devices = ["deploy", "resources", "reservations", "devices"];
        let requests = devices.iter().try_fold(&entry.node, |node, key| node.get(key)).and_then(Node::as_list);
        for (index, request) in requests.unwrap_or_default().iter().enumerate() {
            let path = format!("{service}.deploy.resources.reservations.devices[{index}]");
            if request.get("capabilities").is_none() {
                let error = Diagnostic::error("MISSING_KEY", "the key `capabilities` is missing");
                sink.push(request.at, &path, error.suggestion("write `capabilities: [gpu]`"));
            }
            device_request(request, &path, sink);
        }
    }
}

fn device_request(request: &Node, path: &impl std::fmt::Display, sink: &mut Sink) {
    let Some(count) = request.get("count") else { return };
    let is_number = |text: &str| text.parse::<i64>().is_ok();
    if let Some(text) = count.as_text().filter(|text| *text != "all" && !is_number(text)) {
        let error = Diagnostic::error("INVALID_VALUE", format!("`{text}` cannot be read"));
        sink.push(count.at, &format!("{path}.count"), error.expected("`all` or a number"));
    }
    if request.get("device_ids").is_some() {
        let error = Diagnostic::error("CONFLICTING_KEYS", "only one of `count` and `device_ids` can be set");
        sink.push(count.at, &format!("{path}.count"), error.suggestion("remove one of the two"));
    }
}

/// What exists already cannot be given properties.
fn external(node: &Node, section: &str, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    for (key, entry) in node.as_map().into_iter().flatten() {
        let is_fine = match client {
            // docker-compose 1.29 makes an exception for a network's driver, the others for `x-` keys.
            Client::ComposeV1_29 => {
                matches!(key.as_str(), "external" | "name") || section == "networks" && key == "driver"
            }
            Client::StackDeploy(_) => {
                section == "networks" || !matches!(key.as_str(), "driver" | "driver_opts" | "labels" | "file")
            }
            Client::Specification => matches!(key.as_str(), "external" | "name") || key.starts_with("x-"),
        };
        if !is_fine {
            let error = Diagnostic::error("EXTERNAL_WITH_PROPERTIES", format!("what is external cannot have `{key}`"));
            sink.push(entry.key_at, &path.key(key), error.suggestion(format!("remove `{key}`, or `external`")));
        }
    }
}

/// A secret or a config has one source.
fn content(
    node: &Node,
    section: &str,
    client: Client,
    is_external: bool,
    at: Position,
    path: &Trail<'_>,
    sink: &mut Sink,
) {
    if client != Client::Specification {
        return;
    }
    let known: &[&str] =
        if section == "secrets" { &["file", "environment"] } else { &["file", "environment", "content"] };
    let set: Vec<&str> = known.iter().copied().filter(|key| node.get(key).is_some()).collect();
    if set.len() > 1 {
        let message = format!("only one of {} can be set", known.join(", "));
        sink.push(at, path, Diagnostic::error("CONFLICTING_KEYS", message));
    } else if set.is_empty() && !is_external && node.get("driver").is_none() {
        let message = format!("one of {} or external must be set", known.join(", "));
        sink.push(at, path, Diagnostic::error("MISSING_KEY", message));
    }
}

/// Checks a decoded project.
pub(super) fn project(project: &Project, client: Client, sink: &mut Sink) {
    let is_specification = client == Client::Specification;
    if project.services.is_empty() && project.disabled_services.is_empty() && is_specification {
        let root = Trail::ROOT;
        let warning = Diagnostic::warning("NO_SERVICES", "the file has no service");
        sink.push(Position { file: 0, line: 1, column: 1 }, &root, warning);
    }
    for service in project.services.values().chain(project.disabled_services.values()) {
        let root = Trail::ROOT;
        let services = root.key("services");
        let path = services.key(&service.name);
        source(service, client, &path, sink);
        healthcheck(service, client, &path, sink);
        limits(service, client, project.dialect, &path, sink);
        command_lines(service, client, &path, sink);
        mounts(service, client, &path, sink);
        references::check(project, service, client, &path, sink);
    }
    references::cycles(project, client, sink);
}

fn source(service: &Service, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    let is_stack = matches!(client, Client::StackDeploy(_));
    // docker-compose 1.29 needs a place to build in; the specification takes the project's directory.
    let is_built = |build: &Build| client != Client::ComposeV1_29 || build.context.is_some();
    let has_build = service.build.as_deref().is_some_and(is_built);
    if service.image.is_none() && !has_build && service.provider.is_none() && !is_stack {
        let error =
            Diagnostic::error("NO_IMAGE", format!("service `{}` has neither an image nor a build", service.name));
        sink.push(service.at, path, error.suggestion("add `image` or `build`"));
    }
    let is_classic = client == Client::ComposeV1_29;
    if is_classic && service.image.is_none() && service.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let message =
            format!("service `{}` has upper-case letters, which cannot be part of an image's name", service.name);
        sink.push(service.at, path, Diagnostic::error("INVALID_NAME", message).suggestion("set `image`, or rename it"));
    }
    let has_source = |spec: &crate::model::CredentialSpec| spec.file.is_some() || spec.registry.is_some();
    if is_classic && service.credential_spec.as_ref().is_some_and(|spec| !has_source(spec)) {
        let error = Diagnostic::error("MISSING_KEY", "one of `file` and `registry` must be set");
        sink.push(service.key_at("credential_spec"), &path.key("credential_spec"), error);
    }
    let replicas = service.deploy.as_ref().and_then(|deploy| deploy.replicas).or(service.scale).unwrap_or(1);
    if client == Client::Specification && service.container_name.is_some() && replicas > 1 {
        let message = "a fixed `container_name` allows one container only";
        sink.push(
            service.key_at("container_name"),
            &path.key("container_name"),
            Diagnostic::error("CONFLICTING_KEYS", message),
        );
    }
    let both = service.scale.zip(service.deploy.as_ref().and_then(|deploy| deploy.replicas));
    if client == Client::Specification && both.is_some_and(|(scale, replicas)| scale != replicas) {
        let error = Diagnostic::error("CONFLICTING_KEYS", "`scale` and `deploy.replicas` say different numbers");
        sink.push(service.key_at("scale"), &path.key("scale"), error.suggestion("keep one of the two"));
    }
}

/// The clients in Go split command lines when they load; docker-compose 1.29 does when it makes the container.
fn command_lines(service: &Service, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    for (key, line) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
        let Some(CommandLine::Text(text)) = line else { continue };
        if client != Client::ComposeV1_29 && shell::split(text).is_none() {
            let error = Diagnostic::error("COMMAND_LINE", "a quotation mark is not closed");
            sink.push(service.key_at(key), &path.key(key), error.suggestion("close it, or write a list of words"));
        }
    }
}

fn healthcheck(service: &Service, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    let Some(healthcheck) = &service.healthcheck else { return };
    let Some(HealthTest::Words(words)) = &healthcheck.test else { return };
    if client == Client::ComposeV1_29
        && words.first().is_some_and(|word| word == "NONE")
        && service_has_more(healthcheck)
    {
        let error = Diagnostic::error("CONFLICTING_KEYS", "a disabled health check cannot have other keys");
        sink.push(
            service.key_at("healthcheck"),
            &path.key("healthcheck"),
            error.suggestion("keep `disable: true` alone"),
        );
    }
    let is_known = matches!(words.first().map(String::as_str), Some("NONE" | "CMD" | "CMD-SHELL"));
    // The stack client leaves an empty list, and checks nothing else either.
    if is_known || matches!(client, Client::StackDeploy(_)) || words.is_empty() && client == Client::Specification {
        return;
    }
    let healthcheck_path = path.key("healthcheck");
    let error = Diagnostic::error("INVALID_VALUE", "a list must begin with NONE, CMD or CMD-SHELL")
        .suggestion("write `[\"CMD\", ...]`, or the whole command as one string");
    sink.push(service.key_at("healthcheck"), &healthcheck_path.key("test"), error);
}

/// Tells whether a health check has more than its test.
fn service_has_more(healthcheck: &crate::model::HealthCheck) -> bool {
    let bare = crate::model::HealthCheck { test: healthcheck.test.clone(), ..Default::default() };
    *healthcheck != bare
}

fn limits(service: &Service, client: Client, dialect: Dialect, path: &Trail<'_>, sink: &mut Sink) {
    for (name, limit) in &service.ulimits {
        let is_wrong = limit.soft.zip(limit.hard).is_some_and(|(soft, hard)| soft > hard && hard != -1);
        if is_wrong && client == Client::ComposeV1_29 {
            let ulimits = path.key("ulimits");
            let error = Diagnostic::error("INVALID_VALUE", "the soft limit is above the hard one");
            sink.push(service.key_at("ulimits"), &ulimits.key(name), error);
        }
    }
    // Only the schema of version 1 minds.
    if dialect == Dialect::V1 && service.memswap_limit.is_some() && service.mem_limit.is_none() {
        let error = Diagnostic::error("MISSING_KEY", "`memswap_limit` needs `mem_limit` as well");
        sink.push(service.key_at("memswap_limit"), &path.key("memswap_limit"), error);
    }
}

fn mounts(service: &Service, client: Client, path: &Trail<'_>, sink: &mut Sink) {
    let volumes = path.key("volumes");
    for (index, mount) in service.volumes.iter().enumerate() {
        let is_bind = mount.kind == crate::model::MountKind::Bind;
        if is_bind && mount.source.is_none() {
            let error = Diagnostic::error("MISSING_KEY", "a bind needs a `source`");
            sink.push(mount.at, &volumes.index(index), error);
        }
        if mount.target.is_empty() && client == Client::Specification {
            let error = Diagnostic::error("MISSING_KEY", "a volume needs a `target`");
            sink.push(mount.at, &volumes.index(index), error);
        }
        let is_tmpfs = mount.kind == crate::model::MountKind::Tmpfs;
        if is_tmpfs && mount.source.is_some() && client == Client::ComposeV1_29 {
            let error = Diagnostic::error("CONFLICTING_KEYS", "a tmpfs mount has no `source`");
            sink.push(mount.at, &volumes.index(index), error.suggestion("remove `source`"));
        }
        let is_repeated = service.volumes.iter().take(index).any(|other| other.target == mount.target);
        if is_repeated && client == Client::ComposeV1_29 && index < 1_000 {
            let error = Diagnostic::error("DUPLICATE_MOUNT", format!("`{}` is mounted twice", mount.target));
            sink.push(mount.at, &volumes.index(index), error);
        }
    }
}
