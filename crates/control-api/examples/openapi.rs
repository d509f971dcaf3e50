//! Writes the description of the API to standard output; `cargo xtask openapi` commits it.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(holdfast_control_api::openapi_json().as_bytes())
}
