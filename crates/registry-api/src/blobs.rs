//! Blobs that are there.

use base::RepositoryName;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, RANGE};
use http::{Method, StatusCode};
use http_kit::{Body, Response};
use oci::Digest;

use crate::api::{Call, RegistryApi};
use crate::manifests::matches;
use crate::range::{Asked, asked};
use crate::reply::{Refusal, Reply};

/// Content under its digest never changes; whether one may have it is asked each time elsewhere.
const KEPT: &str = "private, max-age=31536000";

impl RegistryApi {
    pub(crate) async fn blob(&self, call: &Call, name: &RepositoryName, digest: &Digest) -> Result<Response, Refusal> {
        match call.parts.method {
            Method::HEAD => {
                let blob = self.registry.blob_stat(&call.ctx, name, digest).await?;
                Ok(head(StatusCode::OK, digest).header(CONTENT_LENGTH, blob.size_bytes).done())
            }
            Method::GET => self.blob_get(call, name, digest).await,
            Method::DELETE => {
                self.registry.blob_delete(&call.ctx, name, digest).await?;
                Ok(Reply::new(StatusCode::ACCEPTED).header(CONTENT_LENGTH, 0).done())
            }
            _ => Err(Refusal::not_allowed()),
        }
    }

    async fn blob_get(&self, call: &Call, name: &RepositoryName, digest: &Digest) -> Result<Response, Refusal> {
        let blob = self.registry.blob_get(&call.ctx, name, digest).await?;
        let Some(file) = blob.file else { return Err(Refusal::not_allowed()) };
        if matches(call, digest) {
            return Ok(head(StatusCode::NOT_MODIFIED, digest).done());
        }
        let size = file.size_bytes();
        // A range is bound to a version by `If-Range`; content under a digest has one version only.
        let same = call.header(IF_RANGE).is_none_or(|tag| tag.trim().trim_matches('"') == digest.as_str());
        let (reply, range) = match asked(call.header(RANGE).filter(|_| same), size) {
            Asked::Whole => (head(StatusCode::OK, digest), 0..size),
            Asked::Part(range) => {
                let shown = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
                (head(StatusCode::PARTIAL_CONTENT, digest).header(CONTENT_RANGE, shown), range)
            }
            Asked::Unsatisfiable => {
                let reply = head(StatusCode::RANGE_NOT_SATISFIABLE, digest);
                return Ok(reply.header(CONTENT_RANGE, format!("bytes */{size}")).header(CONTENT_LENGTH, 0).done());
            }
        };
        let length = range.end - range.start;
        Ok(reply.header(CONTENT_LENGTH, length).body(Body::from_stream(file.stream(range))).done())
    }
}

fn head(status: StatusCode, digest: &Digest) -> Reply {
    Reply::new(status)
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(ACCEPT_RANGES, "bytes")
        .header(CACHE_CONTROL, KEPT)
        .uploaded(digest)
}
