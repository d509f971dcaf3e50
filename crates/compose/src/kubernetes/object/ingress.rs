//! Ingress: host names of the outside led to a service.

use serde::Serialize;

/// Host names led to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IngressSpec {
    /// Class; absent means the cluster's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_class_name: Option<String>,
    /// Certificates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tls: Vec<IngressTls>,
    /// One for each host name.
    pub rules: Vec<IngressRule>,
}

/// The certificate of some host names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IngressTls {
    /// Host names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The Secret that holds the certificate.
    pub secret_name: String,
}

/// One host name; absent means any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IngressRule {
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Paths.
    pub http: IngressHttp,
}

/// Paths of a host name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IngressHttp {
    /// Paths.
    pub paths: Vec<IngressPath>,
}

/// A path and the service behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IngressPath {
    /// Path.
    pub path: String,
    /// `Prefix`.
    pub path_type: &'static str,
    /// The service.
    pub backend: IngressBackend,
}

/// The service behind a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IngressBackend {
    /// The service.
    pub service: IngressService,
}

/// Name and port of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IngressService {
    /// Name.
    pub name: String,
    /// Port.
    pub port: IngressPort,
}

/// Number of a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IngressPort {
    /// Number.
    pub number: u16,
}
