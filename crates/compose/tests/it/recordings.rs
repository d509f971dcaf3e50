//! Our requests are those that the stock clients sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use compose_record::{Case, Client, Engine, Recording, Request, Step, canonical, cases, digest_of, ordered};
use holdfast_compose::model::{Client as Reading, Project, StackClient};
use holdfast_compose::plan::Plan;
use holdfast_compose::{Diagnostic, ReadError, classic, load, swarm};
use serde::Deserialize;
use serde_json::Value;

/// A difference that has a reason.
#[derive(Debug, Deserialize)]
struct Difference {
    case: String,
    client: Client,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Differences {
    #[serde(default)]
    difference: Vec<Difference>,
}

pub(crate) fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// What became of the recordings of one client.
#[derive(Debug, Default)]
struct Count {
    recordings: usize,
    requests: usize,
    equal: usize,
    refused: usize,
    hashes: usize,
    hashes_equal: usize,
    other_hashes: BTreeSet<String>,
}

#[test]
fn our_requests_are_those_of_the_stock_clients() {
    let table = std::fs::read_to_string(corpus().join("differences.toml")).unwrap();
    let table: Differences = toml::from_str(&table).unwrap();
    let mut counts: BTreeMap<Client, Count> = BTreeMap::new();
    let mut faults = Vec::new();
    for case in cases(&corpus()).unwrap() {
        for client in case.clients() {
            let Ok(text) = std::fs::read_to_string(case.recording(client)) else {
                faults.push(format!("{} {}: there is no recording", case.id, client.name()));
                continue;
            };
            let recording: Recording = serde_json::from_str(&text).unwrap();
            let count = counts.entry(client).or_default();
            count.recordings += 1;
            let found = compare(&case, client, &recording, count);
            let listed = table.difference.iter().find(|entry| entry.case == case.id && entry.client == client);
            match (found, listed) {
                (Err(fault), None) => faults.push(format!("{} {}: {fault}", case.id, client.name())),
                (Ok(()), Some(_)) => {
                    faults.push(format!("{} {}: listed as different, but equal", case.id, client.name()))
                }
                (Err(_), Some(entry)) => assert!(!entry.reason.is_empty(), "{} has no reason", entry.case),
                (Ok(()), None) => count.equal += 1,
            }
        }
    }
    if std::env::var_os("HOLDFAST_SHOW").is_some() {
        for (client, count) in &counts {
            println!("{}: {count:?}", client.name());
        }
    }
    check_page(&counts, &table.difference);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let equal: usize = counts.values().map(|count| count.equal).sum();
    let all: usize = counts.values().map(|count| count.recordings).sum();
    assert!(equal * 100 >= all * 90, "{equal} of {all} equal");
    let hashes = &counts[&Client::Compose1];
    assert!(hashes.hashes_equal * 10 >= hashes.hashes * 5, "{} of {} hashes", hashes.hashes_equal, hashes.hashes);
}

#[test]
fn the_corpus_has_every_dialect() {
    let cases = cases(&corpus()).unwrap();
    assert!(cases.len() >= 120, "{} cases", cases.len());
    for dialect in ["v1", "v2", "v3", "spec", "odd", "broken"] {
        assert!(cases.iter().any(|case| case.id.starts_with(&format!("{dialect}/"))), "{dialect}");
    }
}

/// The counts and the differences are on the page; `INSTA_UPDATE=always` writes them.
fn check_page(counts: &BTreeMap<Client, Count>, differences: &[Difference]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/compose.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- begin: made by a test -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let mut text = String::from(
        "\n| client | recordings | of them refused | requests | equal | different |\n|---|---|---|---|---|---|\n",
    );
    for (client, count) in counts {
        let different = count.recordings - count.equal;
        let Count { recordings, refused, requests, equal, .. } = count;
        writeln!(text, "| {} | {recordings} | {refused} | {requests} | {equal} | {different} |", client.name())
            .unwrap();
    }
    let hashes = &counts[&Client::Compose1];
    writeln!(text, "\nConfiguration hashes: {} of {} are docker-compose's own.", hashes.hashes_equal, hashes.hashes)
        .unwrap();
    text.push_str("\n| different | client | reason |\n|---|---|---|\n");
    for difference in differences {
        writeln!(text, "| `{}` | {} | {} |", difference.case, difference.client.name(), difference.reason).unwrap();
    }
    text.push('\n');
    let expected = format!("{before}{begin}{text}{end}{after}");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&path, expected).unwrap();
    } else {
        assert!(page == expected, "docs/compose.md is old: run with INSTA_UPDATE=always");
    }
}

