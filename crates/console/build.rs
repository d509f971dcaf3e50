//! Refuses a release build without the built console; other builds need no Node.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/dist");
    if dist.join("index.html").is_file() {
        println!("cargo::rerun-if-changed={}", dist.display());
    } else if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!(
            "cargo::error=the console is not built, and a release must hold it; run `npm ci && npm run build` in `console/` first"
        );
    }
}
