//! What each field takes.

use access::{Operation, Parameter};

use crate::engine_spec::{FollowUp, Need, Needs, Target, needs_from_mounts, pin};
use crate::{container_needs, host_needs, json, needs_of, rules, show};

fn main_parameters(needs: &Needs) -> Vec<Parameter> {
    // The default bridge is not what these tests are about.
    needs.needs[0].parameters.iter().copied().filter(|parameter| *parameter != Parameter::BridgeNetworking).collect()
}

#[test]
fn every_dangerous_field_of_a_container_takes_its_parameter() {
    use Parameter as P;
    for (host, wanted) in [
        (r#"{"Privileged":true}"#, P::Privileged),
        (r#"{"Binds":["/data:/data"]}"#, P::HostBindMounts),
        (r#"{"Binds":["./data:/data"]}"#, P::HostBindMounts),
        (r#"{"Binds":["C:\\data:/data"]}"#, P::HostBindMounts),
        (r#"{"Binds":["C:/data:/data"]}"#, P::HostBindMounts),
        (r#"{"Mounts":[{"Type":"bind","Source":"/data","Target":"/x"}]}"#, P::HostBindMounts),
        (r#"{"Mounts":[{"Type":"npipe","Source":"\\\\.\\pipe\\x","Target":"/x"}]}"#, P::HostBindMounts),
        (r#"{"Mounts":[{"Type":"BIND","Source":"/data","Target":"/x"}]}"#, P::HostBindMounts),
        (r#"{"Mounts":[{"Type":"image","Source":"busybox","Target":"/x"}]}"#, P::MountOptions),
        (r#"{"Mounts":[{"Type":"cluster","Source":"v","Target":"/x"}]}"#, P::MountOptions),
        (r#"{"Mounts":[{"Type":"volume","Source":"v","VolumeOptions":{"Subpath":"a"}}]}"#, P::MountOptions),
        (r#"{"Mounts":[{"Type":"tmpfs","Target":"/x","TmpfsOptions":{"Options":[["exec"]]}}]}"#, P::MountOptions),
        (r#"{"NetworkMode":"host"}"#, P::HostNetworking),
        (r#"{"PidMode":"host"}"#, P::PidMode),
        (r#"{"PidMode":"HOST"}"#, P::PidMode),
        (r#"{"IpcMode":"host"}"#, P::IpcMode),
        (r#"{"UTSMode":"host"}"#, P::UtsMode),
        (r#"{"UsernsMode":"host"}"#, P::UserNamespace),
        (r#"{"CgroupnsMode":"host"}"#, P::CgroupMode),
        (r#"{"CapAdd":["SYS_ADMIN"]}"#, P::Capabilities),
        (r#"{"CapAdd":"all"}"#, P::Capabilities),
        (r#"{"SecurityOpt":["seccomp=unconfined"]}"#, P::SecurityOptions),
        (r#"{"SecurityOpt":["no-new-privileges=false"]}"#, P::SecurityOptions),
        (r#"{"SecurityOpt":["systempaths=unconfined"]}"#, P::SecurityOptions),
        (r#"{"MaskedPaths":[]}"#, P::SecurityOptions),
        (r#"{"ReadonlyPaths":[]}"#, P::SecurityOptions),
        (r#"{"Devices":[{"PathOnHost":"/dev/sda"}]}"#, P::Devices),
        (r#"{"DeviceCgroupRules":["a *:* rwm"]}"#, P::Devices),
        (r#"{"DeviceRequests":[{"Count":-1}]}"#, P::Devices),
        (r#"{"BlkioDeviceReadBps":[{"Path":"/dev/sda","Rate":1}]}"#, P::Devices),
        (r#"{"BlkioWeightDevice":[{"Path":"/dev/sda","Weight":1}]}"#, P::Devices),
        (r#"{"CgroupParent":"/x"}"#, P::RuntimeOptions),
        (r#"{"Runtime":"other"}"#, P::RuntimeOptions),
        (r#"{"Annotations":{"a":"b"}}"#, P::RuntimeOptions),
        (r#"{"StorageOpt":{"size":"1G"}}"#, P::RuntimeOptions),
        (r#"{"Isolation":"process"}"#, P::RuntimeOptions),
        (r#"{"Sysctls":{"net.core.somaxconn":"1"}}"#, P::KernelTuning),
        (r#"{"Ulimits":[{"Name":"nofile","Soft":1,"Hard":1}]}"#, P::KernelTuning),
        (r#"{"OomScoreAdj":-1}"#, P::KernelTuning),
        (r#"{"OomKillDisable":true}"#, P::KernelTuning),
        (r#"{"CpuRealtimeRuntime":1}"#, P::KernelTuning),
        (r#"{"GroupAdd":["docker"]}"#, P::KernelTuning),
        (r#"{"LogConfig":{"Type":"syslog","Config":{"syslog-address":"udp://x"}}}"#, P::LogOptions),
        (r#"{"LogConfig":{"Type":"json-file","Config":{"strange":"x"}}}"#, P::LogOptions),
        (r#"{"LogConfig":{"Config":{"gelf-address":"x"}}}"#, P::LogOptions),
        (r#"{"ExtraHosts":["a:host-gateway"]}"#, P::ExtraHosts),
    ] {
        assert_eq!(main_parameters(&host_needs(host)), [wanted], "{host}");
    }
}

#[test]
fn what_clients_send_by_default_takes_no_parameter() {
    // As docker 28 sends it, with every field at its zero.
    let needs = container_needs(include_str!("create_28.json"));
    assert_eq!(main_parameters(&needs), []);
    assert!(needs.admin_only.is_empty(), "{:?}", needs.admin_only);
    assert!(needs.refusals.is_empty(), "{:?}", needs.refusals);
}

#[test]
fn other_containers_are_joined_only_with_the_right_to() {
    for (host, field) in [
        (r#"{"NetworkMode":"container:web"}"#, "/HostConfig/NetworkMode"),
        (r#"{"PidMode":"container:web"}"#, "/HostConfig/PidMode"),
        (r#"{"IpcMode":"container:/web"}"#, "/HostConfig/IpcMode"),
        (r#"{"Cgroup":"container:web"}"#, "/HostConfig/Cgroup"),
        (r#"{"Links":["web:alias"]}"#, "/HostConfig/Links/0"),
        (r#"{"Links":["/web:/app/alias"]}"#, "/HostConfig/Links/0"),
    ] {
        let needs = host_needs(host);
        let join = needs.needs.iter().find(|need| need.operation == Operation::ContainerJoin).expect(host);
        assert!(matches!(&join.target, Target::Container(name) if name.as_str() == "web"), "{host}");
        let place = join.pin.as_ref().unwrap();
        assert_eq!(place.pointer, field);
        let mut body = json(&format!(r#"{{"HostConfig":{host}}}"#));
        pin(&mut body, place, "4f1b");
        assert!(body.pointer(field).unwrap().as_str().unwrap().contains("4f1b"), "{body}");
        assert!(!body.to_string().contains("web"), "{body}");
    }
    assert!(!host_needs(r#"{"NetworkMode":"container:"}"#).refusals.is_empty());
    assert!(!host_needs(r#"{"PidMode":"container"}"#).refusals.is_empty());
}

#[test]
fn inherited_volumes_are_followed_up() {
    let needs = host_needs(r#"{"VolumesFrom":["web:ro"]}"#);
    assert!(matches!(&needs.follow_ups[..], [FollowUp::VolumesFrom(name)] if name.as_str() == "web"));
    let inspect = json(
        r#"{"Mounts":[{"Type":"volume","Name":"v","Source":"/var/lib/docker/volumes/v"},{"Type":"bind","Source":"/etc"}]}"#,
    );
    let inherited = needs_from_mounts(&inspect, &rules());
    assert_eq!(inherited.needs[0].parameters, [Parameter::HostBindMounts]);
    assert!(inherited.needs.iter().any(|need| need.operation == Operation::VolumeCreate));
    let socket = json(r#"{"Mounts":[{"Type":"bind","Source":"/run/docker.sock"}]}"#);
    assert!(!needs_from_mounts(&socket, &rules()).refusals.is_empty());
}

#[test]
fn sockets_and_state_are_never_bound() {
    for bind in [
        "/run/docker.sock:/s",
        "//run/./docker.sock:/s",
        "/x/../run/docker.sock:/s:ro",
        "/var/lib/holdfast:/s",
        "/var/lib/holdfast/keys:/s",
        "/run/docker.sock/:/s",
    ] {
        assert!(!host_needs(&format!(r#"{{"Binds":["{bind}"]}}"#)).refusals.is_empty(), "{bind}");
        let (source, _) = bind.split_once(':').unwrap();
        let mount = format!(r#"{{"Mounts":[{{"Type":"bind","Source":"{source}","Target":"/s"}}]}}"#);
        assert!(!host_needs(&mount).refusals.is_empty(), "{mount}");
    }
    for bind in
        ["/:/h", "/run:/h", "/var:/h", "/var/lib:/h", "/var/run/docker.sock:/s", "/proc/self/root/run:/h", "/proc:/p"]
    {
        assert!(!host_needs(&format!(r#"{{"Binds":["{bind}"]}}"#)).admin_only.is_empty(), "{bind}");
    }
    let plain = host_needs(r#"{"Binds":["/data:/data","/var/library:/l"]}"#);
    assert!(plain.admin_only.is_empty() && plain.refusals.is_empty());
}

#[test]
fn volumes_are_asked_for_where_they_are() {
    let needs = container_needs(
        r#"{"Image":"x","Volumes":{"/a":{}},"HostConfig":{"Binds":["named:/b:ro","/c"],"Mounts":[{"Type":"volume","Source":"m","Target":"/d"}]}}"#,
    );
    let volumes: Vec<&Target> =
        needs.needs.iter().filter(|need| need.operation == Operation::VolumeCreate).map(|need| &need.target).collect();
    assert_eq!(volumes.len(), 3);
    assert_eq!(volumes[0], &Target::Created);
    let driver = host_needs(r#"{"VolumeDriver":"nfs","Binds":["vol:/v"]}"#);
    let volume = driver.needs.iter().find(|need| need.operation == Operation::VolumeCreate).unwrap();
    assert_eq!(volume.parameters, [Parameter::LocalDriverOptions]);
}

#[test]
fn our_own_ports_are_not_published() {
    for ports in [
        r#"{"80/tcp":[{"HostPort":"443"}]}"#,
        r#"{"80":[{"HostIp":"10.0.0.1","HostPort":"7443"}]}"#,
        r#"{"80/TCP":[{"HostPort":"7000-8000"}]}"#,
        r#"{"80/tcp":[{"HostPort":"x"}]}"#,
        r#"{"80/tcp":[{"HostPort":"99999"}]}"#,
    ] {
        assert!(!host_needs(&format!(r#"{{"PortBindings":{ports}}}"#)).refusals.is_empty(), "{ports}");
    }
    for ports in [
        r#"{"80/tcp":[{"HostPort":"8080"}]}"#,
        r#"{"80/tcp":[{"HostPort":""}]}"#,
        r#"{"80/udp":[{"HostPort":"443"}]}"#,
        r#"{"80/tcp":null}"#,
    ] {
        assert!(host_needs(&format!(r#"{{"PortBindings":{ports}}}"#)).refusals.is_empty(), "{ports}");
    }
    let spec = r#"{"EndpointSpec":{"Ports":[{"TargetPort":80,"PublishedPort":443}]}}"#;
    assert!(!needs_of("POST", "/services/create", Some(spec)).refusals.is_empty());
}

#[test]
fn networks_are_asked_for_by_name() {
    assert_eq!(host_needs("{}").needs[0].parameters, [Parameter::BridgeNetworking]);
    assert_eq!(host_needs(r#"{"NetworkMode":"default"}"#).needs[0].parameters, [Parameter::BridgeNetworking]);
    assert_eq!(host_needs(r#"{"NetworkMode":"none"}"#).needs[0].parameters, []);
    let own = host_needs(r#"{"NetworkMode":"back"}"#);
    assert_eq!(own.needs[0].parameters, []);
    assert!(own.needs.iter().any(|need| need.operation == Operation::NetworkConnect));
}

#[test]
fn unknown_fields_are_for_administrators() {
    let needs = host_needs(r#"{"FutureField":{"a":1}}"#);
    assert_eq!(needs.admin_only, ["the field `HostConfig.FutureField` is not known"]);
}

#[test]
fn a_service_takes_what_its_tasks_reach() {
    use Parameter as P;
    let container = |spec: &str| format!(r#"{{"TaskTemplate":{{"ContainerSpec":{spec}}}}}"#);
    for (spec, wanted) in [
        (container(r#"{"Mounts":[{"Type":"bind","Source":"/data","Target":"/x"}]}"#), P::HostBindMounts),
        (container(r#"{"Privileges":{"CredentialSpec":{"File":"x"}}}"#), P::CredentialSpec),
        (container(r#"{"Privileges":{"SELinuxContext":{"Disable":true}}}"#), P::SecurityOptions),
        (container(r#"{"Privileges":{"Seccomp":{"Mode":"unconfined"}}}"#), P::SecurityOptions),
        (container(r#"{"Privileges":{"AppArmor":{"Mode":"disabled"}}}"#), P::SecurityOptions),
        (container(r#"{"CapabilityAdd":["CAP_SYS_ADMIN"]}"#), P::Capabilities),
        (container(r#"{"Sysctls":{"a":"1"}}"#), P::KernelTuning),
        (container(r#"{"Ulimits":[{"Name":"nofile"}]}"#), P::KernelTuning),
        (container(r#"{"Isolation":"hyperv"}"#), P::RuntimeOptions),
        (r#"{"TaskTemplate":{"Networks":[{"Target":"host"}]}}"#.into(), P::HostNetworking),
        (r#"{"Networks":[{"Target":"bridge"}]}"#.into(), P::BridgeNetworking),
        (r#"{"TaskTemplate":{"LogDriver":{"Name":"gelf"}}}"#.into(), P::LogOptions),
        (
            r#"{"TaskTemplate":{"Resources":{"Reservations":{"GenericResources":[{"DiscreteResourceSpec":{"Kind":"gpu","Value":1}}]}}}}"#
                .into(),
            P::Devices,
        ),
    ] {
        let needs = needs_of("POST", "/services/create", Some(&spec));
        assert_eq!(needs.needs[0].parameters, [wanted], "{spec}");
        let update = needs_of("POST", "/services/web/update?version=3", Some(&spec));
        assert_eq!(update.needs[0].operation, Operation::ServiceUpdate);
        assert_eq!(update.needs[0].parameters, [wanted], "{spec}");
    }
}

#[test]
fn secrets_configs_and_networks_of_a_service_are_asked_for() {
    let needs = needs_of("POST", "/services/create", Some(include_str!("stack_service.json")));
    insta::assert_snapshot!("stack_service", show(&needs));
    let unnamed = r#"{"TaskTemplate":{"ContainerSpec":{"Secrets":[{"SecretName":"mine"}]}}}"#;
    assert!(!needs_of("POST", "/services/create", Some(unnamed)).refusals.is_empty());
}

#[test]
fn plugins_and_attachments_are_not_services() {
    let plugin = r#"{"TaskTemplate":{"Runtime":"plugin","PluginSpec":{"name":"x"}}}"#;
    assert_eq!(needs_of("POST", "/services/create", Some(plugin)).admin_only.len(), 2);
    for spec in [r#"{"TaskTemplate":{"NetworkAttachmentSpec":{}}}"#, r#"{"TaskTemplate":{"Runtime":"attachment"}}"#] {
        assert!(!needs_of("POST", "/services/create", Some(spec)).refusals.is_empty(), "{spec}");
    }
}

#[test]
fn labels_that_a_router_acts_on_are_asked_for() {
    let spec = r#"{"Labels":{"com.docker.lb.ssl_cert":"cert","com.docker.lb.network":"theirs"}}"#;
    let needs = needs_of("POST", "/services/create", Some(spec));
    assert!(needs.needs.iter().any(|need| need.operation == Operation::SecretUse));
    assert!(needs.needs.iter().any(|need| need.operation == Operation::NetworkConnect));
}

#[test]
fn an_update_may_bring_back_what_it_read() {
    let spec = r#"{"Name":"web","Labels":{"com.docker.ucp.access.label":"/prod","com.docker.ucp.access.owner":"anna","com.docker.ucp.collection.swarm":"true"}}"#;
    let needs =
        needs_of("POST", "/services/web/update?version=1&registryAuthFrom=previous-spec&rollback=previous", Some(spec));
    assert!(needs.admin_only.is_empty());
    assert_eq!(needs.collection.as_deref(), Some("/prod"));
    assert!(needs.follow_ups.iter().any(|follow_up| matches!(follow_up, FollowUp::Rollback(_))));
    assert!(
        needs
            .follow_ups
            .iter()
            .any(|follow_up| matches!(follow_up, FollowUp::StoredCredentials { previous: true, .. }))
    );
}

#[test]
fn networks_that_reach_the_host_are_for_administrators() {
    for body in [
        r#"{"Name":"n","Ingress":true}"#,
        r#"{"Name":"n","ConfigOnly":true}"#,
        r#"{"Name":"n","ConfigFrom":{"Network":"c"}}"#,
        r#"{"Name":"n","Driver":"macvlan","Options":{"parent":"eth0"}}"#,
        r#"{"Name":"n","Driver":"host"}"#,
        r#"{"Name":"n","Scope":"swarm"}"#,
        r#"{"Name":"n","Options":{"com.docker.network.bridge.name":"docker0"}}"#,
        r#"{"Name":"n","Driver":"overlay","Options":{"com.docker.network.driver.overlay.vxlanid_list":"4097"}}"#,
        r#"{"Name":"n","IPAM":{"Driver":"dhcp"}}"#,
    ] {
        assert!(!needs_of("POST", "/networks/create", Some(body)).admin_only.is_empty(), "{body}");
    }
    let plain = r#"{"CheckDuplicate":true,"Name":"n","Driver":"overlay","Scope":"","ConfigFrom":{"Network":""},"Attachable":true,"IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"10.1.0.0/24"}]},"Options":{"encrypted":""},"Labels":{"com.docker.stack.namespace":"s"}}"#;
    let needs = needs_of("POST", "/networks/create", Some(plain));
    assert!(needs.admin_only.is_empty(), "{:?}", needs.admin_only);
    assert_eq!(needs.needs[0].parameters, [Parameter::Attachable]);
    let bridge = r#"{"Name":"n","Driver":"bridge","Attachable":true}"#;
    assert_eq!(needs_of("POST", "/networks/create", Some(bridge)).needs[0].parameters, []);
}

#[test]
fn images_are_asked_for_wherever_they_are_named() {
    let image = |need: &Need| match &need.target {
        Target::Image(image) | Target::ImageName(image) => image.to_string(),
        other => panic!("{other:?}"),
    };
    let pull = needs_of("POST", "/images/create?fromImage=host:5000/acme/web&tag=1", None);
    assert_eq!(image(&pull.needs[0]), "host:5000/acme/web:1");
    assert_eq!(pull.registries, ["host:5000"]);
    let tag = needs_of("POST", "/images/web/tag?repo=host:5000/acme/web&tag=2", None);
    assert_eq!(image(&tag.needs[1]), "host:5000/acme/web:2");
    let push = needs_of("POST", "/images/host:5000/acme/web/push?tag=2", None);
    assert_eq!(image(&push.needs[0]), "host:5000/acme/web:2");
    assert!(!needs_of("POST", "/images/create?fromSrc=http://x/y", None).admin_only.is_empty());
    assert!(needs_of("POST", "/images/create?fromSrc=-&repo=mine", None).admin_only.is_empty());
    let force = needs_of("DELETE", "/images/web?force=1", None);
    assert_eq!(force.needs[0].parameters, [Parameter::ForceRemove]);
}

#[test]
fn a_build_reaches_no_further_than_a_container() {
    use Parameter as P;
    let plain = needs_of("POST", "/build?t=acme/web&networkmode=default&rm=1&version=1&labels={}&buildargs={}", None);
    assert_eq!(plain.needs[0].parameters, []);
    assert!(plain.admin_only.is_empty() && plain.refusals.is_empty());
    for (query, wanted) in [
        ("networkmode=host", P::HostNetworking),
        ("cgroupparent=/x", P::RuntimeOptions),
        ("securityopt=seccomp=unconfined", P::SecurityOptions),
        ("ulimits=[{\"Name\":\"nofile\"}]", P::KernelTuning),
        ("extrahosts=a:host-gateway", P::ExtraHosts),
    ] {
        assert_eq!(needs_of("POST", &format!("/build?{query}"), None).needs[0].parameters, [wanted], "{query}");
    }
    for query in ["version=2", "session=x", "outputs=[]"] {
        assert!(!needs_of("POST", &format!("/build?{query}"), None).refusals.is_empty(), "{query}");
    }
    assert!(!needs_of("POST", "/build?remote=http://x/y.git", None).admin_only.is_empty());
    let joined = needs_of("POST", "/build?networkmode=container:web", None);
    assert!(joined.needs.iter().any(|need| need.operation == Operation::ContainerJoin));
}

#[test]
fn exec_with_all_rights_takes_the_parameter() {
    let needs = needs_of("POST", "/containers/web/exec", Some(r#"{"Cmd":["sh"],"privileged":true}"#));
    assert_eq!(needs.needs[0].operation, Operation::ContainerExec);
    assert_eq!(needs.needs[0].parameters, [Parameter::Privileged]);
}

#[test]
fn references_in_filters_are_listed() {
    let list = crate::call(
        "GET",
        "/containers/json?before=b&filters={\"network\":[\"n\"],\"volume\":[\"v\",\"/path\"],\"label\":[\"x\"]}",
    );
    let found: Vec<(&str, String)> =
        list.query.references(&list.route).into_iter().map(|reference| (reference.filter, reference.value)).collect();
    assert_eq!(found, [("network", "n".to_owned()), ("volume", "v".to_owned()), ("before", "b".to_owned())]);
}
