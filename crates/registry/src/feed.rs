//! Feeding the registry's copy of accounts from a control store that is in reach.

use std::sync::Arc;
use std::time::Duration;

use base::{Index, OperationId};
use state::ControlStore;
use state::feed::{collect, copy, head};
use state::registry::{Command, RegistryStore, Reject};
use store::rusqlite;
use tokio::sync::watch;

/// For how long whoever needs the newest accounts waits for them.
const WAIT: Duration = Duration::from_secs(2);
/// After how long the feed looks again although nothing was told.
const RELOOK: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(200);

/// Why the copy of accounts is not as new as it must be.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The control store does not answer.
    #[error("reading the control plane's changes")]
    Control(#[source] store::ReadError<rusqlite::Error>),
    /// The registry's store does not answer.
    #[error("reading where the copy of accounts stands")]
    Copy(#[source] store::ReadError<rusqlite::Error>),
    /// The registry's store does not take the changes.
    #[error("writing the copy of accounts")]
    Write(#[source] store::WriteError<Reject>),
    /// The copy did not get there in time.
    #[error("the copy of accounts stands at {position}, {wanted} is needed")]
    Behind {
        /// Where the copy stands.
        position: Index,
        /// What is needed.
        wanted: Index,
    },
}

impl FeedError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> base::ErrorKind {
        match self {
            Self::Control(source) | Self::Copy(source) => source.kind(),
            Self::Write(source) => source.kind(),
            Self::Behind { .. } => base::ErrorKind::Unavailable,
        }
    }
}

/// Carries changes of accounts from the control store to the registry's copy.
#[derive(Debug)]
pub struct Feed {
    control: ControlStore,
    registry: RegistryStore,
    position: watch::Sender<Index>,
}

impl Feed {
    /// Starts to carry; ends when the control store shuts down.
    #[must_use]
    pub fn start(control: ControlStore, registry: RegistryStore) -> Arc<Self> {
        let feed = Arc::new(Self { control, registry, position: watch::Sender::new(Index(0)) });
        tokio::spawn(run(Arc::clone(&feed)));
        feed
    }

    /// Brings the copy to where the control store is now.
    ///
    /// # Errors
    /// If one of the stores does not answer.
    pub async fn carry(&self) -> Result<Index, FeedError> {
        loop {
            let position = self.registry.read(copy::position).await.map_err(FeedError::Copy)?;
            self.position.send_replace(position);
            let batches = self.control.read(move |conn| collect(conn, position)).await.map_err(FeedError::Control)?;
            // A control store without any account gives an empty snapshot that leads nowhere.
            if batches.iter().all(|batch| batch.to <= position) {
                return Ok(position);
            }
            for batch in batches {
                let to = batch.to;
                match self.registry.write(OperationId::random(), Command::FeedApply(batch)).await {
                    Ok(_) => tracing::debug!(index = to.0, "fed the copy of accounts up to {to}"),
                    // Another member fed it meanwhile: look again.
                    Err(store::WriteError::Rejected(Reject::FeedGap { .. })) => break,
                    Err(source) => return Err(FeedError::Write(source)),
                }
            }
        }
    }

    /// Waits until the copy has all that was acknowledged by the control store before the call.
    ///
    /// # Errors
    /// If that takes longer than two seconds.
    pub async fn caught_up(&self) -> Result<(), FeedError> {
        let wanted = self.control.read_linear(head).await.map_err(FeedError::Control)?;
        let mut position = self.position.subscribe();
        let reached = tokio::time::timeout(WAIT, position.wait_for(|position| *position >= wanted)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(FeedError::Behind { position: *self.position.borrow(), wanted }),
        }
    }
}

async fn run(feed: Arc<Feed>) {
    let mut changes = feed.control.watch();
    loop {
        if let Err(error) = feed.carry().await {
            tracing::warn!("feeding the copy of accounts: {}", base::chain(&error));
            tokio::time::sleep(PAUSE).await;
            if error.kind() == base::ErrorKind::Internal {
                tokio::time::sleep(RELOOK).await;
            }
        }
        match tokio::time::timeout(RELOOK, changes.next()).await {
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => return,
        }
    }
}
