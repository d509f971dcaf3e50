//! The syntaxes with quotes, `export`, comments at the end of a line and variables in values.

use std::collections::BTreeMap;

use super::{Fault, Syntax, Variables};
use crate::interpolate::{Interpolator, Syntax as Interpolation};
use crate::model::Client;

pub(super) fn parse(text: &str, syntax: Syntax, environment: &BTreeMap<String, String>) -> Result<Variables, Fault> {
    let mut reader = Reader { rest: text, line: 1, syntax, known: environment.clone(), variables: Vec::new() };
    while reader.skip_to_statement() {
        reader.statement()?;
    }
    Ok(reader.variables)
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    syntax: Syntax,
    /// What values may refer to: the environment, and what stands above.
    known: BTreeMap<String, String>,
    variables: Variables,
}

impl<'t> Reader<'t> {
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn skip_to_statement(&mut self) -> bool {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            self.take(blank);
            if !self.rest.starts_with('#') {
                return !self.rest.is_empty();
            }
            let comment = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take(comment);
        }
    }

    fn fault<T>(&self, message: String) -> Result<T, Fault> {
        Err(Fault { line: self.line, message })
    }

    fn statement(&mut self) -> Result<(), Fault> {
        if let Some(after) = self.rest.strip_prefix("export").filter(|after| after.starts_with([' ', '\t'])) {
            self.rest = after.trim_start_matches([' ', '\t']);
        }
        let ends: &[char] = if self.syntax == Syntax::ComposeGo { &['=', ':', '\n'] } else { &['=', '\n'] };
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let name = self.take(end).trim().trim_matches('\'').to_owned();
        if name.is_empty() {
            return self.fault("there is no name before the `=`".to_owned());
        }
        if name.contains(char::is_whitespace) || self.syntax == Syntax::ComposeGo && !is_name(&name) {
            return self.fault(format!("`{name}` is not a name of a variable"));
        }
        if self.rest.is_empty() || self.rest.starts_with('\n') {
            self.inherited(name);
            return Ok(());
        }
        self.take(1);
        let blank = self.rest.len() - self.rest.trim_start_matches([' ', '\t', '\r']).len();
        self.take(blank);
        let value = self.value()?;
        self.known.insert(name.clone(), value.clone());
        self.variables.push((name, Some(value)));
        Ok(())
    }

    /// A name alone.
    fn inherited(&mut self, name: String) {
        self.variables.push((name, None));
    }

    fn value(&mut self) -> Result<String, Fault> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let Some(quote) = quote else {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            let line = self.take(end);
            let text =
                if line.starts_with('#') && self.syntax == Syntax::ComposeGo { "" } else { without_comment(line) };
            return self.expand(text.trim_end());
        };
        self.take(1);
        let Some(end) = closing_quote(self.rest, quote) else {
            return self.fault(format!("the value that begins with {quote} does not end"));
        };
        let inside = self.take(end).to_owned();
        self.take(1);
        let line_end = self.rest.find('\n').unwrap_or(self.rest.len());
        self.take(line_end);
        match (quote, self.syntax) {
            ('\'', Syntax::Python) => self.expand(&inside.replace("\\'", "'").replace("\\\\", "\\")),
            ('\'', _) => Ok(inside),
            _ => {
                let text = unescape(&inside);
                self.expand(&text)
            }
        }
    }

    fn expand(&self, text: &str) -> Result<String, Fault> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        if self.syntax == Syntax::Python {
            return Ok(self.expand_python(text));
        }
        let mut variables = Interpolator::new(Interpolation::Nested, Client::Specification, &self.known);
        // What is not well formed stays as it is.
        Ok(variables.text(text).unwrap_or_else(|_| text.to_owned()))
    }

    /// python-dotenv knows `${NAME}` and `${NAME:-default}` only; any other dollar sign is text.
    fn expand_python(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let Some((inside, left)) = after.split_once('}') else {
                result.push_str("${");
                rest = after;
                continue;
            };
            let (name, default) = inside.split_once(":-").unwrap_or((inside, ""));
            result.push_str(self.known.get(name).map_or(default, String::as_str));
            rest = left;
        }
        result.push_str(rest);
        result
    }
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']'))
}

fn without_comment(line: &str) -> &str {
    let mut before = 'x';
    for (index, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line.get(..index).unwrap_or(line);
        }
        before = c;
    }
    line
}

fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (index, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if c == quote {
            return Some(index);
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            // An escaped dollar sign must not become a variable.
            Some('$') => result.push_str("$$"),
            Some(other @ ('"' | '\'' | '\\')) => result.push(other),
            Some(other) => {
                result.push('\\');
                result.push(other);
            }
            None => result.push('\\'),
        }
    }
    result
}
