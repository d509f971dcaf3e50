//! Properties of the parsers: total, idempotent, blind to spelling.

use http::Method;
use proptest::prelude::*;
use serde_json::Value;

use crate::engine_spec::dockerfile::{self, Arguments};
use crate::engine_spec::{
    ImageRef, Needs, Request, Route, Schema, canonical, needs, parse, registry_auth_decode, registry_config_decode,
};
use crate::{call, rules};

fn methods() -> impl Strategy<Value = Method> {
    proptest::sample::select(vec![Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD])
}

/// Paths near the table: a route's own, with names, prefixes and damage.
fn targets() -> impl Strategy<Value = String> {
    let routes: Vec<String> = Route::all().iter().map(Route::path).collect();
    let name = "[a-z0-9./%:@ ?#_-]{1,12}|json|create|\\.\\.|%2f|%252e|[\\PC]{1,4}";
    (proptest::sample::select(routes), name, "|/v1\\.[0-9]{1,3}|/v[0-9.]{1,5}|//", "|\\?[a-z=&%{}\":1]{0,20}|/{1,2}")
        .prop_map(|(route, name, prefix, tail)| {
            format!("{prefix}{}{tail}", route.replacen("/x", &format!("/{name}"), 1))
        })
}

fn respell(text: &str, seeds: &[u8]) -> String {
    let letter = |(index, c): (usize, char)| match (seeds.get(index % seeds.len().max(1)).copied().unwrap_or(0) % 4, c)
    {
        (0, c) => c.to_ascii_lowercase(),
        (1, c) => c.to_ascii_uppercase(),
        (2, 's' | 'S') => '\u{17f}',
        (2, 'k' | 'K') => '\u{212a}',
        (_, c) => c,
    };
    text.chars().enumerate().map(letter).collect()
}

