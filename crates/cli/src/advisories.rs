//! Advisories: fetched, built, carried, put in force. Needs no server.

mod packages;
mod refusal;
mod show;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use advisory_db::bundle;
use advisory_db::{Database, PublicKey, SigningKey};
use anyhow::{Context as _, Result};
use base::{Clock as _, SystemClock, Timestamp};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use scanning::advisories::{Build, FetchOptions, Limits, Source, Store, Trust, fetch, source, sources};

use refusal::explained;

use crate::args::Global;
use crate::failure::NextStep;
use crate::output::{Output, say};

/// What to do with advisories, and where they are kept.
#[derive(Debug, Args)]
pub struct AdvisoriesCommand {
    /// The folder of database, keys and fetched feeds; else ~/.local/share/holdfast/advisories
    #[arg(long, global = true, env = "HOLDFAST_ADVISORIES", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with advisories.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Fetches feeds from their sources into the data folder
    Fetch(FetchArgs),
    /// Builds a database from feeds, and puts it in force
    Build(BuildArgs),
    /// Puts a bundle's database in force
    Import(ImportArgs),
    /// Checks the database in force, or a file
    Verify {
        /// A bundle or a database; else the one in force
        file: Option<PathBuf>,
        /// A public key to trust beside those in the data folder
        #[arg(long, value_name = "FILE")]
        trust: Vec<PathBuf>,
    },
    /// Shows the database in force: how old, from where, what it covers
    Status,
    /// Shows what a bundle or a database would change
    Diff {
        /// A bundle, a delta or a database
        file: PathBuf,
        /// A public key to trust beside those in the data folder
        #[arg(long, value_name = "FILE")]
        trust: Vec<PathBuf>,
    },
    /// Says what is known to be wrong with packages, by their URLs
    Match {
        /// Packages' URLs (pkg:…); - reads them from the standard input, one a line
        #[arg(required = true, value_name = "PURL")]
        purls: Vec<String>,
        /// The database to ask; else the one in force
        #[arg(long, value_name = "FILE")]
        db: Option<PathBuf>,
    },
    /// Makes a signed bundle for sealed-off places
    Bundle(BundleArgs),
    /// Makes a pair of keys to sign bundles with: FILE and FILE.pub
    Key {
        /// Where to write the private key
        file: PathBuf,
    },
    /// Accepts bundles that a key signs
    Trust {
        /// The public key
        file: PathBuf,
    },
}

/// What to fetch.
#[derive(Debug, Args)]
pub struct FetchArgs {
    /// Sources; all the usual ones unless given
    sources: Vec<String>,
    /// Shows the sources there are
    #[arg(long)]
    list: bool,
    /// Another address of a source; may be given several times
    #[arg(long, value_name = "SOURCE=URL")]
    from: Vec<String>,
    /// A mirror: https://host/path is fetched from URL/host/path
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// The largest file, in MiB
    #[arg(long, default_value_t = 4096, value_name = "MIB")]
    limit: u64,
}

/// What to build from.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Files, archives or folders of feeds, and databases of Trivy and Grype; else what was fetched
    paths: Vec<PathBuf>,
    /// Writes the database to a file instead of putting it in force
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Its version; else the time in seconds
    #[arg(long, value_name = "NUMBER")]
    database_version: Option<u64>,
    /// Fails if anything could not be read
    #[arg(long)]
    strict: bool,
}

/// What to put in force.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The bundle
    file: PathBuf,
    /// A public key to trust this once
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Takes it though what is in force is as new
    #[arg(long)]
    force: bool,
    /// Takes a bare database that nobody signed
    #[arg(long)]
    unsigned: bool,
}

/// What to carry.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// The bundle to write
    out: PathBuf,
    /// The private key to sign with
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The database to carry; else the one in force
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Carries only what changed since this database
    #[arg(long, value_name = "FILE")]
    delta_from: Option<PathBuf>,
    /// How many days it may be imported
    #[arg(long, default_value_t = 30, value_name = "DAYS")]
    days: i64,
    /// From when it may be imported, RFC 3339; else now
    #[arg(long, value_name = "TIME")]
    not_before: Option<Timestamp>,
}

