//! Short forms to long forms, on the untyped tree, so that merging sees one form only.

mod dictionary;
mod files;
mod paths;
mod ports;
mod volumes;

use crate::model::{Client, Position};
use crate::sink::Sink;
use crate::tree::{Entry, Key, Map, Node, Trail, Value};
use crate::yaml::Flavour;

pub(crate) use paths::{absolute, clean};
pub(crate) use volumes::SHORT_MODE;

/// What a transformation needs to know.
pub(crate) struct Context<'a> {
    pub(crate) client: Client,
    pub(crate) flavour: Flavour,
    pub(crate) sink: &'a mut Sink,
    /// What relative paths of this file are relative to.
    pub(crate) directory: &'a str,
    pub(crate) home: Option<&'a str>,
    /// How many ports ranges may still unfold to.
    pub(crate) ports_left: &'a mut usize,
}

impl Context<'_> {
    fn is_classic(&self) -> bool {
        self.client == Client::ComposeV1_29
    }

    fn is_stack(&self) -> bool {
        matches!(self.client, Client::StackDeploy(_))
    }
}

/// Brings a whole checked file into the long forms. Version 1 files have been put under `services` before.
pub(crate) fn file(root: &mut Node, context: &mut Context<'_>) {
    let Some(map) = root.as_map_mut() else { return };
    for section in ["networks", "volumes", "secrets", "configs"] {
        if let Some(definitions) = map.get_mut(section).and_then(|entry| entry.node.as_map_mut()) {
            for (_, entry) in definitions.iter_mut() {
                files::definition(&mut entry.node, section, context);
            }
        }
    }
    let Some(services) = map.get_mut("services").and_then(|entry| entry.node.as_map_mut()) else { return };
    let root = Trail::ROOT;
    let path = root.key("services");
    for (name, entry) in services.iter_mut() {
        service(&mut entry.node, &path.key(name), context);
    }
}

/// Brings one service into the long forms.
pub(crate) fn service(node: &mut Node, path: &Trail<'_>, context: &mut Context<'_>) {
    let Some(map) = node.as_map_mut() else { return };
    version_1_names(map);
    for key in ["environment", "labels", "annotations", "sysctls", "storage_opt"] {
        on(map, key, |node| dictionary::to_map(node, key != "environment", context.flavour));
    }
    for key in ["dns", "dns_search", "tmpfs", "label_file"] {
        on(map, key, to_list);
    }
    on(map, "extra_hosts", |node| dictionary::hosts(node, context.flavour));
    on(map, "depends_on", depends_on);
    on(map, "networks", |node| names_to_map(node, |at| Node::new(Value::Null, at)));
    on(map, "models", |node| names_to_map(node, |at| Node::new(Value::Null, at)));
    on(map, "extends", |node| text_to_key(node, "service"));
    on(map, "secrets", files::references);
    on(map, "configs", files::references);
    on(map, "gpus", gpus);
    on(map, "deploy", |node| deploy(node, context.flavour));
    on(map, "logging", |node| key_of(node, "options", |node| dictionary::to_map(node, false, context.flavour)));
    on(map, "build", |node| build(node, context));
    for hooks in ["post_start", "pre_stop"] {
        on(map, hooks, |node| {
            for hook in list_mut(node) {
                key_of(hook, "environment", |node| dictionary::to_map(node, false, context.flavour));
            }
        });
    }
    on(map, "env_file", |node| files::env_files(node, context));
    on(map, "label_file", |node| paths::each_absolute(node, context));
    on(map, "develop", |node| develop(node, context));
    if let Some(entry) = map.get_mut("ports") {
        ports::to_long(&mut entry.node, &path.key("ports"), context);
    }
    if context.is_classic() {
        on(map, "healthcheck", disabled);
    }
    let has_driver = map.contains_key("volume_driver");
    if let Some(entry) = map.get_mut("volumes") {
        // With a volume driver docker-compose 1.29 leaves sources as they are.
        let directory = if has_driver { "" } else { context.directory };
        let directory = std::mem::replace(&mut context.directory, directory);
        volumes::to_long(&mut entry.node, &path.key("volumes"), context);
        context.directory = directory;
    }
}

/// Does something to a key's value, where the key is there and its value is not going to be reset.
fn on(map: &mut Map, key: &str, action: impl FnOnce(&mut Node)) {
    if let Some(entry) = map.get_mut(key) {
        let tag = entry.node.tag;
        action(&mut entry.node);
        entry.node.tag = tag;
    }
}

fn key_of(node: &mut Node, key: &str, action: impl FnOnce(&mut Node)) {
    if let Some(map) = node.as_map_mut() {
        on(map, key, action);
    }
}

