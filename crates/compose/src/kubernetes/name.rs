//! Which names Kubernetes takes, checked before anything is made.
//!
//! Rules: the Kubernetes documentation, "Object Names and IDs" and "Labels and Selectors"; `apimachinery/pkg/util/validation`.

/// Longest DNS label.
pub(super) const LABEL_MAX: usize = 63;
/// Longest DNS name.
pub(super) const SUBDOMAIN_MAX: usize = 253;

/// Says what is wrong with a name of a container, volume or host: a DNS label (RFC 1123).
///
/// # Errors
/// What the name must be instead.
pub(super) fn label_1123(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > LABEL_MAX {
        return Err("a name of 1 to 63 characters is expected");
    }
    let bytes = name.as_bytes();
    let fits = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = bytes.first().is_some_and(fits) && bytes.last().is_some_and(fits);
    if ends && bytes.iter().all(|byte| fits(byte) || *byte == b'-') {
        Ok(())
    } else {
        Err("lower-case letters, digits and `-` are expected, with a letter or digit at both ends")
    }
}

/// Says what is wrong with a name of a Service: a DNS label that begins with a letter (RFC 1035), which clusters before 1.34 insist on.
///
/// # Errors
/// What the name must be instead.
pub(super) fn label_1035(name: &str) -> Result<(), &'static str> {
    label_1123(name)?;
    if name.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
        Ok(())
    } else {
        Err("a letter is expected at the beginning, since the name becomes a DNS name")
    }
}

/// Says what is wrong with a name of most objects: a DNS name (RFC 1123).
///
/// # Errors
/// What the name must be instead.
pub(super) fn subdomain_1123(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > SUBDOMAIN_MAX {
        return Err("a name of 1 to 253 characters is expected");
    }
    let fits = |part: &str| {
        let bytes = part.as_bytes();
        let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        bytes.first().is_some_and(alphanumeric)
            && bytes.last().is_some_and(alphanumeric)
            && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
    };
    if name.split('.').all(fits) {
        Ok(())
    } else {
        Err("lower-case letters, digits, `-` and `.` are expected, with a letter or digit at both ends of each part")
    }
}

/// Says whether a text can be the key of a label or annotation.
pub(super) fn is_qualified(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    prefix.is_none_or(|prefix| subdomain_1123(prefix).is_ok()) && is_label_text(name) && !name.is_empty()
}

/// Says whether a text can be the value of a label.
pub(super) fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_label_text(value)
}

fn is_label_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.len() <= LABEL_MAX
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Says whether a text can be a key of a Secret or `ConfigMap`.
pub(super) fn is_data_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= SUBDOMAIN_MAX
        && key != "."
        && !key.starts_with("..")
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Says whether a text can be the name of an environment variable: any printable ASCII but `=`, as clusters allow since 1.30.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=')
}

/// Makes of a name the nearest one that is a DNS label, where there is one: `My_App` becomes `my-app`.
pub(super) fn nearest(name: &str) -> Option<String> {
    let mut made = String::with_capacity(name.len());
    for character in name.chars() {
        let character = character.to_ascii_lowercase();
        let fits = character.is_ascii_lowercase() || character.is_ascii_digit();
        if fits {
            made.push(character);
        } else if !made.is_empty() && !made.ends_with('-') {
            made.push('-');
        }
        if made.len() == LABEL_MAX {
            break;
        }
    }
    let made = made.trim_end_matches('-').to_owned();
    (!made.is_empty()).then_some(made)
}
