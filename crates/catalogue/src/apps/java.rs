//! Java archives: Maven's properties, manifests and file names, archives within archives, and native images.

mod groups;
mod manifest;
mod name;
mod pom;

use std::collections::BTreeSet;
use std::io::Read as _;

use vuln::{Confidence, Package, PackageType};

use super::draft::{self, Drafts};
use super::executable::Executable;
use super::zip::{Archive, Budget, Member};
use super::{File, Read};
use crate::findings::{Findings, ParseError};
use crate::sbom;
use manifest::Manifest;
use name::FileName;

pub(crate) use pom::{read as read_pom, read_gradle_lock};

/// Extensions of archives that Java tools read as such.
pub(crate) const EXTENSIONS: &[&str] = &["jar", "war", "ear", "par", "sar", "nar", "lpkg", "kar", "hpi", "jpi", "rar"];
/// Of one properties file, manifest or project model.
const MAX_DOCUMENT: u64 = 4 << 20;
/// Artifacts shaded into one archive; real ones have a few hundred.
const MAX_SHADED: usize = 5000;
/// Of the bill of materials in a native image.
const MAX_SBOM: u64 = 64 << 20;
/// Archives that are too short to hold one.
const MIN_APPENDED: usize = 1024;

/// Reads an archive and the archives in it.
pub(crate) fn read(file: &File<'_>) -> Read {
    let mut budget = Budget::new(file.limits);
    let mut all = Findings::default();
    read_archive(file, 1, &mut budget, &mut all)?;
    Ok(all)
}

/// Reads an archive that follows a shell script; a script without one says nothing.
pub(crate) fn read_appended(file: &File<'_>) -> Read {
    let mut budget = Budget::new(file.limits);
    let is_java = file.bytes.len() >= MIN_APPENDED
        && Archive::open(file.bytes, &mut budget).is_ok_and(|archive| {
            archive.members().iter().any(|member| {
                let name = member.name();
                name.starts_with("META-INF/") || is_archive(&name)
            })
        });
    if is_java { read(file) } else { Ok(Findings::default()) }
}

fn is_archive(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| EXTENSIONS.iter().any(|each| end.eq_ignore_ascii_case(each)))
}

/// What one archive says of itself, before it is decided which part is it.
#[derive(Default)]
struct Contents {
    properties: Vec<pom::Coordinates>,
    models: Vec<pom::Coordinates>,
    manifest: Option<Manifest>,
}

fn read_archive(file: &File<'_>, depth: usize, budget: &mut Budget, all: &mut Findings) -> Result<(), ParseError> {
    let archive = Archive::open(file.bytes, budget)?;
    let mut contents = Contents::default();
    for member in archive.members() {
        if let Err(fault) = read_member(file, &archive, member, &mut contents, depth, budget, all)
            && all.faults.len() < 16
        {
            all.faults.push(fault);
        }
    }
    let mut read = settle(file, contents)?;
    let room = file.limits.packages.saturating_sub(all.packages.len());
    read.packages.truncate(room);
    all.packages.append(&mut read.packages);
    all.faults.append(&mut read.faults);
    Ok(())
}

fn read_member(
    file: &File<'_>,
    archive: &Archive<'_>,
    member: &Member<'_>,
    contents: &mut Contents,
    depth: usize,
    budget: &mut Budget,
    all: &mut Findings,
) -> Result<(), ParseError> {
    let name = member.name();
    if name == "META-INF/MANIFEST.MF" {
        let bytes = archive.read(member, MAX_DOCUMENT, budget)?;
        contents.manifest = Some(Manifest::parse(&String::from_utf8_lossy(&bytes)));
    } else if let Some(inner) = name.strip_prefix("META-INF/maven/") {
        if inner.ends_with("/pom.properties") && contents.properties.len() < MAX_SHADED {
            let bytes = archive.read(member, MAX_DOCUMENT, budget)?;
            contents.properties.extend(pom::properties(&String::from_utf8_lossy(&bytes)));
        } else if inner.ends_with("/pom.xml") && contents.models.len() < MAX_SHADED {
            let bytes = archive.read(member, MAX_DOCUMENT, budget)?;
            contents.models.extend(pom::model(&file.at(file.path, &bytes)));
        }
    } else if is_archive(&name) && depth < file.limits.depth {
        let bytes = archive.read(member, budget_left(file), budget)?;
        let path = format!("{}!/{}", file.path, escaped(&name));
        read_archive(&file.at(&path, &bytes), depth + 1, budget, all)?;
    } else if is_archive(&name) {
        return Err(ParseError::too_large("java-archive", "archives within archives", file.limits.depth));
    } else if (name.starts_with("META-INF/sbom/") || name.starts_with("BOOT-INF/sbom/")) && name.ends_with(".json") {
        let bytes = archive.read(member, MAX_SBOM, budget)?;
        let path = format!("{}!/{}", file.path, escaped(&name));
        let mut read = sbom::read(&path, &bytes, file.limits)?;
        all.packages.append(&mut read.packages);
    }
    Ok(())
}

fn budget_left(file: &File<'_>) -> u64 {
    file.limits.unpacked_bytes
}

/// Control characters of a member's name do not belong into a report.
fn escaped(name: &str) -> String {
    name.chars().map(|each| if each.is_control() { '\u{fffd}' } else { each }).collect()
}

