//! What is wrong with an image.

use base::Timestamp;
use catalogue::{DeletedPackage, ImageCatalogue, ImagePackage, OsRelease, Owner, UnreadableFile};
use oci::Digest;
use serde::{Deserialize, Serialize};
use vuln::matching::{Coverage, Image as Matched, Installed, Options, Ownership, match_image, with_repositories};
use vuln::verdict::{IgnoreRule, Verdict, judge};
use vuln::vex::{Statements, Target};
use vuln::{AdvisorySource, Confidence, Evidence, Package, PackageType, System};

use super::error::Error;
use super::index::Catalogued;
use super::{lifetime, nested};

/// What is wrong with an image: equal inputs give equal bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The form of this document: `holdfast.scan/v1`.
    pub schema: String,
    /// What was scanned.
    pub image: ImageFacts,
    /// What it was matched with; absent: with nothing, and so nothing is known of what is wrong.
    pub database: Option<DatabaseFacts>,
    /// The system.
    pub os: Option<OsRelease>,
    /// The system's vendor has stopped sending fixes.
    pub past_end_of_life: bool,
    /// Packages found.
    pub packages: usize,
    /// How much of the image the database speaks of; absent without a database.
    pub coverage: Option<Coverage>,
    /// The findings, those that do not count with the reason; absent without a database.
    pub verdict: Option<Verdict>,
    /// What lower layers hold and nobody sees.
    pub deleted: Vec<DeletedPackage>,
    /// What could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

/// What was scanned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageFacts {
    /// What it is called.
    pub name: String,
    /// The digest of its manifest.
    pub manifest: Option<Digest>,
    /// Its operating system, in Go's words.
    pub os: String,
    /// Its architecture, in Go's words.
    pub architecture: String,
    /// When it was made, as it says.
    pub created: Option<String>,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerFacts>,
}

/// A layer that was scanned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LayerFacts {
    /// The digest of the uncompressed layer.
    pub diff_id: Digest,
    /// Its size, uncompressed.
    pub size_bytes: u64,
    /// What made it, as the image says.
    pub created_by: Option<String>,
}

/// What an image was matched with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseFacts {
    /// Its version.
    pub version: u64,
    /// When it was built.
    pub created: Timestamp,
    /// The digest of its content.
    pub content: String,
}

/// Choices of whoever scans.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// The time now.
    pub now: Timestamp,
    /// What to do with packages that a system package owns.
    pub ownership: Ownership,
    /// Exceptions.
    pub rules: Vec<IgnoreRule>,
    /// Statements of others.
    pub statements: Statements,
    /// Findings in headers of kernels that are not there count too.
    pub show_headers: bool,
}

/// Matches a catalogued image with a database, if there is one.
///
/// # Errors
/// When the database cannot be asked.
pub fn scan<S>(
    catalogued: &Catalogued,
    database: Option<(&S, DatabaseFacts)>,
    options: &ScanOptions,
) -> Result<Report, Error>
where
    S: AdvisorySource,
    S::Error: std::error::Error + Send + Sync + 'static,
{
    let catalogue = &catalogued.catalogue;
    let system = system(catalogue);
    let mut report = Report {
        schema: "holdfast.scan/v1".to_owned(),
        image: facts(catalogued),
        database: None,
        os: catalogue.os.clone(),
        past_end_of_life: system.as_ref().is_some_and(|system| system.is_past_end_of_life(options.now)),
        packages: catalogue.packages.len(),
        coverage: None,
        verdict: None,
        deleted: catalogue.deleted.clone(),
        unreadable: catalogue.unreadable.clone(),
    };
    let Some((source, facts)) = database else { return Ok(report) };
    let unasked = |error| Error::Database(Box::new(error));
    let system = system.map(|system| with_repositories(&system, source)).transpose().map_err(unasked)?;
    let target = Target { system: system.clone(), ..target(&report.image, catalogue) };
    let image = matched(catalogue, system);
    let mut found =
        match_image(&image, source, Options { ownership: options.ownership, now: options.now }).map_err(unasked)?;
    nested::mark(&mut found.findings);
    let rules = &options.rules;
    let verdict = judge(found.findings, rules, &options.statements, &target, options.show_headers, options.now);
    report.database = Some(facts);
    report.past_end_of_life = found.past_end_of_life;
    report.coverage = Some(found.coverage);
    report.verdict = Some(verdict);
    Ok(report)
}

/// The image, as statements of others name it.
#[must_use]
pub fn target(image: &ImageFacts, catalogue: &ImageCatalogue) -> Target {
    let manifest = image.manifest.as_ref().map(ToString::to_string);
    Target { ids: manifest.into_iter().chain([image.name.clone()]).collect(), system: system(catalogue) }
}

