//! The binary form of the engine's types, in the log and between members.
//!
//! The engine's own types are converted, never stored raw, so that they may change. Every number is
//! big-endian; every length is bounded by what is left of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{OperationId, Timestamp};
use openraft::{BasicNode, LeaderId};

use crate::types::{Batch, Entry, Item, ItemKind, LogId, Membership, Outcome, Outcomes, Payload, StoredMembership};
use crate::types::{Verdict, Vote};

/// Input that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("the input ends early")]
    Short,
    #[error("unknown {what} {found}")]
    Unknown { what: &'static str, found: u8 },
    #[error("the input is not text")]
    Text,
    #[error("{0} bytes are left over")]
    Rest(usize),
}

/// Writes values to a buffer.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

/// Reads values from a slice.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

/// A value with a binary form.
pub(crate) trait Wire: Sized {
    fn put(&self, to: &mut Writer);
    fn get(from: &mut Reader<'_>) -> Result<Self, Error>;

    /// Encodes the value alone.
    fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.put(&mut writer);
        writer.0
    }

    /// Decodes the value and nothing after it.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader(bytes);
        let value = Self::get(&mut reader)?;
        reader.end()?;
        Ok(value)
    }
}

impl Writer {
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        // No value of the store reaches 4 GiB: log entries and frames are bounded far below.
        u32::try_from(bytes.len()).unwrap_or(u32::MAX).put(self);
        self.0.extend_from_slice(bytes);
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(Error::Short)?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.take(N)?.try_into().map_err(|_| Error::Short)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let count = u32::get(self)?;
        self.take(usize::try_from(count).map_err(|_| Error::Short)?)
    }

    /// Reads a count of values that take at least one byte each.
    fn count(&mut self) -> Result<usize, Error> {
        let count = usize::try_from(u32::get(self)?).map_err(|_| Error::Short)?;
        if count > self.0.len() { Err(Error::Short) } else { Ok(count) }
    }

    pub(crate) fn end(&self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Rest(self.0.len())) }
    }
}

macro_rules! number {
    ($type:ty) => {
        impl Wire for $type {
            fn put(&self, to: &mut Writer) {
                to.0.extend_from_slice(&self.to_be_bytes());
            }
            fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
                Ok(Self::from_be_bytes(from.array()?))
            }
        }
    };
}

number!(u8);
number!(u32);
number!(u64);
number!(i64);

impl Wire for bool {
    fn put(&self, to: &mut Writer) {
        u8::from(*self).put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::get(from)? {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(Error::Unknown { what: "flag", found }),
        }
    }
}

impl Wire for String {
    fn put(&self, to: &mut Writer) {
        to.bytes(self.as_bytes());
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        std::str::from_utf8(from.bytes()?).map(str::to_owned).map_err(|_| Error::Text)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, to: &mut Writer) {
        self.is_some().put(to);
        if let Some(value) = self {
            value.put(to);
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        if bool::get(from)? { T::get(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, to: &mut Writer) {
        u32::try_from(self.len()).unwrap_or(u32::MAX).put(to);
        for value in self {
            value.put(to);
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let count = from.count()?;
        (0..count).map(|_| T::get(from)).collect()
    }
}

impl Wire for LogId {
    fn put(&self, to: &mut Writer) {
        self.leader_id.term.put(to);
        self.leader_id.node_id.put(to);
        self.index.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let leader_id = LeaderId::new(u64::get(from)?, u64::get(from)?);
        Ok(Self::new(leader_id, u64::get(from)?))
    }
}

impl Wire for Vote {
    fn put(&self, to: &mut Writer) {
        self.leader_id.term.put(to);
        self.leader_id.node_id.put(to);
        self.committed.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let leader_id = LeaderId::new(u64::get(from)?, u64::get(from)?);
        Ok(Self { leader_id, committed: bool::get(from)? })
    }
}

impl Wire for Membership {
    fn put(&self, to: &mut Writer) {
        let configs: Vec<Vec<u64>> =
            self.get_joint_config().iter().map(|config| config.iter().copied().collect()).collect();
        configs.put(to);
        let nodes: Vec<(u64, String)> = self.nodes().map(|(id, node)| (*id, node.addr.clone())).collect();
        nodes.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let configs = Vec::<Vec<u64>>::get(from)?;
        let nodes: BTreeMap<u64, BasicNode> =
            Vec::<(u64, String)>::get(from)?.into_iter().map(|(id, addr)| (id, BasicNode { addr })).collect();
        Ok(Self::new(configs.into_iter().map(BTreeSet::from_iter).collect(), nodes))
    }
}

impl Wire for (u64, String) {
    fn put(&self, to: &mut Writer) {
        self.0.put(to);
        self.1.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok((u64::get(from)?, String::get(from)?))
    }
}

impl Wire for StoredMembership {
    fn put(&self, to: &mut Writer) {
        self.log_id().put(to);
        self.membership().put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self::new(Option::get(from)?, Membership::get(from)?))
    }
}

impl Wire for Item {
    fn put(&self, to: &mut Writer) {
        to.0.extend_from_slice(self.operation.as_bytes());
        match self.kind {
            ItemKind::Command => 0u8,
            ItemKind::SetVersion => 1u8,
        }
        .put(to);
        self.version.put(to);
        to.bytes(&self.body);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let operation = OperationId::from_slice(&from.array::<16>()?).map_err(|_| Error::Short)?;
        let kind = match u8::get(from)? {
            0 => ItemKind::Command,
            1 => ItemKind::SetVersion,
            found => return Err(Error::Unknown { what: "kind of command", found }),
        };
        Ok(Self { operation, kind, version: u32::get(from)?, body: from.bytes()?.into() })
    }
}

impl Wire for Batch {
    fn put(&self, to: &mut Writer) {
        self.at.as_millis().put(to);
        self.items.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { at: Timestamp::from_millis(i64::get(from)?), items: Vec::get(from)? })
    }
}

impl Wire for Payload {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Blank => 0u8.put(to),
            Self::Normal(batch) => {
                1u8.put(to);
                batch.put(to);
            }
            Self::Membership(membership) => {
                2u8.put(to);
                membership.put(to);
            }
        }
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        match u8::get(from)? {
            0 => Ok(Self::Blank),
            1 => Ok(Self::Normal(Arc::new(Batch::get(from)?))),
            2 => Ok(Self::Membership(Membership::get(from)?)),
            found => Err(Error::Unknown { what: "kind of entry", found }),
        }
    }
}

