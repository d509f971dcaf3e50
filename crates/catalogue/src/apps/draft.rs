//! Packages in the making: names checked, counts bounded, duplicates made one.

use vuln::{Confidence, Evidence, Package, PackageType};

use super::Read;
use crate::findings::{Findings, ParseError};
use crate::licence;
use crate::limits::Limits;

/// The packages of one file.
pub(crate) struct Drafts<'a> {
    path: String,
    kind: PackageType,
    found_by: &'static str,
    limits: &'a Limits,
    list: Vec<Package>,
    faults: Vec<ParseError>,
    overflow: bool,
}

impl<'a> Drafts<'a> {
    pub(crate) fn new(file: &super::File<'a>, kind: PackageType, found_by: &'static str) -> Self {
        Self {
            path: file.path.to_owned(),
            kind,
            found_by,
            limits: file.limits,
            list: Vec::new(),
            faults: Vec::new(),
            overflow: false,
        }
    }

    /// Adds a package, unless its name is none. What is returned can be completed.
    pub(crate) fn add(&mut self, name: &str, version: &str) -> Option<&mut Package> {
        self.add_as(self.kind, name, version)
    }

    /// Adds a package of another kind.
    pub(crate) fn add_as(&mut self, kind: PackageType, name: &str, version: &str) -> Option<&mut Package> {
        let (name, version) = (tidy(name, self.limits)?, tidy(version, self.limits).unwrap_or_default());
        if self.list.len() >= self.limits.packages {
            self.overflow = true;
            return None;
        }
        self.list.push(Package {
            kind,
            name,
            version,
            arch: None,
            source: None,
            module: None,
            vendor: None,
            licenses: Vec::new(),
            confidence: Confidence::Confirmed,
            evidence: vec![Evidence { path: self.path.clone(), found_by: self.found_by.to_owned() }],
        });
        self.list.last_mut()
    }

    /// Adds a package whose version must be known.
    pub(crate) fn add_versioned(&mut self, name: &str, version: &str) -> Option<&mut Package> {
        if version.trim().is_empty() { None } else { self.add(name, version) }
    }

    /// Notes a part that could not be read.
    pub(crate) fn fault(&mut self, fault: ParseError) {
        // A file with thousands of faults is told as well by its first.
        if self.faults.len() < 16 {
            self.faults.push(fault);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns what was found, sorted, one entry for each name and version.
    pub(crate) fn finish(mut self) -> Read {
        if self.overflow {
            self.fault(ParseError::too_large(self.found_by, "packages", self.limits.packages));
        }
        self.list.sort();
        self.list.dedup_by(|next, first| {
            let same = (next.kind, &next.name, &next.version) == (first.kind, &first.name, &first.version);
            if same {
                first.confidence = first.confidence.max(next.confidence);
                for license in next.licenses.drain(..) {
                    if !first.licenses.contains(&license) {
                        first.licenses.push(license);
                    }
                }
            }
            same
        });
        Ok(Findings { packages: self.list, faults: self.faults, ..Findings::default() })
    }
}

/// Adds a licence as the file writes it: an SPDX expression where it can be turned into one.
pub(crate) fn license(package: &mut Package, raw: &str) {
    let raw = raw.trim();
    // What is longer is a licence's text, not its name.
    if raw.is_empty() || raw.len() > 256 || raw.contains('\n') {
        return;
    }
    let license = licence::settle(raw);
    if !package.licenses.contains(&license) && package.licenses.len() < 32 {
        package.licenses.push(license);
    }
}

/// Trims a name or version; `None`: it is empty, or no text that a package manager would write.
fn tidy(text: &str, limits: &Limits) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= limits.text_bytes.min(1024);
    (fits && !text.chars().any(|each| each.is_control() || each == '\u{fffd}')).then(|| text.to_owned())
}
