//! Classic builds: the Dockerfile decides which images a build reads, so it is read before the engine has it.

use std::sync::Arc;

use access::Operation;
use engine_spec::dockerfile::{self, Arguments, Reading};
use http_kit::{Body, Response};
use opctx::OpContext;
use serde_json::Value;

use crate::archive::{self, Verdict};
use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::relay::{passed, until_revoked};

impl Gateway {
    /// Sends a build with a guard in its context: the archive streams through, rewritten entry by entry, and its end is
    /// held back until every image that the Dockerfile names was decided on. Administrators' contexts pass untouched.
    pub(crate) async fn build(
        self: &Arc<Self>,
        asked: &Asked,
        mut incoming: Incoming,
        decided: &Decided,
    ) -> Result<Response, Error> {
        let mut verdict = None;
        if !asked.ctx.is_admin() {
            if asked.call.query.flag("pull") {
                let message = "pull base images before the build: `--pull` is for administrators";
                return Err(Error::Forbidden(message.into()));
            }
            verdict = Some(self.guarded(asked, &mut incoming));
        }
        match (self.send(&asked.call, incoming, decided).await, verdict) {
            (Ok(response), _) if response.status().is_success() => {
                Ok(until_revoked(passed(response), &asked.ctx, decided))
            }
            // Whatever the engine says of a context that breaks off, the refusal is why.
            (sent, Some(verdict)) => match verdict.await {
                Ok(Err(refused)) => Err(refused),
                Ok(Ok(())) | Err(_) => sent.map(passed),
            },
            (sent, None) => sent.map(passed),
        }
    }

    fn guarded(self: &Arc<Self>, asked: &Asked, incoming: &mut Incoming) -> Verdict {
        let body = incoming.stream.take().unwrap_or_else(Body::empty);
        let (gateway, ctx) = (Arc::clone(self), asked.ctx.clone());
        let arguments = arguments(asked.call.query.json("buildargs"));
        let decide = move |files: Vec<Vec<u8>>| {
            let (gateway, ctx, arguments) = (Arc::clone(&gateway), ctx.clone(), arguments.clone());
            async move { gateway.dockerfiles(&ctx, &files, &arguments).await }
        };
        let (stream, verdict) = archive::guard(body, std::mem::take(&mut incoming.dockerfile), decide);
        incoming.stream = Some(stream);
        verdict
    }

    async fn dockerfiles(&self, ctx: &OpContext, files: &[Vec<u8>], arguments: &Arguments) -> Result<(), Error> {
        if files.is_empty() {
            return Err(Error::Invalid("the build's context holds no Dockerfile under that name".into()));
        }
        for file in files {
            let reading = dockerfile::read(file, arguments).map_err(Error::Dockerfile)?;
            self.reading(ctx, &reading, true).await?;
        }
        Ok(())
    }

    async fn reading(&self, ctx: &OpContext, reading: &Reading, follow: bool) -> Result<(), Error> {
        if let Some(what) = reading.unresolved.first() {
            let message = format!("only an administrator may build what cannot be told beforehand: {what}");
            return Err(Error::Forbidden(message));
        }
        if reading.fetches {
            return Err(Error::Forbidden("only an administrator may build with an ADD that fetches a URL".into()));
        }
        for text in &reading.images {
            let image = engine_spec::ImageRef::new(text).map_err(|error| Error::Invalid(error.to_string()))?;
            self.image_read(ctx, Operation::ImageView, &[], &image, text).await?;
            let Some(local) = self.image_local(text).await? else {
                // The engine would fetch it with what it brings along; pulled first, that is known.
                return Err(Error::NotFound(format!("No such image: {text}; pull it before the build")));
            };
            if follow && !local.triggers.is_empty() {
                let triggers = dockerfile::read_triggers(local.triggers.iter().map(String::as_str));
                let triggers = triggers.map_err(Error::Dockerfile)?;
                Box::pin(self.reading(ctx, &triggers, false)).await?;
            }
        }
        Ok(())
    }
}

/// Reads `buildargs`: a name without a value takes the engine's environment, which is none.
fn arguments(value: Option<&Value>) -> Arguments {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect()
}
