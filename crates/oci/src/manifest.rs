//! Manifests and indexes: one strict parser for the four kinds that are stored.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::descriptor::{Descriptor, Platform};
use crate::digest::Digest;
use crate::media_type::MediaType;
use crate::strict::{self, StrictError};

/// The largest manifest that is accepted.
pub const MAX_MANIFEST_BYTES: usize = 4 * 1024 * 1024;

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is larger than [`MAX_MANIFEST_BYTES`].
    #[error("the manifest has {size_bytes} bytes, at most {MAX_MANIFEST_BYTES} are accepted")]
    TooLarge {
        /// Its size.
        size_bytes: usize,
    },
    /// It is no JSON, or JSON that can be read in two ways.
    #[error("the manifest is not strict JSON: {}", crate::manifest::inner(.0))]
    Json(StrictError),
    /// Its media type is none of those that are stored.
    #[error("manifests of the type `{media_type}` are not accepted")]
    Unsupported {
        /// The type it has.
        media_type: String,
    },
    /// The type in the body is not the one in the header.
    #[error("the manifest says it is `{body}` and was sent as `{header}`")]
    MediaTypeMismatch {
        /// The `mediaType` field.
        body: String,
        /// The `Content-Type` header.
        header: String,
    },
    /// A field is absent, of the wrong type, or misspelt in a way some clients overlook.
    #[error("the manifest is malformed at {at}: {reason}")]
    Malformed {
        /// Where.
        at: &'static str,
        /// What.
        reason: String,
    },
}

pub(crate) fn inner(error: &StrictError) -> String {
    std::error::Error::source(error).map_or_else(String::new, ToString::to_string)
}

/// The kinds of manifest that are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// An OCI image manifest: an image or an artifact.
    OciManifest,
    /// An OCI image index.
    OciIndex,
    /// Docker's image manifest, schema 2.
    DockerManifest,
    /// Docker's manifest list.
    DockerList,
}

impl ManifestKind {
    /// Returns the media type of this kind.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::OciManifest => MediaType::OCI_MANIFEST,
            Self::OciIndex => MediaType::OCI_INDEX,
            Self::DockerManifest => MediaType::DOCKER_MANIFEST,
            Self::DockerList => MediaType::DOCKER_LIST,
        }
    }

    /// Finds the kind of a media type.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        [Self::OciManifest, Self::OciIndex, Self::DockerManifest, Self::DockerList]
            .into_iter()
            .find(|kind| kind.media_type() == media_type)
    }

    /// Reports whether this kind lists other manifests.
    #[must_use]
    pub fn is_index(self) -> bool {
        matches!(self, Self::OciIndex | Self::DockerList)
    }
}

/// What a referenced content is for the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The configuration blob.
    Config,
    /// A layer blob.
    Layer,
    /// A manifest of an index.
    Child,
}

/// One content that a manifest needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referenced {
    /// What it is for.
    pub role: Role,
    /// Its descriptor.
    pub descriptor: Descriptor,
}

impl Referenced {
    /// Reports whether the content may be absent because it can be fetched elsewhere.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.role == Role::Layer && !self.descriptor.urls.is_empty()
    }
}

/// A parsed manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    kind: ManifestKind,
    references: Vec<Referenced>,
    subject: Option<Descriptor>,
    artifact_type: Option<MediaType>,
    annotations: BTreeMap<String, String>,
}

impl Manifest {
    /// Parses a manifest; `header` is the type it was sent with, if one was.
    ///
    /// # Errors
    /// If it is too large, readable in two ways, of another kind, or malformed.
    pub fn parse(bytes: &[u8], header: Option<&MediaType>) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge { size_bytes: bytes.len() });
        }
        let Value::Object(mut body) = strict::parse(bytes).map_err(ManifestError::Json)? else {
            return Err(malformed("the top", "an object is expected"));
        };
        exact_names(&body, FIELDS, "the top")?;
        if body.get("schemaVersion").and_then(Value::as_u64) != Some(2) {
            return Err(malformed("schemaVersion", "it must be 2"));
        }
        let kind = kind_of(&body, header)?;
        let (config, artifact_type) = match (take(&mut body, "config"), take(&mut body, "artifactType")) {
            (config, None) => (config, None),
            (config, Some(value)) => (config, Some(typed::<MediaType>(value, "artifactType")?)),
        };
        let mut references = Vec::new();
        let mut config_type = None;
        if kind.is_index() {
            let list = take(&mut body, "manifests").ok_or_else(|| malformed("manifests", "it is absent"))?;
            push_all(&mut references, Role::Child, list, "manifests")?;
        } else {
            let config = config.ok_or_else(|| malformed("config", "it is absent"))?;
            let descriptor = descriptor(config, "config")?;
            config_type = Some(descriptor.media_type.clone());
            references.push(Referenced { role: Role::Config, descriptor });
            let list = take(&mut body, "layers").ok_or_else(|| malformed("layers", "it is absent"))?;
            push_all(&mut references, Role::Layer, list, "layers")?;
        }
        let subject = take(&mut body, "subject").map(|value| descriptor(value, "subject")).transpose()?;
        let annotations = match take(&mut body, "annotations") {
            Some(value) => typed(value, "annotations")?,
            None => BTreeMap::new(),
        };
        // OCI distribution specification 1.1, "Listing Referrers": without an artifact type, the
        // config's media type stands for it.
        let artifact_type = artifact_type.or(config_type);
        Ok(Self { kind, references, subject, artifact_type, annotations })
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> ManifestKind {
        self.kind
    }

    /// Returns what the manifest needs, in its order: config, then layers; or an index's children.
    #[must_use]
    pub fn references(&self) -> &[Referenced] {
        &self.references
    }

    /// Returns the manifest that this one is about.
    #[must_use]
    pub fn subject(&self) -> Option<&Descriptor> {
        self.subject.as_ref()
    }

    /// Returns the artifact type, or the config's media type in its place.
    #[must_use]
    pub fn artifact_type(&self) -> Option<&MediaType> {
        self.artifact_type.as_ref()
    }

    /// Returns the annotations.
    #[must_use]
    pub fn annotations(&self) -> &BTreeMap<String, String> {
        &self.annotations
    }

    /// Returns the digests of the blobs that must be present, each once.
    #[must_use]
    pub fn required_blobs(&self) -> Vec<&Digest> {
        let mut digests: Vec<_> = self
            .references
            .iter()
            .filter(|one| one.role != Role::Child && !one.is_foreign())
            .map(|one| &one.descriptor.digest)
            .collect();
        digests.sort_unstable();
        digests.dedup();
        digests
    }

    /// Returns the size of config and layers together.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.references
            .iter()
            .filter(|one| one.role != Role::Child)
            .fold(0, |sum, one| sum.saturating_add(one.descriptor.size_bytes))
    }
}