/// Respells the names of fields, not the keys of maps.
fn respelled(value: &Value, seeds: &[u8], verbatim: bool) -> Value {
    let maps = [
        "Labels",
        "Sysctls",
        "Options",
        "EndpointsConfig",
        "PortBindings",
        "Volumes",
        "Annotations",
        "Config",
        "Tmpfs",
    ];
    match value {
        Value::Object(map) => {
            let entries = map.iter().map(|(name, value)| {
                let spelled = if verbatim { name.clone() } else { respell(name, seeds) };
                (spelled, respelled(value, seeds, !verbatim && maps.contains(&name.as_str())))
            });
            Value::Object(entries.collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(|value| respelled(value, seeds, verbatim)).collect()),
        other => other.clone(),
    }
}

fn container_needs(body: &Value) -> Needs {
    let call = call("POST", "/containers/create");
    let body = canonical(body.to_string().as_bytes(), Schema::ContainerCreate).unwrap();
    needs(&Request { route: &call.route, query: &call.query, body: Some(&body) }, &rules())
}

fn dangerous() -> impl Strategy<Value = Value> {
    let hosts = [
        r#"{"Privileged":true}"#,
        r#"{"Binds":["/:/h","v:/v"]}"#,
        r#"{"NetworkMode":"container:x","PidMode":"host","IpcMode":"container:y","UTSMode":"host"}"#,
        r#"{"Mounts":[{"Type":"volume","Source":"v","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{"device":"/etc"}}}}]}"#,
        r#"{"CapAdd":"all","SecurityOpt":["seccomp=unconfined"],"MaskedPaths":[],"Sysctls":{"a":"b"}}"#,
        r#"{"Devices":[{"PathOnHost":"/dev/sda"}],"CgroupParent":"/x","Annotations":{"a":"b"},"OomScoreAdj":-5}"#,
        r#"{"VolumesFrom":["z"],"Links":["l:m"],"LogConfig":{"Type":"syslog","Config":{"syslog-address":"x"}}}"#,
        r#"{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"443"}]},"Ulimits":[{"Name":"a"}],"Tasks":1}"#,
    ];
    proptest::sample::select(hosts.to_vec()).prop_map(|host| {
        let host: Value = serde_json::from_str(host).unwrap();
        serde_json::json!({
            "Image": "busybox", "HostConfig": host, "Labels": {"com.docker.ucp.x": "1"}, "Volumes": {"/a": {}},
            "NetworkingConfig": {"EndpointsConfig": {"n": {"NetworkID": "o", "Links": ["p:q"]}}},
        })
    })
}

/// JSON that may be any body.
fn documents() -> impl Strategy<Value = Value> {
    let names = "[A-Za-z]{1,6}|HostConfig|Labels|Mounts|TaskTemplate|ContainerSpec|Binds|Image|Name|Options";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((names, inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_request_line_panics(method in methods(), target in "\\PC{0,60}") {
        let _ = parse(&method, &target);
    }

    #[test]
    fn what_is_accepted_is_rebuilt_to_the_same_call(method in methods(), target in targets()) {
        if let Ok(read) = parse(&method, &target) {
            let (rebuilt_method, rebuilt) = read.route.method_and_path(read.version, &read.query);
            prop_assert_eq!(&rebuilt_method, &method);
            let again = parse(&rebuilt_method, &rebuilt).unwrap();
            prop_assert_eq!(&again, &read, "{} became {}", target, rebuilt);
            prop_assert_eq!(again.route.path_and_query(again.version, &again.query), rebuilt);
        }
    }

    #[test]
    fn the_needs_of_any_line_can_be_computed(method in methods(), target in targets()) {
        if let Ok(read) = parse(&method, &target) {
            let needs = needs(&Request { route: &read.route, query: &read.query, body: None }, &rules());
            let nothing = needs.needs.is_empty() && needs.admin_only.is_empty() && needs.refusals.is_empty();
            let free = matches!(read.route, Route::Version | Route::Info | Route::Auth);
            prop_assert!(!nothing || needs.open_to_all || needs.per_item.is_some() || free, "{}", target);
        }
    }

    #[test]
    fn reading_twice_is_reading_once(document in documents(), schema in proptest::sample::select(Schema::ALL.to_vec())) {
        if let Ok(once) = canonical(document.to_string().as_bytes(), schema) {
            let twice = canonical(once.value.to_string().as_bytes(), schema).unwrap();
            prop_assert_eq!(once, twice);
        }
    }

    #[test]
    fn no_spelling_changes_what_is_needed(body in dangerous(), seeds in proptest::collection::vec(any::<u8>(), 1..24)) {
        let clean = container_needs(&body);
        let spelled = container_needs(&respelled(&body, &seeds, false));
        let known = |needs: &Needs| {
            let reasons = needs.admin_only.iter().filter(|reason| !reason.contains("not known")).cloned().collect::<Vec<_>>();
            (needs.needs.clone(), reasons, needs.refusals.clone(), needs.follow_ups.clone())
        };
        prop_assert_eq!(known(&spelled), known(&clean));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for schema in Schema::ALL {
            let _ = canonical(&bytes, *schema);
        }
        let _ = dockerfile::read(&bytes, &Arguments::new());
        let text = String::from_utf8_lossy(&bytes);
        let _ = (parse(&Method::GET, &text), ImageRef::new(&text), registry_auth_decode(&text), registry_config_decode(&text));
    }

    #[test]
    fn no_document_makes_needs_panic(document in documents()) {
        for (method, target) in [
            ("POST", "/containers/create"), ("POST", "/services/create"), ("POST", "/services/x/update"), ("POST", "/networks/create"),
            ("POST", "/volumes/create"), ("POST", "/secrets/create"), ("POST", "/networks/x/connect"), ("POST", "/containers/x/exec"),
            ("POST", "/containers/x/update"), ("POST", "/auth"),
        ] {
            let read = call(method, target);
            let Some(schema) = read.route.body().schema() else { continue };
            if let Ok(mut body) = canonical(document.to_string().as_bytes(), schema) {
                let _ = needs(&Request { route: &read.route, query: &read.query, body: Some(&body) }, &rules());
                crate::engine_spec::Placement::new("/", "a", ["swarm"]).apply(schema, &mut body.value);
            }
        }
    }

    #[test]
    fn no_dockerfile_panics(text in "(FROM|COPY|ADD|ARG|RUN|ONBUILD|#)?[ \\\\\n$\\{\\}=:\"'`a-zA-Z<-]{0,80}") {
        let Ok(reading) = dockerfile::read(text.as_bytes(), &Arguments::new()) else { return Ok(()) };
        prop_assume!(reading.unresolved.is_empty());
        // Pinned, it names what was decided on, and nothing else but what its triggers name.
        let pins = reading.images.iter().map(|image| (image.clone(), "pinned".to_owned())).collect();
        let pinned = dockerfile::pinned(text.as_bytes(), &reading, &pins).unwrap();
        let again = dockerfile::read(&pinned, &Arguments::new()).unwrap();
        let triggers = text.to_ascii_uppercase().contains("ONBUILD");
        prop_assert!(again.unresolved.is_empty());
        prop_assert!(triggers || again.images.iter().all(|image| image == "pinned"), "{:?}", again.images);
    }
}
