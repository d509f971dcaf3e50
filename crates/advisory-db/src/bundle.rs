//! The bundle: one file that carries a database, or a delta, to a sealed-off place.
//!
//! It is an OCI image layout in a tar: `oci-layout`, `index.json`, and under `blobs/sha256/` a manifest of artifact type
//! [`ARTIFACT_TYPE`], whose config is a signed statement (a DSSE envelope) and whose one layer is the database or the
//! delta. The statement names the layer's digest, the version, and from when to when it holds; nothing outside the
//! statement is believed, and nothing is allowed in the file that the statement does not account for.

use std::io::{Cursor, Read};

use base::Timestamp;
use oci::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::database::Database;
use crate::delta::delta_head;
use crate::error::{Error, FORMAT};
use crate::sign::{Envelope, PublicKey, SigningKey};

mod layout;

use layout::Files;

/// The artifact type of a database in a registry, and of a bundle.
pub const ARTIFACT_TYPE: &str = "application/vnd.holdfast.vulndb.v1";
const STATEMENT_TYPE: &str = "application/vnd.holdfast.vulndb.statement.v1+json";
const ENVELOPE_TYPE: &str = "application/vnd.dsse.envelope.v1+json";
const DATABASE_TYPE: &str = "application/vnd.holdfast.vulndb.database.v1";
const DELTA_TYPE: &str = "application/vnd.holdfast.vulndb.delta.v1";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The file that says a folder or tar is an OCI image layout.
const LAYOUT_FILE: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// What a bundle carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// A whole database.
    Database,
    /// What leads from one database to the next.
    Delta,
}

/// What the signer of a bundle says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The format, [`FORMAT`].
    pub format: u32,
    /// What is carried.
    pub carries: Carried,
    /// The database's version, or that of the delta's result.
    pub version: u64,
    /// When the database was built.
    pub created: Timestamp,
    /// From when it may be put in force.
    pub not_before: Timestamp,
    /// Until when it may be put in force.
    pub not_after: Timestamp,
    /// The SHA-256 of what is carried.
    pub digest: Digest,
    /// The length of what is carried, in bytes.
    pub size_bytes: u64,
    /// The content of the database, or of the delta's result.
    pub content: String,
    /// The content that a delta continues.
    pub base: Option<String>,
}

impl Statement {
    /// Describes what is to be carried: a database's bytes, or a delta's.
    ///
    /// # Errors
    /// If it is neither, or damaged.
    pub fn describe(carried: &[u8], not_before: Timestamp, not_after: Timestamp) -> Result<Self, Error> {
        let (carries, meta, base) = match delta_head(carried) {
            Ok(head) => (Carried::Delta, head.target, Some(head.base)),
            Err(Error::Foreign { .. }) => {
                (Carried::Database, Database::from_bytes(carried.to_vec())?.meta().clone(), None)
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            format: FORMAT,
            carries,
            version: meta.version,
            created: meta.created,
            not_before,
            not_after,
            digest: Digest::of(carried),
            size_bytes: length(carried),
            content: meta.content,
            base,
        })
    }

    /// Says whether it may be put in force now, over what is installed.
    ///
    /// # Errors
    /// If its time has not come or is over; and unless forced, if the installed version is as new.
    pub fn admit(&self, now: Timestamp, installed: Option<u64>, is_forced: bool) -> Result<(), Error> {
        if now < self.not_before {
            return Err(Error::NotYetValid { not_before: self.not_before });
        }
        if now > self.not_after {
            return Err(Error::Expired { not_after: self.not_after });
        }
        match installed {
            Some(installed) if self.version <= installed && !is_forced => {
                Err(Error::Older { offered: self.version, installed })
            }
            _ => Ok(()),
        }
    }
}

/// A bundle whose signature and digests are right.
#[derive(Debug)]
pub struct Bundle<'a> {
    /// What the signer says.
    pub statement: Statement,
    /// The signer's key.
    pub key: String,
    /// The database, or the delta.
    pub carried: &'a [u8],
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn bytes_of(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| Error::Make { what: "the bundle", source: error.into() })
}

/// Returns the manifest that belongs to a statement.
fn manifest(statement: &Statement, envelope: &[u8]) -> Result<Vec<u8>, Error> {
    let layer_type = match statement.carries {
        Carried::Database => DATABASE_TYPE,
        Carried::Delta => DELTA_TYPE,
    };
    bytes_of(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": {"mediaType": ENVELOPE_TYPE, "digest": Digest::of(envelope).to_string(), "size": length(envelope)},
        "layers": [{"mediaType": layer_type, "digest": statement.digest.to_string(), "size": statement.size_bytes}],
        "annotations": {"org.opencontainers.image.created": statement.created.to_string()},
    }))
}

/// Returns the index that belongs to a manifest.
fn index(statement: &Statement, manifest: &[u8]) -> Result<Vec<u8>, Error> {
    bytes_of(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": MANIFEST_TYPE,
            "artifactType": ARTIFACT_TYPE,
            "digest": Digest::of(manifest).to_string(),
            "size": length(manifest),
            "annotations": {"org.opencontainers.image.ref.name": statement.version.to_string()},
        }],
    }))
}

