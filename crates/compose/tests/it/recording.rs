//! What the stock docker 20.10 client sends for the files of `tests/kube`, recorded once and compared with ours ever after.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stand_in::StandIn;

/// What one file made the client send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recording {
    /// Version of the client.
    pub(crate) client: String,
    /// What it said in place of sending anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<String>,
    /// What it made, in order, without fields that are null or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) made: Vec<Value>,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kube")
}

/// Names of the files, sorted.
pub(crate) fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".yml").map(str::to_owned)).collect();
    names.sort();
    names
}

/// Reads the recording of a file, if there is one.
pub(crate) fn recorded(name: &str) -> Option<Recording> {
    let text = std::fs::read_to_string(folder().join("recorded").join(format!("{name}.json"))).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

/// Finds a docker client that still deploys to Kubernetes.
pub(crate) fn client() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]);
    folders.map(|folder| folder.join("docker")).filter(|file| file.is_file()).find(|file| {
        let help = Command::new(file).args(["stack", "deploy", "--help"]).output();
        help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--orchestrator"))
    })
}

/// Lets the client deploy a file, and gives back what it sent.
pub(crate) fn record(client: &Path, name: &str) -> Recording {
    let server = StandIn::start();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    let text = format!(
        "apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{server: 'http://{}'}}}}]\n\
         contexts: [{{name: c, context: {{cluster: c, user: u, namespace: team}}}}]\n\
         current-context: c\nusers: [{{name: u, user: {{}}}}]\n",
        server.address
    );
    std::fs::write(&config, text).unwrap();
    let file = format!("{name}.yml");
    let output = Command::new(client)
        .args(["stack", "deploy", "--orchestrator", "kubernetes", "-c", &file, "demo"])
        .current_dir(folder())
        .env_clear()
        .env("HOME", home.path())
        .env("KUBECONFIG", &config)
        .output()
        .unwrap();
    let version =
        Command::new(client).args(["version", "--format", "{{.Client.Version}}"]).env_clear().output().unwrap();
    let here = folder().to_str().unwrap().to_owned();
    let made: Vec<Value> = server.posts().into_iter().map(|request| neutral(&request.body, &here)).collect();
    let refused = made.is_empty().then(|| String::from_utf8_lossy(&output.stderr).trim().replace(&here, "/project"));
    Recording { client: String::from_utf8_lossy(&version.stdout).trim().to_owned(), refused, made }
}

/// Leaves out what is null or empty, puts `/project` for this machine's folder, and sorts what comes out of Go's maps in any order.
pub(crate) fn neutral(value: &Value, here: &str) -> Value {
    let keep = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    };
    match value {
        Value::Object(map) => {
            let mut made = serde_json::Map::new();
            for (key, inner) in map {
                let mut inner = neutral(inner, here);
                // A variable that has no value, and one that has an empty one, are different things.
                if key == "environment" {
                    inner = map[key].clone();
                }
                if key == "services" {
                    inner.as_array_mut().unwrap().sort_by_key(|service| service["name"].to_string());
                }
                if keep(&inner) {
                    made.insert(key.clone(), inner);
                }
            }
            made.sort_keys();
            Value::Object(made)
        }
        Value::Array(list) => Value::Array(list.iter().map(|inner| neutral(inner, here)).collect()),
        Value::String(text) => Value::String(text.replace(here, "/project")),
        other => other.clone(),
    }
}

/// The files whose recordings are made anew in every run where the client is there; the others when `HOLDFAST_RECORD` is set.
const EVERY_RUN: &[&str] =
    &["commands", "exposed", "placement_with_dashes", "pull_secret_and_policy", "secrets", "voting"];

#[test]
fn the_stock_client_sends_what_is_recorded() {
    let Some(client) = client() else {
        testkit::skip(
            "the_stock_client_sends_what_is_recorded",
            "no docker client that deploys to Kubernetes (docker.io 20.10)",
        );
        return;
    };
    let write = std::env::var_os("HOLDFAST_RECORD").is_some();
    let names = names();
    let chosen: Vec<&str> = names.iter().map(String::as_str).filter(|name| write || EVERY_RUN.contains(name)).collect();
    for name in chosen {
        let made = record(&client, name);
        if write {
            let folder = folder().join("recorded");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(
                folder.join(format!("{name}.json")),
                format!("{:#}\n", serde_json::to_value(&made).unwrap()),
            )
            .unwrap();
        } else {
            let known = recorded(name).unwrap();
            assert_eq!((made.refused, made.made), (known.refused, known.made), "{name}");
        }
    }
}
