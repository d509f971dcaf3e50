//! Debian's copyright files: DEP-5's form, or free text.

use std::collections::BTreeSet;

use crate::findings::{Findings, PackageLicense, ParseError};
use crate::licence;
use crate::limits::Limits;
use crate::os::bytes::{text, word_of};
use crate::os::stanza::stanzas;

/// How many licences of one package are kept.
const LICENSES: usize = 500;

/// Returns the package whose copyright file a path is.
pub(crate) fn package_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("/usr/share/doc/")?.strip_suffix("/copyright")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// Reads `/usr/share/doc/NAME/copyright` (Debian's machine-readable format 1.0, or any text).
pub(crate) fn parse(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let Some(package) = package_of(path) else { return Ok(Findings::default()) };
    let mut licenses = dep5(bytes, limits);
    if licenses.is_empty() {
        licenses = licence::recognize(&String::from_utf8_lossy(bytes));
    }
    let licenses = match licenses.is_empty() {
        true => Vec::new(),
        false => vec![PackageLicense { package: text(package.as_bytes(), limits.text_bytes), licenses }],
    };
    Ok(Findings { licenses, ..Findings::default() })
}

/// Collects the short names of all `License` fields; empty if the file is not in this form.
fn dep5(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut stanzas = stanzas(bytes);
    let Some(header) = stanzas.next() else { return found };
    let is_dep5 = ["Format", "Format-Specification"].iter().any(|name| header.line(name).is_some());
    if !is_dep5 {
        return found;
    }
    // Many stanzas of a file name the same licence; each is looked up once, and a hostile file may not name very many.
    let mut raw = BTreeSet::new();
    for stanza in std::iter::once(header).chain(stanzas) {
        if raw.len() < LICENSES {
            raw.extend(stanza.line("License").and_then(|line| word_of(line, limits.text_bytes)));
        }
    }
    found.extend(raw.iter().map(|license| licence::settle(license)));
    found.sort();
    found.dedup();
    found
}
