//! Alpine's order, as apk-tools compares: `digits(.digits)*[letter](_suffix[n])*[~hash][-rN]`.

use std::cmp::Ordering;

use super::digits;

/// The kinds of parts from the lowest to the highest; at the first difference the higher kind is the later version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// `_alpha`, `_beta`, `_pre`, `_rc`: before the release that they lead to.
    PreSuffix,
    End,
    /// Whatever is left where the text stops being a version.
    Text,
    Revision,
    Hash,
    SuffixNumber,
    PostSuffix,
    Letter,
    Number,
}

const PRE: &[&str] = &["alpha", "beta", "pre", "rc"];
const POST: &[&str] = &["cvs", "svn", "git", "hg", "p"];

#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    kind: Kind,
    text: &'a str,
    rank: usize,
    is_first: bool,
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (Parts::new(a), Parts::new(b));
    loop {
        let (x, y) = (left.take(), right.take());
        let order = x.kind.cmp(&y.kind).then_with(|| compare_same_kind(x, y));
        if order.is_ne() || x.kind == Kind::End || x.kind == Kind::Text {
            return order;
        }
    }
}

fn compare_same_kind(x: Part<'_>, y: Part<'_>) -> Ordering {
    match x.kind {
        Kind::End => Ordering::Equal,
        Kind::PreSuffix | Kind::PostSuffix => x.rank.cmp(&y.rank),
        Kind::Text | Kind::Hash | Kind::Letter => x.text.cmp(y.text),
        // After the first number a leading zero makes it a fraction: 1.05 < 1.1.
        Kind::Number if !x.is_first && (x.text.starts_with('0') || y.text.starts_with('0')) => x.text.cmp(y.text),
        Kind::Number | Kind::SuffixNumber | Kind::Revision => digits::compare(x.text, y.text),
    }
}

struct Parts<'a> {
    rest: &'a str,
    last: Option<Kind>,
}

impl<'a> Parts<'a> {
    const fn new(version: &'a str) -> Self {
        Self { rest: version, last: None }
    }

    fn take(&mut self) -> Part<'a> {
        let part = self.read();
        self.last = Some(part.kind);
        part
    }

    fn read(&mut self) -> Part<'a> {
        let rest = self.rest;
        let last = self.last;
        let is_first = last.is_none();
        let part = |kind, text, rank| Part { kind, text, rank, is_first };
        if rest.is_empty() {
            return part(Kind::End, "", 0);
        }
        let in_numbers = matches!(last, None | Some(Kind::Number));
        if in_numbers {
            let body = if is_first { Some(rest) } else { rest.strip_prefix('.') };
            if let Some((number, after)) = body.and_then(number) {
                self.rest = after;
                return part(Kind::Number, number, 0);
            }
            if let (false, Some(letter)) = (is_first, rest.get(..1))
                && letter.bytes().all(|byte| byte.is_ascii_lowercase())
            {
                self.rest = rest.get(1..).unwrap_or_default();
                return part(Kind::Letter, letter, 0);
            }
        }
        if matches!(last, Some(Kind::PreSuffix | Kind::PostSuffix))
            && let Some((number, after)) = number(rest)
        {
            self.rest = after;
            return part(Kind::SuffixNumber, number, 0);
        }
        if !is_first && !matches!(last, Some(Kind::Hash | Kind::Revision)) {
            if let Some((kind, rank, after)) = rest.strip_prefix('_').and_then(suffix) {
                self.rest = after;
                return part(kind, "", rank);
            }
            if let Some(body) = rest.strip_prefix('~') {
                let (hash, after) = digits::split_run(body, |character| character.is_ascii_hexdigit());
                if !hash.is_empty() {
                    self.rest = after;
                    return part(Kind::Hash, hash, 0);
                }
            }
        }
        if !is_first
            && last != Some(Kind::Revision)
            && let Some((number, after)) = rest.strip_prefix("-r").and_then(number)
        {
            self.rest = after;
            return part(Kind::Revision, number, 0);
        }
        part(Kind::Text, rest, 0)
    }
}

fn number(text: &str) -> Option<(&str, &str)> {
    let (number, rest) = digits::split_run(text, |character| character.is_ascii_digit());
    (!number.is_empty()).then_some((number, rest))
}

fn suffix(text: &str) -> Option<(Kind, usize, &str)> {
    let (word, rest) = digits::split_run(text, |character| character.is_ascii_lowercase());
    if let Some(rank) = PRE.iter().position(|known| *known == word) {
        return Some((Kind::PreSuffix, rank, rest));
    }
    POST.iter().position(|known| *known == word).map(|rank| (Kind::PostSuffix, rank, rest))
}
