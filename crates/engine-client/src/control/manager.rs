//! The manager's end of the control stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::NodeId;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};

use super::{EngineEvent, EngineNotice, first};
use crate::error::Error;
use crate::inventory::EngineInventory;
use crate::wire::{ToAgent, ToManager, read_frame, write_frame};

/// How long the agent may take for a command.
const ANSWER: Duration = Duration::from_secs(10);

type Waiting = HashMap<u64, oneshot::Sender<Option<String>>>;

/// Reports of an agent, and commands to it.
#[derive(Debug)]
pub struct Control {
    next: AtomicU64,
    commands: mpsc::Sender<ToAgent>,
    waiting: Mutex<Waiting>,
    inventory: watch::Sender<Option<Arc<EngineInventory>>>,
    events: broadcast::Sender<EngineNotice>,
}

impl Control {
    pub(crate) fn new(events: broadcast::Sender<EngineNotice>) -> (Self, mpsc::Receiver<ToAgent>) {
        let (commands, to_send) = mpsc::channel(64);
        let control = Self {
            next: AtomicU64::new(1),
            commands,
            waiting: Mutex::default(),
            inventory: watch::Sender::new(None),
            events,
        };
        (control, to_send)
    }

    /// Follows what the agent reports of its engine; `None` until its first report.
    #[must_use]
    pub fn inventory(&self) -> watch::Receiver<Option<Arc<EngineInventory>>> {
        self.inventory.subscribe()
    }

    /// Makes the engine trust a registry's CA.
    ///
    /// # Errors
    /// If the agent cannot write it, or a file that is not its own is in the way and is not to be replaced.
    pub async fn certificate_write(&self, registry: &str, ca_pem: &str, replace_foreign: bool) -> Result<(), Error> {
        let (registry, ca_pem) = (registry.to_owned(), ca_pem.to_owned());
        self.ask("write a registry's CA", |id| ToAgent::CertificateWrite { id, registry, ca_pem, replace_foreign })
            .await
    }

    /// Takes back the trust in a registry's CA.
    ///
    /// # Errors
    /// If the agent cannot remove it.
    pub async fn certificate_remove(&self, registry: &str) -> Result<(), Error> {
        let registry = registry.to_owned();
        self.ask("remove a registry's CA", |id| ToAgent::CertificateRemove { id, registry }).await
    }

    /// Makes the agent take back everything and not come again.
    ///
    /// # Errors
    /// If something could not be taken back.
    pub async fn leave(&self) -> Result<(), Error> {
        self.ask("leave", |id| ToAgent::Leave { id }).await
    }

    /// Measures the way to the agent and back.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn ping(&self) -> Result<Duration, Error> {
        let start = Instant::now();
        self.ask("answer", |id| ToAgent::Ping { id }).await?;
        Ok(start.elapsed())
    }

    async fn ask(&self, doing: &'static str, command: impl FnOnce(u64) -> ToAgent) -> Result<(), Error> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.waiting().insert(id, sender);
        let _forget = Forget { control: self, id };
        let exchange = async {
            self.commands.send(command(id)).await.map_err(|_| Error::Closed)?;
            answer.await.map_err(|_| Error::Closed)
        };
        match timeout(ANSWER, exchange).await {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(reason))) => Err(Error::Agent { doing, reason }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::NoStream),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, node: NodeId, report: ToManager) {
        match report {
            ToManager::Ready => {}
            ToManager::Inventory { inventory } => {
                self.inventory.send_replace(Some(Arc::from(inventory)));
            }
            ToManager::Event { event } => {
                let notice = EngineEvent::parse(node, event)
                    .map_or(EngineNotice::Resync(node), |event| EngineNotice::Event(Arc::new(event)));
                // Nobody may be listening.
                let _ = self.events.send(notice);
            }
            ToManager::EventsLost => {
                let _ = self.events.send(EngineNotice::Resync(node));
            }
            ToManager::Done { id, error } => {
                if let Some(sender) = self.waiting().remove(&id) {
                    let _ = sender.send(error);
                }
            }
        }
    }
}

struct Forget<'a> {
    control: &'a Control,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.control.waiting().remove(&self.id);
    }
}

/// Carries reports and commands until the stream breaks.
pub(crate) async fn run<I>(io: I, node: NodeId, control: Arc<Control>, mut commands: mpsc::Receiver<ToAgent>) -> Error
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let (mut reader, mut writer) = tokio::io::split(io);
    let reading = async {
        loop {
            match read_frame(&mut reader).await {
                Ok(report) => control.take(node, report),
                Err(error) => return error,
            }
        }
    };
    let writing = async {
        while let Some(command) = commands.recv().await {
            if let Err(error) = write_frame(&mut writer, &command).await {
                return error;
            }
        }
        Error::Closed
    };
    let error = first(reading, writing).await;
    control.waiting().clear();
    error
}
