//! The audit log: who did what on what, from where, allowed or refused and why. Both stores can hold one.

use base::{AccountId, AccountName, ClusterId, Page, PageLimit, PageToken, RequestId, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::row::{all, id, id_opt, int, parsed_opt, run, time};

/// The table, for a store's first migration.
pub const AUDIT_TABLE: &str = "
CREATE TABLE audit (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, cluster BLOB NOT NULL, account BLOB,
  account_name TEXT, via TEXT NOT NULL, address TEXT NOT NULL, request BLOB NOT NULL, surface TEXT NOT NULL,
  operation TEXT NOT NULL, object_kind TEXT NOT NULL, object TEXT NOT NULL, collection TEXT, outcome TEXT NOT NULL,
  reason TEXT NOT NULL);
CREATE INDEX audit_account ON audit (account_name, seq);
CREATE INDEX audit_object ON audit (object_kind, object, seq);
CREATE INDEX audit_outcome ON audit (outcome, seq) WHERE outcome <> 'allowed';
";

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was allowed.
    Allowed,
    /// It was refused.
    Refused,
    /// It was allowed and failed.
    Failed,
}

impl AuditOutcome {
    /// Returns the outcome as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// Reads the text form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Allowed, Self::Refused, Self::Failed].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// One row; never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When it was asked.
    pub time: Timestamp,
    /// In which cluster.
    pub cluster: ClusterId,
    /// Who; none for anonymous callers and our own parts.
    pub account: Option<AccountId>,
    /// The name under which they asked, also where it is not an account's (a failed sign-in).
    pub account_name: Option<String>,
    /// How they proved it: `password`, `session`, `token`, `certificate`, `registry_token`, `workload`, `system`, `none`.
    pub via: String,
    /// From where.
    pub address: String,
    /// Within which request.
    pub request: RequestId,
    /// Through which protocol: `docker`, `api`, `registry`, ….
    pub surface: String,
    /// What: `Service Create`, `account_create`, ….
    pub operation: String,
    /// On what kind of object.
    pub object_kind: String,
    /// On which object.
    pub object: String,
    /// Where the object lies.
    pub collection: Option<String>,
    /// What became of it.
    pub outcome: AuditOutcome,
    /// Why, where it was not plainly allowed.
    pub reason: String,
}

/// A row with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, counting up.
    pub seq: u64,
    /// The row.
    pub row: AuditRow,
}

/// Adds rows.
///
/// # Errors
/// If the database fails.
pub fn append(tx: &Connection, rows: &[AuditRow]) -> rusqlite::Result<()> {
    for row in rows {
        run(
            tx,
            "INSERT INTO audit (seq, time, cluster, account, account_name, via, address, request, surface, operation,
               object_kind, object, collection, outcome, reason)
             VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM audit),
               ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                row.time.as_millis(),
                row.cluster.as_bytes(),
                row.account.as_ref().map(AccountId::as_bytes),
                row.account_name,
                row.via,
                row.address,
                row.request.as_bytes(),
                row.surface,
                row.operation,
                row.object_kind,
                row.object,
                row.collection,
                row.outcome.as_str(),
                row.reason
            ],
        )?;
    }
    Ok(())
}

/// Which rows a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this account's name alone.
    pub account: Option<AccountName>,
    /// With this outcome alone.
    pub outcome: Option<AuditOutcome>,
    /// On this kind of object alone.
    pub object_kind: Option<String>,
    /// On this object alone.
    pub object: Option<String>,
    /// Of this operation alone.
    pub operation: Option<String>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// Lists rows, newest first.
///
/// # Errors
/// If the query fails.
pub fn list(
    conn: &Connection,
    filter: &AuditFilter,
    after: Option<&PageToken>,
    limit: PageLimit,
) -> rusqlite::Result<Page<AuditEntry>> {
    let below = after.and_then(|token| token.0.parse::<i64>().ok()).unwrap_or(i64::MAX);
    // Conditions that are not asked are left out, so that the index of one that is asked is used.
    let mut sql = "SELECT seq, time, cluster, account, account_name, via, address, request, surface, operation,
         object_kind, object, collection, outcome, reason FROM audit WHERE seq < ?1"
        .to_owned();
    for (asked, condition) in [
        (filter.account.is_some(), " AND account_name = ?2"),
        (filter.outcome.is_some(), " AND outcome = ?3"),
        (filter.outcome.is_some_and(|outcome| outcome != AuditOutcome::Allowed), " AND outcome <> 'allowed'"),
        (filter.object_kind.is_some(), " AND object_kind = ?4"),
        (filter.object.is_some(), " AND object = ?5"),
        (filter.operation.is_some(), " AND operation = ?6"),
        (filter.since.is_some(), " AND time >= ?7"),
        (filter.until.is_some(), " AND time < ?8"),
    ] {
        if asked {
            sql.push_str(condition);
        }
    }
    sql.push_str(" ORDER BY seq DESC LIMIT ?9");
    let rows = all(
        conn,
        &sql,
        params![
            below,
            filter.account.as_ref().map(AccountName::as_str),
            filter.outcome.map(AuditOutcome::as_str),
            filter.object_kind,
            filter.object,
            filter.operation,
            filter.since.map(Timestamp::as_millis),
            filter.until.map(Timestamp::as_millis),
            int(limit.get() as u64 + 1),
        ],
        entry,
    )?;
    Ok(Page::from_rows(rows, limit, |entry| entry.seq.to_string()))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: super::row::count(row, 0)?,
        row: AuditRow {
            time: time(row, 1)?,
            cluster: id(row, 2)?,
            account: id_opt(row, 3)?,
            account_name: parsed_opt(row, 4)?,
            via: row.get(5)?,
            address: row.get(6)?,
            request: id(row, 7)?,
            surface: row.get(8)?,
            operation: row.get(9)?,
            object_kind: row.get(10)?,
            object: row.get(11)?,
            collection: row.get(12)?,
            outcome: AuditOutcome::from_text(row.get_ref(13)?.as_str()?).unwrap_or(AuditOutcome::Failed),
            reason: row.get(14)?,
        },
    })
}
