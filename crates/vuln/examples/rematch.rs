//! Measures a re-match: generated images that share bases, a change of a share of all names.
//!
//! `cargo run --release -p holdfast-vuln --example rematch -- [images] [changed names per thousand]`

#![expect(clippy::print_stdout, reason = "an example tells its figures")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;

use base::Timestamp;
use holdfast_vuln::matching::{Image, Installed, Options, Ownership, lookups, match_image};
use holdfast_vuln::rematch::{Index, Tally};
use holdfast_vuln::{
    Advisory, AdvisorySource, Affect, AffectState, Confidence, Evidence, Namespace, Package, PackageType, Qualifiers,
    Range, RangeEnd, Scheme, System,
};

/// Distinct names, each in some versions.
const NAMES: u64 = 100_000;
const VERSIONS: u64 = 20;
const BASES: u64 = 500;
const PACKAGES_OF_A_BASE: u64 = 300;
const LAYERS_ABOVE: u64 = 4;
const PACKAGES_OF_A_LAYER: u64 = 40;
/// Layers above the bases are shared by some images each.
const IMAGES_OF_A_LAYER: u64 = 5;

/// A generator of numbers that looks random and is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

struct Database {
    affects: HashMap<String, Vec<Affect>>,
}

impl AdvisorySource for Database {
    type Error = Infallible;

    fn affects(&self, _: &Namespace, name: &str) -> Result<Vec<Affect>, Infallible> {
        Ok(self.affects.get(name).cloned().unwrap_or_default())
    }

    fn covers(&self, namespace: &Namespace) -> Result<bool, Infallible> {
        Ok(namespace.0 == "debian:12")
    }

    fn records(&self, _: &str) -> Result<Vec<Advisory>, Infallible> {
        Ok(Vec::new())
    }
}

fn affect(name: &str, number: u64, fixed: u64) -> Affect {
    Affect {
        advisory: ("debian".to_owned(), format!("CVE-2026-{number}")),
        namespace: Namespace("debian:12".to_owned()),
        name: name.to_owned(),
        scheme: Scheme::Deb,
        ranges: vec![Range { introduced: None, end: RangeEnd::Fixed(format!("1.{fixed}-1")) }],
        versions: Vec::new(),
        state: AffectState::Affected,
        severity: Some("high".to_owned()),
        qualifiers: Qualifiers::default(),
    }
}

fn package(name: u64, version: u64) -> Package {
    Package {
        kind: PackageType::Deb,
        name: format!("package-{name}"),
        version: format!("1.{version}-1"),
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: "/var/lib/dpkg/status".to_owned(), found_by: "dpkg-status".to_owned() }],
    }
}

fn judge(database: &Database, system: &System, subject: (u64, u64)) -> Tally {
    let installed = Installed { package: package(subject.0, subject.1), introduced_in: None, owner: None };
    let image = Image { system: Some(system.clone()), packages: vec![installed] };
    let options = Options { ownership: Ownership::Precise, now: Timestamp::from_millis(0) };
    match match_image(&image, database, options) {
        Ok(report) => Tally::of(&report.findings),
        Err(never) => match never {},
    }
}

/// Makes the packages of one layer: few names are in many layers, as it is with real ones.
fn layer(seed: u64, count: u64) -> Vec<(u64, u64)> {
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let near = NAMES / 20;
    (0..count)
        .map(|_| {
            let range = if numbers.below(2) == 0 { near } else { NAMES };
            (numbers.below(range), numbers.below(VERSIONS))
        })
        .collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let images = arguments.next().unwrap_or(1_000_000);
    let per_thousand = arguments.next().unwrap_or(10);
    let system = System { id: "debian".to_owned(), version: "12".to_owned(), ..System::default() };
    let mut numbers = Numbers(1);
    let mut database = Database { affects: HashMap::new() };
    for name in 0..NAMES {
        let name = format!("package-{name}");
        let affects = (0..numbers.below(12)).map(|number| affect(&name, number, numbers.below(VERSIONS))).collect();
        database.affects.insert(name, affects);
    }
    let started = Instant::now();
    let mut index: Index<u64, (u64, u64)> = Index::default();
    let names = |subject: &(u64, u64)| lookups(Some(&system), &package(subject.0, subject.1));
    let mut total = 0u64;
    for image in 0..images {
        let base = layer(1 + image % BASES, PACKAGES_OF_A_BASE);
        let above = (0..LAYERS_ABOVE).map(|level| {
            let shared = image / IMAGES_OF_A_LAYER;
            layer(1_000_000 + shared * LAYERS_ABOVE + level, PACKAGES_OF_A_LAYER)
        });
        let mut layers = Vec::new();
        for layer in std::iter::once(base).chain(above) {
            let ids = layer
                .iter()
                .map(|subject| index.subject_put(subject, names, |subject| judge(&database, &system, *subject)));
            layers.push(ids.filter_map(Result::ok).collect::<Vec<_>>());
        }
        total += index.image_put(image, &layers).map_or(0, |tally| u64::from(tally.critical));
    }
    let (subjects, sets, count) = index.sizes();
    println!("{count} images, {sets} sets, {subjects} subjects, {total} findings: built in {:.1?}", started.elapsed());
    let changed = NAMES * per_thousand / 1000;
    let mut changed_names = Vec::new();
    for _ in 0..changed {
        let name = format!("package-{}", numbers.below(NAMES));
        let more = affect(&name, 999, numbers.below(VERSIONS));
        database.affects.entry(name.clone()).or_default().push(more);
        changed_names.push((Namespace("debian:12".to_owned()), name));
    }
    let started = Instant::now();
    let mut judged = 0u64;
    let changes = index.rematch(&changed_names, |subject| {
        judged += 1;
        judge(&database, &system, *subject)
    });
    println!(
        "{changed} names changed: {judged} subjects judged, {} images changed, in {:.2?}",
        changes.len(),
        started.elapsed()
    );
}
