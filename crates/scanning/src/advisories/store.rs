//! The database in force: one file in a data folder, replaced by a rename.
//!
//! | In the folder | Is |
//! |---|---|
//! | `current.hvd` | the database in force |
//! | `installed.json` | where it came from, and when |
//! | `install.lock` | locked by who compares what is offered with what is in force, and replaces it |
//! | `trusted/*.pub` | keys whose bundles are accepted |
//! | `feeds/<source>/` | what was fetched |

use std::fs::TryLockError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use advisory_db::bundle::{self, Carried, Statement};
use advisory_db::{Changes, Database, Meta, PublicKey};
use base::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::Error;

const CURRENT: &str = "current.hvd";
const INSTALLED: &str = "installed.json";
const LOCK: &str = "install.lock";
const TRUSTED: &str = "trusted";
const MAX_KEYS: usize = 64;
const MAX_KEY_BYTES: u64 = 16 << 10;

/// A data folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Where the database in force came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// When it was put in force.
    pub at: Timestamp,
    /// The file it came from, or `build`.
    pub from: String,
    /// The key that signed it; absent if it was built here.
    pub key: Option<String>,
    /// Until when its signer says it may be put in force.
    pub not_after: Option<Timestamp>,
    /// The SHA-256 of the file.
    pub digest: String,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// What it holds.
    pub meta: Meta,
    /// Where it came from, if that is known.
    pub installed: Option<Installed>,
    /// How old its content is, in seconds.
    pub age_secs: i64,
}

impl Installed {
    fn unsigned(from: String, bytes: &[u8], at: Timestamp) -> Self {
        Self { at, from, key: None, not_after: None, digest: oci::Digest::of(bytes).to_string() }
    }
}

/// That nobody else compares and replaces the database in force, until it is dropped.
struct Lock {
    _file: fs_err::File,
}

impl Store {
    /// Takes a data folder; it is made when something is put into it.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns where fetched feeds lie.
    #[must_use]
    pub fn feeds(&self) -> PathBuf {
        self.folder.join("feeds")
    }

    /// Returns the path of the database in force.
    #[must_use]
    pub fn current(&self) -> PathBuf {
        self.folder.join(CURRENT)
    }

