//! The group commit: commands that wait become one log entry, one sync, one transaction.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::engine::Core;
use crate::message::Failure;
use crate::types::{Item, Outcome};

/// The most commands of a batch.
const COMMANDS: usize = 256;
/// The most bytes of a batch; a larger command travels alone.
const BYTES: usize = 1 << 20;
/// How many batches are under way at once.
const IN_FLIGHT: usize = 2;
/// How many commands wait before writers are held up.
const WAITING: usize = 2048;

/// A command that waits.
struct Pending {
    item: Item,
    /// It came from another member: it is not sent on.
    forwarded: bool,
    reply: oneshot::Sender<Result<Outcome, Failure>>,
}

/// Where commands are handed in.
#[derive(Clone)]
pub(crate) struct Batcher(mpsc::Sender<Pending>);

impl Batcher {
    /// Starts grouping.
    pub(crate) fn start(core: Arc<Core>) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), tokio::spawn(group(core, receiver)))
    }

    /// Hands a command in and waits for one attempt at it.
    pub(crate) async fn submit(&self, item: Item, forwarded: bool) -> Result<Outcome, Failure> {
        let (reply, waiting) = oneshot::channel();
        self.0.send(Pending { item, forwarded, reply }).await.map_err(|_| Failure::NotLeader)?;
        waiting.await.unwrap_or(Err(Failure::Unknown))
    }
}

async fn group(core: Arc<Core>, mut waiting: mpsc::Receiver<Pending>) {
    let in_flight = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut held: Option<Pending> = None;
    loop {
        let first = match held.take() {
            Some(pending) => pending,
            None => match waiting.recv().await {
                Some(pending) => pending,
                None => return,
            },
        };
        // What arrives while this waits goes into the same batch.
        let Ok(permit) = Arc::clone(&in_flight).acquire_owned().await else { return };
        let mut bytes = first.item.size();
        let mut batch = vec![first];
        while batch.len() < COMMANDS {
            let Ok(next) = waiting.try_recv() else { break };
            bytes += next.item.size();
            if bytes > BYTES {
                held = Some(next);
                break;
            }
            batch.push(next);
        }
        let core = Arc::clone(&core);
        tokio::spawn(async move {
            send(&core, batch).await;
            drop(permit);
        });
    }
}

/// Sends a batch to whoever leads and answers its writers.
async fn send(core: &Core, batch: Vec<Pending>) {
    let leader = core.leader();
    let (mut items, mut replies) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    for pending in batch {
        if leader.is_none() || (pending.forwarded && leader != Some(core.member)) {
            // Whoever waited may have given up.
            let _ = pending.reply.send(Err(Failure::NotLeader));
        } else {
            items.push(pending.item);
            replies.push(pending.reply);
        }
    }
    if items.is_empty() {
        return;
    }
    let results = match leader {
        Some(leader) if leader != core.member => core.forward(leader, items).await,
        _ => core.propose(items).await,
    };
    for (reply, result) in replies.into_iter().zip(results) {
        let _ = reply.send(result);
    }
}
