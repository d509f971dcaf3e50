//! Two byte streams joined to one another after an upgrade.

use std::future::Future;
use std::io;
use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional_with_sizes};

/// The buffer of each direction.
const BUFFER_BYTES: usize = 64 * 1024;

/// How a joined pair of streams ended.
#[derive(Debug)]
pub enum PipeEnd {
    /// Both sides ended by themselves.
    Finished {
        /// Bytes from the first to the second.
        a_to_b_bytes: u64,
        /// Bytes from the second to the first.
        b_to_a_bytes: u64,
    },
    /// `until` was over: both were dropped at once.
    Cut,
    /// One side broke; both were dropped.
    Failed(io::Error),
}

/// Joins two streams until both directions have ended, or until `until` is over.
///
/// The end of one direction is passed on as a half-close (for TLS a `close_notify`), and the other
/// direction goes on: a client that has sent all its input still reads the output.
pub async fn pipe<A, B, U>(mut a: A, mut b: B, until: U) -> PipeEnd
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
    U: Future,
{
    let copy = pin!(copy_bidirectional_with_sizes(&mut a, &mut b, BUFFER_BYTES, BUFFER_BYTES));
    match select(pin!(until), copy).await {
        Either::Left(_) => PipeEnd::Cut,
        Either::Right((Ok((a_to_b_bytes, b_to_a_bytes)), _)) => PipeEnd::Finished { a_to_b_bytes, b_to_a_bytes },
        Either::Right((Err(error), _)) => PipeEnd::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn the_end_of_input_leaves_the_output_open() {
        let (mut client, a) = duplex(8);
        let (mut engine, b) = duplex(8);
        let joined = tokio::spawn(pipe(a, b, pending::<()>()));
        client.write_all(b"in").await.unwrap();
        client.shutdown().await.unwrap();
        let mut input = String::new();
        engine.read_to_string(&mut input).await.unwrap();
        engine.write_all(b"a longer output").await.unwrap();
        drop(engine);
        let mut output = String::new();
        client.read_to_string(&mut output).await.unwrap();
        assert_eq!((input.as_str(), output.as_str()), ("in", "a longer output"));
        assert!(matches!(joined.await.unwrap(), PipeEnd::Finished { a_to_b_bytes: 2, b_to_a_bytes: 15 }));
    }

    #[tokio::test]
    async fn the_cut_ends_both_sides() {
        let (mut client, a) = duplex(8);
        let (_engine, b) = duplex(8);
        assert!(matches!(pipe(a, b, ready(())).await, PipeEnd::Cut));
        assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
    }
}
