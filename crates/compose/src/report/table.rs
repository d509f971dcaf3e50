//! The table of keys and targets.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Serialize;
use serde_json::Value;

/// The table's text; its head says how it is read.
const TEXT: &str = include_str!("table.txt");

/// Where a file can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A Swarm, with `docker stack deploy`.
    Swarm,
    /// One engine, with docker-compose.
    Classic,
    /// A Kubernetes cluster.
    Kubernetes,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Swarm, Self::Classic, Self::Kubernetes];

    /// Returns the name that people read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Swarm => "Swarm",
            Self::Classic => "Classic engine",
            Self::Kubernetes => "Kubernetes",
        }
    }
}

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is held to as written.
    Held,
    /// It becomes something else with the same meaning.
    Becomes,
    /// It is ignored.
    Ignored,
    /// The file is refused for it.
    Refused,
    /// It means another thing there: the file needs a change.
    Change,
}

/// What becomes of a key on one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it becomes, or what is lost.
    pub note: &'static str,
    /// What to write instead; may be empty.
    pub instead: &'static str,
}

/// A key and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The key, such as `services.*.ports[].mode=host`.
    pub key: &'static str,
    /// On a Swarm.
    pub swarm: Verdict,
    /// On one engine.
    pub classic: Verdict,
    /// On Kubernetes.
    pub kubernetes: Verdict,
}

impl Row {
    /// Returns what becomes of the key on a target.
    #[must_use]
    pub fn verdict(&self, target: Target) -> &Verdict {
        match target {
            Target::Swarm => &self.swarm,
            Target::Classic => &self.classic,
            Target::Kubernetes => &self.kubernetes,
        }
    }
}

/// Returns the table.
#[must_use]
pub fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| lines().filter_map(row).collect())
}

fn lines() -> impl Iterator<Item = &'static str> {
    TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn row(line: &'static str) -> Option<Row> {
    let mut columns = line.split(" | ");
    let key = columns.next()?.trim();
    let (swarm, classic, kubernetes) = (columns.next()?, columns.next()?, columns.next()?);
    if columns.next().is_some() {
        return None;
    }
    Some(Row { key, swarm: verdict(swarm)?, classic: verdict(classic)?, kubernetes: verdict(kubernetes)? })
}

fn verdict(text: &'static str) -> Option<Verdict> {
    let text = text.trim();
    let outcome = match text.chars().next()? {
        '+' => Outcome::Held,
        '>' => Outcome::Becomes,
        '-' => Outcome::Ignored,
        'x' => Outcome::Refused,
        '!' => Outcome::Change,
        _ => return None,
    };
    let rest = text.get(1..)?.trim();
    // Without a note there may still be something to write instead: `-; write this`.
    let (note, instead) = rest.split_once("; ").unwrap_or((rest, ""));
    let silent = matches!(outcome, Outcome::Held | Outcome::Ignored);
    (silent || !note.is_empty()).then_some(Verdict { outcome, note, instead })
}

/// The rows by path, so that a value is walked once.
#[derive(Debug, Default)]
struct Branch {
    rows: Vec<(&'static Row, Condition)>,
    branches: BTreeMap<&'static str, Branch>,
}

/// Of which value a row is.
#[derive(Debug, Clone, Copy)]
enum Condition {
    Any,
    Is(&'static str),
    IsNot(&'static str),
}

impl Condition {
    fn holds(self, value: &Value) -> bool {
        let is = |wanted: &str| match value {
            // `on-failure:3` is `on-failure`, with a number.
            Value::String(text) => text == wanted || text.split(':').next() == Some(wanted),
            Value::Bool(value) => wanted == if *value { "true" } else { "false" },
            _ => false,
        };
        match self {
            Self::Any => !value.is_null(),
            Self::Is(wanted) => is(wanted),
            Self::IsNot(wanted) => !value.is_null() && !is(wanted),
        }
    }
}

fn tree() -> &'static Branch {
    static TREE: OnceLock<Branch> = OnceLock::new();
    TREE.get_or_init(|| {
        let mut root = Branch::default();
        for row in rows() {
            let (path, condition) = match row.key.split_once("!=") {
                Some((path, value)) => (path, Condition::IsNot(value)),
                None => match row.key.split_once('=') {
                    Some((path, value)) => (path, Condition::Is(value)),
                    None => (row.key, Condition::Any),
                },
            };
            let mut branch = &mut root;
            for part in path.split('.') {
                let name = part.strip_suffix("[]").unwrap_or(part);
                branch = branch.branches.entry(name).or_default();
                if name.len() < part.len() {
                    branch = branch.branches.entry("[]").or_default();
                }
            }
            branch.rows.push((row, condition));
        }
        root
    })
}

/// Calls a function for each row that a value below a path of the project has, with the path to it.
pub(super) fn walk(above: &[&str], value: &Value, visit: &mut dyn FnMut(&'static Row, &[String])) {
    let mut branch = tree();
    for part in above {
        let Some(next) = branch.branches.get(part).or_else(|| branch.branches.get("*")) else { return };
        branch = next;
    }
    step(value, branch, &mut above.iter().map(|part| (*part).to_owned()).collect(), visit);
}

fn step(value: &Value, branch: &Branch, path: &mut Vec<String>, visit: &mut dyn FnMut(&'static Row, &[String])) {
    for (row, condition) in &branch.rows {
        if condition.holds(value) {
            visit(row, path);
        }
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if let Some(branch) = branch.branches.get(key.as_str()).or_else(|| branch.branches.get("*")) {
                    path.push(key.clone());
                    step(inner, branch, path, visit);
                    path.pop();
                }
            }
        }
        Value::Array(list) => {
            let Some(branch) = branch.branches.get("[]") else { return };
            for (index, inner) in list.iter().enumerate() {
                path.push(format!("[{index}]"));
                step(inner, branch, path, visit);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Writes a path of keys as people read it.
pub(super) fn display(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        if !text.is_empty() && !part.starts_with('[') {
            text.push('.');
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_with_a_key_of_its_own() {
        let keys: std::collections::BTreeSet<_> = rows().iter().map(|row| row.key).collect();
        assert_eq!(rows().len(), lines().count());
        assert_eq!(rows().len(), keys.len());
        for line in lines() {
            assert!(row(line).is_some(), "{line}");
        }
    }

    #[test]
    fn conditions_choose_between_values() {
        let value = serde_json::json!({"services": {"a": {
            "restart": "on-failure:3", "ipc": "host", "pid": "service:b",
            "ports": [{"mode": "host"}, {"mode": "ingress", "host_ip": "::1"}],
        }}});
        let mut seen = Vec::new();
        walk(&[], &value, &mut |row, path| seen.push(format!("{} {}", row.key, display(path))));
        assert_eq!(
            seen,
            [
                "services.*.restart=on-failure services.a.restart",
                "services.*.ipc=host services.a.ipc",
                "services.*.pid!=host services.a.pid",
                "services.*.ports services.a.ports",
                "services.*.ports[].mode=host services.a.ports[0].mode",
                "services.*.ports[].mode=ingress services.a.ports[1].mode",
                "services.*.ports[].host_ip services.a.ports[1].host_ip",
            ]
        );
    }
}
