//! Relative paths against the right directory, as text: nothing is looked up.

use super::{Context, list_mut};
use crate::tree::{Node, Value};

pub(super) fn make_absolute(node: &mut Node, context: &Context<'_>) {
    if let Value::Text(text) = &mut node.value {
        let path = absolute(context.directory, text, context.home);
        // docker-compose 1.29 also tidies paths that were absolute.
        *text = if context.is_classic() { clean(&path) } else { path };
    }
}

pub(super) fn each_absolute(node: &mut Node, context: &Context<'_>) {
    for item in list_mut(node) {
        make_absolute(item, context);
    }
}

/// A build context: a path, or an address that stays.
pub(super) fn context_absolute(node: &mut Node, context: &Context<'_>) {
    const REMOTE: &[&str] = &["http://", "https://", "git://", "ssh://", "github.com/", "git@"];
    const REMOTE_NEW: &[&str] = &["docker-image://", "oci-layout://", "service:", "target:"];
    let Some(text) = node.as_text() else { return };
    let is_remote = REMOTE.iter().any(|prefix| text.starts_with(prefix))
        || !context.is_classic() && REMOTE_NEW.iter().any(|prefix| text.starts_with(prefix));
    if !is_remote {
        make_absolute(node, context);
    }
}

/// Joins a path to a directory, where it is relative. `~` is the home directory, where there is one.
pub(crate) fn absolute(directory: &str, path: &str, home: Option<&str>) -> String {
    if let (Some(rest), Some(home)) = (path.strip_prefix('~'), home)
        && (rest.is_empty() || rest.starts_with('/'))
    {
        return format!("{home}{rest}");
    }
    if path.starts_with('/') || is_windows_absolute(path) || directory.is_empty() {
        return path.to_owned();
    }
    clean(&format!("{directory}/{path}"))
}

pub(super) fn is_windows_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    let is_drive = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    is_drive && matches!(bytes.get(2), Some(b'\\' | b'/')) || path.starts_with("\\\\")
}

/// Takes `.`, `..` and doubled slashes out of a path.
pub(crate) fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if is_absolute => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