fn compare(case: &Case, client: Client, recording: &Recording, count: &mut Count) -> Result<(), String> {
    let mut engine = Engine::new(if client == Client::Docker28 { "1.50" } else { "1.41" }, client.is_swarm());
    let settings = &case.settings;
    engine.seed(&settings.networks, &settings.secrets, &settings.configs, &settings.volumes, &settings.containers);
    for (step, recorded) in case.steps().iter().zip(&recording.steps) {
        let outcome = plan(case, client, step, &engine);
        let plan = match (outcome, recorded.exit) {
            (Ok(plan), 0) => plan,
            (Err(errors), 0) => return Err(format!("`{}` is refused: {}", recorded.command, words(&errors))),
            (Ok(_), _) => return Err(format!("`{}` is not refused: {:?}", recorded.command, recorded.messages)),
            (Err(_), _) => {
                count.refused += 1;
                return Ok(());
            }
        };
        send(&mut engine, &plan);
        let (sent, _) = engine.take();
        let ours = plain(&ordered(&sent));
        let theirs = plain(&ordered(&recorded.requests));
        count.requests += theirs.len();
        hashes(&ours, &theirs, count);
        same(&without_hashes(ours), &without_hashes(theirs))
            .map_err(|fault| format!("`{}`: {fault}", recorded.command))?;
        if client.is_swarm() {
            let (said, meant) = (ignored(&plan.warnings), recorded_ignored(&recorded.messages));
            if said != meant {
                return Err(format!("`{}`: warnings {said:?}, the client's {meant:?}", recorded.command));
            }
        }
    }
    Ok(())
}

fn words(errors: &[Diagnostic]) -> String {
    errors
        .iter()
        .map(|error| format!("{} {}: {}", error.code, error.path, error.message))
        .collect::<Vec<_>>()
        .join("; ")
}

pub(crate) fn plan(case: &Case, client: Client, step: &Step, engine: &Engine) -> Result<Plan, Vec<Diagnostic>> {
    let project = read(case, client, step)?;
    if client.is_swarm() {
        swarm_plan(case, client, step, &project, engine)
    } else {
        classic_plan(case, step, &project, engine)
    }
}

fn read_file(case: &Case, path: &str) -> Option<Vec<u8>> {
    let inside = Path::new(path).strip_prefix(case.stage()).ok()?;
    std::fs::read(case.folder.join(inside)).ok()
}

pub(crate) fn read(case: &Case, client: Client, step: &Step) -> Result<Project, Vec<Diagnostic>> {
    let reader = |path: &str| read_file(case, path).ok_or(ReadError::NotFound);
    let reading = match client {
        Client::Docker20 => Reading::StackDeploy(StackClient::V20_10),
        Client::Docker28 => Reading::StackDeploy(StackClient::V28),
        Client::Compose1 => Reading::ComposeV1_29,
    };
    let mut request = holdfast_compose::Request::new(step.files.clone(), reading, &reader);
    request.working_directory = case.stage().to_string_lossy().into_owned();
    request.project_name = (!client.is_swarm()).then(|| case.project().to_owned());
    request.environment.clone_from(&case.settings.env);
    request.environment.insert("HOME".to_owned(), "/tmp/holdfast-compose-corpus".to_owned());
    request.profiles.clone_from(&case.settings.profiles);
    if client.is_swarm() || read_file(case, &format!("{}/.env", request.working_directory)).is_none() {
        request.env_files = Vec::new();
    }
    let outcome = load(&request);
    outcome.project.ok_or(outcome.errors)
}

fn swarm_plan(
    case: &Case,
    client: Client,
    step: &Step,
    project: &Project,
    engine: &Engine,
) -> Result<Plan, Vec<Diagnostic>> {
    let state = swarm_state(engine);
    if !step.up {
        return Ok(swarm::remove(case.project(), &state));
    }
    let options = swarm::Options {
        client: if client == Client::Docker20 { StackClient::V20_10 } else { StackClient::V28 },
        namespace: case.project(),
        resolve_image: match step.value("--resolve-image") {
            Some("changed") => swarm::ResolveImage::Changed,
            Some("never") => swarm::ResolveImage::Never,
            _ => swarm::ResolveImage::Always,
        },
        prune: step.has("--prune"),
        resolver: &|image| {
            let platforms = vec![("linux".to_owned(), "amd64".to_owned()), ("linux".to_owned(), "arm64".to_owned())];
            (!image.contains("absent")).then(|| swarm::ResolvedImage { digest: digest_of(image), platforms })
        },
        reader: &|path| read_file(case, path).ok_or_else(|| "no such file or directory".to_owned()),
    };
    swarm::deploy(project, &options, &state)
}

