//! The watch: what was applied, told after the commit from a bounded ring.

use std::collections::VecDeque;
use std::sync::Arc;

use base::Index;
use parking_lot::Mutex;
use tokio::sync::watch;

/// What a watcher is told.
#[derive(Debug, Clone)]
pub enum Notice<E> {
    /// A log entry was applied and had events.
    Event {
        /// The entry.
        index: Index,
        /// Its events, in order.
        events: Arc<[E]>,
    },
    /// Events were missed: read everything anew, then go on.
    Resync,
}

/// The newest notices, shared by the writer and all watchers.
#[derive(Debug)]
pub(crate) struct Ring<E> {
    slots: Mutex<Slots<E>>,
    /// The number of the next notice; closed when the store is shut down.
    next: watch::Sender<u64>,
    capacity: usize,
}

#[derive(Debug)]
struct Slots<E> {
    /// The number of the oldest slot.
    first: u64,
    notices: VecDeque<(Index, Arc<[E]>)>,
    events: usize,
    closed: bool,
}

impl<E> Slots<E> {
    fn end(&self) -> u64 {
        self.first + self.notices.len() as u64
    }
}

impl<E> Ring<E> {
    /// Makes a ring that holds a number of events.
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        let slots = Slots { first: 0, notices: VecDeque::new(), events: 0, closed: false };
        Arc::new(Self { slots: Mutex::new(slots), next: watch::Sender::new(0), capacity })
    }

    /// Tells what a log entry did.
    pub(crate) fn publish(&self, index: Index, events: Vec<E>) {
        if events.is_empty() {
            return;
        }
        let end = {
            let mut slots = self.slots.lock();
            slots.events += events.len();
            slots.notices.push_back((index, events.into()));
            // The newest notice stays, however large.
            while slots.events > self.capacity && slots.notices.len() > 1 {
                if let Some((_, oldest)) = slots.notices.pop_front() {
                    slots.events -= oldest.len();
                    slots.first += 1;
                }
            }
            slots.end()
        };
        self.next.send_replace(end);
    }

    /// Tells all watchers to read everything anew.
    pub(crate) fn resync(&self) {
        let end = {
            let mut slots = self.slots.lock();
            // One number is skipped, so that a watcher at the end has missed something too.
            slots.first = slots.end() + 1;
            slots.notices.clear();
            slots.events = 0;
            slots.end()
        };
        self.next.send_replace(end);
    }

    /// Ends all watches.
    pub(crate) fn close(&self) {
        self.slots.lock().closed = true;
        self.next.send_modify(|_| {});
    }

    /// Begins a watch at what is published next.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch<E> {
        let signal = self.next.subscribe();
        let cursor = self.slots.lock().end();
        Watch { ring: Arc::clone(self), signal, cursor }
    }
}

/// A watcher's place in the ring.
#[derive(Debug)]
pub struct Watch<E> {
    ring: Arc<Ring<E>>,
    signal: watch::Receiver<u64>,
    cursor: u64,
}

impl<E> Watch<E> {
    /// Waits for the next notice; `None` when the store is shut down. Safe to cancel.
    pub async fn next(&mut self) -> Option<Notice<E>> {
        loop {
            // Marked as seen before the ring is looked at, so that nothing published since is slept through.
            self.signal.borrow_and_update();
            if let Some(found) = self.try_next() {
                return found;
            }
            if self.signal.changed().await.is_err() {
                return None;
            }
        }
    }

    /// Returns what there is without waiting: `None` if nothing, `Some(None)` if the store is shut down.
    #[expect(clippy::option_option, reason = "nothing yet and never again are different answers")]
    fn try_next(&mut self) -> Option<Option<Notice<E>>> {
        let slots = self.ring.slots.lock();
        if self.cursor < slots.first {
            self.cursor = slots.end();
            return Some(Some(Notice::Resync));
        }
        let place = usize::try_from(self.cursor - slots.first).unwrap_or(usize::MAX);
        match slots.notices.get(place) {
            Some((index, events)) => {
                self.cursor += 1;
                Some(Some(Notice::Event { index: *index, events: Arc::clone(events) }))
            }
            None if slots.closed => Some(None),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(watch: &mut Watch<u32>) -> String {
        match watch.next().await {
            Some(Notice::Event { index, events }) => format!("{index}:{events:?}"),
            Some(Notice::Resync) => "resync".to_owned(),
            None => "end".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_slow_watcher_resyncs_and_goes_on() {
        let ring = Ring::new(4);
        let mut slow = ring.watch();
        let mut quick = ring.watch();
        for index in 1..=3 {
            ring.publish(Index(index), vec![1, 2]);
            assert_eq!(text(&mut quick).await, format!("{index}:[1, 2]"));
        }
        assert_eq!(text(&mut slow).await, "resync");
        ring.publish(Index(4), vec![3]);
        assert_eq!(text(&mut slow).await, "4:[3]");
        assert_eq!(text(&mut quick).await, "4:[3]");
        ring.resync();
        assert_eq!(text(&mut quick).await, "resync");
        ring.publish(Index(9), vec![4]);
        ring.close();
        assert_eq!(text(&mut quick).await, "9:[4]");
        assert_eq!(text(&mut quick).await, "end");
    }
}
