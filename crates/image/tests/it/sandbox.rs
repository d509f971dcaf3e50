//! The child: what it can, and what it must not.

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use catalogue::{Asked, NOT_READ, answers};
use holdfast_image::{Error, LayerJob, LayerLimits, Worker, probe, seal};

use crate::archives::{Layer, base, gzip, names};

/// The example that Cargo builds beside these tests.
fn worker() -> Worker {
    let program: PathBuf = std::env::current_exe().unwrap();
    Worker::new(program.parent().unwrap().parent().unwrap().join("examples").join("layer_worker"))
}

fn opened(bytes: &[u8]) -> impl FnMut() -> Result<Box<dyn Read + Send>, Error> + use<> {
    let bytes = bytes.to_vec();
    move || Ok(Box::new(std::io::Cursor::new(bytes.clone())))
}

#[test]
fn a_sealed_process_has_no_network_no_files_and_no_children() {
    // The seal is for ever, so another process of this test puts it on.
    if std::env::var_os("SEAL_THIS_TEST").is_some() {
        assert!(!probe().is_empty(), "everything is possible before");
        seal(&LayerLimits::default()).unwrap();
        assert_eq!(probe(), Vec::<&str>::new());
        let mut numbers = vec![1; 1 << 20];
        numbers[5] = 2;
        assert_eq!(numbers.iter().sum::<i32>(), (1 << 20) + 1, "it can still compute");
        return;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sandbox::a_sealed_process_has_no_network_no_files_and_no_children", "--test-threads=1"])
        .env("SEAL_THIS_TEST", "1")
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_child_reads_layers_however_they_are_compressed() {
    let plain = base().file("opt/large.jar", vec![0x50; 17 << 20]).bytes();
    let expected = oci::Digest::of(&plain);
    for stored in [plain.clone(), gzip(&plain), zstd::encode_all(&plain[..], 3).unwrap()] {
        let feed = worker().read(opened(&stored), &LayerJob::default()).unwrap();
        assert_eq!(feed.record.diff_id, expected);
        assert_eq!(feed.record.size_bytes, plain.len() as u64);
        assert_eq!(feed.blob, oci::Digest::of(&stored));
        assert_eq!(names(&catalogue::squash(&[&feed.record], None)).len(), 2);
    }
}

#[test]
fn a_broken_stream_is_told_and_costs_what_follows() {
    let stored = gzip(&base().file("z", vec![1; 400_000]).bytes());
    let feed = worker().read(opened(&stored[..stored.len() - 300]), &LayerJob::default()).unwrap();
    assert!(feed.record.unreadable.iter().any(|file| file.path == "/"), "{:?}", feed.record.unreadable);
    let garbage = [&[0x1f, 0x8b][..], &[9; 3000]].concat();
    let feed = worker().read(opened(&garbage), &LayerJob::default()).unwrap();
    assert!(feed.record.files.is_empty() && !feed.record.unreadable.is_empty());
}

#[test]
fn a_program_that_is_no_worker_is_an_error() {
    let layer = base().bytes();
    assert!(Worker::new("/nonexistent".into()).read(opened(&layer), &LayerJob::default()).is_err());
    let feed = Worker::new("/bin/true".into()).read(opened(&layer), &LayerJob::default());
    assert!(feed.is_err() || !feed.unwrap().record.unreadable.is_empty());
}

#[test]
fn a_child_that_stalls_is_killed() {
    /// Bytes that stop coming for a while, as a stalled registry's.
    struct Stalls<'a>(&'a [u8], bool);
    impl Read for Stalls<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() && !self.1 {
                self.1 = true;
                let (_keep, never) = std::sync::mpsc::channel::<()>();
                let _ = never.recv_timeout(Duration::from_millis(1500));
            }
            self.0.read(buffer)
        }
    }
    let layer = Layer::new().file("a", vec![1; 600_000]).bytes();
    let cut = &layer[..300_000];
    let limits = LayerLimits { deadline: Duration::from_secs(1), ..LayerLimits::default() };
    let job = LayerJob { limits, ..LayerJob::default() };
    let feed = worker().read(|| Ok(Box::new(Stalls(cut, false))), &job).unwrap();
    assert!(!feed.record.unreadable.is_empty());
}

/// A worker that is a script of the shell; `AT` is a message that tells the file it has come to, `REAL` the true worker.
fn scripted(folder: &std::path::Path, script: &str) -> Worker {
    use std::os::unix::fs::PermissionsExt as _;
    let real = std::env::current_exe().unwrap();
    let real = real.parent().unwrap().parent().unwrap().join("examples").join("layer_worker");
    let at = r"head -c 1 > /dev/null; printf 'A\007\000\000\000/etc/x1'";
    let script = script.replace("REAL", real.to_str().unwrap()).replace("AT", at);
    let path = folder.join("worker.sh");
    fs_err::write(&path, format!("#!/bin/sh\ncd {}\n{script}\n", folder.display())).unwrap();
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    Worker::new(path)
}

#[test]
fn all_passes_share_the_layer_s_time() {
    let folder = tempfile::tempdir().unwrap();
    let stuck = scripted(folder.path(), "AT\nexec sleep 100");
    let limits = LayerLimits { deadline: Duration::from_secs(1), ..LayerLimits::default() };
    let job = LayerJob { limits, ..LayerJob::default() };
    let feed = stuck.read(opened(&base().bytes()), &job).unwrap();
    let reason = &feed.record.unreadable[0].reason;
    assert!(reason.contains("more than 1 seconds"), "no file is blamed: {reason}");
}

#[test]
fn a_reader_that_this_machine_killed_is_an_accident() {
    let folder = tempfile::tempdir().unwrap();
    let killed = scripted(folder.path(), "[ -e again ] && exec REAL \"$@\"\n: > again\nAT\nkill -9 $$");
    let record = killed.read(opened(&base().bytes()), &LayerJob::default()).unwrap().record;
    assert!(record.had_accident);
    assert!(!worker().read(opened(&base().bytes()), &LayerJob::default()).unwrap().record.had_accident);
}

#[test]
fn what_is_asked_of_a_layer_that_kills_its_readers_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let asked = Asked { data: "/data/x".to_owned(), read_as: "/var/lib/dpkg/status".to_owned(), journal: None };
    let job = LayerJob { asked: vec![asked.clone()], ..LayerJob::default() };
    let read = scripted(folder.path(), "AT\nexit 1").read(opened(&base().bytes()), &job).unwrap().record;
    assert_eq!(answers(vec![asked], read)[0].unreadable, [NOT_READ]);
}