fn classic_plan(case: &Case, step: &Step, project: &Project, engine: &Engine) -> Result<Plan, Vec<Diagnostic>> {
    let state = classic_state(engine);
    let working_dir = case.stage().to_string_lossy().into_owned();
    let scale: BTreeMap<String, u64> = step
        .flags
        .iter()
        .filter_map(|flag| flag.strip_prefix("--scale=")?.split_once('='))
        .map(|(name, count)| (name.to_owned(), count.parse().unwrap()))
        .collect();
    let options = classic::Options {
        project: case.project(),
        working_dir: &working_dir,
        config_files: &step.files,
        recreate: match (step.has("--force-recreate"), step.has("--no-recreate")) {
            (true, _) => classic::Recreate::Always,
            (_, true) => classic::Recreate::Never,
            _ => classic::Recreate::Changed,
        },
        always_recreate_deps: step.has("--always-recreate-deps"),
        renew_anonymous_volumes: step.has("--renew-anon-volumes"),
        remove_orphans: step.has("--prune"),
        scale: &scale,
        image: &|image| {
            let volumes = image.contains("-with-volume").then(|| "/var/lib/data".to_owned()).into_iter().collect();
            Some(classic::ImageState { id: digest_of(image), volumes })
        },
        reader: &|path| read_file(case, path).ok_or_else(|| "no such file or directory".to_owned()),
    };
    if step.up {
        classic::up(project, &options, &state)
    } else {
        Ok(classic::down(project, &options, step.has("--volumes"), &state))
    }
}

fn get(engine: &Engine, path: &str) -> Value {
    engine.peek(path)
}

