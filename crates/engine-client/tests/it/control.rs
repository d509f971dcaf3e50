//! The control stream.

use std::sync::Arc;
use std::time::Duration;

use base::{ClusterId, NodeId};
use engine_client::tunnel::{AgentEnd, EmbeddedDial, serve};
use engine_client::{AgentIdentity, EngineInventory, EngineNotice, Error};
use serde_json::value::RawValue;
use tokio::io::{AsyncWriteExt, duplex};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::rig::rig;

#[tokio::test]
async fn inventory_is_reported_and_followed() {
    let rig = rig(std::path::Path::new("/nonexistent")).await;
    let mut inventory = rig.link.control().inventory();
    for name in ["one", "two"] {
        let report = EngineInventory { name: name.to_owned(), ..EngineInventory::default() };
        rig.inventory.send_replace(Some(Arc::new(report)));
        let seen = inventory.wait_for(|seen| seen.as_ref().is_some_and(|seen| seen.name == name));
        timeout(Duration::from_secs(5), seen).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn events_arrive_with_their_bytes_and_losses_are_told() {
    let rig = rig(std::path::Path::new("/nonexistent")).await;
    let mut events = rig.acceptor.events();
    rig.link.control().ping().await.unwrap();
    let text = r#"{"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"exitCode":"0"}},"n":1.50}"#;
    rig.events.send(Some(Arc::from(RawValue::from_string(text.to_owned()).unwrap()))).unwrap();
    rig.events.send(None).unwrap();
    let EngineNotice::Event(event) = events.recv().await.unwrap() else { panic!("no event") };
    assert_eq!((event.kind.as_str(), event.action.as_str(), event.actor.as_str()), ("container", "die", "c1"));
    assert_eq!(event.raw.get(), text);
    assert!(matches!(events.recv().await.unwrap(), EngineNotice::Resync(node) if node == rig.link.node()));
}

#[tokio::test]
async fn commands_are_obeyed_and_failures_come_back() {
    let rig = rig(std::path::Path::new("/nonexistent")).await;
    let control = rig.link.control();
    control.certificate_write("hf:7443", "PEM", false).await.unwrap();
    let error = control.certificate_remove("other").await.unwrap_err();
    assert_eq!(error.to_string(), "the agent could not remove a registry's CA: other is not ours");
    control.leave().await.unwrap();
    assert_eq!(*rig.notes.0.lock().unwrap(), ["write hf:7443 PEM false", "leave"]);
}

#[tokio::test]
async fn an_agent_cannot_speak_for_another_node() {
    let rig = rig(std::path::Path::new("/nonexistent")).await;
    let (links, _links) = mpsc::channel(1);
    let other = AgentIdentity { cluster: ClusterId::random(), node: NodeId::random() };
    let dial = EmbeddedDial::new(rig.acceptor.clone(), other, links);
    let end = AgentEnd { identity: rig.link.identity(), ..rig.end.clone() };
    let error = timeout(Duration::from_secs(5), serve(&end, &dial)).await.unwrap();
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
    assert!(!rig.link.is_closed());
}

#[tokio::test]
async fn what_is_no_tunnel_is_refused() {
    let rig = rig(std::path::Path::new("/nonexistent")).await;
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"HFT1\xff\xff\xff\xff", b"HFT1\0\0\0\x02{}"] {
        let (mut ours, theirs) = duplex(1024);
        ours.write_all(bytes).await.unwrap();
        drop(ours);
        let outcome = rig.acceptor.accept(Box::new(theirs), rig.link.identity()).await;
        assert!(outcome.is_err(), "{outcome:?}");
    }
}
