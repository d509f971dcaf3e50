//! rpm's databases: three stores of the same headers, and the lists that images without a database carry.

mod bdb;
mod header;
mod manifest;
mod ndb;

use vuln::{Confidence, Evidence, Module, Package, PackageType, SourcePackage};

use crate::findings::{Findings, Owned, Owner, ParseError};
use crate::limits::Limits;
use crate::os::bytes::{text, word_of};
use crate::os::memo::LicenceMemo;
use crate::os::sqlite;
use header::{Header, tag};
pub(crate) use manifest::{is_bottlerocket_inventory, parse_bottlerocket, parse_container_manifest};

/// Folders in which an rpm database may lie.
const FOLDERS: &[&str] = &["/var/lib/rpm/", "/usr/lib/sysimage/rpm/", "/usr/share/rpm/"];

/// Returns the file's name if it lies in a folder of rpm's; a Bottlerocket root stands below another.
pub(crate) fn database_file(path: &str) -> Option<&str> {
    FOLDERS.iter().find_map(|folder| {
        let name = path.strip_prefix(folder).or_else(|| {
            let at = path.find("/sys-root/")?;
            path.get(at + "/sys-root".len()..)?.strip_prefix(folder)
        })?;
        (!name.contains('/')).then_some(name)
    })
}

/// Reads `Packages`, Berkeley DB's hash.
pub(crate) fn parse_bdb(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut reader = Reader::new(path, "rpm-bdb", limits);
    bdb::each_value(bytes, limits, &mut |value| reader.take(value))?;
    Ok(reader.findings)
}

/// Reads `Packages.db`, rpm's own store.
pub(crate) fn parse_ndb(path: &str, bytes: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut reader = Reader::new(path, "rpm-ndb", limits);
    ndb::each_value(bytes, &mut |value| reader.take(value))?;
    Ok(reader.findings)
}

/// Reads `rpmdb.sqlite`, with its `-wal` journal where there is one.
pub(crate) fn parse_sqlite(path: &str, bytes: &[u8], wal: &[u8], limits: &Limits) -> Result<Findings, ParseError> {
    let mut reader = Reader::new(path, "rpm-sqlite", limits);
    let database = sqlite::Database::open(bytes, wal)?;
    let root = database.table_root("Packages")?;
    database.each_row(root, limits.packages, &mut |row| {
        let header = row.as_ref().map_err(Clone::clone).and_then(|row| {
            row.blob(1).ok_or_else(|| ParseError::malformed("rpm database", 0, "a row without a header"))
        });
        reader.take(header)
    })?;
    Ok(reader.findings)
}

/// What a store calls with each of its values; an error ends the reading.
type Sink<'s> = dyn FnMut(Result<&[u8], ParseError>) -> Result<(), ParseError> + 's;

/// Faults that are kept of one database.
const FAULTS: usize = 100;

struct Reader<'r> {
    path: &'r str,
    found_by: &'static str,
    limits: &'r Limits,
    findings: Findings,
    path_count: usize,
    licences: LicenceMemo,
}

impl<'r> Reader<'r> {
    fn new(path: &'r str, found_by: &'static str, limits: &'r Limits) -> Self {
        Self { path, found_by, limits, findings: Findings::default(), path_count: 0, licences: LicenceMemo::default() }
    }

    fn fault(&mut self, fault: ParseError) -> Result<(), ParseError> {
        if self.findings.faults.len() < FAULTS {
            self.findings.faults.push(fault);
        }
        Ok(())
    }

    /// Reads one header; a broken one is a fault, too many end the reading.
    fn take(&mut self, value: Result<&[u8], ParseError>) -> Result<(), ParseError> {
        let header = match value.and_then(Header::read) {
            Ok(header) => header,
            Err(fault) => return self.fault(fault),
        };
        let Some(package) = self.package(&header) else {
            return self.fault(ParseError::malformed("rpm header", 0, "it has no name or version"));
        };
        // Keys that were imported are kept as packages of this name.
        if package.name == "gpg-pubkey" {
            return Ok(());
        }
        if self.findings.packages.len() >= self.limits.packages {
            return Err(ParseError::too_large("rpm database", "packages", self.limits.packages));
        }
        let paths = files(&header, self.limits);
        self.path_count += paths.len();
        if self.path_count > self.limits.paths {
            return Err(ParseError::too_large("rpm database", "paths", self.limits.paths));
        }
        if !paths.is_empty() {
            let owner = Owner { name: package.name.clone(), arch: package.arch.clone() };
            self.findings.owned.push(Owned { owner, paths });
        }
        self.findings.packages.push(package);
        Ok(())
    }

