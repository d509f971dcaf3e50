//! How lists are ordered.

use api_model::{RepositorySort, ServiceSort, SortOrder};
use base::Direction;
use registry::RepositoryKey;
use workloads::ServiceKey;

/// Returns the domain's word for a direction.
pub(crate) fn direction(order: SortOrder) -> Direction {
    match order {
        SortOrder::Asc => Direction::Ascending,
        SortOrder::Desc => Direction::Descending,
    }
}

/// Returns the domain's word for what services are ordered by.
pub(crate) fn service_key(sort: ServiceSort) -> ServiceKey {
    match sort {
        ServiceSort::Name => ServiceKey::Name,
        ServiceSort::Image => ServiceKey::Image,
        ServiceSort::Stack => ServiceKey::Stack,
        ServiceSort::Updated => ServiceKey::Updated,
    }
}

/// Returns the domain's word for what repositories are ordered by.
pub(crate) fn repository_key(sort: RepositorySort) -> RepositoryKey {
    match sort {
        RepositorySort::Name => RepositoryKey::Name,
        RepositorySort::Created => RepositoryKey::Created,
        RepositorySort::Updated => RepositoryKey::Updated,
        RepositorySort::Tags => RepositoryKey::Tags,
    }
}
