//! Logical lines: directives, comments, continuations.

/// Parser directives at the top of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Directives {
    pub(super) syntax: Option<String>,
    escape: Option<char>,
    /// Whether there is an escape directive that engines of different ages may or may not read.
    pub(super) unclear: bool,
}

/// One instruction with the number of its first line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) line: usize,
    /// The number of its last line, continuations and the comments between them included.
    pub(super) last: usize,
    pub(super) text: String,
    /// Engines of different ages join its lines differently.
    pub(super) ambiguous: bool,
}

/// The instructions of a file, continuations joined.
pub(super) struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Split<'a, char>>,
    escape: char,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> (Self, Directives) {
        let directives = directives(text);
        let escape = directives.escape.unwrap_or('\\');
        (Self { lines: text.split('\n').enumerate(), escape }, directives)
    }

    /// Takes a continuation off the end of a line: the rest, whether the line goes on, whether that is ambiguous.
    fn continuation<'l>(&self, line: &'l str) -> (&'l str, bool, bool) {
        match line.trim_end_matches([' ', '\t']).strip_suffix(self.escape) {
            Some(rest) => (rest, true, rest.ends_with(self.escape)),
            None => (line, false, false),
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Instruction;

    fn next(&mut self) -> Option<Instruction> {
        loop {
            let (index, line) = self.lines.next()?;
            let line = trim(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (first, mut more, mut ambiguous) = self.continuation(line);
            let mut text = first.to_owned();
            let mut last = index;
            while more {
                let Some((at, line)) = self.lines.next() else { break };
                last = at;
                let line = line.strip_suffix('\r').unwrap_or(line);
                if trim(line).is_empty() || trim(line).starts_with('#') {
                    continue;
                }
                let (part, goes_on, unclear) = self.continuation(line);
                text.push_str(part);
                more = goes_on;
                ambiguous |= unclear;
            }
            if !text.trim().is_empty() {
                return Some(Instruction { line: index + 1, last: last + 1, text, ambiguous });
            }
        }
    }
}

fn trim(line: &str) -> &str {
    line.strip_suffix('\r').unwrap_or(line).trim_start()
}

/// Reads directives until the first line that is none.
fn directives(text: &str) -> Directives {
    let mut directives = Directives::default();
    for line in text.split('\n') {
        let Some((name, value)) = trim(line).strip_prefix('#').and_then(|rest| rest.split_once('=')) else { break };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            break;
        }
        match name.to_ascii_lowercase().as_str() {
            "syntax" if directives.syntax.is_none() => directives.syntax = Some(value.to_owned()),
            "escape" if directives.escape.is_none() => directives.escape = value.chars().next(),
            "check" => {}
            _ => break,
        }
    }
    let escapes = text.split('\n').filter(|line| is_escape_directive(line)).count();
    directives.unclear = escapes > usize::from(directives.escape.is_some());
    directives
}

fn is_escape_directive(line: &str) -> bool {
    let named = trim(line).strip_prefix('#').and_then(|rest| rest.split_once('='));
    named.is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("escape"))
}
