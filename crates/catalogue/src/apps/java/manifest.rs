//! `META-INF/MANIFEST.MF`: who made the archive and what it is called there.

use crate::apps::headers::{self, Folding};

/// Fields of the main section that are read.
const MAX_FIELDS: usize = 1000;

/// The main section of a manifest, and the versions of its other sections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    fields: Vec<(String, String)>,
    sections: Vec<(String, String)>,
}

/// What a manifest says the archive is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) artifact: String,
    pub(crate) version: String,
    pub(crate) licenses: Vec<String>,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let fields = headers::fields(text, Folding::Joined, MAX_FIELDS);
        let version = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let name = name.trim();
            matches!(name, "Implementation-Version" | "Specification-Version")
                .then(|| (name.to_owned(), value.trim().to_owned()))
        };
        Self { fields, sections: text.lines().filter_map(version).take(MAX_FIELDS).collect() }
    }

    fn get(&self, name: &str) -> &str {
        headers::first(&self.fields, name)
    }

    /// The symbolic name of an OSGi bundle, without its directives.
    fn symbolic_name(&self) -> &str {
        self.get("Bundle-SymbolicName").split(';').next().unwrap_or_default().trim()
    }

    /// The archive's name, version and licences.
    pub(crate) fn identity(&self) -> Identity {
        let symbolic = self.symbolic_name();
        let names =
            ["Implementation-Title", "Short-Name", "Extension-Name", "Bundle-Name", "Name", "Specification-Title"];
        let plain = |name: &&str| !name.is_empty() && !name.contains(char::is_whitespace) && !name.contains("${");
        let artifact = if symbolic.is_empty() {
            names.iter().map(|name| self.get(name)).find(plain).unwrap_or_default()
        } else {
            symbolic.rsplit('.').next().unwrap_or_default()
        };
        let licenses = self.get("Bundle-License").split(',').map(license_name);
        Identity {
            artifact: artifact.to_owned(),
            version: self.version(),
            licenses: licenses.filter(|license| !license.is_empty()).collect(),
        }
    }

    fn version(&self) -> String {
        let names = ["Implementation-Version", "Bundle-Version", "Specification-Version", "Plugin-Version"];
        let main = names.iter().map(|name| self.get(name));
        let others = self.sections.iter().map(|(_, version)| version.as_str());
        main.chain(others).find_map(usable).unwrap_or_default()
    }

    /// Tells whether the manifest calls the archive by this artifact's name.
    pub(crate) fn names(&self, artifact: &str) -> bool {
        let symbolic = self.symbolic_name();
        let last = symbolic.rsplit('.').next().unwrap_or_default();
        [last, symbolic, self.get("Implementation-Title"), self.get("Short-Name"), self.get("Extension-Name")]
            .contains(&artifact)
    }

    /// The group that the manifest suggests for an artifact.
    pub(crate) fn group(&self, artifact: &str) -> Option<String> {
        let vendor = self.get("Implementation-Vendor-Id");
        if is_group(vendor) {
            return Some(without_artifact(vendor, artifact));
        }
        let group = self.get("Group-Id");
        if is_group(group) {
            return Some(group.to_owned());
        }
        let names = [self.symbolic_name(), self.get("Automatic-Module-Name"), self.get("Extension-Name")];
        names.into_iter().find(|name| is_group(name)).map(|name| without_artifact(name, artifact))
    }
}

/// `org.apache.commons.io` with artifact `commons-io` is group `org.apache.commons`.
fn without_artifact(name: &str, artifact: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_last = artifact == last || artifact.rsplit('-').next() == Some(last) || artifact.replace('-', ".") == last;
    match name.rsplit_once('.') {
        Some((group, _)) if is_last && group.contains('.') => group.to_owned(),
        _ => name.to_owned(),
    }
}

/// A reversed domain name.
fn is_group(text: &str) -> bool {
    let plain = |each: char| each.is_ascii_alphanumeric() || matches!(each, '.' | '_' | '-');
    text.contains('.') && text.starts_with(|each: char| each.is_ascii_alphabetic()) && text.chars().all(plain)
}

/// A version that holds a number and was filled in; what follows a blank is a remark.
fn usable(text: &str) -> Option<String> {
    let version = text.split_whitespace().next()?;
    let good = version.chars().any(|each| each.is_ascii_digit()) && !version.contains("${");
    good.then(|| version.trim_end_matches([',', ';']).to_owned())
}

/// `Apache-2.0;link="https://…"` or an address alone.
fn license_name(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().trim_matches('"').to_owned()
}
