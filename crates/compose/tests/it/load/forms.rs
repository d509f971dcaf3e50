//! Short and long forms, and what each client reads in plain scalars.

use holdfast_compose::model::{ByteSize, CommandLine, Dialect, Duration, HealthTest, MountKind, Port};
use holdfast_compose::print;

use super::{CLASSIC, CLIENTS, Case, SPECIFICATION, STACK, service, web};

fn line(port: &Port) -> String {
    let published = port.published.map(|range| range.to_string()).unwrap_or_default();
    let address = port.host_ip.as_deref().unwrap_or_default();
    format!("{address}|{published}|{}|{}", port.target, port.protocol.as_deref().unwrap_or("tcp"))
}

#[test]
fn ports_are_read_in_every_form() {
    let table: &[(&str, &[&str])] = &[
        ("80", &["||80|tcp"]),
        ("\"80\"", &["||80|tcp"]),
        ("22:22", &["|22|22|tcp"]),
        ("8080:80/udp", &["|8080|80|udp"]),
        ("\"53:53/UDP\"", &["|53|53|udp"]),
        ("127.0.0.1:8001:8001", &["127.0.0.1|8001|8001|tcp"]),
        ("\"127.0.0.1::90\"", &["127.0.0.1||90|tcp"]),
        ("\"[::1]:80:81\"", &["::1|80|81|tcp"]),
        ("3000-3001", &["||3000|tcp", "||3001|tcp"]),
        ("\"1-2:3-4\"", &["|1|3|tcp", "|2|4|tcp"]),
        ("{target: 80, published: 8080, protocol: udp, mode: host}", &["|8080|80|udp"]),
        ("{target: 80}", &["||80|tcp"]),
    ];
    for client in CLIENTS {
        for (text, expected) in table {
            let found: Vec<String> = web(&format!("ports: [{text}]"), client).ports.iter().map(line).collect();
            assert_eq!(&found, expected, "{client:?} {text}");
        }
    }
}

#[test]
fn a_range_for_one_container_port_is_each_client_s_own_matter() {
    let ports = |client| web("ports: [\"8000-8002:80\"]", client).ports.iter().map(line).collect::<Vec<_>>();
    assert_eq!(ports(STACK), ["|8000|80|tcp", "|8001|80|tcp", "|8002|80|tcp"]);
    assert_eq!(ports(CLASSIC), ["|8000-8002|80|tcp"]);
    assert_eq!(ports(SPECIFICATION), ["|8000-8002|80|tcp"]);
}

#[test]
fn bad_ports_are_refused() {
    for text in ["a", "80:", "70000", "1-3:1-2", "5-1", "1.2.3:80:80", "80/icmp", "1:2:3:4:5x", "-1"] {
        for client in CLIENTS {
            let errors = Case::of(&service(&format!("ports: [\"{text}\"]"))).errors(client);
            assert_eq!(errors, ["INVALID_PORT services.web.ports[0]"], "{client:?} {text}");
        }
    }
}

#[test]
fn volumes_are_read_in_every_form() {
    let table = [
        ("/data", (MountKind::Volume, None, "/data", None)),
        ("named:/data", (MountKind::Volume, Some("named"), "/data", None)),
        ("named:/data:ro", (MountKind::Volume, Some("named"), "/data", Some(true))),
        ("./rel:/data", (MountKind::Bind, Some("/p/rel"), "/data", None)),
        ("../up:/data:rw", (MountKind::Bind, Some("/up"), "/data", None)),
        ("/abs:/data", (MountKind::Bind, Some("/abs"), "/data", None)),
        ("~/x:/data", (MountKind::Bind, Some("/home/me/x"), "/data", None)),
        ("{type: bind, source: ./a, target: /b, read_only: true}", (MountKind::Bind, Some("/p/a"), "/b", Some(true))),
        ("{type: tmpfs, target: /t}", (MountKind::Tmpfs, None, "/t", None)),
    ];
    for client in CLIENTS {
        for (text, (kind, source, target, read_only)) in table {
            let quoted = if text.starts_with('{') { text.to_owned() } else { format!("\"{text}\"") };
            let text = format!("{}volumes: {{named: {{}}}}\n", service(&format!("volumes: [{quoted}]")));
            let project = Case::of(&text).with("HOME", "/home/me").project(client);
            let mount = project.services["web"].volumes[0].clone();
            assert_eq!(
                (mount.kind, mount.source.as_deref(), mount.target.as_str(), mount.read_only),
                (kind, source, target, read_only),
                "{client:?} {quoted}"
            );
        }
    }
}

