//! Lists and views of services and their tasks.

use std::cmp::Ordering;
use std::collections::HashMap;

use access::{Category, Operation};
use base::{Order, Page, PageLimit, PageToken};
use opctx::OpContext;
use serde_json::{Value, json};

use super::read::{self, Counts};
use super::{Service, ServiceFilter, ServiceKey, ServiceRights, Task};
use crate::error::Error;
use crate::labels::Home;
use crate::object::{self, Kind, Object};
use crate::sight::Sight;
use crate::workloads::Workloads;

impl Workloads {
    /// Lists the services that the caller sees.
    ///
    /// # Errors
    /// If the engine does not answer.
    pub async fn service_list(
        &self,
        ctx: &OpContext,
        filter: &ServiceFilter,
        limit: PageLimit,
        after: Option<&PageToken>,
    ) -> Result<Page<Service>, Error> {
        let sight = Sight::new(ctx);
        let mut seen = sight.clone();
        let answer = self.ask("/services?status=true").await?;
        let views = answer
            .as_array()
            .into_iter()
            .flatten()
            .filter(|view| seen.sees(Category::Service, Kind::Service.labels_of(view)))
            .filter(|view| matches(filter, &sight, view));
        let (views, start) = ordered(views, filter.order, after);
        let enough = limit.get().saturating_add(1);
        let mut rows = Vec::new();
        // The state is known only after the tasks were counted, so that a filter on it may need more than one round.
        for part in views.get(start..).unwrap_or_default().chunks(enough) {
            let counts = self.counts(part).await?;
            let read = part.iter().zip(counts).map(|(view, counts)| shown(&sight, view, counts));
            rows.extend(read.filter(|service| filter.state.is_none_or(|state| state == service.state)));
            if rows.len() >= enough {
                break;
            }
        }
        Ok(Page::from_rows(rows, limit, |service| PageToken::at(&key(filter.order.by, service), &service.name).0))
    }

    /// Shows a service.
    ///
    /// # Errors
    /// If it does not exist for the caller.
    pub async fn service_view(&self, ctx: &OpContext, reference: &str) -> Result<Service, Error> {
        let object = self.authorize(ctx, Kind::Service, reference, Operation::ServiceView, &[]).await?;
        self.service_shown(ctx, &object).await
    }

    /// Lists the tasks of a service, by slot, the newest first within each.
    ///
    /// # Errors
    /// If the service does not exist for the caller, or its tasks may not be seen.
    pub async fn service_tasks(&self, ctx: &OpContext, reference: &str) -> Result<Vec<Task>, Error> {
        let service = self.authorize(ctx, Kind::Service, reference, Operation::ServiceViewTasks, &[]).await?;
        let answer = self.tasks_of(std::iter::once(service.id.as_str())).await?;
        let nodes = self.node_names(ctx).await?;
        let mut tasks: Vec<Task> = items(&answer).map(|view| read::task(view, &service.name)).collect();
        for task in &mut tasks {
            task.node_name = task.node.as_ref().and_then(|id| nodes.get(id)).cloned();
            if let (None, Some(node)) = (task.slot, &task.node_name) {
                task.name = format!("{}.{node}", service.name);
            }
        }
        tasks.sort_by(|a, b| (a.slot, &a.node).cmp(&(b.slot, &b.node)).then(b.updated_at.cmp(&a.updated_at)));
        Ok(tasks)
    }

    /// Scales a replicated service. Its pull credential stays as it is.
    ///
    /// # Errors
    /// If the service does not exist for the caller, may not be changed or is not replicated.
    pub async fn service_scale(&self, ctx: &OpContext, reference: &str, replicas: u64) -> Result<Service, Error> {
        let service = self.authorize(ctx, Kind::Service, reference, Operation::ServiceUpdate, &[]).await?;
        let mut spec = service.view.get("Spec").cloned().unwrap_or(Value::Null);
        let Some(mode) = spec.pointer_mut("/Mode/Replicated").filter(|mode| mode.is_object()) else {
            return Err(Error::NotReplicated { service: service.name });
        };
        mode["Replicas"] = json!(replicas);
        let version = service.view.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default();
        let path = format!("/services/{}/update?version={version}&registryAuthFrom=spec", object::segment(&service.id));
        self.post(&path, &spec).await?;
        let fresh = self.object(ctx, Kind::Service, &service.id).await?;
        self.service_shown(ctx, &fresh).await
    }

