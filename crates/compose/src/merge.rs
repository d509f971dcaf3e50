//! Merging of several files, and of a service with the one it extends, on trees in their long forms.

mod keyed;
mod rule;

use std::collections::HashMap;

use crate::model::{Client, StackClient};
use crate::shell;
use crate::tree::{Entry, Key, Map, Node, Tag, Value};

use rule::Rule;

/// Merges one whole file over another.
pub(crate) fn files(base: &mut Node, over: Node, client: Client) {
    let services = |node: &Node, name: &str| node.get("services").is_some_and(|services| services.get(name).is_some());
    let named = over.get("services").and_then(Node::as_map).into_iter().flat_map(Map::keys);
    let merged: Vec<String> = named.filter(|name| services(base, name)).map(str::to_owned).collect();
    Merger { client }.merge(base, over, &mut Vec::new());
    let services = base.as_map_mut().and_then(|map| map.get_mut("services")).and_then(|entry| entry.node.as_map_mut());
    let Some(services) = services else { return };
    for name in &merged {
        if let Some(service) = services.get_mut(name) {
            sort_paths(&mut service.node, client);
        }
    }
}

/// Merges a service over the one that it extends.
pub(crate) fn extend(base: &mut Node, over: Node, client: Client) {
    Merger { client }.merge(base, over, &mut vec!["services".into(), "*".into()]);
    sort_paths(base, client);
}

/// docker-compose 1.29 sorts mounts and devices of a merged service by their path in the container.
fn sort_paths(service: &mut Node, client: Client) {
    let Some(map) = service.as_map_mut().filter(|_| client == Client::ComposeV1_29) else { return };
    for key in ["volumes", "devices"] {
        if let Some(Value::List(list)) = map.get_mut(key).map(|entry| &mut entry.node.value) {
            list.sort_by_cached_key(keyed::container_path);
        }
    }
}

/// Takes out what is marked with `!reset`.
pub(crate) fn strip_resets(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            map.retain(|entry| entry.node.tag != Tag::Reset);
            map.values_mut().for_each(|entry| strip_resets(&mut entry.node));
        }
        Value::List(list) => {
            list.retain(|item| item.tag != Tag::Reset);
            list.iter_mut().for_each(strip_resets);
        }
        _ => {}
    }
}

/// Removes what a later element of the same list says again, as the specification does even in one file.
pub(crate) fn enforce_unique(root: &mut Node) {
    let Some(services) =
        root.as_map_mut().and_then(|map| map.get_mut("services")).and_then(|entry| entry.node.as_map_mut())
    else {
        return;
    };
    for (_, service) in services.iter_mut() {
        let Some(service) = service.node.as_map_mut() else { continue };
        for (key, entry) in service.iter_mut() {
            if let (Rule::Keyed(kind), Value::List(list)) =
                (rule::service(Client::Specification, key), &mut entry.node.value)
            {
                let items = std::mem::take(list);
                *list = keyed::merge(Vec::new(), items, kind);
            }
        }
    }
}

struct Merger {
    client: Client,
}

impl Merger {
    fn merge(&self, base: &mut Node, over: Node, path: &mut Vec<Key>) {
        match over.tag {
            Tag::Reset => {
                *base = over;
                return;
            }
            Tag::Override => {
                *base = Node { tag: Tag::None, ..over };
                return;
            }
            Tag::None | Tag::Interpolated => {}
        }
        let is_stack = matches!(self.client, Client::StackDeploy(_));
        if over.is_null() && self.client != Client::ComposeV1_29 || is_stack && is_zero(&over) {
            return;
        }
        let at = over.at;
        if self.client == Client::StackDeploy(StackClient::V20_10) && is_command_line(path) {
            append_words(base, &over);
            return;
        }
        let is_pair = |base: &Node, over: &Node| {
            matches!((&base.value, &over.value), (Value::Map(_), Value::Map(_)) | (Value::List(_), Value::List(_)))
        };
        if !is_pair(base, &over) {
            *base = over;
            return;
        }
        let rule = rule::find(self.client, path);
        match (&mut base.value, over.value, rule) {
            (value, over, Rule::Replace) => {
                *value = over;
                base.at = at;
            }
            (Value::Map(base), Value::Map(over), Rule::Logging) => self.logging(base, *over, path),
            (Value::Map(base), Value::Map(over), Rule::Shallow) => {
                for (key, entry) in *over {
                    base.insert(key, entry);
                }
            }
            (Value::Map(base), Value::Map(over), _) => self.maps(base, *over, path),
            (Value::List(base), Value::List(over), Rule::Append) => base.extend(over),
            (Value::List(list), Value::List(over), Rule::Keyed(kind)) => {
                let items = std::mem::take(list);
                *list = keyed::merge(items, over, kind);
            }
            (Value::List(list), Value::List(over), _) => {
                let items = std::mem::take(list);
                *list = keyed::merge(items, over, keyed::Kind::Whole);
            }
            _ => {}
        }
    }

