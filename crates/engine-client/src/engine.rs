//! An engine on this machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_kit::{Body, Request, Response};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use crate::error::Error;
use crate::link::prepare;

/// The unix socket of an engine; cheap to clone.
#[derive(Debug, Clone)]
pub struct EngineSocket(Arc<Path>);

impl EngineSocket {
    /// Names a socket; nothing is opened yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path.into())
    }

    /// Returns the path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// If nothing listens there.
    pub async fn dial(&self) -> std::io::Result<UnixStream> {
        UnixStream::connect(&self.0).await
    }

    /// Sends one request on a connection of its own.
    ///
    /// # Errors
    /// If the engine does not answer.
    pub async fn request(&self, request: Request) -> Result<Response, Error> {
        let io = self.dial().await.map_err(Error::io("connecting to the engine's socket"))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(Error::Engine)?;
        tokio::spawn(async move {
            // The request's own result tells what went wrong.
            let _ = connection.with_upgrades().await;
        });
        let response = sender.send_request(prepare(request)).await.map_err(Error::Engine)?;
        Ok(response.map(Body::new))
    }
}
