//! The agent's end of the control stream.

use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;

use super::{AgentHandler, first};
use crate::error::Error;
use crate::inventory::EngineInventory;
use crate::wire::{ToAgent, ToManager, read_frame, write_frame};

/// The manager pings more often than this; silence means that it is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// Carries reports and commands until the stream breaks.
pub(crate) async fn run<I>(
    io: I,
    handler: Arc<dyn AgentHandler>,
    inventory: watch::Receiver<Option<Arc<EngineInventory>>>,
    events: broadcast::Receiver<Option<Arc<RawValue>>>,
) -> Error
where
    I: AsyncRead + AsyncWrite + Unpin,
{
    let (mut reader, mut writer) = tokio::io::split(io);
    let (done, mut results) = mpsc::channel::<ToManager>(64);
    let reading = async {
        loop {
            match timeout(SILENCE, read_frame(&mut reader)).await {
                Ok(Ok(command)) => {
                    let result = obey(&*handler, command).await;
                    if done.send(result).await.is_err() {
                        return Error::Closed;
                    }
                }
                Ok(Err(error)) => return error,
                Err(_) => return Error::Closed,
            }
        }
    };
    let writing = async {
        match report(&mut writer, inventory, events, &mut results).await {
            Ok(()) => Error::Closed,
            Err(error) => error,
        }
    };
    first(reading, writing).await
}

async fn report<W: AsyncWrite + Unpin>(
    writer: &mut W,
    mut inventory: watch::Receiver<Option<Arc<EngineInventory>>>,
    mut events: broadcast::Receiver<Option<Arc<RawValue>>>,
    results: &mut mpsc::Receiver<ToManager>,
) -> Result<(), Error> {
    write_frame(writer, &ToManager::Ready).await?;
    // What is known already is reported at once.
    inventory.mark_changed();
    loop {
        let frame = tokio::select! {
            changed = inventory.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let Some(current) = inventory.borrow_and_update().clone() else { continue };
                ToManager::Inventory { inventory: Box::new((*current).clone()) }
            }
            event = events.recv() => match event {
                Ok(Some(event)) => ToManager::Event { event: (*event).to_owned() },
                Ok(None) | Err(RecvError::Lagged(_)) => ToManager::EventsLost,
                Err(RecvError::Closed) => return Ok(()),
            },
            Some(result) = results.recv() => result,
        };
        write_frame(writer, &frame).await?;
    }
}

async fn obey(handler: &dyn AgentHandler, command: ToAgent) -> ToManager {
    let (id, outcome) = match command {
        ToAgent::Ping { id } => (id, Ok(())),
        ToAgent::CertificateWrite { id, registry, ca_pem, replace_foreign } => {
            (id, handler.certificate_write(&registry, &ca_pem, replace_foreign).await)
        }
        ToAgent::CertificateRemove { id, registry } => (id, handler.certificate_remove(&registry).await),
        ToAgent::Leave { id } => (id, handler.leave().await),
    };
    ToManager::Done { id, error: outcome.err() }
}
