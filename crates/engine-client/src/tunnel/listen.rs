//! The port on which agents arrive.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http_kit::{PeerCertificate, Shutdown, TlsSettings};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::io::BoxIo;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at a time; more wait in the kernel's queue.
const HANDSHAKES: usize = 256;

/// Takes TLS connections until the signal is given, and hands each with its certificate to `taken`. A
/// connection without a certificate is closed at once.
pub async fn listen<F, T>(listener: TcpListener, tls: TlsSettings, taken: T, shutdown: Shutdown)
where
    T: Fn(BoxIo, PeerCertificate) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = shutdown.begun() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("accepting an agent's connection: {error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let (tls, taken) = (tls.clone(), taken.clone());
        tokio::spawn(async move {
            let handshake = async {
                stream.set_nodelay(true)?;
                tls.accept(stream).await
            };
            let outcome = tokio::time::timeout(HANDSHAKE, handshake).await;
            drop(place);
            match outcome {
                Ok(Ok((stream, Some(certificate)))) => taken(Box::new(stream), certificate).await,
                Ok(Ok((_, None))) => {
                    tracing::debug!(peer.address = %address, "a connection for agents without a certificate")
                }
                Ok(Err(error)) => tracing::debug!(peer.address = %address, "an agent's handshake: {error}"),
                Err(_) => tracing::debug!(peer.address = %address, "an agent's handshake took too long"),
            }
        });
    }
}
