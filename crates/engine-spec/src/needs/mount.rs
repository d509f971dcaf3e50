//! Mounts: files of the host, volumes, images.

use access::{Operation as Op, Parameter};
use serde_json::Value;

use super::collect::{Collector, list, text, texts};
use super::labels::Labels;
use super::{Need, Needs, Rules, Target};
use crate::reference::ObjectRef;

/// Where engines keep sockets and state unless told otherwise.
const ENGINE_PATHS: &[&str] = &[
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/docker",
    "/var/run/docker",
    "/run/containerd",
    "/var/run/containerd",
    "/var/lib/docker",
    "/var/lib/containerd",
];

/// Decides on the mounts of a container whose volumes are inherited, from its inspection.
///
/// Host files are asked as a parameter of Container Create in the target collection.
#[must_use]
pub fn needs_from_mounts(inspect: &Value, rules: &Rules) -> Needs {
    let mut c = Collector::new(rules);
    c.main(Op::ContainerCreate, Target::Created);
    for mount in list(inspect, "Mounts") {
        match text(mount, "Type") {
            Some("volume") => {
                if let Some(name) = text(mount, "Name") {
                    c.volume("VolumesFrom", Some(name), false);
                }
            }
            Some("tmpfs") => {}
            Some("image") => {
                // Which image it is stands nowhere in the answer.
                c.parameter(Parameter::MountOptions);
                c.admin("VolumesFrom inherits a mount of an image");
            }
            _ => {
                c.parameter(Parameter::HostBindMounts);
                c.host_path("VolumesFrom", text(mount, "Source").unwrap_or_default());
            }
        }
    }
    c.finish()
}

impl Collector<'_> {
    /// Reports whether volumes made on the way come from a driver that takes a parameter.
    pub(super) fn volume_driver(&mut self, host: &Value) -> bool {
        text(host, "VolumeDriver").is_some_and(|driver| driver != "local")
    }

    /// Judges `Binds`: `source:target[:mode]`, as the engine splits them.
    pub(super) fn binds(&mut self, host: &Value, driver: bool) {
        for (_, bind) in texts(host, "Binds") {
            let mut parts = bind.splitn(3, ':');
            let source = parts.next().unwrap_or_default();
            if parts.next().is_none() {
                // A target alone: an anonymous volume.
                self.volume("HostConfig.Binds", None, driver);
                continue;
            }
            let mode = parts.next().unwrap_or_default();
            if mode.split(',').any(|option| matches!(option, "shared" | "rshared" | "slave" | "rslave")) {
                self.parameter(Parameter::MountOptions);
            }
            // A single letter is no volume's name but a drive's, and a backslash is no part of a path here.
            if is_volume_name(source) && source.len() > 1 && !bind.contains('\\') {
                self.volume("HostConfig.Binds", Some(source), driver);
            } else {
                self.parameter(Parameter::HostBindMounts);
                self.host_path("HostConfig.Binds", source);
            }
        }
    }

    /// Judges one entry of `Mounts`, of a container or a service.
    pub(super) fn mount(&mut self, field: &str, mount: &Value) {
        let source = text(mount, "Source");
        let kind = text(mount, "Type").unwrap_or_default();
        let propagation = mount.pointer("/BindOptions/Propagation").and_then(Value::as_str).unwrap_or_default();
        if !matches!(propagation, "" | "private" | "rprivate") {
            self.parameter(Parameter::MountOptions);
        }
        self.labels(field, mount.pointer("/VolumeOptions/Labels"), Labels::Inner);
        // Judged whatever the type says: an engine may read it.
        let driver = mount.pointer("/VolumeOptions/DriverConfig").unwrap_or(&Value::Null);
        let optioned = self.driver(field, text(driver, "Name"), driver.get("Options"));
        match kind {
            "volume" => self.volume(field, source, optioned),
            "tmpfs" => {}
            "image" => {
                self.parameter(Parameter::MountOptions);
                if let Some(image) = source.and_then(|source| self.image(field, source)) {
                    self.need(Op::ImageView, Target::Image(image));
                }
            }
            "cluster" => {
                self.parameter(Parameter::MountOptions);
                self.volume(field, source, optioned);
            }
            "bind" | "npipe" => {
                self.parameter(Parameter::HostBindMounts);
                self.host_path(field, source.unwrap_or_default());
            }
            // An absent type is the engine's to refuse; whatever it would make of it is treated as the worst.
            _ => {
                self.parameter(Parameter::HostBindMounts);
                self.admin(format!("the mount type `{kind}` in {field} is not known"));
            }
        }
    }

    /// Judges a volume driver with its options; true if setting them takes a parameter.
    pub(super) fn driver(&mut self, field: &str, name: Option<&str>, options: Option<&Value>) -> bool {
        let options = options.and_then(Value::as_object).filter(|options| !options.is_empty());
        for value in options.into_iter().flat_map(|options| options.values()).filter_map(Value::as_str) {
            for path in value.split([',', '=', ':', ';', ' ']).filter(|part| part.starts_with('/')) {
                self.host_path(field, path);
            }
        }
        // An empty name is the local driver, which mounts anything with options.
        options.is_some() || name.is_some_and(|name| name != "local")
    }

    /// Asks for a volume: a named one at its own collection, an anonymous one where the rest is made.
    pub(super) fn volume(&mut self, field: &str, name: Option<&str>, with_options: bool) {
        let target = match name {
            None => Target::Created,
            Some(name) if !is_volume_name(name) => {
                self.malformed(field, format!("`{name}` is no valid volume name"));
                return;
            }
            Some(name) => match ObjectRef::new(name) {
                Ok(name) => Target::Volume(name),
                Err(error) => return self.malformed(field, error.to_string()),
            },
        };
        let parameters = if with_options { vec![Parameter::LocalDriverOptions] } else { Vec::new() };
        let need = Need { operation: Op::VolumeCreate, parameters, target, pin: None };
        if !self.needs.needs.contains(&need) {
            self.needs.needs.push(need);
        }
    }

    /// Judges a path of the host that is already asked as a parameter: state and sockets stay closed.
    pub(super) fn host_path(&mut self, field: &str, path: &str) {
        if path.chars().any(char::is_control) {
            return self.malformed(field, "the path holds control characters");
        }
        let path = normal(path);
        let rules = self.rules;
        for forbidden in &rules.forbidden_paths {
            let forbidden = normal(forbidden);
            if within(&path, &forbidden) {
                self.refuse(field, format!("`{path}` belongs to the control plane or the engine"));
            } else if within(&forbidden, &path) {
                self.admin(format!("`{path}` in {field} contains `{forbidden}`"));
            }
        }
        for engine in ENGINE_PATHS {
            if within(&path, engine) || within(engine, &path) {
                self.admin(format!("`{path}` in {field} reaches the engine's own `{engine}`"));
            }
        }
        // Below /proc every process shows the whole host under another name.
        if within(&path, "/proc") {
            self.admin(format!("`{path}` in {field} lies in /proc"));
        }
    }
}

/// Reports whether a path is another or lies below it; both normal.
fn within(path: &str, above: &str) -> bool {
    above == "/" || path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// Resolves empty, `.` and `..` parts.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn is_volume_name(name: &str) -> bool {
    name.len() <= 255
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_in_their_normal_form() {
        assert_eq!(normal("//var/./run/../run//docker.sock/"), "/var/run/docker.sock");
        assert_eq!(normal("/../.."), "/");
        assert!(within("/var/run/docker.sock", "/var/run") && within("/a", "/a") && within("/a", "/"));
        assert!(!within("/var/runner", "/var/run") && !within("/", "/var"));
    }
}
