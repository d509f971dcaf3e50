//! Licences: what packages write, as SPDX expressions where that is certain (SPDX 2.3, annex D).
//!
//! Nothing is guessed: words that may mean several licences (`BSD`) stay words.

mod free_text;
mod names;

use spdx::Expression;

pub(crate) use free_text::recognize;

/// Longer texts are licences, not names of them.
const MAX_TEXT: usize = 1024;
/// Names and operators of one expression.
const MAX_TOKENS: usize = 256;

/// A licence as it was written, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// The words of the package.
    pub raw: String,
    /// The SPDX expression, if the words have one certain meaning.
    pub expression: Option<String>,
}

/// Reads the words of a package.
#[must_use]
pub fn normalise(raw: &str) -> Licence {
    Licence { raw: raw.to_owned(), expression: expression(raw) }
}

/// Returns the SPDX expression of the words where there is one, else the words.
#[must_use]
pub fn settle(raw: &str) -> String {
    expression(raw).unwrap_or_else(|| raw.trim().to_owned())
}

/// Turns what a package writes into a valid SPDX expression without deprecated names; `None`: it has no certain meaning.
///
/// Understood are SPDX's own names in any case, deprecated ones, and the customs of Debian (`GPL-2+`, `Expat`), Fedora
/// (`GPLv2+ and MIT`), Alpine, Python's classifiers, npm, Maven and Perl.
#[must_use]
pub fn expression(raw: &str) -> Option<String> {
    // R's packages add a file that names the holders ("Writing R Extensions", section 1.1.2).
    let raw = raw.split(" + file LICEN").next().unwrap_or_default();
    let raw = raw.trim().trim_matches(['"', '\'', '.']).trim();
    if raw.is_empty() || raw.len() > MAX_TEXT {
        return None;
    }
    // A whole text that is one name may hold words that look like operators, or a slash.
    if let Some(id) = names::find(raw) {
        return Some(id);
    }
    let tokens = tokens(&later_as_plus(raw))?;
    let mut out = String::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open => out.push('('),
            Token::Close => out.push(')'),
            Token::And => out.push_str(" AND "),
            Token::Or => out.push_str(" OR "),
            Token::With => out.push_str(" WITH "),
            Token::Name(name) if at > 0 && tokens.get(at - 1) == Some(&Token::With) => {
                out.push_str(&names::find_exception(name)?);
            }
            Token::Name(name) => out.push_str(&names::find(name)?),
        }
    }
    Expression::parse(&out).is_ok().then_some(out)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    With,
    Name(String),
}

/// `or later` is no alternative.
fn later_as_plus(raw: &str) -> String {
    let mut text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        ", or any later version",
        " or any later version",
        " or later versions",
        " or later",
        " or newer",
        ", or later",
    ] {
        while let Some(at) = text.to_ascii_lowercase().find(words) {
            text.replace_range(at..at + words.len(), "+");
        }
    }
    text
}

/// Splits words into names and operators.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace([',', ';'], " and ").replace(" / ", "/");
    let mut tokens: Vec<Token> = Vec::new();
    for word in spaced.split_whitespace() {
        // `MIT/Apache-2.0`, as Cargo once wrote it.
        for (at, part) in word.split(['/', '|']).filter(|part| !part.is_empty()).enumerate() {
            if at > 0 {
                tokens.push(Token::Or);
            }
            match part.to_ascii_lowercase().as_str() {
                "(" => tokens.push(Token::Open),
                ")" => tokens.push(Token::Close),
                "and" | "&" | "&&" => tokens.push(Token::And),
                "or" => tokens.push(Token::Or),
                "with" => tokens.push(Token::With),
                _ => match tokens.last_mut() {
                    Some(Token::Name(name)) => {
                        name.push(' ');
                        name.push_str(part);
                    }
                    _ => tokens.push(Token::Name(part.to_owned())),
                },
            }
        }
        if tokens.len() > MAX_TOKENS {
            return None;
        }
    }
    // `a, and b` has two operators where one is meant.
    tokens.dedup_by(|next, first| {
        matches!((&first, &next), (Token::And, Token::And | Token::Or)) && {
            *first = next.clone();
            true
        }
    });
    Some(tokens)
}
