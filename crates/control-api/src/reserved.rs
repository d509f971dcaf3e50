//! UCP's and DTR's own paths that are not open yet: 501 in their dialect, never 404, so that scripts say why.

use base::ErrorKind;
use http_kit::{Dialect, Failure};

/// A path with everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// The path, without a slash at its end.
    pub path: &'static str,
    /// Whose path it is.
    pub dialect: Dialect,
    /// What to use instead.
    pub instead: Option<&'static str>,
}

const fn ucp(path: &'static str, instead: Option<&'static str>) -> Reserved {
    Reserved { path, dialect: Dialect::Ucp, instead }
}

/// Every reserved path.
pub const RESERVED: &[Reserved] = &[
    ucp("/accounts", Some("/api/v1/users, /api/v1/organizations")),
    ucp("/roles", Some("/api/v1/roles")),
    ucp("/totalRole", Some("/api/v1/operations")),
    ucp("/defaultCollectionRole", None),
    ucp("/collections", Some("/api/v1/collections")),
    ucp("/collectionByPath", Some("/api/v1/collections/{path}")),
    ucp("/defaultCollection", Some("/api/v1/users/{user}")),
    ucp("/collectionGrants", Some("/api/v1/grants")),
    ucp("/kubernetesNamespaces", None),
    ucp("/kubeauth", None),
    ucp("/openid_keys", None),
    ucp("/api/support", None),
    ucp("/api/composehelper", None),
    ucp("/api/ucp", None),
    ucp("/api/config", None),
    ucp("/api/ucpversions", None),
    ucp("/api/ucpversionupdate", None),
    ucp("/api/interlock", None),
    ucp("/api/hrm", None),
    ucp("/metricsdiscovery", None),
    ucp("/metricsservice", None),
    ucp("/oscal", None),
    ucp("/enzi/v0", None),
    Reserved { path: "/api/v0", dialect: Dialect::Dtr, instead: Some("/api/v1/repositories") },
];

/// Finds the reserved path that a path is or lies below.
#[must_use]
pub(crate) fn find(path: &str) -> Option<&'static Reserved> {
    RESERVED.iter().find(|reserved| {
        path.strip_prefix(reserved.path).is_some_and(|below| below.is_empty() || below.starts_with('/'))
    })
}

impl Reserved {
    /// Returns what is answered there.
    #[must_use]
    pub fn refusal(&self) -> Failure {
        let mut message = format!("`{}` is not open yet", self.path);
        if let Some(instead) = self.instead {
            message.push_str(&format!("; use {instead}"));
        }
        Failure::new(ErrorKind::NotImplemented, "NOT_IMPLEMENTED", message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_paths_are_found_with_what_lies_below() {
        assert_eq!(find("/accounts").unwrap().path, "/accounts");
        assert_eq!(find("/accounts/acme/teams").unwrap().path, "/accounts");
        assert_eq!(find("/api/v0/repositories").unwrap().dialect, Dialect::Dtr);
        for free in ["/accountsx", "/api/v1/users", "/id/", "/", "/api/clientbundle", "/containers/json"] {
            assert_eq!(find(free), None, "{free}");
        }
    }

    #[test]
    fn the_table_of_what_is_not_open_is_as_recorded() {
        let table: Vec<String> = RESERVED
            .iter()
            .map(|row| format!("{:?} {} -> {}", row.dialect, row.path, row.instead.unwrap_or("-")))
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