fn labels(value: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn swarm_state(engine: &Engine) -> swarm::State {
    let object = |value: &Value| swarm::ObjectState {
        id: text(&value["ID"]),
        name: text(&value["Spec"]["Name"]),
        version: value["Version"]["Index"].as_u64().unwrap_or_default(),
        labels: labels(&value["Spec"]["Labels"]),
    };
    let service = |value: &Value| swarm::ServiceState {
        id: text(&value["ID"]),
        version: value["Version"]["Index"].as_u64().unwrap_or_default(),
        spec: value["Spec"].clone(),
    };
    let network = |value: &Value| swarm::NetworkState {
        id: text(&value["Id"]),
        name: text(&value["Name"]),
        scope: text(&value["Scope"]),
        labels: labels(&value["Labels"]),
    };
    swarm::State {
        networks: get(engine, "/networks").as_array().unwrap().iter().map(network).collect(),
        secrets: get(engine, "/secrets").as_array().unwrap().iter().map(object).collect(),
        configs: get(engine, "/configs").as_array().unwrap().iter().map(object).collect(),
        services: get(engine, "/services").as_array().unwrap().iter().map(service).collect(),
    }
}

fn classic_state(engine: &Engine) -> classic::State {
    let container = |value: &Value| {
        let mounts = value["Mounts"].as_array().unwrap().iter();
        classic::ContainerState {
            id: text(&value["Id"]),
            name: text(&value["Name"]).trim_start_matches('/').to_owned(),
            running: value["State"]["Running"] == true,
            stopped: value["State"]["Running"] != true,
            labels: labels(&value["Config"]["Labels"]),
            links: value["HostConfig"]["Links"].as_array().is_some_and(|links| !links.is_empty()),
            image: text(&value["Config"]["Image"]),
            volumes: mounts
                .filter(|mount| mount["Name"].is_string())
                .map(|mount| (text(&mount["Destination"]), text(&mount["Name"])))
                .collect(),
        }
    };
    let names = |value: &Value| value.as_array().unwrap().iter().map(|one| text(&one["Name"])).collect();
    classic::State {
        containers: engine.containers().iter().rev().map(container).collect(),
        networks: names(&get(engine, "/networks")),
        volumes: names(&get(engine, "/volumes")["Volumes"]),
    }
}

/// Sends a plan, putting the ids that the engine answers where the plan names what it makes.
pub(crate) fn send(engine: &mut Engine, plan: &Plan) {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for request in &plan.requests {
        let fill = |text: String| {
            ids.iter().fold(text, |text, (name, id)| {
                text.replace(&format!("<{name}>"), id).replace(&format!("<{name} short>"), id.get(..12).unwrap_or(id))
            })
        };
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(request.query.iter()).finish();
        let target = fill(format!("/v1.41{}?{query}", request.path));
        let body = if request.body.is_null() { String::new() } else { fill(request.body.text().to_owned()) };
        let (status, reply) = engine.answer(request.method, &target, body.as_bytes());
        assert!(status < 300, "{} {target}: {status} {reply}", request.method);
        if request.path.ends_with("/create") {
            let reply: Value = serde_json::from_str(&reply).unwrap();
            let name = request.query.get("name").map_or_else(|| text(&request.body.value()["Name"]), str::to_owned);
            let id = if reply["Id"].is_string() { &reply["Id"] } else { &reply["ID"] };
            ids.insert(name, text(id));
        }
    }
}

fn plain(requests: &[Request]) -> Vec<Request> {
    requests.iter().map(|request| Request { body: canonical(&request.body), ..request.clone() }).collect()
}

const HASH: &str = "com.docker.compose.config-hash";

fn hashes(ours: &[Request], theirs: &[Request], count: &mut Count) {
    let of = |requests: &[Request]| -> Vec<(String, String)> {
        let made = requests.iter().filter(|request| request.path == "/containers/create");
        made.map(|request| (text(&request.body["Labels"][HASH]), request.query["name"].clone())).collect()
    };
    let (ours, theirs) = (of(ours), of(theirs));
    count.hashes += theirs.len();
    count.hashes_equal += theirs.iter().filter(|hash| ours.contains(hash)).count();
    count.other_hashes.extend(theirs.into_iter().filter(|hash| !ours.contains(hash)).map(|(_, name)| name));
}

fn without_hashes(mut requests: Vec<Request>) -> Vec<Request> {
    for request in &mut requests {
        if let Some(labels) = request.body.get_mut("Labels").and_then(Value::as_object_mut) {
            labels.remove(HASH);
        }
    }
    requests
}

fn same(ours: &[Request], theirs: &[Request]) -> Result<(), String> {
    for (ours, theirs) in ours.iter().zip(theirs) {
        let head = |request: &Request| format!("{} {} {:?}", request.method, request.path, request.query);
        if head(ours) != head(theirs) {
            return Err(format!("ours is {}, theirs {}", head(ours), head(theirs)));
        }
        if let Some(fault) = first_difference(&ours.body, &theirs.body, "") {
            return Err(format!("{}: {fault}", head(ours)));
        }
    }
    if ours.len() != theirs.len() {
        let extra = if ours.len() > theirs.len() { &ours[theirs.len()] } else { &theirs[ours.len()] };
        return Err(format!(
            "{} requests, theirs {}; the first further one is {} {}",
            ours.len(),
            theirs.len(),
            extra.method,
            extra.path
        ));
    }
    Ok(())
}

fn first_difference(ours: &Value, theirs: &Value, path: &str) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| {
                first_difference(
                    a.get(key).unwrap_or(&Value::Null),
                    b.get(key).unwrap_or(&Value::Null),
                    &format!("{path}.{key}"),
                )
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(index, (a, b))| first_difference(a, b, &format!("{path}[{index}]")))
        }
        _ => (ours != theirs).then(|| format!("{path} is {ours}, theirs {theirs}")),
    }
}

fn ignored(warnings: &[Diagnostic]) -> BTreeSet<String> {
    let about = warnings.iter().filter(|warning| matches!(warning.code, "IGNORED_OPTION" | "DEPRECATED_OPTION"));
    about.map(|warning| warning.path.rsplit('.').next().unwrap_or_default().to_owned()).collect()
}

fn recorded_ignored(messages: &[String]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for message in messages {
        if let Some(list) = message.strip_prefix("Ignoring unsupported options: ") {
            keys.extend(list.split(", ").map(str::to_owned));
        }
        for key in ["container_name", "expose"] {
            if message.starts_with(&format!("{key}: ")) {
                keys.insert(key.to_owned());
            }
        }
    }
    keys
}