fn list_mut(node: &mut Node) -> &mut [Node] {
    if let Value::List(list) = &mut node.value { list } else { &mut [] }
}

/// The keys that version 1 spelt in another way.
fn version_1_names(map: &mut Map) {
    let mut logging = Map::new();
    for (old, new) in [("log_driver", "driver"), ("log_opt", "options")] {
        if let Some(entry) = map.shift_remove(old) {
            logging.insert(new, entry);
        }
    }
    let at = logging.values().next().map(|entry| entry.key_at);
    if let Some(at) = at {
        map.insert("logging", Entry { key_at: at, node: Node::map(logging, at) });
    }
    if let Some(entry) = map.shift_remove("net") {
        map.insert("network_mode", entry);
    }
    if let Some(entry) = map.shift_remove("dockerfile") {
        let at = entry.key_at;
        let mut build = map.shift_remove("build").map_or_else(|| Node::map(Map::new(), at), |entry| entry.node);
        text_to_key(&mut build, "context");
        if let Some(build) = build.as_map_mut() {
            build.insert("dockerfile", entry);
        }
        map.insert("build", Entry { key_at: at, node: build });
    }
}

fn to_list(node: &mut Node) {
    if let Value::Text(text) = &node.value {
        node.value = Value::List(vec![Node::text(text.clone(), node.at)]);
    }
}

/// Turns `value` into `{key: value}`.
fn text_to_key(node: &mut Node, key: &'static str) {
    if let Value::Text(text) = &node.value {
        node.value = Map::from([entry(key, Node::text(text.clone(), node.at))]).into();
    }
}

/// Makes an entry whose key has no place of its own.
fn entry(key: impl Into<Key>, node: Node) -> (Key, Entry) {
    (key.into(), Entry { key_at: node.at, node })
}

fn names_to_map(node: &mut Node, value: impl Fn(Position) -> Node) {
    if let Value::List(list) = &node.value {
        let names = list.iter().filter_map(|item| item.as_text().map(|text| entry(Key::new(text), value(item.at))));
        node.value = names.collect::<Map>().into();
    }
}

fn depends_on(node: &mut Node) {
    let started = |at| Node::map(Map::from([entry("condition", Node::text("service_started", at))]), at);
    names_to_map(node, started);
}

/// docker-compose 1.29 takes `disable`, whatever it says, for the test `NONE`.
fn disabled(node: &mut Node) {
    let Some(map) = node.as_map_mut() else { return };
    if let Some(disable) = map.shift_remove("disable") {
        let at = disable.node.at;
        let test = Node::new(Value::List(vec![Node::text("NONE", at)]), at);
        map.insert("test", Entry { key_at: disable.key_at, node: test });
    }
}

fn gpus(node: &mut Node) {
    if node.as_text() == Some("all") {
        let all = Map::from([entry("count", Node::new(Value::Integer(-1), node.at))]);
        node.value = Value::List(vec![Node::map(all, node.at)]);
    }
}

fn deploy(node: &mut Node, flavour: Flavour) {
    key_of(node, "labels", |node| dictionary::to_map(node, true, flavour));
}

fn develop(node: &mut Node, context: &mut Context<'_>) {
    key_of(node, "watch", |node| {
        for watch in list_mut(node) {
            key_of(watch, "path", |node| paths::make_absolute(node, context));
            key_of(watch, "ignore", to_list);
            key_of(watch, "include", to_list);
            key_of(watch, "exec", |node| {
                key_of(node, "environment", |node| dictionary::to_map(node, false, context.flavour));
            });
        }
    });
}

fn build(node: &mut Node, context: &mut Context<'_>) {
    text_to_key(node, "context");
    let flavour = context.flavour;
    key_of(node, "args", |node| dictionary::to_map(node, false, flavour));
    for key in ["labels", "additional_contexts"] {
        key_of(node, key, |node| dictionary::to_map(node, true, flavour));
    }
    key_of(node, "ssh", |node| {
        to_list(node);
        dictionary::to_map(node, false, flavour);
    });
    key_of(node, "no_cache_filter", to_list);
    key_of(node, "extra_hosts", |node| dictionary::hosts(node, flavour));
    key_of(node, "secrets", files::references);
    // The stack client ignores builds and leaves them as they are.
    if !context.is_stack() {
        key_of(node, "context", |node| paths::context_absolute(node, context));
        key_of(node, "additional_contexts", |node| {
            if let Some(map) = node.as_map_mut() {
                for (_, entry) in map.iter_mut() {
                    paths::context_absolute(&mut entry.node, context);
                }
            }
        });
    }
}
