//! The corpus: a folder for each case, with its Compose files and, where it needs more, a `case.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A stock client whose requests are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Client {
    /// `docker stack deploy` of Docker 20.10.
    #[serde(rename = "docker-20.10")]
    Docker20,
    /// `docker stack deploy` of Docker 28.
    #[serde(rename = "docker-28")]
    Docker28,
    /// docker-compose 1.29.
    #[serde(rename = "docker-compose-1.29")]
    Compose1,
}

impl Client {
    /// Every client, in the order of the reports.
    pub const ALL: [Self; 3] = [Self::Docker20, Self::Docker28, Self::Compose1];

    /// Returns the name used in files and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker20 => "docker-20.10",
            Self::Docker28 => "docker-28",
            Self::Compose1 => "docker-compose-1.29",
        }
    }

    /// Says whether this client deploys stacks to a swarm.
    #[must_use]
    pub fn is_swarm(self) -> bool {
        self != Self::Compose1
    }
}

/// One case of the corpus.
#[derive(Debug, Clone)]
pub struct Case {
    /// `dialect/name`.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its settings.
    pub settings: Settings,
}

/// What a `case.toml` may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the case shows, for readers.
    pub about: String,
    /// Stack or project name; the folder's name when empty.
    pub project: String,
    /// Compose files; `compose.yaml` when empty.
    pub files: Vec<String>,
    /// Variables of the client's environment.
    pub env: BTreeMap<String, String>,
    /// Profiles switched on, for clients that know them.
    pub profiles: Vec<String>,
    /// Networks that exist before the first step.
    pub networks: Vec<String>,
    /// Secrets that exist before the first step.
    pub secrets: Vec<String>,
    /// Configs that exist before the first step.
    pub configs: Vec<String>,
    /// Volumes that exist before the first step.
    pub volumes: Vec<String>,
    /// Containers that exist and run before the first step.
    pub containers: Vec<String>,
    /// Clients that are recorded; all when empty.
    pub clients: Vec<Client>,
    /// What is done, each `up` or `rm` with flags and files; one `up` when empty.
    pub steps: Vec<String>,
}

/// One command of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Brings the project up; otherwise it is removed.
    pub up: bool,
    /// `--flag` words, understood by the clients that have them.
    pub flags: Vec<String>,
    /// Compose files of this step.
    pub files: Vec<String>,
}

impl Step {
    /// Returns the value of `--name=value`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.flags.iter().find_map(|flag| flag.strip_prefix(name)?.strip_prefix('='))
    }

    /// Says whether `--name` is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }
}

impl Case {
    /// Reads the case in `folder`.
    pub fn read(corpus: &Path, folder: &Path) -> Result<Self> {
        let id = folder.strip_prefix(corpus).context("a case outside the corpus")?.to_string_lossy().into_owned();
        let file = folder.join("case.toml");
        let settings = if file.is_file() {
            toml::from_str(&fs_err::read_to_string(&file)?).with_context(|| format!("reading `{id}/case.toml`"))?
        } else {
            Settings::default()
        };
        Ok(Self { id, folder: folder.to_owned(), settings })
    }

    /// Returns the stack or project name.
    #[must_use]
    pub fn project(&self) -> &str {
        if self.settings.project.is_empty() {
            self.id.rsplit('/').next().unwrap_or(&self.id)
        } else {
            &self.settings.project
        }
    }

    /// Returns the Compose files of steps that name none.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        if self.settings.files.is_empty() { vec!["compose.yaml".to_owned()] } else { self.settings.files.clone() }
    }

    /// Returns the clients that are recorded.
    #[must_use]
    pub fn clients(&self) -> Vec<Client> {
        if self.settings.clients.is_empty() { Client::ALL.to_vec() } else { self.settings.clients.clone() }
    }

    /// Returns the commands of the case.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let parse = |line: &str| {
            let (flags, words): (Vec<String>, Vec<String>) =
                line.split_whitespace().map(str::to_owned).partition(|word| word.starts_with("--"));
            let files = words.get(1..).unwrap_or_default().to_vec();
            let files = if files.is_empty() { self.files() } else { files };
            Step { up: words.first().is_some_and(|word| word == "up"), flags, files }
        };
        if self.settings.steps.is_empty() {
            vec![parse("up")]
        } else {
            self.settings.steps.iter().map(|line| parse(line)).collect()
        }
    }

    /// Returns where the case's files stand while a client reads them: bind mounts and configuration hashes hold this path.
    #[must_use]
    pub fn stage(&self) -> PathBuf {
        Path::new("/tmp/holdfast-compose-corpus").join(&self.id)
    }

    /// Returns the file that holds the recording of `client`.
    #[must_use]
    pub fn recording(&self, client: Client) -> PathBuf {
        self.folder.join("recorded").join(format!("{}.json", client.name()))
    }
}

/// Reads the whole corpus, sorted by id.
pub fn cases(corpus: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for dialect in fs_err::read_dir(corpus)? {
        let dialect = dialect?.path();
        if !dialect.is_dir() {
            continue;
        }
        for folder in fs_err::read_dir(&dialect)? {
            let folder = folder?.path();
            if folder.is_dir() {
                cases.push(Case::read(corpus, &folder)?);
            }
        }
    }
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(cases)
}
