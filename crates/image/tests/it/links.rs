//! Databases and manifests that only links call by their names.

use std::process::Command;

use catalogue::{Asked, Folded, ImageCatalogue, LayerRecord, NOT_READ, answers};
use holdfast_image::{LayerJob, Spill, read_layer};

use crate::archives::{Layer, base, dpkg, names, read};

/// Reads an image as the scanner does: what is asked after the first reading is read once more.
fn scanned(layers: Vec<Layer>) -> (ImageCatalogue, Vec<(usize, Asked)>) {
    let bytes: Vec<Vec<u8>> = layers.into_iter().map(Layer::bytes).collect();
    let mut records: Vec<LayerRecord> = bytes.iter().map(|layer| read(layer)).collect();
    let asked = Folded::new(records.iter().collect()).asked();
    for (number, record) in records.iter_mut().enumerate() {
        let also: Vec<Asked> = asked.iter().filter(|(at, _)| *at == number).map(|(_, asked)| asked.clone()).collect();
        if !also.is_empty() {
            let job = LayerJob { asked: also.clone(), ..LayerJob::default() };
            let again = read_layer(&bytes[number][..], &job, Some(Spill::new().unwrap()), &mut |_| {});
            record.answers = answers(also, again);
        }
    }
    let folded = Folded::new(records.iter().collect());
    assert_eq!(folded.asked(), [], "nothing is asked twice");
    (folded.catalogue(None), asked)
}

fn node(name: &str) -> String {
    format!("{{\"name\":\"{name}\",\"version\":\"1.0.0\"}}")
}

fn evidence(catalogue: &ImageCatalogue) -> Vec<&str> {
    catalogue.packages.iter().flat_map(|found| &found.package.evidence).map(|one| one.path.as_str()).collect()
}

const OBJECT: &str = "sysroot/ostree/repo/objects/ab/cdef0123.file";
const RPM: [&str; 2] = ["usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/share/rpm/rpmdb.sqlite"];

/// A header of rpm's with nothing but a name, a version and a release.
fn header(name: &str) -> String {
    let mut index = Vec::new();
    let mut data = Vec::new();
    for (tag, value) in [(1000_u32, name), (1001, "1.0"), (1002, "1.el9")] {
        for number in [tag, 6, u32::try_from(data.len()).unwrap(), 1] {
            index.extend(number.to_be_bytes());
        }
        data.extend([value.as_bytes(), b"\0"].concat());
    }
    let counts = [3, u32::try_from(data.len()).unwrap()].map(u32::to_be_bytes).concat();
    [counts, index, data].concat().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A database of rpm's with `glibc` in it, and a journal with `bash`.
fn rpmdb(test: &str) -> Option<[Vec<u8>; 2]> {
    if let Some(missing) = testkit::missing(&["sqlite3"]) {
        testkit::skip(test, &format!("there is no `{missing}`"));
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let insert = |name: &str| format!("insert into Packages(blob) values (x'{}');", header(name));
    let status = Command::new("sqlite3")
        .current_dir(folder.path())
        .args(["db", "create table Packages (hnum integer primary key autoincrement, blob blob not null);"])
        .args([insert("glibc").as_str(), "pragma journal_mode=wal;", insert("bash").as_str()])
        .arg(".shell cp db copy && cp db-wal copy-wal")
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    Some(["copy", "copy-wal"].map(|name| fs_err::read(folder.path().join(name)).unwrap()))
}

#[test]
fn a_database_that_is_an_object_of_ostree_is_read_under_its_names() {
    let Some([db, _]) = rpmdb("a_database_that_is_an_object_of_ostree_is_read_under_its_names") else { return };
    let linked = |layer: Layer| RPM.iter().fold(layer, |layer, name| layer.hard_link(name, OBJECT));
    let object = || Layer::new().file(OBJECT, &db);
    for (layers, what) in
        [(vec![linked(object())], "one layer"), (vec![object(), linked(Layer::new())], "a layer above")]
    {
        let (catalogue, asked) = scanned(layers);
        assert_eq!(names(&catalogue), ["glibc 1.0-1.el9"], "{what}");
        assert_eq!(evidence(&catalogue), RPM.map(|name| format!("/{name}")), "the object's name is no evidence");
        assert!(catalogue.unreadable.is_empty(), "{what}: {:?}", catalogue.unreadable);
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].0, asked[0].1.read_as.as_str()), (0, "/usr/share/rpm/rpmdb.sqlite"));
    }
}

