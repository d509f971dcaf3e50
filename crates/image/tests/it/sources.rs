//! Where images come from.

use std::path::Path;

use catalogue::squash;
use holdfast_image::{Error, Image, LayerJob, OpenOptions, Source, open, read_layer, uncompressed};

use crate::archives::{Layer, base, config, dpkg, gzip, layout, names, tarred, write_all};

fn packages(image: &Image) -> Vec<String> {
    let job = LayerJob::default();
    let records: Vec<_> = image
        .layers
        .iter()
        .map(|layer| read_layer(uncompressed(layer.open().unwrap(), &job.limits).unwrap(), &job, None, &mut |_| {}))
        .collect();
    names(&squash(&records.iter().collect::<Vec<_>>(), None))
}

fn open_path(path: &Path) -> Result<Image, Error> {
    open(&Source::of(&path.display().to_string()), &OpenOptions::default())
}

fn layers() -> Vec<Vec<u8>> {
    let second = Layer::new().file("var/lib/dpkg/status", dpkg(&[("bash", "5.2")]));
    vec![base().bytes(), second.bytes()]
}

#[test]
fn an_oci_layout_is_read_as_a_folder_and_as_an_archive() {
    let plain = layers();
    let stored: Vec<Vec<u8>> = plain.iter().map(|layer| gzip(layer)).collect();
    let files = layout(&plain, &stored, "acme/web:1");
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &files);
    let archive = folder.path().join("image.tar");
    fs_err::write(&archive, tarred(&files)).unwrap();
    let packed = folder.path().join("image.tar.gz");
    fs_err::write(&packed, gzip(&tarred(&files))).unwrap();
    let dense = folder.path().join("image.tar.zst");
    fs_err::write(&dense, zstd::encode_all(&tarred(&files)[..], 3).unwrap()).unwrap();
    for path in [folder.path(), &archive, &packed, &dense] {
        let image = open_path(path).unwrap();
        assert_eq!(image.name, "acme/web:1");
        assert!(image.manifest.is_some());
        assert_eq!(packages(&image), ["bash 5.2"], "{}", path.display());
    }
    let options = OpenOptions { image: Some("acme/web:2".into()), ..OpenOptions::default() };
    let error = open(&Source::of(&archive.display().to_string()), &options).unwrap_err();
    assert!(matches!(error, Error::NoSuchImage { .. }), "{error}");
}

#[test]
fn archives_of_docker_save_are_read_old_and_new() {
    let plain = layers();
    let config = config(&plain);
    let name = format!("{}.json", oci::Digest::of(&config).hex());
    let old = |paths: [&str; 2]| {
        serde_json::to_vec(&serde_json::json!([{"Config": name, "RepoTags": ["acme/web:1"], "Layers": paths}])).unwrap()
    };
    let bytes = Layer::new()
        .file("one/layer.tar", &plain[0])
        .file("two/layer.tar", &plain[1])
        // A layer that occurs twice is a link.
        .symlink("three/layer.tar", "../one/layer.tar")
        .file(&name, &config)
        .file("manifest.json", old(["three/layer.tar", "two/layer.tar"]))
        .bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tar");
    fs_err::write(&path, bytes).unwrap();
    let image = open_path(&path).unwrap();
    assert_eq!((image.name.as_str(), packages(&image)), ("acme/web:1", vec!["bash 5.2".to_owned()]));
    assert_eq!(image.layers[0].diff_id, Some(oci::Digest::of(&plain[0])));
}

#[test]
fn a_folder_is_read_as_one_layer() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("srv/{}/node_modules/a/package.json", "d".repeat(120));
    write_all(
        folder.path(),
        &[
            ("usr/lib/os-release".into(), crate::archives::OS_RELEASE.into()),
            ("var/lib/dpkg/status".into(), dpkg(&[("bash", "5.2")]).into()),
            (long, br#"{"name":"a","version":"1.0.0"}"#.to_vec()),
            ("srv/uninteresting".into(), vec![1; 3000]),
        ],
    );
    fs_err::os::unix::fs::symlink("/etc/passwd", folder.path().join("srv/out")).unwrap();
    let image = open_path(folder.path()).unwrap();
    assert_eq!(packages(&image), ["bash 5.2", "a 1.0.0"]);
}

#[test]
fn content_that_is_not_its_digest_is_refused() {
    let plain = layers();
    let mut files = layout(&plain, &plain, "x");
    let manifest =
        files.iter().position(|(_, content)| content.starts_with(b"{\"schemaVersion\":2,\"mediaType\"")).unwrap();
    files[manifest].1.push(b' ');
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &files);
    assert!(matches!(open_path(folder.path()), Err(Error::Digest { .. })));
}

#[test]
fn what_is_no_image_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tar");
    for (content, part) in [
        (Layer::new().file("a", "b").bytes(), "neither"),
        (b"not a tar".repeat(100), "archive"),
        (Layer::new().file("manifest.json", "[]").bytes(), "no image"),
        (Layer::new().file("manifest.json", "{").bytes(), "malformed"),
        (Layer::new().file("manifest.json", r#"[{"Config":"../../etc/passwd","Layers":[]}]"#).bytes(), "missing"),
    ] {
        fs_err::write(&path, content).unwrap();
        let error = base_chain(&open_path(&path).unwrap_err());
        assert!(error.contains(part), "{error}");
    }
}

fn base_chain(error: &Error) -> String {
    ::base::chain(error)
}

#[test]
fn sources_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    assert_eq!(Source::of(&path), Source::Directory(path.clone().into()));
    fs_err::write(folder.path().join("oci-layout"), "{}").unwrap();
    assert_eq!(Source::of(&path), Source::Layout(path.into()));
    assert_eq!(Source::of("archive:x.tar"), Source::Archive("x.tar".into()));
    assert_eq!(Source::of("engine:acme/web"), Source::Engine("acme/web".into()));
    assert_eq!(Source::of("registry:acme/web:1"), Source::Registry("acme/web:1".into()));
    assert_eq!(Source::of("localhost:5000/acme/web"), Source::Named("localhost:5000/acme/web".into()));
}
