//! Reads: local, at an index, linearizable.

use base::Index;
use rusqlite::Connection;
use tokio::time::{Instant, timeout};

use crate::error::{NotLeader, ReadError};
use crate::machine::Machine;
use crate::store::Store;

impl<M: Machine> Store<M> {
    /// Reads what this member has applied. All statements of a query see one state.
    ///
    /// # Errors
    /// [`ReadError::NotReady`] before the member has caught up; what the query answers.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ReadError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let shared = &self.0.core.shared;
        if !shared.ready() {
            return Err(if shared.stopped() { ReadError::Closed } else { ReadError::NotReady });
        }
        match self.0.readers.run(query).await {
            Some(answer) => answer.map_err(ReadError::Query),
            None => Err(ReadError::Closed),
        }
    }

    /// Reads at or after an index; waits for it.
    ///
    /// # Errors
    /// [`ReadError::Behind`] if the member does not reach it in time; else as [`Store::read`].
    pub async fn read_at<T, E>(
        &self,
        index: Index,
        query: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ReadError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        if !self.0.core.shared.wait_applied(index, self.0.read_deadline).await {
            return Err(ReadError::Behind { wanted: index, applied: self.applied() });
        }
        self.read(query).await
    }

    /// Reads at or after everything that was acknowledged before the call, anywhere in the cluster.
    ///
    /// # Errors
    /// [`ReadError::NoLeader`] if no leader confirms it in time; else as [`Store::read_at`].
    pub async fn read_linear<T, E>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ReadError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        match self.committed().await {
            Ok(index) => self.read_at(index, query).await,
            Err(_) if self.0.core.shared.stopped() => Err(ReadError::Closed),
            Err(_) => Err(ReadError::NoLeader),
        }
    }

    /// Asks the leader for its committed index, confirmed by a quorum.
    ///
    /// # Errors
    /// If no leader confirms it in time.
    pub async fn committed(&self) -> Result<Index, NotLeader> {
        let core = &self.0.core;
        let deadline = Instant::now() + self.0.read_deadline;
        while !core.shared.stopped() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !core.wait_leader(left).await {
                break;
            }
            match timeout(left, core.read_index()).await {
                Ok(Some(index)) => return Ok(Index(index)),
                Ok(None) => tokio::time::sleep(left.min(std::time::Duration::from_millis(10))).await,
                Err(_) => break,
            }
        }
        Err(NotLeader { leader: core.leader() })
    }
}
