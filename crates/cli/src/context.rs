//! The server that one is signed in to: a file of mode 0600.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// A server, whom to trust there and as whom to call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Context {
    /// `https://host:port`.
    pub(crate) url: String,
    /// The user's name.
    pub(crate) user: String,
    /// The session's token.
    pub(crate) token: String,
    /// The CA trusted, PEM; absent for a plain listener.
    pub(crate) ca: Option<String>,
}

/// Where the context is kept.
#[derive(Debug, Clone)]
pub(crate) struct ContextFile(PathBuf);

impl ContextFile {
    /// Returns the file of the user who runs the program.
    pub(crate) fn of_user() -> Result<Self> {
        let folder = std::env::var_os("HOLDFAST_CONFIG_DIR")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("XDG_CONFIG_HOME").map(|home| PathBuf::from(home).join("holdfast")))
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config/holdfast")))
            .context("neither HOLDFAST_CONFIG_DIR nor HOME is set: no place to keep the sign-in")?;
        Ok(Self::in_folder(&folder))
    }

    /// Returns the file in a folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("context.json"))
    }

    /// Reads the context; `None` if nobody is signed in.
    pub(crate) fn load(&self) -> Result<Option<Context>> {
        let text = match fs_err::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let context = serde_json::from_slice(&text);
        context.map(Some).with_context(|| format!("`{}` cannot be read; sign in again", self.0.display()))
    }

    /// Writes the context; nobody but the user can read it.
    pub(crate) fn save(&self, context: &Context) -> Result<()> {
        let folder = self.0.parent().context("the context file has no folder")?;
        fs_err::create_dir_all(folder)?;
        let fresh = self.0.with_extension("new");
        // A file that stands there already may have a wider mode.
        self.remove_file(&fresh)?;
        let mut options = fs_err::OpenOptions::new();
        options.write(true).create_new(true);
        options.options_mut().mode(0o600);
        let mut file = options.open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(context)?)?;
        file.sync_all()?;
        fs_err::rename(&fresh, &self.0)?;
        Ok(())
    }

    /// Forgets the context.
    pub(crate) fn forget(&self) -> Result<()> {
        self.remove_file(&self.0)
    }

    #[expect(clippy::unused_self, reason = "reads as a step of the two above")]
    fn remove_file(&self, path: &Path) -> Result<()> {
        match fs_err::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nobody_else_can_read_the_context() {
        let folder = tempfile::tempdir().unwrap();
        let file = ContextFile::in_folder(&folder.path().join("holdfast"));
        assert!(file.load().unwrap().is_none());
        let context = Context { url: "https://h:1".into(), user: "anna".into(), token: "t".into(), ca: None };
        file.save(&context).unwrap();
        file.save(&context).unwrap();
        assert_eq!(fs_err::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(file.load().unwrap().unwrap().user, "anna");
        file.forget().unwrap();
        file.forget().unwrap();
        assert!(file.load().unwrap().is_none());
    }
}
