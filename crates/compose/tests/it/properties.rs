//! What holds for any stack: good ones, odd ones, hostile ones.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_compose::Severity;
use holdfast_compose::kubernetes::stack::{
    Constraint, Constraints, DeployConfig, ExternalRef, FileObject, FileUse, HealthCheckConfig, InternalPort,
    PlacementConfig, PortConfig, ResourceConfig, ResourcesConfig, RestartPolicyConfig, ServiceConfig, Stack, StackMeta,
    StackSpec, UpdateConfig, VolumeConfig, from_project, to_project,
};
use holdfast_compose::kubernetes::{Contents, Names, Object, Options, Publish, Reading, convert, convert_stack};
use holdfast_compose::report;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::invariants;

/// Names that mostly fit, so that most stacks get through.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => "[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3})?",
        1 => "[A-Z_a-z0-9.-]{1,70}",
        1 => select(vec!["a-published", "a-random-ports", "a", "mount-0", "secret-0", "", "é", "a/b"]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![5 => "[ -~]{0,12}", 1 => any::<String>()]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn labels() -> impl Strategy<Value = BTreeMap<String, String>> {
    let key = prop_oneof![
        10 => "[a-z]{1,5}(\\.[a-z]{1,4})?(/[a-zA-Z]{1,4})?",
        1 => select(vec!["com.docker.service.name", "com.docker.stack.namespace", "kompose.service.type", "bad key", "a/b/c"]).prop_map(str::to_owned),
        1 => text(),
    ];
    btree_map(key, prop_oneof!["[a-z]{0,6}", text()], 0..3)
}

fn port() -> impl Strategy<Value = PortConfig> {
    let number = || prop_oneof![10 => 1u32..65536, 2 => Just(0), 1 => any::<u32>()];
    let protocol = select(vec!["tcp", "udp", "sctp", "", "TCP"]).prop_map(str::to_owned);
    (number(), number(), protocol, select(vec!["ingress", "host", ""])).prop_map(
        |(target, published, protocol, mode)| PortConfig { mode: mode.to_owned(), target, published, protocol },
    )
}

fn volume() -> impl Strategy<Value = VolumeConfig> {
    let kind = select(vec!["volume", "volume", "bind", "tmpfs", "npipe", "cluster", "image", ""]);
    let source = prop_oneof![
        4 => name(),
        4 => "(/[a-z.]{1,3}){1,4}/?",
        1 => select(vec!["/", "", "/var/run/docker.sock", "x.git", "/a/../../b", "rel/ative"]).prop_map(str::to_owned),
    ];
    let target = prop_oneof![8 => "(/[a-z]{1,3}){1,3}", 1 => select(vec!["/var/run/docker.sock", "", "a:b"]).prop_map(str::to_owned)];
    (kind, source, target, any::<bool>()).prop_map(|(kind, source, target, read_only)| VolumeConfig {
        kind: kind.to_owned(),
        source,
        target,
        read_only,
    })
}

fn file_use() -> impl Strategy<Value = FileUse> {
    let source = prop_oneof![9 => select(vec!["one", "two", "out"]).prop_map(str::to_owned), 1 => name()];
    let target = prop_oneof![Just(String::new()), "(/?[a-z.]{1,4}){1,3}", text()];
    (source, target, of(0u32..0o1000)).prop_map(|(source, target, mode)| FileUse {
        source,
        target,
        mode,
        ..FileUse::default()
    })
}

fn deploy() -> impl Strategy<Value = DeployConfig> {
    let mode = prop_oneof![8 => select(vec!["", "replicated", "global"]), 1 => select(vec!["replicated-job", "x"])];
    let condition = select(vec!["any", "none", "on-failure", "", "sometimes"]);
    let side = || {
        of((select(vec!["", "0.5", "2", "1e3", "x", "-1"]), any::<i32>())
            .prop_map(|(cpus, memory)| ResourceConfig { cpus: cpus.to_owned(), memory_bytes: i64::from(memory) }))
    };
    let constraint = || {
        of((text(), select(vec!["==", "!=", "~"]))
            .prop_map(|(value, operator)| Constraint { value, operator: operator.to_owned() }))
    };
    let constraints = (constraint(), constraint(), labels()).prop_map(|(os, hostname, labels)| Constraints {
        operating_system: os,
        architecture: None,
        hostname,
        match_labels: labels
            .into_iter()
            .map(|(key, value)| (key, Constraint { value, operator: "==".to_owned() }))
            .collect(),
    });
    let parts = (mode, of(any::<u64>()), labels(), of(0u64..5), side(), side());
    let rest = (of(condition), of(prop_oneof![5 => Just(Constraints::default()), 1 => constraints]));
    (parts, rest).prop_map(|((mode, replicas, labels, parallelism, limits, reservations), (condition, constraints))| {
        DeployConfig {
            mode: mode.to_owned(),
            replicas: replicas.map(|count| if count % 7 == 0 { count } else { count % 9 }),
            labels,
            update_config: parallelism.map(|parallelism| UpdateConfig { parallelism: Some(parallelism) }),
            resources: ResourcesConfig { limits, reservations },
            restart_policy: condition.map(|condition| RestartPolicyConfig { condition: condition.to_owned() }),
            placement: PlacementConfig { constraints },
        }
    })
}

fn service() -> impl Strategy<Value = ServiceConfig> {
    let check = of((words(), of(any::<i64>()), of(any::<u64>())).prop_map(|(mut test, time, retries)| {
        test.insert(0, "CMD".to_owned());
        HealthCheckConfig { test, timeout: time, interval: time, retries }
    }));
    let image = prop_oneof![15 => Just("image:1".to_owned()), 1 => text()];
    let exposed = vec((1u32..70000, select(vec!["TCP", "UDP"])), 0..2);
    let hosts = vec(prop_oneof![6 => Just("a:10.0.0.1".to_owned()), 1 => text()], 0..2);
    let environment = btree_map("[A-Z]{1,3}", prop_oneof![15 => text().prop_map(Some), 1 => Just(None)], 0..3);
    let first = (name(), words(), labels(), deploy(), check, image);
    let second = (vec(port(), 0..3), vec(volume(), 0..3), vec(file_use(), 0..2), vec(file_use(), 0..2), exposed, hosts);
    let third =
        (environment, of(any::<i64>()), vec("(/[a-z]{1,3}){1,2}(:size=[0-9]{1,3}[kmg]?)?", 0..2), any::<bool>());
    (first, second, third).prop_map(|(first, second, third)| {
        let (name, command, labels, deploy, health_check, image) = first;
        let (ports, volumes, secrets, configs, exposed, extra_hosts) = second;
        let (environment, user, tmpfs, flag) = third;
        ServiceConfig {
            name,
            command,
            labels,
            deploy,
            health_check,
            image,
            ports,
            volumes,
            secrets,
            configs,
            internal_ports: exposed
                .into_iter()
                .map(|(port, protocol)| InternalPort { port, protocol: protocol.to_owned() })
                .collect(),
            extra_hosts,
            environment,
            user,
            stop_grace_period: user,
            tmpfs,
            tty: flag,
            privileged: flag,
            ..ServiceConfig::default()
        }
    })
}

fn stack() -> impl Strategy<Value = Stack> {
    let file = |name: &str| FileObject { file: format!("/project/{name}.txt"), ..FileObject::default() };
    let outside = FileObject { external: ExternalRef { name: String::new(), external: true }, ..FileObject::default() };
    let files: BTreeMap<String, FileObject> =
        [("one".to_owned(), file("one")), ("two".to_owned(), file("two")), ("out".to_owned(), outside)].into();
    (prop_oneof![15 => Just("demo".to_owned()), 1 => name()], vec(service(), 0..4)).prop_map(move |(name, services)| {
        Stack {
            api_version: "compose.docker.com/v1alpha3".to_owned(),
            kind: "Stack".to_owned(),
            metadata: StackMeta { name, namespace: None },
            spec: StackSpec { services, secrets: files.clone(), configs: files.clone() },
        }
    })
}

fn options() -> impl Strategy<Value = Options> {
    let files = ["one", "two"].map(|name| (format!("/project/{name}.txt"), name.as_bytes().to_vec())).into();
    let contents = Some(Contents { files, variables: BTreeMap::new() });
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(move |(publish, names, kompose_labels)| Options {
        publish: if publish { Publish::LoadBalancer } else { Publish::NodePort },
        names: if names { Names::Refuse } else { Names::Adapt },
        kompose_labels,
        contents: contents.clone(),
        ..Options::default()
    })
}

proptest! {
    #[test]
    fn whatever_is_made_from_a_project_fits_together((stack, options) in (stack(), options())) {
        let project = to_project(&stack);
        match convert(&project, &options) {
            Ok(objects) => {
                invariants::check(&objects, &BTreeSet::from(["out".to_owned()]));
                prop_assert!(objects.warnings.iter().all(|warning| warning.severity == Severity::Warning));
                let again = convert(&project, &options);
                prop_assert_eq!(Some(&objects), again.as_ref().ok());
            }
            Err(said) => prop_assert!(said.iter().any(|one| one.severity == Severity::Error)),
        }
        let report = report::explain(&project);
        prop_assert_eq!(report.targets.len(), 3);
    }

    #[test]
    fn whatever_is_made_from_a_stack_fits_together((stack, options) in (stack(), options())) {
        if let Ok(objects) = convert_stack(&stack, &options) {
            prop_assert!(!objects.items.iter().any(|object| matches!(object, Object::Secret(_) | Object::ConfigMap(_))));
            // What a Stack does not declare exists already.
            let services = stack.spec.services.iter();
            let uses = services.flat_map(|service| service.secrets.iter().chain(&service.configs));
            let outside = uses.map(|file| file.source.clone()).chain(["one", "two", "out"].map(str::to_owned));
            invariants::check(&objects, &outside.collect());
        }
    }

    #[test]
    fn a_stack_is_read_back_from_what_it_is_written_as(stack in stack()) {
        let text = serde_json::to_string(&stack).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Stack>(&text).unwrap(), &stack);
    }

    #[test]
    fn a_stack_survives_the_way_through_a_project(stack in stack()) {
        let project = to_project(&stack);
        let Ok((back, _)) = from_project(&project, &stack.metadata.name, Reading::Meant) else { return Ok(()) };
        let (mut again, _) = from_project(&to_project(&back), &stack.metadata.name, Reading::Meant).unwrap();
        // Constraints of which none is understood are no constraints.
        let mut back = back;
        for service in back.spec.services.iter_mut().chain(&mut again.spec.services) {
            let constraints = &mut service.deploy.placement.constraints;
            *constraints = constraints.take().filter(|constraints| *constraints != Constraints::default());
        }
        prop_assert_eq!(again, back);
    }
}