impl Wire for Entry {
    fn put(&self, to: &mut Writer) {
        self.log_id.put(to);
        self.payload.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { log_id: LogId::get(from)?, payload: Payload::get(from)? })
    }
}

impl Wire for Outcome {
    fn put(&self, to: &mut Writer) {
        verdict_byte(self.verdict).put(to);
        self.index.put(to);
        to.bytes(&self.body);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        let verdict = verdict_from(u8::get(from)?)?;
        Ok(Self { verdict, index: u64::get(from)?, body: from.bytes()?.to_vec() })
    }
}

impl Wire for Outcomes {
    fn put(&self, to: &mut Writer) {
        self.0.put(to);
    }
    fn get(from: &mut Reader<'_>) -> Result<Self, Error> {
        Vec::get(from).map(Self)
    }
}

/// Returns the byte that stands for a verdict, also in the table of operations.
pub(crate) fn verdict_byte(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Applied => 0,
        Verdict::Rejected => 1,
        Verdict::VersionNotOpen => 2,
    }
}

/// Reads the byte back.
pub(crate) fn verdict_from(byte: u8) -> Result<Verdict, Error> {
    match byte {
        0 => Ok(Verdict::Applied),
        1 => Ok(Verdict::Rejected),
        2 => Ok(Verdict::VersionNotOpen),
        found => Err(Error::Unknown { what: "verdict", found }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(payload: Payload) -> Entry {
        Entry { log_id: LogId::new(LeaderId::new(3, 2), 77), payload }
    }

    #[test]
    fn entries_go_through() {
        let item = Item {
            operation: OperationId::random(),
            kind: ItemKind::Command,
            version: 7,
            body: b"\x01{}".as_slice().into(),
        };
        let batch = Batch { at: Timestamp::from_millis(-5), items: vec![item] };
        let nodes = BTreeMap::from([(1, BasicNode::new("a:1")), (2, BasicNode::new(""))]);
        let membership = Membership::new(vec![BTreeSet::from([1])], nodes);
        for payload in [Payload::Blank, Payload::Normal(Arc::new(batch)), Payload::Membership(membership)] {
            let entry = entry(payload);
            let bytes = entry.to_bytes();
            assert_eq!(Entry::from_bytes(&bytes).unwrap(), entry);
            for cut in 0..bytes.len() {
                assert!(Entry::from_bytes(&bytes[..cut]).is_err());
            }
        }
    }

    proptest! {
        #[test]
        fn any_input_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Entry::from_bytes(&bytes);
            let _ = Outcomes::from_bytes(&bytes);
            let _ = StoredMembership::from_bytes(&bytes);
        }
    }
}
