//! Where images come from, all brought to one form: a configuration, and layers that can be opened.

mod archive;
mod directory;
mod engine;
mod layout;
mod platform;
mod resolve;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oci::Digest;

use crate::config::ImageConfig;
use crate::error::Error;
use crate::registry::{Access, RegistryBlobs};

pub use platform::PlatformChoice;

/// An image that can be read.
#[derive(Debug, Clone)]
pub struct Image {
    /// What it is called, for people.
    pub name: String,
    /// The digest of its manifest, where there is one.
    pub manifest: Option<Digest>,
    /// Its configuration; empty for a folder.
    pub config: ImageConfig,
    /// Its layers, the lowest first.
    pub layers: Vec<LayerSource>,
}

/// A layer that can be read.
#[derive(Debug, Clone)]
pub struct LayerSource {
    /// The digest of its bytes as they come, where it is told.
    pub blob: Option<Digest>,
    /// The digest of the uncompressed layer, where it is told.
    pub diff_id: Option<Digest>,
    /// Bytes as they come, where that is known.
    pub size_bytes: Option<u64>,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    /// A part of a file.
    Part { path: PathBuf, offset: u64, len: u64 },
    /// A part of a file that is compressed as a whole, counted in its uncompressed form.
    PackedPart { path: PathBuf, offset: u64, len: u64 },
    /// A part of a file that has no name any more.
    Unlinked { file: Arc<fs_err::File>, offset: u64, len: u64 },
    /// A folder, read as if it were a layer.
    Folder(PathBuf),
    /// A blob of a registry.
    Registry { blobs: Arc<RegistryBlobs>, digest: Digest },
    /// It is kept elsewhere (foreign layers of Windows).
    Foreign,
}

impl LayerSource {
    /// Tells whether the layer is kept elsewhere and not read.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        matches!(self.place, Place::Foreign)
    }

    /// Opens the layer from its beginning.
    ///
    /// # Errors
    /// If the file or registry refuses.
    pub fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        match &self.place {
            Place::Part { path, offset, len } => archive::open_part(path, *offset, *len),
            Place::PackedPart { path, offset, len } => archive::open_packed_part(path, *offset, *len),
            Place::Unlinked { file, offset, len } => Ok(archive::open_unlinked(file, *offset, *len)),
            Place::Folder(path) => directory::open(path),
            Place::Registry { blobs, digest } => blobs.open(digest),
            Place::Foreign => Ok(Box::new(std::io::empty())),
        }
    }
}

/// Where to look for an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An archive: `docker save`, or an OCI layout in a tar.
    Archive(PathBuf),
    /// An OCI layout in a folder.
    Layout(PathBuf),
    /// The root of a file system.
    Directory(PathBuf),
    /// An image of the engine on this machine.
    Engine(String),
    /// An image of a registry.
    Registry(String),
    /// What has no prefix and is no file: the engine's image, else the registry's.
    Named(String),
}

impl Source {
    /// Reads what a person typed: `archive:`, `layout:`, `dir:`, `engine:` or `registry:` and a path or name, or either
    /// of them alone.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if let Some((prefix, rest)) = text.split_once(':') {
            match prefix {
                "archive" | "docker-archive" | "oci-archive" => return Self::Archive(rest.into()),
                "layout" | "oci" | "oci-layout" => return Self::Layout(rest.into()),
                "dir" | "directory" => return Self::Directory(rest.into()),
                "engine" | "docker" => return Self::Engine(rest.to_owned()),
                "registry" => return Self::Registry(rest.to_owned()),
                _ => {}
            }
        }
        let path = Path::new(text);
        if path.is_file() {
            Self::Archive(path.into())
        } else if path.join("oci-layout").is_file() {
            Self::Layout(path.into())
        } else if path.is_dir() {
            Self::Directory(path.into())
        } else {
            Self::Named(text.to_owned())
        }
    }
}

/// How to open a source.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// The platform to take, of several.
    pub platform: PlatformChoice,
    /// The image to take, of several in one archive or layout: a tag, or a digest.
    pub image: Option<String>,
    /// How to get at registries.
    pub access: Access,
    /// The engine's socket; else `DOCKER_HOST`'s or the usual one.
    pub engine_socket: Option<PathBuf>,
}

/// Opens an image.
///
/// # Errors
/// If there is none, it is malformed, or who has it refuses.
pub fn open(source: &Source, options: &OpenOptions) -> Result<Image, Error> {
    match source {
        Source::Archive(path) => archive::open(path, options),
        Source::Layout(path) => layout::open(path, options),
        Source::Directory(path) => directory::image(path),
        Source::Engine(name) => engine::open(name, options),
        Source::Registry(name) => registry(name, options),
        Source::Named(name) => match engine::open_if_present(name, options)? {
            Some(image) => Ok(image),
            None => registry(name, options),
        },
    }
}

fn registry(name: &str, options: &OpenOptions) -> Result<Image, Error> {
    let reference: oci::Reference =
        name.parse().map_err(|error: oci::ReferenceError| Error::Unusable(error.to_string()))?;
    let blobs = Arc::new(RegistryBlobs::connect(&reference, &options.access)?);
    let (bytes, media_type) = blobs.manifest(&blobs.wanted())?;
    let mut image = resolve::image(&resolve::Remote(blobs), &bytes, media_type.as_ref(), &options.platform)?;
    image.name = reference.to_string();
    Ok(image)
}
