//! The decision over a request: every object it names is resolved, every right it takes is asked.

mod follow;
mod held;

use access::{Category, Operation, Parameter};
use base::CollectionId;
use engine_spec::{CreationKind, Need, Needs, ObjectRef as Reference, Target};
use opctx::{ObjectRef, OpContext};
use serde_json::Value;
use workloads::{Home, Kind, Object};

use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};

pub(crate) use held::{Decided, Held};

impl Gateway {
    /// Decides over a request.
    pub(crate) async fn decide(
        &self,
        asked: &Asked,
        incoming: &mut Incoming,
        decided: &mut Decided,
    ) -> Result<(), Error> {
        let request = engine_spec::Request {
            route: &asked.call.route,
            query: &asked.call.query,
            body: incoming.canonical.as_ref(),
        };
        let needs = engine_spec::needs(&request, &self.options.rules);
        let ctx = &asked.ctx;
        decided.per_item = needs.per_item;
        decided.operation = needs.needs.first().map(|need| need.operation);
        self.gates(ctx, &needs)?;
        if let Some(creation) = &needs.creation {
            let category = category(creation.kind);
            decided.placed = Some(self.workloads.place(ctx, needs.collection.as_deref(), category)?);
        }
        let name = needs.creation.as_ref().and_then(|creation| creation.name.as_deref()).unwrap_or_default();
        for (index, need) in needs.needs.iter().enumerate() {
            self.need(asked, need, index == 0, name, decided).await?;
        }
        self.moved(ctx, &needs, decided)?;
        self.schedules(ctx, &needs, decided).await?;
        self.branches(ctx, decided)?;
        for follow_up in &needs.follow_ups {
            Box::pin(self.follow_up(asked, follow_up, incoming, decided)).await?;
        }
        Ok(())
    }

    /// What no grant permits, what only administrators may, and hosts that an engine may not be made to talk to.
    fn gates(&self, ctx: &OpContext, needs: &Needs) -> Result<(), Error> {
        if let Some(refusal) = needs.refusals.first() {
            return Err(Error::Forbidden(format!("{}: {}", refusal.field, refusal.reason)));
        }
        if ctx.is_admin() {
            return Ok(());
        }
        if !needs.admin_only.is_empty() {
            let reasons = needs.admin_only.join("; ");
            return Err(Error::Forbidden(format!("only an administrator may do this: {reasons}")));
        }
        let open = |host: &String| self.is_our_registry(host) || self.options.open_registries.contains(host);
        match needs.registries.iter().find(|host| !open(host)) {
            Some(host) => Err(Error::Forbidden(format!("the registry `{host}` is not open to you"))),
            None => Ok(()),
        }
    }

    async fn need(
        &self,
        asked: &Asked,
        need: &Need,
        is_main: bool,
        name: &str,
        decided: &mut Decided,
    ) -> Result<(), Error> {
        let ctx = &asked.ctx;
        let object = match &need.target {
            Target::Created => {
                let held = self.created(ctx, need, name, decided)?;
                if is_main {
                    decided.held = Some(held);
                }
                return Ok(());
            }
            Target::Root => {
                let target = ObjectRef::to_create(need.operation.category().word(), "/");
                ctx.check(&target, need.operation, &need.parameters, &access::builtin::root())
                    .map_err(Error::Denied)?;
                return self.hold_root(need, is_main, target, decided);
            }
            Target::Image(image) => {
                let text = image_text(asked, image, is_main);
                self.image_read(ctx, need.operation, &need.parameters, image, &text).await?;
                return self.hold_root(need, is_main, ObjectRef::new("image", image.to_string()), decided);
            }
            Target::ImageName(image) => return self.image_write(ctx, need.operation, image).await,
            Target::Volume(reference) => match self.volume(ctx, need, reference, decided).await? {
                Some(object) => object,
                None => {
                    if is_main {
                        decided.held = Some(self.created(ctx, need, reference.as_str(), decided)?);
                    }
                    return Ok(());
                }
            },
            Target::Network(reference) if need.operation == Operation::NetworkConnect => {
                let object = self.workloads.object(ctx, Kind::Network, reference.as_str()).await?;
                match predefined(&object) {
                    Some(parameter) => self.predefined(ctx, parameter, &object, decided)?,
                    None => self.checked(ctx, &object, reference, need)?,
                }
                object
            }
            target => self.existing(ctx, need, target).await?,
        };
        found(need, object, is_main, decided);
        Ok(())
    }

    fn hold_root(&self, need: &Need, is_main: bool, target: ObjectRef, decided: &mut Decided) -> Result<(), Error> {
        if is_main {
            let home = Home::Collection(access::builtin::root());
            let (operation, parameters) = (need.operation, need.parameters.clone());
            // The right on an image of ours rests on its repository: pulls and pushes end by themselves, soon.
            let lasting = !matches!(need.target, Target::Image(_));
            decided.held = Some(Held { operation, parameters, target, home, lasting });
        }
        Ok(())
    }

