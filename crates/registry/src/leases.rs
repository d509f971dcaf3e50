//! Renewing leases in batches.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Weak;
use std::time::Duration;

use base::{OperationId, RepositoryId};
use oci::Digest;
use state::registry::Command;
use tokio::sync::{mpsc, oneshot};

use crate::registry::Registry;

/// How many leases one command renews.
const BATCH: usize = 256;
/// How many wait before the askers are told to wait.
const QUEUE: usize = 4096;
/// For how long the first of a batch waits for others.
const LINGER: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(crate) struct Request {
    lease: (RepositoryId, Digest),
    done: oneshot::Sender<()>,
}

/// The way to ask for a renewal.
#[derive(Debug)]
pub(crate) struct Leases(mpsc::Sender<Request>);

impl Leases {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Request>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }

    /// Asks for a renewal at once; the future tells whether it is recorded. A full queue drops what nobody
    /// waits for: the next look asks again.
    pub(crate) fn renew(&self, repository: RepositoryId, digest: Digest) -> impl Future<Output = bool> + use<> {
        let (done, recorded) = oneshot::channel();
        let asked = self.0.try_send(Request { lease: (repository, digest), done }).is_ok();
        async move { asked && recorded.await.is_ok() }
    }
}

/// Writes renewals until the registry is gone.
pub(crate) async fn renew(registry: Weak<Registry>, mut requests: mpsc::Receiver<Request>) {
    while let Some(first) = requests.recv().await {
        tokio::time::sleep(LINGER).await;
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = requests.try_recv()
        {
            batch.push(next);
        }
        let Some(registry) = registry.upgrade() else { return };
        let unique: HashSet<_> = batch.iter().map(|request| request.lease.clone()).collect();
        let mut leases: Vec<_> = unique.into_iter().collect();
        leases.sort_unstable();
        let command = Command::LeasesRenew { leases: leases.clone(), lease_secs: registry.lease_secs };
        match registry.store.write(OperationId::random(), command).await {
            Ok(_) => {
                for lease in &leases {
                    registry.blobs_here.invalidate(lease);
                }
                for request in batch {
                    // Whoever asked may not wait.
                    let _ = request.done.send(());
                }
            }
            Err(error) => tracing::warn!("renewing leases: {}", base::chain(&error.map_rejected(|_| "refused"))),
        }
    }
}
