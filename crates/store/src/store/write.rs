//! Writes: one operation id, repeated until its outcome is known or the deadline is past.

use std::time::Duration;

use base::{Index, OperationId};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::codec;
use crate::error::{NotApplied, WriteError};
use crate::machine::Machine;
use crate::message::Failure;
use crate::store::{Store, Written};
use crate::types::{Item, ItemKind, Outcome, Verdict};

/// The largest encoded command.
const COMMAND_BYTES: usize = 16 << 20;
/// The pause before a repeat.
const PAUSE: Duration = Duration::from_millis(10);

impl<M: Machine> Store<M> {
    /// Writes a command and waits until it is applied here or at the leader.
    ///
    /// Repeats an attempt whose outcome is not known, with the same operation id, until the deadline.
    ///
    /// # Errors
    /// [`WriteError::Rejected`] if `apply` refused it, [`WriteError::NotApplied`] if it certainly was not
    /// applied, [`WriteError::Unknown`] if that is not known: repeating with the same id is safe.
    pub async fn write(
        &self,
        operation: OperationId,
        command: M::Command,
    ) -> Result<Written<M::Reply>, WriteError<M::Reject>> {
        let version = M::command_version(&command);
        let body =
            codec::encode(&command).map_err(|error| WriteError::NotApplied(NotApplied::Encode(error.to_string())))?;
        drop(command);
        if body.len() > COMMAND_BYTES {
            let reason = NotApplied::TooLarge { bytes: body.len(), limit: COMMAND_BYTES };
            return Err(WriteError::NotApplied(reason));
        }
        let item = Item { operation, kind: ItemKind::Command, version, body: body.into() };
        let outcome = self.attempts(item).await.map_err(|failure| match failure {
            Failure::NotApplied(reason) => WriteError::NotApplied(reason),
            Failure::NotLeader => WriteError::NotApplied(NotApplied::NoLeader),
            Failure::Unknown => WriteError::Unknown,
        })?;
        self.read_outcome(outcome, version)
    }

    async fn attempts(&self, item: Item) -> Result<Outcome, Failure> {
        let inner = &self.0;
        let deadline = Instant::now() + inner.write_deadline;
        // One attempt that may have been applied makes all later refusals of the way uncertain.
        let mut worst = Failure::NotLeader;
        loop {
            if inner.core.shared.stopped() {
                return Err(certain(worst, NotApplied::ShuttingDown));
            }
            match timeout_at(deadline, inner.batcher.submit(item.clone(), false)).await {
                Ok(Ok(outcome)) => return Ok(outcome),
                Ok(Err(Failure::NotLeader)) => {}
                Ok(Err(Failure::NotApplied(reason))) => return Err(certain(worst, reason)),
                Ok(Err(Failure::Unknown)) => worst = Failure::Unknown,
                Err(_) => return Err(Failure::Unknown),
            }
            if Instant::now() + PAUSE >= deadline {
                return Err(worst);
            }
            sleep_until(Instant::now() + PAUSE).await;
            inner.core.wait_leader(deadline - Instant::now()).await;
        }
    }

    fn read_outcome(&self, outcome: Outcome, needed: u32) -> Result<Written<M::Reply>, WriteError<M::Reject>> {
        // The bytes are of this program's own making, or of a member of the same version.
        let unreadable = |error: codec::Error| {
            tracing::error!("a stored reply cannot be read: {error}");
            WriteError::Unknown
        };
        match outcome.verdict {
            Verdict::Applied => {
                let reply = codec::decode(&outcome.body).map_err(unreadable)?;
                Ok(Written { reply, index: Index(outcome.index) })
            }
            Verdict::Rejected => Err(WriteError::Rejected(codec::decode(&outcome.body).map_err(unreadable)?)),
            Verdict::VersionNotOpen => {
                let current = self.0.core.shared.version();
                Err(WriteError::NotApplied(NotApplied::Version { needed, current }))
            }
        }
    }
}

fn certain(worst: Failure, reason: NotApplied) -> Failure {
    if worst == Failure::Unknown { Failure::Unknown } else { Failure::NotApplied(reason) }
}
