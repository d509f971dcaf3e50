//! Three members in one process, and the ways of setting them up.

use std::sync::Arc;
use std::time::Duration;

use base::{ClusterId, Index, MemberId, OperationId};
use holdfast_store::{InProcess, Init, Lane, Machine, Options, Role, Store, WriteError};
use tempfile::TempDir;

use crate::machine::{Counters, add, content, eventually, options, value, write};

/// Members of one cluster, each with its directory.
pub(crate) struct Cluster {
    pub(crate) cluster: ClusterId,
    pub(crate) transport: InProcess,
    pub(crate) dirs: Vec<TempDir>,
}

impl Cluster {
    pub(crate) fn new(members: usize) -> Self {
        let dirs = (0..members).map(|_| tempfile::tempdir().unwrap()).collect();
        Self { cluster: ClusterId::random(), transport: InProcess::new(), dirs }
    }

    /// Returns the options of a member; member 1 makes the cluster, the others join.
    pub(crate) fn options(&self, member: usize) -> Options {
        let id = MemberId(member as u64);
        Options {
            init: if member == 1 { Init::Create } else { Init::Join },
            cluster: Some(self.cluster),
            member: id,
            address: format!("member-{member}"),
            transport: self.transport.end(id),
            snapshot_keep_entries: 2,
            log_segment_bytes: 16 << 10,
            ..options(self.dirs[member - 1].path())
        }
    }

    pub(crate) async fn open<M: Machine>(&self, member: usize) -> Store<M> {
        Store::open(self.options(member)).await.unwrap()
    }

    /// Opens all members and takes them in.
    pub(crate) async fn start<M: Machine>(&self) -> Vec<Store<M>> {
        let mut stores = vec![self.open(1).await];
        for member in 2..=self.dirs.len() {
            let store = self.open(member).await;
            stores[0].member_add(MemberId(member as u64), &format!("member-{member}")).await.unwrap();
            stores.push(store);
        }
        for store in &stores {
            assert!(store.wait_ready(Duration::from_secs(30)).await);
        }
        stores
    }
}

/// Returns the place of the leader that a majority knows.
pub(crate) async fn leader<M: Machine>(stores: &[Store<M>]) -> usize {
    let mut found = None;
    eventually("a leader", async || {
        found = stores.iter().position(|store| store.status().role == Role::Leader);
        found.is_some()
    })
    .await;
    found.unwrap()
}

pub(crate) async fn same_everywhere<M: Machine>(stores: &[Store<M>]) {
    let last = stores.iter().map(|store| store.status().last_log).max().unwrap();
    let mut contents = Vec::new();
    for store in stores {
        assert!(store.wait_applied(last, Duration::from_secs(30)).await, "{:?}", store.status());
        contents.push(store.read(content).await.unwrap());
    }
    for other in &contents[1..] {
        assert_eq!(&contents[0], other);
    }
}

