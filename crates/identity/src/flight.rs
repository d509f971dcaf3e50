//! Checks of one password that come at the same time: they take turns, and the first one's success is all others'.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::MutexGuard;

type Key = [u8; 32];
type Turns = Arc<tokio::sync::Mutex<()>>;

/// Checks under way, by the keyed hash of account, epoch and password.
#[derive(Debug, Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Turns>>);

/// A place among the checks of one password; the last one to leave takes the entry away.
#[derive(Debug)]
pub(crate) struct Flight<'a> {
    flights: &'a Flights,
    key: Key,
    turns: Turns,
}

impl Flights {
    pub(crate) fn join(&self, key: Key) -> Flight<'_> {
        let turns = Arc::clone(self.0.lock().entry(key).or_default());
        Flight { flights: self, key, turns }
    }
}

impl Flight<'_> {
    /// Waits until nobody else checks this password.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turns.lock().await
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.0.lock();
        // One count is the map's, one is ours; nobody joins while the map is locked.
        if Arc::strong_count(&self.turns) == 2 {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_stays() {
        let flights = Flights::default();
        let (first, second) = (flights.join([1; 32]), flights.join([1; 32]));
        let turn = first.turn().await;
        assert!(second.turns.try_lock().is_err());
        drop(turn);
        drop(first);
        assert!(second.turns.try_lock().is_ok());
        drop(second);
        assert!(flights.0.lock().is_empty());
    }
}
