//! Which codes a source file makes.
//!
//! A code is a string literal of capitals, digits and single underscores that stands in the body of a function
//! named `code` or `…_code`, in what is assigned to a `code`, or first among the arguments of a constructor
//! of failures. A literal with an underscore that stands elsewhere is asked about, so that no code is missed.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

/// The functions that take a code.
const CONSTRUCTORS: &[(&str, &str)] = &[
    ("ApiError", "new"),
    ("ApiError", "not_found"),
    ("Failure", "new"),
    ("Refusal", "invalid"),
    ("Self", "new"),
    ("Self", "not_found"),
];
/// Literals that look like codes and are none.
const NOT_CODES: &[&str] = &["CARGO_PKG_VERSION"];

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The codes that it makes.
    pub(super) made: BTreeSet<String>,
    /// The codes that it names in the API's description.
    pub(super) announced: BTreeSet<String>,
    /// What looks like a code where none is made.
    pub(super) unplaced: BTreeSet<String>,
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

use Token::{Mark, Text, Word};

/// Finds the codes of a file, its tests aside.
pub(super) fn codes(source: &str) -> Found {
    let source = source.split_once("#[cfg(test)]\nmod tests {").map_or(source, |(before, _)| before);
    let tokens = tokens(source);
    let mut is_made = vec![false; tokens.len()];
    for at in 0..tokens.len() {
        match &tokens[at..] {
            [Word(word), Word(name), ..] if word == "fn" && (name == "code" || name.ends_with("_code")) => {
                let body = at + tokens[at..].iter().position(|token| matches!(token, Mark('{' | ';'))).unwrap_or(0);
                is_made[body..end(&tokens, body)].fill(true);
            }
            [Word(word), rest @ ..] if word == "let" => {
                let equals = rest.iter().take(16).position(|token| *token == Mark('=')).unwrap_or(0);
                if rest[..equals].iter().any(|token| matches!(token, Word(name) if name == "code")) {
                    is_made[at..end(&tokens, at)].fill(true);
                }
            }
            [Word(of), Mark(':'), Mark(':'), Word(function), Mark('('), ..]
                if CONSTRUCTORS.contains(&(of.as_str(), function.as_str())) =>
            {
                let open = at + 4;
                let found = (open + 1..end(&tokens, open))
                    .filter(|inner| depth(&tokens[open..*inner]) == 1)
                    .find(|inner| matches!(&tokens[*inner], Text(text) if is_code(text)));
                found.into_iter().for_each(|inner| is_made[inner] = true);
            }
            _ => {}
        }
    }
    sort(&tokens, &is_made)
}

fn sort(tokens: &[Token], is_made: &[bool]) -> Found {
    let mut found = Found::default();
    for (at, token) in tokens.iter().enumerate() {
        let Text(text) = token else { continue };
        if !is_code(text) {
            continue;
        }
        let is_described = at >= 2
            && tokens[at - 1] == Mark('=')
            && matches!(&tokens[at - 2], Word(name) if name == "description" || name == "example");
        if is_made[at] {
            found.made.insert(text.clone());
        } else if is_described {
            found.announced.insert(text.clone());
        } else if text.contains('_') && !NOT_CODES.contains(&text.as_str()) {
            found.unplaced.insert(text.clone());
        }
    }
    found
}

fn is_code(text: &str) -> bool {
    let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    text.len() > 3
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.split('_').all(|word| !word.is_empty() && is_word(word))
}

/// Returns the place after the group that opens at `from`, or after the statement that begins there.
fn end(tokens: &[Token], from: usize) -> usize {
    let is_group = matches!(tokens[from], Mark('{' | '('));
    let closes = |at: &usize| {
        let after = depth(&tokens[from..=*at]);
        after < 0 || (after == 0 && (is_group || tokens[*at] == Mark(';')))
    };
    (from..tokens.len()).find(closes).map_or(tokens.len(), |at| at + 1)
}

