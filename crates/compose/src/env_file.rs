//! Files of variables: `.env`, `env_file`, `label_file`.

mod quoted;

use std::collections::BTreeMap;

/// Whose syntax a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// The docker client, and `format: raw`: a line is `NAME=value` as it stands.
    Raw,
    /// python-dotenv: docker-compose 1.29.
    Python,
    /// compose-go.
    ComposeGo,
}

/// A fault in a file of variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line, from 1.
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// Variables in the order of the file; `None` is a name without a value, which takes the shell's.
pub(crate) type Variables = Vec<(String, Option<String>)>;

/// Reads a file of variables. `environment` is what values may refer to.
pub(crate) fn parse(text: &str, syntax: Syntax, environment: &BTreeMap<String, String>) -> Result<Variables, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match syntax {
        Syntax::Raw => raw(text),
        Syntax::Python | Syntax::ComposeGo => quoted::parse(text, syntax, environment),
    }
}

fn raw(text: &str) -> Result<Variables, Fault> {
    let mut variables = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)));
        let fault = |message: String| Fault { line: index + 1, message };
        if name.is_empty() {
            return Err(fault("there is no name before the `=`".to_owned()));
        }
        if name.contains(char::is_whitespace) {
            return Err(fault(format!("the name `{name}` contains whitespace")));
        }
        variables.push((name.to_owned(), value.map(str::to_owned)));
    }
    Ok(variables)
}