    fn package(&mut self, header: &Header<'_>) -> Option<Package> {
        let field = |wanted| header.text(wanted).and_then(|value| word_of(value, self.limits.text_bytes));
        let name = field(tag::NAME)?;
        let release = field(tag::RELEASE);
        let version = version_text(header.numbers(tag::EPOCH).next(), &field(tag::VERSION)?, release.as_deref());
        Some(Package {
            kind: PackageType::Rpm,
            arch: field(tag::ARCH),
            source: field(tag::SOURCE_RPM).and_then(|file| source(&file, &version)),
            module: field(tag::MODULARITY_LABEL).and_then(|label| module(&label)),
            vendor: field(tag::VENDOR),
            licenses: field(tag::LICENSE).map(|license| vec![self.licences.settle(&license)]).unwrap_or_default(),
            confidence: Confidence::Confirmed,
            evidence: vec![Evidence { path: self.path.to_owned(), found_by: self.found_by.to_owned() }],
            name,
            version,
        })
    }
}

/// Writes `[epoch:]version[-release]`; the epoch 0 is the same as none and is left out.
fn version_text(epoch: Option<u32>, version: &str, release: Option<&str>) -> String {
    let epoch = epoch.filter(|epoch| *epoch != 0).map(|epoch| format!("{epoch}:")).unwrap_or_default();
    let release = release.map(|release| format!("-{release}")).unwrap_or_default();
    format!("{epoch}{version}{release}")
}

/// Reads `name-version-release.src.rpm`. The file name has no epoch; the binary package's is taken if both have the
/// same version and release.
fn source(file: &str, version: &str) -> Option<SourcePackage> {
    let stem = file.strip_suffix(".rpm").unwrap_or(file);
    let stem = stem.strip_suffix(".src").or_else(|| stem.strip_suffix(".nosrc")).unwrap_or(stem);
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, own) = rest.rsplit_once('-')?;
    let own = format!("{own}-{release}");
    let same = version.split_once(':').is_some_and(|(_, rest)| rest == own);
    (!name.is_empty())
        .then(|| SourcePackage { name: name.to_owned(), version: if same { version.to_owned() } else { own } })
}

/// Reads `name:stream:version:context`.
fn module(label: &str) -> Option<Module> {
    let mut parts = label.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| Module { name: name.to_owned(), stream: stream.to_owned() })
}

/// Joins each base name with its folder; very old headers hold whole paths. A folder that is followed by something in
/// it is left out.
fn files(header: &Header<'_>, limits: &Limits) -> Vec<String> {
    let folders: Vec<&[u8]> = header.texts(tag::DIR_NAMES).take(limits.paths).collect();
    let indexes = header.numbers(tag::DIR_INDEXES);
    let mut paths = Vec::new();
    // A shared folder text times many names can be far larger than the header: this bounds the product.
    let mut budget = 64 << 20_usize;
    for (base, index) in header.texts(tag::BASE_NAMES).zip(indexes) {
        let folder = usize::try_from(index).ok().and_then(|index| folders.get(index)).copied().unwrap_or(b"/");
        let length = folder.len().saturating_add(base.len());
        if length > limits.text_bytes || length > budget || paths.len() > limits.paths {
            continue;
        }
        budget -= length;
        paths.push(text(&[folder, base].concat(), limits.text_bytes));
    }
    if paths.is_empty() {
        paths.extend(header.texts(tag::OLD_FILENAMES).take(limits.paths).map(|path| text(path, limits.text_bytes)));
    }
    paths
}