#[test]
fn a_hard_link_to_a_database_stays_when_its_first_name_goes() {
    let Some([db, _]) = rpmdb("a_hard_link_to_a_database_stays_when_its_first_name_goes") else { return };
    let both = Layer::new().file(RPM[0], &db).hard_link(RPM[1], RPM[0]);
    let (catalogue, asked) = scanned(vec![both, Layer::new().file("usr/lib/sysimage/rpm/.wh.rpmdb.sqlite", "")]);
    assert_eq!(evidence(&catalogue), [format!("/{}", RPM[1])]);
    assert_eq!(asked, []);
    let replaced = Layer::new().file(RPM[0], &db).symlink(RPM[0], "nowhere");
    assert!(names(&scanned(vec![replaced]).0).is_empty(), "of two entries the last counts");
}

#[test]
fn a_journal_is_found_where_it_is_linked_to() {
    let Some([db, wal]) = rpmdb("a_journal_is_found_where_it_is_linked_to") else { return };
    let journal = format!("{}-wal", RPM[1]);
    let object = || Layer::new().file(OBJECT, &db);
    for layer in [
        object().file("o/wal.file", &wal).hard_link(RPM[1], OBJECT).hard_link(&journal, "o/wal.file"),
        object().file(&journal, &wal).hard_link(RPM[1], OBJECT),
        object().file(&format!("{OBJECT}-wal"), &wal).symlink(RPM[1], &format!("/{OBJECT}")),
    ] {
        assert_eq!(names(&scanned(vec![layer]).0), ["bash 1.0-1.el9", "glibc 1.0-1.el9"]);
    }
}

#[test]
fn manifests_of_a_store_are_read_under_their_names() {
    let store = "root/store/v3/files/ab/cdef";
    let name = "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json";
    for layers in [
        vec![Layer::new().file(store, node("a")).hard_link(name, store)],
        vec![Layer::new().hard_link(name, store).file(store, node("a"))],
        vec![Layer::new().file(store, node("a")).symlink(name, &format!("/{store}"))],
        vec![Layer::new().file(store, node("a")), Layer::new().symlink(name, &format!("../../../../../../../{store}"))],
        vec![
            Layer::new().file(store, node("a")),
            Layer::new().hard_link(name, store),
            Layer::new().file(".wh.root", ""),
        ],
        vec![
            Layer::new().file(store, node("a")),
            Layer::new().hard_link("other", store).file("root/store/.wh..wh..opq", ""),
            Layer::new().hard_link(name, "other"),
        ],
        vec![
            Layer::new().symlink("root", "mnt").dir("mnt/"),
            Layer::new().file(store, node("a")).symlink(name, &format!("/{store}")),
        ],
    ] {
        let (catalogue, _) = scanned(layers);
        assert_eq!(evidence(&catalogue), [format!("/{name}")]);
        assert!(catalogue.unreadable.is_empty() && catalogue.deleted.is_empty(), "{catalogue:?}");
    }
}

#[test]
fn a_database_that_was_moved_is_found_by_the_link_in_its_place() {
    let status = dpkg(&[("bash", "5.2")]);
    let linked = || Layer::new().symlink("var/lib/dpkg/status", "/data/current").symlink("data/current", "state-1");
    let (catalogue, _) = scanned(vec![base(), linked().file("data/state-1", &status)]);
    assert_eq!(names(&catalogue), ["bash 5.2"]);
    assert_eq!(evidence(&catalogue), ["/var/lib/dpkg/status"]);
    assert_eq!((catalogue.packages[0].introduced_in, catalogue.deleted.len()), (1, 2));
}

