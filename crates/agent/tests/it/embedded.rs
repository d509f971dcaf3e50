//! The agent within the server's process.

use std::time::Duration;

use access::{Grant, GrantSubject};
use agent::EmbeddedOptions;
use base::{AccountId, AccountName, CollectionId, OperationId, PageLimit};
use fleet::{EngineNotice, Error, Weight};
use http_kit::Shutdown;
use opctx::{AccountCaller, Caller, OpContext, Origin, Via};
use state::control::Command;
use state::control::accounts::UserCreate;
use tokio::time::timeout;

use crate::rig::{Rig, eventually, ping};

async fn embed(rig: &Rig) -> base::NodeId {
    let identity = rig.fleet.node_embedded(&"host-0".parse().unwrap()).await.unwrap();
    let options = EmbeddedOptions {
        identity,
        dial: rig.fleet.embedded_dial(identity),
        engine: rig.engine.clone(),
        certs_dir: Some(rig.folder.path().join("certs.d")),
        state_dir: rig.folder.path().join("embedded"),
    };
    tokio::spawn(agent::embedded(options, Shutdown::new()));
    identity.node
}

async fn user(rig: &Rig, name: &str) -> OpContext {
    let (id, name): (AccountId, AccountName) = (AccountId::random(), name.parse().unwrap());
    let create = UserCreate {
        id,
        name: name.clone(),
        full_name: String::new(),
        password: None,
        is_admin: false,
        private_collection: CollectionId::random(),
        role: "restrictedcontrol".parse().unwrap(),
    };
    let written = rig.store.write(OperationId::random(), Command::UserCreate(create)).await.unwrap();
    assert!(rig.contexts.authority().reach(written.index).await);
    let epoch = rig.contexts.authority().snapshot().account(id).unwrap().epoch;
    let caller = AccountCaller { id, name, is_admin: false, epoch, via: Via::Password, limit: None };
    rig.contexts.context(Caller::Account(caller), Origin::system())
}

#[tokio::test]
async fn the_embedded_agent_is_the_first_manager() {
    let rig = Rig::start().await;
    let mut events = rig.fleet.subscribe_events();
    let node = embed(&rig).await;
    let link = eventually("the engine is connected", async || rig.fleet.manager_engine().ok()).await;
    assert_eq!(link.node(), node);
    for weight in [Weight::Short, Weight::Bulk] {
        assert_eq!(ping(&link, weight).await, "OK");
    }
    let shown = rig.fleet.node_view(&rig.system(), &node.to_string()).await.unwrap();
    assert_eq!(shown.record.name.as_str(), "host-0");
    assert_eq!(shown.collection_path.unwrap().as_str(), "/System");
    // Started again, it is the same node.
    assert_eq!(rig.fleet.node_embedded(&"host-0".parse().unwrap()).await.unwrap().node, node);
    let seen = timeout(Duration::from_secs(10), async {
        loop {
            if let EngineNotice::Event(event) = events.recv().await.unwrap() {
                return event;
            }
        }
    });
    let event = seen.await.unwrap();
    assert_eq!((event.node, event.action.as_str(), event.actor.as_str()), (node, "start", "c1"));
}

#[tokio::test]
async fn a_node_is_shown_to_those_who_may_view_it_alone() {
    let rig = Rig::start().await;
    let node = embed(&rig).await;
    let anna = user(&rig, "anna").await;
    let list = rig.fleet.node_list(&anna, None, PageLimit::clamped(None)).await.unwrap();
    assert!(list.items.is_empty());
    assert!(matches!(rig.fleet.node_view(&anna, "host-0").await, Err(Error::NotFound { .. })));
    let grant = Grant {
        subject: GrantSubject::User(anna.account().unwrap()),
        role: "viewonly".parse().unwrap(),
        collection: "system".parse().unwrap(),
    };
    let written = rig.store.write(OperationId::random(), Command::GrantAdd(grant)).await.unwrap();
    assert!(rig.contexts.authority().reach(written.index).await);
    let list = rig.fleet.node_list(&anna, None, PageLimit::clamped(None)).await.unwrap();
    assert_eq!(list.items.iter().map(|node| node.record.id).collect::<Vec<_>>(), [node]);
    assert!(rig.fleet.node_view(&anna, "host-0").await.is_ok());
    // To see is not to remove.
    assert_eq!(rig.fleet.node_remove(&anna, "host-0").await.unwrap_err().kind(), base::ErrorKind::Forbidden);
    assert_eq!(
        rig.fleet.node_token_create(&anna, String::new(), fleet::NodeRole::Worker, None).await.unwrap_err().kind(),
        base::ErrorKind::Forbidden
    );
}
