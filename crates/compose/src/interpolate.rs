//! Variables in values: `$V`, `${V}`, defaults, required values, alternatives, `$$`.
//!
//! What is put in is never looked at again, so that a value cannot smuggle in a variable.

mod nested;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::model::Client;
use crate::sink::Sink;
use crate::tree::{Node, Tag, Trail, Value};

/// How much a string may grow to.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Which forms there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Version 1 files: `$V`, `${V}`, `$$`.
    Plain,
    /// docker-compose 1.29: also `:-`, `-`, `:?`, `?` in braces.
    Defaults,
    /// `docker stack deploy`: as above, and without braces too.
    Stack,
    /// The specification: also `:+`, `+`, and variables inside defaults.
    Nested,
}

/// Why a text could not be interpolated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The text is not well formed.
    Invalid,
    /// A required variable is not there.
    Required { name: String, message: String },
    /// The result is too long, or the nesting too deep.
    TooLong,
}

pub(crate) struct Interpolator<'a> {
    pub(crate) syntax: Syntax,
    pub(crate) client: Client,
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// Variables that were not set: each is warned about once.
    pub(crate) unset: BTreeSet<String>,
}

impl<'a> Interpolator<'a> {
    pub(crate) fn new(syntax: Syntax, client: Client, environment: &'a BTreeMap<String, String>) -> Self {
        Self { syntax, client, environment, unset: BTreeSet::new() }
    }

    /// Interpolates every text below a node. Keys are never touched.
    pub(crate) fn node(&mut self, node: &mut Node, path: &Trail<'_>, sink: &mut Sink) {
        let at = node.at;
        match &mut node.value {
            Value::Text(text) => {
                if !text.contains('$') {
                    return;
                }
                let before = self.unset.len();
                match self.text(text) {
                    Ok(new) => {
                        if node.tag == Tag::None && *text != new {
                            node.tag = Tag::Interpolated;
                        }
                        *text = new;
                    }
                    Err(failure) => sink.push(at, path, failure_diagnostic(&failure, text)),
                }
                if self.unset.len() > before && !matches!(self.client, Client::StackDeploy(_)) {
                    self.warn_unset(node, path, sink);
                }
            }
            Value::List(list) => {
                for (index, item) in list.iter_mut().enumerate() {
                    self.node(item, &path.index(index), sink);
                }
            }
            Value::Map(map) => {
                for (key, entry) in map.iter_mut() {
                    self.node(&mut entry.node, &path.key(key), sink);
                }
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
        }
    }

    fn warn_unset(&mut self, node: &Node, path: &Trail<'_>, sink: &mut Sink) {
        for name in &self.unset {
            let known = sink
                .warnings
                .iter()
                .any(|one| one.code == "VARIABLE_NOT_SET" && one.message.contains(&format!("`{name}`")));
            if !known {
                let message = format!("the variable `{name}` is not set; an empty string takes its place");
                sink.push(node.at, path, Diagnostic::warning("VARIABLE_NOT_SET", message));
            }
        }
    }

    /// Interpolates one text.
    pub(crate) fn text(&mut self, text: &str) -> Result<String, Failure> {
        let result = match self.syntax {
            Syntax::Nested => nested::interpolate(text, self, 0),
            Syntax::Plain | Syntax::Defaults | Syntax::Stack => template::interpolate(text, self),
        }?;
        if result.len() > MAX_TEXT_BYTES && result.len() > text.len() {
            return Err(Failure::TooLong);
        }
        Ok(result)
    }

    fn lookup(&self, name: &str) -> Option<&'a str> {
        self.environment.get(name).map(String::as_str)
    }

    /// The value of a variable without a default.
    fn value(&mut self, name: &str) -> &'a str {
        self.lookup(name).unwrap_or_else(|| {
            if self.unset.len() < 100 {
                self.unset.insert(name.to_owned());
            }
            ""
        })
    }
}

fn failure_diagnostic(failure: &Failure, text: &str) -> Diagnostic {
    match failure {
        Failure::Invalid => {
            let shown: String = text.chars().take(80).collect();
            Diagnostic::error("INVALID_INTERPOLATION", format!("`{shown}` is not a valid interpolation"))
                .expected("`$NAME`, `${NAME}` or `${NAME:-default}`")
                .suggestion("write `$$` for a dollar sign that is meant as such")
        }
        Failure::Required { name, message } => {
            let reason = if message.is_empty() { String::new() } else { format!(": {message}") };
            Diagnostic::error("REQUIRED_VARIABLE", format!("the required variable `{name}` is missing a value{reason}"))
                .suggestion(format!("set {name} in the environment or in an env file"))
        }
        Failure::TooLong => {
            Diagnostic::error("INTERPOLATION_TOO_LONG", "the interpolated value is too long or too deep")
        }
    }
}

/// The length of a variable's name at the start of a text.
fn name_length(text: &str) -> usize {
    let is_start = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !is_start {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}
