//! From an archive to a catalogue.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use holdfast_scanning::image::{Error, Indexer, NoRecords, Progress, RecordFolder, RecordStore};
use image::{LayerLimits, OpenOptions, Source, Worker};
use oci::Digest;

/// The example that Cargo builds beside these tests; it is its own worker.
pub(crate) fn worker() -> Option<Worker> {
    let program: PathBuf = std::env::current_exe().unwrap();
    Some(Worker::new(program.parent()?.parent()?.join("examples").join("image_catalogue")))
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, data) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *data).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Writes an archive of `docker save` whose configuration names these digests.
pub(crate) fn archive(folder: &Path, layers: &[&[u8]], named: &[Digest]) -> PathBuf {
    let labels = serde_json::json!({"cpe": "cpe:/a:redhat:enterprise_linux:9::appstream"});
    let config = serde_json::json!({
        "os": "linux", "architecture": "amd64", "config": {"Labels": labels}, "rootfs": {"diff_ids": named},
    });
    let config = config.to_string();
    let paths: Vec<String> = (0..layers.len()).map(|at| format!("{at}/layer.tar")).collect();
    let list = serde_json::json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": paths}]).to_string();
    let mut files: Vec<(&str, &[u8])> = vec![("c.json", config.as_bytes()), ("manifest.json", list.as_bytes())];
    files.extend(paths.iter().map(String::as_str).zip(layers.iter().copied()));
    let path = folder.join("image.tar");
    fs_err::write(&path, tarred(&files)).unwrap();
    path
}

pub(crate) fn catalogue(
    path: &Path,
    worker: Option<Worker>,
    records: &dyn RecordStore,
) -> (Result<catalogue::ImageCatalogue, Error>, Vec<Progress>) {
    let image = image::open(&Source::Archive(path.to_owned()), &OpenOptions::default()).unwrap();
    let steps = Mutex::new(Vec::new());
    let indexer = Indexer { worker, limits: LayerLimits::default(), records, threads: 2 };
    let found = indexer.catalogue(image, &|step| steps.lock().unwrap().push(step));
    (found.map(|catalogued| catalogued.catalogue), steps.into_inner().unwrap())
}

fn layers() -> [Vec<u8>; 2] {
    let node = br#"{"name":"a","version":"1.0.0"}"#;
    [tarred(&[("etc/os-release", b"ID=alpine\nVERSION_ID=3.19.1\n")]), tarred(&[("node_modules/a/package.json", node)])]
}

#[test]
fn a_layer_is_read_once_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let named: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
    let path = archive(folder.path(), &[&layers[0], &layers[1]], &named);
    let records = RecordFolder::new(folder.path().join("records"));
    let (first, steps) = catalogue(&path, worker(), &records);
    let first = first.unwrap();
    assert!(steps.contains(&Progress::Done(0)) && steps.contains(&Progress::Done(1)));
    assert_eq!(first.packages[0].package.name, "a");
    assert_eq!(first.packages[0].introduced_in, 1);
    let (second, steps) = catalogue(&path, None, &records);
    assert_eq!(second.unwrap(), first);
    assert!(steps.contains(&Progress::Known(0)) && steps.contains(&Progress::Known(1)));
    assert_eq!(catalogue(&path, None, &NoRecords).0.unwrap(), first, "in this process it is the same");
}

#[test]
fn the_label_cpe_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let named: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
    let path = archive(folder.path(), &[&layers[0], &layers[1]], &named);
    let found = catalogue(&path, None, &NoRecords).0.unwrap();
    assert_eq!(found.cpes, ["cpe:/a:redhat:enterprise_linux:9::appstream"]);
}

#[test]
fn what_this_machine_could_not_read_is_read_again_the_next_time() {
    // A folder for temporary files that is not there is as good as a full disk.
    if std::env::var_os("WITHOUT_ROOM").is_none() {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "image_index::what_this_machine_could_not_read_is_read_again_the_next_time"])
            .env("WITHOUT_ROOM", tempfile::tempdir().unwrap().keep())
            .env("TMPDIR", "/nonexistent")
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let folder = PathBuf::from(std::env::var_os("WITHOUT_ROOM").unwrap());
    let large = [b"\x7fELF".to_vec(), vec![0; 17 << 20]].concat();
    let layer = tarred(&[("usr/bin/large", &large)]);
    let named = [Digest::of(&layer)];
    let path = archive(&folder, &[&layer], &named);
    let records = RecordFolder::new(folder.join("records"));
    let (found, _) = catalogue(&path, None, &records);
    assert_eq!(found.unwrap().unreadable.len(), 1);
    assert!(records.get(&named[0]).is_none());
    fs_err::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_layer_that_is_not_the_image_s_is_refused_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let named = [Digest::of(&layers[0]), Digest::of(b"another")];
    let path = archive(folder.path(), &[&layers[0], &layers[1]], &named);
    let records = RecordFolder::new(folder.path().join("records"));
    let error = catalogue(&path, worker(), &records).0.unwrap_err();
    assert!(matches!(error, Error::Altered { number: 2, .. }), "{error}");
    assert!(records.get(&named[1]).is_none());
}

#[test]
fn a_record_that_was_tampered_with_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let layers = layers();
    let named: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
    let path = archive(folder.path(), &[&layers[0], &layers[1]], &named);
    let records = RecordFolder::new(folder.path().join("records"));
    catalogue(&path, None, &records).0.unwrap();
    for entry in
        fs_err::read_dir(folder.path().join("records").join(format!("v{}", catalogue::INDEXER_VERSION))).unwrap()
    {
        fs_err::write(entry.unwrap().path(), b"junk").unwrap();
    }
    let (found, steps) = catalogue(&path, None, &records);
    assert_eq!(found.unwrap().packages.len(), 1);
    assert!(steps.contains(&Progress::Done(0)));
}