    /// Decides where something new is put.
    fn created(&self, ctx: &OpContext, need: &Need, name: &str, decided: &Decided) -> Result<Held, Error> {
        let placed = decided.placed.as_ref().ok_or_else(|| Error::Forbidden("nothing says where this lies".into()))?;
        let target = ObjectRef::to_create(need.operation.category().word(), name);
        ctx.check(&target, need.operation, &need.parameters, &placed.collection).map_err(Error::Denied)?;
        let home = Home::Collection(placed.collection.clone());
        Ok(Held { operation: need.operation, parameters: need.parameters.clone(), target, home, lasting: true })
    }

    /// Decides over a network that every engine has, named by its id: as if its name had been written.
    fn predefined(
        &self,
        ctx: &OpContext,
        parameter: Option<Parameter>,
        network: &Object,
        decided: &Decided,
    ) -> Result<(), Error> {
        let (Some(parameter), Some(held)) = (parameter, &decided.held) else { return Ok(()) };
        let hidden = || workloads::Error::NotFound { kind: Kind::Network, reference: network.name.clone() };
        match held.home.collection() {
            Some(place) => ctx.check(&held.target, held.operation, &[parameter], place).map_err(Error::Denied),
            None if ctx.is_admin() => Ok(()),
            None => Err(hidden().into()),
        }
    }

    /// Decides over an object that must exist.
    async fn existing(&self, ctx: &OpContext, need: &Need, target: &Target) -> Result<Object, Error> {
        let (kind, reference, exact) = match target {
            Target::Container(reference) => (Kind::Container, reference, None),
            Target::Network(reference) => (Kind::Network, reference, None),
            Target::Service(reference) => (Kind::Service, reference, None),
            Target::Task(reference) => (Kind::Task, reference, None),
            Target::Node(reference) => (Kind::Node, reference, None),
            Target::Secret { id, name } => (Kind::Secret, id, name.as_deref()),
            Target::Config { id, name } => (Kind::Config, id, name.as_deref()),
            Target::Exec(exec) => {
                let container = self.workloads.exec_container(exec.as_str()).await?;
                let missing = || Error::NotFound(format!("No such exec instance: {exec}"));
                let object = self.workloads.object(ctx, Kind::Container, &container).await.map_err(|_| missing())?;
                self.checked(ctx, &object, exec, need).map_err(|error| match error.kind() {
                    base::ErrorKind::NotFound => missing(),
                    _ => error,
                })?;
                return Ok(object);
            }
            Target::Volume(_) | Target::Image(_) | Target::ImageName(_) | Target::Created | Target::Root => {
                return Err(Error::Forbidden("this is decided elsewhere".into()));
            }
        };
        let object = self.workloads.object(ctx, kind, reference.as_str()).await?;
        self.checked(ctx, &object, reference, need)?;
        let uses = matches!(need.operation, Operation::SecretUse | Operation::ConfigUse);
        // What the body names by id must be that id, and its name the one sent along: the engine trusts both.
        if uses && need.pin.is_none() && object.id != reference.as_str()
            || exact.is_some_and(|name| name != object.name)
        {
            let message = format!("{} `{reference}`: id and name do not agree", kind.word());
            return Err(Error::Invalid(message));
        }
        Ok(object)
    }

    fn checked(&self, ctx: &OpContext, object: &Object, reference: &Reference, need: &Need) -> Result<(), Error> {
        self.workloads.check(ctx, object, reference.as_str(), need.operation, &need.parameters).map_err(Error::Work)
    }

