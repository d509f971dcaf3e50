//! `requirements.txt` and `setup.py`: only versions that are pinned (`==`, `===`) say what is installed.

use vuln::{Confidence, PackageType};

use super::normalise;
use crate::apps::draft::Drafts;
use crate::apps::{File, Read};

/// Reads a requirements file.
pub(crate) fn read(file: &File<'_>) -> Read {
    let text = file.text();
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut drafts = Drafts::new(file, PackageType::Pypi, "requirements");
    for line in joined.lines() {
        // A sign within a word belongs to an address.
        let line = line.find(" #").map_or(line, |at| line.get(..at).unwrap_or_default()).trim();
        if line.starts_with(['#', '-']) {
            continue;
        }
        if let Some((name, version)) = pinned(line) {
            drafts.add(&normalise(name), version);
        }
    }
    drafts.finish()
}

/// Splits `name[extra] == 1.2.3 ; marker --hash=…`.
fn pinned(line: &str) -> Option<(&str, &str)> {
    let line = line.split(';').next()?.split(" --").next()?;
    let (name, version) = line.split_once("==")?;
    let name = name.split('[').next()?.trim().trim_end_matches('(');
    let version = version.trim_start_matches('=').split([',', ')']).next()?.trim();
    let is_name = |each: char| each.is_ascii_alphanumeric() || matches!(each, '-' | '_' | '.');
    let is_version = version.starts_with(|each: char| each.is_ascii_alphanumeric())
        && !version.contains(['*', '<', '>', '~', '!', ' ', '{', '%']);
    (!name.is_empty() && name.chars().all(is_name) && is_version).then_some((name, version))
}

/// Reads pinned requirements among the quoted texts of `setup.py`.
pub(crate) fn read_setup(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Pypi, "setup-py");
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        // Every second part stands between quotes of its line.
        for quoted in line.split(['"', '\'']).skip(1).step_by(2).filter(|quoted| quoted.contains("==")) {
            if let Some((name, version)) = pinned(quoted)
                && let Some(package) = drafts.add(&normalise(name), version)
            {
                package.confidence = Confidence::Likely;
            }
        }
    }
    drafts.finish()
}
