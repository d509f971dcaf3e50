//! Users.

use anyhow::Result;
use api_model::{PasswordChange, UserCreate, UserUpdate};
use clap::{Args, Subcommand};

use super::{Operator, every, given};
use crate::ask::PasswordArgs;
use crate::output::say;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Lists users
    Ls {
        /// Only names that contain this
        #[arg(long, short)]
        filter: Option<String>,
    },
    /// Creates a user
    Create(UserCreateArgs),
    /// Shows a user
    View {
        /// The user's name
        user: String,
    },
    /// Changes a user
    Update(UserUpdateArgs),
    /// Deletes a user
    Rm {
        /// The user's name
        user: String,
    },
    /// Changes a password
    Password {
        /// The user's name; your own unless given
        user: Option<String>,
        /// Where the new password comes from
        #[command(flatten)]
        password: PasswordArgs,
        /// Reads your old password from a file, when you change your own
        #[arg(long, value_name = "FILE")]
        old_password_file: Option<std::path::PathBuf>,
    },
}

/// Creates a user.
#[derive(Debug, Args)]
pub struct UserCreateArgs {
    /// The user's name
    pub user: String,
    /// The name shown to people
    #[arg(long, default_value = "")]
    pub full_name: String,
    /// Makes an administrator
    #[arg(long)]
    pub admin: bool,
    /// Where the first password comes from
    #[command(flatten)]
    pub password: PasswordArgs,
}

/// Changes a user.
#[derive(Debug, Args)]
#[group(skip)]
pub struct UserUpdateArgs {
    /// The user's name
    pub user: String,
    /// The name shown to people
    #[arg(long)]
    pub full_name: Option<String>,
    /// Makes an administrator, or no longer
    #[arg(long, value_name = "BOOL")]
    pub admin: Option<bool>,
    /// Activates or deactivates; deactivating ends all they have open
    #[arg(long, value_name = "BOOL")]
    pub active: Option<bool>,
    /// Where objects go that name no collection
    #[arg(long, value_name = "PATH")]
    pub default_collection: Option<String>,
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: UserCommand) -> Result<()> {
    match command {
        UserCommand::Ls { filter } => user_list(operator, filter).await,
        UserCommand::Create(args) => user_create(operator, args).await,
        UserCommand::View { user } => operator.output.one(&operator.client.user_view(&user).await?),
        UserCommand::Update(args) => user_update(operator, args).await,
        UserCommand::Rm { user } => user_delete(operator, &user).await,
        UserCommand::Password { user, password, old_password_file } => {
            let old = PasswordArgs { password_file: old_password_file, password_stdin: false };
            password_change(operator, user, &old, &password).await
        }
    }
}

async fn user_list(operator: &Operator, filter: Option<String>) -> Result<()> {
    let mut parameters = Vec::new();
    given(&mut parameters, "q", filter);
    let page = |parameters: super::Parameters| async move { operator.client.user_list(&parameters).await };
    operator.output.list(&every(&parameters, page).await?)
}

async fn user_create(operator: &Operator, args: UserCreateArgs) -> Result<()> {
    let body = UserCreate {
        name: args.user.parse()?,
        full_name: args.full_name,
        password: args.password.read_new("Password for the new user")?.expose().to_owned(),
        is_admin: args.admin,
    };
    operator.output.one(&operator.client.user_create(&body).await?)
}

async fn user_update(operator: &Operator, args: UserUpdateArgs) -> Result<()> {
    let default_collection = args.default_collection.map(|path| path.parse()).transpose()?;
    let body =
        UserUpdate { full_name: args.full_name, is_admin: args.admin, is_active: args.active, default_collection };
    operator.output.one(&operator.client.user_update(&args.user, &body).await?)
}

async fn user_delete(operator: &Operator, user: &str) -> Result<()> {
    operator.confirm(&format!("Delete the user `{user}` with sessions, tokens, bundles and grants?"))?;
    operator.client.user_delete(user).await?;
    say(&format!("deleted the user `{user}`"));
    Ok(())
}

async fn password_change(
    operator: &Operator,
    user: Option<String>,
    old: &PasswordArgs,
    password: &PasswordArgs,
) -> Result<()> {
    let me = operator.client.me_view().await?;
    let user = user.unwrap_or_else(|| me.name.to_string());
    let old_password =
        if user == me.name.as_str() { Some(old.read("Old password")?.expose().to_owned()) } else { None };
    let new_password = password.read_new("New password")?.expose().to_owned();
    operator.client.password_change(&user, &PasswordChange { old_password, new_password }).await?;
    say(&format!("changed the password of `{user}`"));
    Ok(())
}
