//! Client bundles.

use std::fs::DirBuilder;
use std::io::{Cursor, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use api_model::BundleCreate;
use clap::Subcommand;

use super::Operator;
use crate::failure::NextStep;
use crate::output::say;

/// The largest file of a bundle.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What to do with client bundles.
#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Lists client bundles
    Ls {
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
    /// Makes a client bundle and unpacks it into a folder
    Create {
        /// The folder; made if it is not there
        dir: PathBuf,
        /// What to call it
        #[arg(long, default_value = "holdfast")]
        label: String,
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
        /// Keeps the zip as it is, in the file DIR; `docker context import` takes it
        #[arg(long)]
        zip: bool,
    },
    /// Revokes a client bundle
    Rm {
        /// The bundle's id
        bundle: String,
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: BundleCommand) -> Result<()> {
    match command {
        BundleCommand::Ls { user } => {
            let user = operator.user_or_self(user).await?;
            operator.output.list(&operator.client.bundle_list(&user).await?.items)
        }
        BundleCommand::Create { dir, label, user, zip } => bundle_create(operator, &dir, label, user, zip).await,
        BundleCommand::Rm { bundle, user } => bundle_delete(operator, &bundle, user).await,
    }
}

async fn bundle_create(
    operator: &Operator,
    place: &Path,
    label: String,
    user: Option<String>,
    as_zip: bool,
) -> Result<()> {
    // Before a key is made that could not be kept.
    if as_zip && place.exists() {
        bail!("`{}` exists", place.display());
    }
    if !as_zip && place.join("key.pem").exists() {
        let step = "choose another folder; the old bundle stays valid until `holdfast bundle rm`";
        return Err(NextStep::new(format!("`{}` holds a bundle already", place.display()), step).into());
    }
    let user = operator.user_or_self(user).await?;
    let bytes = operator.client.bundle_create(&user, &BundleCreate { label }).await?;
    if as_zip {
        write_private(place, &bytes)?;
        say(&format!("wrote `{}`", place.display()));
        return Ok(());
    }
    unpack(&bytes, place)?;
    say(&format!("unpacked into `{}`; next: cd {} && . ./env.sh", place.display(), place.display()));
    Ok(())
}

async fn bundle_delete(operator: &Operator, bundle: &str, user: Option<String>) -> Result<()> {
    let user = operator.user_or_self(user).await?;
    operator.confirm(&format!("Revoke the client bundle `{bundle}` of `{user}`?"))?;
    operator.client.bundle_delete(&user, bundle).await?;
    say(&format!("revoked the client bundle `{bundle}`"));
    Ok(())
}

/// Unpacks a bundle; nothing is written outside the folder, nobody else can read it.
fn unpack(bytes: &[u8], folder: &Path) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).context("the bundle is not a zip")?;
    make_folder(folder)?;
    for position in 0..archive.len() {
        let file = archive.by_index(position).context("the bundle is damaged")?;
        let name = file.enclosed_name().context("the bundle names a file outside its folder")?;
        let path = folder.join(name);
        if file.is_dir() {
            make_folder(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            make_folder(parent)?;
        }
        let mut content = Vec::new();
        file.take(MAX_FILE_BYTES).read_to_end(&mut content).context("the bundle is damaged")?;
        write_private(&path, &content)?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).with_context(|| format!("making the folder `{}`", path.display()))
}

fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.options_mut().mode(0o600);
    Ok(options.open(path)?.write_all(content)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bundle_is_unpacked_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("bundle");
        unpack(&archive(&["key.pem", "tls/docker/ca.pem"]), &place).unwrap();
        assert_eq!(fs_err::metadata(place.join("key.pem")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs_err::read_to_string(place.join("tls/docker/ca.pem")).unwrap(), "tls/docker/ca.pem");
    }

    #[test]
    fn a_bundle_cannot_write_outside_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert!(unpack(&archive(&["../evil"]), &folder.path().join("bundle")).is_err());
        assert!(!folder.path().join("evil").exists());
        assert!(unpack(b"no zip", &folder.path().join("bundle")).is_err());
    }
}
