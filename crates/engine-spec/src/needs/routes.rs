//! From a route to what it takes.

use access::Operation as Op;

use super::collect::Collector;
use super::{FollowUp, Needs, Request, Rules, Target};
use crate::reference::ObjectRef;
use crate::route::Route;

pub(super) fn needs(request: &Request<'_>, rules: &Rules) -> Needs {
    let mut collector = Collector::new(rules);
    if let Some(body) = request.body {
        collector.tables(body);
    }
    let c = &mut collector;
    let _ = common(c, request)
        || containers(c, request)
        || lists(c, request)
        || images(c, request)
        || swarm(c, request)
        || closed(c, request.route);
    collector.finish()
}

fn common(c: &mut Collector<'_>, request: &Request<'_>) -> bool {
    match request.route {
        Route::Ping | Route::PingHead => c.needs.open_to_all = true,
        Route::Version | Route::Info => {}
        Route::Auth => c.auth(request.body),
        _ => return false,
    }
    true
}

fn lists(c: &mut Collector<'_>, request: &Request<'_>) -> bool {
    let operation = match request.route {
        Route::ContainerList => Op::ContainerView,
        Route::ImageList => Op::ImageView,
        Route::NetworkList | Route::NetworkListSlash => Op::NetworkView,
        Route::VolumeList => Op::VolumeView,
        Route::ServiceList => Op::ServiceView,
        Route::TaskList => Op::ServiceViewTasks,
        Route::NodeList => Op::NodeView,
        Route::SecretList => Op::SecretView,
        Route::ConfigList => Op::ConfigView,
        // A prune is a list of which each visible item is removed; it is never sent on as it is.
        Route::ContainerPrune => Op::ContainerRemove,
        Route::ImagePrune => Op::ImagePrune,
        Route::NetworkPrune => Op::NetworkRemove,
        Route::VolumePrune => Op::VolumeRemove,
        // Each event is judged by the view operation of its object's own category.
        Route::Events => Op::ContainerView,
        _ => return false,
    };
    c.needs.per_item = Some(operation);
    true
}

fn containers(c: &mut Collector<'_>, request: &Request<'_>) -> bool {
    let on = |name: &ObjectRef| Target::Container(name.clone());
    let query = request.query;
    match request.route {
        Route::ContainerCreate => c.container_create(request),
        Route::ContainerUpdate(name) => c.main(Op::ContainerUpdate, on(name)),
        Route::ExecCreate(name) => c.main(Op::ContainerExec, on(name)),
        Route::ExecInspect(id) | Route::ExecStart(id) | Route::ExecResize(id) => {
            c.main(Op::ContainerExec, Target::Exec(id.clone()));
        }
        Route::ContainerInspect(name) => c.main(Op::ContainerView, on(name)),
        Route::ContainerTop(name) => c.main(Op::ContainerTop, on(name)),
        Route::ContainerLogs(name) => c.main(Op::ContainerLogs, on(name)),
        Route::ContainerChanges(name) => c.main(Op::ContainerChanges, on(name)),
        Route::ContainerExport(name) => c.main(Op::ContainerExport, on(name)),
        Route::ContainerStats(name) => c.main(Op::ContainerStats, on(name)),
        Route::ContainerStart(name) => {
            c.main(Op::ContainerStart, on(name));
            if query.non_empty("checkpoint").is_some() || query.non_empty("checkpoint-dir").is_some() {
                c.admin("a start from a checkpoint reads files of the host");
            }
        }
        Route::ContainerStop(name) => c.main(Op::ContainerStop, on(name)),
        Route::ContainerRestart(name) => c.main(Op::ContainerRestart, on(name)),
        Route::ContainerKill(name) => c.main(Op::ContainerKill, on(name)),
        Route::ContainerRename(name) => {
            c.main(Op::ContainerRename, on(name));
            c.name("name", query.text("name"));
        }
        Route::ContainerPause(name) => c.main(Op::ContainerPause, on(name)),
        Route::ContainerUnpause(name) => c.main(Op::ContainerUnpause, on(name)),
        Route::ContainerAttach(name) | Route::ContainerAttachWs(name) => c.main(Op::ContainerAttach, on(name)),
        Route::ContainerWait(name) => c.main(Op::ContainerWait, on(name)),
        Route::ContainerResize(name) => c.main(Op::ContainerResize, on(name)),
        Route::ContainerRemove(name) => c.main(Op::ContainerRemove, on(name)),
        Route::ContainerArchiveStat(name) | Route::ContainerArchiveGet(name) | Route::ContainerCopy(name) => {
            c.main(Op::ContainerFilesystemRead, on(name));
        }
        Route::ContainerArchivePut(name) => c.main(Op::ContainerFilesystemWrite, on(name)),
        Route::CheckpointList(name) | Route::CheckpointCreate(name) | Route::CheckpointRemove(name, _) => {
            c.main(Op::ContainerView, on(name));
            c.admin("checkpoints write files of the host");
        }
        _ => return false,
    }
    true
}

