//! Classic builds.

use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, timeout};

use super::{IMAGE, Real, text};

/// Lets anna build and tag.
async fn let_anna_build(real: &Real) {
    let operations = [access::Operation::ImageBuild, access::Operation::ImageTag, access::Operation::ImageRemove];
    real.world.role("builder", &operations).await;
    real.world.grant("anna", "builder", "/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_reads_only_images_that_its_caller_may() {
    let Some(real) = Real::start("a_build_reads_only_images_that_its_caller_may").await else { return };
    let context = tempfile::tempdir().unwrap();
    let folder = context.path().display().to_string();
    let tag = real.name("image");
    fs_err::write(context.path().join("big"), vec![7_u8; 3 << 20]).unwrap();
    fs_err::write(context.path().join("Dockerfile"), format!("FROM {IMAGE}\nCOPY big /big\nRUN test -s /big\n"))
        .unwrap();
    let build = ["build", "--network", "none", "-t", &tag, &folder];
    let why = real.refused("anna", &build).await;
    assert!(why.contains("Image Build"), "{why}");
    let_anna_build(&real).await;
    real.must("anna", &build).await;
    let hidden = "registry.test:5000/acme/closed:1";
    real.must("admin", &["tag", IMAGE, hidden]).await;
    fs_err::write(context.path().join("Dockerfile"), format!("FROM {IMAGE}\nCOPY --from={hidden} /bin /b\n")).unwrap();
    let why = real.refused("anna", &build).await;
    assert!(why.contains("No such image"), "{why}");
    real.must("admin", &build).await;
    real.must("admin", &["rmi", hidden, &tag]).await;
}

/// Makes an image that says in `/which` what it is.
async fn image_that_says(real: &Real, name: &str, what: &str) {
    let context = context(&format!("FROM {IMAGE}\nRUN echo {what} > /which\n"));
    real.must("admin", &["build", "--network", "none", "-t", name, &context.path().display().to_string()]).await;
}

fn context(dockerfile: &str) -> TempDir {
    let context = tempfile::tempdir().unwrap();
    fs_err::write(context.path().join("Dockerfile"), dockerfile).unwrap();
    context
}

/// Builds what waits in its first stage, lets `meanwhile` happen, lets it go on, and returns what came of the second.
async fn build_while<F: Future<Output = ()>>(real: &Real, user: &str, base: &str, meanwhile: F) -> String {
    let context = context(&format!(
        "FROM {IMAGE} AS first\nRUN while [ ! -e /go ]; do sleep 0.1; done\n\
         FROM {base}\nCOPY --from={base} /which /copied\nCOPY . /context/\n"
    ));
    let (name, folder) = (real.name(user), context.path().display().to_string());
    let build = real.spawn(user, &["build", "--no-cache", "--network", "none", "-t", &name, &folder]);
    let bare = real.engine.docker();
    let deadline = Instant::now() + Duration::from_secs(60);
    let running = loop {
        let running = bare.must(&["ps", "--quiet", "--no-trunc"]).unwrap();
        if !running.trim().is_empty() {
            break running.trim().to_owned();
        }
        assert!(Instant::now() < deadline, "the first stage does not run");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    meanwhile.await;
    bare.must(&["exec", &running, "touch", "/go"]).unwrap();
    let output = timeout(Duration::from_secs(60), build.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    let shown = ["run", "--rm", "--network", "none", &name, "sh", "-c", "cat /which /copied; ls -A /context"];
    bare.must(&shown).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_moves_during_a_build_changes_nothing_for_it() {
    let Some(real) = Real::start("a_tag_that_moves_during_a_build_changes_nothing_for_it").await else { return };
    let_anna_build(&real).await;
    let (base, decided, moved) = (real.name("base"), real.name("decided"), real.name("moved"));
    image_that_says(&real, &decided, "decided").await;
    image_that_says(&real, &moved, "moved").await;
    // The engine alone takes whatever the tag names when it comes to the stage.
    real.must("admin", &["tag", &decided, &base]).await;
    let meanwhile = async { drop(real.must("admin", &["tag", &moved, &base]).await) };
    assert_eq!(build_while(&real, "admin", &base, meanwhile).await, "moved moved Dockerfile");
    real.must("admin", &["tag", &decided, &base]).await;
    let meanwhile = async { drop(real.must("admin", &["tag", &moved, &base]).await) };
    assert_eq!(build_while(&real, "anna", &base, meanwhile).await, "decided decided Dockerfile");
}
