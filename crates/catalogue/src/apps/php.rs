//! PHP: Composer's lock file and list of installed packages, and the registries of PEAR and PECL.

mod serialized;

use serde_json::Value;
use vuln::PackageType;

use super::draft::{self, Drafts};
use super::{File, Read, json};
use crate::findings::ParseError;

/// Reads `composer.lock`.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let lock = json::parse(file.bytes, "composer-lock")?;
    let mut drafts = Drafts::new(file, PackageType::Composer, "composer-lock");
    for package in json::items(&lock, "packages").chain(json::items(&lock, "packages-dev")) {
        add(package, &mut drafts);
    }
    drafts.finish()
}

/// Reads `vendor/composer/installed.json`: an array in Composer 1, an object with one since 2.
pub(crate) fn read_installed(file: &File<'_>) -> Read {
    let installed = json::parse(file.bytes, "composer-installed")?;
    let mut drafts = Drafts::new(file, PackageType::Composer, "composer-installed");
    let bare = installed.as_array().into_iter().flatten();
    for package in bare.chain(json::items(&installed, "packages")) {
        add(package, &mut drafts);
    }
    drafts.finish()
}

fn add(entry: &Value, drafts: &mut Drafts<'_>) {
    let name = json::text(entry, "name");
    if !name.contains('/') {
        return;
    }
    if let Some(package) = drafts.add_versioned(name, json::text(entry, "version")) {
        // Several licences are a choice.
        let licenses: Vec<&str> = json::items(entry, "license").filter_map(Value::as_str).take(16).collect();
        draft::license(package, &licenses.join(" OR "));
    }
}

/// Reads a `.reg` file of PEAR's registry: one serialized array.
pub(crate) fn read_pear(file: &File<'_>) -> Read {
    let value = serialized::parse(file.bytes)
        .ok_or_else(|| ParseError::malformed("pear-registry", 0, "not a serialized PHP array"))?;
    let mut drafts = Drafts::new(file, PackageType::Pear, "pear-registry");
    let version = value.get("version");
    let release = version.get("release").text();
    let version = if release.is_empty() { version.text() } else { release };
    let names = [value.get("name").text(), value.get("package").text()];
    let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let channel = value.get("channel").text();
    if let Some(package) = drafts.add_versioned(name, version) {
        package.vendor = (!channel.is_empty() && channel.len() <= 200).then(|| channel.to_owned());
        let license = value.get("license");
        let inner = license.get("_content").text();
        draft::license(package, if inner.is_empty() { license.text() } else { inner });
    }
    drafts.finish()
}