fn images(c: &mut Collector<'_>, request: &Request<'_>) -> bool {
    let query = request.query;
    match request.route {
        Route::ImageInspect(name) | Route::ImageAttestations(name) => c.on_image(Op::ImageView, name),
        Route::ImageHistory(name) => c.on_image(Op::ImageHistory, name),
        Route::ImageExport(name) => c.on_image(Op::ImageExport, name),
        Route::ImageRemove(name) => {
            c.on_image(Op::ImageRemove, name);
            if query.flag("force") {
                c.parameter(access::Parameter::ForceRemove);
            }
        }
        Route::ImagePush(name) => c.image_push(name, query),
        Route::ImageTag(name) => c.image_tag(name, query),
        Route::ImageCreate => c.image_create(query),
        Route::DistributionInspect(name) => {
            c.on_image(Op::ImageView, name);
            c.registry_of(name);
        }
        Route::ImageSearch => {
            c.main(Op::ImageSearch, Target::Root);
            c.admin("a search makes the engine talk to a host of the caller's choice");
        }
        Route::ImageExportMany => {
            c.main(Op::ImageExport, Target::Root);
            for name in query.list("names") {
                if let Some(image) = c.image("names", name) {
                    c.need(Op::ImageExport, Target::Image(image));
                }
            }
        }
        Route::ImageLoad => {
            c.main(Op::ImageLoad, Target::Root);
            c.admin("an archive may carry any name");
        }
        Route::Build => c.build(query),
        Route::Commit => c.commit(query),
        _ => return false,
    }
    true
}

fn swarm(c: &mut Collector<'_>, request: &Request<'_>) -> bool {
    let body = request.body;
    match request.route {
        Route::NetworkCreate => c.network_create(body),
        Route::NetworkInspect(name) => c.main(Op::NetworkView, Target::Network(name.clone())),
        Route::NetworkRemove(name) => c.main(Op::NetworkRemove, Target::Network(name.clone())),
        Route::NetworkConnect(name) => c.network_connect(name, body),
        Route::NetworkDisconnect(name) => c.network_disconnect(name, body),
        Route::VolumeCreate => c.volume_create(body),
        Route::VolumeInspect(name) => c.main(Op::VolumeView, Target::Volume(name.clone())),
        Route::VolumeRemove(name) => c.main(Op::VolumeRemove, Target::Volume(name.clone())),
        Route::ServiceCreate => c.service_create(body),
        Route::ServiceUpdate(name) => c.service_update(name, request),
        Route::ServiceInspect(name) => c.main(Op::ServiceView, Target::Service(name.clone())),
        Route::ServiceRemove(name) => c.main(Op::ServiceDelete, Target::Service(name.clone())),
        Route::ServiceLogs(name) => c.main(Op::ServiceLogs, Target::Service(name.clone())),
        Route::TaskInspect(name) => c.main(Op::ServiceViewTasks, Target::Task(name.clone())),
        Route::TaskLogs(name) => c.main(Op::ServiceLogs, Target::Task(name.clone())),
        Route::NodeInspect(name) => c.main(Op::NodeView, Target::Node(name.clone())),
        Route::NodeUpdate(name) => {
            c.main(Op::NodeUpdate, Target::Node(name.clone()));
            c.admin("an update may move a node or make it a manager");
        }
        Route::SecretCreate => c.secret_create(body),
        Route::SecretUpdate(name) => c.secret_update(name, body),
        Route::SecretInspect(name) => c.main(Op::SecretView, secret(name)),
        Route::SecretRemove(name) => c.main(Op::SecretDelete, secret(name)),
        Route::ConfigCreate => c.config_create(body),
        Route::ConfigUpdate(name) => c.config_update(name, body),
        Route::ConfigInspect(name) => c.main(Op::ConfigView, config(name)),
        Route::ConfigRemove(name) => c.main(Op::ConfigDelete, config(name)),
        _ => return false,
    }
    true
}

/// Everything else: administrators only, whatever it becomes.
fn closed(c: &mut Collector<'_>, route: &Route) -> bool {
    c.admin(format!("{} is for administrators", route.pattern()));
    true
}

pub(super) fn secret(name: &ObjectRef) -> Target {
    Target::Secret { id: name.clone(), name: None }
}

pub(super) fn config(name: &ObjectRef) -> Target {
    Target::Config { id: name.clone(), name: None }
}

impl Collector<'_> {
    pub(super) fn follow(&mut self, follow_up: FollowUp) {
        self.needs.follow_ups.push(follow_up);
    }
}
