//! Writing a batch into the registry's copy.

use base::Index;
use rusqlite::{Connection, params};
use store::ApplyContext;

use super::{CopyAccount, FeedBatch, FeedContent, FeedEntry, copy};
use crate::control::row::{int, run, to_json};

/// Why a batch was not applied.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The batch does not begin where the copy stands; collect again from there.
    #[error("the feed batch begins at {from}, the copy stands at {position}")]
    Gap {
        /// Where the copy stands.
        position: Index,
        /// Where the batch begins.
        from: Index,
    },
    /// The database refused.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
}

/// Brings the copy one batch further; entries that the copy has already are passed over.
///
/// # Errors
/// [`Error::Gap`] if entries are missing in between; nothing is changed then.
pub fn apply(tx: &Connection, cx: &ApplyContext, batch: &FeedBatch) -> Result<(), Error> {
    let position = copy::position(tx)?;
    match &batch.content {
        FeedContent::Entries(entries) => {
            if batch.to <= position {
                return Ok(());
            }
            if batch.from != position {
                return Err(Error::Gap { position, from: batch.from });
            }
            let generation = copy::generation(tx)?;
            for entry in entries {
                write(tx, entry, generation)?;
            }
            set_position(tx, cx, batch.to)?;
        }
        FeedContent::Snapshot { entries, part, last } => {
            // Rows of a snapshot carry the next generation, so that what it does not name is told apart when it is whole.
            let generation = copy::generation(tx)? + 1;
            if *part == 0 {
                run(tx, "UPDATE copy_state SET parts = 0", [])?;
            }
            let expected = copy::parts(tx)?;
            if expected != i64::from(*part) {
                return Err(Error::Gap { position, from: batch.from });
            }
            for entry in entries {
                write(tx, entry, generation)?;
            }
            run(tx, "UPDATE copy_state SET parts = parts + 1", [])?;
            if *last {
                sweep(tx, generation)?;
                set_position(tx, cx, batch.to)?;
            }
        }
    }
    Ok(())
}

fn set_position(tx: &Connection, cx: &ApplyContext, to: Index) -> rusqlite::Result<()> {
    run(tx, "UPDATE copy_state SET position = ?1, fed = ?2", params![int(to.0), cx.now.as_millis()])?;
    Ok(())
}

fn sweep(tx: &Connection, generation: i64) -> rusqlite::Result<()> {
    for table in copy::TABLES {
        tx.execute(&format!("DELETE FROM {table} WHERE generation < ?1"), [generation])?;
    }
    run(tx, "UPDATE copy_state SET generation = ?1, parts = 0", [generation])?;
    Ok(())
}

fn write(tx: &Connection, entry: &FeedEntry, generation: i64) -> rusqlite::Result<()> {
    match entry {
        FeedEntry::Account(account) => write_account(tx, account, generation)?,
        FeedEntry::AccountRemoved(account) => remove_account(tx, account.as_bytes())?,
        FeedEntry::Member { organization, account, is_owner } => {
            run(
                tx,
                "INSERT OR REPLACE INTO copy_members (organization, account, is_owner, generation)
                 VALUES (?1, ?2, ?3, ?4)",
                params![organization.as_bytes(), account.as_bytes(), is_owner, generation],
            )?;
        }
        FeedEntry::MemberRemoved { organization, account } => {
            let both = params![organization.as_bytes(), account.as_bytes()];
            run(tx, "DELETE FROM copy_members WHERE organization = ?1 AND account = ?2", both)?;
            run(
                tx,
                "DELETE FROM copy_team_members WHERE account = ?2
                 AND team IN (SELECT id FROM copy_teams WHERE organization = ?1)",
                both,
            )?;
        }
        FeedEntry::Team(team) => {
            run(
                tx,
                "INSERT OR REPLACE INTO copy_teams (id, organization, name, generation) VALUES (?1, ?2, ?3, ?4)",
                params![team.id.as_bytes(), team.organization.as_bytes(), team.name.as_str(), generation],
            )?;
        }
        FeedEntry::TeamRemoved(team) => {
            run(tx, "DELETE FROM copy_team_members WHERE team = ?1", [team.as_bytes()])?;
            run(tx, "DELETE FROM copy_teams WHERE id = ?1", [team.as_bytes()])?;
        }
        FeedEntry::TeamMember { team, account } => {
            run(
                tx,
                "INSERT OR REPLACE INTO copy_team_members (team, account, generation) VALUES (?1, ?2, ?3)",
                params![team.as_bytes(), account.as_bytes(), generation],
            )?;
        }
        FeedEntry::TeamMemberRemoved { team, account } => {
            run(
                tx,
                "DELETE FROM copy_team_members WHERE team = ?1 AND account = ?2",
                params![team.as_bytes(), account.as_bytes()],
            )?;
        }
        _ => write_credential(tx, entry, generation)?,
    }
    Ok(())
}

