//! Archives of images: what `docker save` writes, old and new, and an OCI layout in a tar.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use fs_err as fs;
use oci::{Descriptor, Digest};
use serde::Deserialize;

use super::layout::of_index;
use super::resolve::{Blobs, checked, with_diff_ids};
use super::{Image, LayerSource, OpenOptions, Place};
use crate::compress::{Compression, uncompressed};
use crate::config::{ImageConfig, MAX_CONFIG_BYTES};
use crate::error::Error;
use crate::limits::LayerLimits;
use crate::tar::{EntryKind, TarError, TarReader};

/// Entries of an archive of an image; layers have their own bound.
const MAX_ENTRIES: usize = 200_000;

/// Bytes of an archive that is compressed as a whole, uncompressed.
const MAX_PACKED_BYTES: u64 = 64 << 30;

/// The bytes of the archive itself.
#[derive(Debug, Clone)]
enum Carrier {
    Plain(std::path::PathBuf),
    Packed(std::path::PathBuf),
    Unlinked(Arc<fs::File>),
}

/// Where things lie in an archive.
pub(super) struct Archive {
    name: String,
    carrier: Carrier,
    parts: HashMap<String, (u64, u64)>,
    links: HashMap<String, String>,
}

pub(super) fn open(path: &Path, options: &OpenOptions) -> Result<Image, Error> {
    let name = path.display().to_string();
    let failed = |source| Error::Open { path: name.clone(), source };
    let mut file = fs::File::open(path).map_err(failed)?;
    let mut head = [0; 8];
    let got = file.read(&mut head).map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    match Compression::of(head.get(..got).unwrap_or_default()) {
        Compression::None => {
            let (parts, links) = index_file(&mut file, &name)?;
            of_archive(&Archive { name, carrier: Carrier::Plain(path.to_owned()), parts, links }, options)
        }
        Compression::Gzip | Compression::Zstd => {
            let mut tar = TarReader::new(whole(file).map_err(failed)?);
            let (parts, links) = index(&mut tar, &name, |_| Ok(()))?;
            of_archive(&Archive { name, carrier: Carrier::Packed(path.to_owned()), parts, links }, options)
        }
    }
}

/// Opens an archive that was written to a file without a name.
pub(super) fn open_stream(name: &str, mut file: fs::File, options: &OpenOptions) -> Result<Image, Error> {
    let failed = |source| Error::Open { path: name.to_owned(), source };
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let (parts, links) = index_file(&mut file, name)?;
    let carrier = Carrier::Unlinked(Arc::new(file));
    of_archive(&Archive { name: name.to_owned(), carrier, parts, links }, options)
}

type Index = (HashMap<String, (u64, u64)>, HashMap<String, String>);

fn index_file(file: &mut fs::File, name: &str) -> Result<Index, Error> {
    let mut tar = TarReader::new(file);
    index(&mut tar, name, TarReader::seek_over_data)
}

fn index<R: Read>(
    tar: &mut TarReader<R>,
    name: &str,
    mut skip: impl FnMut(&mut TarReader<R>) -> Result<(), TarError>,
) -> Result<Index, Error> {
    let failed = |source| Error::Archive { path: name.to_owned(), source };
    let (mut parts, mut links) = (HashMap::new(), HashMap::new());
    while let Some(entry) = tar.next_entry().map_err(failed)? {
        if parts.len() + links.len() > MAX_ENTRIES {
            return Err(failed(TarError::TooLarge { what: "entries", limit: MAX_ENTRIES as u64 }));
        }
        let Some(path) = catalogue::normalise(&entry.name) else { continue };
        match entry.kind {
            EntryKind::File => {
                parts.insert(path, (tar.offset(), entry.size_bytes));
                skip(tar).map_err(failed)?;
            }
            // Old engines write a layer that occurs twice as a link to the first.
            EntryKind::Symlink => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let target = [folder.as_bytes(), b"/", &entry.link].concat();
                if let Some(target) = catalogue::normalise(&target) {
                    links.insert(path, target);
                }
            }
            EntryKind::HardLink => {
                if let Some(target) = catalogue::normalise(&entry.link) {
                    links.insert(path, target);
                }
            }
            EntryKind::Dir | EntryKind::Device | EntryKind::Unreadable | EntryKind::Other => {}
        }
    }
    Ok((parts, links))
}

impl Archive {
    fn part(&self, path: &str) -> Option<(u64, u64)> {
        let path = catalogue::normalise(path.as_bytes())?;
        self.parts.get(&path).or_else(|| self.parts.get(self.links.get(&path)?)).copied()
    }

    fn place_of(&self, (offset, len): (u64, u64)) -> Place {
        match &self.carrier {
            Carrier::Plain(path) => Place::Part { path: path.clone(), offset, len },
            Carrier::Packed(path) => Place::PackedPart { path: path.clone(), offset, len },
            Carrier::Unlinked(file) => Place::Unlinked { file: Arc::clone(file), offset, len },
        }
    }

    fn small(&self, path: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(part) = self.part(path) else { return Ok(None) };
        let layer = LayerSource { blob: None, diff_id: None, size_bytes: None, place: self.place_of(part) };
        let mut bytes = Vec::new();
        layer
            .open()?
            .take(max_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| Error::Open { path: self.name.clone(), source })?;
        if bytes.len() as u64 > max_bytes {
            return Err(Error::Document { what: "archive's index", reason: format!("`{path}` is too large") });
        }
        Ok(Some(bytes))
    }
}