    /// Opens the database in force.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn open(&self) -> Result<Database, Error> {
        let path = self.current();
        // Only what is known to be absent is: a file that cannot be reached may be newer than anything.
        match fs_err::symlink_metadata(&path) {
            Ok(_) => Database::open(&path).map_err(Error::database(&path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::NoDatabase { folder: self.folder.clone() })
            }
            Err(error) => Err(Error::read(&path)(error)),
        }
    }

    /// Tells what is in force.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    pub fn status(&self, now: Timestamp) -> Result<Status, Error> {
        let database = self.open()?;
        let installed = fs_err::read(self.folder.join(INSTALLED)).ok();
        let installed = installed.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let meta = database.meta().clone();
        Ok(Status {
            path: self.current(),
            size_bytes: u64::try_from(database.bytes().len()).unwrap_or(u64::MAX),
            age_secs: now.as_secs() - meta.created.as_secs(),
            meta,
            installed,
        })
    }

    /// Returns the keys whose bundles are accepted.
    ///
    /// # Errors
    /// If a key in the folder cannot be read.
    pub fn trusted(&self) -> Result<Vec<PublicKey>, Error> {
        let folder = self.folder.join(TRUSTED);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let entries = fs_err::read_dir(&folder).map_err(Error::read(&folder))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "pub"));
        paths.sort();
        paths.truncate(MAX_KEYS);
        paths.iter().map(|path| read_key(path)).collect()
    }

    /// Accepts bundles of a key from now on.
    ///
    /// # Errors
    /// If it is no key, or cannot be written.
    pub fn trust(&self, path: &Path) -> Result<PublicKey, Error> {
        let key = read_key(path)?;
        let file = self.folder.join(TRUSTED).join(format!("{}.pub", key.id()));
        replace(&file, key.to_pem().as_bytes())?;
        Ok(key)
    }

    /// Puts a database in force that was built here.
    ///
    /// # Errors
    /// If it is damaged, another program is at it, or it cannot be written; what was in force stays then.
    pub fn install_built(&self, bytes: &[u8], now: Timestamp) -> Result<Meta, Error> {
        let lock = self.lock()?;
        self.put(&lock, bytes, &Installed::unsigned("build".to_owned(), bytes, now), &self.current())
    }

    /// Puts a database's bare file in force, which nobody signed.
    ///
    /// # Errors
    /// If it is damaged, of a newer format, or, unless forced, not newer than what is in force; or another program is at it.
    /// What was in force stays then.
    pub fn import_unsigned(&self, path: &Path, is_forced: bool, now: Timestamp) -> Result<Meta, Error> {
        let bytes = fs_err::read(path).map_err(Error::read(path))?;
        let offered = Database::from_bytes(bytes).map_err(Error::database(path))?;
        let lock = self.lock()?;
        if let Some(current) = self.replaceable(is_forced)?
            && offered.meta().version <= current.meta().version
            && !is_forced
        {
            let (offered, installed) = (offered.meta().version, current.meta().version);
            let source = advisory_db::Error::Older { offered, installed };
            return Err(Error::Database { path: path.to_owned(), source });
        }
        self.put(&lock, offered.bytes(), &Installed::unsigned(file_name(path), offered.bytes(), now), path)
    }

    /// Opens a bundle's file and says what it carries, without putting it in force.
    ///
    /// # Errors
    /// If it is refused; the error says why.
    pub fn inspect(&self, path: &Path, keys: &[PublicKey]) -> Result<Statement, Error> {
        let bytes = fs_err::read(path).map_err(Error::read(path))?;
        let trusted = self.all_keys(keys)?;
        bundle::open(&bytes, &trusted).map(|bundle| bundle.statement).map_err(Error::database(path))
    }

    fn all_keys(&self, keys: &[PublicKey]) -> Result<Vec<PublicKey>, Error> {
        let mut trusted = self.trusted()?;
        trusted.extend_from_slice(keys);
        Ok(trusted)
    }

    /// Puts a bundle's database in force, or what its delta leads to; `keys` are trusted beside the folder's.
    ///
    /// # Errors
    /// If it is altered, expired, not yet valid, signed by a stranger, of a newer format, or, unless forced, not newer than
    /// what is in force; or another program is at it. What was in force stays then.
    pub fn import(&self, path: &Path, keys: &[PublicKey], is_forced: bool, now: Timestamp) -> Result<Meta, Error> {
        // Copied, not mapped: what is checked must be what is installed, whoever writes to the file meanwhile.
        let bytes = fs_err::read(path).map_err(Error::read(path))?;
        let trusted = self.all_keys(keys)?;
        let opened = bundle::open(&bytes, &trusted).map_err(Error::database(path))?;
        // Held from the comparison to the replacement: two imports would both be newer than what was there before.
        let lock = self.lock()?;
        // A delta continues what is in force; if that cannot be read, no force makes up for it.
        let current = self.replaceable(is_forced && opened.statement.carries == Carried::Database)?;
        let version = current.as_ref().map(|database| database.meta().version);
        opened.statement.admit(now, version, is_forced).map_err(Error::database(path))?;
        let made;
        let database: &[u8] = match (opened.statement.carries, &current) {
            (Carried::Database, _) => opened.carried,
            (Carried::Delta, Some(current)) => {
                made = advisory_db::apply(current, opened.carried).map_err(Error::database(path))?;
                &made
            }
            (Carried::Delta, None) => return Err(Error::NoDatabase { folder: self.folder.clone() }),
        };
        let installed = Installed {
            at: now,
            from: file_name(path),
            key: Some(opened.key.clone()),
            not_after: Some(opened.statement.not_after),
            digest: oci::Digest::of(database).to_string(),
        };
        self.put(&lock, database, &installed, path)
    }

    /// Opens the database in force to compare it with what would replace it; absent only if there is none, or it cannot be
    /// read and is to be replaced nevertheless.
    fn replaceable(&self, is_forced: bool) -> Result<Option<Database>, Error> {
        match self.open() {
            Ok(database) => Ok(Some(database)),
            Err(Error::NoDatabase { .. }) => Ok(None),
            Err(Error::Database { .. }) if is_forced => Ok(None),
            Err(Error::Database { path, source }) => Err(Error::Unreadable { path, source }),
            Err(error) => Err(error),
        }
    }

    fn lock(&self) -> Result<Lock, Error> {
        fs_err::create_dir_all(&self.folder).map_err(Error::write(&self.folder))?;
        let path = self.folder.join(LOCK);
        let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(Error::write(&path))?;
        match file.file().try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Busy { folder: self.folder.clone() }),
            Err(TryLockError::Error(source)) => Err(Error::write(&path)(source)),
        }
    }

    /// Compares the database in force with itself: every digest, every entry, and the digest noted at installation.
    ///
    /// # Errors
    /// If anything is damaged.
    pub fn verify(&self) -> Result<Meta, Error> {
        let database = self.open()?;
        let path = self.current();
        database.check().map_err(Error::database(&path))?;
        let noted = fs_err::read(self.folder.join(INSTALLED)).ok();
        let noted: Option<Installed> = noted.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if noted.is_some_and(|noted| noted.digest != oci::Digest::of(database.bytes()).to_string()) {
            let what = "it is not the file that was installed".to_owned();
            return Err(Error::Database { path, source: advisory_db::Error::Damaged { what } });
        }
        Ok(database.meta().clone())
    }

    /// Tells what a database file, or a bundle of a trusted key, would change.
    ///
    /// # Errors
    /// If there is none in force, or either is damaged or refused.
    pub fn diff(&self, path: &Path, keys: &[PublicKey]) -> Result<Changes, Error> {
        let current = self.open()?;
        let bytes = fs_err::read(path).map_err(Error::read(path))?;
        let other = self.database_of(path, bytes, keys, Some(&current))?;
        advisory_db::changes(&current, &other).map_err(Error::database(path))
    }

    /// Opens a database from a file's bytes: a database, a delta over the current one, or a bundle of either.
    fn database_of(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        keys: &[PublicKey],
        current: Option<&Database>,
    ) -> Result<Database, Error> {
        let failed = || Error::database(path);
        let carried = if bundle::is_bundle(&bytes) {
            bundle::open(&bytes, &self.all_keys(keys)?).map_err(failed())?.carried.to_vec()
        } else {
            bytes
        };
        let whole = match (advisory_db::delta_head(&carried), current) {
            (Ok(_), Some(current)) => advisory_db::apply(current, &carried).map_err(failed())?,
            (Ok(_), None) => return Err(Error::NoDatabase { folder: self.folder.clone() }),
            (Err(_), _) => carried,
        };
        Database::from_bytes(whole).map_err(failed())
    }

    /// Checks a whole database before it replaces the one in force.
    fn put(&self, _lock: &Lock, bytes: &[u8], installed: &Installed, from: &Path) -> Result<Meta, Error> {
        let database = Database::from_bytes(bytes.to_vec()).map_err(Error::database(from))?;
        database.check().map_err(Error::database(from))?;
        let note = serde_json::to_vec_pretty(installed).unwrap_or_default();
        // A database whose note is missing is only less well known; one whose note is another's would look damaged.
        let note_path = self.folder.join(INSTALLED);
        if note_path.exists() {
            fs_err::remove_file(&note_path).map_err(Error::write(&note_path))?;
        }
        replace(&self.current(), bytes)?;
        replace(&note_path, &note)?;
        Ok(database.meta().clone())
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads a public key's file.
fn read_key(path: &Path) -> Result<PublicKey, Error> {
    let bytes = file_map::read(path, MAX_KEY_BYTES).map_err(Error::read(path))?;
    PublicKey::from_pem(&String::from_utf8_lossy(&bytes)).map_err(Error::database(path))
}

/// Writes a file under a temporary name, syncs it, and renames it into place.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder).map_err(Error::write(folder))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::write(path))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(Error::write(path))?;
    file.persist(path).map_err(|error| Error::Write { path: path.to_owned(), source: error.error })?;
    let folder_file = fs_err::File::open(folder).map_err(Error::write(folder))?;
    folder_file.sync_all().map_err(Error::write(folder))
}
