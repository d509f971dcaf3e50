//! The judgement of a client certificate: chain, time, issuer.

use std::time::Duration;

use base::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, KeyUsage};

use crate::peer::Verdict;

/// Judges a chain (leaf first) at a point in time.
pub(super) fn judge(chain: &[CertificateDer<'_>], anchors: &[TrustAnchor<'_>], now: Timestamp) -> Verdict {
    let Some((leaf, intermediates)) = chain.split_first() else { return Verdict::Foreign };
    let Ok(leaf) = EndEntityCert::try_from(leaf) else { return Verdict::Foreign };
    let verify = |time: UnixTime| {
        leaf.verify_for_usage(ALL_VERIFICATION_ALGS, anchors, intermediates, time, KeyUsage::client_auth(), None, None)
            .map(|_| ())
    };
    let outside = match verify(unix(now)) {
        Ok(()) => return Verdict::Trusted,
        Err(Error::CertExpired { not_after, .. }) => (Verdict::Expired, not_after),
        Err(Error::CertNotValidYet { not_before, .. }) => (Verdict::NotYetValid, not_before),
        Err(_) => return Verdict::Foreign,
    };
    // The time is checked before the issuer: asked again at a time when it was valid, the chain alone decides.
    match verify(outside.1) {
        Ok(()) => outside.0,
        Err(_) => Verdict::Foreign,
    }
}

fn unix(time: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(time.as_secs()).unwrap_or(0)))
}
