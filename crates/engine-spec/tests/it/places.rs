//! What the gateway writes into bodies.

use crate::engine_spec::{Placement, Schema, image_set};
use crate::json;

fn placement() -> Placement {
    let mut placement = Placement::new("/prod", "anna", ["swarm", "prod"]);
    placement.constraints.push("node.labels.com.docker.ucp.collection.shared==true".into());
    placement
}

#[test]
fn labels_of_ours_are_written_over_whatever_stands_there() {
    for body in [
        r#"{"Image":"x"}"#,
        r#"{"Image":"x","Labels":null}"#,
        r#"{"Image":"x","Labels":{"a":"1","com.docker.ucp.access.owner":"eve","com.docker.ucp.collection.other":"true"}}"#,
    ] {
        let mut body = json(body);
        placement().apply(Schema::ContainerCreate, &mut body);
        let labels = body["Labels"].as_object().unwrap();
        assert_eq!(labels["com.docker.ucp.access.label"], "/prod");
        assert_eq!(labels["com.docker.ucp.access.owner"], "anna");
        assert_eq!(labels["com.docker.ucp.collection.swarm"], "true");
        assert!(!labels.contains_key("com.docker.ucp.collection.other"));
    }
}

#[test]
fn a_service_carries_its_place_twice_and_its_constraint_once() {
    let mut spec = json(
        r#"{"TaskTemplate":{"ContainerSpec":{"Image":"x","Mounts":[{"Type":"volume","Source":"v"},{"Type":"bind","Source":"/d"}]},"Placement":{"Constraints":["node.role==worker"]}}}"#,
    );
    placement().apply(Schema::ServiceSpec, &mut spec);
    placement().apply(Schema::ServiceSpec, &mut spec);
    assert_eq!(spec["Labels"]["com.docker.ucp.access.label"], "/prod");
    let container = &spec["TaskTemplate"]["ContainerSpec"];
    assert_eq!(container["Labels"]["com.docker.ucp.access.owner"], "anna");
    assert_eq!(container["Mounts"][0]["VolumeOptions"]["Labels"]["com.docker.ucp.access.label"], "/prod");
    assert!(container["Mounts"][1].get("VolumeOptions").is_none());
    assert_eq!(
        spec["TaskTemplate"]["Placement"]["Constraints"],
        json(r#"["node.role==worker","node.labels.com.docker.ucp.collection.shared==true"]"#)
    );
}

#[test]
fn a_rolled_back_service_without_placement_gets_one() {
    let mut spec = json(r#"{"TaskTemplate":{"Placement":null}}"#);
    placement().apply(Schema::ServiceSpec, &mut spec);
    assert_eq!(spec["TaskTemplate"]["Placement"]["Constraints"].as_array().unwrap().len(), 1);
}

#[test]
fn the_image_decided_on_is_the_image_sent() {
    let mut spec = json(r#"{"TaskTemplate":{"ContainerSpec":{"Image":"x"}}}"#);
    image_set(Schema::ServiceSpec, &mut spec, "x@sha256:00");
    assert_eq!(spec["TaskTemplate"]["ContainerSpec"]["Image"], "x@sha256:00");
    let mut body = json(r#"{"Image":"x"}"#);
    image_set(Schema::ContainerCreate, &mut body, "y");
    assert_eq!(body["Image"], "y");
}

#[test]
fn labels_that_an_image_brings_are_blanked() {
    let image = json(
        r#"{"Config":{"Labels":{"com.docker.ucp.collection.other":"true","com.docker.ucp.access.label":"/x","com.docker.swarm.service.id":"s","a":"b"}}}"#,
    );
    let mut placement = placement();
    placement.override_image(&image);
    let mut body = json(r#"{"Image":"x"}"#);
    placement.apply(Schema::ContainerCreate, &mut body);
    assert_eq!(body["Labels"]["com.docker.ucp.collection.other"], "");
    assert_eq!(body["Labels"]["com.docker.swarm.service.id"], "");
    assert_eq!(body["Labels"]["com.docker.ucp.access.label"], "/prod");
    assert!(body["Labels"].get("a").is_none());
}
