//! Classic builds.

use access::{Operation as Op, Parameter};
use serde_json::Value;

use super::collect::Collector;
use super::labels::Labels;
use super::{FollowUp, Pin, Target};
use crate::query::Query;

impl Collector<'_> {
    /// Judges `POST /build`, whose parameters reach as far as a container's.
    pub(super) fn build(&mut self, query: &Query) {
        self.main(Op::ImageBuild, Target::Root);
        self.needs.schedules = true;
        match query.text("version").unwrap_or_default() {
            "" | "1" => {}
            _ => self.refuse("version", "only classic builds are open: set DOCKER_BUILDKIT=0"),
        }
        if query.non_empty("session").is_some() || query.non_empty("outputs").is_some() {
            self.refuse("session", "sessions are not open: set DOCKER_BUILDKIT=0");
        }
        if query.non_empty("remote").is_some() {
            self.admin("a remote context makes the engine fetch it");
        }
        for name in query.list("t").iter().filter(|name| !name.is_empty()) {
            self.image_name(name, None);
        }
        self.build_network(query);
        if query.non_empty("cgroupparent").is_some() {
            self.parameter(Parameter::RuntimeOptions);
        }
        self.isolation(query.non_empty("isolation"));
        if query.list("securityopt").iter().any(|option| !option.is_empty()) {
            self.parameter(Parameter::SecurityOptions);
        }
        if query.json("ulimits").and_then(Value::as_array).is_some_and(|limits| !limits.is_empty()) {
            self.parameter(Parameter::KernelTuning);
        }
        if query.list("extrahosts").iter().any(|entry| entry.contains("host-gateway")) {
            self.parameter(Parameter::ExtraHosts);
        }
        // Labels of an image reach the containers made from it, where the gateway writes its own over them.
        self.labels("labels", query.json("labels"), Labels::Inner);
        for image in query.json("cachefrom").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if let Some(image) = self.image("cachefrom", image) {
                self.need(Op::ImageView, Target::Image(image));
            }
        }
        let path = query.non_empty("dockerfile").unwrap_or("Dockerfile").to_owned();
        self.follow(FollowUp::Dockerfile { path });
    }

    fn build_network(&mut self, query: &Query) {
        match query.text("networkmode").unwrap_or_default() {
            // The default network of builds is free wherever building is.
            "" | "default" | "bridge" | "none" => {}
            "host" => self.parameter(Parameter::HostNetworking),
            mode if mode == "container" || mode.starts_with("container:") => {
                let named = mode.strip_prefix("container:").unwrap_or_default();
                if let Some(container) = self.object("networkmode", named) {
                    self.need_at(Op::ContainerJoin, Target::Container(container), None::<Pin>);
                }
            }
            network => self.network("networkmode", network, None),
        }
    }
}
