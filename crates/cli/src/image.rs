//! What is in an image and what is wrong with it, on this machine alone: no server is asked.

mod args;
mod progress;
mod refusal;
mod table;

use std::process::ExitCode;

use anyhow::{Context, Result};
use base::{Clock, SystemClock, Timestamp};
use scanning::image::{
    BillForm, Catalogued, DatabaseFacts, Indexer, NoRecords, RecordFolder, RecordStore, Report, ScanOptions, bill,
    read_ignore_file, sarif, scan, target,
};
use vuln::matching::Ownership;
use vuln::severity::Level;
use vuln::verdict::Gate;
use vuln::vex;

use crate::args::{Format, Global};
use crate::failure::NextStep;
use crate::output::{Output, say};

pub(crate) use args::ImageCommand;
use args::{Fail, ScanArgs, SourceArgs};
pub(crate) use table::{fixed_in, word as level_word};

/// What is found at or above `--fail-on`.
const FOUND: u8 = 3;

/// The largest VEX document or file of exceptions.
const MAX_STATEMENT_BYTES: u64 = 64 << 20;

const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs a command.
pub(crate) fn run(global: &Global, command: &ImageCommand) -> Result<ExitCode> {
    match command {
        ImageCommand::Scan(args) => scan_image(global, args),
        ImageCommand::Sbom(args) => sbom(global, args).map(|()| ExitCode::SUCCESS),
        ImageCommand::Catalogue(args) => catalogue(global, args).map(|()| ExitCode::SUCCESS),
    }
}

/// Opens and reads an image.
fn catalogued(global: &Global, args: &SourceArgs) -> Result<Catalogued> {
    let ca_pem = global.ca.as_ref().map(fs_err::read_to_string).transpose().context("reading the file of the CA")?;
    let options = ::image::OpenOptions {
        platform: args.platform.clone().unwrap_or_default(),
        image: args.image.clone(),
        access: ::image::Access { ca_pem, docker_config: None },
        engine_socket: None,
    };
    let source = ::image::Source::of(&args.source);
    let image = ::image::open(&source, &options).map_err(refusal::explained)?;
    let folder = records_folder(args).map(RecordFolder::new);
    let records: &dyn RecordStore = folder.as_ref().map_or(&NoRecords, |folder| folder);
    let worker = if args.in_process { None } else { Some(::image::Worker::this_program()?) };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(4);
    let limits = ::image::LayerLimits {
        deadline: std::time::Duration::from_secs(args.deadline_secs),
        ..::image::LayerLimits::default()
    };
    let indexer = Indexer { worker, limits, records, threads };
    let progress = progress::Line::new();
    Ok(indexer.catalogue(image, &|step| progress.step(step))?)
}

/// Where records of layers are kept: the folder given, else the user's own for such.
fn records_folder(args: &SourceArgs) -> Option<std::path::PathBuf> {
    if args.no_cache {
        return None;
    }
    let usual = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(std::path::PathBuf::from).filter(|path| path.is_absolute());
        let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))?;
        Some(cache.join("holdfast").join("layers"))
    };
    args.cache.clone().or_else(usual)
}

