//! Runs a stock client through a case.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::case::{Case, Client, Step};
use crate::recording::{Recording, StepRecording, ordered};
use crate::{Engine, Server};

/// Returns the program of `client` and its own words about its version, where it is installed.
#[must_use]
pub fn installed(client: Client) -> Option<(PathBuf, String)> {
    let (candidates, wanted): (Vec<PathBuf>, &str) = match client {
        Client::Docker20 => (vec!["/usr/bin/docker".into()], "version 20.10."),
        Client::Docker28 => {
            let named = std::env::var_os("DOCKER_28").map(PathBuf::from);
            (
                named.into_iter().chain(["/usr/local/bin/docker".into(), "/usr/bin/docker".into()]).collect(),
                "version 28.",
            )
        }
        Client::Compose1 => {
            (vec!["/usr/bin/docker-compose".into(), "/usr/local/bin/docker-compose".into()], "version 1.29.")
        }
    };
    candidates.into_iter().find_map(|program| {
        let output = Command::new(&program).arg("--version").output().ok()?;
        let words = String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned();
        words.contains(wanted).then_some((program, words))
    })
}

/// Runs `client` through `case` and returns what it sent.
pub fn record(case: &Case, client: Client) -> Result<Recording> {
    let Some((program, version)) = installed(client) else { bail!("`{}` is not installed", client.name()) };
    let stage = case.stage();
    stage_copy(&case.folder, &stage)?;
    let scratch = Scratch::new(case, client)?;
    let mut engine = Engine::new(if client == Client::Docker28 { "1.50" } else { "1.41" }, client.is_swarm());
    let settings = &case.settings;
    engine.seed(&settings.networks, &settings.secrets, &settings.configs, &settings.volumes, &settings.containers);
    let server = Server::start(&scratch.0.join("engine.sock"), engine)?;
    let mut recording = Recording { client: version, api: String::new(), steps: Vec::new() };
    for step in case.steps() {
        let mut words = arguments(case, client, &step);
        let output = Command::new(&program)
            .args(&words)
            .current_dir(&stage)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", "/tmp/holdfast-compose-corpus")
            .env("LANG", "C.UTF-8")
            .env("DOCKER_CONFIG", &scratch.0)
            .env("DOCKER_HOST", server.host())
            .env("PYTHONHASHSEED", "0")
            .envs(&settings.env)
            .output()
            .with_context(|| format!("running `{}`", client.name()))?;
        let (requests, api) = server.with(Engine::take);
        if !api.is_empty() {
            recording.api = api;
        }
        words.insert(0, if client.is_swarm() { "docker" } else { "docker-compose" }.to_owned());
        recording.steps.push(StepRecording {
            command: words.join(" "),
            exit: output.status.code().unwrap_or(-1),
            messages: messages(&server.with(|engine| engine.relabel(&String::from_utf8_lossy(&output.stderr)))),
            requests: ordered(&requests),
        });
    }
    server.stop();
    Ok(recording)
}

fn arguments(case: &Case, client: Client, step: &Step) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let project = case.project().to_owned();
    if client.is_swarm() {
        if step.up {
            words.extend(["stack", "deploy"].map(str::to_owned));
            words.extend(step.files.iter().flat_map(|file| ["-c".to_owned(), file.clone()]));
            words.extend(step.has("--prune").then(|| "--prune".to_owned()));
            words.extend(step.value("--resolve-image").map(|value| format!("--resolve-image={value}")));
            words.extend((client == Client::Docker28).then(|| "--detach=true".to_owned()));
        } else {
            words.extend(["stack", "rm"].map(str::to_owned));
        }
        words.push(project);
        return words;
    }
    words.extend(step.files.iter().flat_map(|file| ["-f".to_owned(), file.clone()]));
    words.extend(["-p".to_owned(), project]);
    words.extend(case.settings.profiles.iter().flat_map(|profile| ["--profile".to_owned(), profile.clone()]));
    if step.up {
        words.extend(["up", "-d"].map(str::to_owned));
        words.extend(step.has("--prune").then(|| "--remove-orphans".to_owned()));
        for flag in ["--force-recreate", "--no-recreate", "--always-recreate-deps", "--renew-anon-volumes"] {
            words.extend(step.has(flag).then(|| flag.to_owned()));
        }
        for scale in step.flags.iter().filter_map(|flag| flag.strip_prefix("--scale=")) {
            words.extend(["--scale".to_owned(), scale.to_owned()]);
        }
    } else {
        words.push("down".to_owned());
        words.extend(step.has("--volumes").then(|| "--volumes".to_owned()));
        words.extend(step.has("--prune").then(|| "--remove-orphans".to_owned()));
    }
    words
}

/// Keeps warnings and errors; progress depends on threads.
fn messages(text: &str) -> Vec<String> {
    const PROGRESS: &[&str] = &[
        "Creating ",
        "Starting ",
        "Recreating ",
        "Stopping ",
        "Removing ",
        "Pulling ",
        "Building ",
        "Found existing ",
        "Attaching ",
    ];
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.replace(['\r', '\u{1b}'], "").trim_end().to_owned())
        .filter(|line| {
            !line.is_empty() && !PROGRESS.iter().any(|word| line.starts_with(word)) && !line.contains(" is up-to-date")
        })
        .filter(|line| !line.starts_with("[1") && !line.starts_with("[2") && !line.contains("... done"))
        .collect();
    if lines.iter().all(|line| line.starts_with("WARNING") || line.starts_with("time=")) {
        lines.sort();
    }
    lines
}

/// Puts the case where its recording says it stands. Files are replaced, never removed first: another run may be reading the same ones.
fn stage_copy(from: &Path, to: &Path) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "recorded" || entry.file_name() == "case.toml" {
            continue;
        }
        if source.is_dir() {
            stage_copy(&source, &target)?;
        } else if fs_err::read(&target).ok() != Some(fs_err::read(&source)?) {
            let fresh = target.with_extension(format!("{}.new", std::process::id()));
            fs_err::copy(&source, &fresh)?;
            fs_err::rename(&fresh, &target)?;
        }
    }
    Ok(())
}

/// A folder for the socket and the client's settings, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(case: &Case, client: Client) -> Result<Self> {
        let name = format!("hf-rec-{}-{}-{}", std::process::id(), client.name(), case.id.replace('/', "-"));
        let folder = std::env::temp_dir().join(name.get(..60).unwrap_or(&name));
        fs_err::create_dir_all(&folder)?;
        fs_err::write(folder.join("config.json"), "{}")?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Leftovers in the temporary folder harm nobody.
        let _ = fs_err::remove_dir_all(&self.0);
    }
}