    /// Returns the host names of the nodes that the caller sees, by id.
    pub(crate) async fn node_names(&self, ctx: &OpContext) -> Result<HashMap<String, String>, Error> {
        let mut sight = Sight::new(ctx);
        let answer = self.ask("/nodes").await?;
        let named = items(&answer).filter(|node| sight.sees_item(Kind::Node, node)).filter_map(|node| {
            let name = node.pointer("/Description/Hostname")?.as_str()?;
            Some((node.get("ID")?.as_str()?.to_owned(), name.to_owned()))
        });
        Ok(named.collect())
    }

    async fn service_shown(&self, ctx: &OpContext, object: &Object) -> Result<Service, Error> {
        let answer = self.tasks_of(std::iter::once(object.id.as_str())).await?;
        let counts = Counts::of_tasks(items(&answer), read::wanted(&object.view));
        Ok(shown(&Sight::new(ctx), &object.view, counts))
    }

    /// Counts tasks: the engine's numbers where all is well, tasks with their errors where it is not.
    async fn counts(&self, services: &[&Value]) -> Result<Vec<Counts>, Error> {
        let known: Vec<Option<Counts>> = services.iter().map(|view| Counts::of_status(view)).collect();
        let is_well = |counts: &Option<Counts>| counts.as_ref().is_some_and(|counts| counts.running >= counts.desired);
        let ids = services.iter().zip(&known).filter(|(_, counts)| !is_well(counts));
        let ids: Vec<&str> = ids.filter_map(|(view, _)| Kind::Service.id_of(view)).collect();
        if ids.is_empty() {
            return Ok(known.into_iter().flatten().collect());
        }
        let answer = self.tasks_of(ids.into_iter()).await?;
        let mut by_service: HashMap<&str, Vec<&Value>> = HashMap::new();
        for task in items(&answer) {
            let service = task.get("ServiceID").and_then(Value::as_str).unwrap_or_default();
            by_service.entry(service).or_default().push(task);
        }
        let count = |(view, known): (&&Value, Option<Counts>)| match known {
            Some(counts) if counts.running >= counts.desired => counts,
            known => {
                let tasks = Kind::Service.id_of(view).and_then(|id| by_service.get(id));
                let wanted = known.map(|counts| counts.desired).or_else(|| read::wanted(view));
                Counts::of_tasks(tasks.into_iter().flatten().copied(), wanted)
            }
        };
        Ok(services.iter().zip(known).map(count).collect())
    }

    async fn tasks_of(&self, services: impl Iterator<Item = &str>) -> Result<Value, Error> {
        let filters = json!({"service": services.collect::<Vec<_>>()}).to_string();
        self.ask(&format!("/tasks?filters={}", object::segment(&filters))).await
    }
}

fn items(answer: &Value) -> impl Iterator<Item = &Value> {
    answer.as_array().into_iter().flatten()
}

/// Orders services, and finds where a page begins. Names are unique in a Swarm, so key and name are a place.
fn ordered<'v>(
    views: impl Iterator<Item = &'v Value>,
    order: Order<ServiceKey>,
    after: Option<&PageToken>,
) -> (Vec<&'v Value>, usize) {
    let keyed = views.map(|view| {
        let service = read::service(view, Counts::default());
        ((key(order.by, &service), service.name), view)
    });
    let mut keyed: Vec<((String, String), &Value)> = keyed.collect();
    keyed.sort_by(|(a, _), (b, _)| order.direction.of(a.cmp(b)));
    let start = after.map_or(0, |token| {
        let place = token.place();
        let is_before = |(key, name): &(String, String)| {
            order.direction.of((key.as_str(), name.as_str()).cmp(&place)) != Ordering::Greater
        };
        keyed.partition_point(|(here, _)| is_before(here))
    });
    (keyed.into_iter().map(|(_, view)| view).collect(), start)
}

