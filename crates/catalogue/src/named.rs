//! Programs and libraries that are recognised by how their file is called, together with the version that stands where
//! this one program writes it.
//!
//! The marks of [`crate::embedded`] hold for any file and must therefore be long; with the file's name known, a bare
//! `1.2.3` between two zeros is enough, if it is known that this program keeps its version there. Fragments of
//! programs (collections of recorded ones hold a few hundred bytes each) are read likewise, with less trust.

mod cloud;
mod java;
mod languages;
mod php;
mod rule;
mod servers;
mod tools;

use vuln::{Confidence, Evidence, Package, PackageType};

use rule::Rule;

/// What found these.
const FOUND_BY: &str = "program-name";
/// Files that are no programs are looked at up to this size.
const MAX_FRAGMENT: u64 = 1 << 20;
/// What of a program is searched; the largest known ones have a third of it.
const MAX_SEARCHED: usize = 512 << 20;
/// In a fragment of this size the only version is the program's, wherever it stands.
const MAX_SHORT: usize = 4096;

/// Tells whether a file that is no program may be a fragment of one, or a script that is one.
pub(crate) fn is_candidate(path: &str, size: u64, head: &[u8]) -> bool {
    let name = file_name(path);
    let is_script = head.starts_with(b"#!") || head.starts_with(b"<?php");
    size <= MAX_FRAGMENT
        && (rule::of(name).any(|rule| rule.script || !is_script)
            || (!is_script && (java::is_named(name) || name.ends_with(".so"))))
}

/// Returns the programs that a file of this name is.
pub(crate) fn find(path: &str, bytes: &[u8], is_program: bool) -> Vec<Package> {
    let name = file_name(path);
    let bytes = bytes.get(..bytes.len().min(MAX_SEARCHED)).unwrap_or_default();
    let is_script = bytes.starts_with(b"#!") || bytes.starts_with(b"<?php");
    let mut found = Vec::new();
    for rule in rule::of(name).filter(|rule| rule.script || !is_script) {
        if let Some((version, is_exact)) = rule.version(name, bytes, is_program) {
            let confidence = if is_program && is_exact { Confidence::Confirmed } else { Confidence::Likely };
            found.push(package(path, rule.kind, rule.name, version, confidence, FOUND_BY));
        }
    }
    let confidence = if is_program { Confidence::Confirmed } else { Confidence::Likely };
    if !is_script && let Some((runtime, version)) = java::find(path, name, bytes) {
        found.push(package(path, PackageType::Generic, runtime, version, confidence, FOUND_BY));
    }
    if let Some((module, version)) = php::extension(name, bytes) {
        found.push(package(path, PackageType::Pear, module, version, confidence, FOUND_BY));
    }
    found
}

/// Names under which [`crate::embedded`] knows what was found here.
pub(crate) fn replaces(found: &Package, other: &str) -> bool {
    found.name == other || matches!((found.name.as_str(), other), ("qtbase", "qt"))
}

/// A package of which one file is the only evidence.
pub(crate) fn package(
    path: &str,
    kind: PackageType,
    name: &str,
    version: String,
    confidence: Confidence,
    found_by: &str,
) -> Package {
    Package {
        kind,
        name: name.to_owned(),
        version,
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence,
        evidence: vec![Evidence { path: path.to_owned(), found_by: found_by.to_owned() }],
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// All rules.
fn rules() -> impl Iterator<Item = &'static Rule> {
    [languages::RULES, servers::RULES, cloud::RULES, tools::RULES].into_iter().flatten()
}
