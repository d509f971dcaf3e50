//! Questions: passwords and confirmations.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Result, bail};
use base::Secret;

use crate::args::Global;
use crate::failure::NextStep;

/// Where a password comes from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PasswordArgs {
    /// Reads the password from a file
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    pub password_file: Option<std::path::PathBuf>,
    /// Reads the password from standard input
    #[arg(long)]
    pub password_stdin: bool,
}

impl PasswordArgs {
    /// Reads the password, asking for it if nothing else is said.
    pub(crate) fn read(&self, prompt: &str) -> Result<Secret> {
        if let Some(file) = &self.password_file {
            return from_file(file);
        }
        if self.password_stdin {
            let mut text = String::new();
            std::io::stdin().lock().take(64 * 1024).read_to_string(&mut text)?;
            return Ok(trimmed(text));
        }
        if !std::io::stdin().is_terminal() {
            let step = "name a source: `--password-file FILE` or `--password-stdin`";
            return Err(NextStep::new("a password is needed and there is no terminal to ask at", step).into());
        }
        Ok(Secret::new(rpassword::prompt_password(format!("{prompt}: "))?))
    }

    /// Reads a new password; asked twice at a terminal.
    pub(crate) fn read_new(&self, prompt: &str) -> Result<Secret> {
        let first = self.read(prompt)?;
        if self.password_file.is_none() && !self.password_stdin && first != self.read("Once more")? {
            bail!("the two passwords differ");
        }
        Ok(first)
    }
}

/// Reads a secret from a file, without the line's end.
pub(crate) fn from_file(file: &Path) -> Result<Secret> {
    Ok(trimmed(fs_err::read_to_string(file)?))
}

fn trimmed(text: String) -> Secret {
    Secret::new(text.trim_end_matches(['\r', '\n']))
}

/// Asks before something that cannot be undone.
pub(crate) fn confirm(global: &Global, question: &str) -> Result<()> {
    if global.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(NextStep::new(format!("not done: {question}"), "say `--yes`").into());
    }
    let mut err = anstream::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { bail!("not done") }
}
