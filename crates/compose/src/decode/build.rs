//! `build` and `develop`.

use std::collections::BTreeMap;

use super::{Fields, runtime};
use crate::model::{Build, BuildParts, BuildSsh, Develop, Watch};
use crate::tree::Node;

pub(super) fn build(node: &Node) -> Build {
    let f = Fields::new(node);
    Build {
        context: f.text("context"),
        dockerfile: f.text("dockerfile"),
        dockerfile_inline: f.text("dockerfile_inline"),
        args: f.nullable_dictionary("args"),
        additional_contexts: f.dictionary("additional_contexts"),
        parts: parts(f),
        extensions: f.extensions(),
    }
}

fn parts(f: Fields<'_>) -> BuildParts {
    BuildParts {
        cache_from: f.strings("cache_from"),
        cache_to: f.strings("cache_to"),
        entitlements: f.strings("entitlements"),
        extra_hosts: runtime::extra_hosts(f),
        isolation: f.text("isolation"),
        labels: f.dictionary("labels"),
        network: f.text("network"),
        no_cache: f.boolean("no_cache"),
        no_cache_filter: f.strings("no_cache_filter"),
        platforms: f.strings("platforms"),
        privileged: f.boolean("privileged"),
        provenance: f.text("provenance"),
        pull: f.boolean("pull"),
        sbom: f.text("sbom"),
        secrets: f.list("secrets").iter().map(runtime::file_reference).collect(),
        shm_size: f.size("shm_size"),
        ssh: f
            .nullable_dictionary::<BTreeMap<_, _>>("ssh")
            .into_iter()
            .map(|(id, path)| BuildSsh { id, path })
            .collect(),
        tags: f.strings("tags"),
        target: f.text("target"),
        ulimits: runtime::ulimits(f),
    }
}

pub(super) fn develop(f: Fields<'_>) -> Develop {
    Develop { watch: f.list("watch").iter().map(watch).collect(), extensions: f.extensions() }
}

fn watch(node: &Node) -> Watch {
    let f = Fields::new(node);
    Watch {
        path: f.text("path").unwrap_or_default(),
        action: f.text("action").unwrap_or_default(),
        target: f.text("target"),
        ignore: f.strings("ignore"),
        include: f.strings("include"),
        exec: f.get("exec").map(runtime::hook),
        initial_sync: f.boolean("initial_sync"),
        extensions: f.extensions(),
    }
}
