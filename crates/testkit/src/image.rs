//! Images made from nothing: a static busybox.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::docker::Docker;

/// Lays out a root file system with a static busybox; returns the folder given.
///
/// # Errors
/// If `/bin/busybox` is absent (package busybox-static).
pub fn busybox_root(folder: &Path) -> Result<PathBuf> {
    let bin = folder.join("bin");
    fs_err::create_dir_all(&bin)?;
    fs_err::create_dir_all(folder.join("tmp"))?;
    fs_err::copy("/bin/busybox", bin.join("busybox")).context("is busybox-static installed?")?;
    for applet in [
        "sh", "cat", "echo", "env", "head", "httpd", "id", "ls", "mkdir", "nc", "ps", "sleep", "touch", "true", "wget",
        "yes",
    ] {
        let link = bin.join(applet);
        if !link.exists() {
            fs_err::os::unix::fs::symlink("busybox", link)?;
        }
    }
    Ok(folder.to_path_buf())
}

/// Imports a busybox image under a name, straight into an engine.
///
/// # Errors
/// If the engine refuses.
pub fn import_busybox(docker: &Docker, name: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    busybox_root(folder.path())?;
    let mut tar = Command::new("tar")
        .args(["-C", &folder.path().display().to_string(), "-c", "."])
        .stdout(Stdio::piped())
        .spawn()
        .context("starting tar")?;
    let Some(stream) = tar.stdout.take() else { bail!("tar gave no output") };
    let output = docker.command(&["import", "--change", "CMD [\"sh\"]", "-", name]).stdin(stream).output()?;
    tar.wait()?;
    if output.status.success() { Ok(()) } else { bail!("docker import: {}", String::from_utf8_lossy(&output.stderr)) }
}