/// Writes an account.
fn write_account(tx: &Connection, account: &CopyAccount, generation: i64) -> rusqlite::Result<()> {
    // A name given again after its first bearer went.
    run(
        tx,
        "DELETE FROM copy_accounts WHERE name = ?1 AND id <> ?2",
        params![account.name.as_str(), account.id.as_bytes()],
    )?;
    run(
        tx,
        "INSERT OR REPLACE INTO copy_accounts (id, name, kind, is_active, is_admin, epoch, generation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            account.id.as_bytes(),
            account.name.as_str(),
            account.kind.column(),
            account.is_active,
            account.is_admin,
            int(account.epoch),
            generation
        ],
    )?;
    Ok(())
}

fn write_credential(tx: &Connection, entry: &FeedEntry, generation: i64) -> rusqlite::Result<()> {
    match entry {
        FeedEntry::AccessToken(token) => run(
            tx,
            "INSERT OR REPLACE INTO copy_tokens (id, account, hash, expires, generation) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                token.id.as_bytes(),
                token.account.as_bytes(),
                token.hash.as_bytes(),
                token.expires.map(base::Timestamp::as_millis),
                generation
            ],
        )?,
        FeedEntry::AccessTokenRemoved(token) => run(tx, "DELETE FROM copy_tokens WHERE id = ?1", [token.as_bytes()])?,
        FeedEntry::PullCredential(credential) => run(
            tx,
            "INSERT OR REPLACE INTO copy_pull_credentials
             (id, cluster, service, service_name, owner, repositories, hash, generation)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                credential.id.as_bytes(),
                credential.cluster.as_bytes(),
                credential.service,
                credential.service_name,
                credential.owner.as_bytes(),
                to_json(&credential.repositories)?,
                credential.hash.as_bytes(),
                generation
            ],
        )?,
        FeedEntry::PullCredentialRemoved(credential) => {
            run(tx, "DELETE FROM copy_pull_credentials WHERE id = ?1", [credential.as_bytes()])?
        }
        // The others are written by `write`.
        FeedEntry::Account(_)
        | FeedEntry::AccountRemoved(_)
        | FeedEntry::Member { .. }
        | FeedEntry::MemberRemoved { .. }
        | FeedEntry::Team(_)
        | FeedEntry::TeamRemoved(_)
        | FeedEntry::TeamMember { .. }
        | FeedEntry::TeamMemberRemoved { .. } => 0,
    };
    Ok(())
}

/// Removes an account with what belongs to it, as the control store did.
fn remove_account(tx: &Connection, account: &[u8; 16]) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM copy_team_members WHERE account = ?1
         OR team IN (SELECT id FROM copy_teams WHERE organization = ?1)",
        "DELETE FROM copy_teams WHERE organization = ?1",
        "DELETE FROM copy_members WHERE account = ?1 OR organization = ?1",
        "DELETE FROM copy_tokens WHERE account = ?1",
        "DELETE FROM copy_pull_credentials WHERE owner = ?1",
        "DELETE FROM copy_accounts WHERE id = ?1",
    ] {
        run(tx, sql, [account])?;
    }
    Ok(())
}
