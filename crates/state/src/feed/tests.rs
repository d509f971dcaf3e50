//! Tests of the feed.

use base::{Index, OperationId, Timestamp};
use rusqlite::Connection;
use store::ApplyContext;

use super::{Error, FeedBatch, FeedContent, apply, collect, copy, head};
use crate::control::accounts::AccountChange;
use crate::control::tests::{Bench, account, deactivate};
use crate::control::{Command, TokenHash};

fn empty() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(super::COPY_TABLES).unwrap();
    conn
}

fn cx() -> ApplyContext {
    ApplyContext {
        index: Index(1),
        ordinal: 0,
        now: Timestamp::from_millis(5),
        operation: OperationId::random(),
        version: 1,
    }
}

fn feed(bench: &Bench, conn: &Connection) -> usize {
    let batches = collect(&bench.conn, copy::position(conn).unwrap()).unwrap();
    for batch in &batches {
        // What travels is what is read back.
        let batch: FeedBatch = serde_json::from_str(&serde_json::to_string(batch).unwrap()).unwrap();
        apply(conn, &cx(), &batch).unwrap();
    }
    batches.len()
}

#[test]
fn an_empty_copy_gets_a_snapshot_then_entries() {
    let (mut bench, conn) = (Bench::new(), empty());
    let anna = bench.user("anna");
    let token = bench.token(anna);
    feed(&bench, &conn);
    assert_eq!(copy::position(&conn).unwrap(), head(&bench.conn).unwrap());
    assert_eq!(copy::fed(&conn).unwrap(), Timestamp::from_millis(5));
    assert_eq!(copy::account_by_name(&conn, &account("anna")).unwrap().unwrap().id, anna);
    assert!(copy::account_by_name(&conn, &account("docker-datacenter")).unwrap().is_some());
    bench.change(anna, deactivate()).unwrap();
    let batches = collect(&bench.conn, copy::position(&conn).unwrap()).unwrap();
    assert!(matches!(&batches[..], [FeedBatch { content: FeedContent::Entries(entries), .. }] if entries.len() == 1));
    feed(&bench, &conn);
    let found = copy::account_by_id(&conn, anna).unwrap().unwrap();
    assert_eq!((found.is_active, found.epoch), (false, 2));
    assert!(copy::token_by_hash(&conn, &TokenHash::of(&token.to_string())).unwrap().is_some());
    assert_eq!(feed(&bench, &conn), 0, "nothing is missing");
}

#[test]
fn a_batch_given_twice_changes_nothing_and_a_gap_is_refused() {
    let (mut bench, conn) = (Bench::new(), empty());
    let anna = bench.user("anna");
    feed(&bench, &conn);
    let start = copy::position(&conn).unwrap();
    bench.change(anna, deactivate()).unwrap();
    let batch = collect(&bench.conn, start).unwrap().remove(0);
    apply(&conn, &cx(), &batch).unwrap();
    apply(&conn, &cx(), &batch).unwrap();
    assert_eq!(copy::position(&conn).unwrap(), batch.to);
    let ahead = FeedBatch { from: Index(batch.to.0 + 1), to: Index(batch.to.0 + 2), content: batch.content };
    assert!(matches!(apply(&conn, &cx(), &ahead), Err(Error::Gap { position, .. }) if position == batch.to));
}

#[test]
fn a_copy_that_missed_too_much_gets_a_snapshot_that_sweeps() {
    let (mut bench, conn) = (Bench::new(), empty());
    let gone = bench.user("gone");
    feed(&bench, &conn);
    bench.apply(Command::AccountDelete(gone)).unwrap();
    let anna = bench.user("anna");
    for number in 0..10_010 {
        let full_name = Some(number.to_string());
        bench.change(anna, AccountChange { full_name, ..AccountChange::default() }).unwrap();
    }
    let kept: i64 = bench.conn.query_row("SELECT COUNT(*) FROM feed_log", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 10_000);
    let batches = collect(&bench.conn, copy::position(&conn).unwrap()).unwrap();
    assert!(matches!(batches[0].content, FeedContent::Snapshot { part: 0, last: true, .. }));
    feed(&bench, &conn);
    assert!(copy::account_by_id(&conn, gone).unwrap().is_none());
    assert!(copy::account_by_id(&conn, anna).unwrap().is_some());
}

#[test]
fn a_large_snapshot_comes_in_parts_and_counts_with_its_last() {
    let (mut bench, conn) = (Bench::new(), empty());
    for number in 0..700 {
        bench.user(&format!("user{number}"));
    }
    let batches = collect(&bench.conn, Index(0)).unwrap();
    assert_eq!(batches.len(), 2);
    assert!(apply(&conn, &cx(), &batches[1]).is_err(), "the second part alone");
    apply(&conn, &cx(), &batches[0]).unwrap();
    assert_eq!(copy::position(&conn).unwrap(), Index(0));
    apply(&conn, &cx(), &batches[1]).unwrap();
    assert_eq!(copy::position(&conn).unwrap(), head(&bench.conn).unwrap());
    assert_eq!(copy::accounts(&conn).unwrap().len(), 701);
}

#[test]
fn a_name_given_again_moves_to_its_new_bearer() {
    let (mut bench, conn) = (Bench::new(), empty());
    let first = bench.user("anna");
    feed(&bench, &conn);
    bench.apply(Command::AccountDelete(first)).unwrap();
    let second = bench.user("anna");
    feed(&bench, &conn);
    assert_eq!(copy::account_by_name(&conn, &account("anna")).unwrap().unwrap().id, second);
    assert!(copy::account_by_id(&conn, first).unwrap().is_none());
}
