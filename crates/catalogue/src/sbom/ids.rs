//! Names within a document: the same for the same contents.

use std::collections::BTreeSet;

use base::Timestamp;
use sha2::{Digest, Sha256};
use vuln::Package;

use super::Document;
use crate::purl::purl;

/// A name for each package: sixteen hexadecimal digits, unique within the document.
pub(super) fn packages(document: &Document<'_>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    document
        .packages
        .iter()
        .map(|package| {
            // Packages that are alike in everything are told apart by how many came before.
            (0_usize..).map(|copy| package_id(document, package, copy)).find(|id| taken.insert(id.clone()))
        })
        .map(Option::unwrap_or_default)
        .collect()
}

fn package_id(document: &Document<'_>, package: &Package, copy: usize) -> String {
    let mut hash = Sha256::new();
    for part in [
        purl(package, document.os).to_string().as_str(),
        package.kind_name(),
        package.arch.as_deref().unwrap_or_default(),
        package.evidence.first().map_or("", |evidence| evidence.path.as_str()),
        copy.to_string().as_str(),
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize()).chars().take(16).collect()
}

/// A UUID (version 8, RFC 9562) of the document's contents.
pub(super) fn document(document: &Document<'_>, packages: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in [document.name, document.digest.unwrap_or_default(), &created(document.created), document.tool_version]
    {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for id in packages {
        hash.update(id.as_bytes());
    }
    let text: Vec<char> = hex::encode(hash.finalize()).chars().take(32).collect();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().iter().collect::<String>();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// RFC 3339 in whole seconds, the only form that SPDX allows.
pub(super) fn created(time: Timestamp) -> String {
    let text = Timestamp::from_millis(time.as_secs().saturating_mul(1000)).to_string();
    text.replace(".000", "")
}

/// Names a package's kind.
pub(super) trait KindName {
    /// The kind as documents write it.
    fn kind_name(&self) -> &'static str;
}

impl KindName for Package {
    fn kind_name(&self) -> &'static str {
        vuln::purl::kind_name(self.kind)
    }
}
