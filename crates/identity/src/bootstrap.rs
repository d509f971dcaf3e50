//! What is done before anybody can sign in: the first administrator, and a lost password.

use base::{AccountId, AccountName, CollectionId, ErrorKind, OperationId, Secret};
use state::ControlStore;
use state::control::accounts::{self, AccountChange, AccountUpdate, PasswordSet, UserCreate};
use state::control::{AccountKind, Command, Reject, Reply};
use store::rusqlite;
use store::{ReadError, WriteError};

use crate::account::{new_user_role, standard_role};
use crate::password::{PasswordError, Passwords};

/// Failures of bootstrapping.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The password is not acceptable.
    #[error("the administrator's password")]
    Password(#[from] PasswordError),
    /// The account is an organization.
    #[error("`{name}` is not a user")]
    NotUser {
        /// The name.
        name: AccountName,
    },
    /// The account does not exist.
    #[error("user `{name}` does not exist")]
    Unknown {
        /// The name.
        name: AccountName,
    },
    /// The read failed.
    #[error("reading the administrator's account")]
    Read(#[source] ReadError<rusqlite::Error>),
    /// The write failed.
    #[error("recording the administrator's account")]
    Record(#[source] WriteError<Reject>),
}

impl BootstrapError {
    /// Returns the class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Password(error) => error.kind(),
            Self::NotUser { .. } => ErrorKind::Invalid,
            Self::Unknown { .. } => ErrorKind::NotFound,
            Self::Read(source) => source.kind(),
            Self::Record(source) => source.kind(),
        }
    }
}

/// Reports whether there is an active administrator.
///
/// # Errors
/// If the read fails.
pub async fn has_admin(store: &ControlStore) -> Result<bool, BootstrapError> {
    store.read(accounts::has_admin).await.map_err(BootstrapError::Read)
}

/// Makes an administrator unless an account of that name exists, whose password then stays; true if it was made.
///
/// # Errors
/// If the password is not acceptable or the write fails.
pub async fn admin_ensure(
    store: &ControlStore,
    passwords: &Passwords,
    name: &AccountName,
    password: &Secret,
) -> Result<bool, BootstrapError> {
    let wanted = name.clone();
    let known = store.read(move |conn| accounts::by_name(conn, &wanted)).await.map_err(BootstrapError::Read)?;
    match known {
        Some(account) if account.kind == AccountKind::User => return Ok(false),
        Some(_) => return Err(BootstrapError::NotUser { name: name.clone() }),
        None => {}
    }
    let role = store.read(new_user_role).await.map_err(BootstrapError::Read)?.unwrap_or_else(standard_role);
    let command = Command::AdminEnsure(UserCreate {
        id: AccountId::random(),
        name: name.clone(),
        full_name: "Administrator".to_owned(),
        password: Some(passwords.hash(password).await?),
        is_admin: true,
        private_collection: CollectionId::random(),
        role,
    });
    let written = store.write(OperationId::random(), command).await.map_err(BootstrapError::Record)?;
    Ok(written.reply == Reply::Created)
}

/// Gives a user a new password, activates it and makes it an administrator: the way back in when a password is
/// lost, for a command that runs on the machine itself.
///
/// # Errors
/// If there is no such user, the password is not acceptable or the write fails.
pub async fn admin_password_reset(
    store: &ControlStore,
    passwords: &Passwords,
    name: &AccountName,
    password: &Secret,
) -> Result<(), BootstrapError> {
    let wanted = name.clone();
    let known = store.read(move |conn| accounts::by_name(conn, &wanted)).await.map_err(BootstrapError::Read)?;
    let account = known.ok_or_else(|| BootstrapError::Unknown { name: name.clone() })?;
    if account.kind != AccountKind::User {
        return Err(BootstrapError::NotUser { name: name.clone() });
    }
    let hash = passwords.hash(password).await?;
    let set = PasswordSet { account: account.id, password: hash, keep_session: None, epoch: None };
    let change = AccountChange { is_admin: Some(true), is_active: Some(true), ..AccountChange::default() };
    for command in [Command::PasswordSet(set), Command::AccountUpdate(AccountUpdate { id: account.id, change })] {
        store.write(OperationId::random(), command).await.map_err(BootstrapError::Record)?;
    }
    Ok(())
}
