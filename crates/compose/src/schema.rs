//! The rules of every dialect as typed checks: which keys there are, for whom, and what they hold.

mod check;
mod deploy;
mod nearest;
mod resources;
mod scalar;
mod service;
mod shape;

use std::sync::LazyLock;

use crate::diagnostic::Diagnostic;

pub(crate) use check::{Reader, check};
pub(crate) use nearest::nearest;
pub(crate) use scalar::{boolean, number};
pub(crate) use shape::{Field, Object, Shape};

use shape::{field, on};

/// The top of a file of every version but 1.
pub(crate) static FILE: Object = Object {
    required: &[],
    extensions: true,
    stack_extensions: Some(4),
    open: None,
    fields: &[
        field("version", &Shape::Scalar, on("cv0s")),
        field("name", &Shape::Text, on("s")),
        field("include", &Shape::List(&resources::INCLUDE), on("s")),
        field("services", &Shape::Named(&SERVICE_SHAPE), on("cv0s")),
        field("networks", &Shape::Named(&Shape::OrNull(&resources::NETWORK_SHAPE)), on("cv0s")),
        field("volumes", &Shape::Named(&Shape::OrNull(&resources::VOLUME_SHAPE)), on("cv0s")),
        field("secrets", &Shape::Named(&resources::SECRET_SHAPE), on("cv1s")),
        field("configs", &Shape::Named(&resources::CONFIG_SHAPE), on("cv3s")),
        field("models", &Shape::Named(&resources::MODEL_SHAPE), on("s")),
    ],
};

static SERVICE_SHAPE: Shape = Shape::Object(&service::SERVICE);
pub(crate) static FILE_SHAPE: Shape = Shape::Object(&FILE);
/// A file of version 1: services at the top.
pub(crate) static FILE_V1_SHAPE: Shape = Shape::Named(&SERVICE_SHAPE);

/// Keys that `docker stack deploy` refuses, with what it says about them.
pub(crate) const FORBIDDEN: &[(&str, &str)] = &[
    ("extends", "support for `extends` is not implemented; write the service out, or merge files with -f"),
    ("volume_driver", "set the volume driver on the volume, under the top-level `volumes`"),
    ("volumes_from", "share a named volume between the services instead"),
    ("cpu_quota", "set limits under `deploy.resources`"),
    ("cpu_shares", "set limits under `deploy.resources`"),
    ("cpuset", "set limits under `deploy.resources`"),
    ("mem_limit", "set limits under `deploy.resources`"),
    ("memswap_limit", "set limits under `deploy.resources`"),
];

/// One row of the table of keys: a path with `*` for names, and who reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Such as `services.*.ports[].target`.
    pub path: String,
    /// What it holds.
    pub holds: String,
    /// Whether version 1 has it.
    pub version_1: bool,
    /// Whether docker-compose 1.29 reads it in version 2 and 3 files.
    pub classic: bool,
    /// The first minor of version 3 in which `docker stack deploy` reads it.
    pub stack: Option<u8>,
    /// Whether the specification has it.
    pub specification: bool,
}

/// Lists every key that is read, by path.
pub fn keys() -> Vec<KeyRow> {
    let mut rows = Vec::new();
    shape::list(&FILE_SHAPE, "", &mut rows);
    rows
}

/// Every name that the tables know, sorted.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names = Vec::new();
    shape::names(&FILE_SHAPE, &mut names);
    names.sort_unstable();
    names.dedup();
    names
});

/// Finds a name of the tables, which need not be kept again.
pub(crate) fn known_name(text: &str) -> Option<&'static str> {
    NAMES.binary_search(&text).ok().and_then(|place| NAMES.get(place).copied())
}

/// The message for a value of the wrong type.
pub(crate) fn wrong_type(found: &str, expected: &str) -> Diagnostic {
    Diagnostic::error("WRONG_TYPE", format!("this is {found}")).expected(expected)
}
