//! Which surface answers a path: by the path alone, before anything else of the request is read.

/// The surfaces of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// `/healthz`, `/readyz`, `/metrics`.
    Health,
    /// `/`: to the console.
    Root,
    /// The console's files.
    Console,
    /// Registry and token endpoint.
    Registry,
    /// Our REST API and UCP's and DTR's own paths.
    Control,
    /// The Docker API, which refuses what it does not know.
    Docker,
}

impl Destination {
    /// Chooses by path.
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/" => Self::Root,
            "/healthz" | "/readyz" | "/metrics" => Self::Health,
            "/console" | "/favicon.ico" => Self::Console,
            "/v2" | "/auth/token" => Self::Registry,
            _ if path.starts_with("/v2/") => Self::Registry,
            _ if path.starts_with("/console/") => Self::Console,
            _ if control_api::ControlApi::owns(path) => Self::Control,
            _ => Self::Docker,
        }
    }

    /// The label in metrics.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Health | Self::Root => "other",
            Self::Console => "console",
            Self::Registry => "registry",
            Self::Control => "api",
            Self::Docker => "docker",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_to_one_surface() {
        for (path, surface) in [
            ("/", Destination::Root),
            ("/v2/", Destination::Registry),
            ("/v2/acme/web/manifests/1", Destination::Registry),
            ("/auth/token", Destination::Registry),
            ("/auth/login", Destination::Control),
            ("/api/v1/services", Destination::Control),
            ("/console/services", Destination::Console),
            ("/ca", Destination::Control),
            ("/id/", Destination::Control),
            ("/readyz", Destination::Health),
            ("/v1.41/containers/json", Destination::Docker),
            ("/containers/json", Destination::Docker),
            ("/_ping", Destination::Docker),
            ("/auth", Destination::Docker),
            ("/v2.0/containers/json", Destination::Docker),
            ("//v2/x", Destination::Docker),
            ("/nosuch", Destination::Docker),
        ] {
            assert_eq!(Destination::of(path), surface, "{path}");
        }
    }
}
