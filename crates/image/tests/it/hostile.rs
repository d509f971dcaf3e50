//! What an attacker would write.

use std::io::Read;
use std::time::Duration;

use holdfast_image::{LayerJob, LayerLimits, OpenOptions, Source, open, read_layer, uncompressed};
use proptest::prelude::*;
use tar::EntryType;

use crate::archives::{Layer, base, config, gzip, layout, names, read, tarred};

fn image(record: &catalogue::LayerRecord) -> catalogue::ImageCatalogue {
    catalogue::squash(&[record], None)
}

#[test]
fn no_name_leaves_the_root() {
    let data = b"{\"name\":\"a\",\"version\":\"1.0.0\"}";
    for (name, path) in [
        (&b"../../node_modules/a/package.json"[..], "/node_modules/a/package.json"),
        (b"/abs/node_modules/a/package.json", "/abs/node_modules/a/package.json"),
        (b"./x/../y/node_modules/a/package.json", "/y/node_modules/a/package.json"),
        (b"n\xff/node_modules/a/package.json", "/n\\xff/node_modules/a/package.json"),
    ] {
        let record = Layer::new().raw(name, EntryType::Regular, b"", data).read();
        assert_eq!(record.files[0].paths, [path]);
    }
}

#[test]
fn a_break_keeps_what_stands_before_it() {
    let bytes = base().file("srv/big", vec![7; 100_000]).bytes();
    for cut in [bytes.len() - 60_000, 5000, 700] {
        let record = read(&bytes[..cut]);
        assert!(record.unreadable.iter().any(|file| file.path == "/"), "{cut}");
    }
    assert_eq!(names(&image(&read(&bytes[..bytes.len() - 60_000]))).len(), 2);
    let mut broken = bytes.clone();
    let at = bytes.len() - 1024 - 100_352 - 512;
    broken[at + 3] ^= 1;
    let record = read(&broken);
    assert_eq!(names(&image(&record)).len(), 2);
    assert!(record.unreadable[0].reason.contains("the sum of a header"), "{:?}", record.unreadable);
}

#[test]
fn bounds_are_kept() {
    let many = (0..50).fold(base(), |layer, at| layer.file(&format!("f{at}"), "")).bytes();
    let small = |limits: LayerLimits| {
        let job = LayerJob { limits, ..LayerJob::default() };
        read_layer(&many[..], &job, None, &mut |_| {})
    };
    let record = small(LayerLimits { entries: 20, ..LayerLimits::default() });
    assert!(record.unreadable[0].reason.contains("more than 20 entries"));
    assert_eq!(names(&image(&record)).len(), 2);
    let record = small(LayerLimits { file_bytes: 10, ..LayerLimits::default() });
    assert!(names(&image(&record)).is_empty());
    assert!(record.unreadable.iter().any(|file| file.path == "/var/lib/dpkg/status"));
    let record = small(LayerLimits { memory_bytes: 10, ..LayerLimits::default() });
    assert!(record.unreadable.iter().any(|file| file.reason.contains("no room")), "{:?}", record.unreadable);
    let many = (0..600).fold(Layer::new(), |layer, at| layer.file(&format!("f{at}"), "")).bytes();
    let job =
        LayerJob { limits: LayerLimits { deadline: Duration::ZERO, ..LayerLimits::default() }, ..LayerJob::default() };
    let record = read_layer(&many[..], &job, None, &mut |_| {});
    assert!(record.unreadable[0].reason.contains("seconds of work"));
}

#[test]
fn bombs_stop_at_their_bounds() {
    let limits = LayerLimits { ratio_after_bytes: 1 << 20, layer_bytes: 64 << 20, ..LayerLimits::default() };
    for (what, bomb) in
        [("gzip", gzip(&vec![0; 32 << 20])), ("zstd", zstd::encode_all(&vec![0; 32 << 20][..], 3).unwrap())]
    {
        let mut reader = uncompressed(&bomb[..], &limits).unwrap();
        let error = std::io::copy(&mut reader, &mut std::io::sink()).unwrap_err();
        assert!(error.to_string().contains("200 times"), "{what}: {error}");
    }
    let limits = LayerLimits { layer_bytes: 1 << 20, ..LayerLimits::default() };
    let mut reader = uncompressed(std::io::repeat(0), &limits).unwrap();
    assert!(std::io::copy(&mut reader, &mut std::io::sink()).is_err());
}

#[test]
fn a_long_name_cannot_take_memory() {
    let bytes = Layer::new().raw(b"././@LongLink", EntryType::GNULongName, b"", &vec![b'a'; 2 << 20]).bytes();
    assert!(read(&bytes).unreadable[0].reason.contains("extended header"));
}

#[test]
fn many_links_to_links_end() {
    let layer = (0..60).fold(Layer::new(), |layer, at| layer.symlink(&format!("l{at}"), &format!("l{}/x", at + 1)));
    let record = layer.file("l0/node_modules/a/package.json", "{}").read();
    assert_eq!(record.unreadable.len(), 1);
}

#[test]
fn holes_count_as_bytes_of_the_layer() {
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["a", "b", "c"] {
        let records: [(&str, &[u8]); 2] = [("GNU.sparse.map", b"0,4"), ("GNU.sparse.size", b"20000000")];
        builder.append_pax_extensions(records).unwrap();
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(4);
        header.set_mode(0o755);
        header.set_cksum();
        builder.append(&header, &b"\x7fELF"[..]).unwrap();
    }
    let job =
        LayerJob { limits: LayerLimits { layer_bytes: 50_000_000, ..LayerLimits::default() }, ..LayerJob::default() };
    let spill = holdfast_image::Spill::new().unwrap();
    let mut read = 0;
    let record = read_layer(&builder.into_inner().unwrap()[..], &job, Some(spill), &mut |_| read += 1);
    assert_eq!(read, 3, "the third is not poured out any more");
    assert!(record.unreadable.iter().any(|file| file.path == "/" && file.reason.contains("holes")), "{record:?}");
}

