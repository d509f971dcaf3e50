//! The first administrator, and the way back in when a password is lost.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base::{AccountName, Secret, SystemClock};
use config::ServerSettings;
use identity::Passwords;
use state::ControlStore;

use crate::data_dir::DataDir;
use crate::parts::open_control;

/// Makes the first administrator; later starts change nothing, whatever the file says.
pub(crate) async fn ensure(store: &ControlStore, passwords: &Passwords, settings: &ServerSettings) -> Result<()> {
    if identity::has_admin(store).await.context("looking for an administrator")? {
        return Ok(());
    }
    let Some(file) = &settings.admin_password_file else {
        bail!("the first start needs --admin-user NAME and --admin-password-file FILE: nobody could sign in otherwise");
    };
    let name = settings.admin_user.as_deref().unwrap_or("admin");
    let name: AccountName = name.parse().context("reading --admin-user")?;
    let password = password_of(file)?;
    identity::admin_ensure(store, passwords, &name, &password).await.context("making the first administrator")?;
    tracing::info!(user.name = %name, "made the first administrator `{name}`");
    Ok(())
}

/// Sets an administrator's password in the data directory of a server that does not run.
///
/// # Errors
/// If the directory is in use, there is no such user, or the password is not acceptable.
pub async fn admin_password_reset(data_dir: &Path, user: &str, password: &Secret) -> Result<()> {
    let directory = DataDir::open(data_dir)?;
    if !directory.join("control").is_dir() {
        bail!("`{}` holds no server's data", data_dir.display());
    }
    let name: AccountName = user.parse().context("reading the user's name")?;
    let store = open_control(&directory, Arc::new(SystemClock)).await?;
    let passwords = Passwords::new()?;
    let outcome = identity::admin_password_reset(&store, &passwords, &name, password).await;
    store.shutdown().await;
    outcome.with_context(|| format!("setting the password of `{name}`"))
}

/// Reads a password file: its first line, without the line's end.
fn password_of(file: &Path) -> Result<Secret> {
    let text = fs_err::read_to_string(file).context("reading the administrator's password")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("the password file `{}` is empty", file.display());
    }
    Ok(Secret::new(line))
}

/// How long a store may take to answer after a start.
pub(crate) const READY: Duration = Duration::from_secs(30);
