//! The audit sink loses nothing and holds back who writes too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{ClusterId, OperationId, RequestId, Timestamp};
use opctx::{AuditOutcome, AuditRow, AuditSink, AuditWriteError, AuditWriter};
use tokio::sync::{Mutex, Notify};

type Batch = (OperationId, Vec<AuditRow>);

/// A store that can be broken and mended.
#[derive(Clone, Default)]
struct Log {
    batches: Arc<Mutex<Vec<Batch>>>,
    broken: Arc<AtomicBool>,
    attempts: Arc<Notify>,
}

impl AuditWriter for Log {
    async fn write(&self, operation: OperationId, rows: Vec<AuditRow>) -> Result<(), AuditWriteError> {
        self.attempts.notify_one();
        if self.broken.load(Ordering::SeqCst) {
            return Err(AuditWriteError::Again("broken".to_owned()));
        }
        self.batches.lock().await.push((operation, rows));
        Ok(())
    }
}

fn row(number: usize) -> AuditRow {
    AuditRow {
        time: Timestamp::default(),
        cluster: ClusterId::random(),
        account: None,
        account_name: None,
        via: "none".to_owned(),
        address: "local".to_owned(),
        request: RequestId::random(),
        surface: "api".to_owned(),
        operation: "test".to_owned(),
        object_kind: "object".to_owned(),
        object: number.to_string(),
        collection: None,
        outcome: AuditOutcome::Allowed,
        reason: String::new(),
    }
}

#[tokio::test]
async fn rows_are_written_in_order_and_in_batches() {
    let log = Log::default();
    let sink = AuditSink::start(log.clone());
    (0..1000).for_each(|number| sink.push(row(number)));
    sink.flush().await;
    let batches = log.batches.lock().await;
    assert!(batches.len() <= 5, "{} batches", batches.len());
    let objects: Vec<_> = batches.iter().flat_map(|(_, rows)| rows).map(|row| row.object.clone()).collect();
    assert_eq!(objects, (0..1000).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lonely_row_does_not_wait_for_company() {
    let log = Log::default();
    let sink = AuditSink::start(log.clone());
    sink.push(row(0));
    tokio::time::timeout(Duration::from_secs(1), log.attempts.notified()).await.unwrap();
}

#[tokio::test]
async fn a_broken_log_holds_callers_back_and_loses_nothing() {
    let log = Log::default();
    log.broken.store(true, Ordering::SeqCst);
    let sink = AuditSink::start(log.clone());
    sink.ready().await;
    (0..4096).for_each(|number| sink.push(row(number)));
    let held = tokio::time::timeout(Duration::from_millis(50), sink.ready()).await;
    assert!(held.is_err(), "a full queue holds back");
    log.broken.store(false, Ordering::SeqCst);
    tokio::time::timeout(Duration::from_secs(10), sink.ready()).await.unwrap();
    sink.flush().await;
    let rows: usize = log.batches.lock().await.iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!(rows, 4096);
}
