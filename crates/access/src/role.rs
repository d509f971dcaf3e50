//! Roles: the five built in, and custom ones.

use base::RoleId;
use serde::{Deserialize, Serialize};

use crate::operation::{Category, Operation};
use crate::parameter::Parameter;
use crate::rights::Rights;

/// A named set of operations. Never changed once made: deleted and made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The id: a built-in name or random.
    pub id: RoleId,
    /// The name shown.
    pub name: String,
    /// Whether it is built in and cannot be deleted.
    pub system: bool,
    /// What it allows.
    #[serde(rename = "operations")]
    pub rights: Rights,
}

/// The ids of the built-in roles.
pub mod role_ids {
    /// Nothing.
    pub const NONE: &str = "none";
    /// Inspect, no change.
    pub const VIEW_ONLY: &str = "viewonly";
    /// View and edit, nothing that reaches the node.
    pub const RESTRICTED_CONTROL: &str = "restrictedcontrol";
    /// View nodes and place work on them.
    pub const SCHEDULER: &str = "scheduler";
    /// Everything.
    pub const FULL_CONTROL: &str = "fullcontrol";
}

/// Returns the five built-in roles.
///
/// - *Restricted Control* has every operation but those that reach into a node or into a running container from
///   outside (Container Exec, Container Join, Node Update), and no parameter but the default bridge network,
///   without which a plain `docker run` would be refused; a custom role can withhold that one too.
/// - *Full Control* has every operation with every parameter.
#[must_use]
pub fn builtin_roles() -> Vec<Role> {
    vec![
        role(role_ids::NONE, "None", Rights::NONE),
        role(role_ids::VIEW_ONLY, "View Only", view_only()),
        role(role_ids::RESTRICTED_CONTROL, "Restricted Control", restricted_control()),
        role(role_ids::SCHEDULER, "Scheduler", Rights::of(&[Operation::NodeView, Operation::NodeSchedule])),
        role(role_ids::FULL_CONTROL, "Full Control", Rights::all()),
    ]
}

#[expect(clippy::expect_used, reason = "the five ids are constants that a test reads")]
fn role(id: &str, name: &str, rights: Rights) -> Role {
    Role { id: id.parse().expect("built-in role id"), name: name.to_owned(), system: true, rights }
}

fn view_only() -> Rights {
    let mut rights = Rights::of(&[
        Operation::ContainerChanges,
        Operation::ContainerLogs,
        Operation::ContainerStats,
        Operation::ContainerTop,
        Operation::ContainerWait,
        Operation::ImageHistory,
        Operation::ServiceLogs,
        Operation::ServiceViewTasks,
    ]);
    for category in Category::ALL {
        rights.allow(category.view());
    }
    rights
}

fn restricted_control() -> Rights {
    let mut rights = Rights::of(Operation::ALL);
    for operation in [Operation::ContainerExec, Operation::ContainerJoin, Operation::NodeUpdate] {
        rights.withdraw(operation);
    }
    for operation in [Operation::ContainerCreate, Operation::ServiceCreate, Operation::ServiceUpdate] {
        rights.allow_parameter(operation, Parameter::BridgeNetworking);
    }
    rights
}
