//! PE files: the version resource that every vendor fills in, and what a .NET assembly calls itself.

use vuln::{Confidence, PackageType};

use super::metadata;
use crate::apps::draft::Drafts;
use crate::apps::executable::Executable;
use crate::apps::{File, Read};
use crate::os::{VersionInfo, pe_version_info};

/// Reads one PE file.
pub(crate) fn read(file: &File<'_>, program: &Executable<'_>) -> Read {
    let info = pe_version_info(program.bytes).unwrap_or_default();
    let assembly = program.clr_metadata().and_then(metadata::assembly);
    let mut drafts = Drafts::new(file, PackageType::Generic, "pe-version");
    let version = version(&info);
    match assembly {
        // Texts of an assembly in another language, which is versioned with it.
        Some(assembly) if assembly.name.ends_with(".resources") => {}
        Some(assembly) => {
            let known = !version.is_empty();
            let version = if known { version } else { assembly.version };
            if let Some(package) = drafts.add_as(PackageType::Nuget, &assembly.name, &version) {
                package.vendor = vendor(&info);
                package.confidence = if known { Confidence::Confirmed } else { Confidence::Likely };
                for evidence in &mut package.evidence {
                    "clr-assembly".clone_into(&mut evidence.found_by);
                }
            }
        }
        None => {
            if let Some(package) = drafts.add_versioned(&name(&info), &version) {
                package.vendor = vendor(&info);
                package.confidence = Confidence::Likely;
            }
        }
    }
    drafts.finish()
}

fn vendor(info: &VersionInfo) -> Option<String> {
    info.company.clone().filter(|company| !company.trim().is_empty() && company.len() <= 200)
}

/// Most vendors name the program as product; Microsoft's product is Windows, so the description names the file.
fn name(info: &VersionInfo) -> String {
    let is_microsoft = [&info.company, &info.product_name]
        .into_iter()
        .flatten()
        .any(|text| text.to_ascii_lowercase().contains("microsoft"));
    let texts = if is_microsoft {
        [&info.description, &info.original_filename, &info.product_name]
    } else {
        [&info.product_name, &info.description, &info.original_filename]
    };
    let name = texts.into_iter().flatten().map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or_default();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The product's version, unless the file's is more exact; builds that follow a sign are no part of it.
fn version(info: &VersionInfo) -> String {
    let tidy_text = |text: &Option<String>| text.as_deref().map(tidy).unwrap_or_default();
    let (product, file) = (tidy_text(&info.product_version_text), tidy_text(&info.file_version_text));
    let points = |text: &str| text.matches('.').count();
    let chosen = if product.is_empty() || (points(&product) == 0 && points(&file) > 0) { file } else { product };
    let fixed =
        [&info.file_version, &info.product_version].into_iter().find(|text| text.chars().any(|c| !".0".contains(c)));
    if chosen.is_empty() { fixed.cloned().unwrap_or_default() } else { chosen }
}

/// `1, 2, 3, 4` and `4.7.4076.0 built by: X` hold a version too.
fn tidy(text: &str) -> String {
    let text = text.trim().replace(", ", ".").replace(',', ".");
    let first = text.split_whitespace().find(|word| word.starts_with(|each: char| each.is_ascii_digit()));
    first.and_then(|word| word.split('+').next()).unwrap_or_default().to_owned()
}
