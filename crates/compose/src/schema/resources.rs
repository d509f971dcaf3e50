//! The keys of networks, volumes, secrets, configs, models and `include`.

use super::shape::{Field, Object, Shape, field, on};

const fn closed(fields: &'static [Field]) -> Object {
    Object { fields, required: &[], extensions: true, stack_extensions: Some(7), open: None }
}

pub(super) static NETWORK_SHAPE: Shape = Shape::Object(&NETWORK);
pub(super) static VOLUME_SHAPE: Shape = Shape::Object(&VOLUME);
pub(super) static SECRET_SHAPE: Shape = Shape::Object(&SECRET);
pub(super) static CONFIG_SHAPE: Shape = Shape::Object(&CONFIG);
pub(super) static MODEL_SHAPE: Shape = Shape::Object(&MODEL);
pub(super) static INCLUDE: Shape = Shape::Either(&[&Shape::Text, &Shape::Object(&INCLUDED)]);

static EXTERNAL: Shape = Shape::Either(&[&Shape::Boolean, &Shape::Object(&EXTERNAL_NAME)]);
static EXTERNAL_NAME: Object = closed(&[field("name", &Shape::Text, on("cv0s"))]);

static NETWORK: Object = closed(&[
    field("attachable", &Shape::Boolean, on("cv2s")),
    field("driver", &Shape::Text, on("cv0s")),
    field("driver_opts", &Shape::Options, on("cv0s")),
    field("enable_ipv4", &Shape::Boolean, on("s")),
    field("enable_ipv6", &Shape::Boolean, on("cs")),
    field("external", &EXTERNAL, on("cv0s")),
    field("internal", &Shape::Boolean, on("cv0s")),
    field("ipam", &Shape::Object(&IPAM), on("cv0s")),
    field("labels", &Shape::Dictionary, on("cv0s")),
    field("name", &Shape::Text, on("cv5s")),
]);

static IPAM: Object = closed(&[
    field("config", &Shape::List(&Shape::Object(&POOL)), on("cv0s")),
    field("driver", &Shape::Text, on("cv0s")),
    field("options", &Shape::Options, on("cs")),
]);

static POOL: Object = closed(&[
    field("aux_addresses", &Shape::Options, on("cs")),
    field("gateway", &Shape::Text, on("cs")),
    field("ip_range", &Shape::Text, on("cs")),
    field("subnet", &Shape::Text, on("cv0s")),
]);

static VOLUME: Object = closed(&[
    field("driver", &Shape::Text, on("cv0s")),
    field("driver_opts", &Shape::Options, on("cv0s")),
    field("external", &EXTERNAL, on("cv0s")),
    field("labels", &Shape::Dictionary, on("cv0s")),
    field("name", &Shape::Text, on("cv4s")),
]);

static SECRET: Object = closed(&[
    field("driver", &Shape::Text, on("cv8s")),
    field("driver_opts", &Shape::Options, on("cv8s")),
    field("environment", &Shape::Text, on("s")),
    field("external", &EXTERNAL, on("cv1s")),
    field("file", &Shape::Text, on("cv1s")),
    field("labels", &Shape::Dictionary, on("cv1s")),
    field("name", &Shape::Text, on("cv5s")),
    field("template_driver", &Shape::Text, on("cv8s")),
]);

static CONFIG: Object = closed(&[
    field("content", &Shape::Text, on("s")),
    field("environment", &Shape::Text, on("s")),
    field("external", &EXTERNAL, on("cv3s")),
    field("file", &Shape::Text, on("cv3s")),
    field("labels", &Shape::Dictionary, on("cv3s")),
    field("name", &Shape::Text, on("cv5s")),
    field("template_driver", &Shape::Text, on("cv8s")),
]);

static MODEL: Object = Object {
    fields: &[
        field("context_size", &Shape::Integer, on("s")),
        field("model", &Shape::Text, on("s")),
        field("name", &Shape::Text, on("s")),
        field("runtime_flags", &Shape::Words, on("s")),
    ],
    required: &["model"],
    extensions: true,
    stack_extensions: Some(7),
    open: None,
};

static INCLUDED: Object = Object {
    fields: &[
        field("env_file", &Shape::TextOrStrings, on("s")),
        field("path", &Shape::TextOrStrings, on("s")),
        field("project_directory", &Shape::Text, on("s")),
    ],
    required: &["path"],
    extensions: false,
    stack_extensions: Some(7),
    open: None,
};
