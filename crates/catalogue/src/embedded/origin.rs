//! What a distribution leaves in a file that it built, and that stays there when the file is copied elsewhere.

use serde_json::Value;

/// The owner and type of a package's note ("Package Metadata for Executable Files").
const NOTE_OWNER: &[u8] = b"FDO\0";
const NOTE_TYPE: u32 = 0xcafe_1a7e;
const MAX_NOTE: usize = 16 << 10;

/// A package that a file says it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) name: String,
    /// The upstream version: epoch and the package's own release are left out.
    pub(super) version: String,
    /// Who built it: `fedora 40`.
    pub(super) system: String,
}

/// Reads the section `.note.package`.
pub(super) fn note(section: &[u8], is_little: bool) -> Option<Note> {
    let word = |at: usize| {
        let bytes: [u8; 4] = section.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let (owner, length, kind) = (word(0)?, usize::try_from(word(4)?).ok()?, word(8)?);
    let is_ours = owner == 4 && kind == NOTE_TYPE && section.get(12..16) == Some(NOTE_OWNER);
    if !is_ours || length > MAX_NOTE {
        return None;
    }
    let text = section.get(16..16 + length)?;
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    let said: Value = serde_json::from_slice(text.get(..end)?).ok()?;
    let field = |name: &str| said.get(name).and_then(Value::as_str).filter(|text| is_plain(text)).unwrap_or_default();
    let full = field("version");
    let version = full.split_once(':').map_or(full, |(_, rest)| rest);
    let version = version.split('-').next().unwrap_or(version);
    let name = field("name");
    let is_known = !name.is_empty() && version.starts_with(|each: char| each.is_ascii_digit());
    is_known.then(|| Note {
        name: name.to_owned(),
        version: version.to_owned(),
        system: [field("os"), field("osVersion")].join(" ").trim().to_owned(),
    })
}

fn is_plain(text: &str) -> bool {
    text.len() <= 200 && text.chars().all(|each| each.is_ascii_graphic())
}

/// Reads the upstream version out of the name of a file's debugging symbols (section `.gnu_debuglink`):
/// `libselinux.so.1-2.9-5.el8.x86_64.debug`, as Fedora and its kin have written it since 2017.
pub(super) fn debug_link(section: &[u8]) -> Option<String> {
    let end = section.iter().take(300).position(|byte| *byte == 0)?;
    let name = std::str::from_utf8(section.get(..end)?).ok()?;
    let (package, _arch) = name.strip_suffix(".debug")?.rsplit_once('.')?;
    let (rest, release) = package.rsplit_once('-')?;
    let (_, version) = rest.rsplit_once('-')?;
    let is_number = |text: &str| text.starts_with(|each: char| each.is_ascii_digit()) && is_plain(text);
    let is_release = release.split('.').skip(1).any(|part| part.starts_with(|each: char| each.is_ascii_alphabetic()));
    (is_number(version) && is_number(release) && is_release && version.contains('.')).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_names_of_debugging_symbols() {
        for (name, expected) in [
            ("libselinux.so.1-2.9-5.el8.x86_64.debug", Some("2.9")),
            ("libcom_err.so.2.1-1.45.6-5.el8.aarch64.debug", Some("1.45.6")),
            ("libkeyutils.so.1.5.debug", None),
            ("a-b-c.x.debug", None),
            ("6f77337c1826707d.debug", None),
        ] {
            let section = [name.as_bytes(), &[0; 8]].concat();
            assert_eq!(debug_link(&section).as_deref(), expected, "{name}");
        }
        assert!(debug_link(b"no end").is_none());
    }

    #[test]
    fn notes_name_their_package() {
        let text = br#"{"type":"rpm","os":"fedora","osVersion":"40","name":"libxcb","version":"1:1.17.0-2.fc40"}"#;
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        let section = [&4_u32.to_le_bytes()[..], &length, &NOTE_TYPE.to_le_bytes(), NOTE_OWNER, text].concat();
        let found = note(&section, true).unwrap();
        assert_eq!(
            (found.name.as_str(), found.version.as_str(), found.system.as_str()),
            ("libxcb", "1.17.0", "fedora 40")
        );
        for at in 0..section.len() {
            assert!(note(&section[..at], true).is_none(), "cut at {at}");
        }
        assert!(note(&section, false).is_none());
    }
}
