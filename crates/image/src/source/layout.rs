//! An OCI layout in a folder (OCI image specification 1.1, "Image Layout").

use std::io::Read;
use std::path::{Path, PathBuf};

use fs_err as fs;
use oci::{Descriptor, Digest, Manifest, MediaType};

use super::resolve::{self, Blobs, checked};
use super::{Image, OpenOptions, Place};
use crate::error::Error;

/// The folder.
struct Layout(PathBuf);

impl Layout {
    fn path_of(&self, digest: &Digest) -> PathBuf {
        self.0.join("blobs").join(digest.algorithm().as_str()).join(digest.hex())
    }
}

impl Blobs for Layout {
    fn read(&self, descriptor: &Descriptor, max_bytes: u64) -> Result<Vec<u8>, Error> {
        let path = self.path_of(&descriptor.digest);
        checked(read_small(&path, max_bytes)?, descriptor, max_bytes)
    }

    fn place(&self, descriptor: &Descriptor) -> Result<Place, Error> {
        let path = self.path_of(&descriptor.digest);
        match fs::metadata(&path) {
            Ok(data) if data.is_file() => Ok(Place::Part { path, offset: 0, len: data.len() }),
            _ => Err(Error::Missing { path: self.name(), digest: descriptor.digest.clone() }),
        }
    }

    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

fn read_small(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Open { path: path.display().to_string(), source };
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(failed)?.take(max_bytes + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

pub(super) fn open(path: &Path, options: &OpenOptions) -> Result<Image, Error> {
    let layout = Layout(path.to_owned());
    let index = read_small(&path.join("index.json"), oci::MAX_MANIFEST_BYTES as u64)?;
    of_index(&layout, &index, options)
}

/// Reads a layout's index: its children are the images, by name or by platform.
pub(super) fn of_index(blobs: &dyn Blobs, index: &[u8], options: &OpenOptions) -> Result<Image, Error> {
    let refused = |source| Error::Manifest { digest: "index.json".to_owned(), source };
    let header: Option<MediaType> = MediaType::OCI_INDEX.parse().ok();
    // The type may be left out, and may be Docker's.
    let manifest =
        Manifest::parse(index, None).or_else(|_| Manifest::parse(index, header.as_ref())).map_err(refused)?;
    let children: Vec<&Descriptor> = manifest.references().iter().map(|one| &one.descriptor).collect();
    let named: Vec<&Descriptor> = match &options.image {
        None => children.clone(),
        Some(wanted) => children.iter().copied().filter(|one| is_named(one, wanted)).collect(),
    };
    if named.is_empty() {
        let present: Vec<String> = children.iter().flat_map(|one| names(one)).collect();
        let wanted = format!("`{}`", options.image.as_deref().unwrap_or("any"));
        return Err(Error::NoSuchImage { path: blobs.name(), wanted, present: present.join(", ") });
    }
    let chosen = match named.as_slice() {
        [one] => one,
        several => resolve::choose(blobs, several, &options.platform)?,
    };
    let bytes = blobs.manifest(chosen)?;
    let mut image = resolve::image(blobs, &bytes, Some(&chosen.media_type), &options.platform)?;
    if let Some(name) = names(chosen).into_iter().next() {
        image.name = name;
    }
    Ok(image)
}

const NAME_KEYS: &[&str] =
    &["io.containerd.image.name", "org.opencontainers.image.base.name", "org.opencontainers.image.ref.name"];

fn names(descriptor: &Descriptor) -> Vec<String> {
    let mut names: Vec<String> = NAME_KEYS.iter().filter_map(|key| descriptor.annotations.get(*key)).cloned().collect();
    names.push(descriptor.digest.to_string());
    names
}

fn is_named(descriptor: &Descriptor, wanted: &str) -> bool {
    let full = wanted.parse::<oci::Reference>().ok().map(|reference| reference.to_string());
    names(descriptor).iter().any(|name| {
        name == wanted || full.as_ref().is_some_and(|full| name == full || *name == format!("{full}:latest"))
    })
}
