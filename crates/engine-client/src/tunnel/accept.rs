//! The manager's end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use base::NodeId;
use tokio::sync::{broadcast, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::mux::{self, End, MuxStream};
use crate::control::{Control, EngineNotice, run_manager};
use crate::error::Error;
use crate::io::BoxIo;
use crate::link::EngineLink;
use crate::wire::{AgentIdentity, ConnectionKind, Hello, MAX_PROTOCOL, Welcome, read_hello, write_frame};

/// How long a new connection may take to say what it is.
const HELLO: Duration = Duration::from_secs(10);
/// How often a link is tried.
const PING: Duration = Duration::from_secs(15);
/// Events that a slow reader may be behind.
const EVENTS: usize = 4096;

/// What an accepted connection was.
#[derive(Debug)]
pub enum Accepted {
    /// A new session of a node; a former one is closed.
    Link(Arc<EngineLink>),
    /// A further connection of a session.
    Stream,
}

struct Session {
    id: Uuid,
    link: Weak<EngineLink>,
}

struct Inner {
    sessions: Mutex<HashMap<NodeId, Session>>,
    events: broadcast::Sender<EngineNotice>,
}

/// Takes the agents' connections; cheap to clone.
#[derive(Clone)]
pub struct Acceptor(Arc<Inner>);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

impl Default for Acceptor {
    fn default() -> Self {
        Self(Arc::new(Inner { sessions: Mutex::default(), events: broadcast::Sender::new(EVENTS) }))
    }
}

impl Acceptor {
    /// Follows the events of all engines.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<EngineNotice> {
        self.0.events.subscribe()
    }

    /// Takes a connection whose other end has proved to be `identity`.
    ///
    /// # Errors
    /// If it does not keep to the protocol, speaks for another node, or belongs to no session.
    pub async fn accept(&self, mut io: BoxIo, identity: AgentIdentity) -> Result<Accepted, Error> {
        let hello = timeout(HELLO, read_hello(&mut io))
            .await
            .map_err(|_| Error::Protocol("no first frame in time".to_owned()))??;
        if let Err(reason) = self.check(&hello, identity) {
            write_frame(&mut io, &Welcome::Refused { reason: reason.clone() }).await?;
            return Err(Error::Protocol(reason));
        }
        let welcome = Welcome::Taken { protocol: hello.protocol.min(MAX_PROTOCOL) };
        match hello.kind {
            ConnectionKind::Main => self.session(io, identity, hello, &welcome).await.map(Accepted::Link),
            ConnectionKind::Stream => {
                write_frame(&mut io, &welcome).await?;
                let link = self.link(&hello).ok_or(Error::Closed)?;
                if !link.streams().put(io) {
                    return Err(Error::Protocol("more waiting connections than are taken".to_owned()));
                }
                Ok(Accepted::Stream)
            }
        }
    }

    fn check(&self, hello: &Hello, identity: AgentIdentity) -> Result<(), String> {
        if hello.protocol == 0 {
            return Err("protocol 0 is not spoken here".to_owned());
        }
        if (AgentIdentity { cluster: hello.cluster, node: hello.node }) != identity {
            return Err("the certificate is another node's".to_owned());
        }
        if hello.kind == ConnectionKind::Stream && self.link(hello).is_none() {
            return Err("the session is over".to_owned());
        }
        Ok(())
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<NodeId, Session>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self, hello: &Hello) -> Option<Arc<EngineLink>> {
        let sessions = self.sessions();
        let session = sessions.get(&hello.node)?;
        if session.id != hello.session {
            return None;
        }
        session.link.upgrade().filter(|link| !link.is_closed())
    }

    async fn session(
        &self,
        mut io: BoxIo,
        identity: AgentIdentity,
        hello: Hello,
        welcome: &Welcome,
    ) -> Result<Arc<EngineLink>, Error> {
        let (opener, wishes) = mux::opener();
        let closed = CancellationToken::new();
        let end = closed.clone().drop_guard();
        let (control, commands) = Control::new(self.0.events.clone());
        let control = Arc::new(control);
        let link = EngineLink::new(identity, hello.agent_version, Arc::clone(&control), opener, closed.clone());
        let link = Arc::new(link);
        // Known before it is welcomed: the agent's further connections come at once.
        self.register(identity.node, Session { id: hello.session, link: Arc::downgrade(&link) });
        write_frame(&mut io, welcome).await?;
        let (first, control_stream) = oneshot::channel::<MuxStream>();
        let mut first = Some(first);
        // The agent opens one stream, for control; anything more is closed at once.
        let work = mux::drive(io, End::Manager, wishes, move |stream| {
            if let Some(first) = first.take() {
                let _ = first.send(stream);
            }
        });
        let ended = closed.clone();
        tokio::spawn(async move {
            tokio::select! {
                outcome = work => tracing::debug!("main connection of node {} ended: {outcome:?}", identity.node),
                () = ended.cancelled() => {}
            }
            ended.cancel();
        });
        let stream = timeout(HELLO, control_stream)
            .await
            .map_err(|_| Error::Protocol("no control stream in time".to_owned()))?
            .map_err(|_| Error::Closed)?;
        let _ = self.0.events.send(EngineNotice::Resync(identity.node));
        self.watch(identity.node, hello.session, stream, control, commands, closed);
        end.disarm();
        Ok(link)
    }

    /// Notes a session; a former one of the same node ends.
    fn register(&self, node: NodeId, session: Session) {
        let former = self.sessions().insert(node, session);
        if let Some(former) = former.and_then(|session| session.link.upgrade()) {
            former.close();
        }
    }

    /// Drives control and pings until the link is gone, and then forgets the session.
    fn watch(
        &self,
        node: NodeId,
        session: Uuid,
        stream: MuxStream,
        control: Arc<Control>,
        commands: tokio::sync::mpsc::Receiver<crate::wire::ToAgent>,
        closed: CancellationToken,
    ) {
        let acceptor = self.clone();
        tokio::spawn(async move {
            let pings = async {
                let mut ticks = interval(PING);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    if let Err(error) = control.ping().await {
                        return error;
                    }
                }
            };
            let error = tokio::select! {
                error = run_manager(stream, node, Arc::clone(&control), commands) => error,
                error = pings => error,
                () = closed.cancelled() => Error::Closed,
            };
            tracing::debug!(node.id = %node, "tunnel ended: {}", base::chain(&error));
            closed.cancel();
            let mut sessions = acceptor.sessions();
            if sessions.get(&node).is_some_and(|current| current.id == session) {
                sessions.remove(&node);
            }
        });
    }
}