/// Returns what stands before the name in the order.
fn key(by: ServiceKey, service: &Service) -> String {
    match by {
        ServiceKey::Name => String::new(),
        ServiceKey::Image => service.image.clone(),
        ServiceKey::Stack => service.stack.clone().unwrap_or_default(),
        // Digits enough for all times, so that texts compare as numbers do.
        ServiceKey::Updated => format!("{:020}", service.updated_at.as_millis().max(0)),
    }
}

fn matches(filter: &ServiceFilter, sight: &Sight, view: &Value) -> bool {
    let home = || Kind::Service.home(sight.policy(), view, Kind::Service.labels_of(view));
    let inside = |below: &base::CollectionId| match home() {
        Home::Collection(id) => sight.policy().ancestors(&id).any(|above| above.id == *below),
        Home::AdminOnly => false,
    };
    filter.below.as_ref().is_none_or(inside)
        && filter.contains.as_deref().is_none_or(|text| {
            let service = read::service(view, Counts::default());
            [Some(&service.name), Some(&service.image), service.stack.as_ref()]
                .into_iter()
                .flatten()
                .any(|field| field.contains(text))
        })
}

/// Reads a service and adds where it lies and what the caller may do with it.
fn shown(sight: &Sight, view: &Value, counts: Counts) -> Service {
    let mut service = read::service(view, counts);
    let home = Kind::Service.home(sight.policy(), view, Kind::Service.labels_of(view));
    let rights = sight.rights(&home);
    service.rights = ServiceRights {
        update: rights.has(Operation::ServiceUpdate),
        delete: rights.has(Operation::ServiceDelete),
        logs: rights.has(Operation::ServiceLogs),
        view_tasks: rights.has(Operation::ServiceViewTasks),
    };
    let collection = home.collection().and_then(|id| sight.policy().collection(id));
    service.collection = collection.map(|collection| collection.id.clone());
    service.collection_path = collection.map(|collection| collection.path.clone());
    service
}

#[cfg(test)]
mod tests {
    use base::Direction;

    use super::*;

    #[test]
    fn services_are_ordered_and_pages_meet() {
        let view = |name: &str, image: &str, updated: &str| {
            json!({
                "UpdatedAt": updated,
                "Spec": {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": image}}},
            })
        };
        let views = [
            view("b", "r/x:1", "2026-01-02T00:00:00Z"),
            view("a", "r/z:1", "2026-01-01T00:00:00.5Z"),
            view("c", "r/x:1", "2026-01-01T00:00:00.25Z"),
        ];
        let names = |order, after: Option<&PageToken>| -> Vec<String> {
            let (views, start) = ordered(views.iter(), order, after);
            views[start..].iter().map(|view| read::service(view, Counts::default()).name).collect()
        };
        for (by, direction, expected) in [
            (ServiceKey::Name, Direction::Ascending, ["a", "b", "c"]),
            (ServiceKey::Name, Direction::Descending, ["c", "b", "a"]),
            (ServiceKey::Image, Direction::Ascending, ["b", "c", "a"]),
            (ServiceKey::Image, Direction::Descending, ["a", "c", "b"]),
            (ServiceKey::Updated, Direction::Descending, ["b", "a", "c"]),
        ] {
            let order = Order { by, direction };
            assert_eq!(names(order, None), expected, "{order:?}");
            let first = views.iter().map(|view| read::service(view, Counts::default()));
            let first = first.into_iter().find(|service| service.name == expected[0]).unwrap();
            let token = PageToken::at(&key(by, &first), &first.name);
            assert_eq!(names(order, Some(&token)), expected[1..], "{order:?}");
        }
        assert_eq!(names(Order::default(), Some(&PageToken("zz".to_owned()))), Vec::<String>::new());
    }
}