#[test]
fn the_clock_is_looked_at_after_each_file_that_was_read() {
    let layer = (0..3).fold(Layer::new(), |layer, at| layer.file(&format!("{at}/node_modules/a/package.json"), "{}"));
    let job =
        LayerJob { limits: LayerLimits { deadline: Duration::ZERO, ..LayerLimits::default() }, ..LayerJob::default() };
    let mut read = 0;
    let record = read_layer(&layer.bytes()[..], &job, None, &mut |_| read += 1);
    assert_eq!(read, 1);
    assert!(record.unreadable.iter().any(|file| file.reason.contains("seconds of work")), "{:?}", record.unreadable);
}

#[test]
fn hard_links_to_a_large_folder_cost_nothing() {
    let begun = std::time::Instant::now();
    let below = (0..20_000).fold(Layer::new(), |layer, at| layer.file(&format!("d/{at}"), "")).read();
    let above = (0..20_000).fold(Layer::new(), |layer, at| layer.hard_link(&format!("l/{at}"), "d")).read();
    assert!(catalogue::squash(&[&below, &above], None).packages.is_empty());
    let files = (0..20_000).fold(Layer::new(), |layer, at| layer.file(&format!("d/{at}"), ""));
    let record = (0..20_000).fold(files, |layer, at| layer.hard_link(&format!("l/{at}"), "d")).read();
    assert!(record.hard_links.is_empty() && !record.unreadable.is_empty());
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn a_link_s_target_is_bounded() {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("linkpath", "x/".repeat(3000).as_bytes())]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("link").unwrap();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    header.set_cksum();
    builder.append(&header, &b""[..]).unwrap();
    let record = read(&builder.into_inner().unwrap());
    assert!(record.links.is_empty());
    assert_eq!(record.unreadable.len(), 1);
}

/// What `docker save` writes of one layer.
fn saved(layer: &[u8]) -> Vec<(String, Vec<u8>)> {
    let config = config(&[layer.to_vec()]);
    let list = br#"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["l/layer.tar"]}]"#;
    vec![("c.json".into(), config), ("manifest.json".into(), list.to_vec()), ("l/layer.tar".into(), layer.to_vec())]
}

/// Opens a file as an image and reads its layers.
fn opened(bytes: &[u8]) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    fs_err::write(&path, bytes).unwrap();
    let image = open(&Source::Archive(path), &OpenOptions::default()).ok()?;
    for layer in &image.layers {
        if let Ok(stream) = layer.open() {
            let _ = std::io::copy(&mut stream.take(1 << 20), &mut std::io::sink());
        }
    }
    Some(image.layers.len())
}

#[test]
fn the_images_that_are_changed_are_valid() {
    let plain = [base().bytes()];
    assert_eq!(opened(&tarred(&saved(&plain[0]))), Some(1));
    assert_eq!(opened(&gzip(&tarred(&layout(&plain, &plain, "a:1")))), Some(1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_layer_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let record = read(&bytes);
        let _ = image(&record);
    }

    #[test]
    fn a_changed_archive_is_read_to_its_end(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = base().symlink("a", "../b").hard_link("c", "usr/lib/os-release").file("d/.wh.e", "").bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            // The sum is mended, so that the change gets past it.
            let block = at / 512 * 512;
            let sum: u32 = bytes[block..block + 512]
                .iter()
                .enumerate()
                .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
                .sum();
            if bytes[block + 257..block + 262] == *b"ustar" {
                bytes[block + 148..block + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }
        }
        let record = read(&bytes);
        let json = serde_json::to_vec(&record).unwrap();
        let again: catalogue::LayerRecord = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(&again, &record);
        let _ = image(&record);
    }

    #[test]
    fn any_file_is_an_image_or_a_refusal(bytes in proptest::collection::vec(any::<u8>(), 0..2000), head in 0_usize..4) {
        let head: &[u8] = [&b""[..], b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"manifest.json\0"][head];
        let _ = opened(&[head, &bytes].concat());
    }

    #[test]
    fn a_changed_image_is_read_or_refused(
        is_layout in any::<bool>(),
        is_packed in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let plain = [base().bytes()];
        let mut files = if is_layout { layout(&plain, &plain, "a:1") } else { saved(&plain[0]) };
        // Documents are changed, not the archive around them: that has a test of its own.
        for (at, byte) in changes {
            let documents: Vec<usize> = (0..files.len()).filter(|at| files[*at].1.starts_with(b"{") || files[*at].1.starts_with(b"[")).collect();
            let document = &mut files[documents[at.index(documents.len())]].1;
            let at = at.index(document.len());
            document[at] = byte;
        }
        let bytes = tarred(&files);
        let _ = opened(&if is_packed { gzip(&bytes) } else { bytes });
    }

    #[test]
    fn layers_in_any_order_make_an_image(order in proptest::collection::vec(0_usize..6, 1..8)) {
        let layers = [
            base().read(),
            Layer::new().file(".wh.var", "").read(),
            Layer::new().symlink("var", "usr").file("var/lib/os-release", "ID=x\n").read(),
            Layer::new().file("usr", "a file").read(),
            Layer::new().file(".wh..wh..opq", "").dir("usr/").read(),
            Layer::new().hard_link("etc/os-release", "usr/lib/os-release").file("usr/lib/.wh.os-release", "").read(),
        ];
        let records: Vec<_> = order.iter().map(|at| &layers[*at]).collect();
        let catalogue = catalogue::squash(&records, None);
        prop_assert!(catalogue.packages.iter().all(|found| found.introduced_in < records.len()));
    }
}