const FIELDS: &[&str] = &[
    "schemaVersion",
    "mediaType",
    "artifactType",
    "config",
    "layers",
    "manifests",
    "subject",
    "annotations",
    "fsLayers",
    "history",
    "signatures",
    "blobs",
];

fn malformed(at: &'static str, reason: impl Into<String>) -> ManifestError {
    ManifestError::Malformed { at, reason: reason.into() }
}

/// Takes a field; an explicit null is like an absent field, as Go's readers see it.
fn take(body: &mut Map<String, Value>, name: &str) -> Option<Value> {
    body.get_mut(name).map(Value::take).filter(|value| !value.is_null())
}

/// Refuses keys that a case-folding reader takes for a field and a strict one does not.
fn exact_names(body: &Map<String, Value>, fields: &[&str], at: &'static str) -> Result<(), ManifestError> {
    for key in body.keys() {
        if fields.contains(&key.as_str()) {
            continue;
        }
        let folded = strict::fold(key);
        if fields.iter().any(|field| field.eq_ignore_ascii_case(&folded)) {
            return Err(malformed(at, format!("the key `{key}` differs from a known one by its case alone")));
        }
    }
    Ok(())
}

fn kind_of(body: &Map<String, Value>, header: Option<&MediaType>) -> Result<ManifestKind, ManifestError> {
    let has = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
    // CVE-2021-41190: a document that is both kinds must be neither.
    if has("manifests") && (has("config") || has("layers")) {
        return Err(malformed("the top", "it has the fields of a manifest and of an index"));
    }
    if has("fsLayers") || has("signatures") {
        return Err(ManifestError::Unsupported { media_type: "schema 1".to_owned() });
    }
    let said = match body.get("mediaType") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => return Err(malformed("mediaType", "a string is expected")),
    };
    // Clients that send no type, or the general one, are believed by the body alone.
    let header = header.map(MediaType::as_str).filter(|text| *text != "application/json");
    if let (Some(body), Some(header)) = (said, header)
        && body != header
    {
        return Err(ManifestError::MediaTypeMismatch { body: body.to_owned(), header: header.to_owned() });
    }
    let kind = match said.or(header) {
        Some(text) => ManifestKind::from_media_type(text)
            .ok_or_else(|| ManifestError::Unsupported { media_type: text.chars().take(150).collect() })?,
        None if has("manifests") => ManifestKind::OciIndex,
        None => ManifestKind::OciManifest,
    };
    let fits = if kind.is_index() { !has("config") && !has("layers") } else { !has("manifests") };
    if fits { Ok(kind) } else { Err(malformed("mediaType", "its fields are those of another kind")) }
}

fn push_all(references: &mut Vec<Referenced>, role: Role, list: Value, at: &'static str) -> Result<(), ManifestError> {
    let Value::Array(items) = list else { return Err(malformed(at, "a list is expected")) };
    references.reserve(items.len());
    for item in items {
        references.push(Referenced { role, descriptor: descriptor(item, at)? });
    }
    Ok(())
}

fn descriptor(value: Value, at: &'static str) -> Result<Descriptor, ManifestError> {
    let Value::Object(mut body) = value else { return Err(malformed(at, "a descriptor is expected")) };
    exact_names(&body, Descriptor::FIELDS, at)?;
    if let Some(Value::Object(platform)) = body.get("platform") {
        exact_names(platform, Platform::FIELDS, at)?;
    }
    body.retain(|_, value| !value.is_null());
    let descriptor: Descriptor = typed(Value::Object(body), at)?;
    if i64::try_from(descriptor.size_bytes).is_err() {
        return Err(malformed(at, "a size is out of range"));
    }
    Ok(descriptor)
}

fn typed<T: for<'de> Deserialize<'de>>(value: Value, at: &'static str) -> Result<T, ManifestError> {
    serde_json::from_value(value).map_err(|error| malformed(at, error.to_string()))
}

#[cfg(test)]
#[path = "manifest/tests.rs"]
mod tests;
