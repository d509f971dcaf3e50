//! From a manifest or index to an image, wherever its blobs lie.

use std::sync::Arc;

use oci::{Descriptor, Digest, Manifest, MediaType, Platform, Role};

use super::platform::PlatformChoice;
use super::{Image, LayerSource, Place};
use crate::config::{ImageConfig, MAX_CONFIG_BYTES};
use crate::error::Error;
use crate::registry::RegistryBlobs;

/// Indexes within indexes.
const MAX_DEPTH: usize = 4;

/// Where blobs lie.
pub(super) trait Blobs {
    /// Reads a small one and checks its digest.
    fn read(&self, descriptor: &Descriptor, max_bytes: u64) -> Result<Vec<u8>, Error>;

    /// Reads a manifest and checks its digest.
    fn manifest(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        self.read(descriptor, oci::MAX_MANIFEST_BYTES as u64)
    }

    /// Finds a large one.
    fn place(&self, descriptor: &Descriptor) -> Result<Place, Error>;

    /// Where this is, for people.
    fn name(&self) -> String;
}

/// Blobs of a registry.
pub(super) struct Remote(pub(super) Arc<RegistryBlobs>);

impl Blobs for Remote {
    fn read(&self, descriptor: &Descriptor, max_bytes: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let reader = self.0.open(&descriptor.digest)?;
        std::io::Read::read_to_end(&mut std::io::Read::take(reader, max_bytes + 1), &mut bytes)
            .map_err(|source| Error::Read { source })?;
        checked(bytes, descriptor, max_bytes)
    }

    fn manifest(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        let (bytes, _) = self.0.manifest(descriptor.digest.as_str())?;
        checked(bytes, descriptor, oci::MAX_MANIFEST_BYTES as u64)
    }

    fn place(&self, descriptor: &Descriptor) -> Result<Place, Error> {
        Ok(Place::Registry { blobs: Arc::clone(&self.0), digest: descriptor.digest.clone() })
    }

    fn name(&self) -> String {
        self.0.name()
    }
}

/// Checks the digest and size of what was read.
pub(super) fn checked(bytes: Vec<u8>, descriptor: &Descriptor, max_bytes: u64) -> Result<Vec<u8>, Error> {
    if bytes.len() as u64 > max_bytes {
        let reason = format!("it is larger than {max_bytes} bytes");
        return Err(Error::Document { what: "content", reason });
    }
    let found = Digest::compute(descriptor.digest.algorithm(), &bytes);
    if found != descriptor.digest {
        let what = descriptor.media_type.to_string();
        return Err(Error::Digest { what, expected: descriptor.digest.clone(), found });
    }
    Ok(bytes)
}

/// Reads a manifest, and down through indexes to the image of a platform.
pub(super) fn image(
    blobs: &dyn Blobs,
    bytes: &[u8],
    media_type: Option<&MediaType>,
    choice: &PlatformChoice,
) -> Result<Image, Error> {
    let mut bytes = bytes.to_vec();
    let mut media_type = media_type.cloned();
    for _ in 0..MAX_DEPTH {
        let digest = Digest::of(&bytes);
        let refused = |source| Error::Manifest { digest: digest.to_string(), source };
        let manifest = Manifest::parse(&bytes, media_type.as_ref()).map_err(refused)?;
        if !manifest.kind().is_index() {
            return of_manifest(blobs, &manifest, digest);
        }
        let children: Vec<&Descriptor> =
            manifest.references().iter().map(|one| &one.descriptor).filter(|one| is_image(one)).collect();
        let chosen = choose(blobs, &children, choice)?;
        bytes = blobs.manifest(chosen)?;
        media_type = Some(chosen.media_type.clone());
    }
    Err(Error::Document { what: "index", reason: format!("it leads through more than {MAX_DEPTH} indexes") })
}

/// Attestations stand beside images, for a platform that does not exist.
fn is_image(descriptor: &Descriptor) -> bool {
    oci::ManifestKind::from_media_type(descriptor.media_type.as_str()).is_some()
        && descriptor.platform.as_ref().is_none_or(|platform| platform.os != "unknown")
        && descriptor.annotations.get("vnd.docker.reference.type").is_none_or(|kind| kind != "attestation-manifest")
}

pub(super) fn choose<'a>(
    blobs: &dyn Blobs,
    children: &[&'a Descriptor],
    choice: &PlatformChoice,
) -> Result<&'a Descriptor, Error> {
    choice.choose(children, |one| one.platform.as_ref()).copied().ok_or_else(|| {
        let names: Vec<String> = children
            .iter()
            .map(|one| one.platform.as_ref().map_or_else(|| one.digest.to_string(), platform_name))
            .collect();
        let present = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Error::NoSuchImage { path: blobs.name(), wanted: format!("for {choice}"), present }
    })
}

fn platform_name(platform: &Platform) -> String {
    let variant = platform.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
    format!("{}/{}{variant}", platform.os, platform.architecture)
}

fn of_manifest(blobs: &dyn Blobs, manifest: &Manifest, digest: Digest) -> Result<Image, Error> {
    let mut config = ImageConfig::default();
    let mut layers = Vec::new();
    for one in manifest.references() {
        match one.role {
            Role::Config => config = ImageConfig::parse(&blobs.read(&one.descriptor, MAX_CONFIG_BYTES)?)?,
            Role::Layer => {
                let place = match blobs.place(&one.descriptor) {
                    Err(Error::Missing { .. }) if one.is_foreign() => Place::Foreign,
                    other => other?,
                };
                layers.push(LayerSource {
                    blob: Some(one.descriptor.digest.clone()),
                    diff_id: None,
                    size_bytes: Some(one.descriptor.size_bytes),
                    place,
                });
            }
            Role::Child => {}
        }
    }
    with_diff_ids(&mut layers, &config)?;
    Ok(Image { name: blobs.name(), manifest: Some(digest), config, layers })
}

/// Gives each layer the digest of its uncompressed form, which the configuration tells.
pub(super) fn with_diff_ids(layers: &mut [LayerSource], config: &ImageConfig) -> Result<(), Error> {
    if layers.len() != config.diff_ids.len() {
        let (layers, ids) = (layers.len(), config.diff_ids.len());
        return Err(Error::Document {
            what: "image's configuration",
            reason: format!("it names {ids} layers, and the manifest {layers}"),
        });
    }
    for (layer, diff_id) in layers.iter_mut().zip(&config.diff_ids) {
        layer.diff_id = Some(diff_id.clone());
    }
    Ok(())
}
