//! The live log of a service.

use access::Operation;
use futures_util::stream::{BoxStream, StreamExt};
use http::Method;
use http_kit::Body;
use opctx::OpContext;
use serde_json::Value;

use super::LogOptions;
use crate::engine::{self, EngineAt, Weight};
use crate::error::Error;
use crate::logs::{Decoder, LogLine};
use crate::object::{self, Kind, Object};
use crate::workloads::Workloads;

impl Workloads {
    /// Streams the log of a service; ends when the service's log does, or within a second of the caller's right.
    ///
    /// # Errors
    /// If the service does not exist for the caller, its log may not be read, or the engine refuses.
    pub async fn service_logs(
        &self,
        ctx: &OpContext,
        reference: &str,
        options: LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine, Error>>, Error> {
        let service = self.authorize(ctx, Kind::Service, reference, Operation::ServiceLogs, &[]).await?;
        let path = format!(
            "/services/{}/logs?stdout=true&stderr=true&timestamps=true&details=true&follow={}&tail={}",
            object::segment(&service.id),
            options.follow,
            options.tail,
        );
        let request = engine::build(Method::GET, &path, Body::empty())?;
        let response = engine::send(&*self.engines, EngineAt::Manager, request, Weight::Bulk).await?;
        if !response.status().is_success() {
            // An error's body is short and gives the engine's words.
            return Err(engine::answer(response).await.err().unwrap_or(Error::Stream));
        }
        let lines = lines(response.into_body(), is_terminal(&service));
        let ctx = ctx.clone();
        let workloads = self.clone();
        let until = async move {
            let still = |ctx: &OpContext| workloads.check(ctx, &service, "", Operation::ServiceLogs, &[]).is_ok();
            ctx.until_revoked(still).await;
        };
        Ok(lines.take_until(Box::pin(until)).boxed())
    }
}

fn is_terminal(service: &Object) -> bool {
    service.view.pointer("/Spec/TaskTemplate/ContainerSpec/TTY").and_then(Value::as_bool).unwrap_or_default()
}

/// Decodes a body; a broken or malformed one ends with an error.
fn lines(body: Body, raw: bool) -> impl futures_util::Stream<Item = Result<LogLine, Error>> + Send {
    let state = Some((body.into_data_stream(), Decoder::new(raw)));
    let batches = futures_util::stream::unfold(state, |state| async move {
        let (mut body, mut decoder) = state?;
        let mut lines = Vec::new();
        let failure = match body.next().await {
            Some(Ok(bytes)) => match decoder.push(&bytes, &mut lines) {
                Ok(()) => return Some((batch(lines, None), Some((body, decoder)))),
                Err(source) => Some(Error::Log { source }),
            },
            Some(Err(_)) => Some(Error::Stream),
            None => None,
        };
        decoder.finish(&mut lines);
        Some((batch(lines, failure), None))
    });
    batches.map(futures_util::stream::iter).flatten()
}

fn batch(lines: Vec<LogLine>, failure: Option<Error>) -> Vec<Result<LogLine, Error>> {
    lines.into_iter().map(Ok).chain(failure.map(Err)).collect()
}
