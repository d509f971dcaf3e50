//! The table of routes: method, path, openness, flow, body, query.

use http::Method;

use super::{BodyKind, Flow, Openness};
use crate::error::RouteError;
use crate::query::ParameterKind::{self, Bool, BoolUnset, Filters, Int, Json, List, Text};
use crate::reference::ObjectRef;
use crate::schema::Schema;
use BodyKind::{Json as Body, None as NoBody, OptionalJson as MaybeBody, Stream as Bytes};

/// One entry of a route's query table.
pub(crate) type Parameters = &'static [(&'static str, ParameterKind)];

macro_rules! routes {
    (
        plain { $($plain:ident $pm:ident $path:literal $po:ident $pf:ident ($pb:expr) [$($pq:tt)*];)* }
        named { $($named:ident $nm:ident $prefix:literal $suffix:literal $no:ident $nf:ident ($nb:expr) [$($nq:tt)*];)* }
    ) => {
        /// A route of the engine with the names that stand in its path, decoded.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Route {
            $(#[doc = concat!("`", stringify!($pm), " ", $path, "`")] $plain,)*
            $(#[doc = concat!("`", stringify!($nm), " ", $prefix, "{name}", $suffix, "`")] $named(ObjectRef),)*
            /// `DELETE /containers/{name}/checkpoints/{checkpoint}`
            CheckpointRemove(ObjectRef, ObjectRef),
            /// `OPTIONS` on any path.
            Options,
        }

        impl Route {
            /// Every route, with `x` (and `y`) for its names; for tables and tests.
            #[must_use]
            pub fn all() -> Vec<Self> {
                let mut all = vec![$(Self::$plain),*];
                if let (Ok(x), Ok(y)) = (ObjectRef::new("x"), ObjectRef::new("y")) {
                    all.extend([$(Self::$named(x.clone())),*]);
                    all.push(Self::CheckpointRemove(x, y));
                }
                all.push(Self::Options);
                all
            }

            /// Returns the route's name, as logs and audit show it.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$plain => stringify!($plain),)*
                    $(Self::$named(_) => stringify!($named),)*
                    Self::CheckpointRemove(..) => "CheckpointRemove",
                    Self::Options => "Options",
                }
            }

            /// Returns the method of a fresh request.
            #[must_use]
            pub const fn method(&self) -> Method {
                match self {
                    $(Self::$plain => Method::$pm,)*
                    $(Self::$named(_) => Method::$nm,)*
                    Self::CheckpointRemove(..) => Method::DELETE,
                    Self::Options => Method::OPTIONS,
                }
            }

            /// Returns the pattern, `/containers/{name}/json`.
            #[must_use]
            pub const fn pattern(&self) -> &'static str {
                match self {
                    $(Self::$plain => $path,)*
                    $(Self::$named(_) => concat!($prefix, "{name}", $suffix),)*
                    Self::CheckpointRemove(..) => "/containers/{name}/checkpoints/{checkpoint}",
                    Self::Options => "*",
                }
            }

            /// Returns the clean path, decoded and without a version.
            #[must_use]
            pub fn path(&self) -> String {
                match self {
                    $(Self::$plain => $path.to_owned(),)*
                    $(Self::$named(name) => format!(concat!($prefix, "{}", $suffix), name),)*
                    Self::CheckpointRemove(container, checkpoint) => {
                        format!("/containers/{container}/checkpoints/{checkpoint}")
                    }
                    Self::Options => "/".to_owned(),
                }
            }

            /// Reports whether the route is served.
            #[must_use]
            pub const fn openness(&self) -> Openness {
                match self {
                    $(Self::$plain => Openness::$po,)*
                    $(Self::$named(_) => Openness::$no,)*
                    Self::CheckpointRemove(..) | Self::Options => Openness::NotYet,
                }
            }

            /// Reports how the answer flows.
            #[must_use]
            pub const fn flow(&self) -> Flow {
                match self {
                    $(Self::$plain => Flow::$pf,)*
                    $(Self::$named(_) => Flow::$nf,)*
                    Self::CheckpointRemove(..) | Self::Options => Flow::Short,
                }
            }

            /// Returns what the route takes as a body.
            #[must_use]
            pub const fn body(&self) -> BodyKind {
                match self {
                    $(Self::$plain => $pb,)*
                    $(Self::$named(_) => $nb,)*
                    Self::CheckpointRemove(..) | Self::Options => BodyKind::None,
                }
            }

            /// Returns the object named in the path.
            #[must_use]
            pub const fn object(&self) -> Option<&ObjectRef> {
                match self {
                    $(Self::$plain => None,)*
                    $(Self::$named(name) => Some(name),)*
                    Self::CheckpointRemove(name, _) => Some(name),
                    Self::Options => None,
                }
            }

            pub(super) fn object_mut(&mut self) -> Option<&mut ObjectRef> {
                match self {
                    $(Self::$plain => None,)*
                    $(Self::$named(name) => Some(name),)*
                    Self::CheckpointRemove(name, _) => Some(name),
                    Self::Options => None,
                }
            }

            pub(crate) const fn parameters(&self) -> Parameters {
                match self {
                    $(Self::$plain => &[$($pq)*],)*
                    $(Self::$named(_) => &[$($nq)*],)*
                    Self::CheckpointRemove(..) => &[("dir", Text)],
                    Self::Options => &[],
                }
            }
        }

        fn plain(method: &Method, path: &str) -> Option<Route> {
            match (method, path) {
                $((&Method::$pm, $path) => Some(Route::$plain),)*
                _ => None,
            }
        }

        const PLAIN_PATHS: &[&str] = &[$($path),*];

        /// In the order of the table: longer suffixes stand before shorter ones.
        const NAMED: &[(Method, &str, &str, fn(ObjectRef) -> Route)] =
            &[$((Method::$nm, $prefix, $suffix, Route::$named)),*];
    };
}

