//! What is asked of the engine for reports.

use engine_client::{EngineInventory, EngineSocket, Error, SwarmInventory};
use http_kit::{Body, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Info {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    server_version: String,
    #[serde(rename = "OSType")]
    os_type: String,
    architecture: String,
    operating_system: String,
    kernel_version: String,
    driver: String,
    #[serde(rename = "NCPU")]
    ncpu: u32,
    mem_total: u64,
    containers: u32,
    containers_running: u32,
    images: u32,
    labels: Option<Vec<String>>,
    swarm: Swarm,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Swarm {
    #[serde(rename = "NodeID")]
    node_id: String,
    node_addr: String,
    local_node_state: String,
    control_available: bool,
    error: String,
    cluster: Option<Cluster>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Cluster {
    #[serde(rename = "ID")]
    id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Version {
    #[serde(rename = "ApiVersion")]
    api: String,
    #[serde(rename = "MinAPIVersion")]
    min_api: String,
}

/// Asks the engine what it is.
pub(crate) async fn inventory(engine: &EngineSocket) -> Result<EngineInventory, Error> {
    let info: Info = ask(engine, "/info").await?;
    let version: Version = ask(engine, "/version").await?;
    Ok(EngineInventory {
        engine_id: info.id,
        name: info.name,
        version: info.server_version,
        api_version: version.api,
        min_api_version: version.min_api,
        os: info.os_type,
        architecture: info.architecture,
        operating_system: info.operating_system,
        kernel_version: info.kernel_version,
        storage_driver: info.driver,
        cpus: info.ncpu,
        memory_bytes: info.mem_total,
        containers: info.containers,
        containers_running: info.containers_running,
        images: info.images,
        labels: info
            .labels
            .unwrap_or_default()
            .into_iter()
            .map(|label| match label.split_once('=') {
                Some((key, value)) => (key.to_owned(), value.to_owned()),
                None => (label, String::new()),
            })
            .collect(),
        swarm: SwarmInventory {
            state: info.swarm.local_node_state,
            cluster_id: info.swarm.cluster.unwrap_or_default().id,
            node_id: info.swarm.node_id,
            address: info.swarm.node_addr,
            is_manager: info.swarm.control_available,
            error: info.swarm.error,
        },
    })
}

async fn ask<T: DeserializeOwned>(engine: &EngineSocket, path: &'static str) -> Result<T, Error> {
    let unreadable = |reason: String| Error::Answer { path, reason };
    let request: Request =
        http::Request::get(path).body(Body::empty()).map_err(|error| unreadable(error.to_string()))?;
    let response = engine.request(request).await?;
    if !response.status().is_success() {
        return Err(unreadable(response.status().to_string()));
    }
    let bytes = http_kit::read(response.into_body(), MAX_ANSWER_BYTES)
        .await
        .map_err(|error| unreadable(base::chain(&error)))?;
    serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
}
