//! Signing in and out, and sessions.

use std::io::{IsTerminal, Write};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use client::{Client, Credential, Options, Trust};

use super::Operator;
use crate::args::Global;
use crate::ask::PasswordArgs;
use crate::context::{Context, ContextFile};
use crate::failure::NextStep;
use crate::output::say;

/// Signs in.
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The server, https://host:port
    pub server: String,
    /// The user's name
    #[arg(long, short)]
    pub user: Option<String>,
    /// Trusts the server's CA if it has this SHA-256 fingerprint, without asking
    #[arg(long, value_name = "HEX")]
    pub fingerprint: Option<String>,
    /// Where the password comes from
    #[command(flatten)]
    pub password: PasswordArgs,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Lists sessions
    Ls {
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
    /// Ends a session
    Rm {
        /// The session's id
        session: String,
        /// Whose; your own unless given
        #[arg(long)]
        user: Option<String>,
    },
}

/// Runs a command.
pub(crate) async fn run(operator: &Operator, command: SessionCommand) -> Result<()> {
    match command {
        SessionCommand::Ls { user } => {
            let user = operator.user_or_self(user).await?;
            operator.output.list(&operator.client.session_list(&user).await?.items)
        }
        SessionCommand::Rm { session, user } => {
            let user = operator.user_or_self(user).await?;
            operator.confirm(&format!("End the session `{session}` of `{user}`?"))?;
            operator.client.session_revoke(&user, &session).await?;
            say(&format!("ended the session `{session}`"));
            Ok(())
        }
    }
}

/// Signs in and remembers the server, the CA and the session.
pub(crate) async fn login(global: &Global, args: LoginArgs) -> Result<()> {
    let url = args.server.trim_end_matches('/').to_owned();
    let ca = trusted_ca(global, &url, args.fingerprint.as_deref()).await?;
    let trust = ca.clone().map_or(Trust::AnyoneForTheCa, Trust::Ca);
    let user = match args.user {
        Some(user) => user,
        None => asked_name()?,
    };
    let password = args.password.read(&format!("Password of {user}"))?;
    let nobody = Client::new(Options { url: url.clone(), trust: trust.clone(), credential: Credential::None })?;
    let token = nobody.login(&user, &password).await?;
    let client = Client::new(Options { url: url.clone(), trust, credential: Credential::Bearer(token.clone()) })?;
    let me = client.me_view().await?;
    let ca = ca.map(String::from_utf8).transpose()?;
    let context = Context { url, user: me.name.to_string(), token: token.expose().to_owned(), ca };
    ContextFile::of_user()?.save(&context)?;
    say(&format!("signed in to {} as `{}`", context.url, context.user));
    Ok(())
}

/// Signs out and forgets the server; it is forgotten even if it cannot be reached.
pub(crate) async fn logout(global: &Global) -> Result<()> {
    let file = ContextFile::of_user()?;
    let Some(context) = file.load()? else {
        say("nobody is signed in");
        return Ok(());
    };
    let ended = match crate::connect::connect(global) {
        Ok(client) => client.session_delete().await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    file.forget()?;
    if let Err(error) = ended {
        say(&format!("the session at {} was not ended: {error:#}", context.url));
    }
    say(&format!("signed out of {}", context.url));
    Ok(())
}

/// Returns the CA to trust: of the file named, or the server's own once its fingerprint is confirmed.
async fn trusted_ca(global: &Global, url: &str, expected: Option<&str>) -> Result<Option<Vec<u8>>> {
    if let Some(file) = &global.ca {
        return Ok(Some(fs_err::read(file)?));
    }
    if url.starts_with("http://") {
        return Ok(None);
    }
    let known = ContextFile::of_user()?.load().ok().flatten().filter(|context| context.url == url);
    if let Some(pem) = known.and_then(|context| context.ca) {
        return Ok(Some(pem.into_bytes()));
    }
    let pem = client::server_ca(url).await?;
    let found = client::fingerprint_of_pem(&pem)?;
    if let Some(expected) = expected {
        if expected.replace(':', "").eq_ignore_ascii_case(&found) {
            return Ok(Some(pem));
        }
        bail!("the server's CA has the fingerprint {found}, not the one given");
    }
    let question = format!("The CA of {url} has the SHA-256 fingerprint\n  {found}\nTrust it from now on?");
    if !global.yes && !std::io::stdin().is_terminal() {
        let step = format!("compare it with the server's and say `--fingerprint {found}`, or name `--ca FILE`");
        return Err(NextStep::new(format!("the CA of {url} is not trusted yet"), step).into());
    }
    crate::ask::confirm(global, &question)?;
    Ok(Some(pem))
}

fn asked_name() -> Result<String> {
    if !std::io::stdin().is_terminal() {
        return Err(NextStep::new("a user name is needed", "say `--user NAME`").into());
    }
    let mut err = anstream::stderr().lock();
    write!(err, "User: ")?;
    err.flush()?;
    let mut name = String::new();
    std::io::stdin().read_line(&mut name)?;
    Ok(name.trim().to_owned())
}
