//! The yamux connection's driver.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_util::AsyncRead as FuturesRead;
use futures_util::AsyncWrite as FuturesWrite;
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};
use yamux::{Config, Connection, ConnectionError, Mode, Stream};

use crate::error::Error;
use crate::io::BoxIo;
use crate::link::STREAM_WAIT;

/// One stream in the main connection.
pub(crate) type MuxStream = Compat<Stream>;

type Wish = oneshot::Sender<MuxStream>;

/// Streams that are asked for.
pub(crate) type Wishes = mpsc::Receiver<Wish>;

/// Opens streams in a main connection.
#[derive(Debug, Clone)]
pub(crate) struct Opener(mpsc::Sender<Wish>);

impl Opener {
    /// Opens a stream.
    pub(crate) async fn open(&self) -> Result<MuxStream, Error> {
        let (wish, stream) = oneshot::channel();
        self.0.send(wish).await.map_err(|_| Error::Closed)?;
        match tokio::time::timeout(STREAM_WAIT, stream).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) => Err(Error::Closed),
            Err(_) => Err(Error::NoStream),
        }
    }
}

/// Which end of the connection this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Opens streams for requests.
    Manager,
    /// Takes them.
    Agent,
}

/// Returns an opener, and what [`drive`] serves it from.
pub(crate) fn opener() -> (Opener, Wishes) {
    let (opener, wishes) = mpsc::channel(64);
    (Opener(opener), wishes)
}

/// Drives a main connection until it ends or every opener is gone.
pub(crate) fn drive(
    io: BoxIo,
    end: End,
    mut wishes: Wishes,
    mut inbound: impl FnMut(MuxStream),
) -> impl Future<Output = Result<(), ConnectionError>> {
    let mut config = Config::default();
    // Each stream may grow its window to this sum's share; more would let one node fill the memory.
    config.set_max_num_streams(512).set_max_connection_receive_window(Some(256 * 1024 * 1024));
    let mode = match end {
        End::Manager => Mode::Client,
        End::Agent => Mode::Server,
    };
    let mut connection = Connection::new(io.compat(), config, mode);
    let mut waiting = VecDeque::new();
    poll_fn(move |cx| poll(&mut connection, &mut wishes, &mut waiting, &mut inbound, cx))
}

fn poll<T: FuturesRead + FuturesWrite + Unpin>(
    connection: &mut Connection<T>,
    wishes: &mut mpsc::Receiver<Wish>,
    waiting: &mut VecDeque<Wish>,
    inbound: &mut impl FnMut(MuxStream),
    cx: &mut Context<'_>,
) -> Poll<Result<(), ConnectionError>> {
    loop {
        loop {
            match wishes.poll_recv(cx) {
                Poll::Ready(Some(wish)) => waiting.push_back(wish),
                // Every opener is gone: the link was closed.
                Poll::Ready(None) => return connection.poll_close(cx),
                Poll::Pending => break,
            }
        }
        while !waiting.is_empty() {
            match connection.poll_new_outbound(cx) {
                Poll::Ready(Ok(stream)) => {
                    if let Some(wish) = waiting.pop_front() {
                        // Whoever asked may have given up.
                        let _ = wish.send(stream.compat());
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        match connection.poll_next_inbound(cx) {
            Poll::Ready(Some(Ok(stream))) => inbound(stream.compat()),
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
            Poll::Ready(None) => return Poll::Ready(Ok(())),
            Poll::Pending => return Poll::Pending,
        }
    }
}
