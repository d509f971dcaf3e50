//! Packing a bundle.

use std::io::{Cursor, Write};

use base::{AccountName, ClusterId, Secret};
use serde_json::json;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::env::Env;

/// The file type of a Unix socket in a mode.
const SOCKET: u32 = 0o140_000;
/// The bits of a mode that say the file type.
const FILE_TYPE: u32 = 0o170_000;

/// What goes into a bundle.
pub(super) struct Contents<'a> {
    pub(super) user: &'a AccountName,
    pub(super) host: &'a str,
    pub(super) cluster: ClusterId,
    pub(super) is_admin: bool,
    pub(super) ca_pem: &'a str,
    pub(super) cert_pem: &'a str,
    pub(super) key_pem: &'a Secret,
    pub(super) public_key_pem: &'a str,
}

impl Contents<'_> {
    /// Packs UCP's files, and those that make `docker context import` take the zip.
    pub(super) fn zip(&self) -> Result<Vec<u8>, ZipError> {
        let env = Env { user: self.user, host: self.host, cluster: self.cluster, is_admin: self.is_admin };
        let meta = self.meta();
        let (sh, ps1, cmd) = (env.sh(), env.ps1(), env.cmd());
        let key = self.key_pem.expose();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, contents, mode) in [
            ("ca.pem", self.ca_pem, 0o644),
            ("cert.pem", self.cert_pem, 0o644),
            ("key.pem", key, 0o600),
            ("cert.pub", self.public_key_pem, 0o644),
            ("env.sh", sh.as_str(), 0o644),
            ("env.ps1", ps1.as_str(), 0o644),
            ("env.cmd", cmd.as_str(), 0o644),
            ("meta.json", meta.as_str(), 0o644),
            ("tls/docker/ca.pem", self.ca_pem, 0o644),
            ("tls/docker/cert.pem", self.cert_pem, 0o644),
            ("tls/docker/key.pem", key, 0o600),
        ] {
            let options =
                SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(mode);
            zip.start_file(name, options)?;
            zip.write_all(contents.as_bytes())?;
        }
        let mut bytes = zip.finish()?.into_inner();
        hide_from_import(&mut bytes);
        Ok(bytes)
    }

    /// Returns the description that `docker context import` reads.
    fn meta(&self) -> String {
        json!({
            "Name": format!("ucp_{}_{}", self.host.replace([':', '[', ']'], "_"), self.user),
            "Metadata": { "Description": format!("{} at {}", self.user, self.host) },
            "Endpoints": { "docker": { "Host": format!("tcp://{}", self.host), "SkipTLSVerify": false } }
        })
        .to_string()
    }
}

/// Marks the files that `docker context import` does not know as something else than regular files. Docker from
/// 20.10 on refuses a zip with other regular files than its own and passes over all that is not regular, while
/// those who unpack zips (Info-ZIP, libarchive, Python, Windows) know links and directories and take the rest for
/// plain files; so that one zip serves both.
fn hide_from_import(zip: &mut [u8]) {
    // APPNOTE.TXT 6.3.10: 4.3.16 (end of central directory, without a comment) and 4.3.12 (its headers).
    let number = |zip: &[u8], at: usize, bytes: usize| -> usize {
        let slice = zip.get(at..at + bytes).unwrap_or_default();
        slice.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let Some(end) = zip.len().checked_sub(22) else { return };
    let (count, mut at) = (number(zip, end + 10, 2), number(zip, end + 16, 4));
    for _ in 0..count {
        let name_bytes = number(zip, at + 28, 2);
        let name = zip.get(at + 46..at + 46 + name_bytes).unwrap_or_default();
        let known = name == b"meta.json" || name.starts_with(b"tls/");
        let next = at + 46 + name_bytes + number(zip, at + 30, 2) + number(zip, at + 32, 2);
        // The upper half of the external attributes is the Unix mode.
        if let Some(attributes) = zip.get_mut(at + 38..at + 42).filter(|_| !known) {
            let mut word = [0; 4];
            word.copy_from_slice(attributes);
            let word = u32::from_le_bytes(word) & !(FILE_TYPE << 16) | SOCKET << 16;
            attributes.copy_from_slice(&word.to_le_bytes());
        }
        at = next;
    }
}
