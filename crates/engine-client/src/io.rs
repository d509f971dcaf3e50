//! Byte streams of any kind, and how to get one.

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};

/// A byte stream: TLS, a unix socket, an in-process pipe.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Io for T {}

/// Any byte stream.
pub type BoxIo = Box<dyn Io>;

/// Opens connections to one manager.
pub trait Dial: Send + Sync + 'static {
    /// Opens one connection, authenticated and ready for the tunnel's first frame.
    fn dial(&self) -> BoxFuture<'static, std::io::Result<BoxIo>>;
}
