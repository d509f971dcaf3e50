//! The public sources, and where they publish.

use base::Timestamp;

use super::error::Error;
use super::plan::{Target, Way};

/// A source of advisories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name on the command line, and its folder's.
    pub name: &'static str,
    /// What it covers, in a line.
    pub covers: &'static str,
    /// Whether it is fetched unless others are named: large ones, and ones that repeat others, are not.
    pub is_default: bool,
    pub(crate) targets: Vec<Target>,
}

const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com";
/// Ecosystems of OSV, as their addresses write them.
const OSV_ECOSYSTEMS: &[&str] = &[
    "PyPI",
    "npm",
    "Go",
    "crates.io",
    "Maven",
    "RubyGems",
    "Packagist",
    "NuGet",
    "Hex",
    "Pub",
    "SwiftURL",
    "CRAN",
    "Bitnami",
];
const ALPINE_RELEASES: &[&str] =
    &["v3.15", "v3.16", "v3.17", "v3.18", "v3.19", "v3.20", "v3.21", "v3.22", "v3.23", "edge"];
const FIRST_NVD_YEAR: i64 = 2002;
const MSRC_MONTHS: i64 = 36;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns all sources; some publish by year or month, up to now.
#[must_use]
pub fn sources(now: Timestamp) -> Vec<Source> {
    [distributions(), upstream(now), further()].concat()
}

fn usual(name: &'static str, covers: &'static str, targets: Vec<Target>) -> Source {
    Source { name, covers, is_default: true, targets }
}

fn file(file: &str, url: &str) -> Vec<Target> {
    vec![Target::file(file, url)]
}

/// Zips of OSV: the name in the address, with blanks escaped.
fn osv(ecosystems: &[&str]) -> Vec<Target> {
    let target =
        |name: &&str| Target::file(&format!("{}.zip", name.replace("%20", "-")), &format!("{OSV}/{name}/all.zip"));
    ecosystems.iter().map(target).collect()
}

/// Those that build packages.
fn distributions() -> Vec<Source> {
    let tracker = "https://security-tracker.debian.org/tracker/data/json";
    let ubuntu = "https://security-metadata.canonical.com/osv/osv-all.tar.xz";
    let red_hat = Target {
        file: "csaf-vex.tar.zst".to_owned(),
        url: "https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt".to_owned(),
        way: Way::NamedBy,
        is_optional: false,
    };
    let mapping = "https://security.access.redhat.com/data/metrics/repository-to-cpe.json";
    // A mirror without it still has the statements; content sets are told by their names alone then.
    let repositories = Target { is_optional: true, ..Target::file("repository-to-cpe.json", mapping) };
    let secdb = |url| file("security.json", url);
    vec![
        usual(
            "errata",
            "AlmaLinux, Rocky Linux, openEuler, Mageia (OSV)",
            osv(&["AlmaLinux", "Rocky%20Linux", "openEuler", "Mageia"]),
        ),
        usual("suse", "SUSE and openSUSE (OSV)", osv(&["SUSE", "openSUSE"])),
        usual("debian", "Debian's security tracker", file("tracker.json", tracker)),
        usual("ubuntu", "Ubuntu (OSV)", file("osv-all.tar.xz", ubuntu)),
        usual("alpine", "Alpine's secdb", alpine()),
        usual("wolfi", "Wolfi's secdb", secdb("https://packages.wolfi.dev/os/security.json")),
        usual("chainguard", "Chainguard's secdb", secdb("https://packages.cgr.dev/chainguard/security.json")),
        usual("redhat", "Red Hat (CSAF VEX), and which repository has which CPE", vec![red_hat, repositories]),
        usual("amazon", "Amazon Linux 2 and 2023 (ALAS)", amazon()),
    ]
}

/// Those that speak of what others build.
fn upstream(now: Timestamp) -> Vec<Source> {
    let (year, month) = year_and_month(now);
    let rustsec = "https://github.com/RustSec/advisory-db/archive/refs/heads/main.zip";
    let openssl = "https://github.com/openssl/release-metadata/archive/refs/heads/main.zip";
    let kev = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
    let epss = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";
    vec![
        usual("osv", "languages: PyPI, npm, Go, Rust, Maven, … with GHSA's reviews (OSV)", osv(OSV_ECOSYSTEMS)),
        usual("rustsec", "RustSec", file("advisory-db.zip", rustsec)),
        usual("openssl", "OpenSSL's own records", file("release-metadata.zip", openssl)),
        usual("kev", "CISA's known exploited vulnerabilities", file("kev.json", kev)),
        usual("epss", "EPSS scores", file("epss.csv.gz", epss)),
        usual("nvd", "NVD's descriptions, severities and CPEs", nvd(year)),
        usual("msrc", "Microsoft, the last three years", msrc(year, month)),
    ]
}

