//! The words of `holdfast image`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What to do with an image.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Shows what is wrong with an image
    #[command(after_long_help = EXIT_CODES)]
    Scan(Box<ScanArgs>),
    /// Writes an image's bill of materials (CycloneDX unless --output says spdx)
    Sbom(SourceArgs),
    /// Shows what is in an image
    Catalogue(SourceArgs),
}

const EXIT_CODES: &str = "Exit codes:
  0  nothing at or above --fail-on, or it was not given
  1  the image could not be scanned
  2  the command was not understood
  3  something was found at or above --fail-on

What no feed speaks of is listed under coverage: it is not clean, it is unknown.";

/// Where the image is.
#[derive(Debug, Clone, Args)]
pub struct SourceArgs {
    /// The image: an archive of `docker save` or OCI, an OCI layout, a folder with a root file
    /// system, or a name that the engine here or a registry has. archive:, layout:, dir:, engine:
    /// and registry: before it say which
    pub source: String,
    /// The platform to take of several, such as linux/arm64
    #[arg(long, value_name = "OS/ARCH")]
    pub platform: Option<::image::PlatformChoice>,
    /// The image to take of several in one archive or layout: its tag or digest
    #[arg(long, value_name = "NAME")]
    pub image: Option<String>,
    /// Where records of layers are kept, so that no layer is read twice [default: the user's folder
    /// for such]
    #[arg(long, value_name = "FOLDER", env = "HOLDFAST_LAYER_CACHE")]
    pub cache: Option<PathBuf>,
    /// Reads all layers anew and keeps no records, whatever --cache says
    #[arg(long)]
    pub no_cache: bool,
    /// How long one layer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub deadline_secs: u64,
    /// Reads layers in this process instead of in sealed-off children: for systems that cannot seal,
    /// and images that are trusted
    #[arg(long)]
    pub in_process: bool,
}

/// How to scan.
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
    /// Where the image is.
    #[command(flatten)]
    pub source: SourceArgs,
    /// The database of advisories: its file, or the data folder of `holdfast advisories` [default:
    /// the one in force]
    #[arg(long, value_name = "PATH", env = "HOLDFAST_ADVISORY_DB")]
    pub db: Option<PathBuf>,
    /// Ends with 3 if anything of this severity or above counts
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<Fail>,
    /// Shows, and lets --fail-on look at, only what has a fix
    #[arg(long)]
    pub only_fixable: bool,
    /// A file of exceptions (TOML), each with its reason and, if it must not hold for ever, its expiry
    #[arg(long, visible_alias = "ignore", value_name = "FILE")]
    pub ignore_file: Vec<PathBuf>,
    /// A VEX document (OpenVEX or CSAF) that says what does not matter in this image
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<PathBuf>,
    /// Matches packages of languages also where a package of the system owns them
    #[arg(long)]
    pub comprehensive: bool,
    /// Counts what is wrong with a kernel of which only headers are there
    #[arg(long)]
    pub show_headers: bool,
    /// Lists what does not count, too, with the reason
    #[arg(long)]
    pub show_suppressed: bool,
}

/// From which severity on a scan fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fail {
    /// Anything that counts, rated or not
    Any,
    /// Negligible and above
    Negligible,
    /// Low and above
    Low,
    /// Medium and above
    Medium,
    /// High and above
    High,
    /// Critical
    Critical,
}
