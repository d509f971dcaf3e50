//! Placement constraints.

use super::super::{Constraint, Constraints};
use super::Reading;

/// A constraint over nodes that Kubernetes can hold to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeConstraint {
    /// `node.platform.os`, `node.platform.arch`, `node.hostname` or `node.labels.*`.
    pub(crate) key: String,
    /// `In`, `NotIn`, `Gt` or `Lt`, as Kubernetes says it.
    pub(crate) operator: &'static str,
    /// Value.
    pub(crate) value: String,
}

/// Prefix of the constraints over labels of nodes.
pub(crate) const LABELS: &str = "node.labels.";

/// Reads constraints: those a Stack has room for, and all.
pub(super) fn read(texts: &[String], reading: Reading) -> (Option<Constraints>, Vec<NodeConstraint>) {
    if texts.is_empty() {
        return (None, Vec::new());
    }
    let parsed = texts.iter().filter_map(|text| match reading {
        Reading::Meant => meant(text),
        Reading::Docker20_10 => docker_20_10(text),
    });
    let mut kept = Constraints::default();
    let mut all = Vec::new();
    for constraint in parsed {
        let operator = if constraint.operator == "NotIn" { "!=" } else { "==" };
        let made = Constraint { value: constraint.value.clone(), operator: operator.to_owned() };
        match constraint.key.as_str() {
            "node.platform.os" => kept.operating_system = Some(made),
            "node.platform.arch" => kept.architecture = Some(made),
            "node.hostname" => kept.hostname = Some(made),
            key => match key.strip_prefix(LABELS) {
                Some(label) => drop(kept.match_labels.insert(label.to_owned(), made)),
                None => continue,
            },
        }
        all.push(constraint);
    }
    // The old client sends constraints even where it understands none.
    (Some(kept).filter(|kept| reading == Reading::Docker20_10 || *kept != Constraints::default()), all)
}

/// Reads a constraint as Swarm does: key, `==` or `!=`, value.
fn meant(text: &str) -> Option<NodeConstraint> {
    let (operator, key, value) = parts(text)?;
    Some(NodeConstraint { key: key.trim().to_owned(), operator, value: value.trim().to_owned() })
}

fn parts(text: &str) -> Option<(&'static str, &str, &str)> {
    let equal = text.find("==").map(|at| (at, "In"));
    let unequal = text.find("!=").map(|at| (at, "NotIn"));
    let (at, operator) = match (equal, unequal) {
        (Some(equal), Some(unequal)) => equal.min(unequal),
        (one, other) => one.or(other)?,
    };
    Some((operator, text.get(..at)?, text.get(at + 2..)?))
}

/// Reads a constraint as docker 20.10 does: a search for `[\w.]*\W*(==|!=)\W*[\w.]*` anywhere in the text.
fn docker_20_10(text: &str) -> Option<NodeConstraint> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_kept = |character: char| is_word(character) || character == '.';
    let (operator, before, after) = parts(text)?;
    let before = before.trim_end_matches(|character: char| !is_word(character));
    let key = before.rsplit(|character: char| !is_kept(character)).next().unwrap_or_default();
    let after = after.trim_start_matches(|character: char| !is_word(character));
    let value = after.split(|character: char| !is_kept(character)).next().unwrap_or_default();
    Some(NodeConstraint { key: key.to_owned(), operator, value: value.to_owned() })
}

/// Says what is lost of a constraint, and what to do instead.
pub(super) fn lost(text: &str) -> Option<(String, &'static str)> {
    let Some(constraint) = meant(text) else {
        return Some((
            format!("the constraint `{text}` is not understood and not held to"),
            "write `key==value` or `key!=value`",
        ));
    };
    let instead = match constraint.key.as_str() {
        "node.platform.os" | "node.platform.arch" | "node.hostname" => return None,
        key if key.starts_with(LABELS) => return None,
        "node.role" => {
            "label the nodes meant and write `node.labels.<name>==<value>`, which both orchestrators hold to"
        }
        "node.id" => "write `node.hostname==<name>`, which both orchestrators hold to",
        _ => "label the nodes meant and write `node.labels.<name>==<value>`",
    };
    Some((
        format!("Kubernetes has no equivalent of `{}`: the constraint `{text}` is not held to", constraint.key),
        instead,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(reading: Reading, text: &str) -> Option<(String, &'static str, String)> {
        let (_, all) = read(&[text.to_owned()], reading);
        all.into_iter().next().map(|one| (one.key, one.operator, one.value))
    }

    #[test]
    fn values_are_whole_unless_the_old_client_is_asked_for() {
        let made = |key: &str, operator, value: &str| Some((key.to_owned(), operator, value.to_owned()));
        for (text, meant, old) in [
            ("node.hostname!=a-b", made("node.hostname", "NotIn", "a-b"), made("node.hostname", "NotIn", "a")),
            ("node.labels.k-z == v-w", made("node.labels.k-z", "In", "v-w"), None),
            (
                "node.platform.os == linux",
                made("node.platform.os", "In", "linux"),
                made("node.platform.os", "In", "linux"),
            ),
            ("node.role == manager", None, None),
            ("nonsense", None, None),
        ] {
            assert_eq!(parse(Reading::Meant, text), meant, "{text}");
            assert_eq!(parse(Reading::Docker20_10, text), old, "{text}");
        }
    }

    #[test]
    fn what_is_lost_is_said() {
        assert!(lost("node.role==manager").is_some());
        assert!(lost("engine.labels.x==y").is_some());
        assert!(lost("node.labels.x==y").is_none());
    }
}
