//! The query: bounded, no parameter twice where one is meant.

use registry::ContentRange;

/// The parameters of a query or a form.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// A query that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("the query is too long")]
    TooLong,
    #[error("the parameter `{0}` is given more than once")]
    Repeated(&'static str),
    #[error("the parameter `{0}` is malformed")]
    Malformed(&'static str),
}

impl Query {
    pub(crate) fn parse(text: &str) -> Result<Self, QueryError> {
        if text.len() > 16 * 1024 {
            return Err(QueryError::TooLong);
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().take(129).collect();
        if pairs.len() > 128 { Err(QueryError::TooLong) } else { Ok(Self(pairs)) }
    }

    pub(crate) fn all(&self, name: &'static str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    pub(crate) fn one(&self, name: &'static str) -> Result<Option<&str>, QueryError> {
        let mut found = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = found.next();
        if found.next().is_some() { Err(QueryError::Repeated(name)) } else { Ok(first) }
    }

    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, QueryError> {
        self.one(name)?.map(|text| text.parse().map_err(|_| QueryError::Malformed(name))).transpose()
    }
}

/// Reads the `Content-Range` of a chunk: `0-99`, and docker's `bytes 0-99/200`.
pub(crate) fn content_range(text: &str) -> Option<ContentRange> {
    let text = text.trim();
    let text = text.strip_prefix("bytes").unwrap_or(text).trim_start_matches(['=', ' ']);
    let text = text.split('/').next().unwrap_or_default();
    let (start, end) = text.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start <= end).then_some(ContentRange { start, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_ranges_are_read_in_both_forms() {
        for text in ["0-99", "bytes 0-99/200", "bytes=0-99"] {
            assert_eq!(content_range(text), Some(ContentRange { start: 0, end: 99 }), "{text}");
        }
        for text in ["", "-", "9-1", "a-b", "0-", "99999999999999999999-1"] {
            assert_eq!(content_range(text), None, "{text}");
        }
    }

    #[test]
    fn a_parameter_given_twice_is_refused() {
        let query = Query::parse("digest=a&digest=b&scope=x&scope=y").unwrap();
        assert_eq!(query.one("digest"), Err(QueryError::Repeated("digest")));
        assert_eq!(query.all("scope"), ["x", "y"]);
    }
}
