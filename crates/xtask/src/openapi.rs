//! The committed OpenAPI document is what the server describes.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

const PATH: &str = "openapi/holdfast.json";

pub(crate) fn write() -> Result<()> {
    std::fs::create_dir_all("openapi")?;
    std::fs::write(PATH, described()?).with_context(|| format!("writing {PATH}"))
}

pub(crate) fn check() -> Result<()> {
    let committed = std::fs::read_to_string(PATH).with_context(|| format!("reading {PATH}"))?;
    if committed.trim_end() == described()?.trim_end() {
        Ok(())
    } else {
        bail!(
            "{PATH} is not what the server describes: run `cargo xtask openapi`, commit it, and regenerate the console's client"
        )
    }
}

fn described() -> Result<String> {
    let shell = Shell::new()?;
    cmd!(shell, "cargo run --quiet -p holdfast-control-api --example openapi")
        .quiet()
        .read()
        .context("describing the API")
}
