//! Ranges as other scanners' databases write them: `>=1.0, <1.2 || >=2.0`, `< 1.2`, `[1.0,2.0)`, `= 1.5`.

use vuln::{Range, RangeEnd};

/// Ranges and single versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) ranges: Vec<Range>,
    pub(crate) versions: Vec<String>,
}

impl Constraint {
    /// Reads a constraint; nothing if any part of it is not understood. An empty one means all versions.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut out = Self::default();
        let text = text.trim();
        if text.is_empty() || text == "*" {
            out.ranges.push(Range { introduced: None, end: RangeEnd::Open });
            return Some(out);
        }
        if text.starts_with(['[', '(']) {
            return intervals(text);
        }
        for alternative in text.split("||") {
            out.alternative(alternative)?;
        }
        Some(out)
    }

    fn alternative(&mut self, text: &str) -> Option<()> {
        let (mut introduced, mut end, mut exact) = (None, RangeEnd::Open, None);
        let mut rest = text.trim();
        while !rest.is_empty() {
            let operator_end = rest.find(|c: char| !matches!(c, '<' | '>' | '=' | '!')).unwrap_or(rest.len());
            let (operator, after) = rest.split_at(operator_end);
            let after = after.trim_start();
            let version_end = after.find([',', '<', '>', '=', ' ']).unwrap_or(after.len());
            let (version, after) = after.split_at(version_end);
            rest = after.trim_start_matches([',', ' ']);
            if version.is_empty() {
                return None;
            }
            let version = version.to_owned();
            match operator {
                // What begins after a version is taken to begin with it: the form has no open beginning.
                ">=" | ">" => introduced = Some(version),
                "<" => end = RangeEnd::Fixed(version),
                "<=" => end = RangeEnd::LastAffected(version),
                "=" | "==" | "" if exact.is_none() => exact = Some(version),
                _ => return None,
            }
        }
        match exact {
            Some(version) if introduced.is_none() && end == RangeEnd::Open => self.versions.push(version),
            Some(_) => return None,
            None => {
                let introduced = introduced.filter(|version| version != "0");
                self.ranges.push(Range { introduced, end });
            }
        }
        Some(())
    }
}

/// Maven's and NuGet's form: `[1.0,2.0)`, `(,1.5]`, `[1.5]`, one after the other.
fn intervals(text: &str) -> Option<Constraint> {
    let mut out = Constraint::default();
    let mut rest = text;
    while !rest.is_empty() {
        let close = rest.find([')', ']'])?;
        let (interval, after) = rest.split_at_checked(close + 1)?;
        rest = after.trim_start_matches([',', ' ']);
        let is_inclusive = interval.ends_with(']');
        let inner = interval.trim_matches(['[', ']', '(', ')', ' ']);
        match inner.split_once(',') {
            None => out.versions.push(inner.to_owned()),
            Some((low, high)) => {
                let (low, high) = (low.trim(), high.trim());
                let end = match (high.is_empty(), is_inclusive) {
                    (true, _) => RangeEnd::Open,
                    (false, true) => RangeEnd::LastAffected(high.to_owned()),
                    (false, false) => RangeEnd::Fixed(high.to_owned()),
                };
                let introduced = (!low.is_empty() && low != "0").then(|| low.to_owned());
                out.ranges.push(Range { introduced, end });
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_are_read_or_refused() {
        let shown = |text: &str| {
            Constraint::parse(text).map(|read| {
                let end = |end: &RangeEnd| match end {
                    RangeEnd::Fixed(version) | RangeEnd::Limit(version) => format!("<{version}"),
                    RangeEnd::LastAffected(version) => format!("<={version}"),
                    RangeEnd::Open => String::new(),
                };
                let ranges = read.ranges.iter();
                let ranges = ranges.map(|r| format!("{}..{}", r.introduced.as_deref().unwrap_or(""), end(&r.end)));
                ranges.chain(read.versions.iter().cloned()).collect::<Vec<_>>().join(" ")
            })
        };
        for (text, expected) in [
            ("", Some("..")),
            ("< 1.2", Some("..<1.2")),
            (">=1.0,<1.2", Some("1.0..<1.2")),
            (">= 1.0, <= 1.2 || >=2", Some("1.0..<=1.2 2..")),
            (">=1.0 <1.2", Some("1.0..<1.2")),
            (">=0 <1", Some("..<1")),
            ("=1.5", Some("1.5")),
            ("1.5", Some("1.5")),
            ("[1.0,2.0)", Some("1.0..<2.0")),
            ("(,1.5],[2.0,2.1)", Some("..<=1.5 2.0..<2.1")),
            ("[1.5]", Some("1.5")),
            ("!=1", None),
            ("<", None),
            ("[1", None),
            ("=1,<2", None),
            ("1 2", None),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
