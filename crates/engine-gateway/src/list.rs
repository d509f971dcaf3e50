//! Lists, shown item by item; inspections, without what belongs to others.

use std::collections::{HashMap, HashSet};

use access::{Category, Operation};
use engine_spec::filter::{ItemKind, Member, image_strip, network_strip, service_strip, volume_strip};
use engine_spec::{Call, Query, ReferenceKind, Route};
use http::StatusCode;
use http_kit::{Body, Response};
use opctx::OpContext;
use serde_json::Value;
use workloads::{Kind, Sight};

use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::images::image_names;
use crate::relay::{json, passed};

/// The longest list that is read whole.
const MAX_LIST_BYTES: usize = 128 * 1024 * 1024;

impl Gateway {
    /// Answers a list: fetched with the client's filters but its limit, judged per item, then cut.
    pub(crate) async fn list(&self, asked: &Asked, incoming: Incoming) -> Result<Response, Error> {
        let route = asked.call.route.clone();
        let kind = ItemKind::of(&route).ok_or_else(|| Error::Forbidden("this is no list".into()))?;
        let mut query = asked.call.query.clone();
        if !self.references(&asked.ctx, &route, &mut query).await? {
            return Ok(json(&empty(kind)));
        }
        // An engine's own size limit would count what the caller may not see.
        let limit = query.take_limit();
        if limit.is_some() && route == Route::ContainerList {
            query.set_flag("all", true);
        }
        let call = Call { query, ..asked.call.clone() };
        let response = self.send(&call, incoming, &Decided::default()).await?;
        let whole = asked.ctx.is_admin() && limit.is_none();
        if whole || response.status() != StatusCode::OK {
            return Ok(passed(response));
        }
        let mut answer = read(response).await?;
        let mut shown = self.shown(&asked.ctx, kind, &answer).await?;
        kind.retain(&mut answer, limit, |item| shown.keep(kind, item));
        Ok(json(&answer))
    }

