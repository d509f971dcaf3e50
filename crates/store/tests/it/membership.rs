//! Members come and go.

use std::time::Duration;

use base::MemberId;
use holdfast_store::{Notice, Options, Store};

use crate::cluster::{Cluster, leader, same_everywhere, shutdown};
use crate::machine::{Counters, eventually, value, write};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_member_gets_a_snapshot_when_the_log_is_purged() {
    let cluster = Cluster::new(3);
    let first: Store<Counters> = cluster.open(1).await;
    for _ in 0..60 {
        write(&first, "a", 1).await.unwrap();
    }
    first.snapshot().await;
    eventually("the log is purged", async || first.status().purged.0 > 50).await;

    let second: Store<Counters> = cluster.open(2).await;
    let mut watch = second.watch();
    first.member_add(MemberId(2), "member-2").await.unwrap();
    assert!(second.wait_ready(Duration::from_secs(30)).await);
    assert_eq!(second.read(value("a")).await.unwrap(), Some(60));
    assert!(matches!(watch.next().await, Some(Notice::Resync)));
    write(&second, "a", 1).await.unwrap();
    let stores = vec![first, second];
    same_everywhere(&stores).await;
    shutdown(stores).await;

    // What came by snapshot is there after a restart.
    let stores = vec![cluster.open::<Counters>(1).await, cluster.open(2).await];
    assert!(stores[1].wait_ready(Duration::from_secs(30)).await);
    assert_eq!(stores[1].read_linear(value("a")).await.unwrap(), Some(61));
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_fell_behind_the_log_gets_a_snapshot() {
    let cluster = Cluster::new(3);
    let mut stores = cluster.start::<Counters>().await;
    let lead = leader(&stores).await;
    let place = (lead + 1) % 3;
    stores[place].shutdown().await;
    for _ in 0..60 {
        write(&stores[lead], "a", 1).await.unwrap();
    }
    for other in (0..3).filter(|other| *other != place) {
        stores[other].snapshot().await;
        eventually("the log is purged", async || stores[other].status().purged.0 > 50).await;
    }
    stores[place] = cluster.open(place + 1).await;
    assert!(stores[place].wait_ready(Duration::from_secs(30)).await);
    assert_eq!(stores[place].read(value("a")).await.unwrap(), Some(60));
    same_everywhere(&stores).await;
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_taken_out() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    let lead = leader(&stores).await;
    let gone = (lead + 1) % 3;
    stores[lead].member_remove(MemberId(gone as u64 + 1)).await.unwrap();
    assert_eq!(stores[lead].status().voters.len(), 2);
    write(&stores[lead], "a", 1).await.unwrap();
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_cut_by_bytes_of_log() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        snapshot_log_bytes: 4096,
        snapshot_keep_entries: 1,
        log_segment_bytes: 4096,
        ..crate::machine::options(dir.path())
    };
    let store: Store<Counters> = Store::open(options).await.unwrap();
    for _ in 0..100 {
        write(&store, "a", 1).await.unwrap();
    }
    eventually("a snapshot is cut", async || store.status().purged.0 > 10).await;
    store.shutdown().await;
}
