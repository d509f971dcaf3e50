//! Conversion to Kubernetes: the objects that Docker's compose-on-kubernetes made, by the keys of today's clusters.
//!
//! The way is project → Stack (what the docker client up to 20.10 sends) → objects (what the controller made of it), with a side
//! way for what a Stack has no room for. Where the controller's result could not work, or does not mean what the file means, another
//! is made; `docs/compose-mapping.md` lists these places.

mod check;
mod container;
mod files;
mod kompose;
mod name;
mod network;
pub mod object;
mod output;
mod placement;
pub mod pod;
mod quantity;
mod sink;
pub mod stack;
mod volume;
mod workload;

use std::collections::BTreeMap;

use crate::Diagnostic;
use crate::model::Project;
use crate::report;

pub use object::Object;
pub use stack::{Reading, Stack};

pub(crate) use sink::{Sink, Spot};

use object::{ObjectMeta, TextMap};
use stack::{Draft, DraftFile, DraftService, ServiceExtra};

/// The label of a stack's name, on everything.
pub const STACK_LABEL: &str = "com.docker.stack.namespace";
/// The label of a service's name, on all that belongs to it.
pub const SERVICE_LABEL: &str = "com.docker.service.name";
/// The label of a service's id: stack and service with `-` between.
pub const SERVICE_ID_LABEL: &str = "com.docker.service.id";

/// How published ports are led in from outside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Publish {
    /// Through load balancers, which the cluster's provider has to have.
    #[default]
    LoadBalancer,
    /// On a port of every node.
    NodePort,
}

/// What happens to names that Kubernetes does not take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Names {
    /// They are errors.
    #[default]
    Refuse,
    /// The nearest name is taken, with a warning.
    Adapt,
}

/// Contents of secrets and configs, which the caller reads.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// By path, as the project has it.
    pub files: BTreeMap<String, Vec<u8>>,
    /// By name, of the client's environment.
    pub variables: BTreeMap<String, String>,
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Contents are secret; names are not.
        formatter
            .debug_struct("Contents")
            .field("files", &self.files.keys())
            .field("variables", &self.variables.keys())
            .finish()
    }
}

/// How a project is converted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The stack's name; absent means the project's.
    pub stack: Option<String>,
    /// The namespace; absent means the one that the client is set to.
    pub namespace: Option<String>,
    /// How published ports are led in.
    pub publish: Publish,
    /// What happens to names that Kubernetes does not take.
    pub names: Names,
    /// Whether kompose's labels are read and `io.kompose.service` is written.
    pub kompose_labels: bool,
    /// Contents of secrets and configs; absent means that these objects are made empty, to look at the rest.
    pub contents: Option<Contents>,
}

/// What a project becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objects<T = Object> {
    /// The objects, or what was made of each, in the order in which they are made: config maps, secrets, then each service's own.
    pub items: Vec<T>,
    /// What the reader should know.
    pub warnings: Vec<Diagnostic>,
}

