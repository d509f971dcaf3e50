//! Variables, as each client puts them in.

use super::{CLASSIC, CLIENTS, Case, SPECIFICATION, STACK, service};

fn case(text: &str) -> Case {
    Case::of(&service(&format!("hostname: '{text}'"))).with("SET", "value").with("EMPTY", "").with("MORE", "a$SET")
}

fn hostname(text: &str, client: holdfast_compose::model::Client) -> Option<String> {
    case(text).load(client).project?.services["web"].hostname.clone()
}

#[test]
fn forms_that_all_clients_have_give_the_same() {
    let table = [
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a-${SET}-b", "a-value-b"),
        ("${NONE:-default}", "default"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${NONE-default}", "default"),
        ("${SET:?no}", "value"),
        ("${EMPTY?no}", ""),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$NONE", ""),
        ("$MORE", "a$SET"),
    ];
    for client in CLIENTS {
        for (text, expected) in table {
            assert_eq!(hostname(text, client).as_deref(), Some(expected), "{client:?} {text}");
        }
    }
}

#[test]
fn forms_that_are_not_well_formed_are_refused_by_all() {
    for client in CLIENTS {
        for text in ["${", "${}", "$", "a$", "${SET", "${1A}", "$-"] {
            assert_eq!(case(text).errors(client), ["INVALID_INTERPOLATION services.web.hostname"], "{client:?} {text}");
        }
        for text in ["${NONE:?no}", "${NONE?no}", "${EMPTY:?no}"] {
            assert_eq!(case(text).errors(client), ["REQUIRED_VARIABLE services.web.hostname"], "{client:?} {text}");
        }
    }
}

#[test]
fn the_specification_nests_and_has_alternatives() {
    let table = [
        ("${NONE:-${SET}}", "value"),
        ("${NONE:-${OTHER:-deep}}", "deep"),
        ("${NONE-x${SET}y}", "xvaluey"),
        ("${SET:+yes}", "yes"),
        ("${EMPTY:+yes}", ""),
        ("${EMPTY+yes}", "yes"),
        ("${NONE+yes}", ""),
        ("${NONE:-$$x}", "$x"),
        ("${SET:+${EMPTY:-inner}}", "inner"),
    ];
    for (text, expected) in table {
        assert_eq!(hostname(text, SPECIFICATION).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(hostname("${SET:+yes}", CLASSIC), None);
    assert_eq!(hostname("${SET:+yes}", STACK), None);
}

#[test]
fn the_stack_client_has_ways_of_its_own() {
    // A default without braces, up to the end.
    assert_eq!(hostname("$NONE-rest", STACK).as_deref(), Some("rest"));
    assert_eq!(hostname("$SET-rest", STACK).as_deref(), Some("value"));
    assert_eq!(hostname("$SET-rest", SPECIFICATION).as_deref(), Some("value-rest"));
    // A hyphen in the message of a required variable makes it a default.
    assert_eq!(hostname("${NONE:?not-set}", STACK).as_deref(), Some("set"));
}

#[test]
fn version_1_knows_plain_variables_only() {
    let case = |text: &str| Case::of(&format!("web:\n  image: nginx\n  hostname: '{text}'\n")).with("SET", "value");
    assert_eq!(case("$SET-${SET}").project(CLASSIC).services["web"].hostname.as_deref(), Some("value-value"));
    assert_eq!(case("${SET:-x}").errors(CLASSIC), ["INVALID_INTERPOLATION web.hostname"]);
}

#[test]
fn the_dot_env_file_is_read_where_the_client_reads_it() {
    let file = Case::of(&service("hostname: h-$FROM_FILE")).beside("/p/.env", "# comment\nFROM_FILE=\"here\" # end\n");
    assert_eq!(file.project(CLASSIC).services["web"].hostname.as_deref(), Some("h-here"));
    assert_eq!(file.project(SPECIFICATION).services["web"].hostname.as_deref(), Some("h-here"));
    assert_eq!(file.project(STACK).services["web"].hostname.as_deref(), Some("h-"));
    let shell = file.with("FROM_FILE", "shell");
    assert_eq!(shell.project(SPECIFICATION).services["web"].hostname.as_deref(), Some("h-shell"));
}

#[test]
fn values_that_variables_made_are_cast() {
    for client in CLIENTS {
        let keys =
            "tty: $YES\nports: [{target: $PORT}]\ndeploy: {replicas: $PORT}\nhealthcheck: {test: x, retries: $PORT}";
        let project = Case::of(&service(keys)).with("YES", "true").with("PORT", "5").project(client);
        let web = &project.services["web"];
        assert_eq!((web.tty, web.ports[0].target), (Some(true), 5), "{client:?}");
        assert_eq!(web.deploy.as_ref().unwrap().replicas, Some(5));
        assert_eq!(web.healthcheck.as_ref().unwrap().retries, Some(5));
    }
}

#[test]
fn unset_variables_are_warned_about_once() {
    let outcome = case("$NONE $NONE ${OTHER}").load(SPECIFICATION);
    let told: Vec<_> = outcome.warnings.iter().filter(|one| one.code == "VARIABLE_NOT_SET").collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].message.contains("`NONE`"));
    assert!(case("$NONE").load(STACK).warnings.is_empty());
}

#[test]
fn env_files_differ_in_syntax() {
    let text = "# c\nPLAIN=a b # c\nQUOTED=\"x y\" # c\nSINGLE='$SET'\nexport SHELL_STYLE=1\nREF=${PLAIN2:-d}\nALONE\n";
    let case = Case::of(&service("env_file: vars.env\nenvironment: {OVER: own}")).beside("/p/vars.env", text);
    let variables =
        |client| case.clone().with("SET", "s").load(client).project.map(|p| p.services["web"].environment.clone());
    let value = |client, name: &str| variables(client).unwrap().get(name).cloned().flatten();
    assert_eq!(value(SPECIFICATION, "PLAIN").as_deref(), Some("a b"));
    assert_eq!(value(SPECIFICATION, "SINGLE").as_deref(), Some("$SET"));
    assert_eq!(value(SPECIFICATION, "REF").as_deref(), Some("d"));
    assert_eq!(value(CLASSIC, "QUOTED").as_deref(), Some("x y"));
    assert_eq!(value(CLASSIC, "SHELL_STYLE").as_deref(), Some("1"));
    // The docker client takes lines as they stand, and refuses a name with a space.
    assert!(variables(STACK).is_none());
    let raw = Case::of(&service("env_file: [vars.env]")).beside("/p/vars.env", "A=\"x\" # y\n");
    assert_eq!(raw.project(STACK).services["web"].environment["A"].as_deref(), Some("\"x\" # y"));
}

#[test]
fn the_specification_knows_the_projects_name() {
    let file = |name: &str| {
        format!(
            "name: {name}\nservices:\n  web:\n    image: a\n    container_name: ${{COMPOSE_PROJECT_NAME}}-web\n    environment: [COMPOSE_PROJECT_NAME]\n"
        )
    };
    let web = |case: Case| case.project(SPECIFICATION).services["web"].as_ref().clone();
    assert_eq!(web(Case::of(&file("shop"))).container_name.as_deref(), Some("shop-web"));
    // The last file's name is everybody's.
    let two = Case::of(&file("shop")).and("name: market\n");
    assert_eq!(web(two.clone()).container_name.as_deref(), Some("market-web"));
    assert_eq!(web(two.clone()).environment["COMPOSE_PROJECT_NAME"].as_deref(), Some("market"));
    assert_eq!(web(two.with("COMPOSE_PROJECT_NAME", "asked")).container_name.as_deref(), Some("asked-web"));
    let from_a_variable = Case::of(&file("\"${SHOP}\"")).with("SHOP", "stall");
    assert_eq!(web(from_a_variable).container_name.as_deref(), Some("stall-web"));
}
