//! Modules of PHP: each tells its own version to the engine, beside the engine's own interface.

use super::rule::regex;

/// What the module is built for: `API20220829,NTS`.
const ENGINE: &[u8] = b"API20";
/// How far before it the version stands.
const BEFORE_BYTES: usize = 160;

/// Returns the name and version of a PHP module.
pub(super) fn extension<'n>(name: &'n str, bytes: &[u8]) -> Option<(&'n str, String)> {
    let module = name.strip_suffix(".so")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if module.is_empty() || module.len() > 40 || !module.bytes().all(plain) {
        return None;
    }
    let beside = || {
        let pattern = regex(r"\x00(\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)\x00+API20\d{6},")?;
        memchr::memmem::find_iter(bytes, ENGINE).take(16).find_map(|at| {
            let around = bytes.get(at.saturating_sub(BEFORE_BYTES)..(at + 16).min(bytes.len()))?;
            pattern.captures(around)?.get(1).map(|found| found.as_bytes().to_vec())
        })
    };
    let special = || {
        let pattern = match module {
            "mysqli" => r"mysqlnd (\d+\.\d+\.\d+)\x00",
            "opcache" => r"overflow\x00+(\d+\.\d+\.\d+)\x00+Zend",
            "zip" => r"\x00(\d+\.\d+\.\d+)\x00+Zip",
            _ => return None,
        };
        regex(pattern)?.captures(bytes)?.get(1).map(|found| found.as_bytes().to_vec())
    };
    let version = beside().or_else(special)?;
    Some((module, String::from_utf8(version).ok()?))
}
