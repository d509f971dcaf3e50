//! Members of one process, with faults to order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use base::MemberId;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;

use crate::transport::{Handler, Lane, Peer, Transport, TransportError};

/// A transport between members of one process: tests of clusters cut and mend it.
#[derive(Clone, Default)]
pub struct InProcess(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    handlers: BTreeMap<MemberId, Arc<dyn Handler>>,
    isolated: BTreeSet<MemberId>,
    /// How many answers of a lane get lost before they reach a member.
    losing: BTreeMap<(MemberId, Lane), usize>,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("isolated", &self.0.lock().isolated).finish_non_exhaustive()
    }
}

impl InProcess {
    /// Makes a transport without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the end that a member uses.
    #[must_use]
    pub fn end(&self, member: MemberId) -> Arc<dyn Transport> {
        Arc::new(End { member, state: Arc::clone(&self.0) })
    }

    /// Cuts a member off from all others.
    pub fn isolate(&self, member: MemberId) {
        self.0.lock().isolated.insert(member);
    }

    /// Mends what was cut.
    pub fn mend(&self, member: MemberId) {
        self.0.lock().isolated.remove(&member);
    }

    /// Loses the next answers of a lane on their way back to a member.
    pub fn lose_answers(&self, to: MemberId, lane: Lane, count: usize) {
        self.0.lock().losing.insert((to, lane), count);
    }
}

/// One member's end.
struct End {
    member: MemberId,
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("End").field("member", &self.member).finish_non_exhaustive()
    }
}

impl State {
    fn cut(&self, one: MemberId, other: MemberId) -> bool {
        self.isolated.contains(&one) || self.isolated.contains(&other)
    }

    fn lose(&mut self, to: MemberId, lane: Lane) -> bool {
        match self.losing.get_mut(&(to, lane)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }
}

impl Transport for End {
    fn call(&self, to: Peer, lane: Lane, frame: Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, TransportError>> {
        let (from, state) = (self.member, Arc::clone(&self.state));
        Box::pin(async move {
            let handler = {
                let state = state.lock();
                let handler = state.handlers.get(&to.member).cloned();
                handler.filter(|_| !state.cut(from, to.member))
            };
            let Some(handler) = handler else { return Err(TransportError::Unreachable(to.member)) };
            // The receiver goes on when the sender stops waiting, as between machines.
            let handled = tokio::spawn(handler.handle(frame));
            let answer = handled.await.map_err(|_| TransportError::Lost(to.member))?;
            let mut state = state.lock();
            if state.cut(from, to.member) || state.lose(from, lane) {
                return Err(TransportError::Lost(to.member));
            }
            Ok(answer)
        })
    }

    fn serve(&self, member: MemberId, handler: Arc<dyn Handler>) {
        self.state.lock().handlers.insert(member, handler);
    }

    fn withdraw(&self, member: MemberId) {
        self.state.lock().handlers.remove(&member);
    }
}
