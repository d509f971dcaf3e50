//! WordPress: the core's version file, and the headers of plug-ins and themes.

use vuln::PackageType;

use super::draft::{self, Drafts};
use super::{File, Read};

/// WordPress itself reads headers from this many bytes only.
const HEADER: usize = 8192;

/// Reads `wp-includes/version.php`.
pub(crate) fn read_core(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Wordpress, "wordpress-core");
    let value = text.lines().find_map(|line| line.trim().strip_prefix("$wp_version")?.trim_start().strip_prefix('='));
    let version = value.map(|value| value.trim().trim_end_matches(';').trim_matches(['\'', '"'])).unwrap_or_default();
    drafts.add_versioned("wordpress", version);
    drafts.finish()
}

/// Reads a plug-in's main file or a theme's style sheet; its folder is the name that advisories use.
pub(crate) fn read_extension(file: &File<'_>) -> Read {
    let head = file.at(file.path, file.bytes.get(..file.bytes.len().min(HEADER)).unwrap_or_default());
    let text = head.text();
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let line = line.trim_start_matches([' ', '\t', '/', '*', '#', '@']);
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_end_matches("*/").trim().to_owned())
        })
    };
    let mut drafts = Drafts::new(file, PackageType::Wordpress, "wordpress-header");
    let title = field("Plugin Name").or_else(|| field("Theme Name"));
    let slug = slug(file);
    if title.is_some()
        && let Some(package) = drafts.add_versioned(&slug, &field("Version").unwrap_or_default())
    {
        draft::license(package, &field("License").unwrap_or_default());
        package.vendor = field("Author").filter(|author| !author.is_empty() && author.len() <= 200);
    }
    drafts.finish()
}

/// A plug-in may be one file without a folder of its own.
fn slug(file: &File<'_>) -> String {
    let folder = file.folder().rsplit('/').next().unwrap_or_default();
    if matches!(folder, "plugins" | "mu-plugins") {
        file.name().trim_end_matches(".php").to_owned()
    } else {
        folder.to_owned()
    }
}
