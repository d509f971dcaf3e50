//! Which crate may import which: lower layers, and within a layer only the edges named here.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Edges within a layer: importer, imported.
const EDGES: &[(&str, &str)] = &[
    ("pki", "telemetry"),
    ("http-kit", "telemetry"),
    ("http-kit", "pki"),
    ("store", "telemetry"),
    ("store", "pki"),
    ("blob", "telemetry"),
    ("config", "telemetry"),
    ("engine-client", "telemetry"),
    ("engine-client", "http-kit"),
    ("engine-client", "pki"),
    ("image", "file-map"),
    ("advisory-db", "file-map"),
    ("opctx", "state"),
    ("identity", "state"),
    ("identity", "opctx"),
    ("fleet", "state"),
    ("fleet", "opctx"),
    ("workloads", "state"),
    ("workloads", "opctx"),
    ("workloads", "fleet"),
    ("registry", "state"),
    ("registry", "opctx"),
    ("control-api", "api-model"),
    ("client", "api-model"),
    ("server", "agent"),
    ("cli", "server"),
    ("cli", "agent"),
];

/// Layer 0 may all use `base`, and these further edges.
const PURE_EDGES: &[(&str, &str)] = &[
    ("engine-spec", "access"),
    ("engine-spec", "oci"),
    ("compose", "oci"),
    ("catalogue", "oci"),
    ("catalogue", "vuln"),
];

pub(crate) fn check() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec().context("reading the workspace")?;
    let mut layer = HashMap::new();
    for package in &metadata.packages {
        let short = package.name.strip_prefix("holdfast-").unwrap_or(&package.name).to_owned();
        let number = package
            .metadata
            .get("layer")
            .and_then(serde_json::Value::as_u64)
            .with_context(|| format!("`{short}` has no [package.metadata] layer"))?;
        layer.insert(short, number);
    }
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let importer = package.name.strip_prefix("holdfast-").unwrap_or(&package.name);
        for dependency in &package.dependencies {
            let Some(imported) = dependency.name.strip_prefix("holdfast-") else { continue };
            if dependency.kind == DependencyKind::Development && matches!(imported, "testkit" | "compose-record") {
                continue;
            }
            if !allowed(importer, layer[importer], imported, layer[imported]) {
                faults.push(format!(
                    "`{importer}` (layer {}) imports `{imported}` (layer {})",
                    layer[importer], layer[imported]
                ));
            }
        }
    }
    faults.sort();
    if faults.is_empty() { Ok(()) } else { bail!("layers:\n  {}", faults.join("\n  ")) }
}

fn allowed(importer: &str, importer_layer: u64, imported: &str, imported_layer: u64) -> bool {
    imported_layer < importer_layer
        || (importer_layer == 0 && imported == "base")
        || (importer_layer == 4 && matches!(importer, "testkit" | "e2e" | "xtask"))
        || EDGES.iter().chain(PURE_EDGES).any(|edge| *edge == (importer, imported))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_go_down_only() {
        assert!(allowed("registry", 2, "blob", 1));
        assert!(!allowed("blob", 1, "registry", 2));
        assert!(!allowed("registry", 2, "identity", 2));
        assert!(allowed("identity", 2, "opctx", 2));
    }
}
