//! Throttling of failed sign-ins, per account and address.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::sync::Cache;
use parking_lot::Mutex;

/// How long failures are remembered.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// The longest time that one has to wait.
const LONGEST: Duration = Duration::from_secs(60);

/// What failures are counted for, each with how many are free.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// One account from one address.
    Pair(String, Option<IpAddr>),
    /// One account from anywhere: many machines guessing together.
    Account(String),
    /// One address, whatever the account: one machine guessing names.
    Address(IpAddr),
}

impl Key {
    fn free(&self) -> u32 {
        match self {
            Self::Pair(..) => 5,
            Self::Account(_) => 50,
            Self::Address(_) => 30,
        }
    }
}

/// Returns what one machine has of addresses: of IPv6, 2^64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[derive(Debug, Default)]
struct Attempts {
    failed: u32,
    blocked_until: Option<Instant>,
}

/// Counts failed attempts in bounded memory.
#[derive(Debug)]
pub(crate) struct Throttle {
    attempts: Cache<Key, Arc<Mutex<Attempts>>>,
}

/// An attempt under way; counts as failed unless it succeeds.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    /// What it is counted for already.
    keys: Vec<Key>,
    /// Counted for once it failed.
    address: Option<Key>,
    begun: Instant,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self { attempts: Cache::builder().max_capacity(100_000).time_to_idle(MEMORY).build() }
    }

    /// Begins an attempt, or tells how long to wait. For its account it is counted at once, so that many at the same
    /// time gain nothing; for its address, behind which many people may sit, once it failed: how many are judged at the
    /// same time is bounded elsewhere.
    pub(crate) fn begin(&self, account: &str, address: Option<IpAddr>, now: Instant) -> Result<Attempt<'_>, Duration> {
        let account: String = account.chars().take(64).collect();
        let address = address.map(network);
        let keys = vec![Key::Pair(account.clone(), address), Key::Account(account)];
        let address = address.map(Key::Address);
        for key in keys.iter().chain(&address) {
            if let Some(attempts) = self.attempts.get(key)
                && let Some(until) = attempts.lock().blocked_until
                && until > now
            {
                return Err(until - now);
            }
        }
        for key in &keys {
            self.count(key, now);
        }
        Ok(Attempt { throttle: self, keys, address, begun: now })
    }

    fn count(&self, key: &Key, now: Instant) {
        let attempts = self.attempts.get_with(key.clone(), Arc::default);
        let mut attempts = attempts.lock();
        attempts.failed = attempts.failed.saturating_add(1);
        let beyond = attempts.failed.saturating_sub(key.free());
        if beyond > 0 {
            let pause = Duration::from_secs(1 << (beyond - 1).min(6)).min(LONGEST);
            attempts.blocked_until = Some(now + pause);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if let Some(address) = &self.address {
            self.throttle.count(address, self.begun);
        }
    }
}

impl Attempt<'_> {
    /// Takes the attempt back: it was right, or it was not judged at all.
    pub(crate) fn forgive(mut self) {
        self.address = None;
        for key in &self.keys {
            let Some(attempts) = self.throttle.attempts.get(key) else { continue };
            let mut attempts = attempts.lock();
            attempts.failed = attempts.failed.saturating_sub(1);
            if matches!(key, Key::Pair(..)) {
                attempts.failed = 0;
            }
            if attempts.failed <= key.free() {
                attempts.blocked_until = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    #[test]
    fn a_few_failures_are_free_then_each_costs_more() {
        let throttle = Throttle::new();
        let now = Instant::now();
        for _ in 0..6 {
            throttle.begin("anna", HERE, now).unwrap();
        }
        assert_eq!(throttle.begin("anna", HERE, now).unwrap_err(), Duration::from_secs(1));
        let later = now + Duration::from_secs(1);
        throttle.begin("anna", HERE, later).unwrap();
        assert_eq!(throttle.begin("anna", HERE, later).unwrap_err(), Duration::from_secs(2));
        // Somebody else from there, and she from elsewhere, are not held back.
        throttle.begin("bert", HERE, later).unwrap();
        throttle.begin("anna", Some([10, 0, 0, 1].into()), later).unwrap();
    }

    #[test]
    fn success_clears_the_account_from_its_address() {
        let throttle = Throttle::new();
        let now = Instant::now();
        for _ in 0..5 {
            throttle.begin("anna", HERE, now).unwrap();
        }
        throttle.begin("anna", HERE, now).unwrap().forgive();
        for _ in 0..5 {
            throttle.begin("anna", HERE, now).unwrap();
        }
    }

    #[test]
    fn a_machine_with_many_addresses_is_one() {
        let throttle = Throttle::new();
        let now = Instant::now();
        for host in 0..6_u16 {
            throttle.begin("anna", Some(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, host).into()), now).unwrap();
        }
        let seventh = Some(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 9, 9, 9, 9).into());
        assert!(throttle.begin("anna", seventh, now).is_err());
    }

    #[test]
    fn one_address_cannot_try_many_names() {
        let throttle = Throttle::new();
        let now = Instant::now();
        for name in 0..31 {
            throttle.begin(&format!("user{name}"), HERE, now).unwrap();
        }
        assert!(throttle.begin("another", HERE, now).is_err());
        throttle.begin("another", None, now).unwrap();
    }
}
