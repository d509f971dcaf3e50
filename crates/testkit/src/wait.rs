//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Asks every 20 ms until the answer is `Some`, or fails at the deadline, naming what was awaited.
///
/// # Errors
/// If the deadline passes.
#[expect(clippy::disallowed_methods, reason = "the one place where tests wait: for a condition, with a deadline")]
pub fn wait_for<T>(what: &str, deadline: Duration, mut ask: impl FnMut() -> Option<T>) -> Result<T> {
    let until = Instant::now() + deadline;
    loop {
        if let Some(answer) = ask() {
            return Ok(answer);
        }
        if Instant::now() > until {
            bail!("waited {} s in vain for: {what}", deadline.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits up to 30 seconds for a condition to hold.
///
/// # Errors
/// If it does not.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    wait_for(what, Duration::from_secs(30), || holds().then_some(()))
}
