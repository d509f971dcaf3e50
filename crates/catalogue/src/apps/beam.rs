//! Elixir and Erlang: `mix.lock`, `rebar.lock`, and the application files of compiled packages.

use vuln::{Confidence, PackageType};

use super::draft::Drafts;
use super::{File, Read};

/// Bytes in which the name and the version of a locked package stand.
const MAX_ENTRY_BYTES: usize = 1024;

/// Reads `mix.lock`: lines of `"plug": {:hex, :plug, "1.14.0", …},`.
pub(crate) fn read_mix_lock(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Hex, "mix-lock");
    for line in text.lines() {
        let Some((_, entry)) = line.split_once("{:hex,") else { continue };
        let mut parts = entry.split(',').map(str::trim);
        let name = parts.next().unwrap_or_default().trim_start_matches(':').trim_matches('"');
        drafts.add_versioned(name, parts.next().unwrap_or_default().trim_matches('"'));
    }
    drafts.finish()
}

/// Reads `rebar.lock`: tuples of `{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0}`.
pub(crate) fn read_rebar_lock(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Hex, "rebar-lock");
    for (at, mark) in text.match_indices("{pkg,") {
        // An entry is short; without a bound each would be looked for to the file's end.
        let rest: &str = text.get(at + mark.len()..).unwrap_or_default();
        let end = (0..=rest.len().min(MAX_ENTRY_BYTES)).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
        let rest = rest.get(..end).unwrap_or_default();
        let mut texts = rest.split("<<\"").skip(1).filter_map(|part| part.split("\">>").next());
        let (name, version) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        if name.len() + version.len() < 256 {
            drafts.add_versioned(name, version);
        }
    }
    drafts.finish()
}

/// Reads a compiled application's `ebin/name.app`.
pub(crate) fn read_app(file: &File<'_>) -> Read {
    let text = file.text();
    let name = text.split_once("{application,").and_then(|(_, rest)| rest.split(',').next()).unwrap_or_default();
    let version = text.split_once("{vsn,").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap_or_default();
    let mut drafts = Drafts::new(file, PackageType::Hex, "erlang-app");
    let is_version = version.starts_with(|each: char| each.is_ascii_digit());
    if is_version && let Some(package) = drafts.add(name.trim().trim_matches('\''), version) {
        // Applications of Erlang itself look the same as those of Hex.
        package.confidence = Confidence::Likely;
    }
    drafts.finish()
}