fn scan_image(global: &Global, args: &ScanArgs) -> Result<ExitCode> {
    let now = SystemClock.now();
    let options = scan_options(args, now)?;
    let database = open_database(args)?;
    if database.is_none() && args.fail_on.is_some() {
        let step = "import a bundle or build a database with `holdfast advisories`, or name one with `--db`";
        return Err(
            NextStep::new("there is no database of advisories, so `--fail-on` cannot pass anything", step).into()
        );
    }
    let catalogued = catalogued(global, &args.source)?;
    let facts = database.as_ref().map(|database| {
        let meta = database.meta();
        DatabaseFacts { version: meta.version, created: meta.created, content: meta.content.clone() }
    });
    let mut report = scan(&catalogued, database.as_ref().zip(facts), &options)?;
    let is_stopped = is_stopped(&report, args, now);
    if args.only_fixable
        && let Some(verdict) = &mut report.verdict
    {
        verdict.retain(|finding| finding.state == vuln::matching::FixState::Fixed);
    }
    print(global, &catalogued, &report, args, now)?;
    tell(&report);
    if is_stopped {
        return Ok(ExitCode::from(FOUND));
    }
    if args.fail_on.is_some() {
        refuse_unread(&catalogued)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A layer that was not read may hold anything: nobody can say that its image passes. Layers that registries do not hand out (Windows'
/// base) are listed, and do not count.
fn refuse_unread(catalogued: &Catalogued) -> Result<()> {
    let is_ours = |layer: usize| catalogued.image.layers.get(layer).is_none_or(|source| !source.is_foreign());
    match catalogued.catalogue.unreadable.iter().find(|file| file.path == "/" && is_ours(file.layer)) {
        Some(file) => Err(NextStep::new(
            format!("layer {} was not read ({}), so `--fail-on` cannot pass the image", file.layer + 1, file.reason),
            "build the layer anew, or give it more time with `--deadline-secs`",
        )
        .into()),
        None => Ok(()),
    }
}

fn scan_options(args: &ScanArgs, now: Timestamp) -> Result<ScanOptions> {
    let mut rules = Vec::new();
    for path in &args.ignore_file {
        let text = String::from_utf8(read_bounded(path)?).with_context(|| format!("reading `{}`", path.display()))?;
        rules.extend(read_ignore_file(&text).with_context(|| format!("reading `{}`", path.display()))?);
    }
    let mut documents = Vec::new();
    for path in &args.vex {
        let bytes = read_bounded(path)?;
        documents.push(vex::Document::read(&bytes).with_context(|| format!("reading `{}`", path.display()))?);
    }
    Ok(ScanOptions {
        now,
        ownership: if args.comprehensive { Ownership::Comprehensive } else { Ownership::Precise },
        rules,
        statements: vex::Statements::new(documents),
        show_headers: args.show_headers,
    })
}

fn read_bounded(path: &std::path::Path) -> Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    fs_err::File::open(path)?.take(MAX_STATEMENT_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens the database that is named, else the one in force, if there is one.
fn open_database(args: &ScanArgs) -> Result<Option<advisory_db::Database>> {
    if let Some(path) = &args.db {
        let file = if path.is_dir() { scanning::advisories::Store::new(path).current() } else { path.clone() };
        return Ok(Some(advisory_db::Database::open(&file)?));
    }
    let store = scanning::advisories::Store::new(crate::advisories::data_folder(
        std::env::var_os("HOLDFAST_ADVISORIES").map(Into::into),
    )?);
    if store.current().exists() { Ok(Some(store.open()?)) } else { Ok(None) }
}

fn is_stopped(report: &Report, args: &ScanArgs, now: Timestamp) -> bool {
    let (Some(fail), Some(verdict)) = (args.fail_on, &report.verdict) else { return false };
    let level = match fail {
        Fail::Any => Level::Unknown,
        Fail::Negligible => Level::Negligible,
        Fail::Low => Level::Low,
        Fail::Medium => Level::Medium,
        Fail::High => Level::High,
        Fail::Critical => Level::Critical,
    };
    let gate = Gate { level: Some(level), only_fixable: args.only_fixable, ..Gate::default() };
    gate.stops(verdict, now).next().is_some()
}

fn print(global: &Global, catalogued: &Catalogued, report: &Report, args: &ScanArgs, now: Timestamp) -> Result<()> {
    let out = Output::of(global);
    match global.format() {
        Format::Table => out.text(&table::report(report, args.show_suppressed)),
        Format::Json => out.json(report),
        Format::Sarif => out.json(&sarif(report, TOOL_VERSION)),
        Format::Cyclonedx => out.json(&bill(catalogued, BillForm::Cyclonedx, Some(report), now, TOOL_VERSION)),
        Format::Spdx => out.json(&bill(catalogued, BillForm::Spdx, Some(report), now, TOOL_VERSION)),
        Format::Openvex => {
            let Some(verdict) = &report.verdict else {
                return Err(NextStep::new(
                    "there is no database of advisories, so there is nothing to state",
                    "name one with `--db`",
                )
                .into());
            };
            let target = target(&report.image, &catalogued.catalogue);
            let document =
                format!("urn:holdfast:vex:{}", report.image.manifest.as_ref().map_or("", |digest| digest.hex()));
            let author = vex::Author { name: "holdfast image scan", document: &document, now };
            out.json(&vex::write_openvex(verdict, &target, &author))
        }
    }
}

/// Says what a person must not miss, apart from the data.
fn tell(report: &Report) {
    if report.database.is_none() {
        say(
            "there is no database of advisories: the packages are listed, and nothing is known of what is wrong with them\nnext: see `holdfast advisories --help`, or name a database with `--db`",
        );
    }
    if let Some(verdict) = &report.verdict {
        for rule in &verdict.expired {
            say(&format!("the exception for `{}` has run out and hides nothing any more", rule.vulnerability));
        }
    }
}

fn sbom(global: &Global, args: &SourceArgs) -> Result<()> {
    let form = match global.output {
        None | Some(Format::Cyclonedx | Format::Json) => BillForm::Cyclonedx,
        Some(Format::Spdx) => BillForm::Spdx,
        Some(Format::Table | Format::Sarif | Format::Openvex) => {
            let step = "write `--output cyclonedx` or `--output spdx`";
            return Err(NextStep::new("a bill of materials has no such form", step).into());
        }
    };
    let catalogued = catalogued(global, args)?;
    Output::of(global).json(&bill(&catalogued, form, None, SystemClock.now(), TOOL_VERSION))
}

fn catalogue(global: &Global, args: &SourceArgs) -> Result<()> {
    let catalogued = catalogued(global, args)?;
    let out = Output::of(global);
    match global.format() {
        Format::Table => out.text(&table::catalogue(&catalogued)),
        Format::Json => out.json(&catalogued.catalogue),
        Format::Cyclonedx => out.json(&bill(&catalogued, BillForm::Cyclonedx, None, SystemClock.now(), TOOL_VERSION)),
        Format::Spdx => out.json(&bill(&catalogued, BillForm::Spdx, None, SystemClock.now(), TOOL_VERSION)),
        Format::Sarif | Format::Openvex => {
            Err(NextStep::new("a catalogue says nothing of what is wrong", "write `holdfast image scan` for that")
                .into())
        }
    }
}
