//! What may come in from outside: no banned crate, a known licence, the public registry as the only source.

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

/// Banned crates, each with its reason.
const BANNED: &[(&str, &str)] = &[
    ("ring", "one provider of cryptography: aws-lc-rs"),
    ("openssl", "one provider of cryptography: aws-lc-rs"),
    ("openssl-sys", "one provider of cryptography: aws-lc-rs"),
    ("native-tls", "one TLS implementation: rustls"),
    ("serde_yaml", "no longer maintained"),
    ("sqlx", "one store: rusqlite behind crate `store`"),
];

/// Crates of ours that stand in for one of the public registry, each with its reason.
const STANDING_IN: &[(&str, &str)] = &[("base2histogram", "the registry's keeps 26 MiB of tables that nobody uses")];

const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "BSL-1.0",
    "MIT-0",
    "Apache-2.0 WITH LLVM-exception",
    "bzip2-1.0.6",
    "OpenSSL",
];

/// Returns whether the crate of this name is ours, though it has a public one's name.
pub(crate) fn stands_in(name: &str) -> bool {
    STANDING_IN.iter().any(|(standing, _)| *standing == name)
}

pub(crate) fn check() -> Result<()> {
    let shell = Shell::new()?;
    // What is really built, on any target; the lock file also names what optional features would bring.
    let format = "{p}\t{l}\t{r}";
    let listing = cmd!(
        shell,
        "cargo tree --workspace --locked --target all --edges normal,build,dev --prefix none --format {format}"
    )
    .quiet()
    .read()
    .context("reading the dependency tree; is Cargo.lock current?")?;
    let mut faults = Vec::new();
    for line in listing.lines().filter(|line| !line.trim().is_empty()) {
        let mut columns = line.split('\t');
        let (package, licence) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
        let name = package.split(' ').next().unwrap_or_default();
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            faults.push(format!("`{name}` is banned: {reason}"));
        }
        // A path or a git address in brackets: ours, or from elsewhere than the public registry.
        let is_ours = name.starts_with("holdfast-") || stands_in(name);
        if package.contains("(/") != is_ours || package.contains("://") {
            faults.push(format!("`{package}` comes from elsewhere than the public registry"));
        }
        let licence = licence.trim_end_matches(" (*)");
        if !is_ours && !licence_allowed(licence) {
            faults.push(format!("`{package}`: licence `{licence}` is not on the list"));
        }
    }
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { bail!("dependencies:\n  {}", faults.join("\n  ")) }
}

/// Reads an SPDX expression far enough: each `AND` part needs one allowed `OR` alternative.
fn licence_allowed(expression: &str) -> bool {
    expression.replace('/', " OR ").split(" AND ").all(|part| {
        part.trim_matches(['(', ')', ' '])
            .split(" OR ")
            .any(|one| LICENCES.contains(&one.trim_matches(['(', ')', ' '])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_needs_an_allowed_alternative() {
        assert!(licence_allowed("MIT OR GPL-3.0"));
        assert!(licence_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!licence_allowed("MIT AND GPL-3.0"));
        assert!(licence_allowed("MIT/Apache-2.0"));
    }
}
