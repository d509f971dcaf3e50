//! Image references as people write them, normalised as docker does.

use std::fmt;
use std::str::FromStr;

use base::RepositoryName;

use crate::digest::Digest;
use crate::tag::Tag;

/// A text that is no image reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an image reference: {reason}")]
pub struct ReferenceError {
    text: String,
    reason: &'static str,
}

/// An image reference with its registry, `nginx` being `docker.io/library/nginx`.
///
/// The grammar and the normalisation are those of `distribution/reference` (`ParseDockerRef`
/// without its dropping of tags beside digests).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<Tag>,
    digest: Option<Digest>,
}

const DEFAULT_DOMAIN: &str = "docker.io";

impl Reference {
    /// Returns the registry: host, with a port if one is written.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Returns the path within the registry, without tag and digest.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the tag, if one is written.
    #[must_use]
    pub fn tag(&self) -> Option<&Tag> {
        self.tag.as_ref()
    }

    /// Returns the digest, if one is written.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Returns the repository if this reference is of a registry known under one of these names.
    #[must_use]
    pub fn repository_at<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<RepositoryName> {
        if !names.into_iter().any(|name| name.eq_ignore_ascii_case(&self.domain)) {
            return None;
        }
        self.path.parse().ok()
    }

    /// Returns the name as docker shows it: without `docker.io/` and `library/`, without tag.
    #[must_use]
    pub fn familiar_name(&self) -> String {
        if self.domain != DEFAULT_DOMAIN {
            return format!("{}/{}", self.domain, self.path);
        }
        match self.path.strip_prefix("library/") {
            Some(rest) if !rest.contains('/') => rest.to_owned(),
            _ => self.path.clone(),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        parse(text).map_err(|reason| ReferenceError { text: text.chars().take(150).collect(), reason })
    }
}

fn parse(text: &str) -> Result<Reference, &'static str> {
    if text.is_empty() || text.len() > 600 {
        return Err("it is empty or too long");
    }
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err("64 hexadecimal characters are an image id");
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest.parse::<Digest>().map_err(|_| "the digest is malformed")?)),
        None => (text, None),
    };
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => {
            (name, Some(tag.parse::<Tag>().map_err(|_| "the tag is malformed")?))
        }
        _ => (rest, None),
    };
    let (domain, path) = split_domain(name);
    if !is_domain(domain) {
        return Err("the registry name is malformed");
    }
    let path =
        if domain == DEFAULT_DOMAIN && !path.contains('/') { format!("library/{path}") } else { path.to_owned() };
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err("the repository name must be lower case");
    }
    if !path.split('/').all(is_component) || domain.len() + 1 + path.len() > 255 {
        return Err("the repository name is malformed");
    }
    Ok(Reference { domain: domain.to_owned(), path, tag, digest })
}

fn split_domain(name: &str) -> (&str, &str) {
    match name.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            if first == "index.docker.io" {
                (DEFAULT_DOMAIN, rest)
            } else {
                (first, rest)
            }
        }
        _ => (DEFAULT_DOMAIN, name),
    }
}

fn is_domain(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let address_fits = !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
        return address_fits && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (text, None),
    };
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(label_fits) && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_component(text: &str) -> bool {
    let alnum = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(alnum) || !bytes.last().is_some_and(alnum) {
        return false;
    }
    bytes
        .split(|b| alnum(b))
        .all(|separator| matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|b| *b == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_normalised_as_docker_does() {
        for (text, full) in [
            ("nginx", "docker.io/library/nginx"),
            ("nginx:1", "docker.io/library/nginx:1"),
            ("acme/web", "docker.io/acme/web"),
            ("index.docker.io/acme/web", "docker.io/acme/web"),
            ("localhost/web", "localhost/web"),
            ("localhost:5000/acme/web:2", "localhost:5000/acme/web:2"),
            ("reg.example.com/acme/web/front", "reg.example.com/acme/web/front"),
            ("[::1]:7443/acme/web", "[::1]:7443/acme/web"),
            ("Reg/acme/web", "Reg/acme/web"),
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), full);
        }
    }

    #[test]
    fn malformed_references_are_refused() {
        let id = "a".repeat(64);
        let long = format!("reg.example.com/{}", "a".repeat(250));
        for bad in
            ["", "Nginx", "a//b", "a/../b", "nginx:", "nginx@sha256:1", ":x", "a:b:c", "reg.io/A", "a b", &id, &long]
        {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }

    #[test]
    fn our_repositories_are_recognised_by_the_listed_names() {
        let reference: Reference = "127.0.0.1:7443/acme/web:1".parse().unwrap();
        assert_eq!(reference.repository_at(["127.0.0.1:7443"]).unwrap().as_str(), "acme/web");
        assert!(reference.repository_at(["other:7443"]).is_none());
        assert_eq!("nginx".parse::<Reference>().unwrap().familiar_name(), "nginx");
    }
}
