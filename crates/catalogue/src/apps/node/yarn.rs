//! `yarn.lock`: Yarn's own form (version 1) and YAML (Berry), read by their common shape.

use vuln::PackageType;

use super::{add_locked, split_spec};
use crate::apps::draft::Drafts;
use crate::apps::{File, Read};

/// Reads either form: unindented lines begin an entry, indented ones describe it.
pub(crate) fn read(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Npm, "yarn-lock");
    let (mut specifier, mut version, mut resolution) = ("", "", "");
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            add(specifier, version, resolution, &mut drafts);
            let first = trimmed.trim_end_matches(':').split(',').next().unwrap_or_default();
            (specifier, version, resolution) = (unquote(first), "", "");
        } else if is_field(line) {
            let (key, value) = trimmed.split_once([' ', ':']).unwrap_or((trimmed, ""));
            let value = unquote(value.trim_start_matches(':'));
            match key {
                "version" => version = value,
                "resolution" => resolution = value,
                _ => {}
            }
        }
    }
    add(specifier, version, resolution, &mut drafts);
    drafts.finish()
}

/// Fields of an entry are indented once; dependencies, which may be called `version`, twice.
fn is_field(line: &str) -> bool {
    line.len() - line.trim_start().len() <= 2
}

fn unquote(text: &str) -> &str {
    text.trim().trim_matches('"')
}

fn add(specifier: &str, version: &str, resolution: &str, drafts: &mut Drafts<'_>) {
    if specifier == "__metadata" || resolution.contains("@workspace:") {
        return;
    }
    // A patched package names the original before the patch.
    let whole = if resolution.is_empty() { specifier } else { resolution };
    let after_scope = usize::from(whole.starts_with('@'));
    let Some(at) = whole.get(after_scope..).and_then(|rest| rest.find('@')) else { return };
    let (alias, range) = (whole.get(..at + after_scope).unwrap_or_default(), whole.get(at + after_scope + 1..));
    let real = range.and_then(|range| range.strip_prefix("npm:")).and_then(split_spec).map(|(name, _)| name);
    add_locked(drafts, real.unwrap_or(alias), version);
}
