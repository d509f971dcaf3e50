//! Crashes: kill -9 of a writing process, and what a torn write leaves.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base::OperationId;
use holdfast_store::Store;
use holdfast_store::rusqlite::Connection;

use crate::machine::{Counters, add, open, value, write};

const CHILD: &str = "HOLDFAST_STORE_CRASH_DIR";

/// The process that is killed: it writes and prints each acknowledged operation.
#[test]
fn child_of_the_kill_test() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(Path::new(&dir)).await;
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    while store.status().ready {
                        let operation = OperationId::random();
                        store.write(operation, add(&format!("w{writer}"), 1)).await.unwrap();
                        let mut out = std::io::stdout().lock();
                        writeln!(out, "acknowledged {operation}").unwrap();
                        out.flush().unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

/// Runs the child until it has acknowledged a number of writes, then kills it.
fn killed_child(dir: &Path, acknowledge: usize) -> Vec<OperationId> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child_of_the_kill_test", "--exact", "--nocapture"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < acknowledge {
        let line = lines.next().unwrap().unwrap();
        acknowledged.extend(line.strip_prefix("acknowledged ").map(|id| id.parse::<OperationId>().unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it printed before it died counts too; the last line may be torn.
    for line in lines.map_while(Result::ok) {
        acknowledged.extend(line.strip_prefix("acknowledged ").and_then(|id| id.parse::<OperationId>().ok()));
    }
    acknowledged
}

fn applied(db: &Connection) -> holdfast_store::rusqlite::Result<BTreeMap<OperationId, i64>> {
    let mut statement = db.prepare("SELECT operation, count(*) FROM history GROUP BY operation")?;
    let rows = statement.query_map([], |row| {
        let operation: Vec<u8> = row.get(0)?;
        Ok((OperationId::from_slice(&operation).unwrap(), row.get(1)?))
    })?;
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_outlive_kill_9_exactly_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 1..=4 {
        let path = dir.path().to_owned();
        acknowledged.extend(tokio::task::spawn_blocking(move || killed_child(&path, 150 * round)).await.unwrap());
        let store = open(dir.path()).await;
        let applied = store.read(applied).await.unwrap();
        for operation in &acknowledged {
            assert_eq!(applied.get(operation), Some(&1), "{operation} in round {round}");
        }
        assert!(applied.values().all(|count| *count == 1));
        store.shutdown().await;
    }
}

/// Returns the newest file of the log.
fn last_log_file(dir: &Path) -> PathBuf {
    let files = fs_err::read_dir(dir.join("log")).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "wal")).max().unwrap()
}

async fn written(dir: &Path) {
    let store = open(dir).await;
    for _ in 0..20 {
        write(&store, "a", 1).await.unwrap();
    }
    store.shutdown().await;
}

async fn recovers(dir: &Path, what: &str) {
    let store: Store<Counters> = open(dir).await;
    assert_eq!(store.read(value("a")).await.unwrap(), Some(20), "{what}");
    write(&store, "a", 1).await.unwrap();
    store.shutdown().await;
    let store: Store<Counters> = open(dir).await;
    assert_eq!(store.read(value("a")).await.unwrap(), Some(21), "{what}");
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_ends_early_is_recovered() {
    for cut in [1, 5, 40, 200, 700] {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path()).await;
        let path = last_log_file(dir.path());
        let file = fs_err::OpenOptions::new().write(true).open(&path).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length - cut).unwrap();
        drop(file);
        recovers(dir.path(), &format!("{cut} bytes are cut")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_remains_of_a_torn_write_is_recovered() {
    let noise: Vec<u8> = (0..3000u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let remains: [&[u8]; 5] =
        [&[0; 100], &[0xff; 37], &noise, &[0, 0, 0, 1, 0, 0, 0, 9, 1], &[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]];
    for (number, remains) in remains.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path()).await;
        let mut file = fs_err::OpenOptions::new().append(true).open(last_log_file(dir.path())).unwrap();
        file.write_all(remains).unwrap();
        drop(file);
        recovers(dir.path(), &format!("remains {number}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_older_log_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let options = || holdfast_store::Options { log_segment_bytes: 2048, ..crate::machine::options(dir.path()) };
    let store: Store<Counters> = Store::open(options()).await.unwrap();
    for _ in 0..50 {
        write(&store, "a", 1).await.unwrap();
    }
    store.shutdown().await;
    let mut files: Vec<_> =
        fs_err::read_dir(dir.path().join("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let older = files.iter().find(|path| path.extension().is_some_and(|e| e == "wal")).unwrap();
    let mut bytes = fs_err::read(older).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs_err::write(older, bytes).unwrap();
    let refused = Store::<Counters>::open(options()).await.unwrap_err();
    assert!(matches!(refused, holdfast_store::OpenError::Damaged { .. }), "{refused}");
}
