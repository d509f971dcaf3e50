//! Volumes, secrets, configs, credentials.

use access::Operation as Op;

use super::collect::{Collector, text};
use super::labels::Labels;
use super::routes::{config, secret};
use super::{Creation, CreationKind, Target};
use crate::body::Canonical;
use crate::reference::{ImageRef, ObjectRef};

impl Collector<'_> {
    /// Judges `volumes/create`, which also answers with an existing volume: the name is resolved first.
    pub(super) fn volume_create(&mut self, body: Option<&Canonical>) {
        let Some(body) = body.map(|body| &body.value) else { return self.main(Op::VolumeCreate, Target::Created) };
        let name = text(body, "Name");
        self.needs.creation = Some(Creation { kind: CreationKind::Volume, name: name.map(str::to_owned) });
        let target = match name {
            None => Target::Created,
            Some(name) => match self.object("Name", name) {
                Some(name) => Target::Volume(name),
                None => Target::Created,
            },
        };
        self.main(Op::VolumeCreate, target);
        if name.is_some_and(|name| name.len() > 255 || name.contains('/')) {
            self.malformed("Name", "a volume name has at most 255 bytes and no slash");
        }
        self.labels("Labels", body.get("Labels"), Labels::New);
        if self.driver("DriverOpts", text(body, "Driver"), body.get("DriverOpts")) {
            self.parameter(access::Parameter::LocalDriverOptions);
        }
    }

    pub(super) fn secret_create(&mut self, body: Option<&Canonical>) {
        self.main(Op::SecretCreate, Target::Created);
        self.named(CreationKind::Secret, body);
    }

    pub(super) fn secret_update(&mut self, id: &ObjectRef, body: Option<&Canonical>) {
        self.main(Op::SecretUpdate, secret(id));
        self.labels("Labels", body.and_then(|body| body.value.get("Labels")), Labels::Existing);
    }

    pub(super) fn config_create(&mut self, body: Option<&Canonical>) {
        self.main(Op::ConfigCreate, Target::Created);
        self.named(CreationKind::Config, body);
    }

    pub(super) fn config_update(&mut self, id: &ObjectRef, body: Option<&Canonical>) {
        self.main(Op::ConfigUpdate, config(id));
        self.labels("Labels", body.and_then(|body| body.value.get("Labels")), Labels::Existing);
    }

    fn named(&mut self, kind: CreationKind, body: Option<&Canonical>) {
        let Some(body) = body.map(|body| &body.value) else { return };
        let name = text(body, "Name");
        self.needs.creation = Some(Creation { kind, name: name.map(str::to_owned) });
        self.name("Name", name);
        self.labels("Labels", body.get("Labels"), Labels::New);
    }

    /// Judges `POST /auth`: the engine would send credentials to the host that it names.
    pub(super) fn auth(&mut self, body: Option<&Canonical>) {
        let address = body.and_then(|body| text(&body.value, "serveraddress")).unwrap_or(ImageRef::DEFAULT_HOST);
        let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
        let host = bare.split('/').next().unwrap_or_default();
        let host = if host == "index.docker.io" { ImageRef::DEFAULT_HOST } else { host };
        self.registry(host);
    }
}
