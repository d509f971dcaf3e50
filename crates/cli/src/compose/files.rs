//! Finds and reads Compose files on this machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use compose::model::Client;
use compose::{Outcome, ReadError, Request, load as load_files, suggest_client};

use super::args::ComposeFiles;

/// The largest file that is read.
const MAX_BYTES: u64 = 64 << 20;
const NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// What was loaded and how.
pub(super) struct Loaded {
    pub(super) outcome: Outcome,
    pub(super) client: Client,
    pub(super) files: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
}

/// Loads the files asked for. `wanted` is the client that a target needs.
pub(super) fn load(args: &ComposeFiles, wanted: Option<Client>, interpolate: bool) -> Result<Loaded> {
    let working_directory = std::env::current_dir().context("finding the current directory")?;
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let files = asked(args, &environment, &working_directory)?;
    let standard_input = RefCell::new(None);
    let reader = |path: &str| read(path, &standard_input);
    let client = args.client.client().or(wanted).unwrap_or_else(|| by_version(&files, &working_directory, &reader));
    let mut request = Request::new(files.clone(), client, &reader);
    request.working_directory = text(&working_directory)?;
    request.project_directory = args.project_directory.as_deref().map(text).transpose()?;
    request.project_name.clone_from(&args.project_name);
    request.environment.clone_from(&environment);
    request.env_files = args.env_files.iter().map(|file| text(file)).collect::<Result<_>>()?;
    request.profiles.clone_from(&args.profiles);
    request.interpolate = interpolate;
    Ok(Loaded { outcome: load_files(&request), client, files, environment })
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("the path {} is not UTF-8", path.display()))
}

/// The files asked for, those of `COMPOSE_FILE`, or those with the usual names here or above.
fn asked(args: &ComposeFiles, environment: &BTreeMap<String, String>, directory: &Path) -> Result<Vec<String>> {
    if !args.files.is_empty() {
        return args.files.iter().map(|file| text(file)).collect();
    }
    if let Some(files) = environment.get("COMPOSE_FILE").filter(|files| !files.is_empty()) {
        let separator =
            environment.get("COMPOSE_PATH_SEPARATOR").filter(|one| !one.is_empty()).map_or(":", String::as_str);
        return Ok(files.split(separator).map(str::to_owned).collect());
    }
    for directory in directory.ancestors() {
        let Some(name) = NAMES.iter().find(|name| directory.join(name).is_file()) else { continue };
        let mut files = vec![directory.join(name)];
        files.extend(overrides(directory, name));
        return files.iter().map(|file| text(file)).collect();
    }
    bail!("there is no compose.yaml here or above; name a file with -f")
}

/// The override file beside a file with a usual name.
fn overrides(directory: &Path, name: &str) -> Option<PathBuf> {
    let (stem, extension) = name.rsplit_once('.')?;
    let other = if extension == "yaml" { "yml" } else { "yaml" };
    let candidates = [format!("{stem}.override.{extension}"), format!("{stem}.override.{other}")];
    candidates.into_iter().map(|name| directory.join(name)).find(|file| file.is_file())
}

fn by_version(files: &[String], directory: &Path, reader: &compose::Reader<'_>) -> Client {
    let Some(first) = files.first() else { return Client::Specification };
    let path = if first == "-" { first.clone() } else { directory.join(first).display().to_string() };
    reader(&path)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map_or(Client::Specification, |text| suggest_client(&text))
}

/// Reads a file; standard input once, however often it is asked for.
fn read(path: &str, standard_input: &RefCell<Option<Vec<u8>>>) -> Result<Vec<u8>, ReadError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::NotFound,
        _ => ReadError::Other(error.to_string()),
    };
    if path == "-" {
        if let Some(bytes) = standard_input.borrow().as_ref() {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MAX_BYTES).read_to_end(&mut bytes).map_err(failed)?;
        standard_input.replace(Some(bytes.clone()));
        return Ok(bytes);
    }
    // A directory or a device is no file; a pipe (`<(…)`) is as good as one.
    let file = fs_err::File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(ReadError::Other("it is a directory".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Reads what a project names: the content of secrets and configs.
pub(super) fn content(path: &str) -> Result<Vec<u8>, String> {
    read(path, &RefCell::new(Some(Vec::new()))).map_err(|error| error.to_string())
}
