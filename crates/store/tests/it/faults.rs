//! Seeded faults under load, and a checker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{MemberId, OperationId};
use holdfast_store::rusqlite::Connection;
use holdfast_store::{Lane, NotApplied, Store, WriteError};
use parking_lot::Mutex;

use crate::cluster::{Cluster, same_everywhere, shutdown};
use crate::machine::{Counters, Reject, add};

/// What a writer knows of its operations.
#[derive(Default)]
struct Known {
    acknowledged: Vec<OperationId>,
    not_applied: Vec<OperationId>,
    unknown: Vec<OperationId>,
}

struct Seed(u64);

impl Seed {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

type Members = Arc<Mutex<Vec<Store<Counters>>>>;

async fn writer(members: Members, number: usize, ended: Arc<AtomicBool>) -> Known {
    let mut known = Known::default();
    while !ended.load(Ordering::Relaxed) {
        let operation = OperationId::random();
        let store = members.lock()[number % 3].clone();
        match store.write(operation, add(&format!("w{number}"), 1)).await {
            Ok(_) => known.acknowledged.push(operation),
            Err(WriteError::NotApplied(reason)) => {
                known.not_applied.push(operation);
                if reason == NotApplied::ShuttingDown {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            // Repeated elsewhere with the same id until the outcome is known.
            Err(WriteError::Unknown) => {
                let mut acknowledged = false;
                for turn in 1..=6 {
                    let store = members.lock()[(number + turn) % 3].clone();
                    if store.write(operation, add(&format!("w{number}"), 1)).await.is_ok() {
                        acknowledged = true;
                        break;
                    }
                }
                if acknowledged { known.acknowledged.push(operation) } else { known.unknown.push(operation) }
            }
            Err(WriteError::Rejected(reject)) => assert_eq!(reject, Reject::Spoiled, "adding one is never refused"),
        }
    }
    known
}

async fn fault(cluster: &Cluster, members: &Members, seed: &mut Seed) {
    let place = usize::try_from(seed.below(3)).unwrap();
    let member = MemberId(place as u64 + 1);
    let pause = Duration::from_millis(50 + seed.below(700));
    match seed.below(3) {
        0 => {
            cluster.transport.isolate(member);
            tokio::time::sleep(pause).await;
            cluster.transport.mend(member);
        }
        1 => {
            cluster.transport.lose_answers(member, Lane::Request, usize::try_from(seed.below(6)).unwrap());
            cluster.transport.lose_answers(member, Lane::Consensus, usize::try_from(seed.below(6)).unwrap());
        }
        _ => {
            let store = members.lock()[place].clone();
            store.snapshot().await;
            store.shutdown().await;
            drop(store);
            tokio::time::sleep(pause).await;
            let store = cluster.open(place + 1).await;
            members.lock()[place] = store;
        }
    }
    tokio::time::sleep(Duration::from_millis(100 + seed.below(400))).await;
}

fn applied(db: &Connection) -> holdfast_store::rusqlite::Result<BTreeMap<OperationId, i64>> {
    let mut statement = db.prepare("SELECT operation, count(*) FROM history GROUP BY operation")?;
    let rows = statement.query_map([], |row| {
        let operation: Vec<u8> = row.get(0)?;
        Ok((OperationId::from_slice(&operation).unwrap(), row.get(1)?))
    })?;
    rows.collect()
}

async fn run(seed: u64, faults: usize) {
    let cluster = Cluster::new(3);
    let members: Members = Arc::new(Mutex::new(cluster.start().await));
    let ended = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..6).map(|number| tokio::spawn(writer(Arc::clone(&members), number, Arc::clone(&ended)))).collect();
    let mut seed = Seed(seed);
    for _ in 0..faults {
        fault(&cluster, &members, &mut seed).await;
    }
    ended.store(true, Ordering::Relaxed);
    let mut known = Known::default();
    for writer in writers {
        let of_writer = writer.await.unwrap();
        known.acknowledged.extend(of_writer.acknowledged);
        known.not_applied.extend(of_writer.not_applied);
        known.unknown.extend(of_writer.unknown);
    }
    let stores = members.lock().clone();
    for store in &stores {
        assert!(store.wait_ready(Duration::from_secs(30)).await, "{:?}", store.status());
    }
    same_everywhere(&stores).await;
    let applied = stores[0].read_linear(applied).await.unwrap();
    assert!(known.acknowledged.len() > 50, "only {} writes", known.acknowledged.len());
    for operation in &known.acknowledged {
        assert_eq!(applied.get(operation), Some(&1), "acknowledged {operation}");
    }
    for operation in &known.not_applied {
        assert_eq!(applied.get(operation), None, "certainly not applied {operation}");
    }
    assert!(applied.values().all(|count| *count == 1));
    shutdown(stores).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_lose_nothing_double_nothing_and_leave_members_alike() {
    run(1, 8).await;
}

/// The long form: `HOLDFAST_STORE_SOAK=20 cargo nextest run -p holdfast-store soak`.
#[tokio::test(flavor = "multi_thread")]
async fn soak_faults_with_many_seeds() {
    let rounds = std::env::var("HOLDFAST_STORE_SOAK").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(0);
    for seed in 0..rounds {
        run(1000 + seed, 15).await;
    }
}
