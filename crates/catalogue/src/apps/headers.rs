//! Documents of `Name: value` lines whose values may be folded: Python metadata, Java manifests, R descriptions.

/// How a long value goes on in the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    /// RFC 822: the blank that begins the line stands for one blank of the value.
    Blank,
    /// Java manifests: the blank is no part of the value.
    Joined,
}

/// Yields the fields of the first section, up to an empty line. At most `limit` fields are returned.
pub(crate) fn fields(text: &str, folding: Folding, limit: usize) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.split('\n').map(|line| line.trim_end_matches('\r')) {
        if line.trim().is_empty() {
            if fields.is_empty() {
                continue;
            }
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                match folding {
                    Folding::Blank => {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                    Folding::Joined => value.push_str(line.get(1..).unwrap_or_default()),
                }
            }
        } else if let Some((name, value)) = line.split_once(':') {
            if fields.len() >= limit {
                break;
            }
            fields.push((name.trim().to_owned(), value.trim_start().to_owned()));
        }
    }
    fields
}

/// The first value of a field, its name compared without case; empty if there is none.
pub(crate) fn first<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    all(fields, name).next().unwrap_or_default()
}

/// All values of a field, in order.
pub(crate) fn all<'a>(fields: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(each, _)| each.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
