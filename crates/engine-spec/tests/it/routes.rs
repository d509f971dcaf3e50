//! The table of routes and the forms of paths.

use http::Method;

use crate::engine_spec::{ApiVersion, BodyKind, Openness, Route, RouteError, parse};
use crate::{call, needs_of};

fn refused(method: &str, target: &str) -> RouteError {
    parse(&method.parse::<Method>().unwrap(), target).expect_err(target)
}

#[test]
fn every_route_has_its_place_in_the_table() {
    let mut table = String::new();
    for route in Route::all() {
        let openness = match route.openness() {
            Openness::Open => "open",
            Openness::NotYet => "501 ",
        };
        let body = match route.body() {
            BodyKind::None => "-".to_owned(),
            kind => format!("{kind:?}"),
        };
        let line =
            format!("{openness} {:<7}{:<50}{:<22}{body}", route.method().as_str(), route.pattern(), route.name());
        table.push_str(line.trim_end());
        table.push('\n');
    }
    insta::assert_snapshot!("routes", table);
}

#[test]
fn every_route_is_found_by_its_own_path() {
    for route in Route::all().into_iter().filter(|route| *route != Route::Options) {
        for prefix in ["", "/v1.24", "/v1.41", "/v1.99"] {
            let target = format!("{prefix}{}", route.path());
            assert_eq!(call(route.method().as_str(), &target).route, route, "{target}");
        }
    }
}

#[test]
fn what_is_in_no_table_is_refused() {
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/v1.41"),
        ("GET", "/v1.41/"),
        ("GET", "/containers"),
        ("GET", "/containers/"),
        ("GET", "/swarm/x"),
        ("POST", "/distribution/x/nothing"),
        ("GET", "/v1.41/v1.41/containers/json"),
        ("GET", "/metrics"),
        ("POST", "/swarm/init/"),
        ("GET", "/containers/json/"),
    ] {
        assert!(matches!(refused(method, target), RouteError::NotFound), "{method} {target}");
    }
    for (method, target) in [
        ("PUT", "/containers/json"),
        ("GET", "/containers/create"),
        ("PATCH", "/containers/x/json"),
        ("HEAD", "/containers/json"),
        ("GET", "/containers/x"),
        ("POST", "/containers/x/nothing"),
        ("GET", "/containers//json/x"),
        ("CONNECT", "/info"),
        ("TRACE", "/_ping"),
    ] {
        assert!(matches!(refused(method, target), RouteError::MethodNotAllowed), "{method} {target}");
    }
}

#[test]
fn verbs_at_the_end_go_before_greedy_names() {
    let name = |target: &str, method: &str| call(method, target).route.object().unwrap().to_string();
    assert_eq!(name("/images/host:5000/acme/web/json", "GET"), "host:5000/acme/web");
    assert_eq!(name("/images/a/history/json", "GET"), "a/history");
    assert_eq!(name("/images/json/json", "GET"), "json");
    assert_eq!(name("/images/acme/web:1/push", "POST"), "acme/web:1");
    assert_eq!(name("/plugins/acme/ssh:latest/enable", "POST"), "acme/ssh:latest");
    assert_eq!(name("/volumes/a/b", "GET"), "a/b");
    assert!(matches!(call("GET", "/containers/x/attach/ws").route, Route::ContainerAttachWs(_)));
    assert!(matches!(call("DELETE", "/containers/x/checkpoints/y").route, Route::CheckpointRemove(..)));
    assert!(matches!(call("GET", "/images/json").route, Route::ImageList));
    assert!(matches!(call("GET", "/images/get").route, Route::ImageExportMany));
    assert!(matches!(call("GET", "/networks/").route, Route::NetworkListSlash));
    assert!(matches!(call("GET", "/tasks/x/logs").route, Route::TaskLogs(_)));
}

