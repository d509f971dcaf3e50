//! A path's one clean form.

use percent_encoding::percent_decode_str;

use crate::error::RouteError;
use crate::version::ApiVersion;

/// A decoded path without version and without repeated slashes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clean {
    pub(super) version: Option<ApiVersion>,
    pub(super) path: String,
}

impl Clean {
    pub(super) fn new(raw: &str) -> Result<Self, RouteError> {
        if !raw.starts_with('/') {
            return Err(RouteError::Path { why: "it does not begin with a slash" });
        }
        if raw.bytes().any(|b| b <= b' ' || b == 0x7f || b == b'#' || b == b'\\') {
            return Err(RouteError::Path { why: "it holds a character that must be escaped" });
        }
        let escapes = raw.split('%').skip(1);
        if escapes.map(str::as_bytes).any(|rest| rest.len() < 2 || !rest[..2].iter().all(u8::is_ascii_hexdigit)) {
            return Err(RouteError::Path { why: "it holds a malformed escape" });
        }
        let decoded = percent_decode_str(raw)
            .decode_utf8()
            .map_err(|_| RouteError::Path { why: "it is not UTF-8 when decoded" })?;
        if decoded.chars().any(char::is_control) || decoded.contains('\\') {
            return Err(RouteError::Path { why: "it holds a control character or a backslash" });
        }
        let mut path = String::with_capacity(decoded.len());
        for part in decoded.split('/').filter(|part| !part.is_empty()) {
            if matches!(part, "." | "..") {
                return Err(RouteError::Path { why: "it holds `.` or `..`" });
            }
            path.push('/');
            path.push_str(part);
        }
        if decoded.ends_with('/') {
            path.push('/');
        }
        Self::split_version(raw, path)
    }

    /// Takes the version off; it counts only if it was written without escapes.
    fn split_version(raw: &str, path: String) -> Result<Self, RouteError> {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let versioned = first.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !versioned {
            return Ok(Self { version: None, path });
        }
        let written = raw.trim_start_matches('/').split('/').next().unwrap_or_default();
        if written != first {
            return Err(RouteError::VersionMalformed { text: written.chars().take(32).collect() });
        }
        let version = ApiVersion::parse(&first[1..])?;
        let rest = path[1 + first.len()..].to_owned();
        Ok(Self { version: Some(version), path: rest })
    }
}
