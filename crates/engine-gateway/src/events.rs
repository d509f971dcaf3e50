//! The stream of events, judged one by one.

use std::collections::HashMap;
use std::sync::Arc;

use access::Category;
use bytes::{Bytes, BytesMut};
use engine_spec::filter::{Event, EventKind, event_read, event_strip};
use engine_spec::{Call, ReferenceKind};
use futures_util::StreamExt;
use http_kit::{Body, Response};
use opctx::OpContext;
use serde_json::Value;
use workloads::{Home, Kind, Sight};

use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::relay::{passed, until_revoked};

/// A longer event is no event of an engine.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// Kinds whose events carry no labels; where each object lies is remembered, since an event of its removal comes when it
/// is gone.
const LISTED: &[(Kind, &str)] = &[
    (Kind::Network, "/networks"),
    (Kind::Volume, "/volumes"),
    (Kind::Service, "/services"),
    (Kind::Secret, "/secrets"),
    (Kind::Config, "/configs"),
    (Kind::Node, "/nodes"),
];

impl Gateway {
    /// Answers the stream of events.
    pub(crate) async fn events(self: &Arc<Self>, asked: &Asked) -> Result<Response, Error> {
        let mut query = asked.call.query.clone();
        let is_admin = asked.ctx.is_admin();
        if !is_admin {
            for reference in query.references(&asked.call.route) {
                let known = self.reference_known(&asked.ctx, reference.kind, &reference.value).await?;
                // What may not be known matches nothing; events name objects by id and by name.
                if known.is_none() {
                    query.filters_mut().replace(reference.filter, &reference.value, "holdfast-hidden");
                } else if reference.kind != ReferenceKind::Image
                    && let Some(id) = known
                {
                    query.filters_mut().replace(reference.filter, &reference.value, &id);
                }
            }
        }
        // Begun before the stream is opened, so that nothing made in between is missing.
        let judge = Judge::new(Arc::clone(self), asked.ctx.clone());
        let call = Call { query, ..asked.call.clone() };
        let response = self.send(&call, Incoming::default(), &Decided::default()).await?;
        if is_admin || !response.status().is_success() {
            return Ok(until_revoked(passed(response), &asked.ctx, &Decided::default()));
        }
        let (parts, body) = passed(response).into_parts();
        let mut judge = judge;
        judge.remember_all().await;
        let body = Body::from_stream(judged(body, judge));
        Ok(until_revoked(Response::from_parts(parts, body), &asked.ctx, &Decided::default()))
    }
}

/// Cuts a body into events and keeps those that the judge lets through.
fn judged(body: Body, judge: Judge) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send {
    let state = Some((body.into_data_stream(), BytesMut::new(), judge));
    futures_util::stream::unfold(state, |state| async move {
        let (mut body, mut rest, mut judge) = state?;
        loop {
            let mut kept = Vec::new();
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line = rest.split_to(end + 1);
                if let Some(event) = judge.keep(&line).await {
                    kept.extend_from_slice(&event);
                    kept.push(b'\n');
                }
            }
            if !kept.is_empty() {
                return Some((Ok(Bytes::from(kept)), Some((body, rest, judge))));
            }
            match body.next().await {
                Some(Ok(bytes)) if rest.len() + bytes.len() <= MAX_EVENT_BYTES => rest.extend_from_slice(&bytes),
                Some(_) => return Some((Err(std::io::Error::other("the engine's stream of events broke off")), None)),
                None => return None,
            }
        }
    })
}

/// Decides which events a caller sees, by the rights of the moment.
struct Judge {
    gateway: Arc<Gateway>,
    ctx: OpContext,
    homes: HashMap<(EventKind, String), Home>,
}

impl Judge {
    fn new(gateway: Arc<Gateway>, ctx: OpContext) -> Self {
        Self { gateway, ctx, homes: HashMap::new() }
    }

    /// Notes where everything lies that is there now; what cannot be listed is looked up when its event comes.
    async fn remember_all(&mut self) {
        let policy = Arc::clone(&self.ctx.snapshot().policy);
        for (kind, path) in LISTED {
            let Ok(answer) = self.gateway.workloads.ask(path).await else { continue };
            let items = answer.get("Volumes").unwrap_or(&answer).as_array();
            for item in items.into_iter().flatten() {
                let home = kind.home(&policy, item, kind.labels_in_list(item));
                if let Some(id) = kind.id_of(item) {
                    self.homes.insert((event_kind(*kind), id.to_owned()), home);
                }
            }
        }
    }

    async fn keep(&mut self, line: &[u8]) -> Option<Vec<u8>> {
        let mut event: Value = serde_json::from_slice(line).ok()?;
        let read = event_read(&event)?;
        if !self.sees(&read).await {
            return None;
        }
        event_strip(&mut event, false);
        serde_json::to_vec(&event).ok()
    }

    async fn sees(&mut self, event: &Event<'_>) -> bool {
        let sight = Sight::new(&self.ctx);
        let (kind, category) = match event.kind {
            EventKind::Other => return sight.is_admin(),
            EventKind::Image => return self.sees_image(event).await,
            EventKind::Container => {
                let labels = event.attributes.cloned().map(Value::Object);
                return Sight::new(&self.ctx).sees(Category::Container, labels.as_ref());
            }
            EventKind::Network => (Kind::Network, Category::Network),
            EventKind::Volume => (Kind::Volume, Category::Volume),
            EventKind::Service => (Kind::Service, Category::Service),
            EventKind::Node => (Kind::Node, Category::Node),
            EventKind::Secret => (Kind::Secret, Category::Secret),
            EventKind::Config => (Kind::Config, Category::Config),
        };
        let home = self.home(event, kind).await;
        sight.rights(&home).sees(category)
    }

    async fn sees_image(&self, event: &Event<'_>) -> bool {
        let name = event.attribute("name").unwrap_or(event.id);
        let Ok(image) = engine_spec::ImageRef::new(name) else { return false };
        self.gateway.image_read(&self.ctx, access::Operation::ImageView, &[], &image, name).await.is_ok()
    }

    /// Finds where an event's object lies: asked anew after a change, remembered once it is gone.
    async fn home(&mut self, event: &Event<'_>, kind: Kind) -> Home {
        let key = (event.kind, event.id.to_owned());
        let gone = matches!(event.action, "remove" | "destroy");
        if gone {
            return self.homes.remove(&key).unwrap_or(Home::AdminOnly);
        }
        if event.action != "update"
            && let Some(home) = self.homes.get(&key)
        {
            return home.clone();
        }
        match self.gateway.workloads.object(&self.ctx, kind, event.id).await {
            Ok(object) => {
                self.homes.insert(key, object.home.clone());
                object.home
            }
            Err(_) => self.homes.get(&key).cloned().unwrap_or(Home::AdminOnly),
        }
    }
}

fn event_kind(kind: Kind) -> EventKind {
    match kind {
        Kind::Container => EventKind::Container,
        Kind::Network => EventKind::Network,
        Kind::Volume => EventKind::Volume,
        Kind::Service => EventKind::Service,
        Kind::Node => EventKind::Node,
        Kind::Secret => EventKind::Secret,
        Kind::Config => EventKind::Config,
        Kind::Task => EventKind::Other,
    }
}
