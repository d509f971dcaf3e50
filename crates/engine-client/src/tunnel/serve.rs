//! The agent's end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, copy_bidirectional_with_sizes};
use tokio::sync::{Semaphore, broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use super::mux::{self, End};
use crate::control::{AgentHandler, run_agent};
use crate::engine::EngineSocket;
use crate::error::Error;
use crate::inventory::EngineInventory;
use crate::io::{BoxIo, Dial};
use crate::wire::{AgentIdentity, ConnectionKind, Hello, MAX_PROTOCOL, OPEN, Welcome, read_welcome, write_hello};

/// How long dialling and the first frames may take.
const OPENING: Duration = Duration::from_secs(15);
/// The pause after a waiting connection could not be opened.
const PAUSE: Duration = Duration::from_secs(1);
/// Buffers of a short request's stream and of a bulk stream.
const SHORT_BYTES: usize = 16 * 1024;
const BULK_BYTES: usize = 256 * 1024;

/// What the agent's end of a tunnel needs; cheap to clone.
#[derive(Clone)]
pub struct AgentEnd {
    /// Whom the agent's certificate names.
    pub identity: AgentIdentity,
    /// The agent's version.
    pub agent_version: String,
    /// The engine beside the agent.
    pub engine: EngineSocket,
    /// Does what the manager says.
    pub handler: Arc<dyn AgentHandler>,
    /// What is known of the engine.
    pub inventory: watch::Receiver<Option<Arc<EngineInventory>>>,
    /// The engine's events; `None` says that some were lost.
    pub events: broadcast::Sender<Option<Arc<RawValue>>>,
    /// Connections kept waiting for upgraded and bulk streams.
    pub waiting: usize,
}

impl std::fmt::Debug for AgentEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AgentEnd").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// Runs one session with one manager until it breaks, and says why. Dropping it ends everything that it opened.
pub async fn serve(end: &AgentEnd, dial: &dyn Dial) -> Error {
    let session = Uuid::new_v4();
    let main = match open(end, dial, ConnectionKind::Main, session).await {
        Ok(main) => main,
        Err(error) => return error,
    };
    let engine = end.engine.clone();
    // Requests end with the session: their answers have nowhere to go.
    let mut requests = JoinSet::new();
    let (opener, wishes) = mux::opener();
    let work = mux::drive(main, End::Agent, wishes, move |stream| {
        while requests.try_join_next().is_some() {}
        let engine = engine.clone();
        requests.spawn(async move { join_engine(stream, &engine, SHORT_BYTES).await });
    });
    let control = async {
        let stream = match opener.open().await {
            Ok(stream) => stream,
            Err(error) => return error,
        };
        run_agent(stream, Arc::clone(&end.handler), end.inventory.clone(), end.events.subscribe()).await
    };
    tokio::select! {
        _ = work => Error::Closed,
        error = control => error,
        error = keep_waiting(end, dial, session) => error,
    }
}

async fn open(end: &AgentEnd, dial: &dyn Dial, kind: ConnectionKind, session: Uuid) -> Result<BoxIo, Error> {
    let hello = Hello {
        protocol: MAX_PROTOCOL,
        kind,
        cluster: end.identity.cluster,
        node: end.identity.node,
        session,
        agent_version: end.agent_version.clone(),
    };
    let opening = async {
        let mut io = dial.dial().await.map_err(Error::io("dialling the manager"))?;
        write_hello(&mut io, &hello).await?;
        match read_welcome(&mut io).await? {
            Welcome::Taken { protocol } if protocol == MAX_PROTOCOL => Ok(io),
            Welcome::Taken { protocol } => Err(Error::Protocol(format!("protocol {protocol} is not known here"))),
            Welcome::Refused { reason } => Err(Error::Refused(reason)),
        }
    };
    timeout(OPENING, opening).await.map_err(|_| Error::NoStream)?
}

/// Keeps some connections waiting. One that is taken is replaced at once.
async fn keep_waiting(end: &AgentEnd, dial: &dyn Dial, session: Uuid) -> Error {
    let places = Arc::new(Semaphore::new(end.waiting));
    let mut streams = JoinSet::new();
    loop {
        while streams.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Error::Closed };
        match open(end, dial, ConnectionKind::Stream, session).await {
            Ok(mut io) => {
                let engine = end.engine.clone();
                streams.spawn(async move {
                    let opened = io.read_u8().await;
                    drop(place);
                    if matches!(opened, Ok(OPEN)) {
                        join_engine(io, &engine, BULK_BYTES).await;
                    }
                });
            }
            Err(Error::Refused(reason)) => return Error::Refused(reason),
            Err(error) => {
                tracing::debug!("opening a connection to wait: {}", base::chain(&error));
                drop(place);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Joins a stream to a connection of its own to the engine; each direction ends by itself.
async fn join_engine<I: AsyncRead + AsyncWrite + Unpin>(mut io: I, engine: &EngineSocket, buffer_bytes: usize) {
    let outcome = async {
        let mut socket = engine.dial().await?;
        copy_bidirectional_with_sizes(&mut io, &mut socket, buffer_bytes, buffer_bytes).await
    };
    if let Err(error) = outcome.await {
        tracing::debug!("stream to the engine: {error}");
    }
}
