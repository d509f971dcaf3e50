//! Swarm services, stacks, and the credential with which nodes pull.

use std::time::Duration;

use anyhow::Result;
use holdfast_e2e::{Person, World};
use testkit::wait_for;

use crate::PROGRAM;

fn push_hello(world: &World, repository: &str) -> Result<String> {
    world.docker_login(&world.admin)?;
    let context = tempfile::tempdir()?;
    testkit::busybox_root(context.path())?;
    fs_err::write(
        context.path().join("Dockerfile"),
        "FROM scratch\nCOPY bin /bin\nCMD [\"/bin/busybox\", \"sleep\", \"10000\"]\n",
    )?;
    let image = world.image(repository);
    world.admin.docker.must(&["build", "-t", &image, &context.path().display().to_string()])?;
    world.admin.docker.must(&["push", &image])?;
    Ok(image)
}

fn replicas(person: &Person, service: &str, wanted: &str) -> Result<()> {
    let filter = format!("name={service}");
    let outcome = wait_for(&format!("{service} to have {wanted}"), Duration::from_secs(60), || {
        let listed = person.docker.must(&["service", "ls", "--filter", &filter, "--format", "{{.Replicas}}"]).ok()?;
        (listed.trim() == wanted).then_some(())
    });
    if outcome.is_err() {
        let tasks = person.docker.run(&["service", "ps", "--no-trunc", service])?;
        anyhow::bail!("{service} did not reach {wanted}: {}", tasks.all());
    }
    Ok(())
}

#[test]
fn a_stack_is_deployed_by_a_team_member_and_by_nobody_else() -> Result<()> {
    let Some(world) = World::start_for("service::stack", PROGRAM)? else { return Ok(()) };
    world.cli(&["org", "create", "acme"])?;
    world.cli(&["team", "create", "acme", "web"])?;
    world.cli(&["collection", "create", "/prod"])?;
    world.cli(&["repo", "create", "acme/hello"])?;
    let image = push_hello(&world, "acme/hello:1")?;
    let (anna, bob) = (world.user("anna")?, world.user("bob")?);
    for person in [&anna, &bob] {
        world.cli(&["member", "add", "acme", &person.name])?;
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("compose.yml");
    fs_err::write(
        &file,
        format!(
            "version: \"3.8\"\nservices:\n  web:\n    image: {image}\n    deploy:\n      endpoint_mode: dnsrr\n      labels:\n        com.docker.ucp.access.label: /prod\n"
        ),
    )?;
    let deploy = ["stack", "deploy", "-c", &file.display().to_string(), "hello"];

    let refusal = anna.docker.refused(&deploy)?;
    assert!(
        refusal.contains("Service Create") || refusal.contains("denied") || refusal.contains("No such"),
        "{refusal}"
    );
    assert_eq!(world.engine.docker().must(&["service", "ls", "-q"])?, "");

    world.cli(&["member", "add", "acme", "anna", "--team", "web"])?;
    world.cli(&["grant", "create", "--team", "acme/web", "--role", "restrictedcontrol", "--collection", "/prod"])?;
    world.cli(&["repo", "allow", "acme/hello", "web", "read"])?;
    world.docker_login(&anna)?;
    // The network of the refused attempt is anna's own; the client finds it again.
    anna.docker.must(&deploy)?;
    replicas(&anna, "hello_web", "1/1")?;
    anna.docker.must(&["service", "scale", "-d", "hello_web=2"])?;
    replicas(&anna, "hello_web", "2/2")?;
    assert!(anna.docker.must(&["stack", "ps", "hello"])?.contains("Running"));
    assert!(anna.docker.must(&["stack", "services", "hello"])?.contains("hello_web"));

    assert_eq!(bob.docker.must(&["service", "ls", "-q"])?, "");
    assert!(bob.docker.refused(&["service", "inspect", "hello_web"])?.to_lowercase().contains("no such service"));
    bob.docker.refused(&["service", "rm", "hello_web"])?;
    bob.docker.refused(&deploy)?;
    assert_eq!(world.engine.docker().must(&["service", "ls", "-q"])?.lines().count(), 1);

    let inspected = world.engine.docker().must(&["service", "inspect", "hello_web"])?;
    assert!(inspected.contains("\"com.docker.ucp.access.label\": \"/prod\""), "{inspected}");
    anna.docker.must(&["stack", "rm", "hello"])?;
    Ok(())
}

#[test]
fn a_task_rescheduled_after_the_password_changed_still_pulls() -> Result<()> {
    let Some(mut world) = World::start_for("service::pull_credential", PROGRAM)? else { return Ok(()) };
    let image = push_hello(&world, "admin/hello:1")?;
    let docker = world.admin.docker.clone();
    docker.must(&[
        "service",
        "create",
        "-d",
        "--name",
        "web",
        "--with-registry-auth",
        "--endpoint-mode",
        "dnsrr",
        &image,
    ])?;
    replicas(&world.admin, "web", "1/1")?;

    // Nothing of the user's password is in what Swarm keeps.
    let file = world.admin.home().join("changed");
    fs_err::write(&file, "a new and different password")?;
    let (new, old) = (file.display().to_string(), world.admin.home().join("password").display().to_string());
    world.cli(&["user", "password", "admin", "--password-file", &new, "--old-password-file", &old])?;

    // The image is gone from the node: the next task must pull it again.
    let bare = world.engine.docker();
    let task = bare.must(&["ps", "-q", "--filter", "label=com.docker.swarm.service.name=web"])?;
    bare.must(&["service", "scale", "-d", "web=0"])?;
    testkit::eventually("the task to end", || {
        bare.must(&["ps", "-q", "--filter", "label=com.docker.swarm.service.name=web"])
            .is_ok_and(|left| left.is_empty())
    })?;
    for id in bare.must(&["ps", "-aq"])?.split_whitespace() {
        bare.must(&["rm", "-f", id])?;
    }
    for id in bare.must(&["images", "-q", "--no-trunc", &image])?.split_whitespace() {
        bare.must(&["rmi", "-f", id])?;
    }
    assert_eq!(bare.must(&["images", "-q", &image])?, "", "task was {task}");
    bare.must(&["service", "scale", "-d", "web=1"])?;
    let again = wait_for("the image to be pulled again", Duration::from_secs(60), || {
        bare.must(&["ps", "-q", "--filter", "label=com.docker.swarm.service.name=web"])
            .ok()
            .filter(|ids| !ids.is_empty())
    });
    assert!(again.is_ok(), "{}", bare.run(&["service", "ps", "--no-trunc", "web"])?.all());
    world.server.stop();
    Ok(())
}
