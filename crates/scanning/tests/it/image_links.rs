//! Layers that are read once more for what only links call by its name.

use catalogue::LayerRecord;
use holdfast_scanning::image::{NoRecords, Progress, RecordFolder, RecordStore};
use oci::Digest;

use crate::image_index::{archive, catalogue, worker};

const NODE: &[u8] = br#"{"name":"a","version":"1.0.0"}"#;

/// Something of a layer.
enum Entry<'a> {
    File(&'a str, &'a [u8]),
    Symlink(&'a str, &'a str),
    HardLink(&'a str, &'a str),
}

fn layer(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        let (path, kind, target, data): (_, _, _, &[u8]) = match entry {
            Entry::File(path, data) => (path, tar::EntryType::Regular, "", *data),
            Entry::Symlink(path, target) => (path, tar::EntryType::Symlink, *target, b""),
            Entry::HardLink(path, target) => (path, tar::EntryType::Link, *target, b""),
        };
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        if target.is_empty() {
            builder.append_data(&mut header, path, data).unwrap();
        } else {
            builder.append_link(&mut header, path.trim_start_matches('/'), target).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// Reads an image; answers with the packages' places, and how often each layer was read.
fn scanned(layers: &[&[u8]], records: &dyn RecordStore, in_child: bool) -> (Vec<String>, Vec<usize>) {
    let folder = tempfile::tempdir().unwrap();
    let named: Vec<Digest> = layers.iter().map(|layer| Digest::of(layer)).collect();
    let path = archive(folder.path(), layers, &named);
    let (found, steps) = catalogue(&path, in_child.then(|| worker().unwrap()), records);
    let found = found.unwrap();
    assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
    let places = found.packages.iter().flat_map(|found| &found.package.evidence).map(|one| one.path.clone());
    let read = |number| steps.iter().filter(|step| **step == Progress::Begun(number)).count();
    (places.collect(), (0..layers.len()).map(read).collect())
}

const FIRST: &str = "/app/node_modules/a/package.json";
const SECOND: &str = "/srv/node_modules/a/package.json";

#[test]
fn a_layer_is_read_again_only_if_something_is_asked_of_it() {
    let store = layer(&[Entry::File("store/ab", NODE), Entry::HardLink(FIRST, "store/ab")]);
    let other = layer(&[Entry::File("srv/node_modules/b/package.json", NODE)]);
    for in_child in [false, true] {
        let (places, read) = scanned(&[&store, &other], &NoRecords, in_child);
        assert_eq!(places, [FIRST, "/srv/node_modules/b/package.json"]);
        assert_eq!(read, [2, 1]);
        assert_eq!(scanned(&[&other], &NoRecords, in_child).1, [1]);
    }
}

#[test]
fn what_was_asked_once_is_known_and_only_what_is_new_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let records = RecordFolder::new(folder.path().join("records"));
    let store = layer(&[Entry::File("store/ab", NODE), Entry::File("store/cd", br#"{"name":"c","version":"2.0.0"}"#)]);
    let one = layer(&[Entry::Symlink(FIRST, "/store/ab")]);
    let two = layer(&[Entry::Symlink(FIRST, "/store/ab"), Entry::HardLink(SECOND, "store/cd")]);
    assert_eq!(scanned(&[&store, &one], &records, false), (vec![FIRST.to_owned()], vec![2, 1]));
    assert_eq!(scanned(&[&store, &one], &records, false), (vec![FIRST.to_owned()], vec![0, 0]));
    let both = vec![FIRST.to_owned(), SECOND.to_owned()];
    assert_eq!(scanned(&[&store, &two], &records, false), (both.clone(), vec![1, 1]));
    assert_eq!(records.get(&Digest::of(&store)).unwrap().answers.len(), 2, "what was known was not asked again");
    assert_eq!(scanned(&[&store, &two], &records, false), (both, vec![0, 0]));
    assert_eq!(scanned(&[&store], &records, false), (Vec::new(), vec![0]), "what others asked is not this image's");
}

/// Knows one layer, and takes nothing in.
struct Knows(LayerRecord);

impl RecordStore for Knows {
    fn get(&self, diff_id: &Digest) -> Option<LayerRecord> {
        (self.0.diff_id == *diff_id).then(|| self.0.clone())
    }

    fn put(&self, record: &LayerRecord) {
        assert_ne!(record.diff_id, self.0.diff_id, "it is not kept");
    }
}

#[test]
fn answers_do_not_make_a_record_certain_that_an_accident_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let records = RecordFolder::new(folder.path().join("records"));
    let store = layer(&[Entry::File("store/ab", NODE)]);
    let link = layer(&[Entry::Symlink(FIRST, "/store/ab")]);
    scanned(&[&store], &records, false);
    let known = records.get(&Digest::of(&store)).unwrap();
    assert!(known.may_be_kept());
    let cut = LayerRecord { had_accident: true, ..known };
    assert!(!cut.may_be_kept());
    assert_eq!(scanned(&[&store, &link], &Knows(cut), false), (vec![FIRST.to_owned()], vec![1, 1]));
}