    /// Resolves what filters name under the caller's rights; false if nothing can match.
    async fn references(&self, ctx: &OpContext, route: &Route, query: &mut Query) -> Result<bool, Error> {
        if ctx.is_admin() {
            return Ok(true);
        }
        for reference in query.references(route) {
            let known = self.reference_known(ctx, reference.kind, &reference.value).await?;
            match (known, reference.filter) {
                (Some(id), _) if reference.is_parameter => query.set_text(reference.filter, id),
                (Some(id), _) => query.filters_mut().replace(reference.filter, &reference.value, &id),
                (None, "before" | "since") => {
                    let message = match reference.kind {
                        ReferenceKind::Image => format!("No such image: {}", reference.value),
                        _ => format!("No such container: {}", reference.value),
                    };
                    return Err(Error::NotFound(message));
                }
                // A name that nothing has; with others beside it, those still match.
                (None, filter) => {
                    query.filters_mut().replace(filter, &reference.value, "holdfast-hidden");
                    if query.filters().is_some_and(|filters| filters.values(filter).count() == 1) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Returns what takes the place of a reference that the caller may know.
    pub(crate) async fn reference_known(
        &self,
        ctx: &OpContext,
        kind: ReferenceKind,
        value: &str,
    ) -> Result<Option<String>, Error> {
        let kind = match kind {
            ReferenceKind::Image => {
                let Ok(image) = engine_spec::ImageRef::new(value) else { return Ok(None) };
                let read = self.image_read(ctx, Operation::ImageView, &[], &image, value).await;
                return Ok(read.is_ok().then(|| value.to_owned()));
            }
            ReferenceKind::Container => Kind::Container,
            ReferenceKind::Network => Kind::Network,
            ReferenceKind::Volume => Kind::Volume,
            ReferenceKind::Node => Kind::Node,
            ReferenceKind::Service => Kind::Service,
            ReferenceKind::Secret => Kind::Secret,
            ReferenceKind::Config => Kind::Config,
        };
        match self.workloads.object(ctx, kind, value).await {
            Ok(object) => {
                let seen = self.workloads.check(ctx, &object, value, kind.category().view(), &[]);
                Ok(seen.is_ok().then_some(object.id))
            }
            Err(workloads::Error::NotFound { .. } | workloads::Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Prepares the judgement of a list's items.
    async fn shown(&self, ctx: &OpContext, kind: ItemKind, answer: &Value) -> Result<Shown, Error> {
        let sight = Sight::new(ctx);
        let mut shown =
            Shown { services: HashSet::new(), images: HashMap::new(), all_images: false, sight: sight.clone() };
        match kind {
            ItemKind::Task if !sight.is_admin() => {
                let services = self.workloads.ask("/services").await?;
                let items = services.as_array().into_iter().flatten();
                shown.services = items
                    .filter(|service| sight.allows(Kind::Service, service, Operation::ServiceViewTasks))
                    .filter_map(|service| Kind::Service.id_of(service).map(str::to_owned))
                    .collect();
            }
            ItemKind::Image => {
                shown.all_images = self.image_root(ctx, Operation::ImageView, &[]).is_ok();
                if !sight.is_admin() {
                    let images = answer.as_array().map_or(&[][..], Vec::as_slice);
                    shown.images = self.pullable(ctx, images).await;
                }
            }
            _ => {}
        }
        Ok(shown)
    }

    /// Answers an inspection of something that has others inside.
    pub(crate) async fn inspected(&self, asked: &Asked, response: Response) -> Result<Response, Error> {
        if asked.ctx.is_admin() {
            return Ok(passed(response));
        }
        let mut view = read(response).await?;
        match &asked.call.route {
            Route::NetworkInspect(_) => self.network_shown(&asked.ctx, &mut view).await?,
            Route::VolumeInspect(_) => volume_strip(&mut view),
            Route::ServiceInspect(_) => service_strip(&mut view),
            _ => {
                let names = self.pullable(&asked.ctx, std::slice::from_ref(&view)).await;
                let all = self.image_root(&asked.ctx, Operation::ImageView, &[]).is_ok();
                image_strip(&mut view, |name| names.get(name).copied().unwrap_or(all));
            }
        }
        Ok(json(&view))
    }

    async fn network_shown(&self, ctx: &OpContext, view: &mut Value) -> Result<(), Error> {
        let mut sight = Sight::new(ctx);
        let containers = self.workloads.ask("/containers/json?all=1").await?;
        let containers = containers.as_array().into_iter().flatten();
        let seen: HashSet<&str> = containers
            .filter(|container| sight.sees_item(Kind::Container, container))
            .filter_map(|container| Kind::Container.id_of(container))
            .collect();
        network_strip(view, |member| match member {
            Member::Container(id) => seen.contains(id),
            Member::Service(_) => false,
        });
        Ok(())
    }
}

/// What of one list a caller sees.
struct Shown {
    sight: Sight,
    services: HashSet<String>,
    images: HashMap<String, bool>,
    all_images: bool,
}

impl Shown {
    fn keep(&mut self, kind: ItemKind, item: &mut Value) -> bool {
        if self.sight.is_admin() {
            return true;
        }
        match kind {
            ItemKind::Task => kind.owner_service(item).is_some_and(|service| self.services.contains(service)),
            ItemKind::Image => {
                let (names, all) = (&self.images, self.all_images);
                let is_nameless = image_names(item).next().is_none();
                image_strip(item, |name| names.get(name).copied().unwrap_or(all)) || all && is_nameless
            }
            ItemKind::Network => {
                network_strip(item, |_| false);
                self.sight.sees(Category::Network, item.get("Labels"))
            }
            ItemKind::Volume => {
                volume_strip(item);
                self.sight.sees(Category::Volume, item.get("Labels"))
            }
            ItemKind::Service => {
                service_strip(item);
                self.sight.sees_item(Kind::Service, item)
            }
            ItemKind::Container => self.sight.sees_item(Kind::Container, item),
            ItemKind::Node => self.sight.sees_item(Kind::Node, item),
            ItemKind::Secret => self.sight.sees_item(Kind::Secret, item),
            ItemKind::Config => self.sight.sees_item(Kind::Config, item),
        }
    }
}

fn empty(kind: ItemKind) -> Value {
    match kind {
        ItemKind::Volume => serde_json::json!({ "Volumes": [], "Warnings": null }),
        _ => Value::Array(Vec::new()),
    }
}

async fn read(response: Response) -> Result<Value, Error> {
    let body: Body = response.into_body();
    let bytes = http_kit::read(body, MAX_LIST_BYTES).await.map_err(Error::Read)?;
    serde_json::from_slice(&bytes).map_err(|source| Error::Work(workloads::Error::Answer { source }))
}
