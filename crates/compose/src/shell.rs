//! Splitting a command line as the clients do.

use std::iter::Peekable;
use std::str::Chars;

/// Splits `text` into words as `docker stack deploy` does: quotes, backslashes, and comments from a `#` that begins a word.
///
/// `None` where a quote is not closed or a backslash is the last character.
pub(crate) fn split(text: &str) -> Option<Vec<String>> {
    words(text, true)
}

/// Splits `text` as docker-compose 1.29 does (Python's `shlex`): like [`split`], but a `#` is a character like any other and, inside
/// double quotes, a backslash only escapes a quote or a backslash.
pub(crate) fn split_python(text: &str) -> Option<Vec<String>> {
    words(text, false)
}

fn words(text: &str, go: bool) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&next) = chars.peek() {
        match next {
            ' ' | '\t' | '\r' | '\n' => {
                chars.next();
            }
            '#' if go => while chars.next_if(|c| *c != '\n').is_some() {},
            _ => words.push(word(&mut chars, go)?),
        }
    }
    Some(words)
}

fn word(chars: &mut Peekable<Chars<'_>>, go: bool) -> Option<String> {
    let mut word = String::new();
    while let Some(next) = chars.next_if(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')) {
        match next {
            '\\' => word.push(chars.next()?),
            '\'' => loop {
                match chars.next()? {
                    '\'' => break,
                    other => word.push(other),
                }
            },
            '"' => loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => {
                        let escaped = chars.next()?;
                        if !go && !matches!(escaped, '"' | '\\') {
                            word.push('\\');
                        }
                        word.push(escaped);
                    }
                    other => word.push(other),
                }
            },
            other => word.push(other),
        }
    }
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_split_as_the_clients_split_them() {
        let table: &[(&str, Option<&[&str]>)] = &[
            ("", Some(&[])),
            ("a b", Some(&["a", "b"])),
            ("a 'b c' \"d e\"", Some(&["a", "b c", "d e"])),
            ("a\\ b", Some(&["a b"])),
            ("x '' y", Some(&["x", "", "y"])),
            ("a #b", Some(&["a"])),
            ("a#b", Some(&["a#b"])),
            ("\"a\\nb\"", Some(&["anb"])),
            ("'open", None),
            ("end\\", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
            assert_eq!(split(text), expected, "{text:?}");
        }
        assert_eq!(split_python("a #b \"c\\d\""), Some(vec!["a".to_owned(), "#b".to_owned(), "c\\d".to_owned()]));
    }
}