#[test]
fn disguised_versions_are_refused() {
    for target in [
        "/v1.023/info",
        "/v01.23/info",
        "/v1.23.99/info",
        "/v1.23./info",
        "/v1%2e23/info",
        "/v1%2e41/info",
        "/%761.41/info",
        "/v1.4%31/info",
        "/v2.0/info",
        "/v1/info",
        "/v1.041/info",
        "/v1.100/info",
        "/v1.41%2finfo",
        "/v1..41/info",
    ] {
        let error = refused("GET", target);
        assert!(matches!(error, RouteError::VersionMalformed { .. }), "{target}: {error:?}");
    }
    // C6: below 1.24 a start may replace the checked host configuration.
    for minor in [0, 1, 17, 18, 19, 20, 21, 22, 23] {
        let error = refused("POST", &format!("/v1.{minor}/containers/x/start"));
        assert!(matches!(error, RouteError::VersionTooOld { .. }), "1.{minor}: {error:?}");
    }
    assert_eq!(call("GET", "/v1.24/info").version, Some(ApiVersion::MIN));
    assert_eq!(call("GET", "/info").version, None);
}

#[test]
fn paths_in_disguise_get_the_decision_of_the_clean_form() {
    // C7 and C8: the engine decodes and cleans; so do we, or we refuse.
    let clean = call("GET", "/v1.41/containers/json");
    for same in [
        "/v1.41/containers/%6Ason",
        "//v1.41//containers///json",
        "/v1.41/containers%2Fjson",
        "/v1.41/%63ontainers/json",
    ] {
        assert_eq!(call("GET", same), clean, "{same}");
    }
    for refusal in [
        "/v1.41/./containers/json",
        "/v1.41/x/../containers/json",
        "/v1.41/%2e%2e/containers/json",
        "/v1.41/containers/x%00/json",
        "/v1.41/containers/a%0ab/json",
        "/v1.41/containers/%zz/json",
        "/v1.41/containers/%/json",
        "/v1.41/containers/%ff/json",
        "/v1.41/containers/a b/json",
        "/v1.41/containers/a%5cb/json",
        "/v1.41/containers/%c2%80/json",
        "containers/json",
        "",
        "http://x/info",
        "/v1.41/containers/%2e/json",
    ] {
        assert!(matches!(refused("GET", refusal), RouteError::Path { .. }), "{refusal}");
    }
    // Escapes are decoded once: what is still one afterwards is a name.
    assert_eq!(call("GET", "/containers/%252e/json").route.object().unwrap().as_str(), "%2e");
    // C9: no version means the advertised one.
    assert_eq!(call("GET", "/containers/json").route, clean.route);
}

#[test]
fn a_fresh_request_is_built_from_the_decision() {
    let read = call("GET", "/v1.41//containers/my%20web/logs?stdout=yes&follow=TRUE&tail=5&x=1&stderr=0");
    let route = read.route.with_object("4f1b").unwrap();
    let version = ApiVersion::parse("1.41").unwrap();
    assert_eq!(
        route.path_and_query(Some(version), &read.query),
        "/v1.41/containers/4f1b/logs?stdout=1&follow=1&tail=5&stderr=0"
    );
    assert!(call("GET", "/tasks/x").route.with_object("x/logs").is_err());
    assert!(call("GET", "/tasks/x").route.with_object("../info").is_err());
    let odd = call("GET", "/networks/a%3Fb%23c%2541").route;
    assert_eq!(odd.path_and_query(None, &read.query).split('?').next().unwrap(), "/networks/a%3Fb%23c%2541");
}

