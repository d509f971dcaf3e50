//! Measures a re-match: generated images that share bases, a change of a share of all names.
//!
//! `cargo run --release -p holdfast-vuln --example rematch -- [images] [changed names per thousand]`

#![expect(clippy::print_stdout, reason = "an example tells its figures")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Instant;

use base::Timestamp;
use holdfast_vuln::matching::{Image, Installed, Options, Ownership, lookups, match_image};
use holdfast_vuln::rematch::{Full, Index, SetId, SubjectId, Tally};
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

/// The images' layers, each put in when it is first met.
struct Catalogues<'a> {
    database: &'a Database,
    system: &'a System,
    index: Index<u64, (u64, u64)>,
    bases: HashMap<u64, SetId>,
    /// The layers above the bases that the last image had, and whose they are.
    above: (Option<u64>, Vec<SetId>),
}

impl Catalogues<'_> {
    fn put(&mut self, image: u64) -> Result<Tally, Full> {
        let base = image % BASES;
        let base = match self.bases.get(&base) {
            Some(set) => *set,
            None => {
                let set = self.set(&base_layer(base))?;
                self.bases.insert(base, set);
                set
            }
        };
        let shared = image / IMAGES_OF_A_LAYER;
        if self.above.0 != Some(shared) {
            let sets =
                (0..LAYERS_ABOVE).map(|level| self.set(&upper_layer(shared, level))).collect::<Result<_, _>>()?;
            self.above = (Some(shared), sets);
        }
        let mut sets = vec![base];
        sets.extend(&self.above.1);
        self.index.image_put(image, &sets)
    }

    fn set(&mut self, layer: &[(u64, u64)]) -> Result<SetId, Full> {
        let (database, system) = (self.database, self.system);
        let names = |subject: &(u64, u64)| lookups(Some(system), &package(subject.0, subject.1));
        let judge = |subject: &(u64, u64)| judge(database, system, *subject);
        let subjects: Vec<SubjectId> =
            layer.iter().map(|subject| self.index.subject_put(subject, names, judge)).collect::<Result<_, _>>()?;
        self.index.set_put(subjects)
    }
}

fn base_layer(base: u64) -> Vec<(u64, u64)> {
    layer(1 + base, PACKAGES_OF_A_BASE)
}

fn upper_layer(shared: u64, level: u64) -> Vec<(u64, u64)> {
    layer(1_000_000 + shared * LAYERS_ABOVE + level, PACKAGES_OF_A_LAYER)
}

/// Returns an image's counts as matching all its packages one by one makes them.
fn in_full(database: &Database, system: &System, image: u64) -> u32 {
    let mut subjects = base_layer(image % BASES);
    subjects.extend((0..LAYERS_ABOVE).flat_map(|level| upper_layer(image / IMAGES_OF_A_LAYER, level)));
    subjects.sort_unstable();
    subjects.dedup();
    subjects.into_iter().map(|subject| judge(database, system, subject).critical).sum()
}

/// A moment, by the clock and by this process's processor time.
struct Moment(Instant, f64);

impl Moment {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks: Vec<f64> = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
        // Linux counts 100 ticks a second.
        Self(Instant::now(), ticks.iter().sum::<f64>() / 100.0)
    }

    fn since(&self) -> String {
        format!("{:.2} s wall, {:.2} s cpu", self.0.elapsed().as_secs_f64(), Self::now().1 - self.1)
    }
}

/// Returns the most memory that this process has had, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

fn main() -> Result<(), Full> {
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
    println!("database: {NAMES} names, {} MiB", peak_mib());
    let started = Moment::now();
    let mut catalogues = Catalogues {
        database: &database,
        system: &system,
        index: Index::default(),
        bases: HashMap::new(),
        above: (None, Vec::new()),
    };
    let mut total = 0u64;
    for image in 0..images {
        total += u64::from(catalogues.put(image)?.critical);
    }
    let mut index = catalogues.index;
    let (subjects, sets, count) = index.sizes();
    println!("{count} images, {sets} sets, {subjects} subjects, {total} findings");
    println!("built: {}, peak {} MiB", started.since(), peak_mib());
    let changed = NAMES * per_thousand / 1000;
    let mut changed_names = Vec::new();
    for _ in 0..changed {
        let name = format!("package-{}", numbers.below(NAMES));
        let more = affect(&name, 999, numbers.below(VERSIONS));
        database.affects.entry(name.clone()).or_default().push(more);
        changed_names.push((Namespace("debian:12".to_owned()), name));
    }
    let started = Moment::now();
    let mut judged = 0u64;
    let changes = index.rematch(&changed_names, |subject| {
        judged += 1;
        judge(&database, &system, *subject)
    });
    println!("{changed} names changed: {judged} subjects judged, {} images changed", changes.len());
    println!("re-matched: {}, peak {} MiB", started.since(), peak_mib());
    let step = images.div_ceil(1000).max(1);
    let sample: Vec<u64> = (0..images).step_by(usize::try_from(step).unwrap_or(1)).collect();
    let is_same = |image: &&u64| {
        index.image_tally(image).is_some_and(|tally| tally.critical == in_full(&database, &system, **image))
    };
    let same = sample.iter().filter(is_same).count();
    println!("{same} of {} images have the counts that matching each in full gives", sample.len());
    Ok(())
}