/// Lists the files whose contents are wanted in [`Contents::files`].
#[must_use]
pub fn content_files(project: &Project) -> Vec<&str> {
    let resources = project.secrets.values().chain(project.configs.values());
    let mut paths: Vec<&str> =
        resources.filter(|one| one.external.is_no()).filter_map(|one| one.file.as_deref()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// Converts a project.
///
/// # Errors
/// All that keeps the project from running on Kubernetes, with the warnings; then nothing is made.
pub fn convert(project: &Project, options: &Options) -> Result<Objects, Vec<Diagnostic>> {
    convert_each(project, options, |object| object)
}

/// Converts a project, and keeps of each object what `keep` makes of it: with [`Json::of`](crate::Json::of) its text, which takes far
/// less memory than the object.
///
/// # Errors
/// As [`convert`].
pub fn convert_each<T>(
    project: &Project,
    options: &Options,
    keep: impl FnMut(Object) -> T,
) -> Result<Objects<T>, Vec<Diagnostic>> {
    let mut sink = Sink::of(project);
    report::warn(project, options.kompose_labels, &mut sink);
    convert_into(project, options, keep, sink)
}

/// Converts a project without a word about keys that are not held to.
pub(crate) fn attempt<T>(
    project: &Project,
    options: &Options,
    keep: impl FnMut(Object) -> T,
) -> Result<Objects<T>, Vec<Diagnostic>> {
    convert_into(project, options, keep, Sink::of(project))
}

fn convert_into<T>(
    project: &Project,
    options: &Options,
    mut keep: impl FnMut(Object) -> T,
    mut sink: Sink<'_>,
) -> Result<Objects<T>, Vec<Diagnostic>> {
    let draft = stack::draft(project, Reading::Meant, &mut sink);
    let name = options.stack.as_deref().unwrap_or(&project.name);
    let mut items = Vec::new();
    objects(draft, name, options, &mut sink, &mut |object| items.push(keep(object)));
    sink.finish(items).map(|(items, warnings)| Objects { items, warnings })
}

/// Converts a Stack, as the controller of compose-on-kubernetes did. Secrets and configs are not made: the client that sent the Stack
/// made those that come from files.
///
/// # Errors
/// All that keeps the stack from running, with the warnings; then nothing is made.
pub fn convert_stack(stack: &Stack, options: &Options) -> Result<Objects, Vec<Diagnostic>> {
    let project = stack::to_project(stack);
    let mut sink = Sink::of(&project);
    report::warn(&project, options.kompose_labels, &mut sink);
    let services = stack.spec.services.iter().map(|service| Box::new(of_stack(service, &mut sink))).collect();
    let files = |files: &BTreeMap<String, stack::FileObject>| {
        let made = |file: &stack::FileObject| DraftFile { object: file.clone(), ..DraftFile::default() };
        files.iter().map(|(key, file)| (key.clone(), made(file))).collect()
    };
    let (secrets, configs) = (files(&stack.spec.secrets), files(&stack.spec.configs));
    let draft = Draft { services, must_declare: false, secrets, configs };
    let name = options.stack.clone().unwrap_or_else(|| stack.metadata.name.clone());
    let mut options = options.clone();
    options.namespace = options.namespace.or_else(|| stack.metadata.namespace.clone());
    let mut items = Vec::new();
    objects(draft, &name, &Options { contents: None, ..options }, &mut sink, &mut |object| {
        if !matches!(object, Object::ConfigMap(_) | Object::Secret(_)) {
            items.push(object);
        }
    });
    sink.finish(items).map(|(items, warnings)| Objects { items, warnings })
}

fn of_stack(config: &stack::ServiceConfig, sink: &mut Sink<'_>) -> DraftService {
    let mut made = DraftService {
        extra: ServiceExtra { key: config.name.clone(), ..ServiceExtra::default() },
        config: config.clone(),
    };
    let constraints = config.deploy.placement.constraints.as_ref().map(placement::of_stack);
    match constraints.transpose() {
        Ok(constraints) => made.extra.constraints = constraints.unwrap_or_default(),
        Err(message) => sink.error("INVALID_VALUE", &made.spot("deploy.placement.constraints"), message, ""),
    }
    made
}

/// Makes the objects one after the other; a service is forgotten when its own are made.
fn objects(mut draft: Draft, name: &str, options: &Options, sink: &mut Sink<'_>, take: &mut dyn FnMut(Object)) {
    if draft.services.is_empty() {
        sink.error("NO_SERVICES", &Spot::default(), "nothing to run: there is no service", "");
    }
    if options.names == Names::Adapt {
        check::adapt(&mut draft, sink);
    }
    check::stack_name(name, sink);
    let mut collisions = check::Collisions::default();
    for object in files::objects(&draft, name, options, sink) {
        collisions.see(&object, None);
        take(object);
    }
    let mut services = std::mem::take(&mut draft.services);
    services.sort_by(|one, other| one.config.name.cmp(&other.config.name));
    check::shared_volumes(&services, sink);
    for mut service in services {
        for object in service_objects(&mut service, &draft, name, options, sink) {
            collisions.see(&object, Some(&service));
            take(object);
        }
    }
    collisions.tell(sink);
}

fn service_objects(
    service: &mut DraftService,
    draft: &Draft,
    stack: &str,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Vec<Object> {
    let kompose = if options.kompose_labels { kompose::take(service, sink) } else { kompose::Kompose::default() };
    check::service(service, stack, sink);
    let name = service.config.name.clone();
    let mut selector = selector(stack, &name);
    if options.kompose_labels {
        selector.insert(kompose::SERVICE.to_owned(), name.clone());
    }
    let (labels, annotations) = check::deploy_labels(service, &selector, sink);
    let meta = ObjectMeta { name, namespace: options.namespace.clone(), labels, annotations };
    let publish = kompose.publish.unwrap_or(options.publish);
    let mut made = network::services(service, &meta, &selector, publish, sink);
    if let Some(policy) = kompose.traffic_policy {
        for object in &mut made {
            if let Object::Service(object) = object
                && object.spec.service_type.is_some()
            {
                object.spec.external_traffic_policy = Some(policy);
            }
        }
    }
    made.extend(kompose::ingress(&kompose, service, &meta, sink));
    let volumes = volume::volumes(service, draft, sink);
    let pod = container::pod(service, &meta.labels, &volumes, &kompose, sink);
    let workload = workload::workload(service, meta.clone(), &selector, pod, &volumes, &kompose, sink);
    made.extend(kompose.autoscale.object(service, &workload, &meta, sink));
    made.push(workload);
    made
}

fn selector(stack: &str, service: &str) -> TextMap {
    [
        (SERVICE_ID_LABEL.to_owned(), format!("{stack}-{service}")),
        (SERVICE_LABEL.to_owned(), service.to_owned()),
        (STACK_LABEL.to_owned(), stack.to_owned()),
    ]
    .into()
}
