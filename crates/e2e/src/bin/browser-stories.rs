//! Runs the console's browser stories (`console/e2e`) against a real server beside a real engine.

#![expect(clippy::print_stdout, reason = "a program that prints what it found")]

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use holdfast_e2e::World;

fn main() -> Result<ExitCode> {
    let program = std::env::current_exe()?.with_file_name("holdfast-under-test");
    if !program.is_file() {
        bail!("`{}` is not built: cargo build -p holdfast-e2e --bins", program.display());
    }
    let Some(world) = World::start_for("browser stories", &program.display().to_string())? else {
        println!("browser stories: 0 passed 0 failed");
        return Ok(ExitCode::SUCCESS);
    };
    prepare(&world)?;
    let script = std::env::args().nth(1).unwrap_or_else(|| "e2e".to_owned());
    let report = tempfile::NamedTempFile::new()?;
    let status = Command::new("npm")
        .args(["run", "--silent", &script])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../console"))
        .env("HOLDFAST_URL", world.server.url())
        .env("HOLDFAST_ADMIN", "admin")
        .env("HOLDFAST_ADMIN_PASSWORD", world.server.password())
        .env("HOLDFAST_SERVICE", "shop_web")
        .env("HOLDFAST_REPOSITORY", "acme/web")
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", report.path())
        .status()
        .context("running npm")?;
    let (passed, failed) = counts(report.path()).unwrap_or((0, u64::from(!status.success())));
    println!("browser stories: {passed} passed {failed} failed");
    Ok(if status.success() && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the stories find: two services in two collections, a repository with tags, a user with a view of one.
fn prepare(world: &World) -> Result<()> {
    world.cli(&["org", "create", "acme"])?;
    world.cli(&["team", "create", "acme", "web"])?;
    world.cli(&["collection", "create", "/prod"])?;
    world.user("anna")?;
    world.cli(&["member", "add", "acme", "anna"])?;
    world.cli(&["member", "add", "acme", "anna", "--team", "web"])?;
    world.cli(&["grant", "create", "--team", "acme/web", "--role", "viewonly", "--collection", "/prod"])?;
    world.cli(&["repo", "create", "acme/web"])?;
    world.cli(&["repo", "allow", "acme/web", "web", "read"])?;
    world.docker_login(&world.admin)?;
    let docker = &world.admin.docker;
    for tag in ["1.0", "1.1", "latest"] {
        let image = world.image(&format!("acme/web:{tag}"));
        world.engine.docker().must(&["tag", "busybox:1", &image])?;
        docker.must(&["push", &image])?;
    }
    let loops = "n=0; while :; do n=$((n+1)); echo line $n of the shop; sleep 1; done";
    for (name, collection) in [("shop_web", "/prod"), ("shop_queue", "/")] {
        let label = format!("com.docker.ucp.access.label={collection}");
        docker.must(&[
            "service",
            "create",
            "-d",
            "--name",
            name,
            "--label",
            &label,
            "--endpoint-mode",
            "dnsrr",
            "busybox:1",
            "sh",
            "-c",
            loops,
        ])?;
    }
    Ok(())
}

/// Reads Playwright's JSON report.
fn counts(report: &std::path::Path) -> Option<(u64, u64)> {
    let report: serde_json::Value = serde_json::from_slice(&fs_err::read(report).ok()?).ok()?;
    let stats = report.get("stats")?;
    Some((stats.get("expected")?.as_u64()?, stats.get("unexpected")?.as_u64()?))
}
