//! Reading and writing the column types that only the registry has.

use base::{RepositoryId, UploadId};
use oci::Digest;
use rusqlite::Row;
use rusqlite::types::Type;

use crate::control::row::BlobId;

impl BlobId for RepositoryId {
    fn from_blob(bytes: &[u8]) -> Result<Self, base::IdError> {
        Self::from_slice(bytes)
    }
}

impl BlobId for UploadId {
    fn from_blob(bytes: &[u8]) -> Result<Self, base::IdError> {
        Self::from_slice(bytes)
    }
}

/// Reads a digest from a blob column.
pub(super) fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    Digest::from_bytes(row.get_ref(column)?.as_blob()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(error)))
}
