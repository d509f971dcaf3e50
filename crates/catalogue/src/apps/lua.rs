//! Lua: rockspecs of installed rocks.

use vuln::PackageType;

use super::draft::{self, Drafts};
use super::{File, Read};

/// Reads a rockspec: Lua code that assigns texts.
pub(crate) fn read(file: &File<'_>) -> Read {
    let text = file.text();
    let value = |key: &str| {
        text.lines().find_map(|line| {
            let rest = line.trim().strip_prefix(key)?.trim_start().strip_prefix('=')?.trim();
            let quote = rest.chars().next().filter(|each| matches!(each, '"' | '\''))?;
            rest.get(1..)?.split(quote).next().map(str::to_owned)
        })
    };
    let mut drafts = Drafts::new(file, PackageType::Luarocks, "rockspec");
    let (name, version) = (value("package").unwrap_or_default(), value("version").unwrap_or_default());
    if let Some(package) = drafts.add_versioned(&name, &version) {
        draft::license(package, &value("license").unwrap_or_default());
    }
    drafts.finish()
}
