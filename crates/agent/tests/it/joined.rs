//! An agent that joins from outside.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use fleet::{Error, RegistryTrust, Weight};
use http_kit::Shutdown;
use tokio::time::timeout;

use crate::rig::{Rig, eventually, ping};

#[tokio::test]
async fn a_joined_agent_serves_requests_and_reports_its_engine() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let stop = Shutdown::new();
    let running = tokio::spawn(agent::run(rig.agent(Some(&token)), stop.clone()));
    let node = eventually("the node reports its engine", async || {
        let node = rig.fleet.node_view(&rig.system(), "host-1").await.ok()?;
        (node.is_connected && node.record.engine.is_some()).then_some(node)
    })
    .await;
    assert_eq!(node.record.engine.as_deref(), Some("E1"));
    assert_eq!(node.record.swarm_node.as_deref(), Some("sn1"));
    assert_eq!(node.collection_path.unwrap().as_str(), "/Shared");
    let link = rig.fleet.manager_engine().unwrap();
    assert_eq!(link.node(), node.record.id);
    assert_eq!(ping(&link, Weight::Short).await, "OK");
    assert_eq!(ping(&link, Weight::Bulk).await, "OK");
    stop.begin();
    running.await.unwrap().unwrap();
    eventually("the link is gone", async || rig.fleet.engine(node.record.id).err()).await;
    // Its identity is kept: it comes again without a token.
    let mode = fs_err::metadata(rig.folder.path().join("agent/agent.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let _again = tokio::spawn(agent::run(rig.agent(None), Shutdown::new()));
    eventually("the node is back", async || rig.fleet.engine(node.record.id).ok()).await;
}

#[tokio::test]
async fn a_token_is_used_once_and_only_at_its_server() {
    let rig = Rig::start().await;
    let token = rig.token().await;
    let first = tokio::spawn(agent::run(rig.agent(Some(&token)), Shutdown::new()));
    eventually("the node joins", async || rig.fleet.engines().pop()).await;
    first.abort();
    let mut second = rig.agent(Some(&token));
    second.data_dir = rig.folder.path().join("second");
    second.name = Some("host-2".to_owned());
    let error = agent::run(second, Shutdown::new()).await.unwrap_err();
    assert!(error.to_string().contains("the join token is not valid"), "{error:#}");
    // Another server, whatever it would answer, is not asked.
    let other = Rig::start().await;
    let mut third = other.agent(Some(&rig.token().await));
    third.name = Some("host-3".to_owned());
    let error = agent::run(third, Shutdown::new()).await.unwrap_err();
    assert!(error.to_string().contains("connecting to the server"), "{error:#}");
    assert!(other.fleet.node_view(&other.system(), "host-3").await.is_err());
}

#[tokio::test]
async fn a_revoked_token_does_not_join() {
    let rig = Rig::start().await;
    let made = rig.fleet.node_token_create(&rig.system(), String::new(), fleet::NodeRole::Worker, None).await.unwrap();
    assert_eq!(rig.fleet.node_token_list(&rig.system()).await.unwrap(), std::slice::from_ref(&made.token));
    rig.fleet.node_token_delete(&rig.system(), &made.token.id.to_string()).await.unwrap();
    let error = agent::run(rig.agent(Some(&made.text)), Shutdown::new()).await.unwrap_err();
    assert!(error.to_string().contains("the join token is not valid"), "{error:#}");
}

#[tokio::test]
async fn registries_are_trusted_while_the_node_belongs_to_the_cluster() {
    let rig = Rig::start().await;
    let trust = RegistryTrust { registry: "hf:7443".to_owned(), ca_pem: "PEM".to_owned() };
    rig.fleet.registries_set(vec![trust.clone()]);
    let token = rig.token().await;
    let running = tokio::spawn(agent::run(rig.agent(Some(&token)), Shutdown::new()));
    let path = rig.folder.path().join("certs.d/hf:7443/ca.crt");
    let text = eventually("the CA is written", async || fs_err::read_to_string(&path).ok()).await;
    assert_eq!(text, "PEM");
    rig.fleet.registries_set(Vec::new());
    eventually("the CA is removed", async || (!path.exists()).then_some(())).await;
    rig.fleet.registries_set(vec![trust]);
    eventually("the CA is written again", async || path.exists().then_some(())).await;
    // Removing the node takes everything back, and its certificate is not taken any more.
    rig.fleet.node_remove(&rig.system(), "host-1").await.unwrap();
    timeout(Duration::from_secs(10), running).await.unwrap().unwrap().unwrap();
    assert!(!path.exists() && !rig.folder.path().join("agent/agent.json").exists());
    assert!(matches!(rig.fleet.node_view(&rig.system(), "host-1").await, Err(Error::NotFound { .. })));
    assert!(rig.fleet.engines().is_empty());
}

#[tokio::test]
async fn a_removed_nodes_certificate_opens_no_tunnel() {
    let mut rig = Rig::start().await;
    let token = rig.token().await;
    let stop = Shutdown::new();
    let running = tokio::spawn(agent::run(rig.agent(Some(&token)), stop.clone()));
    let link = eventually("the node joins", async || rig.fleet.engines().pop()).await;
    stop.begin();
    running.await.unwrap().unwrap();
    link.closed().await;
    // Away while it is removed: it keeps its certificate.
    rig.fleet.node_remove(&rig.system(), "host-1").await.unwrap();
    let again = tokio::spawn(agent::run(rig.agent(None), Shutdown::new()));
    let refused = timeout(Duration::from_secs(10), async {
        loop {
            let reason = rig.refused.recv().await.unwrap();
            if reason.contains("the node was removed") {
                return;
            }
        }
    });
    refused.await.unwrap();
    assert!(rig.fleet.engines().is_empty());
    again.abort();
}
