//! The frames of a tunnel: length-prefixed JSON, bounded.

use base::{ClusterId, NodeId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use uuid::Uuid;

use crate::error::Error;
use crate::inventory::EngineInventory;

/// The newest version of the protocol that this build speaks.
pub const MAX_PROTOCOL: u32 = 1;

/// In front of the first frame of every connection.
const MAGIC: [u8; 4] = *b"HFT1";
/// The first frame tells little; more than this is an attack.
const MAX_HELLO_BYTES: u32 = 16 * 1024;
/// Frames of the control stream; the largest is an event with many labels.
const MAX_CONTROL_BYTES: u32 = 1024 * 1024;
/// Sent by the manager on a waiting connection when it takes it into use.
pub(crate) const OPEN: u8 = 0x01;

/// Whom an agent's certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AgentIdentity {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node.
    pub node: NodeId,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionKind {
    /// yamux with control and short requests; one for each session.
    Main,
    /// One upgraded or bulk stream; waits until it is taken.
    Stream,
}

/// The agent's first frame on every connection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hello {
    /// The newest protocol the agent speaks.
    pub(crate) protocol: u32,
    pub(crate) kind: ConnectionKind,
    pub(crate) cluster: ClusterId,
    pub(crate) node: NodeId,
    /// Ties the connections of one run of an agent together.
    pub(crate) session: Uuid,
    pub(crate) agent_version: String,
}

/// The manager's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Welcome {
    /// The connection is taken; this protocol is spoken.
    Taken { protocol: u32 },
    /// It is not.
    Refused { reason: String },
}

/// From the manager, on the control stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToAgent {
    Ping {
        id: u64,
    },
    CertificateWrite {
        id: u64,
        registry: String,
        ca_pem: String,
        replace_foreign: bool,
    },
    CertificateRemove {
        id: u64,
        registry: String,
    },
    /// Take back what was written and do not come again.
    Leave {
        id: u64,
    },
}

/// From the agent, on the control stream.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToManager {
    /// The first frame; a stream is not seen by the other end before something is sent on it.
    Ready,
    Inventory {
        inventory: Box<EngineInventory>,
    },
    Event {
        event: Box<RawValue>,
    },
    /// Events were lost: the engine or its event stream was away for a while.
    EventsLost,
    Done {
        id: u64,
        error: Option<String>,
    },
}

/// Writes the first frame of a connection.
pub(crate) async fn write_hello<W: AsyncWrite + Unpin>(io: &mut W, hello: &Hello) -> Result<(), Error> {
    io.write_all(&MAGIC).await.map_err(Error::io("writing the tunnel's first frame"))?;
    write_frame(io, hello).await
}

/// Reads the first frame of a connection.
pub(crate) async fn read_hello<R: AsyncRead + Unpin>(io: &mut R) -> Result<Hello, Error> {
    let mut magic = [0; 4];
    io.read_exact(&mut magic).await.map_err(Error::io("reading the tunnel's first frame"))?;
    if magic != MAGIC {
        return Err(Error::Protocol("the first bytes are not those of a tunnel".to_owned()));
    }
    read_bounded(io, MAX_HELLO_BYTES).await
}

/// Reads the answer to the first frame.
pub(crate) async fn read_welcome<R: AsyncRead + Unpin>(io: &mut R) -> Result<Welcome, Error> {
    read_bounded(io, MAX_HELLO_BYTES).await
}

/// Reads a frame of the control stream.
pub(crate) async fn read_frame<T: DeserializeOwned, R: AsyncRead + Unpin>(io: &mut R) -> Result<T, Error> {
    read_bounded(io, MAX_CONTROL_BYTES).await
}

/// Writes a frame and sends it off.
pub(crate) async fn write_frame<T: Serialize, W: AsyncWrite + Unpin>(io: &mut W, frame: &T) -> Result<(), Error> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, frame).map_err(|error| Error::Protocol(error.to_string()))?;
    let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX);
    if length > MAX_CONTROL_BYTES {
        return Err(Error::Protocol("a frame is too large to send".to_owned()));
    }
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    io.write_all(&bytes).await.map_err(Error::io("writing a tunnel's frame"))?;
    io.flush().await.map_err(Error::io("writing a tunnel's frame"))
}

async fn read_bounded<T: DeserializeOwned, R: AsyncRead + Unpin>(io: &mut R, limit: u32) -> Result<T, Error> {
    let length = io.read_u32().await.map_err(Error::io("reading a tunnel's frame"))?;
    if length > limit {
        return Err(Error::Protocol(format!("a frame of {length} bytes")));
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    io.read_exact(&mut bytes).await.map_err(Error::io("reading a tunnel's frame"))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Protocol(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fail_otherwise_than_by_an_error(bytes: Vec<u8>) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let mut with_magic = MAGIC.to_vec();
            with_magic.extend_from_slice(&bytes);
            prop_assert!(runtime.block_on(read_hello(&mut bytes.as_slice())).is_err());
            prop_assert!(runtime.block_on(read_hello(&mut with_magic.as_slice())).is_err());
            prop_assert!(runtime.block_on(read_frame::<ToManager, _>(&mut bytes.as_slice())).is_err());
        }
    }

    #[tokio::test]
    async fn a_long_frame_is_refused_before_it_is_read() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&u32::MAX.to_be_bytes());
        assert!(matches!(read_hello(&mut bytes.as_slice()).await, Err(Error::Protocol(_))));
    }

    #[tokio::test]
    async fn an_event_keeps_its_bytes() {
        let text = r#"{"Type":"container","n":1.50}"#;
        let event = RawValue::from_string(text.to_owned()).unwrap();
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &ToManager::Event { event }).await.unwrap();
        let ToManager::Event { event } = read_frame(&mut bytes.as_slice()).await.unwrap() else { panic!() };
        assert_eq!(event.get(), text);
    }
}
