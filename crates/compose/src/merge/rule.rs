//! Which rule a client merges a value by.

use super::keyed::Kind;
use crate::model::{Client, StackClient};
use crate::tree::Key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The later one wins as a whole.
    Replace,
    /// Mappings key by key, all the way down; lists get the elements that are new.
    Deep,
    /// Mappings key by key, values as a whole.
    Shallow,
    /// Lists one after the other.
    Append,
    /// Lists whose elements are known by a key; a later one with the same key wins.
    Keyed(Kind),
    Logging,
}

/// Finds the rule for a path below the top of a file: `services`, a name, a key, and so on.
pub(super) fn find(client: Client, path: &[Key]) -> Rule {
    let names: Vec<&str> = path.iter().map(Key::as_str).collect();
    let is_specification = client == Client::Specification;
    match names.as_slice() {
        ["services", _, key] => service(client, key),
        ["services", _, "healthcheck", "test"] => Rule::Replace,
        ["services", _, "build", "args" | "labels" | "additional_contexts"] => Rule::Shallow,
        ["services", _, "ulimits", _] => Rule::Replace,
        ["services", _, "depends_on", _] if !is_specification => Rule::Replace,
        ["services", _, "networks", _, "aliases"] if matches!(client, Client::StackDeploy(_)) => Rule::Replace,
        ["services", _, "deploy", "update_config" | "rollback_config" | "restart_policy" | "labels"] => Rule::Shallow,
        ["services", _, "deploy", "resources", "reservations", "generic_resources"] => Rule::Keyed(Kind::Generic),
        ["services", _, _, ..] if matches!(client, Client::StackDeploy(_)) => Rule::Append,
        // Only the specification merges what stands at the top; the older clients take the later one.
        ["networks" | "volumes" | "secrets" | "configs", _] if !is_specification => Rule::Replace,
        ["networks", _, "ipam", "config"] => Rule::Keyed(Kind::Key("subnet")),
        [key, ..] if key.starts_with("x-") => Rule::Replace,
        _ => Rule::Deep,
    }
}

/// Finds the rule for a key of a service.
pub(super) fn service(client: Client, key: &str) -> Rule {
    let is_stack = matches!(client, Client::StackDeploy(_));
    match key {
        "command" | "entrypoint" => Rule::Replace,
        "environment" | "labels" | "annotations" | "sysctls" | "storage_opt" | "ulimits" => Rule::Shallow,
        "logging" => Rule::Logging,
        "ports" if is_stack => Rule::Keyed(Kind::Published),
        "ports" => Rule::Keyed(Kind::Port),
        // docker 20.10 keeps both of two mounts at one path; the engine refuses them.
        "volumes" if client == Client::StackDeploy(StackClient::V20_10) => Rule::Append,
        "volumes" => Rule::Keyed(Kind::Key("target")),
        "secrets" if client == Client::Specification => Rule::Keyed(Kind::Mounted("/run/secrets/")),
        "configs" if client == Client::Specification => Rule::Keyed(Kind::Mounted("/")),
        "secrets" | "configs" => Rule::Keyed(Kind::Key("source")),
        "env_file" if client == Client::Specification => Rule::Keyed(Kind::Key("path")),
        "links" => Rule::Keyed(Kind::Alias),
        "devices" if !is_stack => Rule::Keyed(Kind::Device),
        "extra_hosts" if client == Client::ComposeV1_29 => Rule::Keyed(Kind::BeforeEquals),
        "dns" | "dns_search" | "env_file" | "tmpfs" if client == Client::ComposeV1_29 => Rule::Append,
        "healthcheck" if client == Client::ComposeV1_29 => Rule::Shallow,
        "build" | "deploy" | "networks" | "depends_on" | "blkio_config" | "healthcheck" => Rule::Deep,
        key if key.starts_with("x-") => Rule::Replace,
        _ if is_stack => Rule::Append,
        _ => Rule::Keyed(Kind::Whole),
    }
}
