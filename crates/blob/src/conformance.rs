//! What every kind of blob storage must do; each driver's tests run this.

use std::sync::Arc;

use base::UploadId;
use bytes::Bytes;
use futures_util::TryStreamExt;
use oci::{Algorithm, Digest};

use crate::error::Error;
use crate::store::BlobStore;

type Outcome = Result<(), String>;

fn check(holds: bool, claim: &str) -> Outcome {
    if holds { Ok(()) } else { Err(format!("does not hold: {claim}")) }
}

fn text(error: &Error) -> String {
    base::chain(error)
}

/// Runs the whole suite.
///
/// # Errors
/// If a claim does not hold; the text says which.
pub async fn run(store: Arc<dyn BlobStore>) -> Outcome {
    whole_blob_reads_back(&store).await?;
    large_blob_in_pieces_reads_back(&store).await?;
    ranges_are_exact(&store).await?;
    wrong_digest_stores_nothing(&store).await?;
    sha512_is_accepted(&store).await?;
    two_uploads_of_one_blob_are_apart(&store).await?;
    cancelled_upload_is_closed(&store).await?;
    unconfirmed_files_are_not_suspect(&store).await
}

async fn put(store: &Arc<dyn BlobStore>, pieces: &[Bytes]) -> Result<(Digest, UploadId), String> {
    let mut hasher = Algorithm::Sha256.hasher();
    pieces.iter().for_each(|piece| hasher.update(piece));
    let digest = hasher.finish();
    let upload = store.begin(UploadId::random(), Algorithm::Sha256);
    for piece in pieces {
        Arc::clone(&upload).write(vec![piece.clone()]).await.map_err(|error| text(&error))?;
    }
    let stored = upload.finish(digest.clone()).await.map_err(|error| text(&error))?;
    check(stored.digest == digest, "an upload ends with its digest")?;
    Ok((digest, stored.generation))
}

async fn get(
    store: &Arc<dyn BlobStore>,
    digest: &Digest,
    generation: UploadId,
    range: std::ops::Range<u64>,
) -> Result<Vec<u8>, String> {
    let file = store.open(digest, generation).await.map_err(|error| text(&error))?;
    let pieces: Vec<Bytes> = file.stream(range).try_collect().await.map_err(|error| text(&error))?;
    Ok(pieces.concat())
}

async fn whole_blob_reads_back(store: &Arc<dyn BlobStore>) -> Outcome {
    for content in ["", "x", "hello"] {
        let (digest, generation) = put(store, &[Bytes::from(content)]).await?;
        let read = get(store, &digest, generation, 0..u64::MAX).await?;
        check(read == content.as_bytes(), "a blob reads back as it was written")?;
    }
    let (digest, generation) = put(store, &[]).await?;
    check(get(store, &digest, generation, 0..1).await?.is_empty(), "an empty blob is one")
}

async fn large_blob_in_pieces_reads_back(store: &Arc<dyn BlobStore>) -> Outcome {
    let pieces: Vec<Bytes> = (0..24_u8).map(|n| Bytes::from(vec![n; 300_001])).collect();
    let (digest, generation) = put(store, &pieces).await?;
    let read = get(store, &digest, generation, 0..u64::MAX).await?;
    check(Digest::of(&read) == digest, "a blob of many pieces reads back")
}

async fn ranges_are_exact(store: &Arc<dyn BlobStore>) -> Outcome {
    let content: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let (digest, generation) = put(store, &[Bytes::from(content.clone())]).await?;
    for (start, end) in [(0, 1), (5, 5), (999_999, 1_000_000), (262_143, 524_289), (999_990, 2_000_000)] {
        let read = get(store, &digest, generation, start as u64..end as u64).await?;
        check(read == content[start..end.min(content.len())], "a range is exact")?;
    }
    Ok(())
}

async fn wrong_digest_stores_nothing(store: &Arc<dyn BlobStore>) -> Outcome {
    let upload = store.begin(UploadId::random(), Algorithm::Sha256);
    let generation = upload.generation();
    Arc::clone(&upload).write(vec![Bytes::from_static(b"real")]).await.map_err(|error| text(&error))?;
    let claimed = Digest::of(b"claimed");
    let outcome = Arc::clone(&upload).finish(claimed.clone()).await;
    check(matches!(outcome, Err(Error::DigestMismatch { .. })), "a wrong digest is refused")?;
    check(store.open(&claimed, generation).await.is_err(), "a refused blob is not there")?;
    let outcome = upload.finish(Digest::of(b"real")).await;
    check(outcome.is_ok(), "the right digest is still taken")
}

async fn sha512_is_accepted(store: &Arc<dyn BlobStore>) -> Outcome {
    let digest = Digest::compute(Algorithm::Sha512, b"five");
    for begun in [Algorithm::Sha256, Algorithm::Sha512] {
        let upload = store.begin(UploadId::random(), begun);
        Arc::clone(&upload).write(vec![Bytes::from_static(b"five")]).await.map_err(|error| text(&error))?;
        let stored = upload.finish(digest.clone()).await.map_err(|error| text(&error))?;
        check(get(store, &digest, stored.generation, 0..9).await? == b"five", "sha512 blobs read back")?;
    }
    Ok(())
}

async fn two_uploads_of_one_blob_are_apart(store: &Arc<dyn BlobStore>) -> Outcome {
    let content = [Bytes::from_static(b"twice")];
    let (digest, first) = put(store, &content).await?;
    let (_, second) = put(store, &content).await?;
    store.remove(&digest, first).await.map_err(|error| text(&error))?;
    store.remove(&digest, first).await.map_err(|error| text(&error))?;
    check(store.open(&digest, first).await.is_err(), "a removed file is gone")?;
    check(get(store, &digest, second, 0..9).await? == b"twice", "a late delete never hits another upload")
}

async fn cancelled_upload_is_closed(store: &Arc<dyn BlobStore>) -> Outcome {
    let upload = store.begin(UploadId::random(), Algorithm::Sha256);
    Arc::clone(&upload).write(vec![Bytes::from_static(b"x")]).await.map_err(|error| text(&error))?;
    check(upload.offset() == 1, "the offset counts what was taken")?;
    Arc::clone(&upload).cancel().await;
    let outcome = Arc::clone(&upload).write(vec![Bytes::from_static(b"y")]).await;
    check(matches!(outcome, Err(Error::Closed)), "a cancelled upload takes nothing more")?;
    let outcome = upload.finish(Digest::of(b"x")).await;
    check(matches!(outcome, Err(Error::Closed)), "a cancelled upload cannot be finished")
}

async fn unconfirmed_files_are_not_suspect(store: &Arc<dyn BlobStore>) -> Outcome {
    let (digest, generation) = put(store, &[Bytes::from_static(b"suspect")]).await?;
    let file = (digest, generation);
    let suspects = store.suspects().await.map_err(|error| text(&error))?;
    check(!suspects.contains(&file), "a file whose record is on its way is not suspect")?;
    store.confirm(generation);
    let suspects = store.suspects().await.map_err(|error| text(&error))?;
    check(suspects.contains(&file), "all others are listed, for whoever knows the records")
}
