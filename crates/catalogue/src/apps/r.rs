//! R: the `DESCRIPTION` of an installed package.

use vuln::PackageType;

use super::draft::{self, Drafts};
use super::headers::{self, Folding};
use super::{File, Read};

/// Reads a description; without name and version it is another program's file of that name.
pub(crate) fn read(file: &File<'_>) -> Read {
    let fields = headers::fields(&file.text(), Folding::Blank, 500);
    let mut drafts = Drafts::new(file, PackageType::Cran, "r-description");
    let (name, version) = (headers::first(&fields, "Package"), headers::first(&fields, "Version"));
    let is_r =
        ["Built", "Repository", "Title", "Depends"].iter().any(|field| !headers::first(&fields, field).is_empty());
    if is_r && let Some(package) = drafts.add_versioned(name, version) {
        draft::license(package, headers::first(&fields, "License"));
        let maintainer = headers::first(&fields, "Maintainer");
        package.vendor = (!maintainer.is_empty() && maintainer.len() <= 200).then(|| maintainer.to_owned());
    }
    drafts.finish()
}