/// Those that repeat others, or say more than most want to hear.
fn further() -> Vec<Source> {
    let unusual = |name, covers, targets| Source { name, covers, is_default: false, targets };
    let ghsa = "https://github.com/github/advisory-database/archive/refs/heads/main.zip";
    let grype = Target {
        file: "vulnerability.tar.zst".to_owned(),
        url: "https://grype.anchore.io/databases/v6/latest.json".to_owned(),
        way: Way::Listing,
        is_optional: false,
    };
    vec![
        unusual("oss-fuzz", "C and C++ projects under fuzzing (OSV)", osv(&["OSS-Fuzz"])),
        unusual("ghsa", "GitHub's advisories, from GitHub itself", file("advisory-database.zip", ghsa)),
        unusual("grype", "Grype's database, schema 6: many feeds in one", vec![grype]),
    ]
}

/// Returns one source.
///
/// # Errors
/// If there is none of that name.
pub fn source(name: &str, now: Timestamp) -> Result<Source, Error> {
    let all = sources(now);
    let known = all.iter().map(|source| source.name).collect::<Vec<_>>().join(", ");
    let found = all.into_iter().find(|source| source.name == name);
    found.ok_or_else(|| Error::UnknownSource { name: name.to_owned(), known })
}

fn alpine() -> Vec<Target> {
    let mut targets = Vec::new();
    for release in ALPINE_RELEASES {
        for repository in ["main", "community"] {
            let url = format!("https://secdb.alpinelinux.org/{release}/{repository}.json");
            targets.push(Target { is_optional: true, ..Target::file(&format!("{release}-{repository}.json"), &url) });
        }
    }
    targets
}

fn amazon() -> Vec<Target> {
    let repository = |file: &str, url: &str| Target {
        file: file.to_owned(),
        url: url.to_owned(),
        way: Way::RpmRepository,
        is_optional: false,
    };
    vec![
        repository("amazon-2.xml.gz", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list"),
        repository("amazon-2023.xml.gz", "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list"),
    ]
}

fn nvd(year: i64) -> Vec<Target> {
    let url = |year| format!("https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{year}.json.gz");
    let target = |year| Target { is_optional: true, ..Target::file(&format!("nvdcve-{year}.json.gz"), &url(year)) };
    (FIRST_NVD_YEAR..=year).map(target).collect()
}

fn msrc(year: i64, month: i64) -> Vec<Target> {
    let mut targets = Vec::new();
    for back in 0..MSRC_MONTHS {
        let months = year * 12 + month - 1 - back;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
        let Some(name) = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)) else { continue };
        let url = format!("https://api.msrc.microsoft.com/cvrf/v3.0/cvrf/{year}-{name}");
        targets.push(Target { is_optional: true, ..Target::file(&format!("{year}-{name}.json"), &url) });
    }
    targets
}

/// Reads year and month out of RFC 3339.
fn year_and_month(now: Timestamp) -> (i64, i64) {
    let text = now.to_string();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse().ok());
    (number(0, 4).unwrap_or(FIRST_NVD_YEAR), number(5, 7).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_by_year_and_month_end_now() {
        let now: Timestamp = "2026-02-15T00:00:00Z".parse().unwrap();
        let files =
            |name| source(name, now).unwrap().targets.iter().map(|target| target.file.clone()).collect::<Vec<_>>();
        assert_eq!(files("msrc").first().unwrap(), "2026-Feb.json");
        assert_eq!(files("msrc").get(2).unwrap(), "2025-Dec.json");
        assert_eq!(files("nvd").last().unwrap(), "nvdcve-2026.json.gz");
        assert!(source("nobody", now).is_err());
        let mut names: Vec<_> = sources(now).iter().map(|source| source.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), sources(now).len());
    }
}
