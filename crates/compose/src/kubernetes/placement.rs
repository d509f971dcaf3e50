//! Placement constraints as node affinity.

use super::name;
use super::pod::{Affinity, NodeAffinity, NodeRequirement, NodeSelector, NodeSelectorTerm};
use super::sink::Sink;
use super::stack::{Constraints, DraftService, LABELS, NodeConstraint};

const OS: &str = "kubernetes.io/os";
const ARCH: &str = "kubernetes.io/arch";
const HOSTNAME: &str = "kubernetes.io/hostname";

/// Makes the affinity of a service's pods. A service that names no operating system is for Linux, as compose-on-kubernetes had it;
/// the architecture is left open, since images for several are common now.
pub(super) fn affinity(service: &DraftService, sink: &mut Sink<'_>) -> Affinity {
    let mut requirements: Vec<NodeRequirement> = Vec::new();
    for constraint in &service.extra.constraints {
        let requirement = requirement(constraint);
        if !name::is_qualified(&requirement.key) || !requirement.values.iter().all(|value| name::is_label_value(value))
        {
            let message = format!("`{}` is no label that a node can have", constraint.key);
            let spot = service.spot("deploy.placement.constraints");
            sink.error("INVALID_LABEL", &spot, message, "letters, digits, `-`, `_` and `.`, at most 63, are allowed");
        } else if !requirements.contains(&requirement) {
            requirements.push(requirement);
        }
    }
    if !requirements.iter().any(|requirement| requirement.key == OS) {
        requirements.push(NodeRequirement { key: OS.to_owned(), operator: "In", values: vec!["linux".to_owned()] });
    }
    let node_selector_terms = vec![NodeSelectorTerm { match_expressions: requirements }];
    Affinity {
        node_affinity: NodeAffinity {
            required_during_scheduling_ignored_during_execution: NodeSelector { node_selector_terms },
        },
    }
}

fn requirement(constraint: &NodeConstraint) -> NodeRequirement {
    let (key, value) = match constraint.key.as_str() {
        "node.platform.os" => (OS, constraint.value.as_str()),
        "node.hostname" => (HOSTNAME, constraint.value.as_str()),
        // Swarm's nodes say the machine's name, those of Kubernetes Go's.
        "node.platform.arch" => (
            ARCH,
            match constraint.value.as_str() {
                "x86_64" => "amd64",
                "aarch64" => "arm64",
                "armv7l" => "arm",
                other => other,
            },
        ),
        key => (
            match key.strip_prefix(LABELS).unwrap_or(key) {
                "beta.kubernetes.io/os" => OS,
                "beta.kubernetes.io/arch" => ARCH,
                label => label,
            },
            constraint.value.as_str(),
        ),
    };
    NodeRequirement { key: key.to_owned(), operator: constraint.operator, values: vec![value.to_owned()] }
}

/// Lists the constraints that a Stack carries; clients of the API could compare too, which no Compose file says.
pub(super) fn of_stack(constraints: &Constraints) -> Result<Vec<NodeConstraint>, String> {
    let named = [
        ("node.platform.os", &constraints.operating_system),
        ("node.platform.arch", &constraints.architecture),
        ("node.hostname", &constraints.hostname),
    ];
    let named = named.into_iter().filter_map(|(key, one)| one.as_ref().map(|one| (key.to_owned(), one)));
    let labels = constraints.match_labels.iter().map(|(label, one)| (format!("{LABELS}{label}"), one));
    named
        .chain(labels)
        .map(|(key, one)| match one.operator.as_str() {
            "==" => Ok(NodeConstraint { key, operator: "In", value: one.value.clone() }),
            "!=" => Ok(NodeConstraint { key, operator: "NotIn", value: one.value.clone() }),
            ">" => Ok(NodeConstraint { key, operator: "Gt", value: one.value.clone() }),
            "<" => Ok(NodeConstraint { key, operator: "Lt", value: one.value.clone() }),
            other => Err(format!("the operator `{other}` of the constraint `{key}` is not known")),
        })
        .collect()
}