fn facts(catalogued: &Catalogued) -> ImageFacts {
    let config = &catalogued.image.config;
    let layers = &catalogued.catalogue.layers;
    // History that tells of another number of layers tells nothing of any.
    let told = config.created_by.len() == layers.len();
    let created_by = |at: usize| config.created_by.get(at).filter(|text| told && !text.is_empty()).cloned();
    ImageFacts {
        name: catalogued.image.name.clone(),
        manifest: catalogued.image.manifest.clone(),
        os: config.os.clone(),
        architecture: config.architecture.clone(),
        created: config.created.clone(),
        layers: layers
            .iter()
            .enumerate()
            .map(|(at, layer)| LayerFacts {
                diff_id: layer.diff_id.clone(),
                size_bytes: layer.size_bytes,
                created_by: created_by(at),
            })
            .collect(),
    }
}

/// The system, as matching wants it.
fn system(catalogue: &ImageCatalogue) -> Option<System> {
    let os = catalogue.os.as_ref()?;
    // A release under development has no number that advisories know; Alpine's is called edge.
    let version = match (os.rolling, os.id.as_str()) {
        (true, "alpine") => "edge".to_owned(),
        (true, "debian") => String::new(),
        _ => os.version.clone(),
    };
    Some(System {
        id: os.id.clone(),
        codename: os.codename.clone(),
        cpes: catalogue.cpes.clone(),
        content_sets: catalogue.content_sets.clone(),
        all_repositories_told: false,
        channels: catalogue.channels.clone(),
        end_of_life: lifetime::end_of_life(&os.id, &version),
        version,
    })
}

/// The image, as matching wants it.
fn matched(catalogue: &ImageCatalogue, system: Option<System>) -> Matched {
    let mut packages: Vec<Installed> = catalogue
        .packages
        .iter()
        .map(|found| Installed {
            package: found.package.clone(),
            introduced_in: catalogue.layers.get(found.introduced_in).map(|layer| layer.diff_id.to_string()),
            owner: None,
        })
        .collect();
    own(catalogue, &mut packages);
    // Windows is no package of anybody's, but Microsoft's bulletins speak of it as one.
    packages.extend(catalogue.os.as_ref().filter(|os| os.id == "windows").map(|os| Installed {
        package: Package {
            kind: PackageType::Windows,
            name: "windows".to_owned(),
            version: os.version.clone(),
            arch: None,
            source: None,
            module: None,
            vendor: Some("Microsoft".to_owned()),
            licenses: Vec::new(),
            confidence: Confidence::Confirmed,
            evidence: vec![Evidence { path: os.path.clone(), found_by: "windows-release".to_owned() }],
        },
        introduced_in: None,
        owner: None,
    }));
    Matched { system, packages }
}

/// Tells each package its owners: one that has several is there once for each, so that all their vendors must speak for it.
fn own(catalogue: &ImageCatalogue, packages: &mut Vec<Installed>) {
    let mut more = Vec::new();
    for (found, installed) in catalogue.packages.iter().zip(packages.iter_mut()) {
        let owners: Option<Vec<usize>> =
            found.owners.iter().map(|owner| place_of(owner, &catalogue.packages)).collect();
        // An owner that is not there speaks for nothing.
        let mut owners = owners.unwrap_or_default().into_iter();
        installed.owner = owners.next();
        more.extend(owners.map(|owner| Installed { owner: Some(owner), ..installed.clone() }));
    }
    packages.append(&mut more);
}

fn place_of(owner: &Owner, packages: &[ImagePackage]) -> Option<usize> {
    packages.iter().position(|other| {
        catalogue::is_of_system(other.package.kind)
            && other.package.name == owner.name
            && (owner.arch.is_none() || other.package.arch == owner.arch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: PackageType, name: &str, owners: &[&str]) -> ImagePackage {
        let package = Package {
            kind,
            name: name.to_owned(),
            version: "1".to_owned(),
            arch: None,
            source: None,
            module: None,
            vendor: None,
            licenses: Vec::new(),
            confidence: Confidence::Confirmed,
            evidence: Vec::new(),
        };
        let owners = owners.iter().map(|name| Owner { name: (*name).to_owned(), arch: None }).collect();
        ImagePackage { package, introduced_in: 0, owners }
    }

    #[test]
    fn all_owners_of_a_package_are_asked() {
        let packages = vec![
            found(PackageType::Deb, "one", &[]),
            found(PackageType::Deb, "two", &[]),
            found(PackageType::Npm, "shared", &["one", "two"]),
            found(PackageType::Npm, "left", &["gone", "one"]),
        ];
        let matched = matched(&ImageCatalogue { packages, ..ImageCatalogue::default() }, None);
        let owners = |name: &str| -> Vec<Option<usize>> {
            let copies = matched.packages.iter().filter(|installed| installed.package.name == name);
            copies.map(|installed| installed.owner).collect()
        };
        assert_eq!(owners("shared"), [Some(0), Some(1)]);
        assert_eq!(owners("left"), [None]);
    }
}