    fn maps(&self, base: &mut Map, over: Map, path: &mut Vec<Key>) {
        if path.len() == 2 {
            self.version_1_image(base, &over);
        }
        for (key, entry) in over {
            let Entry { key_at, node } = entry;
            if let Some(existing) = base.get_mut(&key) {
                path.push(key);
                self.merge(&mut existing.node, node, path);
                path.pop();
            } else {
                base.insert(key, Entry { key_at, node });
            }
        }
    }

    /// docker-compose 1.29: an image set over a build, or a build over an image, replaces it where the file is of version 1;
    /// version 1 files carry the mark that the loader sets.
    fn version_1_image(&self, base: &mut Map, over: &Map) {
        if self.client != Client::ComposeV1_29 || !over.contains_key(VERSION_1_MARK) {
            return;
        }
        if over.contains_key("image") {
            base.shift_remove("build");
        } else if over.contains_key("build") {
            base.shift_remove("image");
        }
    }

    /// Options are merged where the driver is the same or one of the two names none.
    fn logging(&self, base: &mut Map, over: Map, path: &mut Vec<Key>) {
        let driver = |map: &Map| map.get("driver").and_then(|entry| entry.node.as_text().map(str::to_owned));
        let (before, after) = (driver(base), driver(&over));
        if before == after || before.is_none() || after.is_none() {
            self.maps(base, over, path);
        } else {
            *base = over;
        }
    }
}

fn is_command_line(path: &[Key]) -> bool {
    matches!(path, [section, _, key] if *section == "services" && matches!(key.as_str(), "command" | "entrypoint"))
}

/// docker 20.10 puts the later file's words after the earlier one's, as it does with every list.
fn append_words(base: &mut Node, over: &Node) {
    let words = |node: &Node| match &node.value {
        Value::Text(text) => {
            shell::split(text).map(|words| words.into_iter().map(|word| Node::text(&word, node.at)).collect())
        }
        Value::List(list) => Some(list.clone()),
        _ => None,
    };
    let (before, after): (Option<Vec<Node>>, Option<Vec<Node>>) = (words(base), words(over));
    match (before, after) {
        (Some(mut all), Some(after)) => {
            all.extend(after);
            base.value = Value::List(all);
        }
        // A line that cannot be split is said when it is converted.
        _ => *base = over.clone(),
    }
}

/// The key under which a service of version 1 says that it is one.
pub(crate) const VERSION_1_MARK: &str = "\0version-1";

/// What Go takes for "nothing was said": the stack client's merge does not put it over something.
fn is_zero(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) | Value::Integer(0) => true,
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Bool(true) | Value::Integer(_) | Value::Float(_) => false,
    }
}

/// Tells whether two trees say the same, wherever they stood.
pub(crate) fn is_same(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Integer(left), Value::Integer(right)) => left == right,
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            let is_there =
                |(key, entry): (&Key, &Entry)| right.get(key).is_some_and(|other| is_same(&entry.node, &other.node));
            left.len() == right.len() && left.iter().all(is_there)
        }
        _ => false,
    }
}

/// Positions in a list by the key that makes an element unique.
type Places = HashMap<String, usize>;
