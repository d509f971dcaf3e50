//! The keys that sign the registry's tokens.

use base::Timestamp;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use store::ApplyContext;

use crate::control::row::{all, int, run, time};

/// How many keys are kept: the newest signs, the others still verify.
const KEPT: u64 = 3;

/// A signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenKey {
    /// Its id, which stands in each token.
    pub id: String,
    /// The private key, sealed, in base64.
    pub sealed: String,
    /// The public key, in base64.
    pub public: String,
    /// When it was recorded, by the leader's stamp; what a command says here is not used.
    pub created: Timestamp,
}

pub(super) fn add(tx: &Connection, cx: &ApplyContext, key: &TokenKey) -> rusqlite::Result<()> {
    run(
        tx,
        "INSERT OR REPLACE INTO token_keys (id, sealed, public, created) VALUES (?1, ?2, ?3, ?4)",
        params![key.id, key.sealed, key.public, cx.now.as_millis()],
    )?;
    run(
        tx,
        "DELETE FROM token_keys WHERE id NOT IN (SELECT id FROM token_keys ORDER BY created DESC, id DESC LIMIT ?1)",
        [int(KEPT)],
    )?;
    Ok(())
}

/// Lists the keys, the one that signs first.
///
/// # Errors
/// If the query fails.
pub fn list(conn: &Connection) -> rusqlite::Result<Vec<TokenKey>> {
    all(conn, "SELECT id, sealed, public, created FROM token_keys ORDER BY created DESC, id DESC", [], |row| {
        Ok(TokenKey { id: row.get(0)?, sealed: row.get(1)?, public: row.get(2)?, created: time(row, 3)? })
    })
}
