//! The keys of `deploy`.

use super::shape::{Field, Object, Shape, field, on};

const fn closed(fields: &'static [Field]) -> Object {
    Object { fields, required: &[], extensions: true, stack_extensions: None, open: None }
}

pub(super) static DEPLOY_SHAPE: Shape = Shape::Object(&DEPLOY);

static DEPLOY: Object = closed(&[
    field("endpoint_mode", &Shape::Text, on("cv2s")),
    field("labels", &Shape::Dictionary, on("cv0s")),
    field("mode", &Shape::Text, on("cv0s")),
    field("placement", &Shape::Object(&PLACEMENT), on("cv0s")),
    field("replicas", &Shape::Integer, on("cv0s")),
    field("resources", &Shape::Object(&RESOURCES), on("cv0s")),
    field("restart_policy", &Shape::Object(&RESTART_POLICY), on("cv0s")),
    field("rollback_config", &Shape::Object(&UPDATE_CONFIG), on("cv7s")),
    field("update_config", &Shape::Object(&UPDATE_CONFIG), on("cv0s")),
]);

static PLACEMENT: Object = closed(&[
    field("constraints", &Shape::Words, on("cv0s")),
    field("max_replicas_per_node", &Shape::Integer, on("cv8s")),
    field("preferences", &Shape::List(&Shape::Object(&PREFERENCE)), on("cv3s")),
]);

static PREFERENCE: Object = closed(&[field("spread", &Shape::Text, on("cv3s"))]);

static RESOURCES: Object = closed(&[
    field("limits", &Shape::Object(&LIMITS), on("cv0s")),
    field("reservations", &Shape::Object(&RESERVATIONS), on("cv0s")),
]);

static LIMITS: Object = closed(&[
    field("cpus", &Shape::Cpus, on("cv0s")),
    field("memory", &Shape::SizeText, on("cv0s")),
    field("pids", &Shape::Integer, on("v9s")),
]);

static RESERVATIONS: Object = closed(&[
    field("cpus", &Shape::Cpus, on("cv0s")),
    field("devices", &DEVICE_REQUESTS, on("cs")),
    field("generic_resources", &Shape::List(&Shape::Object(&GENERIC)), on("cv5s")),
    field("memory", &Shape::SizeText, on("cv0s")),
    field("pids", &Shape::Integer, on("s")),
]);

static GENERIC: Object = closed(&[field("discrete_resource_spec", &Shape::Object(&DISCRETE), on("cv5s"))]);
static DISCRETE: Object =
    closed(&[field("kind", &Shape::Text, on("cv5s")), field("value", &Shape::Number, on("cv5s"))]);

pub(super) static DEVICE_REQUESTS: Shape = Shape::List(&Shape::Object(&DEVICE_REQUEST));

static DEVICE_REQUEST: Object = closed(&[
    field("capabilities", &Shape::Strings, on("cs")),
    field("count", &Shape::TextOrNumber, on("cs")),
    field("device_ids", &Shape::Strings, on("cs")),
    field("driver", &Shape::Text, on("cs")),
    field("options", &Shape::Dictionary, on("cs")),
]);

static RESTART_POLICY: Object = closed(&[
    field("condition", &Shape::Text, on("cv0s")),
    field("delay", &Shape::Duration, on("cv0s")),
    field("max_attempts", &Shape::Integer, on("cv0s")),
    field("window", &Shape::Duration, on("cv0s")),
]);

static UPDATE_CONFIG: Object = closed(&[
    field("delay", &Shape::Duration, on("cv0s")),
    field("failure_action", &Shape::Text, on("cv0s")),
    field("max_failure_ratio", &Shape::Number, on("cv0s")),
    field("monitor", &Shape::Duration, on("cv0s")),
    field("order", &Shape::Choice(&["start-first", "stop-first"]), on("cv4s")),
    field("parallelism", &Shape::Integer, on("cv0s")),
]);
