//! Uploads: begun, gone on with, ended, cancelled; mounts.

use base::{RepositoryName, UploadId};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use http::{Method, StatusCode};
use http_kit::{Body, BodyTimes, Response, timed};
use oci::{Algorithm, Digest};
use registry::{ContentRange, Received, UploadStatus};

use crate::api::{Call, RegistryApi};
use crate::query::content_range;
use crate::reply::{DIGEST, Refusal, Reply, UPLOAD_UUID};

fn status(code: StatusCode, name: &RepositoryName, upload: UploadStatus) -> Response {
    // An empty upload says `0-0`, as clients know it.
    let range = format!("0-{}", upload.offset.saturating_sub(1));
    Reply::new(code)
        .header(LOCATION, format!("/v2/{name}/blobs/uploads/{}", upload.id))
        .header(RANGE, range)
        .header(UPLOAD_UUID, upload.id)
        .header(CONTENT_LENGTH, 0)
        .done()
}

fn created(name: &RepositoryName, digest: &Digest) -> Response {
    Reply::new(StatusCode::CREATED)
        .header(LOCATION, format!("/v2/{name}/blobs/{digest}"))
        .header(DIGEST, digest)
        .header(CONTENT_LENGTH, 0)
        .done()
}

fn digest(call: &Call) -> Result<Option<Digest>, Refusal> {
    call.query
        .one("digest")?
        .map(|text| text.parse().map_err(|error| Refusal::invalid("DIGEST_INVALID", format!("{error}"))))
        .transpose()
}

/// Reads which bytes a chunk holds; what is said twice must agree.
fn range(call: &Call) -> Result<Option<ContentRange>, Refusal> {
    let Some(text) = call.header(CONTENT_RANGE) else { return Ok(None) };
    let range =
        content_range(text).ok_or_else(|| Refusal::invalid("BLOB_UPLOAD_INVALID", "the Content-Range is malformed"))?;
    let length = call.header(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    let span = (range.end - range.start).checked_add(1);
    if span.is_none() || length.is_some_and(|length| Some(length) != span) {
        return Err(Refusal::invalid("SIZE_INVALID", "Content-Length and Content-Range do not agree"));
    }
    Ok(Some(range))
}

impl RegistryApi {
    pub(crate) async fn uploads(&self, call: &Call, body: Body, name: &RepositoryName) -> Result<Response, Refusal> {
        if call.parts.method != Method::POST {
            return Err(Refusal::not_allowed());
        }
        if let (Some(mount), Some(from)) = (call.query.one("mount")?, call.query.one("from")?) {
            // A mount that cannot be is an upload; so is one whose words make no sense.
            if let (Ok(mount), Ok(from)) = (mount.parse::<Digest>(), from.parse::<RepositoryName>())
                && self.registry.blob_mount(&call.ctx, name, &from, &mount).await?
            {
                return Ok(created(name, &mount));
            }
        }
        let announced = digest(call)?;
        let algorithm = announced.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
        let upload = self.registry.upload_begin(&call.ctx, name, algorithm).await?;
        let Some(announced) = announced else { return Ok(status(StatusCode::ACCEPTED, name, upload)) };
        let outcome = self.end(call, name, upload.id, None, body, &announced).await;
        if outcome.is_err() {
            // Its id was told to nobody: nobody can go on with it.
            let _ = self.registry.upload_cancel(&call.ctx, name, upload.id).await;
        }
        outcome.map(|received| created(name, &received.digest))
    }

    pub(crate) async fn upload(
        &self,
        call: &Call,
        body: Body,
        name: &RepositoryName,
        id: UploadId,
    ) -> Result<Response, Refusal> {
        match call.parts.method {
            Method::GET | Method::HEAD => {
                let upload = self.registry.upload_status(&call.ctx, name, id).await?;
                Ok(status(StatusCode::NO_CONTENT, name, upload))
            }
            Method::PATCH => {
                let range = range(call)?;
                let body = timed(body, BodyTimes::default()).into_data_stream();
                let upload = self.registry.upload_append(&call.ctx, name, id, range, body).await?;
                Ok(status(StatusCode::ACCEPTED, name, upload))
            }
            Method::PUT => {
                let announced = digest(call)?
                    .ok_or_else(|| Refusal::invalid("DIGEST_INVALID", "the parameter `digest` is missing"))?;
                let range = range(call)?;
                let received = self.end(call, name, id, range, body, &announced).await?;
                Ok(created(name, &received.digest))
            }
            Method::DELETE => {
                self.registry.upload_cancel(&call.ctx, name, id).await?;
                Ok(Reply::new(StatusCode::NO_CONTENT).done())
            }
            _ => Err(Refusal::not_allowed()),
        }
    }

    async fn end(
        &self,
        call: &Call,
        name: &RepositoryName,
        id: UploadId,
        range: Option<ContentRange>,
        body: Body,
        announced: &Digest,
    ) -> Result<Received, Refusal> {
        let body = timed(body, BodyTimes::default()).into_data_stream();
        Ok(self.registry.upload_finish(&call.ctx, name, id, range, body, announced).await?)
    }
}
