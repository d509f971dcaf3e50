//! Versions step at the same index everywhere; older programs refuse newer directories.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::OperationId;
use holdfast_store::rusqlite::Connection;
use holdfast_store::{FatalHandler, NotApplied, OpenError, Options, Store, WriteError};

use crate::cluster::{Cluster, leader, shutdown};
use crate::machine::{Command, Counters, NewCounters, open, options, write};

fn note() -> Command {
    Command::Note { name: "n".to_owned(), text: "t".to_owned() }
}

fn stepped(db: &Connection) -> holdfast_store::rusqlite::Result<i64> {
    db.query_row("SELECT entry FROM stepped", [], |row| row.get(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_program_steps_the_version_and_an_older_one_refuses_it() {
    let dir = tempfile::tempdir().unwrap();
    let old = open(dir.path()).await;
    write(&old, "a", 1).await.unwrap();
    assert_eq!(old.status().version, 1);
    let early = old.write(OperationId::random(), note()).await.unwrap_err();
    assert!(matches!(early, WriteError::NotApplied(NotApplied::Version { needed: 2, current: 1 })), "{early}");
    old.shutdown().await;

    let new = Store::<NewCounters>::open(options(dir.path())).await.unwrap();
    assert_eq!(new.status().version, 2);
    new.write(OperationId::random(), note()).await.unwrap();
    new.shutdown().await;

    let refused = Store::<Counters>::open(options(dir.path())).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { what: "schema", found: 2, known: 1, .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_layout_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("store.json"), r#"{"format":99,"shape":"unknown"}"#).unwrap();
    let refused = Store::<Counters>::open(options(dir.path())).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { what: "layout", found: 99, .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_steps_when_all_can_and_at_the_same_index() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    for _ in 0..10 {
        write(&stores[0], "a", 1).await.unwrap();
    }
    shutdown(stores).await;

    // Two new programs and an old one: the step waits for the third.
    let mut new = vec![cluster.open::<NewCounters>(1).await, cluster.open(2).await];
    let old: Store<Counters> = cluster.open(3).await;
    for store in &new {
        assert!(store.wait_ready(Duration::from_secs(30)).await);
    }
    assert!(!new[0].wait_version(2, Duration::from_millis(1500)).await);
    old.shutdown().await;
    write(&new[0], "a", 1).await.unwrap();
    new.push(cluster.open(3).await);
    let mut steps = Vec::new();
    for store in &new {
        assert!(store.wait_version(2, Duration::from_secs(30)).await);
        assert!(store.wait_ready(Duration::from_secs(30)).await);
        steps.push(store.read(stepped).await.unwrap());
    }
    assert!(steps.iter().all(|step| *step == steps[0] && *step > 0), "{steps:?}");
    new[leader(&new).await].write(OperationId::random(), note()).await.unwrap();
    shutdown(new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_meets_a_newer_version_stops() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    shutdown(stores).await;
    let before = tempfile::tempdir().unwrap();
    copy(cluster.dirs[2].path(), before.path());
    let new = vec![cluster.open::<NewCounters>(1).await, cluster.open(2).await, cluster.open(3).await];
    for store in &new {
        assert!(store.wait_version(2, Duration::from_secs(30)).await);
    }
    shutdown(new).await;
    // The step is in the log, not yet in the database, and an older program is started.
    fs_err::remove_dir_all(before.path().join("log")).unwrap();
    fs_err::create_dir(before.path().join("log")).unwrap();
    copy(&cluster.dirs[2].path().join("log"), &before.path().join("log"));
    let stopped = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&stopped);
    let fatal = FatalHandler::new(move |_| seen.store(true, Ordering::SeqCst));
    let options = Options { fatal, dir: before.path().to_owned(), ..cluster.options(3) };
    let refused = Store::<Counters>::open(options).await.unwrap_err();
    assert!(matches!(refused, OpenError::Engine { .. }), "{refused}");
    assert!(stopped.load(Ordering::SeqCst));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs_err::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs_err::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            fs_err::copy(&path, &target).unwrap();
        }
    }
}