#[test]
fn queries_have_one_meaning() {
    let list =
        call("GET", "/containers/json?all=1&all=1&limit=5&unknown=x&filters=%7B%22status%22%3A%5B%22exited%22%5D%7D");
    assert!(list.query.flag("all"));
    assert_eq!(list.query.encode(), "all=1&limit=5&filters=%7B%22status%22%3A%7B%22exited%22%3Atrue%7D%7D");
    let map = call("GET", "/containers/json?filters={\"status\":{\"exited\":true}}");
    assert_eq!(map.query.filters(), list.query.filters());
    for bad in [
        "all=1&all=0",
        "limit=x",
        "filters=[]",
        "filters={\"a\":\"b\"}",
        "filters={\"a\":{\"b\":false}}",
        "filters={\"a\":[1]}",
        "filters={\"a\":[],\"a\":[]}",
        "filters={}{}",
        "all=1;size=1",
        "all=%zz",
        "all=%ff",
        "filters={",
    ] {
        let error = refused("GET", &format!("/containers/json?{bad}"));
        assert!(matches!(error, RouteError::Query { .. }), "{bad}: {error:?}");
    }
    let build = call("POST", "/build?t=a&t=b&rm=&q=1&buildargs={\"A\":\"1\",\"B\":null}&ulimits=null&cachefrom=[]");
    assert_eq!(build.query.list("t"), ["a", "b"]);
    assert_eq!(build.query.encode(), "t=a&t=b&q=1&buildargs=%7B%22A%22%3A%221%22%2C%22B%22%3Anull%7D&cachefrom=%5B%5D");
    assert!(matches!(refused("POST", "/build?buildargs={\"A\":1}"), RouteError::Query { .. }));
    assert!(matches!(refused("POST", "/build?labels={\"a\":\"1\",\"a\":\"2\"}"), RouteError::Query { .. }));
}

#[test]
fn a_limit_is_taken_away_to_be_applied_afterwards() {
    let mut list = call("GET", "/containers/json?limit=3&all=true").query;
    assert_eq!(list.take_limit(), Some(3));
    assert_eq!(list.encode(), "all=1");
    assert_eq!(call("GET", "/containers/json?limit=-1").query.take_limit(), None);
}

#[test]
fn options_are_known_on_any_path() {
    assert_eq!(call("OPTIONS", "/whatever").route, Route::Options);
    assert_eq!(Route::Options.openness(), Openness::NotYet);
}

/// One row of the page: what a route takes.
fn row(route: &Route) -> String {
    let json = match route.body() {
        BodyKind::Json(_) | BodyKind::OptionalJson(_) if route.name().starts_with("Plugin") => Some("[]"),
        BodyKind::Json(_) | BodyKind::OptionalJson(_) => Some("{}"),
        BodyKind::None | BodyKind::Stream => None,
    };
    let query = match route {
        Route::ImageCreate => "?fromImage=x",
        Route::ImageTag(_) => "?repo=y",
        Route::Commit => "?container=x",
        _ => "",
    };
    let json = match route {
        Route::NetworkConnect(_) | Route::NetworkDisconnect(_) => Some(r#"{"Container":"y"}"#),
        _ => json,
    };
    let needs = needs_of(route.method().as_str(), &format!("{}{query}", route.path()), json);
    assert!(needs.refusals.is_empty(), "{route:?}: {:?}", needs.refusals);
    let mut takes: Vec<String> = Vec::new();
    takes.extend(needs.open_to_all.then(|| "anybody".to_owned()));
    takes.extend(needs.per_item.map(|operation| match route {
        Route::Events => "per event: the View of its object".to_owned(),
        _ => format!("per item: {operation}"),
    }));
    takes.extend(needs.needs.iter().map(|need| {
        let parameters: Vec<&str> = need.parameters.iter().map(|parameter| parameter.name()).collect();
        let with = if parameters.is_empty() { String::new() } else { format!(" ({})", parameters.join(", ")) };
        format!("{}{with} on {}", need.operation, need.target)
    }));
    takes.extend(needs.schedules.then(|| "Node Schedule".to_owned()));
    if !needs.admin_only.is_empty() {
        takes = vec!["administrator".to_owned()];
    }
    if takes.is_empty() {
        takes.push("signed in".to_owned());
    }
    let served = if route.openness() == Openness::Open { "yes" } else { "501" };
    format!(
        "| `{} {}` | {served} | {} |\n",
        route.method(),
        route.pattern(),
        takes.join("; ").replace("docker.io/library/", "")
    )
}

#[test]
fn the_page_shows_every_route_with_its_decision() {
    let routes = Route::all();
    let rows: String = routes.iter().filter(|route| **route != Route::Options).map(row).collect();
    insta::assert_snapshot!("decisions", rows);
    let page = include_str!("../../../../docs/engine-api.md");
    assert!(page.contains(&rows), "docs/engine-api.md is not the snapshot `decisions`");
}
