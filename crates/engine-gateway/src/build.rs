//! Classic builds: the Dockerfile decides which images a build reads, so it is read before the engine has it, and the
//! engine builds it with the ids that were decided on, whatever becomes of the tags meanwhile.

use std::borrow::Cow;
use std::collections::BTreeMap;
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
        let (mut call, mut verdict) = (Cow::Borrowed(&asked.call), None);
        if !asked.ctx.is_admin() {
            if asked.call.query.flag("pull") {
                let message = "pull base images before the build: `--pull` is for administrators";
                return Err(Error::Forbidden(message.into()));
            }
            verdict = Some(self.guarded(asked, &mut incoming));
            call.to_mut().query.set_text("dockerfile", archive::DECIDED);
        }
        match (self.send(&call, incoming, decided).await, verdict) {
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
        let decide = move |file: Vec<u8>| async move { gateway.dockerfile(&ctx, &file, &arguments).await };
        let (stream, verdict) = archive::guard(body, std::mem::take(&mut incoming.dockerfile), decide);
        incoming.stream = Some(stream);
        verdict
    }

    /// Decides over a Dockerfile and returns it with the ids of the images in the places of their names.
    async fn dockerfile(&self, ctx: &OpContext, file: &[u8], arguments: &Arguments) -> Result<Vec<u8>, Error> {
        let reading = dockerfile::read(file, arguments).map_err(Error::Dockerfile)?;
        let mut ids = BTreeMap::new();
        self.reading(ctx, &reading, Some(&mut ids)).await?;
        dockerfile::pinned(file, &reading, &ids).map_err(Error::Dockerfile)
    }

    /// Decides over what a Dockerfile reads. With `ids` it is the build's own: images by name are recorded there, and
    /// their triggers, which run in this build, are read too.
    async fn reading(
        &self,
        ctx: &OpContext,
        reading: &Reading,
        mut ids: Option<&mut BTreeMap<String, String>>,
    ) -> Result<(), Error> {
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
            let Some(ids) = ids.as_deref_mut() else { continue };
            if !local.triggers.is_empty() {
                let triggers = dockerfile::read_triggers(local.triggers.iter().map(String::as_str));
                let triggers = triggers.map_err(Error::Dockerfile)?;
                Box::pin(self.reading(ctx, &triggers, None)).await?;
            }
            ids.insert(text.clone(), local.id);
        }
        Ok(())
    }
}

/// Reads `buildargs`: a name without a value takes the engine's environment, which is none.
fn arguments(value: Option<&Value>) -> Arguments {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect()
}