/// Makes a bundle of a database or a delta.
///
/// # Errors
/// If what is carried is neither.
pub fn bundle(carried: &[u8], not_before: Timestamp, not_after: Timestamp, key: &SigningKey) -> Result<Vec<u8>, Error> {
    assemble(&Statement::describe(carried, not_before, not_after)?, carried, key)
}

/// Puts a bundle together around a statement.
fn assemble(statement: &Statement, carried: &[u8], key: &SigningKey) -> Result<Vec<u8>, Error> {
    let envelope = bytes_of(&Envelope::sign(STATEMENT_TYPE, &bytes_of(statement)?, key))?;
    let manifest = manifest(statement, &envelope)?;
    let index = index(statement, &manifest)?;
    layout::write(&[
        ("oci-layout".to_owned(), LAYOUT_FILE),
        ("index.json".to_owned(), &index),
        (blob_name(&Digest::of(&manifest)), &manifest),
        (blob_name(&Digest::of(&envelope)), &envelope),
        (blob_name(&statement.digest), carried),
    ])
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

/// Opens a bundle: whoever signed it is trusted, and nothing in it was altered since. Whether it may be put in force is
/// [`Statement::admit`]'s to say.
///
/// # Errors
/// If it is no bundle, was altered, is of a newer format, or is signed by a stranger.
pub fn open<'a>(bytes: &'a [u8], trusted: &[PublicKey]) -> Result<Bundle<'a>, Error> {
    let files = Files::read(bytes)?;
    if files.get("oci-layout")? != LAYOUT_FILE {
        return Err(Error::altered("`oci-layout`"));
    }
    let envelope = config(&files)?;
    let read: Envelope = serde_json::from_slice(envelope).map_err(|_| Error::altered("its signature's envelope"))?;
    // A newer format is told before the signature: its statement need not look like ours.
    if let Ok(Format { format }) = serde_json::from_slice(&read.unchecked()?)
        && format > FORMAT
    {
        return Err(Error::NewerFormat { found: format });
    }
    let (payload, key) = read.verify(STATEMENT_TYPE, trusted)?;
    let statement: Statement =
        serde_json::from_slice(&payload).map_err(|error| Error::altered(format!("its statement: {error}")))?;
    // Everything else follows from the statement, to the byte.
    let manifest = manifest(&statement, envelope)?;
    if files.get(&blob_name(&Digest::of(&manifest)))? != manifest {
        return Err(Error::altered("its manifest"));
    }
    if files.get("index.json")? != index(&statement, &manifest)? {
        return Err(Error::altered("its index"));
    }
    let carried = files.get(&blob_name(&statement.digest))?;
    if length(carried) != statement.size_bytes || Digest::of(carried) != statement.digest {
        return Err(Error::altered("its database"));
    }
    if files.len() != 5 {
        return Err(Error::altered("it holds more than was signed"));
    }
    Ok(Bundle { statement, key, carried })
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Finds the signed statement through index and manifest, which are compared with it afterwards.
fn config<'a>(files: &Files<'a>) -> Result<&'a [u8], Error> {
    let json = |bytes: &[u8], what: &str| -> Result<serde_json::Value, Error> {
        serde_json::from_slice(bytes).map_err(|_| Error::altered(what))
    };
    let digest = |value: &serde_json::Value, pointer: &str, what: &str| -> Result<Digest, Error> {
        let text = value.pointer(pointer).and_then(serde_json::Value::as_str);
        text.and_then(|text| text.parse().ok()).ok_or_else(|| Error::altered(what))
    };
    let index = json(files.get("index.json")?, "its index")?;
    let manifest = files.get(&blob_name(&digest(&index, "/manifests/0/digest", "its index")?))?;
    let manifest = json(manifest, "its manifest")?;
    let envelope = digest(&manifest, "/config/digest", "its manifest")?;
    let bytes = files.get(&blob_name(&envelope))?;
    if Digest::of(bytes) == envelope { Ok(bytes) } else { Err(Error::altered("its signature's envelope")) }
}

/// Tells whether a file looks like a bundle: a tar whose first file is `oci-layout`.
#[must_use]
pub fn is_bundle(bytes: &[u8]) -> bool {
    let mut name = [0; 11];
    Cursor::new(bytes).read_exact(&mut name).is_ok() && name.starts_with(b"oci-layout\0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_of_a_newer_format_is_told_as_such() {
        let (key, _) = SigningKey::generate().unwrap();
        let time = Timestamp::from_millis(0);
        let statement = Statement {
            format: FORMAT + 1,
            carries: Carried::Database,
            version: 1,
            created: time,
            not_before: time,
            not_after: time,
            digest: Digest::of(b"x"),
            size_bytes: 1,
            content: String::new(),
            base: None,
        };
        let made = assemble(&statement, b"x", &key).unwrap();
        assert!(matches!(open(&made, &[key.public()]), Err(Error::NewerFormat { found }) if found == FORMAT + 1));
    }
}