#[test]
fn a_package_s_file_is_the_package_s_also_where_it_is_a_link() {
    let status = dpkg(&[("node-a", "1.0.0")]);
    let layer = Layer::new()
        .file("var/lib/dpkg/status", &status)
        .file("var/lib/dpkg/info/node-a.list", "/.\n/usr/lib/node_modules/a/package.json\n")
        .file("objects/1", node("a"))
        .hard_link("usr/lib/node_modules/a/package.json", "objects/1");
    let (catalogue, _) = scanned(vec![layer]);
    let found = catalogue.packages.iter().find(|found| found.package.name == "a").unwrap();
    assert_eq!(found.owners.len(), 1);
}

#[test]
fn what_was_read_is_not_asked_again() {
    for (what, layer) in [
        (
            "an empty file of another telling name",
            Layer::new().file("etc/package.json", "{}").symlink("a/package.json", "/etc/package.json"),
        ),
        (
            "an empty database",
            Layer::new().file("x/var/lib/dpkg/status", "").hard_link("var/lib/dpkg/status", "x/var/lib/dpkg/status"),
        ),
        (
            "a file of another kind",
            Layer::new().file("etc/requirements.txt", "").symlink("a/package.json", "/etc/requirements.txt"),
        ),
        ("a link to nothing", Layer::new().symlink("a/package.json", "/nothing").hard_link("b/x", "nothing")),
        ("a link to a folder", Layer::new().dir("d/").symlink("a/package.json", "/d")),
        ("a library", Layer::new().file("l/liba.so.1", "\x7fELF").symlink("l/liba.so", "liba.so.1")),
        ("a link to what says something", base().symlink("a/os-release", "/usr/lib/os-release")),
        ("names that tell nothing", Layer::new().file("a", "x").hard_link("b", "a").symlink("c", "a")),
    ] {
        assert_eq!(scanned(vec![layer]).1, [], "{what}");
    }
}

#[test]
fn what_says_nothing_under_its_name_either_is_no_fault() {
    let layer = || Layer::new().file("data/x", "").symlink("var/lib/dpkg/status", "/data/x");
    let (catalogue, asked) = scanned(vec![layer()]);
    assert_eq!((asked.len(), names(&catalogue).len(), catalogue.unreadable.len()), (1, 0, 0));
    for (data, name) in [("{", "a/node_modules/a/package.json"), ("PK\x03\x04", "opt/a.jar")] {
        let broken = Layer::new().file("data/x", data).symlink(name, "/data/x");
        let (catalogue, _) = scanned(vec![broken]);
        assert_eq!(catalogue.unreadable.len(), 1);
        assert_eq!(catalogue.unreadable[0].path, format!("/{name}"));
    }
}

#[test]
fn what_is_not_read_again_is_listed() {
    let record = Layer::new().file("data/x", dpkg(&[("bash", "5.2")])).symlink("var/lib/dpkg/status", "/data/x").read();
    let told = |records: &[&LayerRecord]| {
        let list = catalogue::squash(records, None).unreadable;
        list.into_iter().map(|file| (file.path, file.reason)).collect::<Vec<_>>()
    };
    let listed = [("/var/lib/dpkg/status".to_owned(), NOT_READ.to_owned())];
    assert_eq!(told(&[&record]), listed, "nobody asked");
    // An alias has no data of its own in the archive.
    let alias = Layer::new()
        .file("data/x", dpkg(&[("bash", "5.2")]))
        .hard_link("data/y", "data/x")
        .hard_link("var/lib/dpkg/status", "data/y");
    let (catalogue, _) = scanned(vec![alias]);
    assert_eq!((catalogue.unreadable.len(), catalogue.unreadable[0].reason.as_str()), (1, NOT_READ));
    // Another kind of file cannot be read of the same data.
    let two = Layer::new()
        .file("data/x", dpkg(&[("bash", "5.2")]))
        .symlink("var/lib/dpkg/status", "/data/x")
        .symlink("node_modules/a/package.json", "/data/x");
    let (catalogue, asked) = scanned(vec![two]);
    assert_eq!((names(&catalogue), asked.len()), (vec!["bash 5.2".to_owned()], 1));
    assert!(catalogue.unreadable[0].reason.contains("another kind"), "{:?}", catalogue.unreadable);
}

