//! What form a document has, told from its name and its beginning.

use super::Format;

/// So much of a document is looked at.
const HEAD_BYTES: usize = 64 * 1024;
const TAIL_BYTES: usize = 4 * 1024;

/// Tells a document's form; nothing if it is none that is read (a licence, a readme).
#[must_use]
pub fn detect(name: &str, bytes: &[u8]) -> Option<Format> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    let says = |text: &str| contains(head, text.as_bytes()) || contains(tail, text.as_bytes());
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("md") => (says("```toml") && says("[advisory]")).then_some(Format::RustSec),
        Some("yaml" | "yml") => yaml(says),
        Some("csv") if says("cveID,") && says("dateAdded") => Some(Format::KevCsv),
        Some("csv") => says("cve,epss").then_some(Format::Epss),
        Some("xml") => xml(says),
        Some("txt" | "html" | "toml" | "lock" | "py" | "sh") => None,
        _ => match head.trim_ascii_start().first() {
            Some(b'{' | b'[') => json(says),
            Some(b'<') => xml(says),
            _ => yaml(says),
        },
    }
}

fn yaml(says: impl Fn(&str) -> bool) -> Option<Format> {
    if says("secfixes:") || says("distroversion:") {
        Some(Format::SecdbYaml)
    } else {
        ((says("\nid:") || says("id: ")) && says("affected:")).then_some(Format::OsvYaml)
    }
}

fn xml(says: impl Fn(&str) -> bool) -> Option<Format> {
    if says("cvrfdoc") { Some(Format::CvrfXml) } else { says("<updates").then_some(Format::UpdateInfo) }
}

/// The order matters: the more telling mark first.
fn json(says: impl Fn(&str) -> bool) -> Option<Format> {
    const MARKS: &[(Format, &[&str])] = &[
        (Format::Csaf, &["\"csaf_version\""]),
        (Format::RepositoryCpes, &["\"data\"", "\"cpes\"", "\"repo_relative_urls\""]),
        (Format::OpenVex, &["openvex.dev/ns", "\"statements\""]),
        (Format::Kev, &["\"catalogVersion\"", "\"cveID\""]),
        (Format::Nvd, &["\"NVD_CVE\""]),
        (Format::Nvd, &["\"vulnerabilities\"", "\"sourceIdentifier\""]),
        (Format::Cvrf, &["\"DocumentTitle\"", "\"Vulnerability\""]),
        (Format::Cvrf, &["\"DocumentTitle\"", "\"ProductTree\""]),
        (Format::CveRecord, &["\"cveMetadata\"", "\"containers\""]),
        (Format::Secdb, &["\"apkurl\"", "\"packages\""]),
        (Format::Secdb, &["\"urlprefix\"", "\"packages\""]),
        (Format::Secdb, &["\"secfixes\""]),
        (Format::DebianTracker, &["\"releases\"", "\"status\"", "\"repositories\""]),
        (Format::Osv, &["\"id\"", "\"affected\""]),
        (Format::Osv, &["\"id\"", "\"modified\"", "\"schema_version\""]),
        (Format::Osv, &["\"id\"", "\"modified\"", "\"withdrawn\""]),
    ];
    MARKS.iter().find(|(_, marks)| marks.iter().all(|mark| says(mark))).map(|(format, _)| *format)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return true };
    let mut rest = haystack;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        let from = rest.get(at..).unwrap_or_default();
        if from.starts_with(needle) {
            return true;
        }
        rest = from.get(1..).unwrap_or_default();
    }
    false
}
