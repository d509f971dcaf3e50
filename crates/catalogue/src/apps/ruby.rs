//! Ruby: specifications of installed gems, and Bundler's lock file.

use vuln::PackageType;

use super::draft::{self, Drafts};
use super::{File, Read};

/// Lines of a specification that are looked at.
const MAX_LINES: usize = 5000;

/// Reads a `.gemspec`: Ruby code, of which RubyGems itself writes the part that matters.
pub(crate) fn read(file: &File<'_>) -> Read {
    let text = file.text();
    let (mut name, mut version, mut licenses) = (String::new(), String::new(), Vec::new());
    for line in text.lines().take(MAX_LINES) {
        let Some((field, value)) = assignment(line) else { continue };
        match field {
            "name" if name.is_empty() => name = literals(value).next().unwrap_or_default(),
            "version" if version.is_empty() => version = literals(value).next().unwrap_or_default(),
            "license" | "licenses" => licenses.extend(literals(value)),
            _ => {}
        }
    }
    let mut drafts = Drafts::new(file, PackageType::Gem, "gemspec");
    let is_version = version.starts_with(|each: char| each.is_ascii_digit());
    if is_version && let Some(package) = drafts.add(&name, &version) {
        for license in &licenses {
            draft::license(package, license);
        }
    }
    drafts.finish()
}

/// Splits `  s.name = "rake".freeze`.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (left, value) = line.split_once('=')?;
    let (object, field) = left.trim().split_once('.')?;
    object.chars().all(|each| each.is_ascii_alphanumeric() || each == '_').then_some((field, value))
}

/// The quoted texts of a value; `%q{…}` is a quote too.
fn literals(value: &str) -> impl Iterator<Item = String> + '_ {
    let value = value.trim();
    let percent = value.strip_prefix("%q").and_then(|rest| rest.get(1..)?.split(['}', ')', ']']).next());
    let quoted = value.split(['"', '\'']).skip(1).step_by(2);
    percent.into_iter().chain(quoted.filter(move |_| percent.is_none())).map(str::to_owned)
}

/// Reads `Gemfile.lock`: under `specs:`, four blanks, then `name (version)`.
pub(crate) fn read_lock(file: &File<'_>) -> Read {
    let text = file.text();
    let mut drafts = Drafts::new(file, PackageType::Gem, "gemfile-lock");
    let (mut section, mut in_specs) = ("", false);
    for line in text.lines() {
        if !line.starts_with(' ') {
            (section, in_specs) = (line.trim(), false);
        } else if line.trim() == "specs:" {
            in_specs = true;
        } else if in_specs
            && matches!(section, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE")
            && let Some(rest) = line.strip_prefix("    ").filter(|rest| !rest.starts_with(' '))
            && let Some((name, version)) = rest.trim_end().split_once(" (")
        {
            drafts.add_versioned(name, without_platform(version.trim_end_matches(')')));
        }
    }
    drafts.finish()
}

/// `1.15.4-x86_64-linux` is version 1.15.4 for a platform.
fn without_platform(version: &str) -> &str {
    version.split('-').next().unwrap_or_default()
}
