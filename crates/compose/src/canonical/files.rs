//! References to files: `env_file`, secrets and configs, and the definitions at the top of a file.

use super::{Context, dictionary, key_of, list_mut, paths, text_to_key, to_list};
use crate::diagnostic::Diagnostic;
use crate::tree::{Map, Node, Value};

/// `env_file` as a list of `{path, required}` with absolute paths.
pub(super) fn env_files(node: &mut Node, context: &mut Context<'_>) {
    to_list(node);
    for item in list_mut(node) {
        text_to_key(item, "path");
        key_of(item, "path", |node| paths::make_absolute(node, context));
    }
}

/// `secrets` and `configs` of a service as a list of mappings.
pub(super) fn references(node: &mut Node) {
    for item in list_mut(node) {
        text_to_key(item, "source");
    }
}

/// A network, volume, secret or config.
pub(super) fn definition(node: &mut Node, section: &str, context: &mut Context<'_>) {
    if node.is_null() {
        node.value = Map::new().into();
    }
    key_of(node, "labels", |node| dictionary::to_map(node, true, context.flavour));
    key_of(node, "driver_opts", |node| dictionary::to_map(node, true, context.flavour));
    key_of(node, "ipam", |node| {
        key_of(node, "options", |node| dictionary::to_map(node, true, context.flavour));
        key_of(node, "config", |node| {
            for pool in list_mut(node) {
                key_of(pool, "aux_addresses", |node| dictionary::to_map(node, true, context.flavour));
            }
        });
    });
    external_name(node, section, context);
    if matches!(section, "secrets" | "configs") {
        key_of(node, "file", |node| paths::make_absolute(node, context));
    }
    if section == "volumes" && !context.is_stack() {
        bind_device(node, context);
    }
}

/// `external: {name: x}` is an old way to say `external: true` and `name: x`.
fn external_name(node: &mut Node, section: &str, context: &mut Context<'_>) {
    let Some(map) = node.as_map_mut() else { return };
    let Some(external) = map.get_mut("external") else { return };
    let Value::Map(inner) = &mut external.node.value else { return };
    let name = inner.shift_remove("name");
    external.node.value = Value::Bool(true);
    let Some(name) = name else { return };
    if map.contains_key("name") && !context.is_classic() {
        let error =
            Diagnostic::error("CONFLICTING_KEYS", "the name is said twice, with `name` and with `external.name`");
        context.sink.push(name.key_at, &section, error.suggestion("keep `name` and write `external: true`"));
    }
    map.insert("name", name);
}

/// A local volume that is a bind in disguise: its device is a path.
fn bind_device(node: &mut Node, context: &mut Context<'_>) {
    let driver = node.get("driver").and_then(Node::as_text);
    let is_local = driver == Some("local") || driver.is_none() && context.is_classic();
    let option = |name: &str| node.get("driver_opts").and_then(|options| options.get(name)).and_then(Node::as_text);
    let is_bind = is_local && option("o") == Some("bind") && option("device").is_some_and(|device| !device.is_empty());
    if is_bind {
        key_of(node, "driver_opts", |node| key_of(node, "device", |node| paths::make_absolute(node, context)));
    }
}
