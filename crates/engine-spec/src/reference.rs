//! References to objects and images as they stand in paths, queries and bodies.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest reference that is read.
const MAX_BYTES: usize = 1024;

/// A text that can refer to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid reference: {why}")]
pub struct ReferenceError {
    text: String,
    why: &'static str,
}

impl ReferenceError {
    pub(crate) fn new(text: &str, why: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), why }
    }

    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> base::ErrorKind {
        base::ErrorKind::Invalid
    }
}

/// A name, id or id prefix of an object, decoded; harmless as text of a path (no control characters, no empty, `.` or
/// `..` part), but not yet known to exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectRef(String);

impl ObjectRef {
    /// Reads a reference.
    ///
    /// # Errors
    /// If the text is empty, too long, or holds what no path may hold.
    pub fn new(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::new(text, "it is empty"));
        }
        if text.len() > MAX_BYTES {
            return Err(ReferenceError::new(text, "it is longer than 1024 bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err(ReferenceError::new(text, "it holds control characters"));
        }
        if text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(ReferenceError::new(text, "it holds an empty, `.` or `..` part"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ObjectRef {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        Self::new(&text)
    }
}

impl From<ObjectRef> for String {
    fn from(reference: ObjectRef) -> Self {
        reference.0
    }
}

/// Reports whether a name would capture references to ids: 12 or 64 hexadecimal characters.
#[must_use]
pub fn looks_like_id(name: &str) -> bool {
    matches!(name.len(), 12 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A reference to an image, split as the engine splits it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ImageRef {
    /// An image of this engine by its id (`sha256:…`, 64 hexadecimal characters).
    Id(String),
    /// A name with its registry.
    Name {
        /// The registry's host with port; `docker.io` when none was written.
        host: String,
        /// The repository within it; `library/…` for official images of Docker Hub.
        repository: String,
        /// The tag, if one was written.
        tag: Option<String>,
        /// The digest, if one was written.
        digest: Option<String>,
    },
}

impl ImageRef {
    /// The registry meant when none is written.
    pub const DEFAULT_HOST: &'static str = "docker.io";

    /// Reads a reference as the engine does: `[host[:port]/]path[:tag][@digest]`, or an id.
    ///
    /// A short hexadecimal text may also be the prefix of an id; see [`ImageRef::may_be_id`].
    ///
    /// # Errors
    /// If the text follows neither form.
    pub fn new(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() || text.len() > MAX_BYTES {
            return Err(ReferenceError::new(text, "an image needs 1 to 1024 bytes"));
        }
        let hexadecimal = text.strip_prefix("sha256:").unwrap_or(text);
        if is_lower_hex(hexadecimal) && (hexadecimal.len() == 64 || hexadecimal.len() < text.len()) {
            return Ok(Self::Id(hexadecimal.to_owned()));
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) if is_digest(digest) => (name, Some(digest.to_owned())),
            Some(_) => return Err(ReferenceError::new(text, "its digest is malformed")),
            None => (text, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => {
                if !is_tag(tag) {
                    return Err(ReferenceError::new(text, "its tag is malformed"));
                }
                (name, Some(tag.to_owned()))
            }
            _ => (name, None),
        };
        let (host, path) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" || has_upper(host) => (host, path),
            _ => (Self::DEFAULT_HOST, name),
        };
        if !is_host(host) {
            return Err(ReferenceError::new(text, "its registry is malformed"));
        }
        if path.is_empty() || !path.split('/').all(is_component) {
            return Err(ReferenceError::new(
                text,
                "its repository is malformed (lower case letters, digits and . _ - /)",
            ));
        }
        let host = if host == "index.docker.io" { Self::DEFAULT_HOST } else { host };
        let official = host == Self::DEFAULT_HOST && !path.contains('/');
        let repository = if official { format!("library/{path}") } else { path.to_owned() };
        Ok(Self::Name { host: host.to_owned(), repository, tag, digest })
    }

    /// Returns the registry's host, unless this is an id.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Name { host, .. } => Some(host),
        }
    }

    /// Returns the repository within the registry, unless this is an id.
    #[must_use]
    pub fn repository(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Name { repository, .. } => Some(repository),
        }
    }

    /// Returns the tag; `latest` when neither tag nor digest was written, none for an id or a bare digest.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        match self {
            Self::Name { tag: Some(tag), .. } => Some(tag),
            Self::Name { tag: None, digest: None, .. } => Some("latest"),
            Self::Name { .. } | Self::Id(_) => None,
        }
    }

    /// Returns the digest, or the id as one.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        match self {
            Self::Id(id) if id.len() == 64 => Some(format!("sha256:{id}")),
            Self::Id(_) => None,
            Self::Name { digest, .. } => digest.clone(),
        }
    }

    /// Reports whether the engine may take this text for (the beginning of) an image's id when no image has that name:
    /// the gateway resolves such a reference at the engine before it decides.
    #[must_use]
    pub fn may_be_id(&self) -> bool {
        match self {
            Self::Id(_) => true,
            Self::Name { host, repository, tag: None, digest: None } => {
                host == Self::DEFAULT_HOST && repository.strip_prefix("library/").is_some_and(is_lower_hex)
            }
            Self::Name { .. } => false,
        }
    }

    /// Returns the same repository with another tag and no digest.
    ///
    /// # Errors
    /// If the tag is malformed or this is an id.
    pub fn with_tag(&self, new: &str) -> Result<Self, ReferenceError> {
        match self {
            Self::Name { host, repository, .. } if is_tag(new) => Ok(Self::Name {
                host: host.clone(),
                repository: repository.clone(),
                tag: Some(new.to_owned()),
                digest: None,
            }),
            _ => Err(ReferenceError::new(new, "it is no tag of a named image")),
        }
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "sha256:{id}"),
            Self::Name { host, repository, tag, digest } => {
                write!(f, "{host}/{repository}")?;
                if let Some(tag) = tag {
                    write!(f, ":{tag}")?;
                }
                if let Some(digest) = digest {
                    write!(f, "@{digest}")?;
                }
                Ok(())
            }
        }
    }
}

