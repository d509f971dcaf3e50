//! Requests to one engine through its tunnel.

mod bulk;
mod short;

use std::sync::Arc;
use std::time::Duration;

use base::NodeId;
use http::header::{CONNECTION, HOST, UPGRADE};
use http::uri::PathAndQuery;
use http::{HeaderValue, StatusCode, Uri, Version};
use http_kit::{Request, Response, strip_hop_by_hop};
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::error::Error;
use crate::tunnel::mux::Opener;
use crate::wire::AgentIdentity;

pub(crate) use bulk::StreamPool;
use short::ShortPool;

/// How a request travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// In the main connection, beside others: small bodies, answered soon.
    Short,
    /// On a connection of its own: an upgrade, a long stream, large bodies.
    Bulk,
}

/// How long a connection may take to be had.
pub(crate) const STREAM_WAIT: Duration = Duration::from_secs(10);

/// The tunnel to one node, as the manager holds it.
#[derive(Debug)]
pub struct EngineLink {
    identity: AgentIdentity,
    agent_version: String,
    control: Arc<Control>,
    short: Arc<ShortPool>,
    streams: Arc<StreamPool>,
    closed: CancellationToken,
}

impl EngineLink {
    pub(crate) fn new(
        identity: AgentIdentity,
        agent_version: String,
        control: Arc<Control>,
        opener: Opener,
        closed: CancellationToken,
    ) -> Self {
        let short = Arc::new(ShortPool::new(opener));
        Self { identity, agent_version, control, short, streams: Arc::default(), closed }
    }

    /// Returns the node at the other end.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.identity.node
    }

    /// Returns whom the agent's certificate names.
    #[must_use]
    pub fn identity(&self) -> AgentIdentity {
        self.identity
    }

    /// Returns the agent's version.
    #[must_use]
    pub fn agent_version(&self) -> &str {
        &self.agent_version
    }

    /// Returns the control stream.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    pub(crate) fn streams(&self) -> &StreamPool {
        &self.streams
    }

    /// Reports whether the tunnel is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Waits until the tunnel is gone.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Ends the tunnel. Streams on connections of their own go on until they end by themselves.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// Sends a request to the engine.
    ///
    /// Hop-by-hop headers are left out in both directions. A request with an `Upgrade` header always gets a
    /// connection of its own; a 101 leaves `hyper::upgrade::OnUpgrade` in the response's extensions, and
    /// after any other answer that connection serves nothing else. Bodies stream in both directions; the
    /// answer's head is returned at once.
    ///
    /// # Errors
    /// If the tunnel is gone, gives no connection in time, or the engine does not answer.
    pub async fn request(&self, request: Request, weight: Weight) -> Result<Response, Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        let upgrade = request.headers().contains_key(UPGRADE);
        let request = prepare(request);
        let mut response = match weight {
            Weight::Short if !upgrade => short::send(&self.short, request).await?,
            Weight::Short | Weight::Bulk => bulk::send(&self.streams, &self.closed, request).await?,
        };
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            strip_hop_by_hop(response.headers_mut());
        }
        Ok(response)
    }
}

/// Makes a request fit for the engine: HTTP/1.1, origin form, no hop's own headers but those of an upgrade.
pub(crate) fn prepare(mut request: Request) -> Request {
    let upgrade = request.headers().get(UPGRADE).cloned();
    strip_hop_by_hop(request.headers_mut());
    if let Some(protocol) = upgrade {
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        request.headers_mut().insert(UPGRADE, protocol);
    }
    request.headers_mut().insert(HOST, HeaderValue::from_static("docker"));
    *request.version_mut() = Version::HTTP_11;
    let target = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(target);
    request
}
