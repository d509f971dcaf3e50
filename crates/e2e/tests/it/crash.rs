//! kill -9 in the middle of a large push: nothing acknowledged is lost, and the push goes through afterwards.

use std::time::Duration;

use anyhow::{Context, Result};
use holdfast_e2e::World;
use testkit::wait_for;

use crate::PROGRAM;

/// Size of the layer: large enough to be killed in the middle of it.
fn layer_bytes() -> usize {
    if std::env::var_os("HOLDFAST_SOAK").is_some() { 500 << 20 } else { 200 << 20 }
}

#[test]
fn a_push_survives_the_servers_sudden_death() -> Result<()> {
    let Some(mut world) = World::start_for("crash::push", PROGRAM)? else { return Ok(()) };
    world.docker_login(&world.admin)?;
    let context = tempfile::tempdir()?;
    testkit::busybox_root(context.path())?;
    fs_err::write(context.path().join("Dockerfile"), "FROM scratch\nCOPY bin /bin\nCOPY data /data\n")?;
    let mut random = fs_err::File::open("/dev/urandom")?;
    let mut data = fs_err::File::create(context.path().join("data"))?;
    std::io::copy(&mut std::io::Read::take(&mut random, layer_bytes() as u64), &mut data)?;
    let image = world.image("admin/large:1");
    let bare = world.engine.docker();
    bare.must(&["build", "-q", "-t", &image, &context.path().display().to_string()])?;
    let id = bare.must(&["images", "-q", "--no-trunc", &image])?;

    let docker = world.admin.docker.clone();
    let mut push = docker.command(&["push", &image]).spawn().context("starting docker push")?;
    let blobs = world.server.folder().join("data");
    wait_for("a large part of the layer to have arrived", Duration::from_secs(60), || {
        (folder_bytes(&blobs) > layer_bytes() as u64 / 3).then_some(())
    })?;
    world.server.crash_and_restart()?;
    push.wait()?;
    // The client may have retried by itself; push again as a person would.
    wait_for("the push to go through", Duration::from_secs(120), || {
        docker.run(&["push", &image]).ok().filter(|ran| ran.success)
    })?;
    bare.must(&["rmi", "-f", &image])?;
    docker.must(&["pull", &image])?;
    assert_eq!(bare.must(&["images", "-q", "--no-trunc", &image])?, id);
    Ok(())
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    let Ok(entries) = fs_err::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
