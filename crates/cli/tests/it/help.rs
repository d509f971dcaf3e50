use clap::{CommandFactory, Parser};
use holdfast_cli::{Arguments, Command};

#[test]
fn the_command_line_is_sound() {
    Arguments::command().debug_assert();
}

#[test]
fn help_says_every_command() {
    insta::assert_snapshot!(Arguments::command().render_help());
}

/// Every command with its own words, so that a change of the command line is seen.
#[test]
fn the_tree_of_commands_is_as_recorded() {
    fn walk(command: &clap::Command, path: &str, out: &mut Vec<String>) {
        for child in command.get_subcommands() {
            let path = format!("{path} {}", child.get_name());
            let arguments: Vec<String> = child
                .get_arguments()
                .filter(|argument| !argument.is_global_set())
                .map(|argument| match argument.get_long() {
                    Some(long) => format!("--{long}"),
                    None => argument.get_id().as_str().to_uppercase(),
                })
                .collect();
            out.push(format!("{path} {}", arguments.join(" ")).trim_end().to_owned());
            walk(child, &path, out);
        }
    }
    let mut out = Vec::new();
    walk(&Arguments::command(), "holdfast", &mut out);
    insta::assert_snapshot!(out.join("\n"));
}

#[test]
fn a_server_takes_the_flags_of_its_contract() {
    let line = "holdfast server --data-dir /d --listen 0.0.0.0:7443 --admin-user root --admin-password-file /p \
        --engine unix:///run/docker.sock --external-name a.example --external-name b.example:7443 \
        --plain-listen 127.0.0.1:7080 --agent-listen 0.0.0.0:7444 --config /c.toml --roles control,registry";
    let Command::Server(server) = Arguments::try_parse_from(line.split_whitespace()).unwrap().command else { panic!() };
    assert_eq!(server.run.external_name.len(), 2);
    let reset = "holdfast server reset-admin-password --data-dir /d";
    let Command::Server(server) = Arguments::try_parse_from(reset.split_whitespace()).unwrap().command else {
        panic!()
    };
    assert!(server.tend.is_some());
}

#[test]
fn what_is_not_understood_is_refused() {
    for line in [
        "holdfast",
        "holdfast frobnicate",
        "holdfast grant create --role x --collection /",
        "holdfast grant create --user a --team b/c --role x --collection /",
        "holdfast user create",
        "holdfast --output yaml user ls",
    ] {
        assert_eq!(Arguments::try_parse_from(line.split_whitespace()).unwrap_err().exit_code(), 2, "{line}");
    }
}
