//! Maven's coordinates: `pom.properties`, `pom.xml`, and Gradle's lock file.

use roxmltree::Node;
use vuln::{Confidence, PackageType};

use crate::apps::draft::{self, Drafts};
use crate::apps::{File, Read, xml};

/// What names an artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coordinates {
    pub(crate) group: String,
    pub(crate) artifact: String,
    pub(crate) version: String,
    pub(crate) licenses: Vec<String>,
}

impl Coordinates {
    /// Nothing is missing, or left for a build to fill in.
    pub(crate) fn is_complete(&self) -> bool {
        let filled = |text: &str| !text.is_empty() && !text.contains("${");
        filled(&self.artifact) && filled(&self.version)
    }

    /// `group:artifact`, or the artifact alone.
    pub(crate) fn name(&self) -> String {
        if self.group.is_empty() || self.group.contains("${") {
            self.artifact.clone()
        } else {
            format!("{}:{}", self.group, self.artifact)
        }
    }
}

/// Reads `pom.properties`.
pub(crate) fn properties(text: &str) -> Option<Coordinates> {
    let mut found = Coordinates::default();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', '!'])) {
        let Some((key, value)) = line.split_once(['=', ':']) else { continue };
        let value = value.trim().to_owned();
        match key.trim() {
            "groupId" => found.group = value,
            "artifactId" => found.artifact = value,
            "version" => found.version = value,
            _ => {}
        }
    }
    (!found.artifact.is_empty()).then_some(found)
}

/// Reads the project of a `pom.xml`, completed by its parent.
pub(crate) fn model(file: &File<'_>) -> Option<Coordinates> {
    xml::with(file, "pom-xml", project).ok()?
}

fn project(root: Node<'_, '_>) -> Option<Coordinates> {
    let parent = xml::child(root, "parent");
    let own_or_parent = |name: &str| {
        let own = xml::child_text(root, name);
        let text = if own.is_empty() { parent.map_or("", |parent| xml::child_text(parent, name)) } else { own };
        fill(root, text)
    };
    let licenses = xml::child(root, "licenses").into_iter().flat_map(|licenses| xml::children(licenses, "license"));
    let found = Coordinates {
        group: own_or_parent("groupId"),
        artifact: xml::child_text(root, "artifactId").to_owned(),
        version: own_or_parent("version"),
        licenses: licenses.map(|license| xml::child_text(license, "name").to_owned()).take(16).collect(),
    };
    (!found.artifact.is_empty()).then_some(found)
}

/// Fills `${name}` in from the model's own properties and coordinates.
fn fill(root: Node<'_, '_>, text: &str) -> String {
    let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else { return text.to_owned() };
    let value = match name {
        "project.version" | "version" | "pom.version" => first(root, "version"),
        "project.groupId" | "pom.groupId" => first(root, "groupId"),
        "project.parent.version" => xml::child(root, "parent").map_or("", |parent| xml::child_text(parent, "version")),
        _ => xml::child(root, "properties").map_or("", |properties| xml::child_text(properties, name)),
    };
    if value.is_empty() || value.contains("${") { text.to_owned() } else { value.to_owned() }
}

fn first<'a>(root: Node<'a, '_>, name: &str) -> &'a str {
    let own = xml::child_text(root, name);
    if own.is_empty() { xml::child(root, "parent").map_or("", |parent| xml::child_text(parent, name)) } else { own }
}

/// Reads a `pom.xml` that lies in a file system: the project, and the dependencies whose versions it names.
pub(crate) fn read(file: &File<'_>) -> Read {
    xml::with(file, "pom-xml", |root| {
        let mut drafts = Drafts::new(file, PackageType::Maven, "pom-xml");
        if let Some(found) = project(root).filter(Coordinates::is_complete)
            && let Some(package) = drafts.add(&found.name(), &found.version)
        {
            for license in &found.licenses {
                draft::license(package, license);
            }
        }
        let dependencies = xml::child(root, "dependencies");
        for node in dependencies.into_iter().flat_map(|node| xml::children(node, "dependency")) {
            let found = Coordinates {
                group: fill(root, xml::child_text(node, "groupId")),
                artifact: fill(root, xml::child_text(node, "artifactId")),
                version: fill(root, xml::child_text(node, "version")),
                licenses: Vec::new(),
            };
            let is_plain = !found.version.starts_with(['[', '(']);
            if found.is_complete()
                && is_plain
                && let Some(package) = drafts.add(&found.name(), &found.version)
            {
                // It is asked for; whether it is there, this file does not know.
                package.confidence = Confidence::Likely;
            }
        }
        drafts.finish()
    })?
}

/// Reads `gradle.lockfile`: lines of `group:artifact:version=configurations`.
pub(crate) fn read_gradle_lock(file: &File<'_>) -> Read {
    let mut drafts = Drafts::new(file, PackageType::Maven, "gradle-lock");
    for line in file.text().lines().filter(|line| !line.starts_with('#')) {
        let coordinates = line.split('=').next().unwrap_or_default();
        if let Some((name, version)) = coordinates.rsplit_once(':')
            && name.contains(':')
        {
            drafts.add_versioned(name, version);
        }
    }
    drafts.finish()
}
