//! Lists show each caller's own items.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{REGISTRY, World, at, message};

async fn world() -> World {
    let world = World::new().await;
    world.collection("/prod").await;
    world.grant("anna", "viewonly", "/prod").await;
    let container = |id: &str, labels: Value| json!({ "Id": id, "Names": [format!("/{id}")], "Labels": labels });
    world.stub.on_get(
        "/containers/json",
        json!([
            container("c1", at("/prod")),
            container("c2", at("/Shared")),
            container("c3", json!({})),
            container("c4", at("/prod")),
        ]),
    );
    world
}

fn ids(answer: &Value, field: &str) -> Vec<String> {
    answer.as_array().unwrap().iter().map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_are_shown_by_collection_and_limited_afterwards() {
    let world = world().await;
    assert_eq!(ids(&world.get("anna", "/v1.41/containers/json").await.1, "Id"), ["c1", "c4"]);
    assert_eq!(ids(&world.get("anna", "/v1.41/containers/json?limit=1").await.1, "Id"), ["c1"]);
    assert!(ids(&world.get("ben", "/v1.41/containers/json").await.1, "Id").is_empty());
    assert_eq!(ids(&world.get("admin", "/v1.41/containers/json").await.1, "Id").len(), 4);
    let asked = world.stub.last(&Method::GET, "/containers/json").unwrap().target;
    assert!(!asked.contains("limit"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_names_a_hidden_object_tells_nothing() {
    let world = world().await;
    world
        .stub
        .on_get("/containers/c2/json", json!({ "Id": "c2", "Name": "/c2", "Config": { "Labels": at("/Shared") } }));
    let (status, answer) = world.get("anna", "/v1.41/containers/json?before=c2").await;
    assert_eq!((status, message(&answer)), (StatusCode::NOT_FOUND, "No such container: c2"));
    world.stub.on_get("/networks/n1", json!({ "Id": "n1", "Name": "n1", "Labels": at("/Shared") }));
    let (status, answer) =
        world.get("anna", "/v1.41/containers/json?filters=%7B%22network%22%3A%5B%22n1%22%5D%7D").await;
    assert_eq!((status, answer), (StatusCode::OK, json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_shown_with_their_service() {
    let world = world().await;
    world.stub.on_get("/services", json!([
        { "ID": "s1", "Spec": { "Name": "a", "Labels": at("/prod") } }, { "ID": "s2", "Spec": { "Name": "b", "Labels": {} } },
    ]));
    world.stub.on_get(
        "/tasks",
        json!([{ "ID": "t1", "ServiceID": "s1" }, { "ID": "t2", "ServiceID": "s2" }, { "ID": "t3" }]),
    );
    assert_eq!(ids(&world.get("anna", "/v1.41/tasks").await.1, "ID"), ["t1"]);
    assert_eq!(ids(&world.get("anna", "/v1.41/services").await.1, "ID"), ["s1"]);
    assert_eq!(ids(&world.get("admin", "/v1.41/tasks").await.1, "ID").len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_are_shown_to_who_may_pull_them() {
    let world = world().await;
    let open = format!("{REGISTRY}/acme/open:1");
    let closed = format!("{REGISTRY}/acme/closed:1");
    world.stub.on_get(
        "/images/json",
        json!([
            { "Id": "i1", "RepoTags": [open, closed], "RepoDigests": [], "Containers": 3 },
            { "Id": "i2", "RepoTags": [closed] }, { "Id": "i3", "RepoTags": ["busybox:latest"] },
        ]),
    );
    let (_, images) = world.get("ben", "/v1.41/images/json").await;
    assert_eq!(images, json!([{ "Id": "i1", "RepoTags": [open], "RepoDigests": [], "Containers": -1 }]));
    world.grant("ben", "viewonly", "/").await;
    assert_eq!(ids(&world.get("ben", "/v1.41/images/json").await.1, "Id"), ["i1", "i3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn volumes_come_in_their_own_form() {
    let world = world().await;
    world.stub.on_get("/volumes", json!({ "Volumes": [{ "Name": "v1", "Labels": at("/prod") }, { "Name": "v2", "Labels": null }], "Warnings": ["x"] }));
    let (_, answer) = world.get("anna", "/v1.41/volumes").await;
    assert_eq!(answer, json!({ "Volumes": [{ "Name": "v1", "Labels": at("/prod") }], "Warnings": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_shows_only_the_callers_own_members() {
    let world = world().await;
    let members = json!({ "c1": { "Name": "c1" }, "c2": { "Name": "c2" } });
    world.stub.on_get(
        "/networks/n",
        json!({ "Id": "n", "Name": "n", "Labels": at("/prod"), "Containers": members, "Peers": [] }),
    );
    let (_, network) = world.get("anna", "/v1.41/networks/n").await;
    assert_eq!(network["Containers"], json!({ "c1": { "Name": "c1" } }));
    assert!(network.get("Peers").is_none());
}
