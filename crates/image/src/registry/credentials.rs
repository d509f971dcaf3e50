//! Docker's credentials: `config.json`, and the programs that keep passwords for it.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fs_err as fs;
use serde::Deserialize;

use crate::error::Error;

/// Who one is. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Password { user: String, password: String },
    Bearer(String),
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

#[derive(Deserialize, Default)]
struct Config {
    #[serde(default)]
    auths: HashMap<String, Entry>,
    #[serde(default, rename = "credsStore")]
    store: Option<String>,
    #[serde(default, rename = "credHelpers")]
    programs: HashMap<String, String>,
}

#[derive(Deserialize, Default)]
struct Entry {
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    registrytoken: Option<String>,
}

#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "Username")]
    user: String,
    #[serde(rename = "Secret")]
    secret: String,
}

/// Finds the credentials for a registry, as references name it.
pub(super) fn find(domain: &str, folder: Option<&Path>) -> Result<Option<Login>, Error> {
    let Some(path) = config_path(folder) else { return Ok(None) };
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Open { path: path.display().to_string(), source }),
    };
    let config: Config = serde_json::from_slice(&bytes)
        .map_err(|error| Error::Document { what: "file of Docker's credentials", reason: error.to_string() })?;
    let keys = if domain == "docker.io" {
        vec!["https://index.docker.io/v1/".to_owned(), "docker.io".to_owned()]
    } else {
        vec![
            domain.to_owned(),
            format!("https://{domain}"),
            format!("https://{domain}/v1/"),
            format!("https://{domain}/v2/"),
        ]
    };
    for key in &keys {
        let program = config.programs.get(key).or(config.store.as_ref());
        if let Some(login) = program.and_then(|program| kept(program, key)) {
            return Ok(Some(login));
        }
        if let Some(login) = config.auths.get(key).and_then(of_entry) {
            return Ok(Some(login));
        }
    }
    Ok(None)
}

fn config_path(folder: Option<&Path>) -> Option<PathBuf> {
    let folder = folder
        .map(Path::to_owned)
        .or_else(|| std::env::var_os("DOCKER_CONFIG").map(PathBuf::from))
        .or_else(|| std::env::home_dir().map(|home| home.join(".docker")))?;
    Some(folder.join("config.json"))
}

fn of_entry(entry: &Entry) -> Option<Login> {
    if let Some(token) = entry.registrytoken.as_ref().filter(|token| !token.is_empty()) {
        return Some(Login::Bearer(token.clone()));
    }
    let bytes = STANDARD.decode(entry.auth.as_deref()?.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Login::Password { user: user.to_owned(), password: password.trim_end_matches('\0').to_owned() })
}

/// Asks a credential program (`docker-credential-NAME get`); one that knows nothing or is absent is passed over.
fn kept(program: &str, key: &str) -> Option<Login> {
    if program.contains(['/', '\\']) {
        return None;
    }
    let mut child = Command::new(format!("docker-credential-{program}"))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(key.as_bytes()).ok()?;
    let output = child.wait_with_output().ok().filter(|output| output.status.success())?;
    let kept: Kept = serde_json::from_slice(&output.stdout).ok()?;
    Some(Login::Password { user: kept.user, password: kept.secret })
}