fn is_lower_hex(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn has_upper(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, value)| {
        !algorithm.is_empty()
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'_' | b'-'))
            && value.len() >= 32
            && value.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_component(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alnum = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    bytes.first().is_some_and(alnum)
        && bytes.last().is_some_and(alnum)
        && bytes.iter().all(|b| alnum(b) || matches!(b, b'.' | b'_' | b'-'))
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let inside =
                !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
            match rest.strip_prefix(':') {
                _ if !inside => return false,
                None => return rest.is_empty(),
                Some(port) => ("x", Some(port)),
            }
        }
        None => text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port))),
    };
    let digits = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    !name.is_empty()
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
        && port.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, Option<String>) {
        let image = ImageRef::new(text).unwrap();
        (image.host().unwrap().into(), image.repository().unwrap().into(), image.tag().map(str::to_owned))
    }

    #[test]
    fn images_are_split_as_the_engine_splits_them() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("busybox"), ("docker.io".into(), "library/busybox".into(), some("latest")));
        assert_eq!(parts("acme/web:1"), ("docker.io".into(), "acme/web".into(), some("1")));
        assert_eq!(parts("host:5000/acme/web"), ("host:5000".into(), "acme/web".into(), some("latest")));
        assert_eq!(parts("localhost/web:2"), ("localhost".into(), "web".into(), some("2")));
        assert_eq!(parts("a.b/web"), ("a.b".into(), "web".into(), some("latest")));
        assert_eq!(parts("index.docker.io/web"), ("docker.io".into(), "library/web".into(), some("latest")));
        assert_eq!(parts("[::1]:5000/web:x").0, "[::1]:5000");
        let digest = format!("a.b/web@sha256:{}", "0".repeat(64));
        assert_eq!(parts(&digest), ("a.b".into(), "web".into(), None));
        assert_eq!(ImageRef::new(&"a".repeat(64)).unwrap(), ImageRef::Id("a".repeat(64)));
        assert_eq!(ImageRef::new("sha256:abcd").unwrap(), ImageRef::Id("abcd".into()));
        assert!(ImageRef::new("abcdef012345").unwrap().may_be_id());
        assert!(!ImageRef::new("web").unwrap().may_be_id());
        for bad in
            ["", "Web", "a//b", "a/../b", "web:", "web:a b", "web@sha256:xx", "-a/b", "a.b:70x/c", "a b", "ho_st.x/a"]
        {
            assert!(ImageRef::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_like_ids_are_known() {
        assert!(looks_like_id("0123456789ab") && looks_like_id("0123456789AB") && looks_like_id(&"f".repeat(64)));
        assert!(!looks_like_id("0123456789a") && !looks_like_id("0123456789ag"));
    }
}
