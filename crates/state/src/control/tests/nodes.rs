//! Nodes and their join tokens.

use access::builtin;
use base::{ClusterId, NodeId, TokenId};
use serde_json::json;

use super::super::join_tokens::{self, JoinTokenCreate};
use super::super::nodes::{self, NodeRegister, NodeReport, NodeRole};
use super::super::{Command, Reject, Reply, TokenHash};
use super::Bench;

fn node(cluster: ClusterId, name: &str) -> NodeRegister {
    NodeRegister {
        id: NodeId::random(),
        cluster,
        name: name.parse().unwrap(),
        fingerprint: Some(TokenHash::of(name)),
        role: NodeRole::Manager,
    }
}

fn token(bench: &mut Bench, secret: &str, secs: i64) {
    let create = JoinTokenCreate {
        id: TokenId::random(),
        hash: TokenHash::of(secret),
        role: NodeRole::Worker,
        label: String::new(),
        created_by: None,
        expires: bench.now.plus_secs(secs),
    };
    bench.apply(Command::JoinTokenCreate(create)).unwrap();
}

#[test]
fn a_join_token_is_used_once_and_gives_its_own_role() {
    let mut bench = Bench::new();
    let cluster = ClusterId::random();
    token(&mut bench, "secret", 60);
    let join = |name| Command::NodeJoin { token: TokenHash::of("secret"), node: node(cluster, name) };
    bench.apply(join("one")).unwrap();
    let found = nodes::by_fingerprint(&bench.conn, &TokenHash::of("one")).unwrap().unwrap();
    assert_eq!((found.role, found.collection), (NodeRole::Worker, builtin::shared()));
    assert_eq!(bench.apply(join("two")), Err(Reject::JoinTokenInvalid));
    assert!(!join_tokens::every(&bench.conn).unwrap()[0].is_valid(bench.now));
}

#[test]
fn a_refused_node_does_not_use_the_token_up() {
    let mut bench = Bench::new();
    let cluster = ClusterId::random();
    bench.apply(Command::NodeRegister(node(cluster, "one"))).unwrap();
    token(&mut bench, "secret", 60);
    let join = |name| Command::NodeJoin { token: TokenHash::of("secret"), node: node(cluster, name) };
    assert_eq!(bench.apply(join("one")).unwrap_err().code(), "NODE_NAME_TAKEN");
    bench.apply(join("two")).unwrap();
}

#[test]
fn an_expired_or_unknown_token_is_refused_alike() {
    let mut bench = Bench::new();
    token(&mut bench, "secret", 60);
    bench.now = bench.now.plus_secs(60);
    for secret in ["secret", "other"] {
        let join = Command::NodeJoin { token: TokenHash::of(secret), node: node(ClusterId::random(), "one") };
        assert_eq!(bench.apply(join), Err(Reject::JoinTokenInvalid));
    }
}

#[test]
fn registering_again_changes_nothing() {
    let mut bench = Bench::new();
    let one = node(ClusterId::random(), "one");
    assert_eq!(bench.apply(Command::NodeRegister(one.clone())), Ok(Reply::Created));
    assert_eq!(bench.apply(Command::NodeRegister(one)), Ok(Reply::Unchanged));
}

#[test]
fn a_node_goes_home_with_its_role_unless_it_was_placed() {
    let mut bench = Bench::new();
    let one = node(ClusterId::random(), "one");
    bench.apply(Command::NodeRegister(one.clone())).unwrap();
    let report = |role, inventory| {
        let inventory = Some(inventory);
        Command::NodeReport(NodeReport { id: one.id, engine: Some("E1".to_owned()), swarm_node: None, role, inventory })
    };
    bench.apply(report(Some(NodeRole::Worker), json!({ "os": "linux" }))).unwrap();
    let found = nodes::by_id(&bench.conn, one.id).unwrap().unwrap();
    assert_eq!((found.collection, found.engine.as_deref()), (builtin::shared(), Some("E1")));
    let prod = bench.collection("swarm", "prod");
    bench.apply(Command::NodeMove { node: one.id, collection: prod.clone() }).unwrap();
    bench.apply(report(Some(NodeRole::Manager), json!(null))).unwrap();
    assert_eq!(nodes::by_id(&bench.conn, one.id).unwrap().unwrap().collection, prod);
    let held = bench.apply(Command::CollectionDelete(prod)).unwrap_err();
    assert_eq!(held.to_string(), "collection `/prod` is not empty: it holds 1 nodes");
    assert_eq!(bench.apply(report(None, json!("x".repeat(300_000)))).unwrap_err().code(), "VALUE_TOO_LARGE");
}
