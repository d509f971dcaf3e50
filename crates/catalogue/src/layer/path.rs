//! Names of files as they stand in archives, made safe.

/// Bytes that one path may have; what is longer is refused.
const MAX_PATH_BYTES: usize = 16 * 1024;

/// Writes bytes as text: what is no UTF-8 becomes `\xNN`, and a backslash that could be taken for such an escape does too,
/// so that different bytes stay different.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        if valid.contains("\\x") {
            text.push_str(&valid.replace("\\x", "\\x5cx"));
        } else {
            text.push_str(valid);
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Makes an absolute path of an archive's name: `./`, doubled and leading slashes are dropped, `..` stops at the root.
///
/// Answers nothing for a name that is empty, holds a zero byte or is longer than 16 KiB.
#[must_use]
pub fn normalise(name: &[u8]) -> Option<String> {
    if name.is_empty() || name.len() > MAX_PATH_BYTES || name.contains(&0) {
        return None;
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Some("/".to_owned());
    }
    let mut path = String::with_capacity(name.len() + 1);
    for part in parts {
        path.push('/');
        path.push_str(&escape(part));
    }
    Some(path)
}

/// Splits a normalised path into the folder that holds it and its name; nothing for the root.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let (parent, name) = path.rsplit_once('/')?;
    (!name.is_empty()).then_some((if parent.is_empty() { "/" } else { parent }, name))
}

/// Joins a folder and a name.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_clamped_to_the_root() {
        for (name, path) in [
            ("etc/passwd", "/etc/passwd"),
            ("./etc//passwd", "/etc/passwd"),
            ("/etc/./passwd/", "/etc/passwd"),
            ("../../etc/passwd", "/etc/passwd"),
            ("a/../../b", "/b"),
            (".", "/"),
            ("/", "/"),
        ] {
            assert_eq!(normalise(name.as_bytes()).unwrap(), path);
        }
        assert_eq!(normalise(b"a\xff"), Some("/a\\xff".to_owned()));
        assert_eq!(normalise(b"a\\xff"), Some("/a\\x5cxff".to_owned()));
        assert!(normalise(b"").is_none() && normalise(b"a\0b").is_none() && normalise(&[b'a'; 20_000]).is_none());
    }
}
