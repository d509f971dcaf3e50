//! Two users, two teams, two collections: each sees exactly its own, in docker and at the command line.

use anyhow::Result;
use holdfast_e2e::World;

use crate::PROGRAM;

#[test]
fn each_team_sees_exactly_its_own() -> Result<()> {
    let Some(world) = World::start_for("visibility::teams", PROGRAM)? else { return Ok(()) };
    world.cli(&["org", "create", "acme"])?;
    world.cli(&["role", "create", "image-users", "--allow", "Image View", "--allow", "Image Create"])?;
    let mut people = Vec::new();
    for (name, team, collection) in [("anna", "red", "/red"), ("bob", "blue", "/blue")] {
        world.cli(&["team", "create", "acme", team])?;
        world.cli(&["collection", "create", collection])?;
        let person = world.user(name)?;
        world.cli(&["member", "add", "acme", name])?;
        world.cli(&["member", "add", "acme", name, "--team", team])?;
        let subject = format!("acme/{team}");
        world.cli(&["grant", "create", "--team", &subject, "--role", "fullcontrol", "--collection", collection])?;
        world.cli(&["grant", "create", "--user", name, "--role", "image-users", "--collection", "/"])?;
        world.cli(&["repo", "create", &format!("acme/{team}")])?;
        world.cli(&["repo", "allow", &format!("acme/{team}"), team, "write"])?;
        people.push((person, team, collection));
    }
    for (person, team, collection) in &people {
        let label = format!("com.docker.ucp.access.label={collection}");
        let docker = &person.docker;
        docker.must(&[
            "run",
            "-d",
            "--name",
            &format!("{team}-box"),
            "--label",
            &label,
            "busybox:1",
            "sleep",
            "1000",
        ])?;
        docker.must(&["network", "create", "--label", &label, &format!("{team}-net")])?;
        docker.must(&["volume", "create", "--label", &label, &format!("{team}-vol")])?;
        docker
            .must(&[
                "service",
                "create",
                "-d",
                "--name",
                &format!("{team}-svc"),
                "--label",
                &label,
                "--endpoint-mode",
                "dnsrr",
                "--network",
                "none",
                "busybox:1",
                "sleep",
                "1000",
            ])
            .or_else(|_| {
                docker.must(&[
                    "service",
                    "create",
                    "-d",
                    "--name",
                    &format!("{team}-svc"),
                    "--label",
                    &label,
                    "busybox:1",
                    "sleep",
                    "1000",
                ])
            })?;
        let secret =
            docker.run_with_input(&["secret", "create", "--label", &label, &format!("{team}-secret"), "-"], b"s")?;
        assert!(secret.success, "{}", secret.all());
        let config =
            docker.run_with_input(&["config", "create", "--label", &label, &format!("{team}-config"), "-"], b"c")?;
        assert!(config.success, "{}", config.all());
    }
    for (person, team, _) in &people {
        let other = if *team == "red" { "blue" } else { "red" };
        for list in [
            &["ps", "-a", "--format", "{{.Names}}"][..],
            &["network", "ls", "--format", "{{.Name}}"],
            &["volume", "ls", "--format", "{{.Name}}"],
            &["service", "ls", "--format", "{{.Name}}"],
            &["secret", "ls", "--format", "{{.Name}}"],
            &["config", "ls", "--format", "{{.Name}}"],
        ] {
            let shown = person.docker.must(list)?;
            assert!(shown.contains(&format!("{team}-")), "{} sees nothing in {list:?}: {shown}", person.name);
            assert!(
                !shown.contains(&format!("{other}-")),
                "{} sees the other team's in {list:?}: {shown}",
                person.name
            );
        }
        for hidden in [
            vec!["inspect".to_owned(), format!("{other}-box")],
            vec!["logs".to_owned(), format!("{other}-box")],
            vec!["rm".to_owned(), "-f".to_owned(), format!("{other}-box")],
            vec!["network".to_owned(), "inspect".to_owned(), format!("{other}-net")],
            vec!["network".to_owned(), "rm".to_owned(), format!("{other}-net")],
            vec!["volume".to_owned(), "inspect".to_owned(), format!("{other}-vol")],
            vec!["volume".to_owned(), "rm".to_owned(), format!("{other}-vol")],
            vec!["service".to_owned(), "inspect".to_owned(), format!("{other}-svc")],
            vec!["service".to_owned(), "rm".to_owned(), format!("{other}-svc")],
            vec!["secret".to_owned(), "inspect".to_owned(), format!("{other}-secret")],
            vec!["secret".to_owned(), "rm".to_owned(), format!("{other}-secret")],
            vec!["config".to_owned(), "inspect".to_owned(), format!("{other}-config")],
        ] {
            let words: Vec<&str> = hidden.iter().map(String::as_str).collect();
            let said = person.docker.run(&words)?;
            // `docker rm -f` of what does not exist ends with 0 in newer clients; what counts is what is left.
            assert!(!said.success || words.contains(&"-f"), "{hidden:?}: {}", said.all());
            assert!(!said.stdout.contains("\"Id\"") && !said.stdout.contains("\"ID\""), "{hidden:?}: {}", said.all());
        }
        let listed = world.cli_as(person, &["service", "ls"])?;
        assert!(
            listed.stdout.contains(&format!("{team}-svc")) && !listed.stdout.contains(&format!("{other}-svc")),
            "{}",
            listed.all()
        );
        let listed = world.cli_as(person, &["repo", "ls"])?;
        assert!(
            listed.stdout.contains(&format!("acme/{team}")) && !listed.stdout.contains(&format!("acme/{other}")),
            "{}",
            listed.all()
        );
    }
    let bare = world.engine.docker();
    assert_eq!(bare.must(&["ps", "-q", "--filter", "name=-box"])?.lines().count(), 2);
    Ok(())
}
