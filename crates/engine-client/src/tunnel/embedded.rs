//! A tunnel within one process.

use futures_util::future::BoxFuture;
use tokio::io::duplex;
use tokio::sync::mpsc;

use super::accept::{Accepted, Acceptor};
use crate::io::{BoxIo, Dial};
use crate::link::EngineLink;
use crate::wire::AgentIdentity;

/// The buffer of each direction of a pipe.
const PIPE_BYTES: usize = 256 * 1024;

/// Opens connections to the manager in the same process: no TLS, otherwise the same protocol.
#[derive(Debug, Clone)]
pub struct EmbeddedDial {
    acceptor: Acceptor,
    identity: AgentIdentity,
    links: mpsc::Sender<std::sync::Arc<EngineLink>>,
}

impl EmbeddedDial {
    /// Makes a way to an acceptor in this process; new sessions are handed to `links`.
    #[must_use]
    pub fn new(acceptor: Acceptor, identity: AgentIdentity, links: mpsc::Sender<std::sync::Arc<EngineLink>>) -> Self {
        Self { acceptor, identity, links }
    }
}

impl Dial for EmbeddedDial {
    fn dial(&self) -> BoxFuture<'static, std::io::Result<BoxIo>> {
        let Self { acceptor, identity, links } = self.clone();
        Box::pin(async move {
            let (ours, theirs) = duplex(PIPE_BYTES);
            tokio::spawn(async move {
                match acceptor.accept(Box::new(theirs), identity).await {
                    Ok(Accepted::Link(link)) => {
                        // Nobody waits for links while the server ends.
                        let _ = links.send(link).await;
                    }
                    Ok(Accepted::Stream) => {}
                    Err(error) => tracing::debug!("tunnel within the process: {}", base::chain(&error)),
                }
            });
            Ok(Box::new(ours) as BoxIo)
        })
    }
}
