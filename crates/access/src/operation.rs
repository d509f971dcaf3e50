//! Every operation that a role may hold, by the names that clients of UCP know.

use std::fmt;

macro_rules! operations {
    ($($category:ident { $($variant:ident => $verb:literal),+ $(,)? })+) => {
        /// The kind of object that an operation acts on; the first word on the wire.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Category { $(#[doc = concat!("`", stringify!($category), "`.")] $category),+ }

        impl Category {
            /// All categories, in wire order.
            pub const ALL: &'static [Self] = &[$(Self::$category),+];

            /// Returns the name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$category => stringify!($category)),+ }
            }

            /// Returns the operations of this category.
            #[must_use]
            pub const fn operations(self) -> &'static [Operation] {
                match self { $(Self::$category => &[$(Operation::$variant),+]),+ }
            }
        }

        /// One thing that can be done with an object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $($(#[doc = concat!("`", stringify!($category), " ", $verb, "`.")] $variant),+),+ }

        impl Operation {
            /// All operations, in wire order.
            pub const ALL: &'static [Self] = &[$($(Self::$variant),+),+];

            /// Returns the category.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $($(Self::$variant => Category::$category),+),+ }
            }

            /// Returns the full name on the wire, category first: `Container View`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$variant => concat!(stringify!($category), " ", $verb)),+),+ }
            }
        }
    };
}

operations! {
    Config {
        ConfigCreate => "Create", ConfigDelete => "Delete", ConfigUpdate => "Update", ConfigUse => "Use",
        ConfigView => "View",
    }
    Container {
        ContainerAttach => "Attach", ContainerChanges => "Changes", ContainerConnect => "Connect",
        ContainerCreate => "Create", ContainerDisconnect => "Disconnect", ContainerExec => "Exec",
        ContainerExport => "Export", ContainerFilesystemRead => "Filesystem Read",
        ContainerFilesystemWrite => "Filesystem Write", ContainerJoin => "Join", ContainerKill => "Kill",
        ContainerLogs => "Logs", ContainerPause => "Pause", ContainerRemove => "Remove",
        ContainerRename => "Rename", ContainerResize => "Resize", ContainerRestart => "Restart",
        ContainerStart => "Start", ContainerStats => "Stats", ContainerStop => "Stop", ContainerTop => "Top",
        ContainerUnpause => "Unpause", ContainerUpdate => "Update", ContainerView => "View",
        ContainerWait => "Wait",
    }
    Image {
        ImageBuild => "Build", ImageCommit => "Commit", ImageCreate => "Create", ImageExport => "Export",
        ImageHistory => "History", ImageLoad => "Load", ImagePrune => "Prune", ImagePush => "Push",
        ImageRemove => "Remove", ImageSearch => "Search", ImageTag => "Tag", ImageView => "View",
    }
    Network {
        NetworkConnect => "Connect", NetworkCreate => "Create", NetworkDisconnect => "Disconnect",
        NetworkRemove => "Remove", NetworkView => "View",
    }
    Node { NodeSchedule => "Schedule", NodeUpdate => "Update", NodeView => "View" }
    Secret {
        SecretCreate => "Create", SecretDelete => "Delete", SecretUpdate => "Update", SecretUse => "Use",
        SecretView => "View",
    }
    Service {
        ServiceCreate => "Create", ServiceDelete => "Delete", ServiceLogs => "Logs", ServiceUpdate => "Update",
        ServiceView => "View", ServiceViewTasks => "View Tasks",
    }
    Volume { VolumeCreate => "Create/Attach", VolumeRemove => "Remove", VolumeView => "View" }
}

impl Operation {
    /// Finds an operation by its category and full name, as they stand in a role.
    #[must_use]
    pub fn from_wire(category: &str, name: &str) -> Option<Self> {
        Self::from_name(name).filter(|operation| operation.category().name() == category)
    }

    /// Finds an operation by its full name (`Container View`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// Returns the operation that lets a subject know an object of this category at all.
    #[must_use]
    pub const fn view(self) -> Self {
        self.category().view()
    }
}

impl Category {
    /// Returns the name in lower case, as messages and the audit log show it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Container => "container",
            Self::Image => "image",
            Self::Network => "network",
            Self::Node => "node",
            Self::Secret => "secret",
            Self::Service => "service",
            Self::Volume => "volume",
        }
    }

    /// Returns the operation that lets a subject know an object of this category at all.
    #[must_use]
    pub const fn view(self) -> Operation {
        match self {
            Self::Config => Operation::ConfigView,
            Self::Container => Operation::ContainerView,
            Self::Image => Operation::ImageView,
            Self::Network => Operation::NetworkView,
            Self::Node => Operation::NodeView,
            Self::Secret => Operation::SecretView,
            Self::Service => Operation::ServiceView,
            Self::Volume => Operation::VolumeView,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
