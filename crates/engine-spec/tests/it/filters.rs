//! What of an answer is shown.

use crate::engine_spec::filter::{
    EventKind, ItemKind, Member, event_read, event_strip, image_strip, info_strip, network_strip, volume_strip,
};
use crate::json;

#[test]
fn items_are_read_in_lists_and_inspections() {
    let listed = json(r#"{"Id":"c1","Names":["/web"],"Image":"x","Labels":{"com.docker.swarm.service.id":"s1"}}"#);
    let inspected = json(r#"{"Id":"c1","Name":"/web","Image":"sha256:00","Config":{"Image":"x","Labels":{"a":"b"}}}"#);
    for item in [&listed, &inspected] {
        assert_eq!(ItemKind::Container.id(item), Some("c1"));
        assert_eq!(ItemKind::Container.name(item), Some("web"));
        assert_eq!(ItemKind::Container.image(item), Some("x"));
    }
    assert_eq!(ItemKind::Container.owner_service(&listed), Some("s1"));
    assert_eq!(ItemKind::Container.label(&inspected, "a"), Some("b"));
    let service =
        json(r#"{"ID":"s1","Spec":{"Name":"web","Labels":{"a":"b"},"TaskTemplate":{"ContainerSpec":{"Image":"x"}}}}"#);
    assert_eq!(ItemKind::Service.name(&service), Some("web"));
    assert_eq!(ItemKind::Service.label(&service, "a"), Some("b"));
    assert_eq!(ItemKind::Service.image(&service), Some("x"));
    let task = json(r#"{"ID":"t1","ServiceID":"s1","Spec":{"ContainerSpec":{"Image":"x"}}}"#);
    assert_eq!(ItemKind::Task.owner_service(&task), Some("s1"));
    let attachment = json(r#"{"ID":"t1","Spec":{"NetworkAttachmentSpec":{"ContainerID":"c1"}}}"#);
    assert_eq!(ItemKind::Task.owner_container(&attachment), Some("c1"));
}

#[test]
fn lists_keep_what_is_seen_up_to_the_limit() {
    let mut containers = json(r#"[{"Id":"a"},{"Id":"b"},{"Id":"c"},{"Id":"d"}]"#);
    ItemKind::Container.retain(&mut containers, Some(2), |item| item["Id"] != "a");
    assert_eq!(containers, json(r#"[{"Id":"b"},{"Id":"c"}]"#));
    let mut volumes = json(r#"{"Volumes":[{"Name":"a"},{"Name":"b"}],"Warnings":["b is broken"]}"#);
    ItemKind::Volume.retain(&mut volumes, None, |item| item["Name"] == "a");
    assert_eq!(volumes, json(r#"{"Volumes":[{"Name":"a"}],"Warnings":null}"#));
    let mut odd = json(r#"{"message":"not a list"}"#);
    ItemKind::Container.retain(&mut odd, None, |_| true);
    assert_eq!(odd, json("[]"));
    let mut empty = json(r#"{"Volumes":null,"Warnings":["x"]}"#);
    ItemKind::Volume.retain(&mut empty, None, |_| true);
    assert!(!empty.to_string().contains('x'));
}

#[test]
fn members_that_are_not_seen_are_taken_out() {
    let mut network = json(
        r#"{"Id":"n","Containers":{"c1":{"Name":"mine"},"c2":{"Name":"theirs"}},"Services":{"s":{}},"Peers":[{"IP":"10.0.0.1"}],"X":1}"#,
    );
    network_strip(&mut network, |member| member == Member::Container("c1"));
    assert_eq!(network, json(r#"{"Id":"n","Containers":{"c1":{"Name":"mine"}},"Services":{},"X":1}"#));
    let mut volume = json(r#"{"Name":"v","UsageData":{"RefCount":2}}"#);
    volume_strip(&mut volume);
    assert_eq!(volume, json(r#"{"Name":"v"}"#));
    let mut image = json(r#"{"Id":"i","RepoTags":["a:1","b:1"],"RepoDigests":["b@sha256:00"],"Containers":3}"#);
    assert!(image_strip(&mut image, |name| name.starts_with('a')));
    assert_eq!(image, json(r#"{"Id":"i","RepoTags":["a:1"],"RepoDigests":[],"Containers":-1}"#));
    assert!(!image_strip(&mut image, |_| false));
    let mut info = json(
        r#"{"Containers":7,"Name":"n","Swarm":{"ControlAvailable":true,"Cluster":{"ID":"x"},"RemoteManagers":[1]}}"#,
    );
    info_strip(&mut info);
    assert_eq!(info, json(r#"{"Containers":0,"Name":"n","Swarm":{"ControlAvailable":true,"RemoteManagers":null}}"#));
}

#[test]
fn events_are_read_and_stripped() {
    let mut event = json(
        r#"{"Type":"network","Action":"connect","Actor":{"ID":"n1","Attributes":{"container":"c1","name":"back"}},"scope":"local"}"#,
    );
    let read = event_read(&event).unwrap();
    assert_eq!((read.kind, read.action, read.id, read.container()), (EventKind::Network, "connect", "n1", Some("c1")));
    event_strip(&mut event, true);
    assert!(event.to_string().contains("c1"));
    event_strip(&mut event, false);
    assert!(!event.to_string().contains("c1"));
    let start = json(
        r#"{"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"com.docker.ucp.access.label":"/prod","com.docker.swarm.service.id":"s1"}}}"#,
    );
    let read = event_read(&start).unwrap();
    assert_eq!(read.attribute("com.docker.ucp.access.label"), Some("/prod"));
    assert_eq!(read.owner_service(), Some("s1"));
    assert_eq!(
        event_read(&json(r#"{"Type":"daemon","Action":"reload","Actor":{"ID":"x"}}"#)).unwrap().kind,
        EventKind::Other
    );
    assert!(event_read(&json("[]")).is_none() && event_read(&json("{}")).is_none());
}
