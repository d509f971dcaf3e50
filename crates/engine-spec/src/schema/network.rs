//! Networks and endpoints.

use access::Parameter::KernelTuning;

use super::Shape::{Bool, Int, List, Object, Text};
use super::{Shape, TEXT_MAP, TEXTS, admin, code, free, set};

pub(super) const ENDPOINT: Shape = Object(&[&[
    free("IPAMConfig", Object(&[&[free("IPv4Address", Text), free("IPv6Address", Text), free("LinkLocalIPs", TEXTS)]])),
    code("Links", TEXTS),
    free("Aliases", TEXTS),
    free("MacAddress", Text),
    code("NetworkID", Text),
    free("EndpointID", Text),
    free("Gateway", Text),
    free("IPAddress", Text),
    free("IPPrefixLen", Int),
    free("IPv6Gateway", Text),
    free("GlobalIPv6Address", Text),
    free("GlobalIPv6PrefixLen", Int),
    // Newer engines read sysctls of the interface here.
    set(KernelTuning, "DriverOpts", TEXT_MAP),
    free("GwPriority", Int),
    free("DNSNames", TEXTS),
]]);

const IPAM: Shape = Object(&[&[
    code("Driver", Text),
    admin("Options", TEXT_MAP),
    free(
        "Config",
        List(&Object(&[&[
            free("Subnet", Text),
            free("IPRange", Text),
            free("Gateway", Text),
            free("AuxiliaryAddresses", TEXT_MAP),
            free("AuxAddress", TEXT_MAP),
        ]])),
    ),
]]);

pub(super) const CREATE: Shape = Object(&[&[
    code("Name", Text),
    free("CheckDuplicate", Bool),
    code("Driver", Text),
    code("Scope", Text),
    free("EnableIPv4", Bool),
    free("EnableIPv6", Bool),
    code("IPAM", IPAM),
    free("Internal", Bool),
    code("Attachable", Bool),
    admin("Ingress", Bool),
    admin("ConfigOnly", Bool),
    admin("ConfigFrom", Object(&[&[free("Network", Text)]])),
    code("Options", TEXT_MAP),
    code("Labels", TEXT_MAP),
]]);

pub(super) const CONNECT: Shape = Object(&[&[code("Container", Text), code("EndpointConfig", ENDPOINT)]]);

pub(super) const DISCONNECT: Shape = Object(&[&[code("Container", Text), free("Force", Bool)]]);
