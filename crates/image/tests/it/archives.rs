//! Small archives and images.

use std::io::Write;
use std::path::Path;

use holdfast_image::{LayerJob, read_layer};
use tar::{Builder, EntryType, Header};

/// A layer under construction.
pub(crate) struct Layer(Builder<Vec<u8>>);

impl Layer {
    pub(crate) fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    pub(crate) fn file(mut self, path: &str, data: impl AsRef<[u8]>) -> Self {
        let data = data.as_ref();
        let mut header = Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        self.0.append_data(&mut header, path, data).unwrap();
        self
    }

    /// An entry whose name is written as it is, `..` and all.
    pub(crate) fn raw(mut self, name: &[u8], kind: EntryType, link: &[u8], data: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        header.set_mode(0o755);
        header.set_cksum();
        self.0.append(&header, data).unwrap();
        self
    }

    pub(crate) fn dir(self, path: &str) -> Self {
        self.raw(path.as_bytes(), EntryType::Directory, b"", b"")
    }

    pub(crate) fn symlink(self, path: &str, target: &str) -> Self {
        self.raw(path.as_bytes(), EntryType::Symlink, target.as_bytes(), b"")
    }

    pub(crate) fn hard_link(self, path: &str, target: &str) -> Self {
        self.raw(path.as_bytes(), EntryType::Link, target.as_bytes(), b"")
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }

    pub(crate) fn read(self) -> catalogue::LayerRecord {
        read(&self.bytes())
    }
}

pub(crate) fn read(bytes: &[u8]) -> catalogue::LayerRecord {
    let spill = holdfast_image::Spill::new().unwrap();
    read_layer(bytes, &LayerJob::default(), Some(spill), &mut |_| {})
}

pub(crate) const OS_RELEASE: &str = "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian\"\n";

/// A dpkg database with these packages.
pub(crate) fn dpkg(packages: &[(&str, &str)]) -> String {
    packages
        .iter()
        .map(|(name, version)| {
            format!(
                "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\
                 Maintainer: Debian <d@debian.org>\nDescription: x\n\n"
            )
        })
        .collect()
}

/// A base layer: Debian with two packages.
pub(crate) fn base() -> Layer {
    Layer::new()
        .dir("etc/")
        .file("usr/lib/os-release", OS_RELEASE)
        .symlink("etc/os-release", "../usr/lib/os-release")
        .file("var/lib/dpkg/status", dpkg(&[("zlib1g", "1:1.2.13.dfsg-1"), ("libssl3", "3.0.11-1")]))
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Names and versions of packages, as `name version`.
pub(crate) fn names(catalogue: &catalogue::ImageCatalogue) -> Vec<String> {
    catalogue.packages.iter().map(|found| format!("{} {}", found.package.name, found.package.version)).collect()
}

/// A configuration for these uncompressed layers.
pub(crate) fn config(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|layer| oci::Digest::of(layer).to_string()).collect();
    serde_json::to_vec(&serde_json::json!({
        "architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }))
    .unwrap()
}

/// An OCI layout as files: path and content.
pub(crate) fn layout(layers: &[Vec<u8>], stored: &[Vec<u8>], tag: &str) -> Vec<(String, Vec<u8>)> {
    let blob = |bytes: &[u8]| format!("blobs/sha256/{}", oci::Digest::of(bytes).hex());
    let descriptor = |bytes: &[u8], kind: &str| serde_json::json!({"mediaType": kind, "digest": oci::Digest::of(bytes), "size": bytes.len()});
    let config = config(layers);
    let kind = "application/vnd.oci.image.layer.v1.tar+gzip";
    let manifest = serde_json::to_vec(&serde_json::json!({
        "schemaVersion": 2, "mediaType": oci::MediaType::OCI_MANIFEST,
        "config": descriptor(&config, oci::MediaType::OCI_CONFIG),
        "layers": stored.iter().map(|layer| descriptor(layer, kind)).collect::<Vec<_>>(),
    }))
    .unwrap();
    let mut entry = descriptor(&manifest, oci::MediaType::OCI_MANIFEST);
    entry["annotations"] = serde_json::json!({"org.opencontainers.image.ref.name": tag});
    let index = serde_json::to_vec(&serde_json::json!({"schemaVersion": 2, "manifests": [entry]})).unwrap();
    let mut files = vec![
        ("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
        ("index.json".to_owned(), index),
        (blob(&config), config.clone()),
        (blob(&manifest), manifest),
    ];
    files.extend(stored.iter().map(|layer| (blob(layer), layer.clone())));
    files
}

pub(crate) fn write_all(folder: &Path, files: &[(String, Vec<u8>)]) {
    for (path, content) in files {
        let path = folder.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }
}

pub(crate) fn tarred(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    files.iter().fold(Layer::new(), |layer, (path, content)| layer.file(path, content)).bytes()
}
