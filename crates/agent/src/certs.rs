//! The engine's folder of registry CAs, `/etc/docker/certs.d`: written for our registries, given back as found.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The largest CA file taken.
const MAX_PEM_BYTES: usize = 256 * 1024;

/// Failures of the folder of registry CAs.
#[derive(Debug, thiserror::Error)]
pub enum CertsError {
    /// The registry's name is none.
    #[error("`{registry}` is no registry's name")]
    Name {
        /// As it was given.
        registry: String,
    },
    /// The CA is too large.
    #[error("the CA of `{registry}` is larger than 256 KiB")]
    TooLarge {
        /// The registry.
        registry: String,
    },
    /// A file that is not ours is in the way.
    #[error("`{path}` holds another CA that is not ours; it stays as it is")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The folder cannot be read or written.
    #[error("keeping the registries' CAs")]
    Io(#[source] io::Error),
}

/// What was written, so that it can be taken back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Ledger {
    written: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    /// The SHA-256 of what was written: a file that differs was changed by somebody else.
    sha256: String,
    /// Whether the folder was made for it.
    made_folder: bool,
}

/// The folder of registry CAs, and the list of what was written there.
#[derive(Debug, Clone)]
pub struct CertsDir {
    root: PathBuf,
    ledger: PathBuf,
}

impl CertsDir {
    /// Names the engine's folder, and a folder of ours for the list. Nothing is touched yet.
    #[must_use]
    pub fn new(root: PathBuf, state_dir: &Path) -> Self {
        Self { root, ledger: state_dir.join("registry-cas.json") }
    }

    /// Writes a registry's CA. A file that is there and was not written by us is replaced only if told so.
    ///
    /// # Errors
    /// If a foreign file is in the way, or the folder cannot be written.
    pub fn write(&self, registry: &str, ca_pem: &str, replace_foreign: bool) -> Result<(), CertsError> {
        let folder = self.folder(registry)?;
        if ca_pem.len() > MAX_PEM_BYTES {
            return Err(CertsError::TooLarge { registry: registry.to_owned() });
        }
        let path = folder.join("ca.crt");
        let mut ledger = self.read().map_err(CertsError::Io)?;
        let present = read_optional(&path).map_err(CertsError::Io)?;
        let known = ledger.written.get(registry).cloned();
        if let Some(present) = &present {
            let is_ours = known.as_ref().is_some_and(|known| known.sha256 == hash(present));
            if present == ca_pem.as_bytes() {
                // Right already. If somebody else wrote it, it stays theirs.
                return Ok(());
            }
            if !is_ours && !replace_foreign {
                return Err(CertsError::Foreign { path });
            }
        }
        let made_folder = known.map_or_else(|| !folder.exists(), |known| known.made_folder);
        ledger.written.insert(registry.to_owned(), Entry { sha256: hash(ca_pem.as_bytes()), made_folder });
        // The list comes first: what is written is never forgotten.
        self.save(&ledger).map_err(CertsError::Io)?;
        fs::create_dir_all(&folder).map_err(CertsError::Io)?;
        replace(&path, ca_pem.as_bytes(), 0o644).map_err(CertsError::Io)
    }

    /// Takes back a registry's CA; what we did not write, or somebody changed since, stays.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn remove(&self, registry: &str) -> Result<(), CertsError> {
        let folder = self.folder(registry)?;
        let mut ledger = self.read().map_err(CertsError::Io)?;
        let Some(entry) = ledger.written.remove(registry) else { return Ok(()) };
        take_back(&folder, &entry).map_err(CertsError::Io)?;
        self.save(&ledger).map_err(CertsError::Io)
    }

    /// Takes back everything.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn remove_all(&self) -> Result<(), CertsError> {
        let registries: Vec<_> = self.read().map_err(CertsError::Io)?.written.into_keys().collect();
        registries.iter().try_for_each(|registry| self.remove(registry))
    }

    /// The name becomes a folder's: no slash, no leading dot, nothing beyond host names and ports.
    fn folder(&self, registry: &str) -> Result<PathBuf, CertsError> {
        let fits = (1..=255).contains(&registry.len())
            && registry
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']' | b'_'))
            && !registry.starts_with('.');
        if fits {
            Ok(self.root.join(registry))
        } else {
            Err(CertsError::Name { registry: registry.chars().take(80).collect() })
        }
    }

    fn read(&self) -> io::Result<Ledger> {
        match read_optional(&self.ledger)? {
            None => Ok(Ledger::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        }
    }

    fn save(&self, ledger: &Ledger) -> io::Result<()> {
        if let Some(folder) = self.ledger.parent() {
            fs::create_dir_all(folder)?;
        }
        replace(&self.ledger, &serde_json::to_vec_pretty(ledger).map_err(io::Error::from)?, 0o600)
    }
}

fn take_back(folder: &Path, entry: &Entry) -> io::Result<()> {
    let path = folder.join("ca.crt");
    if read_optional(&path)?.is_some_and(|present| hash(&present) == entry.sha256) {
        fs::remove_file(&path)?;
    }
    if entry.made_folder {
        match fs::remove_dir(folder) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {
                return Err(error);
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Reads a file that may not be there.
pub(crate) fn read_optional(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces a file as a whole: whoever reads it sees the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = path.with_extension("new");
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rig() -> (tempfile::TempDir, CertsDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("certs.d");
        let certs = CertsDir::new(root.clone(), &folder.path().join("state"));
        (folder, certs, root)
    }

    #[test]
    fn what_was_written_is_taken_back_whole() {
        let (_folder, certs, root) = rig();
        certs.write("hf.example:7443", "one", false).unwrap();
        certs.write("hf.example:7443", "two", false).unwrap();
        certs.write("other", "three", false).unwrap();
        assert_eq!(fs::read_to_string(root.join("hf.example:7443/ca.crt")).unwrap(), "two");
        certs.remove_all().unwrap();
        assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
        certs.remove_all().unwrap();
    }

    #[test]
    fn a_foreign_file_stays_unless_told() {
        let (_folder, certs, root) = rig();
        fs::create_dir_all(root.join("hf")).unwrap();
        fs::write(root.join("hf/ca.crt"), "theirs").unwrap();
        assert!(matches!(certs.write("hf", "ours", false), Err(CertsError::Foreign { .. })));
        certs.remove("hf").unwrap();
        assert_eq!(fs::read_to_string(root.join("hf/ca.crt")).unwrap(), "theirs");
        certs.write("hf", "theirs", false).unwrap();
        certs.remove_all().unwrap();
        assert!(root.join("hf/ca.crt").exists());
        certs.write("hf", "ours", true).unwrap();
        certs.remove_all().unwrap();
        // The folder was there before.
        assert!(root.join("hf").exists() && !root.join("hf/ca.crt").exists());
    }

    #[test]
    fn a_file_changed_since_is_not_ours_any_more() {
        let (_folder, certs, root) = rig();
        certs.write("hf", "ours", false).unwrap();
        fs::write(root.join("hf/ca.crt"), "theirs").unwrap();
        assert!(matches!(certs.write("hf", "new", false), Err(CertsError::Foreign { .. })));
        certs.remove_all().unwrap();
        assert_eq!(fs::read_to_string(root.join("hf/ca.crt")).unwrap(), "theirs");
    }

    #[test]
    fn a_registrys_name_cannot_leave_the_folder() {
        let (_folder, certs, _root) = rig();
        for bad in ["", "..", "../x", "a/b", ".hidden", "a\0b", "a b"] {
            assert!(matches!(certs.write(bad, "x", true), Err(CertsError::Name { .. })), "{bad:?}");
        }
    }
}