routes! {
    plain {
        Ping GET "/_ping" Open Short (NoBody) [];
        PingHead HEAD "/_ping" Open Short (NoBody) [];
        Version GET "/version" Open Short (NoBody) [];
        Info GET "/info" Open Short (NoBody) [];
        Auth POST "/auth" Open Short (Body(Schema::AuthConfig)) [];
        Events GET "/events" Open Stream (NoBody) [("since", Text), ("until", Text), ("filters", Filters)];
        SystemDf GET "/system/df" NotYet Short (NoBody) [("type", List), ("verbose", Bool)];
        Session POST "/session" NotYet Upgrade (NoBody) [];
        Grpc POST "/grpc" NotYet Upgrade (NoBody) [];
        DebugVars GET "/debug/vars" NotYet Short (NoBody) [];
        DebugPprof GET "/debug/pprof" NotYet Short (NoBody) [];

        ContainerList GET "/containers/json" Open Short (NoBody) [
            ("all", Bool), ("limit", Int), ("size", Bool), ("since", Text), ("before", Text), ("filters", Filters),
        ];
        ContainerCreate POST "/containers/create" Open Short (Body(Schema::ContainerCreate)) [("name", Text), ("platform", Text)];
        ContainerPrune POST "/containers/prune" NotYet Short (NoBody) [("filters", Filters)];

        ImageList GET "/images/json" Open Short (NoBody) [
            ("all", Bool), ("filter", Text), ("filters", Filters), ("digests", Bool), ("shared-size", Bool), ("manifests", Bool),
            ("identity", Bool),
        ];
        ImageSearch GET "/images/search" NotYet Short (NoBody) [("term", Text), ("limit", Int), ("filters", Filters)];
        ImageExportMany GET "/images/get" NotYet Stream (NoBody) [("names", List), ("platform", List)];
        ImageCreate POST "/images/create" Open Stream (Bytes) [
            ("fromImage", Text), ("fromSrc", Text), ("repo", Text), ("tag", Text), ("message", Text), ("changes", List),
            ("platform", Text),
        ];
        ImageLoad POST "/images/load" NotYet Stream (Bytes) [("quiet", Bool), ("platform", List)];
        ImagePrune POST "/images/prune" NotYet Short (NoBody) [("filters", Filters)];
        Build POST "/build" Open Stream (Bytes) [
            ("dockerfile", Text), ("t", List), ("extrahosts", List), ("remote", Text), ("q", Bool), ("nocache", Bool),
            ("cachefrom", Json(Schema::TextList)), ("pull", Bool), ("rm", BoolUnset), ("forcerm", Bool), ("memory", Int),
            ("memswap", Int), ("cpushares", Int), ("cpusetcpus", Text), ("cpusetmems", Text), ("cpuperiod", Int),
            ("cpuquota", Int), ("buildargs", Json(Schema::TextMap)), ("shmsize", Int), ("squash", Bool),
            ("labels", Json(Schema::TextMap)), ("networkmode", Text), ("platform", Text), ("target", Text),
            ("outputs", Text), ("version", Text), ("ulimits", Json(Schema::Ulimits)), ("securityopt", List),
            ("isolation", Text), ("cgroupparent", Text), ("session", Text), ("buildid", Text),
        ];
        BuildPrune POST "/build/prune" NotYet Short (NoBody) [
            ("all", Bool), ("keep-storage", Int), ("reserved-space", Int), ("max-used-space", Int), ("min-free-space", Int),
            ("filters", Filters),
        ];
        BuildCancel POST "/build/cancel" NotYet Short (NoBody) [("id", Text)];
        Commit POST "/commit" NotYet Short (MaybeBody(Schema::ContainerConfig)) [
            ("container", Text), ("repo", Text), ("tag", Text), ("comment", Text), ("author", Text), ("pause", Bool),
            ("changes", List),
        ];

        NetworkList GET "/networks" Open Short (NoBody) [("filters", Filters)];
        NetworkListSlash GET "/networks/" Open Short (NoBody) [("filters", Filters)];
        NetworkCreate POST "/networks/create" Open Short (Body(Schema::NetworkCreate)) [];
        NetworkPrune POST "/networks/prune" NotYet Short (NoBody) [("filters", Filters)];

        VolumeList GET "/volumes" Open Short (NoBody) [("filters", Filters)];
        VolumeCreate POST "/volumes/create" Open Short (Body(Schema::VolumeCreate)) [];
        VolumePrune POST "/volumes/prune" NotYet Short (NoBody) [("filters", Filters)];

        ServiceList GET "/services" Open Short (NoBody) [("filters", Filters), ("status", Bool)];
        ServiceCreate POST "/services/create" Open Short (Body(Schema::ServiceSpec)) [];
        TaskList GET "/tasks" Open Short (NoBody) [("filters", Filters)];
        NodeList GET "/nodes" Open Short (NoBody) [("filters", Filters)];
        SecretList GET "/secrets" Open Short (NoBody) [("filters", Filters)];
        SecretCreate POST "/secrets/create" Open Short (Body(Schema::SecretSpec)) [];
        ConfigList GET "/configs" Open Short (NoBody) [("filters", Filters)];
        ConfigCreate POST "/configs/create" Open Short (Body(Schema::ConfigSpec)) [];

        SwarmInspect GET "/swarm" Open Short (NoBody) [];
        SwarmInit POST "/swarm/init" NotYet Short (Body(Schema::SwarmInit)) [];
        SwarmJoin POST "/swarm/join" NotYet Short (Body(Schema::SwarmJoin)) [];
        SwarmLeave POST "/swarm/leave" NotYet Short (NoBody) [("force", Bool)];
        SwarmUpdate POST "/swarm/update" NotYet Short (Body(Schema::SwarmSpec)) [
            ("version", Int), ("rotateWorkerToken", Bool), ("rotateManagerToken", Bool), ("rotateManagerUnlockKey", Bool),
        ];
        SwarmUnlockKey GET "/swarm/unlockkey" NotYet Short (NoBody) [];
        SwarmUnlock POST "/swarm/unlock" NotYet Short (Body(Schema::SwarmUnlock)) [];

        PluginList GET "/plugins" NotYet Short (NoBody) [("filters", Filters)];
        PluginPrivileges GET "/plugins/privileges" NotYet Short (NoBody) [("remote", Text)];
        PluginPull POST "/plugins/pull" NotYet Stream (Body(Schema::PluginPrivileges)) [("remote", Text), ("name", Text)];
        PluginCreate POST "/plugins/create" NotYet Stream (Bytes) [("name", Text)];
    }
    named {
        ContainerAttachWs GET "/containers/" "/attach/ws" NotYet Upgrade (NoBody) [
            ("detachKeys", Text), ("logs", Bool), ("stream", Bool), ("stdin", Bool), ("stdout", Bool), ("stderr", Bool),
        ];
        ContainerInspect GET "/containers/" "/json" Open Short (NoBody) [("size", Bool)];
        ContainerTop GET "/containers/" "/top" Open Short (NoBody) [("ps_args", Text)];
        ContainerLogs GET "/containers/" "/logs" Open Stream (NoBody) [
            ("follow", Bool), ("stdout", Bool), ("stderr", Bool), ("since", Text), ("until", Text), ("timestamps", Bool),
            ("details", Bool), ("tail", Text),
        ];
        ContainerChanges GET "/containers/" "/changes" Open Short (NoBody) [];
        ContainerExport GET "/containers/" "/export" NotYet Stream (NoBody) [];
        ContainerStats GET "/containers/" "/stats" Open Stream (NoBody) [("stream", Bool), ("one-shot", Bool)];
        ContainerArchiveStat HEAD "/containers/" "/archive" NotYet Short (NoBody) [("path", Text)];
        ContainerArchiveGet GET "/containers/" "/archive" NotYet Stream (NoBody) [("path", Text)];
        ContainerArchivePut PUT "/containers/" "/archive" NotYet Short (Bytes) [
            ("path", Text), ("noOverwriteDirNonDir", Bool), ("copyUIDGID", Bool),
        ];
        CheckpointList GET "/containers/" "/checkpoints" NotYet Short (NoBody) [("dir", Text)];
        CheckpointCreate POST "/containers/" "/checkpoints" NotYet Short (Body(Schema::Checkpoint)) [];
        ContainerStart POST "/containers/" "/start" Open Short (NoBody) [
            ("detachKeys", Text), ("checkpoint", Text), ("checkpoint-dir", Text),
        ];
        ContainerStop POST "/containers/" "/stop" Open Short (NoBody) [("signal", Text), ("t", Int)];
        ContainerRestart POST "/containers/" "/restart" Open Short (NoBody) [("signal", Text), ("t", Int)];
        ContainerKill POST "/containers/" "/kill" Open Short (NoBody) [("signal", Text)];
        ContainerUpdate POST "/containers/" "/update" Open Short (Body(Schema::ContainerUpdate)) [];
        ContainerRename POST "/containers/" "/rename" Open Short (NoBody) [("name", Text)];
        ContainerPause POST "/containers/" "/pause" Open Short (NoBody) [];
        ContainerUnpause POST "/containers/" "/unpause" Open Short (NoBody) [];
        ContainerAttach POST "/containers/" "/attach" Open Upgrade (NoBody) [
            ("detachKeys", Text), ("logs", Bool), ("stream", Bool), ("stdin", Bool), ("stdout", Bool), ("stderr", Bool),
        ];
        ContainerWait POST "/containers/" "/wait" Open Stream (NoBody) [("condition", Text)];
        ContainerResize POST "/containers/" "/resize" Open Short (NoBody) [("h", Int), ("w", Int)];
        ContainerCopy POST "/containers/" "/copy" NotYet Stream (NoBody) [];
        ExecCreate POST "/containers/" "/exec" Open Short (Body(Schema::ExecCreate)) [];
        ContainerRemove DELETE "/containers/" "" Open Short (NoBody) [("v", Bool), ("force", Bool), ("link", Bool)];
        ExecInspect GET "/exec/" "/json" Open Short (NoBody) [];
        ExecStart POST "/exec/" "/start" Open Upgrade (Body(Schema::ExecStart)) [];
        ExecResize POST "/exec/" "/resize" Open Short (NoBody) [("h", Int), ("w", Int)];

        ImageInspect GET "/images/" "/json" Open Short (NoBody) [("manifests", Bool), ("platform", Text)];
        ImageHistory GET "/images/" "/history" Open Short (NoBody) [("platform", Text)];
        ImageAttestations GET "/images/" "/attestations" NotYet Short (NoBody) [
            ("platform", Text), ("type", List), ("statement", Bool),
        ];
        ImageExport GET "/images/" "/get" NotYet Stream (NoBody) [("platform", List)];
        ImagePush POST "/images/" "/push" Open Stream (NoBody) [("tag", Text), ("platform", Text)];
        ImageTag POST "/images/" "/tag" Open Short (NoBody) [("repo", Text), ("tag", Text)];
        ImageRemove DELETE "/images/" "" Open Short (NoBody) [("force", Bool), ("noprune", Bool), ("platforms", List)];
        DistributionInspect GET "/distribution/" "/json" Open Short (NoBody) [];

        NetworkConnect POST "/networks/" "/connect" NotYet Short (Body(Schema::NetworkConnect)) [];
        NetworkDisconnect POST "/networks/" "/disconnect" NotYet Short (Body(Schema::NetworkDisconnect)) [];
        NetworkInspect GET "/networks/" "" Open Short (NoBody) [("verbose", Bool), ("scope", Text)];
        NetworkRemove DELETE "/networks/" "" Open Short (NoBody) [];
        VolumeInspect GET "/volumes/" "" Open Short (NoBody) [];
        VolumeUpdate PUT "/volumes/" "" NotYet Short (Body(Schema::VolumeUpdate)) [("version", Int)];
        VolumeRemove DELETE "/volumes/" "" Open Short (NoBody) [("force", Bool)];

        ServiceUpdate POST "/services/" "/update" Open Short (Body(Schema::ServiceSpec)) [
            ("version", Int), ("registryAuthFrom", Text), ("rollback", Text),
        ];
        ServiceLogs GET "/services/" "/logs" Open Stream (NoBody) [
            ("follow", Bool), ("stdout", Bool), ("stderr", Bool), ("since", Text), ("timestamps", Bool), ("details", Bool),
            ("tail", Text),
        ];
        ServiceInspect GET "/services/" "" Open Short (NoBody) [("insertDefaults", Bool)];
        ServiceRemove DELETE "/services/" "" Open Short (NoBody) [];
        TaskLogs GET "/tasks/" "/logs" Open Stream (NoBody) [
            ("follow", Bool), ("stdout", Bool), ("stderr", Bool), ("since", Text), ("timestamps", Bool), ("details", Bool),
            ("tail", Text),
        ];
        TaskInspect GET "/tasks/" "" Open Short (NoBody) [];
        NodeUpdate POST "/nodes/" "/update" NotYet Short (Body(Schema::NodeSpec)) [("version", Int)];
        NodeInspect GET "/nodes/" "" Open Short (NoBody) [];
        NodeRemove DELETE "/nodes/" "" NotYet Short (NoBody) [("force", Bool)];
        SecretUpdate POST "/secrets/" "/update" Open Short (Body(Schema::SecretSpec)) [("version", Int)];
        SecretInspect GET "/secrets/" "" Open Short (NoBody) [];
        SecretRemove DELETE "/secrets/" "" Open Short (NoBody) [];
        ConfigUpdate POST "/configs/" "/update" Open Short (Body(Schema::ConfigSpec)) [("version", Int)];
        ConfigInspect GET "/configs/" "" Open Short (NoBody) [];
        ConfigRemove DELETE "/configs/" "" Open Short (NoBody) [];

        PluginInspect GET "/plugins/" "/json" NotYet Short (NoBody) [];
        PluginEnable POST "/plugins/" "/enable" NotYet Short (NoBody) [("timeout", Int)];
        PluginDisable POST "/plugins/" "/disable" NotYet Short (NoBody) [("force", Bool)];
        PluginPush POST "/plugins/" "/push" NotYet Stream (NoBody) [];
        PluginUpgrade POST "/plugins/" "/upgrade" NotYet Stream (Body(Schema::PluginPrivileges)) [("remote", Text)];
        PluginSet POST "/plugins/" "/set" NotYet Short (Body(Schema::TextList)) [];
        PluginRemove DELETE "/plugins/" "" NotYet Short (NoBody) [("force", Bool)];
        DebugProfile GET "/debug/pprof/" "" NotYet Stream (NoBody) [];
    }
}

/// Finds the route of a clean path: whole paths first, then verbs at the end, then bare names.
pub(super) fn find(method: &Method, path: &str) -> Result<Route, RouteError> {
    if let Some(route) = plain(method, path) {
        return Ok(route);
    }
    let mut other_method = PLAIN_PATHS.contains(&path);
    if method == Method::DELETE
        && let Some(route) = checkpoint(path)
    {
        return Ok(route);
    }
    for (wanted, prefix, suffix, make) in NAMED {
        let Some(name) = path.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix)) else { continue };
        let Ok(name) = ObjectRef::new(name) else { continue };
        if wanted == method {
            return Ok(make(name));
        }
        other_method = true;
    }
    Err(if other_method { RouteError::MethodNotAllowed } else { RouteError::NotFound })
}

fn checkpoint(path: &str) -> Option<Route> {
    let (container, checkpoint) = path.strip_prefix("/containers/")?.rsplit_once("/checkpoints/")?;
    let (container, checkpoint) = (ObjectRef::new(container).ok()?, ObjectRef::new(checkpoint).ok()?);
    (!checkpoint.as_str().contains('/')).then_some(Route::CheckpointRemove(container, checkpoint))
}