    /// Decides over a volume; none if it does not exist and may be made.
    async fn volume(
        &self,
        ctx: &OpContext,
        need: &Need,
        reference: &Reference,
        decided: &mut Decided,
    ) -> Result<Option<Object>, Error> {
        match self.workloads.object(ctx, Kind::Volume, reference.as_str()).await {
            Ok(object) => match self.checked(ctx, &object, reference, need) {
                Ok(()) => Ok(Some(object)),
                // Names of volumes are one space: that one is taken shows, whose it is does not.
                Err(_) if need.operation == Operation::VolumeCreate => {
                    Err(Error::Forbidden(format!("the volume `{reference}` is not yours to use")))
                }
                Err(error) => Err(error),
            },
            Err(workloads::Error::NotFound { .. }) if need.operation == Operation::VolumeCreate => {
                self.created(ctx, need, reference.as_str(), decided)?;
                // A volume that is the request's own object is made by the request itself.
                if decided.operation != Some(Operation::VolumeCreate) {
                    decided.new_volumes.push(reference.as_str().to_owned());
                }
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a changed object where it lies, or decides over its move to another collection.
    fn moved(&self, ctx: &OpContext, needs: &Needs, decided: &mut Decided) -> Result<(), Error> {
        let Some(object) = &decided.object else { return Ok(()) };
        let create = match (decided.held.as_ref().map(|held| held.operation), object.kind) {
            (Some(Operation::ServiceUpdate), _) => Operation::ServiceCreate,
            (Some(Operation::SecretUpdate), _) => Operation::SecretCreate,
            (Some(Operation::ConfigUpdate), _) => Operation::ConfigCreate,
            _ => return Ok(()),
        };
        let current = self.workloads.placed(ctx, object);
        let Some(asked) = needs.collection.as_deref() else {
            decided.placed = current;
            return Ok(());
        };
        if current.as_ref().is_some_and(|placed| placed.path.as_str() == asked) {
            decided.placed = current;
            return Ok(());
        }
        let mut placed = self.workloads.place(ctx, Some(asked), object.kind.category())?;
        if let Some(owner) = object.owner {
            placed.labels.insert(workloads::OWNER_LABEL.to_owned(), owner.to_string());
        }
        let target = ObjectRef::to_create(object.kind.word(), object.name.as_str());
        ctx.check(&target, create, &[], &placed.collection).map_err(Error::Denied)?;
        decided.placed = Some(placed);
        Ok(())
    }

    /// Decides on which nodes what is made may run.
    async fn schedules(&self, ctx: &OpContext, needs: &Needs, decided: &mut Decided) -> Result<(), Error> {
        let Some(placed) = decided.placed.as_ref().filter(|_| needs.schedules) else { return Ok(()) };
        match needs.creation.as_ref().map(|creation| creation.kind) {
            Some(CreationKind::Container) => self.workloads.schedule_here(ctx, placed).await?,
            _ if ctx.is_admin() => {}
            _ => decided.constraints.extend(self.workloads.schedule(ctx, placed).await?.constraint()),
        }
        Ok(())
    }

    /// Secrets and configs of a service lie in its own branch of the tree.
    fn branches(&self, ctx: &OpContext, decided: &Decided) -> Result<(), Error> {
        let Some(placed) = &decided.placed else { return Ok(()) };
        let snapshot = ctx.snapshot();
        let above = |low: &CollectionId, high: &CollectionId| {
            snapshot.policy.ancestors(low).any(|collection| collection.id == *high)
        };
        for object in &decided.branch {
            let Some(home) = object.home.collection() else { continue };
            if !above(home, &placed.collection) && !above(&placed.collection, home) {
                let (word, name, path) = (object.kind.word(), &object.name, &placed.path);
                let message = format!("{word} `{name}` is in another branch of collections than `{path}`");
                return Err(Error::Forbidden(message));
            }
        }
        Ok(())
    }
}

/// Notes an object that was decided on.
fn found(need: &Need, object: Object, is_main: bool, decided: &mut Decided) {
    if let Some(pin) = &need.pin {
        decided.pins.push((pin.clone(), object.id.clone()));
    }
    if matches!(need.operation, Operation::SecretUse | Operation::ConfigUse) {
        decided.branch.push(object.clone());
    }
    if is_main {
        decided.held = Some(Held {
            operation: need.operation,
            parameters: need.parameters.clone(),
            target: object.target(),
            home: object.home.clone(),
            lasting: true,
        });
        decided.object = Some(object);
    }
}

/// Recognises the networks that every engine has: `none` needs nothing, `host` and `bridge` their parameter.
#[expect(clippy::option_option, reason = "an ordinary network, one that needs nothing, one that needs a parameter")]
fn predefined(network: &Object) -> Option<Option<Parameter>> {
    let driver = network.view.get("Driver").and_then(Value::as_str).unwrap_or_default();
    match (network.home.collection(), network.name.as_str(), driver) {
        (None, "none", "null") => Some(None),
        (None, "host", "host") => Some(Some(Parameter::HostNetworking)),
        (None, "bridge", "bridge") => Some(Some(Parameter::BridgeNetworking)),
        _ => None,
    }
}

fn category(kind: CreationKind) -> Category {
    match kind {
        CreationKind::Container => Category::Container,
        CreationKind::Network => Category::Network,
        CreationKind::Volume => Category::Volume,
        CreationKind::Service => Category::Service,
        CreationKind::Secret => Category::Secret,
        CreationKind::Config => Category::Config,
    }
}

/// The image as the client wrote it, where it is the request's own object.
fn image_text(asked: &Asked, image: &engine_spec::ImageRef, is_main: bool) -> String {
    match asked.call.route.object() {
        Some(name) if is_main => name.as_str().to_owned(),
        _ => short(image),
    }
}

/// Takes away what the engine adds by itself, so that a prefix of an id stays one.
fn short(image: &engine_spec::ImageRef) -> String {
    let text = image.to_string();
    let bare = text.strip_prefix("docker.io/").unwrap_or(&text);
    bare.strip_prefix("library/").unwrap_or(bare).to_owned()
}
