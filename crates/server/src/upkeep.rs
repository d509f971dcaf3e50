//! What is put in step on a timer.

use std::time::Duration;

use http_kit::Shutdown;
use opctx::ContextFactory;
use tokio::time::{MissedTickBehavior, interval};
use workloads::Workloads;

const EVERY: Duration = Duration::from_secs(60);
/// A service is created within seconds of its credential, or never.
const UNBOUND_SECS: i64 = 600;

/// Deletes pull credentials whose service is gone, and those that no service was created with.
pub(crate) async fn credentials(workloads: Workloads, contexts: ContextFactory, shutdown: Shutdown) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            _ = ticks.tick() => {}
        }
        let ctx = contexts.system("pull credentials");
        let unbound_before = ctx.now().plus_secs(-UNBOUND_SECS);
        match workloads.credentials_reconcile(&ctx, unbound_before).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "deleted {count} pull credentials whose service is gone"),
            Err(error) => tracing::debug!("looking for pull credentials without a service: {}", base::chain(&error)),
        }
    }
}
