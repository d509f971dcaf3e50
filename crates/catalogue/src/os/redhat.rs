//! Which repositories an image of Red Hat's was built from: content sets and labels.

use serde::Deserialize;

use crate::findings::{Findings, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{lines, text};
use crate::os::sqlite;

/// Folders in which Red Hat's builds leave what they know.
const FOLDERS: &[&str] = &["/root/buildinfo/", "/usr/share/buildinfo/"];

/// Entries that one file may name.
const ENTRIES: usize = 10_000;

/// What a file of these folders is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BuildInfo {
    /// A content manifest.
    ContentManifest,
    /// A Dockerfile with labels.
    Dockerfile,
    /// Labels as JSON.
    Labels,
}

/// Tells what a path is.
pub(crate) fn build_info(path: &str) -> Option<BuildInfo> {
    let rest = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder))?;
    let is_json = rest.ends_with(".json");
    match rest {
        "labels.json" => Some(BuildInfo::Labels),
        _ if rest.starts_with("Dockerfile-") => Some(BuildInfo::Dockerfile),
        _ if is_json && (rest.starts_with("content_manifests/") || !rest.contains('/')) => {
            Some(BuildInfo::ContentManifest)
        }
        _ => None,
    }
}

/// Tells whether a path is the history of dnf, of its fourth or fifth version.
pub(crate) fn is_dnf_history(path: &str) -> bool {
    matches!(path, "/var/lib/dnf/history.sqlite" | "/usr/lib/sysimage/libdnf5/transaction_history.sqlite")
}

/// Reads dnf's history: the ids of the repositories that packages came from. Newer images carry no content sets (their
/// manifest says `from_dnf_hint`), and these ids are theirs.
pub(crate) fn parse_dnf_history(
    _path: &str,
    bytes: &[u8],
    wal: &[u8],
    limits: &Limits,
) -> Result<Findings, ParseError> {
    let database = sqlite::Database::open(bytes, wal)?;
    let mut content_sets = Vec::new();
    database.each_row(database.table_root("repo")?, ENTRIES, &mut |row| {
        // A broken row costs itself only; the others still tell where packages came from.
        content_sets.extend(row.ok().and_then(|row| row.text(1).map(|id| text(id, limits.text_bytes))));
        Ok(())
    })?;
    // `@System` stands for what is installed, and names no repository.
    content_sets.retain(|id| !id.starts_with('@'));
    content_sets.sort();
    content_sets.dedup();
    Ok(Findings { content_sets, ..Findings::default() })
}

#[derive(Deserialize)]
struct ContentManifest {
    #[serde(default)]
    content_sets: Option<Vec<String>>,
}

/// Reads an image content manifest; only its `content_sets` matter.
pub(crate) fn parse_manifest(_path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let manifest: ContentManifest = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::malformed("content manifest", error.column(), error.to_string()))?;
    let sets = manifest.content_sets.unwrap_or_default();
    let content_sets = sets.iter().take(ENTRIES).map(|set| text(set.as_bytes(), limits.text_bytes)).collect();
    Ok(Findings { content_sets, ..Findings::default() })
}

/// Reads `labels.json`.
pub(crate) fn parse_labels(_path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let labels: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_slice(bytes)
        .map_err(|error| ParseError::malformed("labels", error.column(), error.to_string()))?;
    let cpe = labels.get("cpe").and_then(|cpe| cpe.as_str());
    let cpes = cpe.filter(|cpe| cpe.starts_with("cpe:")).map(|cpe| text(cpe.as_bytes(), limits.text_bytes));
    Ok(Findings { cpes: cpes.into_iter().collect(), ..Findings::default() })
}

/// Reads the labels `cpe` of a Dockerfile: every quoted or bare word that is a CPE.
pub(crate) fn parse_dockerfile(_path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut cpes: Vec<String> = Vec::new();
    for line in lines(bytes) {
        for word in line.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=')) {
            if word.starts_with(b"cpe:") && cpes.len() < ENTRIES {
                cpes.push(text(word, limits.text_bytes));
            }
        }
    }
    cpes.sort();
    cpes.dedup();
    Ok(Findings { cpes, ..Findings::default() })
}