/// Decides what the archive itself is, and adds what was shaded into it.
fn settle(file: &File<'_>, contents: Contents) -> Read {
    let file_name = FileName::parse(file.name());
    let mut drafts = Drafts::new(file, PackageType::Maven, "jar-pom-properties");
    let mut is_itself = false;
    let coordinates = coordinates(&contents);
    for (found, found_by) in &coordinates {
        // Alone, and of the manifest's version, they are the archive's own, whatever it was renamed to.
        let is_alone = coordinates.len() == 1
            && contents.manifest.as_ref().is_some_and(|manifest| manifest.identity().version == found.version);
        is_itself |= is_alone || is_main(found, &file_name, contents.manifest.as_ref());
        if let Some(package) = drafts.add(&found.name(), &found.version) {
            set_found_by(package, found_by);
            let model = contents.models.iter().find(|model| model.artifact == found.artifact);
            for license in model.into_iter().flat_map(|model| &model.licenses) {
                draft::license(package, license);
            }
        }
    }
    if !is_itself {
        add_main(&file_name, contents.manifest.as_ref(), &mut drafts);
    }
    drafts.finish()
}

/// The coordinates in an archive, each once, with what told them.
fn coordinates(contents: &Contents) -> Vec<(&pom::Coordinates, &'static str)> {
    let mut seen = BTreeSet::new();
    let properties = contents.properties.iter().map(|found| (found, "jar-pom-properties"));
    let models = contents.models.iter().map(|found| (found, "jar-pom-xml"));
    let mut kept = Vec::new();
    for (found, found_by) in properties.chain(models) {
        // A model repeats its properties file, which knows what the model inherits.
        let is_repeated = found_by == "jar-pom-xml"
            && contents.properties.iter().any(|other| {
                other.artifact == found.artifact && (found.group.is_empty() || other.group == found.group)
            });
        if !is_repeated && found.is_complete() && seen.insert((&found.group, &found.artifact)) {
            kept.push((found, found_by));
        }
    }
    kept
}

/// Tells whether these coordinates are the archive's own, rather than those of something within it.
fn is_main(found: &pom::Coordinates, file_name: &FileName<'_>, manifest: Option<&Manifest>) -> bool {
    let artifact = found.artifact.as_str();
    if file_name.name.is_empty() {
        return true;
    }
    let by_name = artifact.starts_with(file_name.name) || file_name.stem.starts_with(artifact);
    let by_manifest = manifest.is_some_and(|manifest| manifest.names(artifact));
    by_name || by_manifest
}

/// Adds what the manifest and the file name say.
fn add_main(file_name: &FileName<'_>, manifest: Option<&Manifest>, drafts: &mut Drafts<'_>) {
    let said = manifest.map(Manifest::identity).unwrap_or_default();
    // Debian calls Jetty's archives by the major version.
    let jetty = file_name.name.split_once('-').filter(|(first, _)| first.strip_prefix("jetty").is_some_and(is_number));
    let plain = jetty.map(|(_, rest)| format!("jetty-{rest}"));
    let artifact = if file_name.name.is_empty() { said.artifact.as_str() } else { file_name.name };
    let artifact = plain.as_deref().unwrap_or(artifact);
    let version = if file_name.version.is_empty() { said.version.as_str() } else { file_name.version };
    let is_shell = version.is_empty() && (manifest.is_none() || !drafts.is_empty());
    if artifact.is_empty() || is_shell {
        return;
    }
    let known = groups::of(artifact, version);
    let group = known.or_else(|| manifest.and_then(|manifest| manifest.group(artifact)));
    let name = group.map_or_else(|| artifact.to_owned(), |group| format!("{group}:{artifact}"));
    if let Some(package) = drafts.add(&name, version) {
        set_found_by(package, if manifest.is_some() { "jar-manifest" } else { "jar-file-name" });
        package.confidence =
            if said.version.is_empty() || version.is_empty() { Confidence::Likely } else { Confidence::Confirmed };
        for license in &said.licenses {
            draft::license(package, license);
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn set_found_by(package: &mut Package, found_by: &str) {
    for evidence in &mut package.evidence {
        found_by.clone_into(&mut evidence.found_by);
    }
}

/// Reads the bill of materials that GraalVM puts into a native image (symbols `sbom` and `sbom_length`).
pub(crate) fn native_image(file: &File<'_>, program: &Executable<'_>) -> Option<Read> {
    let start = program.at(program.symbol("sbom")?)?;
    let length = program.at(program.symbol("sbom_length")?)?.get(..8)?;
    let length = <[u8; 8]>::try_from(length).ok().map(u64::from_le_bytes)?;
    let packed = start.get(..usize::try_from(length).ok()?)?;
    let mut document = Vec::new();
    if flate2::read::GzDecoder::new(packed).take(MAX_SBOM).read_to_end(&mut document).is_err() {
        return Some(Err(ParseError::malformed("graalvm-sbom", 0, "the document does not inflate")));
    }
    Some(sbom::read(file.path, &document, file.limits))
}

/// Reads the `release` file of a Java runtime.
pub(crate) fn read_runtime(file: &File<'_>) -> Read {
    let text = file.text();
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|value| value.trim().trim_matches('"').to_owned()).unwrap_or_default()
    };
    let mut drafts = Drafts::new(file, PackageType::Generic, "java-release");
    let version = [value("JAVA_RUNTIME_VERSION"), value("JAVA_VERSION")].into_iter().find(|text| !text.is_empty());
    let implementor = value("IMPLEMENTOR");
    if let Some(version) = version
        && (!implementor.is_empty() || !value("IMAGE_TYPE").is_empty() || !value("JVM_VARIANT").is_empty())
    {
        let name = if implementor.contains("Oracle") && !value("SOURCE").contains("open") { "jdk" } else { "openjdk" };
        // Builds are told by what follows the sign; the advisories know the version before it.
        let version = version.split(['+', '-']).next().unwrap_or_default().to_owned();
        if let Some(package) = drafts.add(name, &version) {
            package.vendor = (!implementor.is_empty()).then_some(implementor);
        }
    }
    drafts.finish()
}
