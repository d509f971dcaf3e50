//! Prints acknowledged writes per second of a lone member at 1, 8 and 64 callers, and reads.
//!
//! `cargo run --release -p holdfast-store --example store_bench -- [DIR] [SECONDS]`

#![expect(clippy::print_stdout, reason = "a program")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base::OperationId;
use holdfast_store::rusqlite::{self, Connection};
use holdfast_store::{Applied, ApplyContext, ApplyError, Machine, Migration, Options, Store};
use serde::{Deserialize, Serialize};

/// One push: a manifest, its tag, the repository's count, an event; all on one repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Push {
    number: u64,
    body: String,
}

struct Pushes;

impl Machine for Pushes {
    const NAME: &'static str = "bench";
    const MIGRATIONS: &'static [Migration] = &[Migration::new(1, "tables", tables)];
    type Command = Push;
    type Reply = i64;
    type Reject = ();
    type Event = u64;

    fn command_version(_: &Push) -> u32 {
        1
    }

    fn apply(tx: &Connection, cx: &ApplyContext, push: &Push) -> Result<Applied<Self>, ApplyError<()>> {
        let number = push.number.cast_signed();
        tx.prepare_cached("INSERT INTO manifest (id, body) VALUES (?1, ?2)")?.execute((number, &push.body))?;
        tx.prepare_cached(
            "INSERT INTO tag (name, manifest) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET manifest = ?2",
        )?
        .execute((number % 1000, number))?;
        let count = tx
            .prepare_cached("UPDATE repository SET pushes = pushes + 1 WHERE id = 1 RETURNING pushes")?
            .query_row([], |row| row.get(0))?;
        tx.prepare_cached("INSERT INTO event (manifest, at) VALUES (?1, ?2)")?.execute((number, cx.now.as_millis()))?;
        Ok(Applied::new(count, vec![push.number]))
    }
}

fn tables(tx: &Connection) -> rusqlite::Result<()> {
    tx.execute_batch(
        "CREATE TABLE manifest (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
         CREATE TABLE tag (name INTEGER PRIMARY KEY, manifest INTEGER NOT NULL) STRICT;
         CREATE TABLE repository (id INTEGER PRIMARY KEY, pushes INTEGER NOT NULL) STRICT;
         CREATE TABLE event (id INTEGER PRIMARY KEY, manifest INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
         INSERT INTO repository (id, pushes) VALUES (1, 0);",
    )
}

fn memory_kib() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
}

async fn writes(store: &Store<Pushes>, callers: u64, time: Duration, first: u64) -> (Vec<Duration>, u64) {
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                let (end, mut number, mut taken) = (Instant::now() + time, first + caller, Vec::new());
                while Instant::now() < end {
                    let begun = Instant::now();
                    let push = Push { number, body: "m".repeat(600) };
                    if store.write(OperationId::random(), push).await.is_ok() {
                        taken.push(begun.elapsed());
                    }
                    number += callers;
                }
                (taken, number)
            })
        })
        .collect();
    let (mut all, mut next) = (Vec::new(), first);
    for task in tasks {
        if let Ok((taken, number)) = task.await {
            all.extend(taken);
            next = next.max(number + callers);
        }
    }
    all.sort();
    (all, next)
}

async fn reads(store: &Store<Pushes>, time: Duration) -> u64 {
    let tasks: Vec<_> = (0..8)
        .map(|caller: i64| {
            let store = store.clone();
            tokio::spawn(async move {
                let (end, mut count, mut key) = (Instant::now() + time, 0u64, caller);
                while Instant::now() < end {
                    key = (key * 1103 + 12345) % 1000;
                    let tag = move |db: &Connection| {
                        db.prepare_cached("SELECT manifest FROM tag WHERE name = ?1")?
                            .query_row([key], |row| row.get::<_, i64>(0))
                    };
                    count += u64::from(store.read(tag).await.is_ok());
                }
                count
            })
        })
        .collect();
    let mut total = 0;
    for task in tasks {
        total += task.await.unwrap_or(0);
    }
    total
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().map_or_else(|| std::env::temp_dir().join("store-bench"), PathBuf::from);
    let time = Duration::from_secs(arguments.next().map_or(Ok(5), |seconds| seconds.parse())?);
    let begun = Instant::now();
    let store = Store::<Pushes>::open(Options::new(&dir).create()).await?;
    println!("open: {:?}, idle memory {} KiB", begun.elapsed(), memory_kib());
    let mut next = 0;
    for callers in [1, 8, 64] {
        let before = store.status().last_log.0;
        let (taken, after) = writes(&store, callers, time, next).await;
        next = after;
        let entries = store.status().last_log.0 - before;
        let at = |part: usize| taken.get(taken.len() * part / 100).copied().unwrap_or_default();
        println!(
            "{callers:>3} callers: {:>7.0} writes/s, p50 {:?}, p99 {:?}, worst {:?}, {} entries for {} writes",
            taken.len() as f64 / time.as_secs_f64(),
            at(50),
            at(99),
            taken.last().copied().unwrap_or_default(),
            entries,
            taken.len(),
        );
    }
    let count = reads(&store, time).await;
    println!("  8 readers: {:>7.0} reads/s, memory {} KiB", count as f64 / time.as_secs_f64(), memory_kib());
    let begun = Instant::now();
    store.shutdown().await;
    drop(store);
    println!("shutdown: {:?}", begun.elapsed());
    let begun = Instant::now();
    let store = Store::<Pushes>::open(Options::new(&dir)).await?;
    println!("open again: {:?}, memory {} KiB", begun.elapsed(), memory_kib());
    store.shutdown().await;
    Ok(())
}
