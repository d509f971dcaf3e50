//! Fetching a source's files into its folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::http::{Answer, Ask, Download, Trust, get};
use super::plan::{Located, Target, Way, first_mirror, listing, named_by, updateinfo};
use super::sources::Source;
use super::store::replace;

/// What names other files is small.
const POINTER_BYTES: u64 = 4 << 20;

/// How to fetch.
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// Whom to trust as a host.
    pub trust: Trust,
    /// Other addresses of a source, by its name: its files are taken from there and nowhere else.
    pub addresses: BTreeMap<String, Vec<String>>,
    /// A mirror: `https://host/path` becomes `<mirror>/host/path`.
    pub mirror: Option<String>,
    /// The largest file, in bytes.
    pub limit_bytes: u64,
    /// The pause before a second attempt; each further one is twice as long.
    pub pause: Duration,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The source.
    pub source: String,
    /// The file in the source's folder.
    pub file: String,
    /// Where it came from.
    pub url: String,
    /// Whether it is new; otherwise it is what it was.
    pub is_new: bool,
    /// Its size in bytes.
    pub size_bytes: u64,
}

/// What was noted of a file when it was fetched.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    digest: String,
    fetched: Option<Timestamp>,
}

/// Fetches a source's files into `<feeds>/<source>/`; each takes the place of the old one only when it is whole. `told` is
/// called before each file.
///
/// # Errors
/// If a file cannot be fetched that may not be missing; the files before it stand.
pub async fn fetch(
    source: &Source,
    options: &FetchOptions,
    feeds: &Path,
    now: Timestamp,
    mut told: impl FnMut(&str),
) -> Result<Vec<Fetched>, Error> {
    let folder = feeds.join(source.name);
    let mut fetched = Vec::new();
    for target in targets(source, options) {
        told(&target.file);
        match Box::pin(one(source.name, &target, options, &folder, now)).await {
            Ok(file) => fetched.push(file),
            Err(Error::Answer { status: 403 | 404, .. }) if target.is_optional => {}
            Err(error) => return Err(error),
        }
    }
    Ok(fetched)
}

fn targets(source: &Source, options: &FetchOptions) -> Vec<Target> {
    let Some(addresses) = options.addresses.get(source.name) else { return source.targets.clone() };
    let file = |url: &String| {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_plain = !name.is_empty() && !name.starts_with('.');
        let name = if is_plain { name.replace(['\\', ':'], "_") } else { "feed".to_owned() };
        Target::file(&name, url)
    };
    addresses.iter().map(file).collect()
}

fn mirrored(url: &str, options: &FetchOptions) -> String {
    match (&options.mirror, url.split_once("://")) {
        (Some(mirror), Some((_, rest))) => format!("{}/{rest}", mirror.trim_end_matches('/')),
        _ => url.to_owned(),
    }
}

async fn one(
    source: &str,
    target: &Target,
    options: &FetchOptions,
    folder: &Path,
    now: Timestamp,
) -> Result<Fetched, Error> {
    let located = Box::pin(locate(target, options, folder)).await?;
    let path = folder.join(&target.file);
    let note_path = note_path(&path);
    let note = fs_err::read(&note_path).ok().and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok());
    // What was noted counts only for the same address, and only while the file is there.
    let note = note.filter(|note| note.url == located.url && path.exists()).unwrap_or_default();
    let ask = Ask {
        url: &located.url,
        etag: note.etag.as_deref(),
        last_modified: note.last_modified.as_deref(),
        limit_bytes: options.limit_bytes,
        folder,
        pause: options.pause,
    };
    let done = |is_new, size_bytes| Fetched {
        source: source.to_owned(),
        file: target.file.clone(),
        url: located.url.clone(),
        is_new,
        size_bytes,
    };
    match Box::pin(get(&options.trust, ask)).await? {
        Answer::Unchanged => Ok(done(false, fs_err::metadata(&path).map_err(Error::read(&path))?.len())),
        Answer::File(download) => {
            let is_new = download.digest.to_string() != note.digest;
            let size_bytes = download.size_bytes;
            keep(download, &located, &path, &note_path, now)?;
            Ok(done(is_new, size_bytes))
        }
    }
}

/// Puts a file in its place once it is what it should be.
fn keep(download: Download, located: &Located, path: &Path, note_path: &Path, now: Timestamp) -> Result<(), Error> {
    if let Some(expected) = &located.sha256
        && download.digest.hex() != expected
    {
        let reason = format!("its SHA-256 is {} and should be {expected}", download.digest.hex());
        return Err(Error::Content { url: located.url.clone(), reason });
    }
    let note = Note {
        url: located.url.clone(),
        etag: download.etag,
        last_modified: download.last_modified,
        digest: download.digest.to_string(),
        fetched: Some(now),
    };
    download.file.persist(path).map_err(|error| Error::Write { path: path.to_owned(), source: error.error })?;
    replace(note_path, &serde_json::to_vec_pretty(&note).unwrap_or_default())
}

/// The note lies beside the file under a name that no feed is read from.
fn note_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{name}.fetched.toml"))
}

async fn locate(target: &Target, options: &FetchOptions, folder: &Path) -> Result<Located, Error> {
    let url = mirrored(&target.url, options);
    let pointer = async |url: &str| -> Result<String, Error> {
        let ask =
            Ask { url, etag: None, last_modified: None, limit_bytes: POINTER_BYTES, folder, pause: options.pause };
        match Box::pin(get(&options.trust, ask)).await? {
            Answer::File(download) => {
                let bytes = fs_err::read(download.file.path()).map_err(Error::read(download.file.path()))?;
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
            Answer::Unchanged => {
                Err(Error::Content { url: url.to_owned(), reason: "it was not asked about".to_owned() })
            }
        }
    };
    let located = match target.way {
        Way::File => return Ok(Located { url, sha256: None }),
        Way::NamedBy => named_by(&url, &pointer(&url).await?)?,
        Way::Listing => listing(&url, &pointer(&url).await?)?,
        Way::RpmRepository => {
            let repository = mirrored(&first_mirror(&url, &pointer(&url).await?)?, options);
            let repomd = format!("{repository}/repodata/repomd.xml");
            updateinfo(&repository, &repomd, &pointer(&repomd).await?)?
        }
    };
    Ok(located)
}
