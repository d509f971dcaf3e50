//! Known ways past a naive checker: none gets a weaker decision than its clean form.

use access::{Operation, Parameter};

use crate::engine_spec::{RouteError, Target, canonical, parse};
use crate::{container_needs, host_needs, json, needs_of};

fn parameters(needs: &crate::engine_spec::Needs, operation: Operation) -> Vec<Parameter> {
    let of = needs.needs.iter().filter(|need| need.operation == operation);
    of.flat_map(|need| need.parameters.iter().copied()).collect()
}

fn asks(needs: &crate::engine_spec::Needs, parameter: Parameter) -> bool {
    parameters(needs, Operation::ContainerCreate).contains(&parameter)
}

#[test]
fn c1_wrong_case_hides_nothing() {
    let clean = container_needs(r#"{"Image":"busybox","HostConfig":{"Privileged":true,"Binds":["/:/h"]}}"#);
    let folded = container_needs(r#"{"image":"busybox","hostconfig":{"privileged":true,"binds":["/:/h"]}}"#);
    assert_eq!(folded, clean);
    assert!(asks(&clean, Parameter::Privileged) && asks(&clean, Parameter::HostBindMounts));
}

#[test]
fn c2_c3_c5_two_readings_are_refused() {
    for body in [
        r#"{"HostConfig":{"Privileged":false},"HostConfig":{"Privileged":true}}"#,
        r#"{"HostConfig":{"Privileged":false,"privileged":true}}"#,
        r#"{"Image":"x"}{"HostConfig":{"Privileged":true}}"#,
    ] {
        assert!(canonical(body.as_bytes(), crate::engine_spec::Schema::ContainerCreate).is_err(), "{body}");
    }
}

#[test]
fn c4_letters_that_fold_hide_nothing() {
    let folded = container_needs("{\"Image\":\"busybox\",\"Ho\u{17f}tConfig\":{\"Bind\u{17f}\":[\"/:/h\"]}}");
    assert!(asks(&folded, Parameter::HostBindMounts));
    let kelvin = container_needs("{\"Image\":\"busybox\",\"HostConfig\":{\"Networ\u{212a}Mode\":\"host\"}}");
    assert!(asks(&kelvin, Parameter::HostNetworking));
}

#[test]
fn c6_old_versions_do_not_exist() {
    for target in ["/v1.18/containers/x/start", "/v1.23/containers/x/start", "/v1.023/containers/x/start"] {
        let error = parse(&http::Method::POST, target).unwrap_err();
        assert!(matches!(error, RouteError::VersionTooOld { .. } | RouteError::VersionMalformed { .. }), "{target}");
    }
    assert_eq!(crate::call("POST", "/v1.41/containers/x/start").route.body(), crate::engine_spec::BodyKind::None);
}

#[test]
fn c10_a_plain_volume_with_driver_options_is_asked_for() {
    for driver in [
        r#"{"Name":"local","Options":{"type":"none","o":"bind","device":"/etc"}}"#,
        r#"{"Options":{"type":"none","o":"bind","device":"/etc"}}"#,
        r#"{"Name":"","Options":{"type":"overlay","o":"lowerdir=/a:/b"}}"#,
        r#"{"Name":"local","Options":{"type":"proc","device":"proc"}}"#,
        r#"{"Name":"sshfs"}"#,
    ] {
        for source in [r#""Source":"mine","#, ""] {
            let needs = host_needs(&format!(
                r#"{{"Mounts":[{{"Type":"volume",{source}"Target":"/x","VolumeOptions":{{"DriverConfig":{driver}}}}}]}}"#
            ));
            assert!(parameters(&needs, Operation::VolumeCreate).contains(&Parameter::LocalDriverOptions), "{driver}");
        }
    }
}

#[test]
fn c11_volumes_with_driver_options_are_asked_for() {
    let needs = needs_of(
        "POST",
        "/volumes/create",
        Some(r#"{"Name":"v","driveropts":{"type":"none","o":"bind","device":"/etc"}}"#),
    );
    assert_eq!(parameters(&needs, Operation::VolumeCreate), [Parameter::LocalDriverOptions]);
    let adopted = needs_of("POST", "/volumes/create", Some(r#"{"Name":"theirs"}"#));
    assert!(matches!(&adopted.needs[0].target, Target::Volume(name) if name.as_str() == "theirs"));
}

#[test]
fn driver_options_do_not_reach_sockets_or_state() {
    for options in [
        r#"{"type":"none","o":"bind","device":"/run/docker.sock"}"#,
        r#"{"type":"overlay","o":"lowerdir=/a:/var/lib/holdfast/keys,upperdir=/x"}"#,
    ] {
        let needs = needs_of("POST", "/volumes/create", Some(&format!(r#"{{"Name":"v","DriverOpts":{options}}}"#)));
        assert!(!needs.refusals.is_empty(), "{options}");
    }
}

#[test]
fn ids_inside_values_are_decided_on() {
    let needs = container_needs(
        r#"{"Image":"x","NetworkingConfig":{"EndpointsConfig":{"mine":{"NetworkID":"theirs","Links":["db:db"]}}}}"#,
    );
    let connects: Vec<String> = needs
        .needs
        .iter()
        .filter_map(|need| match &need.target {
            Target::Network(name) if need.operation == Operation::NetworkConnect => Some(name.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(connects, ["mine", "theirs"]);
    assert!(needs.needs.iter().any(|need| need.operation == Operation::ContainerJoin));
}

#[test]
fn host_configuration_at_the_top_level_is_not_known() {
    // Engines up to 20.10 read it there when `HostConfig` is absent.
    for body in [r#"{"Privileged":true}"#, r#"{"binds":["/:/h"]}"#, r#"{"PidMode":"host"}"#, r#"{"CapAdd":"ALL"}"#] {
        assert!(!container_needs(body).admin_only.is_empty(), "{body}");
    }
}

#[test]
fn names_that_read_as_ids_are_refused() {
    let long = "a".repeat(64);
    for name in ["0123456789ab", "/0123456789ab", &long] {
        let needs = needs_of("POST", &format!("/containers/create?name={name}"), Some("{}"));
        assert!(!needs.refusals.is_empty(), "{name}");
        let spec = format!(r#"{{"Name":"{}"}}"#, name.trim_start_matches('/'));
        for route in ["/networks/create", "/services/create", "/secrets/create", "/configs/create"] {
            assert!(!needs_of("POST", route, Some(&spec)).refusals.is_empty(), "{route} {name}");
        }
        assert!(!needs_of("POST", &format!("/containers/x/rename?name={name}"), None).refusals.is_empty());
    }
    assert!(needs_of("POST", "/containers/create?name=web", Some("{}")).refusals.is_empty());
}

#[test]
fn labels_of_ours_are_not_a_clients_to_write() {
    for label in [
        "com.docker.ucp.access.owner",
        "com.docker.ucp.collection.swarm",
        "com.docker.ucp.anything",
        "com.docker.swarm.task",
        "com.docker.swarm.service.id",
    ] {
        let body = format!(r#"{{"Labels":{{"{label}":"x"}}}}"#);
        assert!(!container_needs(&body).admin_only.is_empty(), "{label}");
    }
    let placed =
        container_needs(r#"{"Labels":{"com.docker.ucp.access.label":"/prod","com.docker.stack.namespace":"s"}}"#);
    assert_eq!(placed.collection.as_deref(), Some("/prod"));
    assert!(placed.admin_only.is_empty() && placed.refusals.is_empty());
}

#[test]
fn a_previous_spec_is_judged_like_a_new_one() {
    let spec = json(
        r#"{"TaskTemplate":{"ContainerSpec":{"Image":"x","Mounts":[{"Type":"bind","Source":"/","Target":"/h"}]}}}"#,
    );
    let spec = crate::engine_spec::canonical_value(&spec, crate::engine_spec::Schema::ServiceSpec).unwrap();
    let service = crate::engine_spec::ObjectRef::new("web").unwrap();
    let needs = crate::engine_spec::needs_of_spec(&service, &spec, &crate::rules());
    assert!(parameters(&needs, Operation::ServiceUpdate).contains(&Parameter::HostBindMounts));
}
