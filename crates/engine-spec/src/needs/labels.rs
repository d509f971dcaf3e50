//! Labels that carry access, and names that capture ids.

use serde_json::Value;

use super::collect::Collector;
use crate::reference::looks_like_id;

/// The label by which a client says into which collection an object goes.
pub const ACCESS_LABEL: &str = "com.docker.ucp.access.label";
/// The label that names an object's owner; written by the gateway alone.
pub const OWNER_LABEL: &str = "com.docker.ucp.access.owner";
/// The beginning of the labels that name an object's collections; written by the gateway alone.
pub const COLLECTION_LABEL_PREFIX: &str = "com.docker.ucp.collection.";

/// Everything of the control plane's begins like this.
const OURS: &str = "com.docker.ucp.";
/// Labels of orchestrators that the engine itself writes and trusts.
const SWARM: &str = "com.docker.swarm.";

/// Reports whether a label belongs to the control plane or to an orchestrator.
pub(crate) fn is_reserved(name: &str) -> bool {
    name.starts_with(OURS) || name.starts_with(SWARM)
}

/// How labels are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Labels {
    /// Of something new: the access label says where it goes, other labels of ours are not the client's to write.
    New,
    /// Of something that exists: clients send back what they read, so ours may stand there and are written anew.
    Existing,
    /// Inside a template (a service's containers, a mount's volume): the access label means nothing here.
    Inner,
}

impl Collector<'_> {
    /// Judges a map of labels; the value of the access label is kept.
    pub(super) fn labels(&mut self, field: &str, labels: Option<&Value>, kind: Labels) {
        let Some(labels) = labels.and_then(Value::as_object) else { return };
        for (name, value) in labels {
            if name == ACCESS_LABEL {
                if kind != Labels::Inner {
                    self.needs.collection = value.as_str().filter(|path| !path.is_empty()).map(str::to_owned);
                }
            } else if name.starts_with(OURS) && kind == Labels::New || name.starts_with(SWARM) {
                self.admin(format!("the label `{name}` in {field} is reserved"));
            }
        }
    }

    /// Refuses a name that would capture references to ids.
    pub(super) fn name(&mut self, field: &str, name: Option<&str>) {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return };
        let bare = name.trim_start_matches('/');
        if looks_like_id(bare) {
            self.refuse(field, "a name of 12 or 64 hexadecimal characters reads as an id");
        }
        if name.chars().any(char::is_control) || name.len() > 255 {
            self.malformed(field, "the name holds control characters or is longer than 255 bytes");
        }
    }
}
