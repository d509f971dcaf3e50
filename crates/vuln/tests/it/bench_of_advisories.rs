//! A database in memory, and builders for what matching takes.

use std::convert::Infallible;

use base::Timestamp;
use holdfast_vuln::matching::{Image, Installed, Options, Ownership, Report, match_image, normalize};
use holdfast_vuln::{
    Advisory, AdvisorySource, Affect, AffectState, Confidence, Epss, Evidence, Kev, Namespace, Package, PackageType,
    Qualifiers, Range, RangeEnd, Scheme, SourcePackage, System,
};

/// A database in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) affects: Vec<Affect>,
    pub(crate) covered: Vec<String>,
    pub(crate) exploited: Vec<String>,
    /// Content sets and a CPE of each.
    pub(crate) repositories: Vec<(String, String)>,
}

impl AdvisorySource for Memory {
    type Error = Infallible;

    fn affects(&self, namespace: &Namespace, name: &str) -> Result<Vec<Affect>, Infallible> {
        let named = |affect: &&Affect| affect.namespace == *namespace && affect.name == name;
        Ok(self.affects.iter().filter(named).cloned().collect())
    }

    fn covers(&self, namespace: &Namespace) -> Result<bool, Infallible> {
        let has = self.affects.iter().any(|affect| affect.namespace == *namespace);
        Ok(has || self.covered.contains(&namespace.0))
    }

    fn records(&self, id: &str) -> Result<Vec<Advisory>, Infallible> {
        let called = |record: &&Advisory| record.id == id || record.aliases.iter().any(|alias| alias == id);
        Ok(self.advisories.iter().filter(called).cloned().collect())
    }

    fn exploitation(&self, cve: &str) -> Result<(Option<Kev>, Option<Epss>), Infallible> {
        let kev = Kev { added: "2024-01-01".to_owned(), due: None, ransomware: false };
        Ok((self.exploited.iter().any(|known| known == cve).then_some(kev), None))
    }

    fn repository_cpes(&self, content_set: &str) -> Result<Vec<String>, Infallible> {
        Ok(self.repositories.iter().filter(|(set, _)| set == content_set).map(|(_, cpe)| cpe.clone()).collect())
    }
}

impl Memory {
    /// Maps a content set to a CPE.
    pub(crate) fn repository(&mut self, content_set: &str, cpe: &str) {
        self.repositories.push((content_set.to_owned(), cpe.to_owned()));
    }

    /// Makes a database with feeds that say nothing yet.
    pub(crate) fn covering(namespaces: &[&str]) -> Self {
        let covered = namespaces.iter().map(|namespace| (*namespace).to_owned()).collect();
        Self { covered, ..Self::default() }
    }

    /// Adds an advisory without more than its names.
    pub(crate) fn advisory(&mut self, source: &str, id: &str, aliases: &[&str]) -> &mut Advisory {
        self.advisories.push(Advisory {
            id: id.to_owned(),
            source: source.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            title: String::new(),
            description: String::new(),
            published: None,
            modified: None,
            withdrawn: None,
            severities: Vec::new(),
            references: Vec::new(),
            cwes: Vec::new(),
            kev: None,
            epss: None,
        });
        self.advisories.last_mut().unwrap()
    }

    /// Adds a statement: `fixed` is the version that mends it, `-` for none, `0` for never affected.
    pub(crate) fn affect(&mut self, source: &str, id: &str, namespace: &str, name: &str, fixed: &str) -> &mut Affect {
        let end = if fixed == "-" { RangeEnd::Open } else { RangeEnd::Fixed(fixed.to_owned()) };
        self.affects.push(Affect {
            advisory: (source.to_owned(), id.to_owned()),
            namespace: Namespace(namespace.to_owned()),
            name: normalize(namespace, name).into_owned(),
            scheme: scheme(namespace),
            ranges: vec![Range { introduced: None, end }],
            versions: Vec::new(),
            state: AffectState::Affected,
            severity: None,
            qualifiers: Qualifiers::default(),
        });
        self.affects.last_mut().unwrap()
    }

    /// Adds an advisory and its statement.
    pub(crate) fn add(&mut self, source: &str, id: &str, namespace: &str, name: &str, fixed: &str) -> &mut Affect {
        self.advisory(source, id, &[]);
        self.affect(source, id, namespace, name, fixed)
    }
}

fn scheme(namespace: &str) -> Scheme {
    match namespace.split(':').next().unwrap() {
        "debian" | "ubuntu" => Scheme::Deb,
        "alpine" | "wolfi" => Scheme::Apk,
        "pypi" => Scheme::Pep440,
        "npm" | "crates.io" => Scheme::Semver,
        "go" => Scheme::Go,
        "generic" | "cpe" | "oss-fuzz" | "bitnami" => Scheme::Generic,
        "windows" | "windows-update" => Scheme::Windows,
        "maven" => Scheme::Maven,
        _ => Scheme::Rpm,
    }
}

/// Makes a package.
pub(crate) fn package(kind: PackageType, name: &str, version: &str) -> Package {
    Package {
        kind,
        name: name.to_owned(),
        version: version.to_owned(),
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: vec![Evidence { path: format!("/{name}"), found_by: "test".to_owned() }],
    }
}

/// Makes a package that was built from a source.
pub(crate) fn built_from(kind: PackageType, name: &str, source: &str, version: &str) -> Package {
    let source = SourcePackage { name: source.to_owned(), version: version.to_owned() };
    Package { source: Some(source), ..package(kind, name, version) }
}

/// Makes a system.
pub(crate) fn system(id: &str, version: &str) -> System {
    System { id: id.to_owned(), version: version.to_owned(), ..System::default() }
}

/// Makes an image.
pub(crate) fn image(system: Option<System>, packages: Vec<Package>) -> Image {
    let packages = packages.into_iter().map(|package| Installed { package, introduced_in: None, owner: None });
    Image { system, packages: packages.collect() }
}

/// Matches.
pub(crate) fn matched(memory: &Memory, image: &Image) -> Report {
    let options = Options { ownership: Ownership::Precise, now: Timestamp::from_millis(1_800_000_000_000) };
    match_image(image, memory, options).unwrap()
}

/// Tells the findings as `name version id state fixed`.
pub(crate) fn told(report: &Report) -> Vec<String> {
    let told = report.findings.iter().map(|finding| {
        let fixed = finding.fixed_version.as_deref().unwrap_or("-");
        format!("{} {} {} {:?} {fixed}", finding.name, finding.version, finding.id, finding.state)
    });
    told.collect()
}