impl Blobs for Archive {
    fn read(&self, descriptor: &Descriptor, max_bytes: u64) -> Result<Vec<u8>, Error> {
        let missing = || Error::Missing { path: self.name.clone(), digest: descriptor.digest.clone() };
        let bytes = self.small(&blob_path(&descriptor.digest), max_bytes)?.ok_or_else(missing)?;
        checked(bytes, descriptor, max_bytes)
    }

    fn place(&self, descriptor: &Descriptor) -> Result<Place, Error> {
        let missing = || Error::Missing { path: self.name.clone(), digest: descriptor.digest.clone() };
        self.part(&blob_path(&descriptor.digest)).map(|part| self.place_of(part)).ok_or_else(missing)
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

fn blob_path(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}

/// An image in Docker's `manifest.json`.
#[derive(Deserialize)]
struct Saved {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "RepoTags", default)]
    tags: Option<Vec<String>>,
    #[serde(rename = "Layers")]
    layers: Vec<String>,
}

fn of_archive(archive: &Archive, options: &OpenOptions) -> Result<Image, Error> {
    if let Some(index) = archive.small("index.json", oci::MAX_MANIFEST_BYTES as u64)?
        && archive.part("oci-layout").is_some()
    {
        return of_index(archive, &index, options);
    }
    let Some(list) = archive.small("manifest.json", MAX_CONFIG_BYTES)? else {
        return Err(Error::NoImage {
            path: archive.name.clone(),
            reason: "it has neither `index.json` with `oci-layout` nor `manifest.json`".to_owned(),
        });
    };
    let list: Vec<Saved> = serde_json::from_slice(&list)
        .map_err(|error| Error::Document { what: "archive's manifest.json", reason: error.to_string() })?;
    let named = |saved: &&Saved| match &options.image {
        None => true,
        Some(wanted) => is_saved_as(saved, wanted),
    };
    let Some(saved) = list.iter().find(named) else {
        let present: Vec<String> = list.iter().flat_map(|saved| saved.tags.clone().unwrap_or_default()).collect();
        let wanted = format!("`{}`", options.image.as_deref().unwrap_or("any"));
        return Err(Error::NoSuchImage { path: archive.name.clone(), wanted, present: present.join(", ") });
    };
    of_saved(archive, saved)
}

fn is_saved_as(saved: &Saved, wanted: &str) -> bool {
    let tags = saved.tags.as_deref().unwrap_or_default();
    tags.iter().any(|tag| tag == wanted || tag.strip_suffix(":latest") == Some(wanted)) || saved.config.contains(wanted)
}

fn of_saved(archive: &Archive, saved: &Saved) -> Result<Image, Error> {
    let missing = |path: &str| Error::NoImage {
        path: archive.name.clone(),
        reason: format!("`{}` is missing", path.chars().take(200).collect::<String>()),
    };
    let config = archive.small(&saved.config, MAX_CONFIG_BYTES)?.ok_or_else(|| missing(&saved.config))?;
    let config = ImageConfig::parse(&config)?;
    let mut layers = Vec::new();
    for path in &saved.layers {
        let part = archive.part(path).ok_or_else(|| missing(path))?;
        // Only new archives name their layers after their digests.
        let blob = path.strip_prefix("blobs/").and_then(|rest| rest.replacen('/', ":", 1).parse().ok());
        layers.push(LayerSource { blob, diff_id: None, size_bytes: Some(part.1), place: archive.place_of(part) });
    }
    with_diff_ids(&mut layers, &config)?;
    let name = saved.tags.as_ref().and_then(|tags| tags.first().cloned()).unwrap_or_else(|| archive.name.clone());
    Ok(Image { name, manifest: None, config, layers })
}

pub(super) fn open_part(path: &Path, offset: u64, len: u64) -> Result<Box<dyn Read + Send>, Error> {
    let failed = |source| Error::Open { path: path.display().to_string(), source };
    let mut file = fs::File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(offset)).map_err(failed)?;
    Ok(Box::new(file.take(len)))
}

/// Uncompresses an archive that is compressed as a whole; layers in it have their own bounds.
fn whole(file: fs::File) -> std::io::Result<impl Read + Send> {
    let limits = LayerLimits { layer_bytes: MAX_PACKED_BYTES, ..LayerLimits::default() };
    uncompressed(file, &limits)
}

pub(super) fn open_packed_part(path: &Path, offset: u64, len: u64) -> Result<Box<dyn Read + Send>, Error> {
    let failed = |source| Error::Open { path: path.display().to_string(), source };
    let file = fs::File::open(path).map_err(failed)?;
    let mut stream = whole(file).map_err(failed)?;
    let skipped = std::io::copy(&mut (&mut stream).take(offset), &mut std::io::sink()).map_err(failed)?;
    if skipped < offset {
        return Err(failed(std::io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(Box::new(stream.take(len)))
}

pub(super) fn open_unlinked(file: &Arc<fs::File>, offset: u64, len: u64) -> Box<dyn Read + Send> {
    Box::new(AtOffset { file: Arc::clone(file), offset, left: len })
}

/// Reads a part of a file that several read at once.
struct AtOffset {
    file: Arc<fs::File>,
    offset: u64,
    left: u64,
}

impl Read for AtOffset {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..want) else { return Ok(0) };
        let got = self.file.file().read_at(buffer, self.offset)?;
        self.offset += got as u64;
        self.left -= got as u64;
        Ok(got)
    }
}