fn depth(tokens: &[Token]) -> i32 {
    let step = |token: &Token| match token {
        Mark('{' | '(' | '[') => 1,
        Mark('}' | ')' | ']') => -1,
        _ => 0,
    };
    tokens.iter().map(step).sum()
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            '/' if rest.peek() == Some(&'/') => rest.by_ref().take_while(|next| *next != '\n').for_each(drop),
            '"' => tokens.push(Text(text(&mut rest))),
            '\'' => quote(&mut rest),
            _ if first.is_alphanumeric() || first == '_' => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
                    word.push(next);
                }
                if word == "r" && matches!(rest.peek(), Some('"' | '#')) {
                    raw(&mut rest)
                } else {
                    tokens.push(Word(word))
                }
            }
            _ if first.is_whitespace() => {}
            _ => tokens.push(Mark(first)),
        }
    }
    tokens
}

fn text(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(next) = rest.next() {
        match next {
            '"' => break,
            '\\' => text.extend(['\\'].into_iter().chain(rest.next())),
            _ => text.push(next),
        }
    }
    text
}

/// Passes over a character literal; of a lifetime, over its quote alone.
fn quote(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    let first = ahead.next();
    if first == Some('\\') {
        // The character after the backslash may be a quote itself.
        rest.nth(1);
        rest.by_ref().take_while(|next| *next != '\'').for_each(drop);
    } else if ahead.next() == Some('\'') {
        rest.nth(1);
    }
}

/// Passes over a raw string; no code is written as one. Of a raw identifier, over its hash alone.
fn raw(rest: &mut Peekable<Chars<'_>>) {
    let hashes = std::iter::from_fn(|| rest.next_if_eq(&'#')).count();
    if rest.next_if_eq(&'"').is_none() {
        return;
    }
    while let Some(next) = rest.next() {
        if next == '"' && rest.clone().take(hashes).filter(|hash| *hash == '#').count() == hashes {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(source: &str) -> Vec<String> {
        codes(source).made.into_iter().collect()
    }

    #[test]
    fn codes_are_found_in_functions_named_code() {
        let source = r##"
            const A: &str = "ELSE"; // "IN_COMMENT"
            pub fn code(&self) -> &'static str {
                match self { Self::A { .. } => "NODE_NOT_FOUND", Self::B('"') => if x { "BUSY" } else { "no code" } }
            }
            const fn storage_code(kind: K) -> &'static str { r#"" "RAW" "#; "TOO_LARGE" }
            fn decode() { "OTHER"; }
        "##;
        assert_eq!(made(source), ["BUSY", "NODE_NOT_FOUND", "TOO_LARGE"]);
        assert!(codes(source).unplaced.is_empty());
    }

    #[test]
    fn codes_are_found_in_constructors_and_assignments() {
        let source = r#"
            fn f() {
                let (kind, code) = match &error { E::A(_) => (Kind::B, "NAME_INVALID"), E::C => (Kind::D, "DENIED") };
                Failure::new(error.kind("INNER"), "MANIFEST_INVALID", "SHOUTED");
                http_kit::Failure::new(kind, code, format!("{X}", "DEEP"))
            }
        "#;
        assert_eq!(made(source), ["DENIED", "MANIFEST_INVALID", "NAME_INVALID"]);
    }

    #[test]
    fn a_likely_code_elsewhere_is_asked_about() {
        let source = r#"
            #[utoipa::path(responses((status = 404, description = "TEAM_EXISTS")))]
            fn f() { g("NOT_PLACED"); env!("CARGO_PKG_VERSION") }
            #[cfg(test)]
            mod tests { fn code() { "IN_A_TEST" } }
        "#
        .replace("            #[cfg(test)]\n            mod", "#[cfg(test)]\nmod");
        let found = codes(&source);
        assert!(found.made.is_empty(), "{found:?}");
        assert_eq!(found.announced.into_iter().collect::<Vec<_>>(), ["TEAM_EXISTS"]);
        assert_eq!(found.unplaced.into_iter().collect::<Vec<_>>(), ["NOT_PLACED"]);
    }
}
