//! Filters that name other objects: each is resolved under the caller's rights before the list is fetched.

use super::Query;
use crate::route::Route;

/// The kind of object that a filter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReferenceKind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A node.
    Node,
    /// A service.
    Service,
    /// A secret.
    Secret,
    /// A config.
    Config,
}

/// A value in a query that names another object; one that the caller may not know is answered as if it did not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryReference {
    /// The filter's name.
    pub filter: &'static str,
    /// The value as written.
    pub value: String,
    /// What it names.
    pub kind: ReferenceKind,
    /// Whether it stands in a parameter of that name rather than in `filters`.
    pub is_parameter: bool,
}

impl Query {
    /// Lists the objects that the query names.
    #[must_use]
    pub fn references(&self, route: &Route) -> Vec<QueryReference> {
        use ReferenceKind::{Config, Container, Image, Network, Node, Secret, Service, Volume};
        let table: &[(&'static str, ReferenceKind)] = match route {
            Route::ContainerList => &[
                ("before", Container),
                ("since", Container),
                ("ancestor", Image),
                ("network", Network),
                ("volume", Volume),
                ("node", Node),
            ],
            Route::ImageList => &[("before", Image), ("since", Image)],
            Route::TaskList => &[("service", Service), ("node", Node)],
            Route::Events => &[
                ("container", Container),
                ("image", Image),
                ("network", Network),
                ("volume", Volume),
                ("node", Node),
                ("service", Service),
                ("secret", Secret),
                ("config", Config),
            ],
            _ => &[],
        };
        let mut found = Vec::new();
        for (filter, kind) in table {
            let values = self.filters().into_iter().flat_map(|filters| filters.values(filter));
            // A path is a mount point inside a container, no volume's name.
            let named = values.filter(|value| *kind != Volume || !value.starts_with('/'));
            found.extend(named.map(|value| QueryReference {
                filter,
                value: value.to_owned(),
                kind: *kind,
                is_parameter: false,
            }));
        }
        if *route == Route::ContainerList {
            let parameters = ["before", "since"].into_iter().filter_map(|name| Some((name, self.non_empty(name)?)));
            found.extend(parameters.map(|(filter, value)| QueryReference {
                filter,
                value: value.to_owned(),
                kind: Container,
                is_parameter: true,
            }));
        }
        found
    }
}
