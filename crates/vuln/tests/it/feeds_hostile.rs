//! Each importer on arbitrary and on damaged documents.

use holdfast_vuln::feed::{Document, Format, detect, import};
use proptest::prelude::*;

use crate::feeds::{CSAF, Collected};

const FORMATS: &[Format] = &[
    Format::Osv,
    Format::OsvYaml,
    Format::DebianTracker,
    Format::Secdb,
    Format::SecdbYaml,
    Format::Csaf,
    Format::OpenVex,
    Format::UpdateInfo,
    Format::Nvd,
    Format::Kev,
    Format::KevCsv,
    Format::Epss,
    Format::CvrfXml,
    Format::Cvrf,
    Format::RustSec,
    Format::CveRecord,
    Format::RepositoryCpes,
];

/// Text that begins like a document and goes on in any way.
fn broken() -> impl Strategy<Value = String> {
    let starts = prop::sample::select(vec![
        "",
        CSAF,
        "{\"vulnerabilities\":[{\"cve\":{\"id\":",
        "<updates><update><id>ALAS-2024-1</id>",
        "id: X\naffected:\n- ",
        "```toml\n[advisory]\nid = \"x\"\npackage = \"y\"\n[versions]\npatched = [\"",
        "CVE-2024-1,",
        "{\"a\":{\"CVE-1-1\":",
        "{\"data\":{\"rhel-9-for-x86_64-baseos-rpms\":{\"cpes\":[\"cpe:/\"],\"repo_relative_urls\":[]}}}",
        "<cvrfdoc><Vulnerability><CVE>",
        "distroversion: v3\npackages:\n- pkg:\n    name: ",
    ]);
    (starts, any::<prop::sample::Index>(), ".{0,80}").prop_map(|(start, cut, rest)| {
        let mut at = cut.index(start.len() + 1);
        while !start.is_char_boundary(at) {
            at -= 1;
        }
        format!("{}{rest}{}", &start[..at], &start[at..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_are_read_or_refused_within_bounds(bytes in prop::collection::vec(any::<u8>(), 0..400), text in broken()) {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = detect("x.json", bytes);
            for format in FORMATS {
                let mut out = Collected::default();
                let _ = import(*format, Document { name: "crates/x/y.md", bytes }, &mut out);
                for (set, cpes) in &out.repositories {
                    prop_assert!(!set.is_empty() && set.len() <= 1024);
                    prop_assert!((1..=256).contains(&cpes.len()) && cpes.iter().all(|cpe| cpe.starts_with("cpe:")));
                }
                for affect in &out.affects {
                    prop_assert!(!affect.name.is_empty() && affect.name.len() <= 1024);
                }
                for advisory in &out.advisories {
                    prop_assert!(!advisory.id.is_empty() && advisory.title.len() <= 300 && advisory.description.len() <= 4096);
                }
            }
        }
    }
}