#[test]
fn a_letter_before_a_colon_is_a_drive_for_the_go_clients_only() {
    let mount = |client| {
        let text = format!("{}volumes: {{d: {{}}}}\n", service("volumes: [\"d:/data\"]"));
        Case::of(&text).project(client).services["web"].volumes[0].clone()
    };
    assert_eq!(mount(STACK).target, "d:/data");
    assert_eq!(mount(CLASSIC).source.as_deref(), Some("d"));
}

#[test]
fn numbers_become_text_as_each_client_s_language_writes_them() {
    let variables = |client| {
        let web = web("environment: {A: 1.0, B: 0440, C: 1_000, D: 1e3, E: 080}", client);
        web.environment.values().map(|value| value.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(variables(STACK), ["1", "288", "1000", "1000", "80"]);
    assert_eq!(variables(CLASSIC), ["1.0", "288", "1000", "1e3", "080"]);
}

#[test]
fn octal_modes_are_octal_with_and_without_quotes_where_those_are_taken() {
    for client in CLIENTS {
        let text = format!("{}secrets: {{s: {{file: ./s}}}}\n", service("secrets: [{source: s, mode: 0440}]"));
        assert_eq!(Case::of(&text).project(client).services["web"].secrets[0].mode, Some(0o440), "{client:?}");
        let quoted = text.replace("0440", "\"0440\"");
        let outcome = Case::of(&quoted).load(client);
        // The stack client casts text only where a variable made it.
        assert_eq!(outcome.errors.is_empty(), client != STACK, "{client:?}");
    }
}

#[test]
fn yes_and_no_are_booleans_for_old_clients_only() {
    assert_eq!(web("tty: yes", CLASSIC).tty, Some(true));
    assert_eq!(web("tty: off", SPECIFICATION).tty, Some(false));
    assert_eq!(Case::of(&service("tty: yes")).errors(STACK), ["WRONG_TYPE services.web.tty"]);
    let old = holdfast_compose::model::Client::StackDeploy(holdfast_compose::model::StackClient::V20_10);
    assert_eq!(Case::of(&service("tty: yes").replace("3.13", "3.9")).project(old).services["web"].tty, Some(true));
}

#[test]
fn lists_and_mappings_say_the_same() {
    for client in CLIENTS {
        let list = web("environment: [A=1, B=, C]\nlabels: [x=y, z]\nsysctls: [a=1]", client);
        let mapping =
            web("environment: {A: \"1\", B: \"\", C: null}\nlabels: {x: y, z: \"\"}\nsysctls: {a: 1}", client);
        assert_eq!(
            (list.environment, list.labels, list.sysctls),
            (mapping.environment, mapping.labels, mapping.sysctls)
        );
        let hosts = |text: &str| web(&format!("extra_hosts: {text}"), client).extra_hosts;
        assert_eq!(hosts("[\"a:1.2.3.4\"]"), hosts("{a: 1.2.3.4}"));
        assert_eq!(web("dns: 1.1.1.1\ntmpfs: /run", client).dns, ["1.1.1.1"]);
    }
}

#[test]
fn odd_forms_that_clients_read_are_read() {
    let web = web(
        "command: null\nentrypoint: []\nhealthcheck: {test: [NONE]}\nmem_limit: 1g\nshm_size: 64\nulimits: {nproc: 65535}\n\
         deploy: {resources: {limits: {cpus: 0.5}}}\nstop_grace_period: 1m30s\nexpose: [80, \"90-91\"]\ngpus: all\n\
         post_start: [{command: echo hi}]",
        SPECIFICATION,
    );
    assert_eq!(web.command, None);
    assert_eq!(web.entrypoint, Some(CommandLine::Words(Vec::new())));
    assert_eq!(web.healthcheck.unwrap().test, Some(HealthTest::Words(vec!["NONE".to_owned()])));
    assert_eq!((web.mem_limit, web.shm_size), (Some(ByteSize(1 << 30)), Some(ByteSize(64))));
    assert_eq!(web.ulimits["nproc"].hard, Some(65_535));
    assert_eq!(web.deploy.unwrap().resources.unwrap().limits.unwrap().cpus.as_deref(), Some("0.5"));
    assert_eq!(web.stop_grace_period, Some(Duration(90_000_000_000)));
    assert_eq!(web.expose, ["80", "90-91"]);
    assert_eq!(web.gpus[0].count, Some(-1));
    assert_eq!(web.post_start[0].command, Some(CommandLine::Text("echo hi".to_owned())));
}

#[test]
fn version_1_keys_stand_under_their_later_names() {
    let text = "web:\n  build: .\n  dockerfile: Other\n  net: host\n  log_driver: syslog\n  log_opt: {tag: x}\n";
    let project = Case::of(text).project(CLASSIC);
    let web = &project.services["web"];
    assert_eq!(project.dialect, Dialect::V1);
    assert_eq!(web.network_mode.as_deref(), Some("host"));
    assert_eq!(web.logging.as_ref().unwrap().driver.as_deref(), Some("syslog"));
    let build = web.build.as_ref().unwrap();
    assert_eq!((build.context.as_deref(), build.dockerfile.as_deref()), (Some("/p"), Some("Other")));
}

#[test]
fn dialects_are_told_apart() {
    let table = [
        ("version: \"2\"\nservices: {a: {image: b}}", CLASSIC, Dialect::V2(0)),
        ("version: \"2.4\"\nservices: {a: {image: b}}", CLASSIC, Dialect::V2(4)),
        ("version: \"3.7\"\nservices: {a: {image: b}}", CLASSIC, Dialect::V3(7)),
        ("services: {a: {image: b}}", CLASSIC, Dialect::Specification),
        ("a: {image: b}", CLASSIC, Dialect::V1),
        ("version: \"3\"\nservices: {a: {image: b}}", STACK, Dialect::V3(13)),
        ("services: {a: {image: b}}", STACK, Dialect::V3(13)),
        ("version: \"2.1\"\nservices: {a: {image: b}}", SPECIFICATION, Dialect::Specification),
    ];
    for (text, client, dialect) in table {
        assert_eq!(Case::of(text).project(client).dialect, dialect, "{client:?} {text}");
    }
}

#[test]
fn a_merge_key_in_quotes_is_a_key_like_any_other() {
    for client in CLIENTS {
        let quoted = web("labels: {\"<<\": a, '<<b': c}", client);
        assert_eq!(quoted.labels.get("<<").map(String::as_str), Some("a"), "{client:?}");
        let tagged = web("labels: {!!str <<: a}", client);
        assert_eq!(tagged.labels.get("<<").map(String::as_str), Some("a"), "{client:?}");
        let merged = Case::of(
            "version: \"3.8\"\nx-d: &d {a: \"1\", b: \"2\"}\nservices:\n  web:\n    image: i\n    labels: {<<: *d, b: \"3\"}\n",
        );
        let project = merged.project(client);
        let labels: Vec<_> =
            project.services["web"].labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(labels, ["a=1", "b=3"], "{client:?}");
        let printed = print::canonical(&Case::of(&service("labels: {\"<<\": a}")).project(client), client).to_yaml();
        assert_eq!(
            Case::of(&printed).project(client).services["web"].labels,
            web("labels: {\"<<\": a}", client).labels
        );
    }
}

#[test]
fn what_a_service_names_comes_before_it_in_the_specifications_config() {
    let text = "services:\n  web:\n    image: a\n    links: [cache]\n    volumes_from: [data, container:other]\n    network_mode: service:proxy\n  cache: {image: a}\n  data: {image: a}\n  proxy: {image: a}\n";
    let printed = |client| {
        let project = Case::of(text).project(client);
        let value = serde_json::to_value(holdfast_compose::print::config(&project, client)).unwrap();
        value["services"]["web"]["depends_on"].clone()
    };
    let started = |restart: bool| {
        let mut dependency = serde_json::json!({ "condition": "service_started", "required": true });
        if restart {
            dependency["restart"] = true.into();
        }
        dependency
    };
    let expected = serde_json::json!({ "cache": started(true), "data": started(false), "proxy": started(true) });
    assert_eq!(printed(SPECIFICATION), expected);
    assert!(printed(CLASSIC).is_null());
}
