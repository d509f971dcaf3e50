//! Images of registries, by the OCI distribution specification 1.1 ("Pull").

mod credentials;
mod token;

use std::io::Read;
use std::path::PathBuf;
use std::sync::Mutex;

use oci::{Digest, MediaType, Reference};

use crate::error::Error;
use crate::http::{Answer, Http, Target};

use credentials::Login;
use token::Challenge;

/// Redirects that are followed for one blob.
const MAX_REDIRECTS: usize = 5;

/// How to get at registries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// CAs to trust beside the system's (PEM).
    pub ca_pem: Option<String>,
    /// The folder with Docker's `config.json`; else `DOCKER_CONFIG`'s or `~/.docker`.
    pub docker_config: Option<PathBuf>,
}

/// One repository of a registry.
#[derive(Debug)]
pub(crate) struct RegistryBlobs {
    http: Http,
    target: Target,
    reference: Reference,
    login: Option<Login>,
    /// The `Authorization` header that was accepted last.
    authorization: Mutex<Option<String>>,
}

impl RegistryBlobs {
    /// Gets ready to talk to a registry: TLS, or plain on this machine where TLS is not spoken.
    ///
    /// # Errors
    /// If it cannot be reached, or the credentials cannot be read.
    pub(crate) fn connect(reference: &Reference, access: &Access) -> Result<Self, Error> {
        let http = Http::new(access.ca_pem.as_deref())?;
        let host = match reference.domain() {
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        let tls = Target::of_authority(host, true)?;
        let target = match http.get(&tls, "/v2/", &[]) {
            Ok(_) => tls,
            Err(Error::Connect { .. } | Error::Talk { .. }) if tls.is_loopback() => Target::of_authority(host, false)?,
            Err(error) => return Err(error),
        };
        let login = credentials::find(reference.domain(), access.docker_config.as_deref())?;
        Ok(Self { http, target, reference: reference.clone(), login, authorization: Mutex::new(None) })
    }

    /// The tag or digest that the reference names.
    pub(crate) fn wanted(&self) -> String {
        match (self.reference.digest(), self.reference.tag()) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.to_string(),
            (None, None) => "latest".to_owned(),
        }
    }

    pub(crate) fn name(&self) -> String {
        self.reference.to_string()
    }

    /// Fetches a manifest by tag or digest.
    pub(crate) fn manifest(&self, wanted: &str) -> Result<(Vec<u8>, Option<MediaType>), Error> {
        let accept =
            [MediaType::OCI_INDEX, MediaType::DOCKER_LIST, MediaType::OCI_MANIFEST, MediaType::DOCKER_MANIFEST]
                .join(", ");
        let path = format!("/v2/{}/manifests/{wanted}", self.reference.path());
        let answer = self.ask(&path, &accept)?;
        let media_type = answer.header("content-type").and_then(|value| MediaType::from_header(value).ok());
        let mut bytes = Vec::new();
        answer
            .body
            .take(oci::MAX_MANIFEST_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| Error::Read { source })?;
        if let Ok(expected) = wanted.parse::<Digest>() {
            let found = Digest::compute(expected.algorithm(), &bytes);
            if found != expected {
                return Err(Error::Digest { what: "the manifest".to_owned(), expected, found });
            }
        }
        Ok((bytes, media_type))
    }

    /// Opens a blob; whoever reads it checks its digest.
    pub(crate) fn open(&self, digest: &Digest) -> Result<Box<dyn Read + Send>, Error> {
        let answer = self.ask(&format!("/v2/{}/blobs/{digest}", self.reference.path()), "*/*")?;
        Ok(Box::new(answer.body))
    }

    fn ask(&self, path: &str, accept: &str) -> Result<Answer, Error> {
        let known = self.authorization.lock().ok().and_then(|held| held.clone());
        let answer = self.send(path, accept, known.as_deref())?;
        let answer = match answer.status {
            401 => {
                let header = answer.header("www-authenticate").unwrap_or_default().to_owned();
                let Some(challenge) = Challenge::parse(&header) else {
                    return Err(answer.refused(&self.target, path));
                };
                let scope = format!("repository:{}:pull", self.reference.path());
                let fresh = token::authorization(&self.http, &challenge, &scope, self.login.as_ref())?;
                let answer = self.send(path, accept, fresh.as_deref())?;
                if let Ok(mut held) = self.authorization.lock() {
                    *held = fresh;
                }
                answer
            }
            _ => answer,
        };
        self.follow(answer, path, accept)
    }

    fn send(&self, path: &str, accept: &str, authorization: Option<&str>) -> Result<Answer, Error> {
        let mut headers = vec![("accept", accept)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        self.http.get(&self.target, path, &headers)
    }

    /// Follows redirects, as registries keep blobs elsewhere; what authorizes here is not shown there.
    fn follow(&self, mut answer: Answer, path: &str, accept: &str) -> Result<Answer, Error> {
        let mut target = self.target.clone();
        for _ in 0..MAX_REDIRECTS {
            match answer.status {
                200 => return Ok(answer),
                301 | 302 | 303 | 307 | 308 => {
                    let bad = || Error::Unusable(format!("`{}` redirects to nowhere", target.name()));
                    let uri: http::Uri = answer.header("location").and_then(|to| to.parse().ok()).ok_or_else(bad)?;
                    let next = match uri.authority() {
                        Some(authority) => Target::of_authority(authority.as_str(), uri.scheme_str() != Some("http"))?,
                        None => target.clone(),
                    };
                    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
                    answer = self.http.get(&next, &path, &[("accept", accept)])?;
                    target = next;
                }
                _ => return Err(answer.refused(&target, path)),
            }
        }
        Err(Error::Unusable(format!("`{}` redirects more than {MAX_REDIRECTS} times", self.target.name())))
    }
}
