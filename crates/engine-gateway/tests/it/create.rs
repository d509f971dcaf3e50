//! What is made lies where it was decided; what is named was decided on.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{REGISTRY, World, at, message};

async fn world() -> World {
    let world = World::new().await;
    world.set_everywhere().await;
    world.stub.on(Method::POST, "/containers/create", 201, json!({ "Id": "new", "Warnings": [] }));
    world.stub.on(Method::POST, "/services/create", 201, json!({ "ID": "s-new" }));
    world
}

fn image() -> String {
    format!("{REGISTRY}/acme/open:1")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_lies_in_the_callers_own_collection() {
    let world = world().await;
    let body = json!({ "image": image(), "labels": { "app": "x" } });
    let (status, answer) = world.post("anna", "/v1.41/containers/create?name=web", body).await;
    assert_eq!((status, &answer["Id"]), (StatusCode::CREATED, &json!("new")), "{answer}");
    let labels = world.stub.last(&Method::POST, "/containers/create").unwrap().body["Labels"].clone();
    assert_eq!(labels["com.docker.ucp.access.label"], "/Shared/Private/anna");
    assert_eq!((&labels["app"], &labels["com.docker.ucp.collection.swarm"]), (&json!("x"), &json!("true")));
    assert!(labels["com.docker.ucp.access.owner"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_collection_needs_the_right_there() {
    let world = world().await;
    world.collection("/prod").await;
    let body = json!({ "Image": image(), "Labels": at("/prod") });
    let (status, answer) = world.post("anna", "/v1.41/containers/create", body.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    assert!(message(&answer).contains("Container Create"), "{answer}");
    let nowhere = json!({ "Image": image(), "Labels": at("/nowhere") });
    assert_eq!(world.post("anna", "/v1.41/containers/create", nowhere).await.0, StatusCode::FORBIDDEN);
    world.grant("anna", "restrictedcontrol", "/prod").await;
    assert_eq!(world.post("anna", "/v1.41/containers/create", body).await.0, StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn dangerous_fields_name_their_parameter_in_whatever_spelling() {
    let world = world().await;
    for (field, name) in [
        (json!({ "hostconfig": { "privileged": true } }), "Privileged"),
        (json!({ "HostConfig": { "Binds": ["/:/host"] } }), "administrator"),
        (json!({ "HostConfig": { "Binds": ["/srv/data:/host"] } }), "Host Bind Mounts"),
        (json!({ "HostConfig": { "CapAdd": "all" } }), "Additional Kernel Capabilities"),
        (json!({ "HostConfig": { "NetworkMode": "host" } }), "Host Networking Mode"),
        (json!({ "HostConfig": { "PidMode": "host" } }), "PID Mode"),
        (json!({ "Ho\u{17f}tConfig": { "Privileged": true } }), "Privileged"),
    ] {
        let mut body = field.clone();
        body["Image"] = json!(image());
        let (status, answer) = world.post("anna", "/v1.41/containers/create", body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{field}");
        assert!(message(&answer).contains(name), "{field}: {answer}");
    }
    assert!(world.stub.last(&Method::POST, "/containers/create").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_may_not_be_pulled_does_not_exist() {
    let world = world().await;
    for hidden in [format!("{REGISTRY}/acme/closed:1"), "busybox".to_owned(), "c".repeat(64)] {
        let (status, answer) = world.post("anna", "/v1.41/containers/create", json!({ "Image": hidden })).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
        assert!(message(&answer).starts_with("No such image"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_volume_is_made_in_the_same_place_and_anothers_is_refused() {
    let world = world().await;
    world.stub.on(
        Method::POST,
        "/volumes/create",
        201,
        json!({ "Name": "data", "Labels": at("/Shared/Private/anna") }),
    );
    let body = json!({ "Image": image(), "HostConfig": { "Binds": ["data:/data"] } });
    assert_eq!(world.post("anna", "/v1.41/containers/create", body.clone()).await.0, StatusCode::CREATED);
    let made = world.stub.last(&Method::POST, "/volumes/create").unwrap().body;
    assert_eq!(made["Labels"]["com.docker.ucp.access.label"], "/Shared/Private/anna");
    world.stub.on_get("/volumes/data", json!({ "Name": "data", "Labels": at("/Shared/Private/anna") }));
    assert_eq!(world.post("ben", "/v1.41/containers/create", body).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_named_like_its_container_is_made_in_the_same_place() {
    let world = world().await;
    let made = json!({ "Name": "db", "Labels": at("/Shared/Private/anna") });
    world.stub.on(Method::POST, "/volumes/create", 201, made);
    let body = json!({ "Image": image(), "HostConfig": { "Binds": ["db:/data"] } });
    assert_eq!(world.post("anna", "/v1.41/containers/create?name=db", body).await.0, StatusCode::CREATED);
    let made = world.stub.last(&Method::POST, "/volumes/create").expect("made before the container").body;
    assert_eq!(made["Labels"]["com.docker.ucp.access.label"], "/Shared/Private/anna");
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_of_an_administrators_service_are_placed_by_no_image() {
    let world = world().await;
    world.stub.on_get("/services/old", json!({ "ID": "s-old", "Version": { "Index": 1 }, "Spec": { "Name": "web" } }));
    world.stub.on(Method::POST, "/services/s-old/update", 200, json!({ "Warnings": null }));
    let (status, _) = world.post("admin", "/v1.41/services/old/update?version=1", service("busybox")).await;
    assert_eq!(status, StatusCode::OK);
    let sent = world.stub.last(&Method::POST, "/services/s-old/update").unwrap().body;
    assert_eq!(sent["TaskTemplate"]["ContainerSpec"]["Labels"]["com.docker.ucp.access.label"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_moves_no_service_to_another_collection() {
    let world = world().await;
    world.collection("/prod").await;
    let spec = |at: Value| {
        let mut spec = service(&image());
        spec["Labels"] = at;
        spec
    };
    let view = |previous: &str| {
        let previous = spec(at(previous));
        json!({ "ID": "s1", "Version": { "Index": 3 }, "Spec": spec(at("/Shared/Private/anna")), "PreviousSpec": previous })
    };
    world.stub.on(Method::POST, "/services/s1/update", 200, json!({ "Warnings": null }));
    for (previous, status) in [("/prod", StatusCode::FORBIDDEN), ("/Shared/Private/anna", StatusCode::OK)] {
        world.stub.on_get("/services/web", view(previous));
        let update = "/v1.41/services/web/update?version=3&rollback=previous";
        let (found, answer) = world.post("anna", update, service(&image())).await;
        assert_eq!(found, status, "{previous}: {answer}");
    }
}

fn auth(user: &str) -> String {
    let auth = engine_spec::AuthConfig {
        username: Some(user.into()),
        password: Some(base::Secret::new("hunter2")),
        server_address: Some(REGISTRY.into()),
        ..Default::default()
    };
    engine_spec::registry_auth_encode(&auth)
}

fn service(image: &str) -> Value {
    json!({ "Name": "web", "TaskTemplate": { "ContainerSpec": { "Image": image } } })
}

async fn service_create(world: &World, image: &str) -> StatusCode {
    let mut request = http_kit::Request::new(http_kit::Body::from(service(image).to_string()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "/v1.41/services/create".parse().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", crate::world::basic("anna").parse().unwrap());
    headers.insert("content-type", "application/json".parse().unwrap());
    headers.insert("x-registry-auth", auth("anna").parse().unwrap());
    world.gateway.handle(request).await.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_pulls_with_a_credential_of_its_own() {
    let world = world().await;
    assert_eq!(service_create(&world, &image()).await, StatusCode::CREATED);
    let got = world.stub.last(&Method::POST, "/services/create").unwrap();
    let sent = engine_spec::registry_auth_decode(got.headers["x-registry-auth"].to_str().unwrap()).unwrap();
    assert_ne!(sent.username.as_deref(), Some("anna"));
    assert_ne!(sent.password.unwrap().expose(), "hunter2");
    assert_eq!(got.body["Labels"]["com.docker.ucp.access.label"], "/Shared/Private/anna");
    let stored = world.store.read(state::control::pull_credentials::every).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].credential.service.as_deref(), Some("s-new"));
    assert_eq!(stored[0].credential.id.to_string(), sent.username.unwrap());

    let view = json!({ "ID": "s-new", "Version": { "Index": 7 }, "Spec": got.body });
    world.stub.on_get("/services/s-new", view.clone());
    world.stub.on_get("/services/web", view);
    world.stub.on(Method::POST, "/services/s-new/update", 200, json!({ "Warnings": null }));
    let (status, _) = world.post("anna", "/v1.41/services/web/update?version=7", service(&image())).await;
    assert_eq!(status, StatusCode::OK);
    let update = world.stub.last(&Method::POST, "/services/s-new/update").unwrap();
    assert_eq!(update.body["Labels"]["com.docker.ucp.access.label"], "/Shared/Private/anna", "it stays where it lies");
    assert!(update.headers.get("x-registry-auth").is_none(), "what is stored goes on working");

    world.stub.on(Method::DELETE, "/services/s-new", 200, Value::Null);
    assert_eq!(world.ask("anna", Method::DELETE, "/v1.41/services/web", Value::Null).await.0, StatusCode::OK);
    assert!(world.store.read(state::control::pull_credentials::every).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_was_not_made_leaves_no_credential() {
    let world = world().await;
    world.stub.on(Method::POST, "/services/create", 409, json!({ "message": "name conflicts" }));
    assert_eq!(service_create(&world, &image()).await, StatusCode::CONFLICT);
    assert!(world.store.read(state::control::pull_credentials::every).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_of_another_branch_or_name_is_refused() {
    let world = world().await;
    world.collection("/prod").await;
    world.grant("anna", "restrictedcontrol", "/prod").await;
    let id = "secretsecretsecretsecret1";
    world.stub.on_get(&format!("/secrets/{id}"), json!({ "ID": id, "Spec": { "Name": "key", "Labels": at("/prod") } }));
    let with = |name: &str, labels: Value| {
        let mut spec = service(&image());
        spec["Labels"] = labels;
        spec["TaskTemplate"]["ContainerSpec"]["Secrets"] = json!([{ "SecretID": id, "SecretName": name }]);
        spec
    };
    let (status, answer) = world.post("anna", "/v1.41/services/create", with("key", json!({}))).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(message(&answer).contains("another branch"), "{answer}");
    assert_eq!(
        world.post("anna", "/v1.41/services/create", with("other", at("/prod"))).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(world.post("anna", "/v1.41/services/create", with("key", at("/prod"))).await.0, StatusCode::CREATED);
    assert_eq!(world.post("ben", "/v1.41/services/create", with("key", json!({}))).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_of_our_registry_is_moved_by_who_may_push() {
    let world = world().await;
    world.grant("anna", "restrictedcontrol", "/").await;
    world.grant("ben", "restrictedcontrol", "/").await;
    world.stub.on(Method::POST, "/images/busybox/tag", 201, Value::Null);
    let target = format!("/v1.41/images/busybox/tag?repo={REGISTRY}%2Facme%2Fopen&tag=2");
    assert_eq!(world.post("anna", &target, Value::Null).await.0, StatusCode::CREATED);
    assert_eq!(world.post("ben", &target, Value::Null).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_pull_pulls_and_whoever_may_push_pushes() {
    let world = world().await;
    let progress = json!({ "status": "Pulling" });
    world.stub.on(Method::POST, "/images/create", 200, progress.clone());
    let pull = |image: &str| format!("/v1.41/images/create?fromImage={image}&tag=1");
    let ours = format!("{REGISTRY}%2Facme%2Fopen");
    assert_eq!(world.post("ben", &pull(&ours), Value::Null).await, (StatusCode::OK, progress.clone()));
    let (status, answer) = world.post("ben", &pull(&format!("{REGISTRY}%2Facme%2Fclosed")), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
    let (status, answer) = world.post("ben", &pull("busybox"), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(message(&answer).contains("Image Create"), "{answer}");
    assert_eq!(world.post("admin", &pull("10.0.0.9%3A22%2Fx"), Value::Null).await.0, StatusCode::OK);
    world.grant("ben", "fullcontrol", "/").await;
    let (status, answer) = world.post("ben", &pull("10.0.0.9%3A22%2Fx"), Value::Null).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "an engine talks to no host of a user's choice");
    assert!(message(&answer).contains("registry"), "{answer}");

    world.stub.on(Method::POST, &format!("/images/{REGISTRY}/acme/open/push"), 200, progress.clone());
    let push = format!("/v1.41/images/{REGISTRY}/acme/open/push?tag=1");
    assert_eq!(world.post("anna", &push, Value::Null).await, (StatusCode::OK, progress));
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_an_image_by_force_takes_its_parameter() {
    let world = world().await;
    world.grant("anna", "restrictedcontrol", "/").await;
    world.stub.on(Method::DELETE, "/images/busybox", 200, json!([]));
    let remove = |target: &'static str| world.ask("anna", Method::DELETE, target, Value::Null);
    assert_eq!(remove("/v1.41/images/busybox").await.0, StatusCode::OK);
    let (status, answer) = remove("/v1.41/images/busybox?force=1").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(message(&answer).contains("Force Remove"), "{answer}");
}
