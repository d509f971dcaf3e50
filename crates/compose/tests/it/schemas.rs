//! The objects against the schemas of Kubernetes itself, which the Python package `kubernetes-validate` brings.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use holdfast_compose::kubernetes::convert;
use serde_json::Value;

use crate::{files, recording};

/// Reads objects from standard input and writes what is wrong with them, by the newest schemas that there are.
const SCRIPT: &str = "
import json, sys, kubernetes_validate
version = kubernetes_validate.latest_version().rsplit('.', 1)[0]
items = json.load(sys.stdin)
for name, item in items:
    try:
        kubernetes_validate.validate(item, version, strict=True)
    except Exception as error:
        print(name, item['kind'], item['metadata']['name'], str(error)[:300])
print(len(items), 'checked')
";

/// What a value is made of, whatever it says.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(map) if !map.keys().any(|key| key.starts_with("com.docker")) => {
            let parts: Vec<String> = map.iter().map(|(key, inner)| format!("{key}:{}", shape(inner))).collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(list) => {
            let parts: BTreeSet<String> = list.iter().map(shape).collect();
            format!("[{}]", parts.into_iter().collect::<Vec<_>>().join(","))
        }
        Value::Object(_) => "labels".to_owned(),
        _ => String::new(),
    }
}

#[test]
fn every_object_fits_the_schemas_of_kubernetes() {
    let python = std::env::var("HOLDFAST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python).args(["-c", "import kubernetes_validate"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        testkit::skip("every_object_fits_the_schemas_of_kubernetes", "no Python package kubernetes-validate (PyPI)");
        return;
    }
    let mut items = Vec::new();
    let mut shapes = BTreeSet::new();
    for name in recording::names() {
        let Ok(project) = files::load(&name) else { continue };
        let Ok(objects) = convert(&project, &files::options(&name, &project)) else { continue };
        // One of each shape is enough.
        let values = objects.items.iter().map(|object| serde_json::to_value(object).unwrap());
        items.extend(values.filter(|value| shapes.insert(shape(value))).map(|value| (name.clone(), value)));
    }
    let mut child =
        Command::new(&python).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(&items).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(items.len() > 40, "{}", items.len());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{} checked", items.len()));
}
