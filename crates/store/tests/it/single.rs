//! One member.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base::{ClusterId, ErrorKind, Index, MemberId, OperationId};
use holdfast_store::{FatalHandler, Init, NotApplied, Notice, OpenError, Options, ReadError, Role, Store, WriteError};

use crate::machine::{
    Command, Counters, NewCounters, Reject, add, clock, content, eventually, open, options, value, write,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_read_and_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let store = open(dir.path()).await;
    assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
    let written = store.write(OperationId::random(), add("a", 5)).await.unwrap();
    assert_eq!(written.reply.value, 5);
    assert_eq!(store.read_at(written.index, value("a")).await.unwrap(), Some(5));
    assert_eq!(store.read_linear(value("a")).await.unwrap(), Some(5));
    assert!(store.committed().await.unwrap() >= written.index);
    let status = store.status();
    assert_eq!((status.role, status.version, status.ready), (Role::Leader, 1, true));
    store.shutdown().await;

    for round in 0..3 {
        let started = Instant::now();
        let store = open(dir.path()).await;
        assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
        assert_eq!(store.read(value("a")).await.unwrap(), Some(5 + round));
        write(&store, "a", 1).await.unwrap();
        store.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shut_down_store_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut watch = store.watch();
    store.shutdown().await;
    store.shutdown().await;
    let refused = write(&store, "a", 1).await.unwrap_err();
    assert!(matches!(refused, WriteError::NotApplied(NotApplied::ShuttingDown)), "{refused}");
    assert!(matches!(store.read(value("a")).await, Err(ReadError::Closed)));
    assert!(watch.next().await.is_none());
    assert_eq!(store.status().role, Role::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_does_not_undo_its_neighbours() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let writes: Vec<_> = (0..90)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                match number % 3 {
                    0 => write(&store, "kept", 1).await.map(drop),
                    1 => write(&store, "below", -1).await.map(drop),
                    _ => store.write(OperationId::random(), Command::Spoil { name: "bad".to_owned() }).await.map(drop),
                }
            })
        })
        .collect();
    let mut refused = [0; 3];
    for (number, write) in writes.into_iter().enumerate() {
        match write.await.unwrap() {
            Ok(()) => refused[0] += 1,
            Err(WriteError::Rejected(Reject::BelowZero { value: -1 })) => refused[1] += 1,
            Err(WriteError::Rejected(Reject::Spoiled)) => refused[2] += 1,
            Err(other) => panic!("write {number}: {other}"),
        }
    }
    assert_eq!(refused, [30, 30, 30]);
    assert_eq!(store.read(value("kept")).await.unwrap(), Some(30));
    assert_eq!(store.read(value("below")).await.unwrap(), None);
    assert_eq!(store.read(value("bad")).await.unwrap(), None);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_commands_are_grouped() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let before = store.status().last_log.0;
    let writes: Vec<_> = (0..600)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { write(&store, "a", 1).await.unwrap() })
        })
        .collect();
    for write in writes {
        write.await.unwrap();
    }
    let entries = store.status().last_log.0 - before;
    assert!(entries < 200, "{entries} entries for 600 commands");
    assert_eq!(store.read(value("a")).await.unwrap(), Some(600));
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_command_travels_alone_and_a_larger_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::<NewCounters>::open(options(dir.path())).await.unwrap();
    let note = |size| Command::Note { name: "big".to_owned(), text: "x".repeat(size) };
    store.write(OperationId::random(), note(5 << 20)).await.unwrap();
    let refused = store.write(OperationId::random(), note(17 << 20)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
    store.shutdown().await;
    let store = Store::<NewCounters>::open(options(dir.path())).await.unwrap();
    let size = |db: &holdfast_store::rusqlite::Connection| {
        db.query_row("SELECT length(text) FROM note WHERE name = 'big'", [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(store.read(size).await.unwrap(), 5 << 20);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_operation_gets_the_stored_reply_for_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let clock = clock();
    let store: Store<Counters> = Store::open(Options { clock: clock.clone(), ..options(dir.path()) }).await.unwrap();
    let (good, bad) = (OperationId::random(), OperationId::random());
    let first = store.write(good, add("a", 1)).await.unwrap();
    let refused = store.write(bad, add("b", -1)).await.unwrap_err();
    clock.advance_secs(3600);
    write(&store, "a", 1).await.unwrap();
    assert_eq!(store.write(good, add("a", 1)).await.unwrap(), first);
    // The first answer holds, even if the command would be accepted by now.
    write(&store, "b", 10).await.unwrap();
    let again = store.write(bad, add("b", -1)).await.unwrap_err();
    assert_eq!(format!("{refused:?}"), format!("{again:?}"));
    assert_eq!(store.read(value("a")).await.unwrap(), Some(2));

    clock.advance_secs(25 * 3600);
    write(&store, "c", 1).await.unwrap();
    write(&store, "c", 1).await.unwrap();
    let remembered = |db: &holdfast_store::rusqlite::Connection| {
        db.query_row("SELECT count(*) FROM store_operation", [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(store.read(remembered).await.unwrap(), 2);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stamped_time_never_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let clock = clock();
    let store: Store<Counters> = Store::open(Options { clock: clock.clone(), ..options(dir.path()) }).await.unwrap();
    clock.advance_secs(100);
    let first = write(&store, "a", 1).await.unwrap();
    clock.advance_secs(-50);
    let second = write(&store, "a", 1).await.unwrap();
    assert_eq!(first.at, second.at);
    assert_eq!(store.status().now, first.at);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_at_waits_for_its_index() {
    let dir = tempfile::tempdir().unwrap();
    let store: Store<Counters> =
        Store::open(Options { read_deadline: Duration::from_millis(100), ..options(dir.path()) }).await.unwrap();
    let next = Index(store.applied().0 + 1);
    let waiting = {
        let store = store.clone();
        tokio::spawn(async move {
            assert!(store.wait_applied(next, Duration::from_secs(20)).await);
            store.read_at(next, value("a")).await.unwrap()
        })
    };
    write(&store, "a", 7).await.unwrap();
    assert_eq!(waiting.await.unwrap(), Some(7));
    let behind = store.read_at(Index(next.0 + 100), value("a")).await.unwrap_err();
    assert!(matches!(behind, ReadError::Behind { .. }), "{behind}");
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_sees_events_in_order_and_a_slow_one_resyncs() {
    let dir = tempfile::tempdir().unwrap();
    let store: Store<Counters> = Store::open(Options { watch_events: 10, ..options(dir.path()) }).await.unwrap();
    let (mut quick, mut slow) = (store.watch(), store.watch());
    for expected in 1..=30 {
        write(&store, "a", 1).await.unwrap();
        let Some(Notice::Event { index, events }) = quick.next().await else { panic!("no event") };
        assert_eq!(&*events, &[("a".to_owned(), expected)]);
        assert!(store.applied() >= index);
    }
    assert!(matches!(slow.next().await, Some(Notice::Resync)));
    write(&store, "a", 1).await.unwrap();
    let Some(Notice::Event { events, .. }) = slow.next().await else { panic!("no event") };
    assert_eq!(&*events, &[("a".to_owned(), 31)]);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_and_does_not_overwrite() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store")).await;
    write(&store, "a", 3).await.unwrap();
    let to = dir.path().join("backup.db");
    store.backup(&to).await.unwrap();
    let copy = holdfast_store::rusqlite::Connection::open(&to).unwrap();
    assert_eq!(content(&copy).unwrap(), store.read(content).await.unwrap());
    assert_eq!(store.backup(&to).await.unwrap_err().kind(), ErrorKind::Conflict);
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_purges_the_log_and_the_database_holds_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let options = || Options { snapshot_keep_entries: 2, log_segment_bytes: 4096, ..options(dir.path()) };
    let store: Store<Counters> = Store::open(options()).await.unwrap();
    for _ in 0..50 {
        write(&store, "a", 1).await.unwrap();
    }
    store.snapshot().await;
    eventually("the log is purged", async || store.status().purged.0 > 40).await;
    for _ in 0..5 {
        write(&store, "a", 1).await.unwrap();
    }
    let files = fs_err::read_dir(dir.path().join("log")).unwrap().count();
    assert!(files < 8, "{files} log files are left");
    store.shutdown().await;
    let store: Store<Counters> = Store::open(options()).await.unwrap();
    assert_eq!(store.read(value("a")).await.unwrap(), Some(55));
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_explicit_init_makes_a_cluster() {
    let dir = tempfile::tempdir().unwrap();
    let refused = Store::<Counters>::open(Options { init: Init::Existing, ..options(dir.path()) }).await.unwrap_err();
    assert!(matches!(refused, OpenError::Empty { .. }), "{refused}");
    assert_eq!(Store::<Counters>::identity(dir.path()).unwrap(), None);
    let refused = Store::<Counters>::open(Options { init: Init::Join, ..options(dir.path()) }).await.unwrap_err();
    assert!(matches!(refused, OpenError::NoCluster), "{refused}");

    let store = open(dir.path()).await;
    let identity = Store::<Counters>::identity(dir.path()).unwrap().unwrap();
    assert_eq!(identity.cluster, store.status().cluster);
    store.shutdown().await;
    Store::<Counters>::open(Options { init: Init::Existing, ..options(dir.path()) }).await.unwrap().shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_another_or_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let refused = Store::<Counters>::open(options(dir.path())).await.unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused}");
    store.shutdown().await;
    let cluster = Some(ClusterId::random());
    let refused = Store::<Counters>::open(Options { cluster, ..options(dir.path()) }).await.unwrap_err();
    assert!(matches!(refused, OpenError::Foreign { what: "cluster", .. }), "{refused}");
    let refused = Store::<Counters>::open(Options { member: MemberId(2), ..options(dir.path()) }).await.unwrap_err();
    assert!(matches!(refused, OpenError::Foreign { what: "member", .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_or_read_only_disk_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let full = Options { disk_reserve_bytes: u64::MAX, ..options(dir.path()) };
    let refused = Store::<Counters>::open(full).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InsufficientStorage);
    let refused = Store::<Counters>::open(options("/sys/holdfast".as_ref())).await.unwrap_err();
    assert!(matches!(refused, OpenError::ReadOnly { .. }), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_cannot_apply_stops() {
    let dir = tempfile::tempdir().unwrap();
    let failed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&failed);
    let fatal = FatalHandler::new(move |_| seen.store(true, Ordering::SeqCst));
    let options = Options { fatal, write_deadline: Duration::from_secs(2), ..options(dir.path()) };
    let store: Store<Counters> = Store::open(options).await.unwrap();
    write(&store, "a", 1).await.unwrap();
    let broken = store.write(OperationId::random(), Command::Break).await.unwrap_err();
    assert!(matches!(broken, WriteError::Unknown), "{broken}");
    assert!(failed.load(Ordering::SeqCst));
    assert!(store.read(value("a")).await.is_err());
    store.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reader_holds_neither_writes_nor_the_member_up() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { snapshot_keep_entries: 1, ..options(dir.path()) };
    let store: Store<Counters> = Store::open(options).await.unwrap();
    write(&store, "a", 1).await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let reader = {
        let store = store.clone();
        tokio::spawn(async move {
            let query = move |db: &holdfast_store::rusqlite::Connection| {
                let before = value("a")(db)?;
                begun.send(()).unwrap();
                ended.recv().unwrap();
                Ok::<_, holdfast_store::rusqlite::Error>((before, value("a")(db)?))
            };
            store.read(query).await.unwrap()
        })
    };
    has_begun.await.unwrap();
    for _ in 0..20 {
        write(&store, "a", 1).await.unwrap();
    }
    // The checkpoint before the purge cannot complete; that must not matter to anybody.
    store.snapshot().await;
    let begun = Instant::now();
    for _ in 0..20 {
        write(&store, "a", 1).await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "writes waited {:?}", begun.elapsed());
    end.send(()).unwrap();
    assert_eq!(reader.await.unwrap(), (Some(1), Some(1)), "a query sees one state");
    store.snapshot().await;
    write(&store, "a", 1).await.unwrap();
    assert_eq!(store.read_linear(value("a")).await.unwrap(), Some(42));
    store.shutdown().await;
}
