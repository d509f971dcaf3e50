//! Reading typed values out of SQLite rows.

use std::error::Error;
use std::str::FromStr;

use base::{AccountId, CertificateId, ClusterId, NodeId, RequestId, SessionId, TeamId, Timestamp, TokenId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;

use super::hash::TokenHash;

/// An id that stands as 16 bytes in a column.
pub(crate) trait BlobId: Sized {
    fn from_blob(bytes: &[u8]) -> Result<Self, base::IdError>;
}

macro_rules! blob_ids {
    ($($id:ty),*) => {$(
        impl BlobId for $id {
            fn from_blob(bytes: &[u8]) -> Result<Self, base::IdError> {
                Self::from_slice(bytes)
            }
        }
    )*};
}

blob_ids!(AccountId, CertificateId, ClusterId, NodeId, RequestId, SessionId, TeamId, TokenId);

fn bad(column: usize, kind: Type, source: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(source))
}

/// Reads an id from a blob column.
pub(crate) fn id<T: BlobId>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    T::from_blob(row.get_ref(column)?.as_blob()?).map_err(|error| bad(column, Type::Blob, error))
}

/// Reads an optional id.
pub(crate) fn id_opt<T: BlobId>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_blob_or_null()? {
        Some(bytes) => T::from_blob(bytes).map(Some).map_err(|error| bad(column, Type::Blob, error)),
        None => Ok(None),
    }
}

/// Reads a hash from a blob column.
pub(crate) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<TokenHash> {
    row.get::<_, [u8; 32]>(column).map(TokenHash::from_bytes)
}

/// Reads a name or another text with a parser.
pub(crate) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    row.get_ref(column)?.as_str()?.parse().map_err(|error| bad(column, Type::Text, error))
}

/// Reads an optional text with a parser.
pub(crate) fn parsed_opt<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    match row.get_ref(column)?.as_str_or_null()? {
        Some(text) => text.parse().map(Some).map_err(|error| bad(column, Type::Text, error)),
        None => Ok(None),
    }
}

/// Reads a JSON text.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|error| bad(column, Type::Text, error))
}

/// Writes a JSON text.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Reads a time.
pub(crate) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

/// Reads an optional time.
pub(crate) fn time_opt(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// Reads a counter: SQLite holds 64-bit signed numbers, ours never pass their middle.
pub(crate) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

/// Turns a counter into what SQLite holds.
pub(crate) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Runs a query of at most one row with the statement kept.
pub(crate) fn one<T, P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
    map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    conn.prepare_cached(sql)?.query_row(params, map).optional()
}

/// Runs a query of many rows with the statement kept.
pub(crate) fn all<T, P: Params>(
    conn: &Connection,
    sql: &str,
    params: P,
    map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    conn.prepare_cached(sql)?.query_map(params, map)?.collect()
}

/// Reports whether a query finds a row.
pub(crate) fn exists<P: Params>(conn: &Connection, sql: &str, params: P) -> rusqlite::Result<bool> {
    conn.prepare_cached(sql)?.exists(params)
}

/// Runs one changing statement with the statement kept; returns the number of rows changed.
pub(crate) fn run<P: Params>(conn: &Connection, sql: &str, params: P) -> rusqlite::Result<usize> {
    conn.prepare_cached(sql)?.execute(params)
}