#[test]
fn an_archive_that_is_cut_answers_nothing_in_silence() {
    let asked = Asked { data: "/data/x".to_owned(), read_as: "/var/lib/dpkg/status".to_owned(), journal: None };
    let bytes = Layer::new().file("a", vec![0; 9000]).file("data/x", dpkg(&[("bash", "5.2")])).bytes();
    let job = LayerJob { asked: vec![asked.clone()], ..LayerJob::default() };
    let again = read_layer(&bytes[..3000], &job, None, &mut |_| {});
    let answer = &answers(vec![asked], again)[0];
    assert!(answer.file.is_none());
    assert_eq!(answer.unreadable, [NOT_READ]);
}

#[test]
fn a_million_names_of_one_file_are_not_a_million_pieces_of_evidence() {
    let status = dpkg(&[("bash", "5.2"), ("curl", "8.0")]);
    let data = || Layer::new().file("data/x", &status);
    let name = |at: i32| format!("{at}/var/lib/dpkg/status");
    let hard = (0..5000).fold(data(), |layer, at| layer.hard_link(&name(at), "data/x"));
    let soft = (0..5000).fold(data(), |layer, at| layer.symlink(&name(at), "/data/x"));
    for layer in [hard, soft] {
        let (catalogue, asked) = scanned(vec![layer]);
        assert_eq!((asked.len(), catalogue.packages.len()), (1, 2));
        assert_eq!(evidence(&catalogue).len(), 2 * 100, "the shortest names are enough");
    }
}

#[test]
fn a_database_whose_folder_is_a_link_is_found() {
    let status = dpkg(&[("bash", "5.2")]);
    let layer = Layer::new().file("data/dpkg/status", &status).symlink("var/lib/dpkg", "/data/dpkg");
    let (catalogue, _) = scanned(vec![layer]);
    assert_eq!(evidence(&catalogue), ["/var/lib/dpkg/status"]);
}

#[test]
fn what_is_asked_is_bounded_and_the_rest_is_listed() {
    let layer = (0..10_050).fold(Layer::new(), |layer, at| {
        layer
            .file(&format!("s/{at}"), node("a"))
            .hard_link(&format!("{at}/node_modules/a/package.json"), &format!("s/{at}"))
    });
    let layer = layer.file("s/db", dpkg(&[("bash", "5.2")])).hard_link("z/z/z/z/z/z/var/lib/dpkg/status", "s/db");
    let (catalogue, asked) = scanned(vec![layer]);
    assert_eq!(asked.len(), 10_000);
    assert_eq!(names(&catalogue), ["bash 5.2", "a 1.0.0"], "databases come first");
    assert_eq!(catalogue.unreadable.len(), 51);
    assert!(catalogue.unreadable.iter().all(|file| file.reason.contains("too many")));
}

#[test]
fn links_that_lead_nowhere_are_listed_or_nothing() {
    let (catalogue, asked) = scanned(vec![
        Layer::new()
            .symlink("a/package.json", "../b/package.json")
            .symlink("b/package.json", "../a/package.json")
            .symlink("c/package.json", "package.json/x"),
    ]);
    assert_eq!(asked, []);
    assert_eq!(catalogue.unreadable.len(), 3);
    let out = Layer::new().file("etc/x", node("a")).symlink("node_modules/a/package.json", "../../../../../etc/x");
    assert_eq!(names(&scanned(vec![out]).0), ["a 1.0.0"], "the root is as far as they lead");
}
