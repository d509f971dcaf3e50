//! Errors and warnings for people: the line at fault with carets on a terminal, one line each where a script reads.

use std::fmt::Write as _;
use std::io::IsTerminal;

use compose::model::SourceFile;
use compose::{Diagnostic, Severity};

/// The most of a line that is shown.
const WIDTH: usize = 160;
const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const BLUE: &str = "\u{1b}[1;34m";
const GREEN: &str = "\u{1b}[32m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// A standard stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Output,
    Error,
}

/// Tells whether a person reads a stream.
pub(super) fn is_terminal(stream: Stream) -> bool {
    match stream {
        Stream::Output => std::io::stdout().is_terminal(),
        Stream::Error => std::io::stderr().is_terminal(),
    }
}

/// Takes out what would move a terminal's cursor: files come from anybody.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Writes diagnostics one after the other.
pub(super) fn diagnostics(all: &[&Diagnostic], files: &[SourceFile], is_terminal: bool) -> String {
    let mut text = String::new();
    for one in all {
        if is_terminal {
            full(one, files, &mut text);
        } else {
            short(one, &mut text);
        }
    }
    text
}

fn word(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", RED),
        Severity::Warning => ("warning", YELLOW),
    }
}

fn line_of(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// `file:line:column: error[CODE]: message (path); expected …; help: …`
fn short(one: &Diagnostic, text: &mut String) {
    if let Some(file) = &one.file {
        let _ = write!(text, "{}:", line_of(file));
    }
    if one.line > 0 {
        let _ = write!(text, "{}:{}:", one.line, one.column);
    }
    if one.file.is_some() || one.line > 0 {
        text.push(' ');
    }
    let _ = write!(text, "{}[{}]: {}", word(one.severity).0, one.code, line_of(&one.message));
    if !one.path.is_empty() {
        let _ = write!(text, " ({})", line_of(&one.path));
    }
    if let Some(expected) = &one.expected {
        let _ = write!(text, "; expected {}", line_of(expected));
    }
    if let Some(suggestion) = &one.suggestion {
        let _ = write!(text, "; help: {}", line_of(suggestion));
    }
    text.push('\n');
}

/// The same over several lines, with the line at fault.
fn full(one: &Diagnostic, files: &[SourceFile], text: &mut String) {
    let (word, colour) = word(one.severity);
    let _ = writeln!(text, "{colour}{word}[{}]{PLAIN}{BOLD}: {}{PLAIN}", one.code, line_of(&one.message));
    let width = one.line.to_string().len();
    let margin = " ".repeat(width);
    if let Some(file) = &one.file {
        let place = if one.line > 0 { format!(":{}:{}", one.line, one.column) } else { String::new() };
        let path = if one.path.is_empty() { String::new() } else { format!(" in {}", line_of(&one.path)) };
        let _ = writeln!(text, "{margin}{BLUE}-->{PLAIN} {}{place}{path}", line_of(file));
    }
    let source = files.iter().find(|file| Some(&file.name) == one.file.as_ref());
    let index = usize::try_from(one.line).unwrap_or_default().checked_sub(1);
    let line = source.zip(index).and_then(|(source, index)| source.text.lines().nth(index));
    if let Some(line) = line {
        let (shown, carets) = marked(line, usize::try_from(one.column).unwrap_or_default());
        let _ = writeln!(text, "{margin} {BLUE}|{PLAIN}");
        let _ = writeln!(text, "{BLUE}{} |{PLAIN} {shown}", one.line);
        let _ = writeln!(text, "{margin} {BLUE}|{PLAIN} {colour}{carets}{PLAIN}");
    }
    if let Some(expected) = &one.expected {
        let _ = writeln!(text, "{margin} {BLUE}={PLAIN} expected {}", line_of(expected));
    }
    if let Some(suggestion) = &one.suggestion {
        let _ = writeln!(text, "{margin} {BLUE}={PLAIN} {GREEN}help{PLAIN}: {}", line_of(suggestion));
    }
    text.push('\n');
}

/// The line as it is shown, and carets under the word that begins at a column, from 1.
fn marked(line: &str, column: usize) -> (String, String) {
    let start = column.saturating_sub(1);
    let characters: Vec<char> = line.chars().collect();
    // A long line is shown from a little before the fault.
    let from = if characters.len() > WIDTH { start.saturating_sub(WIDTH / 2) } else { 0 };
    let shown: String = characters.iter().skip(from).take(WIDTH).collect();
    let rest = characters.get(start..).unwrap_or_default();
    let length = word_length(rest).min(WIDTH);
    let margin = " ".repeat(start.saturating_sub(from).min(WIDTH));
    (clean(&shown.replace('\t', " ")), margin + &"^".repeat(length.max(1)))
}

/// How long the value or key is that a text begins with.
fn word_length(text: &[char]) -> usize {
    match text.first() {
        Some(quote @ ('"' | '\'')) => {
            let inside = text.iter().skip(1).position(|c| c == quote);
            inside.map_or(text.len(), |length| length + 2)
        }
        Some('[' | '{' | '|' | '>' | '&' | '*' | '!') => 1,
        _ => {
            let ends = |index: usize, c: char| {
                let next = text.get(index + 1).copied().unwrap_or(' ');
                matches!(c, ',' | ']' | '}') || c == ':' && next.is_whitespace() || c == ' ' && next == '#'
            };
            let end =
                text.iter().enumerate().find(|(index, c)| ends(*index, **c)).map_or(text.len(), |(index, _)| index);
            let trailing = text.iter().take(end).rev().take_while(|c| c.is_whitespace()).count();
            end.saturating_sub(trailing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_word_at_fault() {
        let table = [
            ("    imagee: nginx", 5, "    ^^^^^^"),
            ("    tty: maybe # why", 10, "         ^^^^^"),
            ("ports: [80000:80, 1]", 9, "        ^^^^^^^^"),
            ("a: \"b c\" # d", 4, "   ^^^^^"),
            ("a: [", 4, "   ^"),
            ("", 1, "^"),
        ];
        for (line, column, carets) in table {
            assert_eq!(marked(line, column).1, carets, "{line}");
        }
    }

    #[test]
    fn a_file_cannot_move_the_cursor() {
        let file = SourceFile { name: "a\u{1b}[2J".to_owned(), text: "x: \u{1b}]0;title\u{7}\n".into() };
        let mut one = Diagnostic::error("X", "bad \u{1b}[31m");
        one.file = Some(file.name.clone());
        (one.line, one.column) = (1, 1);
        let text = diagnostics(&[&one], &[file], true);
        let ours = [RED, YELLOW, BLUE, GREEN, BOLD, PLAIN];
        let left = ours.iter().fold(text, |text, code| text.replace(code, ""));
        assert!(!left.contains('\u{1b}'), "{left:?}");
        assert!(!diagnostics(&[&one], &[], false).contains('\u{1b}'));
    }
}
