//! Manifests and referrers.

use base::RepositoryName;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH, LINK, LOCATION};
use http::{Method, StatusCode};
use http_kit::{Body, BodyError, Failure, Response};
use oci::{Digest, MAX_MANIFEST_BYTES, MediaType};
use registry::ManifestReference;
use serde_json::{Value, json};

use crate::api::{Call, RegistryApi};
use crate::reply::{DIGEST, OCI_FILTERS, OCI_SUBJECT, Refusal, Reply};

fn body_refused(error: &BodyError) -> Refusal {
    Failure::new(error.kind(), "MANIFEST_INVALID", error.to_string()).into()
}

impl RegistryApi {
    pub(crate) async fn manifest(
        &self,
        call: &Call,
        body: Body,
        name: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Response, Refusal> {
        match call.parts.method {
            Method::GET | Method::HEAD => self.manifest_get(call, name, reference).await,
            Method::PUT => self.manifest_put(call, body, name, reference).await,
            Method::DELETE => {
                match reference {
                    ManifestReference::Tag(tag) => self.registry.tag_delete(&call.ctx, name, tag).await?,
                    ManifestReference::Digest(digest) => {
                        self.registry.manifest_delete(&call.ctx, name, digest).await?;
                    }
                }
                Ok(Reply::new(StatusCode::ACCEPTED).header(CONTENT_LENGTH, 0).done())
            }
            _ => Err(Refusal::not_allowed()),
        }
    }

    async fn manifest_get(
        &self,
        call: &Call,
        name: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Response, Refusal> {
        let manifest = self.registry.manifest_get(&call.ctx, name, reference).await?;
        if matches(call, &manifest.digest) {
            return Ok(Reply::new(StatusCode::NOT_MODIFIED).uploaded(&manifest.digest).done());
        }
        let reply = Reply::new(StatusCode::OK)
            .header(CONTENT_TYPE, &manifest.media_type)
            .header(CONTENT_LENGTH, manifest.body.len())
            .uploaded(&manifest.digest);
        if call.parts.method == Method::HEAD {
            return Ok(reply.done());
        }
        Ok(reply.body(Body::from(manifest.body.clone())).done())
    }

    async fn manifest_put(
        &self,
        call: &Call,
        body: Body,
        name: &RepositoryName,
        reference: &ManifestReference,
    ) -> Result<Response, Refusal> {
        let media_type = match call.header(CONTENT_TYPE).map(MediaType::from_header) {
            None => None,
            Some(Ok(media_type)) => Some(media_type),
            Some(Err(error)) => return Err(Refusal::invalid("MANIFEST_INVALID", error.to_string())),
        };
        let body = http_kit::timed(body, http_kit::BodyTimes::default());
        let body = http_kit::read(body, MAX_MANIFEST_BYTES).await.map_err(|error| body_refused(&error))?;
        let stored = self.registry.manifest_put(&call.ctx, name, reference, media_type.as_ref(), body).await?;
        let reply = Reply::new(StatusCode::CREATED)
            .header(LOCATION, format!("/v2/{name}/manifests/{}", stored.digest))
            .header(DIGEST, &stored.digest)
            .header(CONTENT_LENGTH, 0);
        Ok(match &stored.subject {
            Some(subject) => reply.header(OCI_SUBJECT, subject),
            None => reply,
        }
        .done())
    }

    pub(crate) async fn referrers(
        &self,
        call: &Call,
        name: &RepositoryName,
        subject: &Digest,
    ) -> Result<Response, Refusal> {
        if !matches!(call.parts.method, Method::GET | Method::HEAD) {
            return Err(Refusal::not_allowed());
        }
        let wanted = call.query.one("artifactType")?.filter(|text| !text.is_empty()).map(str::to_owned);
        let after = call.query.parsed::<Digest>("last")?;
        let found = self.registry.referrer_list(&call.ctx, name, subject, wanted.clone(), after).await;
        // A repository without such a manifest has no referrers to it: the specification wants an empty list.
        let found = found?;
        let manifests: Vec<Value> = found.items.iter().map(descriptor).collect();
        let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": manifests });
        let mut reply = Reply::json(StatusCode::OK, MediaType::OCI_INDEX, &index);
        if wanted.is_some() {
            reply = reply.header(OCI_FILTERS, "artifactType");
        }
        if let Some(next) = &found.next {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("last", next.as_str());
            if let Some(wanted) = &wanted {
                query.append_pair("artifactType", wanted);
            }
            reply = reply.header(LINK, format!("</v2/{name}/referrers/{subject}?{}>; rel=\"next\"", query.finish()));
        }
        Ok(reply.done())
    }
}

fn descriptor(referrer: &registry::Referrer) -> Value {
    let mut value = json!({
        "mediaType": referrer.media_type,
        "digest": referrer.digest,
        "size": referrer.size_bytes,
    });
    if let Some(fields) = value.as_object_mut() {
        if let Some(artifact_type) = &referrer.artifact_type {
            fields.insert("artifactType".to_owned(), json!(artifact_type));
        }
        if !referrer.annotations.is_empty() {
            fields.insert("annotations".to_owned(), json!(referrer.annotations));
        }
    }
    value
}

/// Reports whether the client has this content already.
pub(crate) fn matches(call: &Call, digest: &Digest) -> bool {
    call.header(IF_NONE_MATCH).is_some_and(|tags| {
        tags.split(',').any(|tag| {
            let tag = tag.trim().trim_start_matches("W/");
            tag == "*" || tag.trim_matches('"') == digest.as_str()
        })
    })
}

#[cfg(test)]
mod tests {
    use base::ErrorKind;

    use super::*;

    #[test]
    fn a_manifest_beyond_its_bound_is_too_large() {
        let refusal = body_refused(&BodyError::TooLarge { limit_bytes: 1 });
        assert!(matches!(refusal, Refusal::Protocol(failure) if failure.kind == ErrorKind::TooLarge));
    }
}
