//! The routes: an enum and one total parser, denied by default.

use base::{RepositoryName, UploadId};
use oci::Digest;
use registry::ManifestReference;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/v2/`: is there a registry, and who am I?
    Base,
    /// `/auth/token`.
    Token,
    /// `/v2/_catalog`.
    Catalog,
    /// `/v2/<name>/tags/list`.
    Tags(RepositoryName),
    /// `/v2/<name>/manifests/<reference>`.
    Manifest(RepositoryName, ManifestReference),
    /// `/v2/<name>/blobs/<digest>`.
    Blob(RepositoryName, Digest),
    /// `/v2/<name>/blobs/uploads/`.
    Uploads(RepositoryName),
    /// `/v2/<name>/blobs/uploads/<id>`.
    Upload(RepositoryName, UploadId),
    /// `/v2/<name>/referrers/<digest>`.
    Referrers(RepositoryName, Digest),
    /// `/v2/<name>/_trust/…`: not open yet.
    Trust,
}

/// Why a path is no route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Nothing is served there.
    #[error("there is no such path")]
    Unknown,
    /// The name is no repository name.
    #[error("{0}")]
    Name(String),
    /// The digest is malformed.
    #[error("{0}")]
    Digest(String),
    /// The reference is neither a tag nor a digest.
    #[error("{0}")]
    Reference(String),
    /// The upload's id is malformed.
    #[error("there is no such upload; begin again")]
    Upload,
}

impl Route {
    /// Parses a path.
    ///
    /// # Errors
    /// If it is none of the routes, or a part of it is malformed.
    pub fn parse(path: &str) -> Result<Self, RouteError> {
        if path == "/auth/token" {
            return Ok(Self::Token);
        }
        let rest = match path.strip_prefix("/v2") {
            Some("" | "/") => return Ok(Self::Base),
            Some(rest) => rest.strip_prefix('/').ok_or(RouteError::Unknown)?,
            None => return Err(RouteError::Unknown),
        };
        // Only the colon of a digest is ever escaped by clients; nothing else needs to be.
        let decoded;
        let rest = if rest.contains('%') {
            decoded = rest.replace("%3A", ":").replace("%3a", ":");
            decoded.as_str()
        } else {
            rest
        };
        if rest.contains('%') || rest.len() > 1024 {
            return Err(RouteError::Unknown);
        }
        if rest == "_catalog" {
            return Ok(Self::Catalog);
        }
        if rest.split('/').any(|part| part == "_trust") {
            return Ok(Self::Trust);
        }
        let (head, last) = rest.rsplit_once('/').ok_or(RouteError::Unknown)?;
        if let Some(name) = head.strip_suffix("/blobs/uploads") {
            let name = parse_name(name)?;
            if last.is_empty() {
                return Ok(Self::Uploads(name));
            }
            return last.parse().map(|id| Self::Upload(name, id)).map_err(|_| RouteError::Upload);
        }
        let (name, collection) = head.rsplit_once('/').ok_or(RouteError::Unknown)?;
        match (collection, last) {
            ("blobs", "uploads") => Ok(Self::Uploads(parse_name(name)?)),
            ("tags", "list") => Ok(Self::Tags(parse_name(name)?)),
            ("blobs", digest) => Ok(Self::Blob(parse_name(name)?, parse_digest(digest)?)),
            ("referrers", digest) => Ok(Self::Referrers(parse_name(name)?, parse_digest(digest)?)),
            ("manifests", reference) => {
                let name = parse_name(name)?;
                let reference = reference.parse().map_err(|error| RouteError::Reference(format!("{error}")))?;
                Ok(Self::Manifest(name, reference))
            }
            _ => Err(RouteError::Unknown),
        }
    }

    /// Returns the repository that is asked about.
    #[must_use]
    pub fn repository(&self) -> Option<&RepositoryName> {
        match self {
            Self::Tags(name)
            | Self::Manifest(name, _)
            | Self::Blob(name, _)
            | Self::Uploads(name)
            | Self::Upload(name, _)
            | Self::Referrers(name, _) => Some(name),
            Self::Base | Self::Token | Self::Catalog | Self::Trust => None,
        }
    }
}

fn parse_name(text: &str) -> Result<RepositoryName, RouteError> {
    text.parse().map_err(|error| RouteError::Name(format!("{error}")))
}

fn parse_digest(text: &str) -> Result<Digest, RouteError> {
    text.parse().map_err(|error| RouteError::Digest(format!("{error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_is_one_route() {
        let digest = Digest::of(b"x");
        let id = UploadId::random();
        let name: RepositoryName = "acme/web".parse().unwrap();
        let deep: RepositoryName = "acme/manifests/blobs".parse().unwrap();
        let by_digest = ManifestReference::Digest(digest.clone());
        for (path, route) in [
            ("/v2".to_owned(), Route::Base),
            ("/v2/".to_owned(), Route::Base),
            ("/auth/token".to_owned(), Route::Token),
            ("/v2/_catalog".to_owned(), Route::Catalog),
            ("/v2/acme/web/tags/list".to_owned(), Route::Tags(name.clone())),
            ("/v2/acme/web/manifests/1".to_owned(), Route::Manifest(name.clone(), "1".parse().unwrap())),
            (format!("/v2/acme/web/manifests/{digest}"), Route::Manifest(name.clone(), by_digest.clone())),
            (format!("/v2/acme/web/manifests/sha256%3A{}", digest.hex()), Route::Manifest(name.clone(), by_digest)),
            (format!("/v2/acme/web/blobs/{digest}"), Route::Blob(name.clone(), digest.clone())),
            (format!("/v2/acme/manifests/blobs/blobs/{digest}"), Route::Blob(deep, digest.clone())),
            ("/v2/acme/web/blobs/uploads".to_owned(), Route::Uploads(name.clone())),
            ("/v2/acme/web/blobs/uploads/".to_owned(), Route::Uploads(name.clone())),
            (format!("/v2/acme/web/blobs/uploads/{id}"), Route::Upload(name.clone(), id)),
            (format!("/v2/acme/web/referrers/{digest}"), Route::Referrers(name, digest)),
            ("/v2/host/acme/web/_trust/tuf/root.json".to_owned(), Route::Trust),
        ] {
            assert_eq!(Route::parse(&path), Ok(route), "{path}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for path in [
            "",
            "/",
            "/v1/",
            "/v2x",
            "/v2/acme",
            "/v2/acme/web",
            "/v2/acme/web/tags",
            "/v2/acme/web/other/x",
            "/v2/acme/web/tags/list/",
            "/v2//acme/web/tags/list",
            "/v2/acme/../web/tags/list",
            "/v2/Acme/web/tags/list",
            "/v2/acme%2Fweb/tags/list",
            "/v2/acme/web/manifests/",
            "/v2/acme/web/manifests/-x",
            "/v2/web/tags/list",
            "/v2/acme/web/blobs/x",
            "/v2/acme/web/blobs/uploads/x",
            "/auth/token/",
            "/v2/acme/web/manifests/a:b",
        ] {
            assert!(Route::parse(path).is_err(), "{path}");
        }
    }
}