/// Runs a command.
pub(crate) fn run(global: &Global, command: AdvisoriesCommand) -> Result<()> {
    let store = Store::new(data_folder(command.data_dir)?);
    let now = SystemClock.now();
    let output = Output::of(global);
    match command.action {
        Action::Fetch(args) => advisories_fetch(global, &store, args, now),
        Action::Build(args) => advisories_build(output, &store, args, now),
        Action::Import(args) => advisories_import(output, &store, &args, now),
        Action::Verify { file, trust } => advisories_verify(output, &store, file.as_deref(), &trust, now),
        Action::Status => {
            let status = store.status(now).map_err(explained)?;
            output.either(&status, || show::status(&status))
        }
        Action::Diff { file, trust } => {
            let changes = store.diff(&file, &keys(&trust)?).map_err(explained)?;
            output.either(&show::ChangesView::of(&changes), || show::changes(&changes))
        }
        Action::Match { purls, db } => packages::ask(output, &store, db.as_deref(), &purls, now),
        Action::Bundle(args) => advisories_bundle(output, &store, &args, now),
        Action::Key { file } => key_create(output, &file),
        Action::Trust { file } => {
            let key = store.trust(&file)?;
            say(&format!("bundles of key `{}` are accepted from now on", key.id()));
            Ok(())
        }
    }
}

/// Returns the folder of the database: as given, or under the user's data folder.
pub(crate) fn data_folder(given: Option<PathBuf>) -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    given
        .or_else(|| absolute("XDG_DATA_HOME").map(|home| home.join("holdfast/advisories")))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share/holdfast/advisories")))
        .context("neither XDG_DATA_HOME nor HOME is set: name a folder with --data-dir")
}

fn keys(paths: &[PathBuf]) -> Result<Vec<PublicKey>> {
    let read = |path: &PathBuf| -> Result<PublicKey> {
        let text = fs_err::read_to_string(path)?;
        PublicKey::from_pem(&text).with_context(|| format!("reading the key `{}`", path.display()))
    };
    paths.iter().map(read).collect()
}