pub(crate) async fn shutdown<M: Machine>(stores: Vec<Store<M>>) {
    for store in stores {
        store.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_members_apply_the_same() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    let writes: Vec<_> = (0..300)
        .map(|number: usize| {
            let store = stores[number % 3].clone();
            tokio::spawn(async move { write(&store, &format!("c{}", number % 7), (number % 5) as i64 - 1).await })
        })
        .collect();
    for write in writes {
        match write.await.unwrap() {
            Ok(_) | Err(WriteError::Rejected(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    same_everywhere(&stores).await;
    assert_eq!(stores[2].status().voters, [MemberId(1), MemberId(2), MemberId(3)]);
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_elsewhere_sees_an_acknowledged_write() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    for round in 1..=20 {
        let written = stores[1].write(OperationId::random(), add("a", 1)).await.unwrap();
        assert_eq!(stores[2].read_at(written.index, value("a")).await.unwrap(), Some(round));
        assert_eq!(stores[0].read_linear(value("a")).await.unwrap(), Some(round));
        stores[0].write(OperationId::random(), add("b", 1)).await.unwrap();
        assert_eq!(stores[2].read_linear(value("b")).await.unwrap(), Some(round));
    }
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_member_catches_up_and_is_not_ready_before() {
    let cluster = Cluster::new(3);
    let mut stores = cluster.start::<Counters>().await;
    let place = (leader(&stores).await + 1) % 3;
    stores[place].shutdown().await;
    let other = stores[(place + 1) % 3].clone();
    for _ in 0..50 {
        write(&other, "a", 1).await.unwrap();
    }
    // Cut off, it can know nothing of what was committed.
    let member = MemberId(place as u64 + 1);
    cluster.transport.isolate(member);
    stores[place] = cluster.open(place + 1).await;
    let refused = stores[place].read(value("a")).await.unwrap_err();
    assert!(matches!(refused, holdfast_store::ReadError::NotReady), "{refused}");
    assert!(stores[place].committed().await.is_err());
    cluster.transport.mend(member);
    assert!(stores[place].wait_ready(Duration::from_secs(30)).await);
    assert_eq!(stores[place].read(value("a")).await.unwrap(), Some(50));
    write(&stores[place], "a", 1).await.unwrap();
    same_everywhere(&stores).await;
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_go_on_when_the_leader_is_gone_and_it_comes_back() {
    let cluster = Cluster::new(3);
    let mut stores = cluster.start::<Counters>().await;
    for round in 0..3i64 {
        let place = leader(&stores).await;
        stores[place].shutdown().await;
        let left: Vec<_> = (0..3).filter(|other| *other != place).map(|other| stores[other].clone()).collect();
        for store in &left {
            write(store, "a", 1).await.unwrap();
        }
        stores[place] = cluster.open(place + 1).await;
        assert!(stores[place].wait_ready(Duration::from_secs(30)).await);
        assert_eq!(stores[place].read_linear(value("a")).await.unwrap(), Some((round + 1) * 2));
    }
    same_everywhere(&stores).await;
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_repeated_and_not_doubled() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    let place = (leader(&stores).await + 1) % 3;
    let member = MemberId(place as u64 + 1);
    for round in 1..=5 {
        // The leader applies the command; the member never hears of it and asks again.
        cluster.transport.lose_answers(member, Lane::Request, 2);
        assert_eq!(write(&stores[place], "a", 1).await.unwrap().value, round);
    }
    same_everywhere(&stores).await;
    assert_eq!(stores[place].read(value("a")).await.unwrap(), Some(5));
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_leader_loses_nothing_and_doubles_nothing() {
    let cluster = Cluster::new(3);
    let stores = cluster.start::<Counters>().await;
    let place = leader(&stores).await;
    let member = MemberId(place as u64 + 1);
    cluster.transport.isolate(member);
    // The outcome of these is unknown until the leader hears of the others again.
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let store = stores[place].clone();
            tokio::spawn(async move { store.write(OperationId::random(), add("a", 1)).await })
        })
        .collect();
    let others: Vec<_> = (0..3).filter(|other| *other != place).map(|other| stores[other].clone()).collect();
    eventually("the others choose a leader", async || others.iter().any(|store| store.status().role == Role::Leader))
        .await;
    for store in &others {
        write(store, "b", 1).await.unwrap();
    }
    cluster.transport.mend(member);
    for write in waiting {
        write.await.unwrap().unwrap();
    }
    same_everywhere(&stores).await;
    assert_eq!(stores[place].read_linear(value("a")).await.unwrap(), Some(10));
    assert_eq!(stores[place].read_linear(value("b")).await.unwrap(), Some(2));
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_repeated_by_the_caller_gets_the_stored_reply() {
    let cluster = Cluster::new(3);
    let mut stores = cluster.start::<Counters>().await;
    let place = (leader(&stores).await + 1) % 3;
    stores[place].shutdown().await;
    let short = Options { write_deadline: Duration::from_millis(300), ..cluster.options(place + 1) };
    stores[place] = Store::open(short).await.unwrap();
    assert!(stores[place].wait_ready(Duration::from_secs(30)).await);
    cluster.transport.lose_answers(MemberId(place as u64 + 1), Lane::Request, usize::MAX);
    let operation = OperationId::random();
    let unknown = stores[place].write(operation, add("a", 1)).await.unwrap_err();
    assert!(matches!(unknown, WriteError::Unknown), "{unknown}");
    cluster.transport.lose_answers(MemberId(place as u64 + 1), Lane::Request, 0);
    let known = stores[place].write(operation, add("a", 1)).await.unwrap();
    assert_eq!(known.reply.value, 1);
    assert!(known.index > Index(0));
    assert_eq!(stores[place].read_linear(value("a")).await.unwrap(), Some(1));
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_another_cluster_are_refused() {
    let cluster = Cluster::new(2);
    let first: Store<Counters> = cluster.open(1).await;
    let stranger = Options { cluster: Some(ClusterId::random()), ..cluster.options(2) };
    let stranger: Store<Counters> = Store::open(stranger).await.unwrap();
    let adding = {
        let first = first.clone();
        tokio::spawn(async move { first.member_add(MemberId(2), "member-2").await })
    };
    write(&first, "a", 1).await.unwrap();
    assert_eq!(stranger.status().last_log, Index(0));
    assert!(!adding.is_finished());
    adding.abort();
    shutdown(vec![first, stranger]).await;
    drop(Arc::new(cluster));
}
