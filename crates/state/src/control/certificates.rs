//! Certificates of client bundles.

use base::{AccountId, CertificateId, Timestamp};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::accounts;
use super::apply::{Change, Outcome};
use super::command::Event;
use super::hash::TokenHash;
use super::reject::Reject;
use super::row::{all, count, hash, id, one, run, time, time_opt};

/// How many an account may have.
const LIMIT: u32 = 1000;

/// A client bundle's certificate; its private key is in the bundle alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub label: String,
    /// The SHA-256 of the certificate.
    pub fingerprint: TokenHash,
    /// The public key in PEM form.
    pub public_key: String,
    /// The certificate in PEM form.
    pub pem: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was last used, coarsely.
    pub used: Option<Timestamp>,
}

/// Registers a certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CertificateAdd {
    /// Its id.
    pub id: CertificateId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub label: String,
    /// The SHA-256 of the certificate.
    pub fingerprint: TokenHash,
    /// The public key in PEM form.
    pub public_key: String,
    /// The certificate in PEM form.
    pub pem: String,
    /// When it ends.
    pub expires: Timestamp,
}

pub(super) fn add(change: &mut Change<'_>, add: &CertificateAdd) -> Outcome {
    accounts::require_active(change.tx, add.account)?;
    if add.label.len() > 200 {
        return Err(Reject::TooLarge { what: "the label".to_owned(), limit: 200 }.into());
    }
    if add.pem.len() > 16_384 || add.public_key.len() > 16_384 {
        return Err(Reject::TooLarge { what: "the certificate".to_owned(), limit: 16_384 }.into());
    }
    let sql = "SELECT COUNT(*) FROM certificates WHERE account = ?1";
    let held = one(change.tx, sql, [add.account.as_bytes()], |row| count(row, 0))?.unwrap_or(0);
    if held >= u64::from(LIMIT) {
        return Err(Reject::TooMany { what: "client bundles".to_owned(), limit: LIMIT }.into());
    }
    if by_id(change.tx, add.id)?.is_some() || by_fingerprint(change.tx, &add.fingerprint)?.is_some() {
        return Err(Reject::Exists { what: format!("certificate {}", add.id) }.into());
    }
    run(
        change.tx,
        "INSERT INTO certificates (id, account, label, fingerprint, public_key, pem, created, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            add.id.as_bytes(),
            add.account.as_bytes(),
            add.label,
            add.fingerprint.as_bytes(),
            add.public_key,
            add.pem,
            change.now.as_millis(),
            add.expires.as_millis()
        ],
    )?;
    change.event(Event::Certificate(add.id));
    Ok(())
}

pub(super) fn delete(change: &mut Change<'_>, certificate: CertificateId) -> Outcome {
    if run(change.tx, "DELETE FROM certificates WHERE id = ?1", [certificate.as_bytes()])? == 0 {
        return Err(Reject::CertificateUnknown { certificate }.into());
    }
    change.event(Event::Certificate(certificate));
    Ok(())
}

pub(super) fn delete_of_account(change: &mut Change<'_>, account: AccountId) -> Outcome {
    for certificate in of_account(change.tx, account)? {
        delete(change, certificate.id)?;
    }
    Ok(())
}

const COLUMNS: &str = "id, account, label, fingerprint, public_key, pem, created, expires, used";

fn certificate(row: &Row<'_>) -> rusqlite::Result<Certificate> {
    Ok(Certificate {
        id: id(row, 0)?,
        account: id(row, 1)?,
        label: row.get(2)?,
        fingerprint: hash(row, 3)?,
        public_key: row.get(4)?,
        pem: row.get(5)?,
        created: time(row, 6)?,
        expires: time(row, 7)?,
        used: time_opt(row, 8)?,
    })
}

/// Finds a certificate by its id.
///
/// # Errors
/// If the query fails.
pub fn by_id(conn: &Connection, certificate_id: CertificateId) -> rusqlite::Result<Option<Certificate>> {
    let sql = format!("SELECT {COLUMNS} FROM certificates WHERE id = ?1");
    one(conn, &sql, [certificate_id.as_bytes()], certificate)
}

/// Finds a certificate by its fingerprint.
///
/// # Errors
/// If the query fails.
pub fn by_fingerprint(conn: &Connection, fingerprint: &TokenHash) -> rusqlite::Result<Option<Certificate>> {
    let sql = format!("SELECT {COLUMNS} FROM certificates WHERE fingerprint = ?1");
    one(conn, &sql, [fingerprint.as_bytes()], certificate)
}

/// Lists the certificates of an account, oldest first.
///
/// # Errors
/// If the query fails.
pub fn of_account(conn: &Connection, account: AccountId) -> rusqlite::Result<Vec<Certificate>> {
    let sql = format!("SELECT {COLUMNS} FROM certificates WHERE account = ?1 ORDER BY id");
    all(conn, &sql, [account.as_bytes()], certificate)
}

/// What a look-up by fingerprint needs of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateKey {
    /// Its id.
    pub id: CertificateId,
    /// Whose it is.
    pub account: AccountId,
    /// The SHA-256 of the certificate.
    pub fingerprint: TokenHash,
    /// When it ends.
    pub expires: Timestamp,
}

/// Lists what look-ups need of all certificates, by id.
///
/// # Errors
/// If the query fails.
pub fn every_key(conn: &Connection) -> rusqlite::Result<Vec<CertificateKey>> {
    all(conn, "SELECT id, account, fingerprint, expires FROM certificates ORDER BY id", [], |row| {
        Ok(CertificateKey { id: id(row, 0)?, account: id(row, 1)?, fingerprint: hash(row, 2)?, expires: time(row, 3)? })
    })
}
