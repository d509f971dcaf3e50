//! Secrets, configs, nodes, credentials.

use access::Parameter::Templating;

use super::Shape::{Map, Object, Text};
use super::{Shape, TEXT_MAP, code, free, set};

const DRIVER: Shape = Object(&[&[free("Name", Text), free("Options", TEXT_MAP)]]);

pub(super) const SECRET: Shape = Object(&[&[
    code("Name", Text),
    code("Labels", TEXT_MAP),
    free("Data", Text),
    set(Templating, "Driver", DRIVER),
    set(Templating, "Templating", DRIVER),
]]);

pub(super) const CONFIG: Shape = Object(&[&[
    code("Name", Text),
    code("Labels", TEXT_MAP),
    free("Data", Text),
    set(Templating, "Templating", DRIVER),
]]);

pub(super) const NODE: Shape =
    Object(&[&[code("Name", Text), code("Labels", TEXT_MAP), code("Role", Text), code("Availability", Text)]]);

pub(super) const SWARM_UNLOCK: Shape = Object(&[&[free("UnlockKey", Text)]]);

pub(super) const AUTH: Shape = Object(&[&[
    free("username", Text),
    free("password", Text),
    free("auth", Text),
    free("email", Text),
    code("serveraddress", Text),
    free("identitytoken", Text),
    free("registrytoken", Text),
]]);

pub(super) const REGISTRY_CONFIG: Shape = Map(&AUTH);
