//! The receiving end: frames of other members.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use openraft::error::{InstallSnapshotError, RaftError};
use openraft::raft::InstallSnapshotRequest;

use crate::batcher::Batcher;
use crate::engine::Core;
use crate::message::{self, Answer, Reply, Request};
use crate::transport::Handler;
use crate::types::{Engine, Item};

/// Answers frames for a member.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) core: Arc<Core>,
    pub(crate) batcher: Batcher,
}

impl Handler for Receiver {
    fn handle(&self, frame: Vec<u8>) -> BoxFuture<'static, Vec<u8>> {
        let receiver = self.clone();
        Box::pin(async move { message::reply(&receiver.answer(&frame).await) })
    }
}

impl Receiver {
    async fn answer(&self, frame: &[u8]) -> Reply {
        let (envelope, request) = match message::read_request(frame) {
            Ok(read) => read,
            Err(error) => return Reply::Refused(format!("the frame cannot be read: {error}")),
        };
        if envelope.cluster != self.core.cluster {
            return Reply::Refused("the frame is of another cluster".to_owned());
        }
        if envelope.to != self.core.member {
            return Reply::Refused("the frame is for another member".to_owned());
        }
        if self.core.shared.stopped() {
            return Reply::Refused("the member is stopped".to_owned());
        }
        self.serve(request).await
    }

    async fn serve(&self, request: Request) -> Reply {
        let raft = &self.core.raft;
        match request {
            Request::Append(append) => match raft.append_entries(append).await {
                Ok(answer) => Reply::Append(answer),
                Err(error) => refused(&error),
            },
            Request::Vote(vote) => match raft.vote(vote).await {
                Ok(answer) => Reply::Vote(answer),
                Err(error) => refused(&error),
            },
            Request::Snapshot(part) => self.snapshot(part).await,
            Request::Forward(items) => self.forward(items).await,
            Request::ReadIndex => match self.core.read_index_here().await {
                Some(index) => Reply::ReadIndex(index),
                None => Reply::NotLeader,
            },
            Request::Newest => Reply::Newest(self.core.newest),
        }
    }

    async fn snapshot(&self, part: InstallSnapshotRequest<Engine>) -> Reply {
        match self.core.raft.install_snapshot(part).await {
            Ok(answer) => Reply::Snapshot(answer.vote),
            Err(RaftError::APIError(InstallSnapshotError::SnapshotMismatch(_))) => Reply::SnapshotMismatch,
            Err(error) => refused(&error),
        }
    }

    async fn forward(&self, items: Vec<Item>) -> Reply {
        let submitted = items.into_iter().map(|item| self.batcher.submit(item, true));
        Reply::Forward(join_all(submitted).await.into_iter().map(Answer::from_result).collect())
    }
}

fn refused(error: &dyn std::fmt::Display) -> Reply {
    Reply::Refused(error.to_string())
}