fn advisories_fetch(global: &Global, store: &Store, args: FetchArgs, now: Timestamp) -> Result<()> {
    let output = Output::of(global);
    if args.list {
        let all = sources(now);
        return output.either(&show::source_views(&all), || show::source_list(&all));
    }
    let mut addresses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for given in &args.from {
        let (name, url) = given.split_once('=').with_context(|| format!("`{given}` is not SOURCE=URL"))?;
        source(name, now)?;
        addresses.entry(name.to_owned()).or_default().push(url.to_owned());
    }
    let wanted: Vec<Source> = match (args.sources.as_slice(), addresses.is_empty()) {
        ([], true) => sources(now).into_iter().filter(|source| source.is_default).collect(),
        ([], false) => addresses.keys().map(|name| source(name, now)).collect::<Result<_, _>>()?,
        (names, _) => names.iter().map(|name| source(name, now)).collect::<Result<_, _>>()?,
    };
    let ca = global.ca.as_deref().map(fs_err::read).transpose()?;
    let options = FetchOptions {
        trust: Trust::system(ca.as_deref())?,
        addresses,
        mirror: args.mirror,
        limit_bytes: args.limit.saturating_mul(1 << 20),
        pause: Duration::from_secs(1),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let bar = spinner();
    let (mut fetched, mut failures) = (Vec::new(), Vec::new());
    for source in &wanted {
        let told = |file: &str| bar.set_message(format!("fetching {} {file}", source.name));
        match runtime.block_on(Box::pin(fetch(source, &options, &store.feeds(), now, told))) {
            Ok(files) => fetched.extend(files),
            Err(error) => failures.push(format!("{}: {}", source.name, base::chain(&error))),
        }
        bar.tick();
    }
    bar.finish_and_clear();
    output.either(&fetched, || show::fetched(&fetched))?;
    if failures.is_empty() {
        say("`holdfast advisories build` makes a database of it");
        return Ok(());
    }
    let message = format!("{} of {} sources failed:\n  {}", failures.len(), wanted.len(), failures.join("\n  "));
    Err(NextStep::new(message, "what was fetched is kept; try the others again, or name another address with --from")
        .into())
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar
}

fn advisories_build(output: Output, store: &Store, args: BuildArgs, now: Timestamp) -> Result<()> {
    if args.paths.is_empty() && !store.feeds().exists() {
        return Err(explained(scanning::advisories::Error::Empty));
    }
    let bar = spinner();
    bar.set_message("reading feeds");
    let mut build = Build::new(Limits::default(), |documents| {
        if documents.is_multiple_of(100) {
            bar.set_message(format!("{documents} documents"));
            bar.tick();
        }
    });
    let paths = if args.paths.is_empty() { vec![store.feeds()] } else { args.paths };
    for path in &paths {
        build.add(path).map_err(explained)?;
    }
    bar.set_message("writing the database");
    bar.tick();
    let version = args.database_version.unwrap_or_else(|| u64::try_from(now.as_secs()).unwrap_or_default());
    let report = build.report().clone();
    if args.strict && report.unread() + report.unreadable.count > 0 {
        bar.finish_and_clear();
        say(&show::report(&report));
        anyhow::bail!("{} parts could not be read, and --strict was given", report.unread());
    }
    let (bytes, report) = build.finish(version, now).map_err(explained)?;
    let (meta, place) = match &args.out {
        Some(out) => {
            fs_err::write(out, &bytes)?;
            (Database::from_bytes(bytes)?.meta().clone(), out.clone())
        }
        None => (store.install_built(&bytes, now).map_err(explained)?, store.current()),
    };
    bar.finish_and_clear();
    let built = show::Built { path: place, meta, report };
    output.either(&built, || show::built(&built))
}

fn advisories_import(output: Output, store: &Store, args: &ImportArgs, now: Timestamp) -> Result<()> {
    let meta = if args.unsigned {
        store.import_unsigned(&args.file, args.force, now).map_err(explained)?
    } else {
        store.import(&args.file, &keys(&args.trust)?, args.force, now).map_err(explained)?
    };
    output.either(&meta, || format!("version {} is in force\n{}", meta.version, show::meta(&meta)))
}

fn advisories_verify(
    output: Output,
    store: &Store,
    file: Option<&Path>,
    trust: &[PathBuf],
    now: Timestamp,
) -> Result<()> {
    let Some(file) = file else {
        let meta = store.verify().map_err(explained)?;
        return output.either(&meta, || format!("the database in force is whole\n{}", show::meta(&meta)));
    };
    let bytes = fs_err::read(file)?;
    if !bundle::is_bundle(&bytes) {
        let database = Database::from_bytes(bytes).with_context(|| format!("opening `{}`", file.display()))?;
        database.check().with_context(|| format!("checking `{}`", file.display()))?;
        let meta = database.meta();
        return output
            .either(meta, || format!("`{}` is whole, and signed by nobody\n{}", file.display(), show::meta(meta)));
    }
    let statement = store.inspect(file, &keys(trust)?).map_err(explained)?;
    let refused = |source| explained(scanning::advisories::Error::Database { path: file.to_owned(), source });
    // What is in force is no matter of the bundle's own.
    statement.admit(now, None, true).map_err(refused)?;
    output.either(&statement, || show::statement(&statement))
}

fn advisories_bundle(output: Output, store: &Store, args: &BundleArgs, now: Timestamp) -> Result<()> {
    let key = SigningKey::from_pem(&fs_err::read_to_string(&args.key)?)
        .with_context(|| format!("reading the key `{}`", args.key.display()))?;
    let open = |path: &Path| Database::open(path).with_context(|| format!("opening `{}`", path.display()));
    let database = match &args.database {
        Some(path) => open(path)?,
        None => store.open().map_err(explained)?,
    };
    let carried = match &args.delta_from {
        Some(path) => advisory_db::delta(&open(path)?, &database)?,
        None => database.into_bytes(),
    };
    let not_before = args.not_before.unwrap_or(now);
    let not_after = not_before.plus_secs(args.days.max(0).saturating_mul(86_400));
    let bytes = bundle::bundle(&carried, not_before, not_after, &key)?;
    fs_err::write(&args.out, &bytes)?;
    let statement = bundle::open(&bytes, &[key.public()])?.statement;
    output.either(&statement, || {
        let key = key.public().id();
        format!(
            "wrote `{}`, {}, signed by `{key}`\n{}",
            args.out.display(),
            show::size(bytes.len()),
            show::statement(&statement)
        )
    })
}

fn key_create(output: Output, file: &Path) -> Result<()> {
    use fs_err::os::unix::fs::OpenOptionsExt;
    use std::io::Write;

    let (key, pem) = SigningKey::generate()?;
    let public = PathBuf::from(format!("{}.pub", file.display()));
    let mut options = fs_err::OpenOptions::new();
    // Never over a key that is there: what it signed could not be renewed.
    options.write(true).create_new(true).mode(0o600);
    options.open(file)?.write_all(pem.as_bytes())?;
    fs_err::write(&public, key.public().to_pem())?;
    let view = serde_json::json!({"key": key.public().id(), "private": file, "public": public});
    output.either(&view, || {
        let (private, public) = (file.display(), public.display());
        format!("key {}\nprivate key `{private}`: keep it where bundles are made\npublic key `{public}`: carry it to where they are imported\n", key.public().id())
    })
}
