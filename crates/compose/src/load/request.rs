//! What is asked, and what comes of it.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::model::{Client, Project, SourceFile};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

/// Reads the file under a path; `-` is standard input.
pub type Reader<'a> = dyn Fn(&str) -> Result<Vec<u8>, ReadError> + 'a;

/// What to load and how.
pub struct Request<'a> {
    /// Paths of Compose files, each merged over the one before; `-` is standard input.
    pub files: Vec<String>,
    /// The absolute directory that paths on the command line are relative to.
    pub working_directory: String,
    /// What relative paths in the files are relative to; else the directory of the first file.
    pub project_directory: Option<String>,
    /// The name of the project; else `name` in the file, or the name of the directory.
    pub project_name: Option<String>,
    /// Variables of the shell.
    pub environment: BTreeMap<String, String>,
    /// Files in place of `.env`; `stack deploy` reads none.
    pub env_files: Vec<String>,
    /// Profiles to enable; `*` is all.
    pub profiles: Vec<String>,
    /// Whose reading is wanted.
    pub client: Client,
    /// Whether variables are put in.
    pub interpolate: bool,
    /// Reads files.
    pub reader: &'a Reader<'a>,
}

impl<'a> Request<'a> {
    /// Asks for files with nothing else set.
    pub fn new(files: Vec<String>, client: Client, reader: &'a Reader<'a>) -> Self {
        Self {
            files,
            working_directory: "/".to_owned(),
            project_directory: None,
            project_name: None,
            environment: BTreeMap::new(),
            env_files: Vec::new(),
            profiles: Vec::new(),
            client,
            interpolate: true,
            reader,
        }
    }
}

/// What came of loading.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The project, where there is no error.
    pub project: Option<Project>,
    /// What is wrong.
    pub errors: Vec<Diagnostic>,
    /// What the stock client warns about, and what the reader should know.
    pub warnings: Vec<Diagnostic>,
    /// The files that were read, to show the lines.
    pub files: Vec<SourceFile>,
}
